//! "Pro Santé Connect is unavailable", as a state that a program can explain.

use crate::error::{Raised, code_of};
use crate::http::Response;
use crate::time::at;
use pyo3::prelude::*;
use sas_psc::psc::{self, Outage};
use sas_psc::{Error, Lang};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Whether a provider can be reached, as far as its last answers tell, for a program with its own HTTP.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Availability(Mutex<psc::Availability>);

/// An outage as a dictionary.
pub fn explained<'py>(
    py: Python<'py>,
    outage: Option<Outage>,
    lang: &str,
    now: Option<f64>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(outage) = outage else { return Ok(None) };
    py.import("json")?.call_method1("loads", (outage.to_json(Lang::from_tag(lang), at(now)),)).map(Some)
}

impl Availability {
    fn known(&self) -> MutexGuard<'_, psc::Availability> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Availability {
    #[new]
    fn new() -> Availability {
        Availability(Mutex::default())
    }

    /// Takes an answer: from the protocol, even to refuse, it ends an outage.
    #[pyo3(signature = (response, *, now=None))]
    fn answered(&self, response: &Response, now: Option<f64>) {
        self.known().answered(&response.0, at(now));
    }

    /// Takes a request that came to no answer.
    #[pyo3(signature = (error, *, now=None))]
    fn failed(&self, error: &Bound<'_, PyAny>, now: Option<f64>) {
        self.known().failed(&Error::new(code_of(error)), at(now));
    }

    /// Raises ``ProviderUnavailableError`` during an outage, when nothing new should begin.
    #[pyo3(signature = (*, now=None))]
    fn ready(&self, now: Option<f64>) -> Result<(), Raised> {
        Ok(self.known().ready(at(now))?)
    }

    /// The outage, or none: ``cause``, ``since`` and ``next_try`` in milliseconds since 1970, ``failures``, ``text``.
    #[pyo3(signature = (*, lang="fr", now=None))]
    fn outage<'py>(&self, py: Python<'py>, lang: &str, now: Option<f64>) -> PyResult<Option<Bound<'py, PyAny>>> {
        explained(py, self.known().outage(), lang, now)
    }
}
