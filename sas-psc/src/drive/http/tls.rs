//! TLS 1.2 and 1.3 with an explicit provider, so that no feature of another crate in the program can choose it.
//!
//! PEM is read when it is given: a setting that is wrong is told at once, not at the first request.

use super::certificate::ClientCertificate;
use super::judge::{Judge, Nobody, Trust};
use crate::error::{Code, Error, Result};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;

/// The authorities trusted.
#[derive(Clone)]
pub(super) struct Roots {
    pub(super) extra: Vec<Certificate>,
    pub(super) system: bool,
}

impl Default for Roots {
    fn default() -> Roots {
        Roots { extra: Vec::new(), system: true }
    }
}

#[derive(Clone)]
pub(super) struct Certificate(CertificateDer<'static>);

impl Certificate {
    /// The certificates of a PEM text, at least one, each one an X.509 certificate that can be trusted.
    pub(super) fn list(pem: &[u8], field: &'static str) -> Result<Vec<Certificate>> {
        let refused = || Error::field(Code::HTTP_SETTINGS, field);
        let list: std::result::Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let list: Vec<Certificate> = list.map_err(|_| refused())?.into_iter().map(Certificate).collect();
        let mut store = RootCertStore::empty();
        let sound = !list.is_empty() && list.iter().all(|certificate| store.add(certificate.0.clone()).is_ok());
        if sound { Ok(list) } else { Err(refused()) }
    }

    pub(super) fn of_der(der: &[u8]) -> Certificate {
        Certificate(CertificateDer::from(der.to_vec()))
    }

    pub(super) fn as_der(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn to_der(&self) -> CertificateDer<'static> {
        self.0.clone()
    }
}

/// Whether a key can sign, and is the one of the chain's first certificate.
///
/// # Errors
/// `client-key-mismatch`, `client-key-form`, `http-settings`.
pub(super) fn signer(chain: &[Certificate], key: &PrivateKeyDer<'static>) -> Result<()> {
    let provider = aws_lc_rs::default_provider();
    let key = provider.key_provider.load_private_key(key.clone_key());
    let key = key.map_err(|_| Error::field(Code::CLIENT_KEY_FORM, "client_key"))?;
    let pair = CertifiedKey::new(chain.iter().map(Certificate::to_der).collect(), key);
    pair.keys_match().map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => Error::field(Code::CLIENT_KEY_MISMATCH, "client_key"),
        _ => Error::field(Code::HTTP_SETTINGS, "client_certificate"),
    })
}

pub(super) fn config(roots: &Roots, client: Option<&ClientCertificate>) -> Result<ClientConfig> {
    let refused = |field| move |error: rustls::Error| Error::field(Code::HTTP_SETTINGS, field).caused_by(error);
    let provider = Arc::new(aws_lc_rs::default_provider());
    let judge = judge(roots, &provider)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(refused("tls"))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(judge));
    let mut config = match client {
        None => builder.with_no_client_auth(),
        Some(client) => {
            builder.with_client_auth_cert(client.chain(), client.key()).map_err(refused("client_certificate"))?
        }
    };
    config.alpn_protocols = protocols();
    Ok(config)
}

fn protocols() -> Vec<Vec<u8>> {
    vec![b"h2".to_vec(), b"http/1.1".to_vec()]
}

/// The same with the key of a card, in the versions of TLS that it can sign for.
#[cfg(feature = "card")]
pub(super) fn config_with_card(roots: &Roots, card: &super::CardTls) -> Result<ClientConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let judge = judge(roots, &provider)?;
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(card.versions())
        .map_err(|error| Error::field(Code::HTTP_SETTINGS, "tls").caused_by(error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(judge))
        .with_client_cert_resolver(Arc::new(card.clone()));
    config.alpn_protocols = protocols();
    // A session taken up again would be that of whoever's card was shown first.
    config.resumption = rustls::client::Resumption::disabled();
    Ok(config)
}

fn judge(roots: &Roots, provider: &Arc<CryptoProvider>) -> Result<Judge> {
    let refused = |_| Error::field(Code::HTTP_SETTINGS, "ca");
    let extra = || roots.extra.iter().map(Certificate::to_der);
    if roots.system
        && let Ok(verifier) = Verifier::new_with_extra_roots(extra(), provider.clone())
    {
        return Ok(Judge { verifier: Arc::new(verifier), trust: Trust::System });
    }
    if roots.extra.is_empty() {
        // A machine without any authority: a program may still speak to itself over http.
        return Ok(Judge { verifier: Arc::new(Nobody(provider.clone())), trust: Trust::Nothing });
    }
    let mut store = RootCertStore::empty();
    for certificate in extra() {
        store.add(certificate).map_err(refused)?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider.clone()).build();
    let verifier: Arc<dyn ServerCertVerifier> = verifier.map_err(|_| Error::field(Code::HTTP_SETTINGS, "ca"))?;
    Ok(Judge { verifier, trust: Trust::List })
}
