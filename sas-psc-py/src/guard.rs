//! The CIBA guard over a SQLite file or a PostgreSQL database that all instances share.

use crate::error::{Raised, code_of};
use crate::exchange::{CibaPoll, GuardedStart};
use crate::service::Service;
use crate::time::at;
use pyo3::prelude::*;
use sas_psc::base::ServerKey;
use sas_psc::drive::{GuardedCiba, Steps, block_on};
use sas_psc::id::IdNat;
use sas_psc::psc::{self, GuardRules, GuardStore};
use sas_psc::store::AnyStore;
use sas_psc::{Error, Lang};
use std::path::PathBuf;
use std::sync::Arc;

/// The sentence to show under the digits: the numbers are public, so a request may be a stranger's.
#[pyfunction]
#[pyo3(signature = (lang="fr"))]
pub fn not_you(lang: &str) -> &'static str {
    psc::not_you(Lang::from_tag(lang))
}

/// Keeps a doctor's phone from being bombarded. One may serve any number of threads.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct CibaGuard(Arc<GuardedCiba<AnyStore>>);

#[pymethods]
impl CibaGuard {
    #[new]
    #[pyo3(signature = (path, key))]
    fn new(py: Python<'_>, path: PathBuf, key: &[u8]) -> Result<CibaGuard, Raised> {
        let guard = psc::CibaGuard::new(ServerKey::new(key)?, GuardRules::default());
        Ok(CibaGuard(Arc::new(GuardedCiba::new(guard, py.detach(|| AnyStore::open(path))?))))
    }

    /// Begins to ask a person, if the guard lets it; comes to the same ``CibaPoll`` in any case.
    #[pyo3(signature = (service, person, channel, workstation, *, now=None))]
    fn start(
        &self,
        service: &Service,
        person: &str,
        channel: &str,
        workstation: &[u8],
        now: Option<f64>,
    ) -> Result<GuardedStart, Raised> {
        let (person, channel) = (IdNat::typed(person)?, channel.parse()?);
        let (guarded, service) = (self.0.clone(), service.0.clone());
        Ok(Steps::guarded(guarded, service, person, channel, workstation, at(now)).into())
    }

    /// Begins to ask the same person on another channel, in the same attempt. Once it is over, the wait before is to be
    /// told that it was ``replaced``.
    #[pyo3(signature = (service, poll, channel, workstation, *, now=None))]
    fn switch(
        &self,
        service: &Service,
        poll: &CibaPoll,
        channel: &str,
        workstation: &[u8],
        now: Option<f64>,
    ) -> Result<GuardedStart, Raised> {
        let (guarded, service) = (self.0.clone(), service.0.clone());
        Ok(Steps::guarded_switch(guarded, service, &poll.inner(), channel.parse()?, workstation, at(now))?.into())
    }

    /// Tells the guard how a wait ended: with this error, or with a sign-in. Raises the error again, or
    /// ``CibaReplacedError`` for a sign-in that no longer counts.
    #[pyo3(signature = (service, poll, error=None, *, now=None))]
    fn settle(
        &self,
        py: Python<'_>,
        service: &Service,
        poll: &CibaPoll,
        error: Option<&Bound<'_, PyAny>>,
        now: Option<f64>,
    ) -> Result<(), Raised> {
        let ended = error.map_or(Ok(()), |error| Err(Error::new(code_of(error))));
        Ok(py.detach(|| block_on(self.0.settle(at(now), &service.0, &mut poll.inner(), ended)))?)
    }

    /// Leaves a wait: an acceptance that comes later is never used, through no instance.
    #[pyo3(signature = (service, poll, workstation, *, now=None))]
    fn leave(
        &self,
        py: Python<'_>,
        service: &Service,
        poll: &CibaPoll,
        workstation: &[u8],
        now: Option<f64>,
    ) -> Result<(), Raised> {
        Ok(py.detach(|| block_on(self.0.leave(at(now), &service.0, &mut poll.inner(), workstation)))?)
    }

    /// The alarms since the last call: ``kind``, ``person``, ``station`` (keyed hashes), ``count``, ``at``.
    fn alarms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let alarms: Vec<_> = self.0.take_alarms().iter().map(psc::GuardAlarm::report).collect();
        py.import("json")?.call_method1("loads", (serde_json::to_string(&alarms).unwrap_or_default(),))
    }

    /// Deletes what is of no use any more, and says how many rows.
    #[pyo3(signature = (*, now=None))]
    fn sweep(&self, py: Python<'_>, now: Option<f64>) -> Result<u64, Raised> {
        Ok(py.detach(|| block_on(self.0.store().sweep_guard_rows(at(now))))?)
    }
}
