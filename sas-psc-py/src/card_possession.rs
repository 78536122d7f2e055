//! Proof that a card is here, and the certificates found as a list to choose from.

use crate::card_certificate::{CardCertificate, CardTrust, RevocationList, TrustedCertificate};
use crate::error::Raised;
use crate::professional::{Professional, objects};
use crate::time::{at, seconds};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::Lang;
use sas_psc::card::{self, RevocationPolicy, SignatureScheme};
use sas_psc::drive::SystemRandom;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What a card is asked to sign, once.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CardChallenge(Mutex<card::CardChallenge>);

impl From<card::CardChallenge> for CardChallenge {
    fn from(challenge: card::CardChallenge) -> CardChallenge {
        CardChallenge(Mutex::new(challenge))
    }
}

impl CardChallenge {
    pub fn with<T>(&self, work: impl FnOnce(&mut card::CardChallenge) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[pymethods]
impl CardChallenge {
    #[new]
    #[pyo3(signature = (purpose, service, *, lifetime=None, now=None))]
    fn new(purpose: &str, service: &str, lifetime: Option<u64>, now: Option<f64>) -> Result<CardChallenge, Raised> {
        let mut challenge = card::CardChallenge::new(purpose, service, &mut SystemRandom, at(now))?;
        if let Some(lifetime) = lifetime {
            challenge = challenge.lifetime(Duration::from_secs(lifetime));
        }
        Ok(CardChallenge(Mutex::new(challenge)))
    }

    /// Takes back what was kept.
    #[staticmethod]
    fn resume(stored: &[u8]) -> Result<CardChallenge, Raised> {
        Ok(CardChallenge(Mutex::new(card::CardChallenge::resume(stored)?)))
    }

    /// The bytes to sign by the card's authentication key.
    #[getter]
    fn to_sign<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.with(|challenge| challenge.to_sign()))
    }

    /// What to keep until the answer comes.
    fn to_stored<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Raised> {
        Ok(PyBytes::new(py, &self.with(|challenge| challenge.to_stored())?))
    }

    /// Takes the signature.
    #[pyo3(signature = (certificate, signature, *, scheme="pkcs1-sha256", now=None))]
    fn prove(
        &self,
        certificate: &TrustedCertificate,
        signature: &[u8],
        scheme: &str,
        now: Option<f64>,
    ) -> Result<CardPossession, Raised> {
        let scheme = SignatureScheme::of_word(scheme)?;
        Ok(CardPossession(self.with(|challenge| challenge.prove(&certificate.0, scheme, signature, at(now)))?))
    }

    fn __repr__(&self) -> String {
        self.with(|challenge| format!("{challenge:?}"))
    }
}

/// Proof that a card was there with its PIN. Its repr hides whose.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CardPossession(card::CardPossession);

#[pymethods]
impl CardPossession {
    /// The holder.
    #[getter]
    fn professional(&self) -> Professional {
        Professional(self.0.holder().to_professional())
    }

    /// The certificate, as it was believed.
    #[getter]
    fn certificate(&self) -> TrustedCertificate {
        TrustedCertificate(self.0.certificate().clone())
    }

    /// What it was for.
    #[getter]
    fn purpose(&self) -> &str {
        self.0.purpose()
    }

    /// At which service.
    #[getter]
    fn service(&self) -> &str {
        self.0.service()
    }

    /// The name under which to remember that it was seen.
    #[getter]
    fn once<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.once())
    }

    /// Until when to remember it.
    #[getter]
    fn remembered_until(&self) -> f64 {
        seconds(self.0.remembered_until())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// The certificates found, as a list for the person to choose from. Its repr hides who.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CertificateChoice(card::CertificateChoice);

#[pymethods]
impl CertificateChoice {
    #[new]
    #[pyo3(signature = (certificates, trust, *, lists=Vec::new(), max_age=None, accept_unknown=false, last=None, now=None))]
    fn new(
        certificates: Vec<PyRef<'_, CardCertificate>>,
        trust: &CardTrust,
        lists: Vec<PyRef<'_, RevocationList>>,
        max_age: Option<u64>,
        accept_unknown: bool,
        last: Option<&str>,
        now: Option<f64>,
    ) -> CertificateChoice {
        let certificates: Vec<_> = certificates.iter().map(|certificate| certificate.0.clone()).collect();
        let lists: Vec<_> = lists.iter().map(|list| list.0.clone()).collect();
        let policy = RevocationPolicy {
            max_age: max_age.map(Duration::from_secs),
            accept_unknown,
            ..RevocationPolicy::default()
        };
        let choice = card::CertificateChoice::of(&certificates, &trust.0, &lists, &policy, at(now));
        CertificateChoice(choice.with_last(last.unwrap_or_default()))
    }

    /// The list to show.
    #[pyo3(signature = (lang="fr"))]
    fn options<'py>(&self, py: Python<'py>, lang: &str) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.0.described(Lang::from_tag(lang)))
    }

    /// Takes the person's choice.
    fn choose(&self, key: &str) -> Result<TrustedCertificate, Raised> {
        Ok(TrustedCertificate(self.0.choose(key)?.clone()))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}
