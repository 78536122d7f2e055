//! An ID token received by other means, judged, and what it says.

use crate::error::Raised;
use crate::time::{at, seconds};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;
use sas_psc::psc::{self, AuthMode, Jwks};
use std::time::Duration;

/// What an ID token must satisfy, and the provider's keys, parsed once. One may serve any number of threads.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct IdTokenCheck {
    check: psc::IdTokenCheck<'static>,
    keys: Jwks,
}

#[pymethods]
impl IdTokenCheck {
    #[new]
    #[pyo3(signature = (issuer, client_id, jwks, *, acr=None, exact_acr=false, allow_missing_acr=false, max_age=None, leeway=None))]
    #[allow(clippy::too_many_arguments)] // named in Python
    fn new(
        issuer: String,
        client_id: String,
        jwks: &[u8],
        acr: Option<&str>,
        exact_acr: bool,
        allow_missing_acr: bool,
        max_age: Option<u64>,
        leeway: Option<u64>,
    ) -> Result<IdTokenCheck, Raised> {
        let keys = Jwks::parse(jwks)?;
        let mut check = psc::IdTokenCheck::new(issuer, client_id);
        if let Some(acr) = acr {
            check = check.acr(acr.parse()?);
        }
        if exact_acr {
            check = check.exact_acr();
        }
        if allow_missing_acr {
            check = check.allow_missing_acr();
        }
        if let Some(max_age) = max_age {
            check = check.max_age(Duration::from_secs(max_age));
        }
        if let Some(leeway) = leeway {
            check = check.leeway(Duration::from_secs(leeway));
        }
        Ok(IdTokenCheck { check, keys })
    }

    /// Verifies a token in compact form.
    #[pyo3(signature = (token, *, nonce=None, access_token=None, now=None))]
    fn verify(
        &self,
        py: Python<'_>,
        token: &str,
        nonce: Option<&str>,
        access_token: Option<&str>,
        now: Option<f64>,
    ) -> Result<VerifiedIdToken, Raised> {
        let now = at(now);
        let token = py.detach(|| self.check.of(nonce, access_token).verify(token, &self.keys, now))?;
        Ok(VerifiedIdToken { token, claims: PyOnceLock::new() })
    }
}

/// An ID token that passed every check. Its repr hides who.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct VerifiedIdToken {
    token: psc::VerifiedIdToken,
    claims: PyOnceLock<Py<PyAny>>,
}

#[pymethods]
impl VerifiedIdToken {
    /// Every claim as received, read when first asked for; it cannot be changed.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let claims = self.claims.get_or_try_init(py, || {
            let claims = py.import("json")?.call_method1("loads", (self.token.claims_json(),))?;
            PyResult::Ok(py.import("types")?.call_method1("MappingProxyType", (claims.cast::<PyDict>()?,))?.unbind())
        })?;
        Ok(claims.bind(py).clone())
    }

    /// The issuer.
    #[getter]
    fn issuer(&self) -> &str {
        self.token.issuer()
    }

    /// The service it was issued for.
    #[getter]
    fn client_id(&self) -> &str {
        self.token.client_id()
    }

    /// The provider's key of the person.
    #[getter]
    fn subject(&self) -> &str {
        self.token.subject()
    }

    /// The national identifier, when the token names one.
    #[getter]
    fn id_nat(&self) -> Option<String> {
        self.token.id_nat().map(String::from)
    }

    /// The provider's session.
    #[getter]
    fn session_id(&self) -> Option<&str> {
        self.token.session_id()
    }

    /// ``eidas1``, ``eidas2``, ``eidas3``; none when absent or unknown.
    #[getter]
    fn acr(&self) -> Option<&str> {
        self.token.acr().map(|acr| acr.as_str())
    }

    /// ``CARD``, ``MOBILE`` or another word, when said.
    #[getter]
    fn auth_mode(&self) -> Option<&str> {
        self.token.auth_mode().map(AuthMode::as_str)
    }

    /// When the person proved who they are, when said.
    #[getter]
    fn auth_time(&self) -> Option<f64> {
        self.token.auth_time().map(seconds)
    }

    /// When it was issued.
    #[getter]
    fn issued_at(&self) -> f64 {
        seconds(self.token.issued_at())
    }

    /// When it ends.
    #[getter]
    fn expires_at(&self) -> f64 {
        seconds(self.token.expires_at())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.token)
    }
}
