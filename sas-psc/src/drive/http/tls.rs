//! TLS 1.2 and 1.3 with an explicit provider, so that no feature of another crate in the program can choose it.
//!
//! PEM is read when it is given: a setting that is wrong is told at once, not at the first request.

use crate::base::{ExposeSecret, SecretString};
use crate::error::{Code, Error, Result};
use rustls::crypto::aws_lc_rs;
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
}

pub(super) struct ClientCertificate {
    chain: Vec<Certificate>,
    key: PrivateKeyDer<'static>,
}

impl Clone for ClientCertificate {
    fn clone(&self) -> ClientCertificate {
        ClientCertificate { chain: self.chain.clone(), key: self.key.clone_key() }
    }
}

impl ClientCertificate {
    pub(super) fn parse(chain: &[u8], key: &SecretString) -> Result<ClientCertificate> {
        let chain = Certificate::list(chain, "client_certificate")?;
        let key = PrivateKeyDer::from_pem_slice(key.expose_secret().as_bytes());
        Ok(ClientCertificate { chain, key: key.map_err(|_| Error::field(Code::HTTP_SETTINGS, "client_key"))? })
    }
}

pub(super) fn config(roots: &Roots, client: Option<&ClientCertificate>) -> Result<ClientConfig> {
    let refused = |field| move |error: rustls::Error| Error::field(Code::HTTP_SETTINGS, field).caused_by(error);
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(refused("tls"))?;
    let extra = roots.extra.iter().map(|certificate| certificate.0.clone());
    let verifier = if roots.system { Verifier::new_with_extra_roots(extra.clone(), provider).ok() } else { None };
    let builder = match verifier {
        Some(verifier) => builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
        // A machine without any root, or a list that replaces them: nothing else is trusted.
        None => {
            let mut store = RootCertStore::empty();
            for certificate in extra {
                store.add(certificate).map_err(refused("ca"))?;
            }
            builder.with_root_certificates(store)
        }
    };
    let mut config = match client {
        None => builder.with_no_client_auth(),
        Some(client) => {
            let chain = client.chain.iter().map(|certificate| certificate.0.clone()).collect();
            builder.with_client_auth_cert(chain, client.key.clone_key()).map_err(refused("client_certificate"))?
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
