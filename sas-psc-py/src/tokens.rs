//! The tokens of a person who signed in, for a program that keeps them itself; and to which certificate one is bound.

use crate::error::Raised;
use crate::time::seconds;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::base::ExposeSecret;
use sas_psc::psc;

/// Tokens. Each is a secret, for a server only; the repr shows none.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct TokenSet(pub psc::TokenSet);

#[pymethods]
impl TokenSet {
    /// The token that opens the APIs which the provider protects.
    #[getter]
    fn access_token(&self) -> &str {
        self.0.access_token().expose_secret()
    }

    /// When the access token ends.
    #[getter]
    fn access_expires_at(&self) -> f64 {
        seconds(self.0.access_expires_at())
    }

    /// The token that brings others, when there is one.
    #[getter]
    fn refresh_token(&self) -> Option<&str> {
        self.0.refresh_token().map(|token| token.expose_secret())
    }

    /// When the refresh token ends, when the provider says.
    #[getter]
    fn refresh_expires_at(&self) -> Option<f64> {
        self.0.refresh_expires_at().map(seconds)
    }

    /// The ID token: it names the session for a sign-out, expired as it may be.
    #[getter]
    fn id_token(&self) -> &str {
        self.0.id_token().expose_secret()
    }

    /// The scopes granted, separated by spaces.
    #[getter]
    fn granted_scope(&self) -> &str {
        self.0.granted_scope()
    }

    /// Whose tokens they are.
    #[getter]
    fn subject(&self) -> &str {
        self.0.subject()
    }

    /// The stored form. It holds every token: seal it before it leaves the server's memory.
    fn to_stored<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Raised> {
        Ok(PyBytes::new(py, &self.0.to_stored()?))
    }

    /// Reads a stored form; tokens that have ended too.
    #[staticmethod]
    fn resume(stored: &[u8]) -> Result<TokenSet, Raised> {
        Ok(TokenSet(psc::TokenSet::resume(stored)?))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// The SHA-256 of a certificate, to compare with what a token is bound to (RFC 8705).
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Thumbprint(psc::Thumbprint);

#[pymethods]
impl Thumbprint {
    /// Of a certificate as DER.
    #[new]
    fn new(certificate: &[u8]) -> Thumbprint {
        Thumbprint(psc::Thumbprint::of_der(certificate))
    }

    /// As RFC 8705 writes it.
    #[getter]
    fn x5t(&self) -> String {
        self.0.to_x5t()
    }

    /// In hexadecimal.
    #[getter]
    fn hex(&self) -> String {
        self.0.to_hex()
    }

    /// Whether an ``x5t#S256`` names this certificate, in either encoding.
    fn matches(&self, x5t: &str) -> bool {
        self.0.matches(x5t)
    }

    /// Compares with the ``cnf`` of claims: true when they are bound to this certificate, false when bound to none.
    fn check(&self, py: Python<'_>, claims: &Bound<'_, PyAny>) -> PyResult<bool> {
        let json: String = py.import("json")?.call_method1("dumps", (claims,))?.extract()?;
        Ok(self.0.check_json(json.as_bytes()).map_err(Raised::from)?)
    }
}
