//! What `sas-psc doctor` examines, over the HTTP of the program.

use crate::argument::Maybe;
use crate::environment::sas_psc_environment;
use crate::export::export;
use crate::service::sas_psc_client;
use crate::steps::sas_psc_steps;
use sas_psc::Lang;
use sas_psc::base::Timestamp;
use sas_psc::drive::{Finding, Steps};
use std::ffi::c_char;

fn told(findings: Vec<Finding>) -> String {
    serde_json::to_string(&findings).unwrap_or_default()
}

export! {
    /// Begins to examine a provider, in the order in which it would be mended: "issuer", "discovery", "endpoints", "keys",
    /// "clock". Nobody signs in. It comes to [{"check","status","code","message","hint"}]: status is "ok", "warning",
    /// "failed" or "skipped", code null when nothing is wrong. A request without an answer is a finding: tell why, by
    /// sas_psc_steps_failed. lang is "fr", "en" or a locale; null is French.
    fn sas_psc_examine(
        environment: *const sas_psc_environment,
        client: *const sas_psc_client,
        lang: Maybe<*const c_char>,
        now: i64,
        steps: *mut *mut sas_psc_steps,
    ) -> Status {
        let (lang, now) = (Lang::from_tag(lang.unwrap_or_default()), Timestamp::from_unix_millis(now));
        steps.give(sas_psc_steps::over(Steps::examine(environment.0.clone(), client.0.clone(), lang, now), told));
        Ok(())
    }

    /// Begins to look at what a provider shows of itself without a sign-in: as sas_psc_examine, each finding with
    /// "observed" and "value" too.
    fn sas_psc_observe(
        environment: *const sas_psc_environment,
        client: *const sas_psc_client,
        lang: Maybe<*const c_char>,
        now: i64,
        steps: *mut *mut sas_psc_steps,
    ) -> Status {
        let (lang, now) = (Lang::from_tag(lang.unwrap_or_default()), Timestamp::from_unix_millis(now));
        steps.give(sas_psc_steps::over(Steps::observe(environment.0.clone(), client.0.clone(), lang, now), told));
        Ok(())
    }
}
