//! `sas_psc_availability`: "Pro Santé Connect is unavailable", as a state that a program with its own HTTP can explain.

use crate::argument::Maybe;
use crate::exchange::why;
use crate::export::export;
use crate::handle::Handle;
use crate::http::sas_psc_response;
use crate::string::sas_psc_string;
use sas_psc::Lang;
use sas_psc::base::Timestamp;
use sas_psc::psc::Availability;
use std::ffi::c_char;

/// Whether a provider can be reached, as far as its last answers tell. One per provider, told of every request.
pub struct sas_psc_availability(Availability);

impl Handle for sas_psc_availability {}

export! {
    /// Nothing is known yet: it can be reached.
    fn sas_psc_availability_new(availability: *mut *mut sas_psc_availability) -> Status {
        availability.give(sas_psc_availability(Availability::default()));
        Ok(())
    }

    /// Takes an answer: from the protocol, even to refuse, it ends an outage.
    fn sas_psc_availability_answered(
        availability: *mut sas_psc_availability,
        response: *const sas_psc_response,
        now: i64,
    ) -> Status {
        availability.0.answered(&response.0, Timestamp::from_unix_millis(now));
        Ok(())
    }

    /// Takes a request that came to no answer, and why: see sas_psc_exchange_failed.
    fn sas_psc_availability_failed(availability: *mut sas_psc_availability, why: i32, now: i64) -> Status {
        availability.0.failed(&self::why(why), Timestamp::from_unix_millis(now));
        Ok(())
    }

    /// Whether to begin something new now: during an outage nobody new is made to wait for a timeout, and one caller at a
    /// time is let through. SAS_PSC_ERROR_PROVIDER_UNAVAILABLE with "retry_after" and "unavailable_since".
    fn sas_psc_availability_ready(availability: *mut sas_psc_availability, now: i64) -> Status {
        availability.0.ready(Timestamp::from_unix_millis(now))
    }

    /// The outage, or null: {"cause","since","next_try","failures","text"}, the text for a person. lang is "fr", "en" or a
    /// locale; null is French.
    fn sas_psc_availability_outage(
        availability: *const sas_psc_availability,
        lang: Maybe<*const c_char>,
        now: i64,
        outage: *mut *mut sas_psc_string,
    ) -> Status {
        if let Some(found) = availability.0.outage() {
            outage.give(found.to_json(Lang::from_tag(lang.unwrap_or_default()), Timestamp::from_unix_millis(now)));
        }
        Ok(())
    }

    /// Frees it. Null is allowed.
    fn sas_psc_availability_free(availability: *mut sas_psc_availability) -> Freed {}
}
