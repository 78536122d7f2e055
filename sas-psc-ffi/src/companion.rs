//! The companion for the real platform, and the verification link that it sends.

use crate::argument::Maybe;
use crate::export::export;
use crate::string::{json, sas_psc_string};
use sas_psc::Lang;
use sas_psc::onboarding::companion::{LinkHosts, VerificationLink, prepare};
use std::ffi::c_char;

export! {
    /// What to have at hand for the sign-up at the real platform, and its steps. asked is a JSON object:
    /// {"with":"card" or "ecps","number","address","settings":{...},"seen":{"reader":true,"card":false,"middleware","app"}},
    /// all but "with" may be left out; lang is "fr" or "en". prepared is {"site","ready","checklist":[{"need","presence","text",
    /// "hint"}],"steps":[{"step","text","seconds"}]}. SAS_PSC_ERROR_USAGE, _SETTINGS_UNREADABLE.
    fn sas_psc_companion_prepare(
        asked: *const c_char,
        lang: Maybe<*const c_char>,
        prepared: *mut *mut sas_psc_string,
    ) -> Status {
        prepared.give(json(&prepare(asked, Lang::from_tag(lang.unwrap_or_default()))?)?);
        Ok(())
    }

    /// What a pasted verification link says of itself, which is not verified: {"purpose","claimed_end","verified":false}. hosts
    /// are the platform's sign-in servers, one a line. The link is never opened here. SAS_PSC_ERROR_VERIFICATION_LINK (the
    /// part in the fact "field"), _VERIFICATION_LINK_PURPOSE.
    fn sas_psc_verification_link_read(
        link: *const c_char,
        hosts: *const c_char,
        said: *mut *mut sas_psc_string,
    ) -> Status {
        said.give(json(&VerificationLink::parse(link, &LinkHosts::new(hosts.lines())?)?.described())?);
        Ok(())
    }
}
