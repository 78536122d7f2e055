//! Local sign-in with the card while Pro Santé Connect is unreachable, kept in a SQLite file or a PostgreSQL database.

use crate::card_certificate::TrustedCertificate;
use crate::card_possession::CardChallenge;
use crate::error::Raised;
use crate::professional::{Professional, objects};
use crate::time::{at, seconds};
use pyo3::prelude::*;
use sas_psc::Code;
use sas_psc::card::fallback::{self, DirectoryAnswer, FallbackRules, LocalSignInRecord, LocalSignInStore, OutageSeen};
use sas_psc::card::{SignatureScheme, danger};
use sas_psc::drive::{SystemRandom, block_on};
use sas_psc::store::AnyStore;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whether people may sign in locally now, and where their sign-ins are kept.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct Fallback {
    state: Mutex<fallback::Fallback>,
    store: AnyStore,
}

impl Fallback {
    fn state(&self) -> MutexGuard<'_, fallback::Fallback> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn records<'py>(py: Python<'py>, kept: &[LocalSignInRecord]) -> PyResult<Bound<'py, PyAny>> {
    objects(py, &kept.iter().map(LocalSignInRecord::described).collect::<Vec<_>>())
}

#[pymethods]
impl Fallback {
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> Result<Fallback, Raised> {
        let state = Mutex::new(fallback::Fallback::on(FallbackRules::default()));
        Ok(Fallback { state, store: py.detach(|| AnyStore::open(path))? })
    }

    /// Sets a rule by its name.
    fn set(&self, name: &str, value: u64) -> Result<(), Raised> {
        Ok(self.state().set(name, value)?)
    }

    /// An administrator opens it.
    #[pyo3(signature = (administrator, reason, until, *, now=None))]
    fn open(&self, administrator: &str, reason: &str, until: f64, now: Option<f64>) -> Result<(), Raised> {
        Ok(self.state().open(administrator, reason, at(Some(until)), at(now))?)
    }

    /// An outage is seen; says whether it is open.
    #[pyo3(signature = (since, cause, *, now=None))]
    fn outage(&self, since: f64, cause: u32, now: Option<f64>) -> Result<bool, Raised> {
        let cause = Code::from_number(cause).unwrap_or(Code::PROVIDER_UNAVAILABLE);
        Ok(self.state().outage(OutageSeen { since: at(Some(since)), cause }, at(now))?)
    }

    /// Pro Santé Connect answers.
    fn answered(&self) {
        self.state().answered();
    }

    /// Closes it.
    fn close(&self) {
        self.state().close();
    }

    /// The opening, while it lasts.
    #[pyo3(signature = (*, now=None))]
    fn opening<'py>(&self, py: Python<'py>, now: Option<f64>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.state().opening(at(now)).map(fallback::Opening::described))
    }

    /// A challenge for the card, at this service.
    #[pyo3(signature = (service, *, now=None))]
    fn challenge(&self, service: &str, now: Option<f64>) -> Result<CardChallenge, Raised> {
        Ok(self.state().challenge(service, &mut SystemRandom, at(now))?.into())
    }

    /// Takes the card's answer and keeps the sign-in.
    #[pyo3(signature = (challenge, certificate, signature, *, scheme="pkcs1-sha256", found=None, active=None, unknown=false, now=None))]
    #[allow(clippy::too_many_arguments)] // keywords in Python
    fn finish(
        &self,
        challenge: &CardChallenge,
        certificate: &TrustedCertificate,
        signature: &[u8],
        scheme: &str,
        found: Option<&Professional>,
        active: Option<bool>,
        unknown: bool,
        now: Option<f64>,
    ) -> Result<LocalSignIn, Raised> {
        let answer = (SignatureScheme::of_word(scheme)?, signature);
        let without = DirectoryAnswer::without(unknown);
        let found = found.map_or(without, |found| DirectoryAnswer::found(&found.0, active));
        let pending = challenge.with(|one| self.state().finish(one, &certificate.0, answer, found, at(now)))?;
        Ok(LocalSignIn(block_on(pending.keep(&self.store))?))
    }

    /// Compares every local sign-in of a person with their sign-in at Pro Santé Connect.
    #[pyo3(signature = (signed_in, *, now=None))]
    fn reconcile<'py>(
        &self,
        py: Python<'py>,
        signed_in: &Professional,
        now: Option<f64>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kept = block_on(fallback::reconcile(&self.store, &signed_in.0, at(now))).map_err(Raised::from)?;
        records(py, &kept)
    }

    /// The records from before a time that were not compared yet.
    #[pyo3(signature = (before=None))]
    fn waiting<'py>(&self, py: Python<'py>, before: Option<f64>) -> PyResult<Bound<'py, PyAny>> {
        let kept = block_on(self.store.local_sign_ins_open(at(before))).map_err(Raised::from)?;
        records(py, &kept)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.state())
    }
}

/// A sign-in with the card alone, kept in a record. Its repr hides whose.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct LocalSignIn(fallback::LocalSignIn);

#[pymethods]
impl LocalSignIn {
    /// Who signed in, as their card says it.
    #[getter]
    fn professional(&self) -> Professional {
        Professional(self.0.professional().clone())
    }

    /// When the session must end at the latest.
    #[getter]
    fn ends(&self) -> f64 {
        seconds(self.0.ends())
    }

    /// The record that was kept.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.0.record().described())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// Takes cards of any authorities that a trust holds, tests' among them.
#[pyfunction]
pub fn fallback_with_any_card(fallback: &Fallback) {
    let mut state = fallback.state();
    *state = danger::fallback_with_any_card(state.clone());
}
