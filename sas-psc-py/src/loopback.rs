//! The browser's way back to a program on a workstation (RFC 8252).

use crate::error::Raised;
use crate::exchange::CodeExchange;
use crate::service::{Authorization, Service};
use pyo3::prelude::*;
use sas_psc::Lang;
use sas_psc::base::Clock;
use sas_psc::drive::{self, SystemClock};
use std::time::Duration;

/// A listener on 127.0.0.1 for the answer of one sign-in in the system's browser.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Loopback(drive::Loopback);

#[pymethods]
impl Loopback {
    #[new]
    #[pyo3(signature = (port=0))]
    fn new(port: u16) -> Result<Loopback, Raised> {
        Ok(Loopback(drive::Loopback::bind(port)?))
    }

    /// Where the browser comes back.
    #[getter]
    fn redirect_uri(&self) -> String {
        self.0.redirect_uri()
    }

    /// Waits for the browser, the interpreter released meanwhile, and takes what it brings back.
    #[pyo3(signature = (service, authorization, *, within=600.0, lang="fr"))]
    fn wait(
        &self,
        py: Python<'_>,
        service: &Service,
        authorization: &Authorization,
        within: f64,
        lang: &str,
    ) -> Result<CodeExchange, Raised> {
        let (within, lang) = (Duration::try_from_secs_f64(within).unwrap_or(Duration::MAX), Lang::from_tag(lang));
        let finish = |callback: &str| service.0.finish(&mut authorization.pending(), callback, SystemClock.now());
        Ok(py.detach(|| self.0.wait(within, lang, finish))?.into())
    }
}
