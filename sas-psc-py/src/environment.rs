//! Which provider, and what is dangerously accepted from it.

use crate::error::Raised;
use pyo3::prelude::*;
use sas_psc::psc::{self, danger};

/// Which provider.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Environment(pub psc::Environment);

#[pymethods]
impl Environment {
    /// Pro Santé Connect in production.
    #[staticmethod]
    fn production() -> Environment {
        Environment(psc::Environment::production())
    }

    /// Pro Santé Connect's sandbox, the bac à sable.
    #[staticmethod]
    fn bas() -> Environment {
        Environment(psc::Environment::bas())
    }

    /// The provider of this issuer, an https address.
    #[staticmethod]
    fn of(issuer: &str) -> Result<Environment, Raised> {
        Ok(Environment(psc::Environment::of(issuer)?))
    }

    /// The same with another path of its metadata; no other is ever tried.
    fn with_discovery_path(&self, path: &str) -> Environment {
        Environment(self.0.clone().with_discovery_path(path))
    }

    /// The same with another address of an endpoint, named as in the metadata, whatever the metadata says.
    fn with_endpoint(&self, endpoint: &str, url: &str) -> Result<Environment, Raised> {
        Ok(Environment(self.0.clone().with_endpoint(endpoint.parse()?, url)?))
    }

    /// The same, accepting discovered addresses on these hosts alone, each with its port unless it is 443.
    fn with_hosts(&self, hosts: Vec<String>) -> Environment {
        Environment(self.0.clone().with_hosts(hosts))
    }

    /// The issuer.
    #[getter]
    fn issuer(&self) -> &str {
        self.0.issuer()
    }

    fn __repr__(&self) -> String {
        format!("Environment('{}')", self.0.issuer())
    }
}

/// An environment over plain http, on a loopback address only: whoever runs on this machine can read and change it.
#[pyfunction]
pub fn insecure_loopback(issuer: &str) -> Result<Environment, Raised> {
    Ok(Environment(danger::insecure_loopback(issuer)?))
}

/// Accepts a provider that says it is the simulator, whose keys are public: anyone can sign as anyone.
#[pyfunction]
pub fn allow_simulator(environment: &Environment) -> Environment {
    Environment(danger::allow_simulator(environment.0.clone()))
}
