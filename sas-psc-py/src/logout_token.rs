//! PSC's word on the back channel that a session is over, judged.

use crate::error::Raised;
use crate::time::{at, seconds};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::psc::{self, Jwks};
use std::time::Duration;

/// What a logout token must satisfy, and the provider's keys, parsed once. One may serve any number of threads.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct LogoutTokenCheck {
    check: psc::LogoutTokenCheck<'static>,
    keys: Jwks,
}

#[pymethods]
impl LogoutTokenCheck {
    #[new]
    #[pyo3(signature = (issuer, client_id, jwks, *, leeway=None, allow_untyped=false))]
    fn new(
        issuer: String,
        client_id: String,
        jwks: &[u8],
        leeway: Option<u64>,
        allow_untyped: bool,
    ) -> Result<LogoutTokenCheck, Raised> {
        let keys = Jwks::parse(jwks)?;
        let mut check = psc::LogoutTokenCheck::new(issuer, client_id);
        if let Some(leeway) = leeway {
            check = check.leeway(Duration::from_secs(leeway));
        }
        if allow_untyped {
            check = check.allow_untyped();
        }
        Ok(LogoutTokenCheck { check, keys })
    }

    /// Verifies the ``logout_token`` of a back-channel request.
    #[pyo3(signature = (token, *, now=None))]
    fn verify(&self, token: &str, now: Option<f64>) -> Result<LogoutToken, Raised> {
        Ok(LogoutToken(self.check.verify(token, &self.keys, at(now))?))
    }
}

/// A logout token that passed every check. Its repr hides whose.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct LogoutToken(psc::LogoutToken);

#[pymethods]
impl LogoutToken {
    /// Whose sessions end, when said.
    #[getter]
    fn subject(&self) -> Option<&str> {
        self.0.subject()
    }

    /// Which session ends, when said: then no other of the person.
    #[getter]
    fn session_id(&self) -> Option<&str> {
        self.0.session_id()
    }

    /// The name under which to remember that it was seen.
    #[getter]
    fn once<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.once())
    }

    /// Until when to remember it: afterwards it is refused by its age.
    #[getter]
    fn remembered_until(&self) -> f64 {
        seconds(self.0.remembered_until())
    }

    /// When it was issued.
    #[getter]
    fn issued_at(&self) -> f64 {
        seconds(self.0.issued_at())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}
