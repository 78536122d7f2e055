//! `sas_psc_discovery`: a provider asked for its metadata, over the HTTP of the program.

use crate::environment::sas_psc_environment;
use crate::exchange::{step, why};
use crate::export::export;
use crate::handle::Handle;
use crate::http::{sas_psc_request, sas_psc_response};
use crate::service::{sas_psc_client, sas_psc_service};
use crate::string::sas_psc_string;
use sas_psc::base::Timestamp;
use sas_psc::psc::{Client, Discovery, Exchange, Metadata, Service};
use sas_psc::{Code, Error};

/// A provider asked for its metadata. Loop: sas_psc_discovery_next; send its request; sas_psc_discovery_answered.
pub struct sas_psc_discovery {
    client: Client,
    steps: Discovery,
    found: Option<Metadata>,
}

impl Handle for sas_psc_discovery {}

impl sas_psc_discovery {
    fn found(&self) -> Result<&Metadata, Error> {
        self.found.as_ref().ok_or_else(|| Error::new(Code::NOT_DONE))
    }
}

export! {
    /// Begins to ask a provider for its metadata, on the client's behalf. Both are copied.
    fn sas_psc_discovery_new(
        environment: *const sas_psc_environment,
        client: *const sas_psc_client,
        discovery: *mut *mut sas_psc_discovery,
    ) -> Status {
        let (client, steps) = (client.0.clone(), Service::discover(&environment.0));
        discovery.give(sas_psc_discovery { client, steps, found: None });
        Ok(())
    }

    /// What to do now, as sas_psc_exchange_next. With neither a request nor a time it is over: see
    /// sas_psc_discovery_service.
    fn sas_psc_discovery_next(
        discovery: *mut sas_psc_discovery,
        now: i64,
        request: *mut *mut sas_psc_request,
        wait_until: *mut i64,
    ) -> Status {
        if let Some(metadata) = step(&mut discovery.steps, now, request, wait_until)? {
            discovery.found = Some(metadata);
        }
        Ok(())
    }

    /// Takes the answer to the request. An error ends it: SAS_PSC_ERROR_DISCOVERY_ISSUER, _DISCOVERY_HOST,
    /// _SIMULATOR_REFUSED, _PROVIDER_ANSWER, _PROVIDER_UNAVAILABLE.
    fn sas_psc_discovery_answered(
        discovery: *mut sas_psc_discovery,
        response: *const sas_psc_response,
        now: i64,
    ) -> Status {
        discovery.steps.answered(&response.0, Timestamp::from_unix_millis(now))
    }

    /// Says that the request got no answer, and why: see sas_psc_exchange_failed. 0 when it may go on all the same.
    fn sas_psc_discovery_failed(discovery: *mut sas_psc_discovery, why: i32, now: i64) -> Status {
        discovery.steps.failed(self::why(why), Timestamp::from_unix_millis(now))
    }

    /// The client at the provider, once it is over. Ask again every hour. SAS_PSC_ERROR_NOT_DONE, _ENDPOINT_MISSING.
    fn sas_psc_discovery_service(discovery: *const sas_psc_discovery, service: *mut *mut sas_psc_service) -> Status {
        service.give(sas_psc_service(Service::new(discovery.client.clone(), discovery.found()?.clone())?));
        Ok(())
    }

    /// Which addresses differ from those that the library knows, once it is over: [{"endpoint","expected","found"}], found
    /// null where the provider no longer names one. SAS_PSC_ERROR_NOT_DONE.
    fn sas_psc_discovery_drift(discovery: *const sas_psc_discovery, drift: *mut *mut sas_psc_string) -> Status {
        drift.give(discovery.found()?.drift_json());
        Ok(())
    }

    /// Frees it; a service made from it goes on. Null is allowed.
    fn sas_psc_discovery_free(discovery: *mut sas_psc_discovery) -> Freed {}
}
