//! What a card's certificate says of its holder and its key, and whether to believe it.

use crate::error::Raised;
use crate::professional::{Professional, objects};
use crate::time::{at, seconds};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::card::{self, Purpose, RevocationPolicy, SignatureScheme, danger};
use std::time::Duration;

/// A certificate as a card holds it. Its repr hides who.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CardCertificate(pub card::CardCertificate);

#[pymethods]
impl CardCertificate {
    #[new]
    #[pyo3(signature = (certificate, *, contactless=false))]
    fn new(certificate: &[u8], contactless: bool) -> Result<CardCertificate, Raised> {
        let read = if contactless { card::CardCertificate::read_contactless } else { card::CardCertificate::read };
        Ok(CardCertificate(read(certificate)?))
    }

    /// ``authentication``, ``signature``, ``technical``, ``other``.
    #[getter]
    fn purpose(&self) -> &'static str {
        self.0.purpose().word()
    }

    /// ``CPS``, ``CPF``, ``CPE``, ``CPA``, ``CDE``, ``other``; none when it is in no card.
    #[getter]
    fn kind(&self) -> Option<&'static str> {
        self.0.card_type().map(|card| card.word())
    }

    /// The holder.
    #[getter]
    fn professional(&self) -> Result<Professional, Raised> {
        Ok(Professional(self.0.holder()?.to_professional()))
    }

    /// From when it is good.
    #[getter]
    fn not_before(&self) -> f64 {
        seconds(self.0.not_before())
    }

    /// Until when it is good.
    #[getter]
    fn not_after(&self) -> f64 {
        seconds(self.0.not_after())
    }

    /// Its bytes, DER.
    #[getter]
    fn der<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.der())
    }

    /// Everything it says.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.0.described())
    }

    /// Raises unless ``signature`` over ``message`` is by the key of this certificate.
    fn check_signature(&self, scheme: &str, message: &[u8], signature: &[u8]) -> Result<(), Raised> {
        Ok(self.0.verify(SignatureScheme::of_word(scheme)?, message, signature)?)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// The authorities that are believed to say who holds a card.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CardTrust(pub card::Trust);

#[pymethods]
impl CardTrust {
    #[new]
    fn new() -> CardTrust {
        CardTrust(card::Trust::production())
    }

    /// ``production``, ``test``, ``other``.
    #[getter]
    fn realm(&self) -> &'static str {
        self.0.realm().word()
    }

    /// Believes a revocation list that one of these authorities has signed.
    fn revocation_list(&self, revocation_list: &[u8]) -> Result<RevocationList, Raised> {
        Ok(RevocationList(self.0.revocation_list(revocation_list)?))
    }

    /// Believes a certificate.
    #[pyo3(signature = (certificate, purpose="authentication", *, lists=Vec::new(), max_age=None, accept_unknown=false, now=None))]
    fn verify(
        &self,
        certificate: &CardCertificate,
        purpose: &str,
        lists: Vec<PyRef<'_, RevocationList>>,
        max_age: Option<u64>,
        accept_unknown: bool,
        now: Option<f64>,
    ) -> Result<TrustedCertificate, Raised> {
        let lists: Vec<_> = lists.iter().map(|list| list.0.clone()).collect();
        let policy = RevocationPolicy {
            max_age: max_age.map(Duration::from_secs),
            accept_unknown,
            ..RevocationPolicy::default()
        };
        let purpose = Purpose::of_word(purpose)?;
        Ok(TrustedCertificate(self.0.verify(&certificate.0, purpose, &lists, &policy, at(now))?))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// A revocation list that was believed.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct RevocationList(pub card::Crl);

#[pymethods]
impl RevocationList {
    /// When it was signed.
    #[getter]
    fn this_update(&self) -> f64 {
        seconds(self.0.this_update())
    }

    /// When the next is due.
    #[getter]
    fn next_update(&self) -> f64 {
        seconds(self.0.next_update())
    }

    /// How many certificates it revokes.
    fn __len__(&self) -> usize {
        self.0.revoked()
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// A certificate that was believed, at that moment. Its repr hides who.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct TrustedCertificate(pub card::TrustedCertificate);

#[pymethods]
impl TrustedCertificate {
    /// The certificate.
    #[getter]
    fn certificate(&self) -> CardCertificate {
        CardCertificate(self.0.certificate().clone())
    }

    /// What it says, and what was found of it.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.0.described())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// Trust in the authorities of ANS's test cards.
#[pyfunction]
pub fn card_authorities_of_test() -> Result<CardTrust, Raised> {
    Ok(CardTrust(danger::test_authorities()?))
}

/// Trust in other authorities, as PEM.
#[pyfunction]
pub fn card_authorities(pem: &str) -> Result<CardTrust, Raised> {
    Ok(CardTrust(danger::authorities(pem)?))
}
