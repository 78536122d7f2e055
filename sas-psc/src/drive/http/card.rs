//! A card's key as the client certificate of a TLS connection, for rustls.
//!
//! The configuration is made from what the key can really do: a CPS3 has no PSS, so TLS 1.2 and `rsa_pkcs1_*` alone.
//! Where a server takes none of that, rustls would go on without a certificate and say nothing: here the handshake ends,
//! with our own error in it. The signature blocks the thread of the handshake.

use crate::card::{SignatureScheme as Scheme, Signer};
use crate::error::{Code, Error};
use rustls::client::ResolvesClientCert;
use rustls::sign::{CertifiedKey, Signer as TlsSigner, SigningKey};
use rustls::version::{TLS12, TLS13};
use rustls::{OtherError, SignatureAlgorithm, SignatureScheme, SupportedProtocolVersion};
use rustls_pki_types::CertificateDer;
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The key, for every connection of a sender.
#[derive(Clone)]
pub(in crate::drive) struct CardTls(Arc<dyn Signer>);

impl CardTls {
    pub(super) fn new(signer: Arc<dyn Signer>) -> CardTls {
        CardTls(signer)
    }

    /// TLS 1.3 knows RSA keys with PSS alone.
    pub(super) fn versions(&self) -> &'static [&'static SupportedProtocolVersion] {
        static BOTH: [&SupportedProtocolVersion; 2] = [&TLS13, &TLS12];
        if self.has_pss() { &BOTH } else { &BOTH[1..] }
    }

    fn has_pss(&self) -> bool {
        self.0.schemes().contains(&Scheme::PssSha256)
    }

    /// What an error means when it was this card that was shown. With nothing but TLS 1.2 to offer, a server's alert about
    /// the protocol's version is that it wants TLS 1.3.
    #[cfg(feature = "blocking")]
    pub(super) fn explain(&self, error: Error, about_version: bool) -> Error {
        if about_version && !self.has_pss() { Error::new(Code::CARD_TLS_VERSION).caused_by(error) } else { error }
    }
}

fn of_tls(scheme: Scheme) -> SignatureScheme {
    match scheme {
        Scheme::Pkcs1Sha256 => SignatureScheme::RSA_PKCS1_SHA256,
        Scheme::Pkcs1Sha384 => SignatureScheme::RSA_PKCS1_SHA384,
        Scheme::Pkcs1Sha512 => SignatureScheme::RSA_PKCS1_SHA512,
        Scheme::PssSha256 => SignatureScheme::RSA_PSS_SHA256,
    }
}

impl ResolvesClientCert for CardTls {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let chain = self.0.chain().iter().map(|der| CertificateDer::from(der.to_vec())).collect();
        Some(Arc::new(CertifiedKey::new(chain, Arc::new(self.clone()))))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl SigningKey for CardTls {
    /// Never none: that is what makes rustls go on without a certificate.
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn TlsSigner>> {
        let fits = |scheme: &&Scheme| offered.contains(&of_tls(**scheme));
        Some(match self.0.schemes().iter().find(fits) {
            Some(scheme) => Box::new(Handshake { signer: self.0.clone(), scheme: *scheme }),
            None => Box::new(NoScheme(offered.first().copied().unwrap_or(SignatureScheme::RSA_PKCS1_SHA256))),
        })
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

impl fmt::Debug for CardTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CardTls").field(&self.0.schemes()).finish()
    }
}

/// One signature of one handshake.
struct Handshake {
    signer: Arc<dyn Signer>,
    scheme: Scheme,
}

impl TlsSigner for Handshake {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        self.signer.sign(self.scheme, message).map_err(CardFailure::wrap)
    }

    fn scheme(&self) -> SignatureScheme {
        of_tls(self.scheme)
    }
}

impl fmt::Debug for Handshake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handshake").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

/// A server that takes no signature of this card.
#[derive(Debug)]
struct NoScheme(SignatureScheme);

impl TlsSigner for NoScheme {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        Err(CardFailure::wrap(Error::new(Code::CARD_TLS_SIGNATURE)))
    }

    fn scheme(&self) -> SignatureScheme {
        self.0
    }
}

/// Our own error, on its way through rustls and reqwest.
#[derive(Debug)]
pub(super) struct CardFailure(Mutex<Option<Error>>);

impl CardFailure {
    fn wrap(error: Error) -> rustls::Error {
        rustls::Error::Other(OtherError(Arc::new(CardFailure(Mutex::new(Some(error))))))
    }

    /// Takes the error out of what rustls said.
    pub(super) fn taken(error: &rustls::Error) -> Option<Error> {
        let rustls::Error::Other(other) = error else { return None };
        let failure = other.0.downcast_ref::<CardFailure>()?;
        failure.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Display for CardFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the card did not sign")
    }
}

impl StdError for CardFailure {}
