//! The revocation lists held, and when to ask for them again.

use crate::card_certificate::{CardTrust, RevocationList};
use crate::error::Raised;
use crate::http::Http;
use crate::time::{at, seconds};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::card::{self, CrlRules};
use sas_psc::drive::{LARGEST_REVOCATION_LIST, block_on, fetch_revocation_lists};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The revocation lists held, by address.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CrlCache(Mutex<card::CrlCache>);

impl CrlCache {
    fn cache(&self) -> MutexGuard<'_, card::CrlCache> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl CrlCache {
    #[new]
    fn new() -> CrlCache {
        CrlCache(Mutex::new(card::CrlCache::new(CrlRules::default())))
    }

    /// Takes back what was kept.
    #[staticmethod]
    fn resume(stored: &[u8], trust: &CardTrust) -> Result<CrlCache, Raised> {
        Ok(CrlCache(Mutex::new(card::CrlCache::resume(CrlRules::default(), &trust.0, stored)?)))
    }

    /// Wants the list at this address from now on.
    fn want(&self, address: &str) -> Result<(), Raised> {
        Ok(self.cache().want(address)?)
    }

    /// Fetches what is due now; each address with the name of its error, none for one that is well.
    fn fetch(
        &self,
        py: Python<'_>,
        http: &Http,
        trust: &CardTrust,
    ) -> Result<Vec<(String, Option<&'static str>)>, Raised> {
        let (http, trust) = (http.with_largest_answer(LARGEST_REVOCATION_LIST)?, trust.0.clone());
        let fetched = py.detach(|| {
            let mut cache = self.cache();
            block_on(fetch_revocation_lists(&http, &mut cache, &trust))
        });
        let told = |(address, outcome): (String, sas_psc::Result<bool>)| {
            (address, outcome.err().map(|error| error.code().name()))
        };
        Ok(fetched.into_iter().map(told).collect())
    }

    /// Takes a list that a program fetched by itself.
    #[pyo3(signature = (address, body, trust, *, etag=None, last_modified=None, now=None))]
    fn fetched(
        &self,
        address: &str,
        body: &[u8],
        trust: &CardTrust,
        etag: Option<&str>,
        last_modified: Option<&str>,
        now: Option<f64>,
    ) -> Result<(), Raised> {
        Ok(self.cache().fetched(address, body, (etag, last_modified), &trust.0, at(now))?)
    }

    /// When something may be due; none when no list is wanted.
    #[getter]
    fn due_at(&self) -> Option<f64> {
        self.cache().due_at().map(seconds)
    }

    /// The lists held.
    #[getter]
    fn lists(&self) -> Vec<RevocationList> {
        self.cache().lists().into_iter().map(RevocationList).collect()
    }

    /// What to keep on disk.
    fn to_stored<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Raised> {
        Ok(PyBytes::new(py, &self.cache().to_stored()?))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.cache())
    }
}
