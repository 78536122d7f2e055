//! What weakens the security of the online directory. Each is a call that says so; no feature and no default does it.

use super::fhir::Server;
use crate::base::SecretString;
use crate::error::Result;

/// A FHIR server over plain http, on a loopback address only: whoever runs on this machine can read and change it.
///
/// # Errors
/// `address-refused` when `base` is neither https nor http on a loopback address; `fhir-settings`.
pub fn insecure_loopback_fhir(base: &str, key: Option<SecretString>) -> Result<Server> {
    Server::allowing(base, key, true)
}
