//! A token that works, as the provider describes it.

use crate::time::seconds;
use pyo3::prelude::*;
use sas_psc::psc::{self, AuthMode, Introspected};

/// A token that works, as the provider describes it. Its repr hides whose.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct ActiveToken(psc::ActiveToken);

impl ActiveToken {
    pub fn of(said: Introspected) -> Option<ActiveToken> {
        match said {
            Introspected::Active(token) => Some(ActiveToken(*token)),
            _ => None,
        }
    }
}

#[pymethods]
impl ActiveToken {
    /// The person: said of an access token only.
    #[getter]
    fn id_nat(&self) -> Option<String> {
        self.0.id_nat().map(String::from)
    }

    /// The provider's key of the person.
    #[getter]
    fn subject(&self) -> Option<&str> {
        self.0.subject()
    }

    /// The service that the token was made for.
    #[getter]
    fn client_id(&self) -> Option<&str> {
        self.0.client_id()
    }

    /// The provider's session.
    #[getter]
    fn session_id(&self) -> Option<&str> {
        self.0.session_id()
    }

    /// ``eidas1``, ``eidas2``, ``eidas3``; none when absent or unknown.
    #[getter]
    fn acr(&self) -> Option<&str> {
        self.0.acr().map(|acr| acr.as_str())
    }

    /// ``CARD``, ``MOBILE`` or another word, when said.
    #[getter]
    fn auth_mode(&self) -> Option<String> {
        self.0.auth_mode().as_ref().map(AuthMode::as_str).map(str::to_owned)
    }

    /// When the person proved who they are, when said.
    #[getter]
    fn auth_time(&self) -> Option<f64> {
        self.0.auth_time().map(seconds)
    }

    /// When it ends, when said.
    #[getter]
    fn expires_at(&self) -> Option<f64> {
        self.0.expires_at().map(seconds)
    }

    /// The scopes granted, separated by spaces.
    #[getter]
    fn scope(&self) -> Option<&str> {
        self.0.scope()
    }

    /// Every member as received.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let json = serde_json::to_string(self.0.claims()).unwrap_or_default();
        py.import("json")?.call_method1("loads", (json,))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}
