//! Consent logs: one open for appending, receipts verified offline, any log audited.

use crate::error::Raised;
use crate::professional::objects;
use pyo3::prelude::*;
use sas_psc::Lang;
use sas_psc::consent::{self, EvidenceKind, Opening, Record, RecordId};
use sas_psc::drive::{SystemClock, SystemRandom};
use sas_psc::store::{self, LogAnswer, LogFolder, LogPerson, LogWorld};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// A consent log open for appending. One program has it open at a time; its threads may share it.
#[pyclass(frozen, module = "sas_psc.consent")]
pub struct ConsentLog(Mutex<Option<std::sync::Arc<store::ConsentLog>>>);

impl ConsentLog {
    pub fn log(&self) -> Result<std::sync::Arc<store::ConsentLog>, Raised> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(log.ok_or_else(|| sas_psc::Error::new(sas_psc::Code::LOG_MISSING))?)
    }
}

#[pymethods]
impl ConsentLog {
    #[new]
    fn new(py: Python<'_>, folder: PathBuf) -> Result<ConsentLog, Raised> {
        let open = || LogFolder::new(folder).open(LogWorld::new(SystemClock, SystemRandom));
        Ok(ConsentLog(Mutex::new(Some(std::sync::Arc::new(py.detach(open)?)))))
    }

    /// Records an answer, given as JSON.
    fn record<'py>(&self, py: Python<'py>, answer: &str) -> PyResult<Bound<'py, PyAny>> {
        let log = self.log()?;
        let recorded = py.detach(|| log.record(&LogAnswer::parse(answer)?)).map_err(Raised::from)?;
        objects(py, &recorded)
    }

    /// Logs a record made elsewhere.
    fn append<'py>(&self, py: Python<'py>, record: &[u8]) -> PyResult<Bound<'py, PyAny>> {
        let log = self.log()?;
        let place = py.detach(|| log.append(&Record::parse(record)?)).map_err(Raised::from)?;
        objects(py, &place)
    }

    /// Forgets a person.
    fn forget(&self, py: Python<'_>, person: &str) -> Result<u64, Raised> {
        let log = self.log()?;
        Ok(py.detach(|| log.forget(&log.folder().principal(&LogPerson::parse(person)?)?))?)
    }

    /// The proof and the opening of a record.
    fn receipt(&self, py: Python<'_>, record_id: String) -> Result<(String, String), Raised> {
        let log = self.log()?;
        Ok(py.detach(|| log.receipt_files(RecordId::try_from(record_id)?))?)
    }

    /// The evidence of the sign-in that lies sealed beside a record, opened; none when none was kept.
    fn evidence(&self, py: Python<'_>, record_id: String) -> PyResult<Option<String>> {
        let log = self.log()?;
        let kept = py.detach(|| log.folder().evidence(RecordId::try_from(record_id)?, EvidenceKind::SignIn));
        Ok(kept.map_err(Raised::from)?.map(|kept| String::from_utf8_lossy(kept.as_bytes()).into_owned()))
    }

    /// Publishes and closes.
    fn close(&self, py: Python<'_>) -> Result<(), Raised> {
        let taken = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Another thread may still be using it: then it closes when that one is done.
        Ok(py.detach(|| taken.map_or(Ok(()), |log| log.publish()))?)
    }

    fn __repr__(&self) -> &'static str {
        "<ConsentLog>"
    }
}

/// Audits the log in a folder.
#[pyfunction]
pub fn consent_verify<'py>(
    py: Python<'py>,
    folder: PathBuf,
    vkey: &str,
    since: Option<&str>,
    lang: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let audit = py.detach(|| LogFolder::new(folder).verify(vkey, since)).map_err(Raised::from)?;
    objects(py, &audit.report(Lang::from_tag(lang)))
}

/// What changed between two versions of the terms, as a text.
#[pyfunction]
pub fn consent_terms_difference(
    py: Python<'_>,
    folder: PathBuf,
    old: &str,
    new: &str,
    lang: &str,
) -> Result<String, Raised> {
    let difference = py.detach(|| LogFolder::new(folder).terms_difference(&old.parse()?, &new.parse()?))?;
    Ok(difference.to_text(Lang::from_tag(lang)))
}

/// Verifies a receipt.
#[pyfunction]
pub fn consent_verify_receipt<'py>(
    py: Python<'py>,
    proof: &[u8],
    opening: &[u8],
    vkey: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let proven = consent::verify_receipt(proof, opening, vkey).map_err(Raised::from)?;
    objects(py, &proven.report())
}

/// Judges the evidence of a record.
#[pyfunction]
pub fn consent_verify_evidence<'py>(py: Python<'py>, opening: &[u8], evidence: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    let opening = Opening::parse(opening).map_err(Raised::from)?;
    let proven = sas_psc::onboarding::verify_evidence(opening.record(), evidence).map_err(Raised::from)?;
    objects(py, &proven.report())
}
