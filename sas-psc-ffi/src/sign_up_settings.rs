//! The settings of a sign-up: what they declare, and who saves them.

use crate::argument::Maybe;
use crate::export::export;
use crate::sign_up::{at, sas_psc_sign_up, tongue};
use crate::signed_in::sas_psc_signed_in;
use crate::string::{json, sas_psc_string};
use sas_psc::drive;
use sas_psc::onboarding::{AccountId, Author};
use std::ffi::c_char;

export! {
    /// What settings, a JSON object as SAS writes them, say on the person's honour, to review before they are saved: a list of
    /// {"name","sentence","sworn","answer"}, the exact sentences. SAS_PSC_ERROR_SETTINGS_…: the first rule that is broken.
    fn sas_psc_sign_up_declarations(
        settings: *const c_char,
        lang: Maybe<*const c_char>,
        declarations: *mut *mut sas_psc_string,
    ) -> Status {
        declarations.give(json(&drive::declarations(settings, tongue(lang))?)?);
        Ok(())
    }

    /// The person saves their settings, reviewed in lang; each declaration that changes is recorded. As above.
    fn sas_psc_sign_up_save_settings(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        settings: *const c_char,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let account = sign_up.0.save_settings(AccountId::from_hex(account)?, settings, tongue(lang), at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// Somebody else saves the person's settings, by their own sign-in: role is "delegate", "administrator", or
    /// "cpts-manager 540002698 …" with the CPTS that they manage. Whether they are is for you to say. As above;
    /// SAS_PSC_ERROR_DECLARATION_BY_ANOTHER for what is sworn, which is the person's alone; _CPTS_NOT_MANAGED when the
    /// settings saved last take part through none of those; _USAGE for another role.
    fn sas_psc_sign_up_save_settings_as(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        role: *const c_char,
        signed_in: *const sas_psc_signed_in,
        settings: *const c_char,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let author = Author::of_role(role, &signed_in.person.sign_in, tongue(lang))?;
        let account = sign_up.0.save_settings_as(AccountId::from_hex(account)?, settings, &author, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }
}
