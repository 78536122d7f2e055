//! `sas_psc_environment`: which provider, and what is accepted from it.

use crate::export::export;
use crate::handle::Handle;
use crate::string::sas_psc_string;
use sas_psc::Error;
use sas_psc::psc::{Environment, danger};
use std::ffi::c_char;

/// Which provider: Pro Santé Connect in production, its sandbox (BAS), or another by its issuer.
pub struct sas_psc_environment(pub(crate) Environment);

impl Handle for sas_psc_environment {}

impl sas_psc_environment {
    /// Stays as it was on an error.
    fn change(&mut self, with: impl FnOnce(Environment) -> Result<Environment, Error>) -> Result<(), Error> {
        self.0 = with(self.0.clone())?;
        Ok(())
    }
}

export! {
    /// Pro Santé Connect in production.
    fn sas_psc_environment_production(environment: *mut *mut sas_psc_environment) -> Status {
        environment.give(sas_psc_environment(Environment::production()));
        Ok(())
    }

    /// Pro Santé Connect's sandbox, the bac à sable.
    fn sas_psc_environment_bas(environment: *mut *mut sas_psc_environment) -> Status {
        environment.give(sas_psc_environment(Environment::bas()));
        Ok(())
    }

    /// The provider of this issuer, an https address: Pro Santé Connect's presets when it is theirs.
    /// SAS_PSC_ERROR_ADDRESS_REFUSED, _ENVIRONMENT_RETIRED, _ISSUER_MISSPELT.
    fn sas_psc_environment_of(issuer: *const c_char, environment: *mut *mut sas_psc_environment) -> Status {
        environment.give(sas_psc_environment(Environment::of(issuer)?));
        Ok(())
    }

    /// Replaces what follows the issuer in the address of its metadata; no other path is ever tried.
    fn sas_psc_environment_set_discovery_path(environment: *mut sas_psc_environment, path: *const c_char) -> Status {
        environment.change(|known| Ok(known.with_discovery_path(path)))
    }

    /// Replaces the address of an endpoint, named as in the metadata ("token_endpoint"), whatever the metadata says. Its
    /// host joins the accepted ones. SAS_PSC_ERROR_ENDPOINT_UNKNOWN, _ADDRESS_REFUSED, _ENVIRONMENT_RETIRED.
    fn sas_psc_environment_set_endpoint(
        environment: *mut sas_psc_environment,
        endpoint: *const c_char,
        url: *const c_char,
    ) -> Status {
        let endpoint = endpoint.parse()?;
        environment.change(|known| known.with_endpoint(endpoint, url))
    }

    /// Accepts discovered addresses on these hosts alone, separated by spaces, each with its port unless it is 443.
    fn sas_psc_environment_set_hosts(environment: *mut sas_psc_environment, hosts: *const c_char) -> Status {
        environment.change(|known| Ok(known.with_hosts(hosts.split(' '))))
    }

    /// An environment over plain http, on a loopback address only: whoever runs on this machine can read and change it.
    fn sas_psc_danger_insecure_loopback(issuer: *const c_char, environment: *mut *mut sas_psc_environment) -> Status {
        environment.give(sas_psc_environment(danger::insecure_loopback(issuer)?));
        Ok(())
    }

    /// Accepts a provider that says it is the simulator, whose keys are public: anyone can sign as anyone.
    fn sas_psc_danger_allow_simulator(environment: *mut sas_psc_environment) -> Status {
        environment.change(|known| Ok(danger::allow_simulator(known)))
    }

    /// The issuer.
    fn sas_psc_environment_issuer(environment: *const sas_psc_environment, issuer: *mut *mut sas_psc_string) -> Status {
        issuer.give(environment.0.issuer());
        Ok(())
    }

    /// Frees an environment. Null is allowed.
    fn sas_psc_environment_free(environment: *mut sas_psc_environment) -> Freed {}
}
