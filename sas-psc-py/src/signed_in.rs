//! A person signed in: who they are, and their access token.

use crate::professional::{Professional, UserInfo};
use crate::time::{at, seconds};
use crate::tokens::TokenSet;
use pyo3::prelude::*;
use sas_psc::base::ExposeSecret;
use sas_psc::psc;
use std::time::Duration;

/// A person signed in. Its repr hides who.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct SignedIn(pub psc::SignedIn);

#[pymethods]
impl SignedIn {
    /// Who signed in, without any token: ``subject``, ``id_nat``, ``family_name``, ``given_name``, ``acr``,
    /// ``auth_mode``, ``practices``, ``access_token_expires_in``.
    #[pyo3(signature = (*, now=None))]
    fn summary<'py>(&self, py: Python<'py>, now: Option<f64>) -> PyResult<Bound<'py, PyAny>> {
        let json = serde_json::to_string(&self.0.summary(at(now))).unwrap_or_default();
        py.import("json")?.call_method1("loads", (json,))
    }

    /// The person, with what they practise and what they may choose from.
    #[getter]
    fn professional(&self) -> Professional {
        Professional(self.0.sign_in.professional().clone())
    }

    /// What the provider said of them.
    #[getter]
    fn userinfo(&self) -> UserInfo {
        UserInfo(self.0.userinfo.clone())
    }

    /// The national identifier.
    #[getter]
    fn id_nat(&self) -> &str {
        self.0.sign_in.professional().id_nat.as_str()
    }

    /// The RPPS number, when the person has one.
    #[getter]
    fn rpps(&self) -> Option<String> {
        self.0.sign_in.professional().rpps().map(|rpps| rpps.to_string())
    }

    /// The provider's key of the person.
    #[getter]
    fn subject(&self) -> &str {
        self.0.sign_in.subject()
    }

    /// The tokens.
    #[getter]
    fn tokens(&self) -> TokenSet {
        TokenSet(self.0.tokens.clone())
    }

    /// The level of the authentication.
    #[getter]
    fn acr(&self) -> &'static str {
        self.0.sign_in.acr().as_str()
    }

    /// ``CARD``, ``MOBILE``, another word, or none when the provider does not say.
    #[getter]
    fn auth_mode(&self) -> Option<&str> {
        self.0.sign_in.auth_mode().map(psc::AuthMode::as_str)
    }

    /// When the person proved who they are.
    #[getter]
    fn auth_time(&self) -> f64 {
        seconds(self.0.sign_in.auth_time())
    }

    /// The provider's session, when it names one.
    #[getter]
    fn session_id(&self) -> Option<&str> {
        self.0.sign_in.session_id()
    }

    /// Whether they proved it within these seconds.
    #[pyo3(signature = (within, *, now=None))]
    fn is_fresh(&self, within: f64, now: Option<f64>) -> bool {
        self.0.sign_in.is_fresh(at(now), Duration::try_from_secs_f64(within).unwrap_or(Duration::MAX))
    }

    /// The token that opens the APIs which the provider protects. A secret, for a server only.
    #[getter]
    fn access_token(&self) -> &str {
        self.0.tokens.access_token().expose_secret()
    }

    /// What proves the sign-in years later: the ID token and the provider's key that verified it, as a file.
    #[getter]
    fn evidence(&self) -> Option<&str> {
        self.0.sign_in.evidence()
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0.sign_in)
    }
}
