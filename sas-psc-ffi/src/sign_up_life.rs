//! The life of an account after its sign-up: closed, opened again, erased, all its data given, and what is due.

use crate::argument::Maybe;
use crate::consent_log::sas_psc_consent_log;
use crate::export::export;
use crate::sign_up::{at, sas_psc_sign_up};
use crate::signed_in::sas_psc_signed_in;
use crate::string::{json, sas_psc_string};
use sas_psc::onboarding::AccountId;
use sas_psc::onboarding::lifecycle::{Due, NoticeOutcome};
use sas_psc::{Code, Error};
use std::ffi::c_char;

export! {
    /// The person closes their account, which withdraws their acceptance of the terms; both are recorded.
    /// SAS_PSC_ERROR_LIFECYCLE_OUT_OF_ORDER when it is closed already.
    fn sas_psc_sign_up_close(sign_up: *const sas_psc_sign_up, account: *const c_char, now: i64) -> Status {
        sign_up.0.close(AccountId::from_hex(account)?, at(now))
    }

    /// Opens the closed account of a person who signed in again; its terms ask for a new answer.
    /// SAS_PSC_ERROR_LIFECYCLE_OUT_OF_ORDER when it is not closed.
    fn sas_psc_sign_up_reopen(
        sign_up: *const sas_psc_sign_up,
        signed_in: *const sas_psc_signed_in,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let account = sign_up.0.reopen(&signed_in.person.sign_in, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// All that is held of the person, as the file docs/gdpr/export.schema.json describes; add what you alone hold under
    /// "application". log is the one that the records are fed to, for their receipts, or null. That it was given is recorded.
    fn sas_psc_sign_up_export(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        log: Maybe<*const sas_psc_consent_log>,
        now: i64,
        file: *mut *mut sas_psc_string,
    ) -> Status {
        let receipt = |record| log?.0.receipt_files(record).ok();
        file.give(sign_up.0.export(AccountId::from_hex(account)?, receipt, at(now))?.to_json()?);
        Ok(())
    }

    /// Erases the account at the person's word, with the content of their records, and says how many these were. What proves
    /// that it was done stays, and tells nobody who it was. A consent log forgets with sas_psc_consent_log_forget.
    fn sas_psc_sign_up_erase(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        now: i64,
        records: *mut u64,
    ) -> Status {
        records.set(sign_up.0.erase(AccountId::from_hex(account)?, at(now))?.records);
        Ok(())
    }

    /// Does what is due for up to limit accounts that are not used; call it every few hours. ran is {"begun","closed","erased",
    /// "failed","mails":[{"account","due":"first-notice"|"last-notice"|"close","to","message":as sas_psc_sign_up_mail_message
    /// gives it}]}: send these, then say of each notice what came of it. One of which nothing is said is due again.
    fn sas_psc_sign_up_run_due(
        sign_up: *const sas_psc_sign_up,
        limit: u32,
        now: i64,
        ran: *mut *mut sas_psc_string,
    ) -> Status {
        ran.give(json(&sign_up.0.take_due(limit, at(now))?)?);
        Ok(())
    }

    /// A notice that was due, "first-notice" or "last-notice", left; or, refused, its address is gone for good: of any other
    /// failure say nothing. SAS_PSC_ERROR_LIFECYCLE_OUT_OF_ORDER when it is not due, _USAGE for another word.
    fn sas_psc_sign_up_noticed(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        due: *const c_char,
        refused: bool,
        now: i64,
    ) -> Status {
        let due = Due::of_word(due).ok_or_else(|| Error::field(Code::USAGE, "due"))?;
        let outcome = if refused { NoticeOutcome::Refused } else { NoticeOutcome::HandedOver };
        sign_up.0.noticed(AccountId::from_hex(account)?, due, outcome, at(now))
    }
}
