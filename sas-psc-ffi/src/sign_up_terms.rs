//! The terms of a sign-up: shown, answered, and told when they change.

use crate::argument::Maybe;
use crate::export::export;
use crate::sign_up::{at, sas_psc_sign_up, tongue};
use crate::string::{json, sas_psc_string};
use sas_psc::onboarding::AccountId;
use std::ffi::c_char;

export! {
    /// The terms in force, to show in this browser session; when they were shown is kept. terms is {"slug","version","lang",
    /// "effective_from","change","hash","documents":[{"title","media_type","text"}],"difference":null or the text of what changed
    /// since the version answered last}: the form of the answer carries "hash". SAS_PSC_ERROR_TERMS_NOT_CURRENT.
    fn sas_psc_sign_up_present_terms(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        attempt: *const c_char,
        lang: Maybe<*const c_char>,
        now: i64,
        terms: *mut *mut sas_psc_string,
    ) -> Status {
        terms.give(json(&sign_up.0.present_terms(AccountId::from_hex(account)?, attempt, tongue(lang), at(now))?)?);
        Ok(())
    }

    /// Accepts the terms that were shown: hash is what the form carried, ticked its box. SAS_PSC_ERROR_TERMS_CHANGED when
    /// these were not shown, _TERMS_NOT_TICKED, _CONSENT_OTHER_SESSION.
    fn sas_psc_sign_up_accept_terms(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        attempt: *const c_char,
        hash: *const c_char,
        ticked: bool,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let account = sign_up.0.accept_terms(AccountId::from_hex(account)?, attempt, hash, ticked, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// Refuses the terms that were shown. As above.
    fn sas_psc_sign_up_refuse_terms(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        attempt: *const c_char,
        hash: *const c_char,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let account = sign_up.0.refuse_terms(AccountId::from_hex(account)?, attempt, hash, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// The terms in force, as above, when a change that asks for no new answer has to be told: show "difference" on any page.
    /// terms stays null when there is nothing to tell. "terms_notice" is then among the "steps" of the account.
    fn sas_psc_sign_up_terms_notice(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        lang: Maybe<*const c_char>,
        now: i64,
        terms: *mut *mut sas_psc_string,
    ) -> Status {
        if let Some(notice) = sign_up.0.terms_notice(AccountId::from_hex(account)?, tongue(lang), at(now))? {
            terms.give(json(&notice)?);
        }
        Ok(())
    }

    /// The person has seen the notice. SAS_PSC_ERROR_STEP_OUT_OF_ORDER when there is none.
    fn sas_psc_sign_up_terms_noticed(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let account = sign_up.0.terms_noticed(AccountId::from_hex(account)?, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }
}
