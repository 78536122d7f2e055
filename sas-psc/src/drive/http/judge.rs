//! Why a server's certificate is not trusted, said so that someone can mend it: a proxy that inspects, a clock, a name.
//!
//! The judgement itself is the platform's verifier's or webpki's; this only names the refusal. Behind a proxy that
//! inspects TLS, the certificate comes from the proxy's own authority, which the system does not know.

use crate::error::Code;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::{CertificateError, DigitallySignedStruct, OtherError, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use std::fmt;
use std::sync::Arc;

/// A verifier whose refusals have a [`Code`].
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) verifier: Arc<dyn ServerCertVerifier>,
    /// Whose word counts.
    pub(super) trust: Trust,
}

/// Where the trusted authorities come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// The system's, and perhaps more.
    System,
    /// A list given instead of the system's.
    List,
    /// The system has none, and none was given.
    Nothing,
}

/// A refusal, as it travels through rustls and reqwest.
#[derive(Debug)]
pub(super) struct Refusal(pub(super) Code);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}

impl std::error::Error for Refusal {}

impl Judge {
    fn code(&self, error: &CertificateError, server: &ServerName<'_>) -> Code {
        use CertificateError::{
            Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext,
            UnknownIssuer,
        };
        match (error, self.trust) {
            (Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. }, _) => {
                Code::SERVER_CERTIFICATE_TIME
            }
            (NotValidForName | NotValidForNameContext { .. }, _) => Code::SERVER_CERTIFICATE_NAME,
            (UnknownIssuer, Trust::Nothing) => Code::TRUST_STORE_EMPTY,
            // Nothing stands between a machine and itself.
            (UnknownIssuer, Trust::System) if !is_loopback(server) => Code::TLS_INSPECTED,
            _ => Code::SERVER_CERTIFICATE,
        }
    }
}

fn is_loopback(server: &ServerName<'_>) -> bool {
    match server {
        ServerName::DnsName(name) => name.as_ref().eq_ignore_ascii_case("localhost"),
        ServerName::IpAddress(ip) => core::net::IpAddr::from(*ip).is_loopback(),
        _ => false,
    }
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verdict = self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        verdict.map_err(|error| match &error {
            rustls::Error::InvalidCertificate(why) => {
                let refusal = Refusal(self.code(why, server_name));
                rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(refusal))))
            }
            _ => error,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

/// Trusts no server: what is left on a machine without any authority.
#[derive(Debug)]
pub(super) struct Nobody(pub(super) Arc<CryptoProvider>);

impl ServerCertVerifier for Nobody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Err(CertificateError::UnknownIssuer.into())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(CertificateError::UnknownIssuer.into())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Err(CertificateError::UnknownIssuer.into())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
