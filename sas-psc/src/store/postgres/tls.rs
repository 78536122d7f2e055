//! The encrypted connection: rustls with the system's authorities or a file of them; chain and name are always checked.

use crate::error::{Code, Error, Result};
use rustls::crypto::aws_lc_rs;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use rustls_platform_verifier::Verifier;
use std::sync::Arc;
use tokio_postgres_rustls::MakeRustlsConnect;

/// Whom we believe, and what we show. PEM.
#[derive(Clone, Default)]
pub(super) struct Trust {
    /// None: the system's.
    pub(super) roots: Option<Vec<u8>>,
    pub(super) certificate: Option<Vec<u8>>,
    pub(super) key: Option<Vec<u8>>,
}

impl Trust {
    pub(super) fn is_default(&self) -> bool {
        self.roots.is_none() && self.certificate.is_none() && self.key.is_none()
    }

    pub(super) fn connector(&self) -> Result<MakeRustlsConnect> {
        let refused = |field| move || Error::field(Code::STORE_ADDRESS, field);
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|_| refused("sslmode")())?;
        let builder = match &self.roots {
            Some(pem) => {
                let mut roots = RootCertStore::empty();
                for certificate in certificates(pem, "sslrootcert")? {
                    roots.add(certificate).map_err(|_| refused("sslrootcert")())?;
                }
                builder.with_root_certificates(roots)
            }
            None => {
                // It checks as the system does: chain, name, time.
                let system = Verifier::new(provider).map_err(|_| refused("sslrootcert")())?;
                builder.dangerous().with_custom_certificate_verifier(Arc::new(system))
            }
        };
        let config = match (&self.certificate, &self.key) {
            (Some(chain), Some(key)) => {
                let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| refused("sslkey")())?;
                let chain = certificates(chain, "sslcert")?;
                builder.with_client_auth_cert(chain, key).map_err(|_| refused("sslkey")())?
            }
            (None, None) => builder.with_no_client_auth(),
            (Some(_), None) => return Err(refused("sslkey")()),
            (None, Some(_)) => return Err(refused("sslcert")()),
        };
        Ok(MakeRustlsConnect::new(config))
    }
}

/// At least one.
fn certificates(pem: &[u8], field: &'static str) -> Result<Vec<CertificateDer<'static>>> {
    let list: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    list.ok().filter(|list| !list.is_empty()).ok_or_else(|| Error::field(Code::STORE_ADDRESS, field))
}
