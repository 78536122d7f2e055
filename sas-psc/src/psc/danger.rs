//! What weakens the security of a sign-in. Each is a call that says so; no feature and no default does it.

use super::Environment;
#[cfg(feature = "psc")]
use super::proxy::Proxy;
use crate::error::Result;

/// An environment over plain http, on a loopback address only: whoever runs on this machine can read and change it.
///
/// # Errors
/// `address-refused` when `issuer` is neither https nor http on a loopback address.
pub fn insecure_loopback(issuer: &str) -> Result<Environment> {
    Environment::of_issuer(issuer, true)
}

/// Accepts a provider that says it is the simulator, whose keys are public: anyone can sign as anyone.
pub fn allow_simulator(mut environment: Environment) -> Environment {
    environment.simulator = true;
    environment
}

/// A Proxy e-Santé over plain http, on a loopback address only: whoever runs on this machine can read and change it.
///
/// # Errors
/// `address-refused` when `base` is neither https nor http on a loopback address.
#[cfg(feature = "psc")]
pub fn insecure_loopback_proxy(base: &str, client_id: impl Into<String>) -> Result<Proxy> {
    Proxy::allowing(base, client_id.into(), true)
}
