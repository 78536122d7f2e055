//! Documents signed by a card, as CMS.

use crate::card_certificate::{CardCertificate, CardTrust, RevocationList, TrustedCertificate};
use crate::error::Raised;
use crate::time::{at, seconds};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::card::{self, RevocationPolicy};
use std::time::Duration;

/// A document that a card is to sign.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CmsToSign(card::CmsToSign);

#[pymethods]
impl CmsToSign {
    #[new]
    #[pyo3(signature = (certificate, document, *, now=None))]
    fn new(certificate: &CardCertificate, document: &[u8], now: Option<f64>) -> Result<CmsToSign, Raised> {
        Ok(CmsToSign(card::CmsToSign::new(&certificate.0, document, at(now))?))
    }

    /// What the card signs.
    #[getter]
    fn to_sign<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.bytes())
    }

    /// The CMS, once the card has signed.
    fn finish<'py>(&self, py: Python<'py>, signature: &[u8]) -> Result<Bound<'py, PyBytes>, Raised> {
        Ok(PyBytes::new(py, self.0.clone().finish(signature)?.as_der()))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// A detached CMS, read.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CmsSignature(card::CmsSignature);

#[pymethods]
impl CmsSignature {
    #[new]
    fn new(cms: &[u8]) -> Result<CmsSignature, Raised> {
        Ok(CmsSignature(card::CmsSignature::parse(cms)?))
    }

    /// The certificate in it, not believed yet.
    #[getter]
    fn certificate(&self) -> CardCertificate {
        CardCertificate(self.0.certificate().clone())
    }

    /// When it was signed, by the signer's own clock.
    #[getter]
    fn signing_time(&self) -> f64 {
        seconds(self.0.signing_time())
    }

    /// Judges it.
    #[pyo3(signature = (document, trust, *, lists=Vec::new(), max_age=None, accept_unknown=false, at=None))]
    fn verify(
        &self,
        document: &[u8],
        trust: &CardTrust,
        lists: Vec<PyRef<'_, RevocationList>>,
        max_age: Option<u64>,
        accept_unknown: bool,
        at: Option<f64>,
    ) -> Result<TrustedCertificate, Raised> {
        let lists: Vec<_> = lists.iter().map(|list| list.0.clone()).collect();
        let max_age = max_age.map(Duration::from_secs);
        let policy = RevocationPolicy { max_age, accept_unknown, ..RevocationPolicy::default() };
        Ok(TrustedCertificate(self.0.verify(document, &trust.0, &lists, &policy, crate::time::at(at))?))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}
