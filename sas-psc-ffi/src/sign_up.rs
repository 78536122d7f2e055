//! `sas_psc_sign_up`: the journey from a sign-in to an active account.

use crate::argument::Maybe;
use crate::consent_log::sas_psc_consent_log;
use crate::email_mail::sas_psc_email_templates;
use crate::export::export;
use crate::handle::Handle;
use crate::sign_up_mail::sas_psc_sign_up_mail;
use crate::signed_in::sas_psc_signed_in;
use crate::string::{json, sas_psc_string};
use sas_psc::base::{ServerKey, Timestamp};
use sas_psc::drive::{Account, TimedSignUp};
use sas_psc::onboarding::{AccountId, Policy};
use sas_psc::store::AnyStore;
use sas_psc::{Code, Error, Lang};
use std::ffi::{c_char, c_void};

/// The sign-ups of a platform. Make one per program; any number of threads may use it.
pub struct sas_psc_sign_up(pub(crate) TimedSignUp<AnyStore>);

impl Handle for sas_psc_sign_up {}

impl sas_psc_sign_up {
    /// An account as C reads it.
    pub(crate) fn report(&self, account: &Account, lang: Option<&str>, now: i64) -> Result<String, Error> {
        json(&account.report(self.0.policy(), tongue(lang), at(now)))
    }
}

pub(crate) fn at(now: i64) -> Timestamp {
    Timestamp::from_unix_millis(now)
}

pub(crate) fn tongue(lang: Option<&str>) -> Lang {
    Lang::from_tag(lang.unwrap_or_default())
}

export! {
    /// Sign-ups in the SQLite file at this path, made when it is not there, or in a database as sas_psc_ciba_guard_new takes
    /// one. key is a secret of at least 32 bytes, the same in every instance. policy is JSON: {"terms":[{"slug","version",
    /// "lang","effective_from","change":"editorial"|"minor"|"material","documents":[{"title","media_type","text"}]}],
    /// "ui_build":the SHA-256 in hexadecimal of what shows the terms,"controller","exit"}, and of "service","mail_minutes",
    /// "mail_limits","objection_days","retention_until" those that differ from SAS's. link_page is the page that the mails'
    /// links open; objection_page that of the mail to an address that is replaced, null for the same. templates are the words
    /// of the mails, null for ours. All are copied. SAS_PSC_ERROR_POLICY_UNREADABLE, _TERMS_INVALID, _EMAIL_LIFETIME,
    /// _EMAIL_LIMIT_RULES, _EMAIL_LINK_BASE, _SERVER_KEY_SHORT, and those of the store.
    ///
    /// What the calls below have in common. account is the text of that name in their answer: keep it in your own session,
    /// and show it to nobody. attempt is a secret of that browser session. lang is "fr" or "en", null for French. An answer
    /// is JSON: {"account","state":"places-wanted"|"email-wanted"|"mail-due"|"mail-sent"|"terms-wanted"|"terms-refused"|
    /// "settings-wanted"|"active","text":what the person is asked for,"steps":the calls that are open,"places":[label],
    /// "email","mail":null or {"address","status","until","resend_at","tries_left"},"wake_at","settings","records":{"terms",
    /// "declarations"}}, times in RFC 3339. Errors of them all: SAS_PSC_ERROR_STEP_OUT_OF_ORDER, _ACCOUNT_UNKNOWN,
    /// _ACCOUNT_CLOSED, and those of the store.
    fn sas_psc_sign_up_new(
        path: *const c_char,
        key: *const c_void,
        key_len: usize,
        policy: *const c_char,
        link_page: *const c_char,
        objection_page: Maybe<*const c_char>,
        templates: Maybe<*const sas_psc_email_templates>,
        sign_up: *mut *mut sas_psc_sign_up,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let key = ServerKey::new(unsafe { key.bytes(key_len) }?)?;
        let mut policy = Policy::from_json(key, policy)?;
        if let Some(templates) = templates {
            policy.templates = templates.0.clone();
        }
        let made = TimedSignUp::new(AnyStore::open(path)?, policy, link_page, objection_page)?;
        sign_up.give(sas_psc_sign_up(made));
        Ok(())
    }

    /// Receives a person who signed in: finds their account, or begins one. SAS_PSC_ERROR_ELIGIBILITY_…,
    /// _NUMBER_CLAIMED_TWICE; _ACCOUNT_CLOSED: offer sas_psc_sign_up_reopen.
    fn sas_psc_sign_up_welcome(
        sign_up: *const sas_psc_sign_up,
        signed_in: *const sas_psc_signed_in,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let account = sign_up.0.welcome(&signed_in.person.sign_in, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// The account, as it stands.
    fn sas_psc_sign_up_account(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let account = sign_up.0.account(AccountId::from_hex(account)?, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// Chooses the places that take part: a JSON list of their ranks in "places", from 0. SAS_PSC_ERROR_PLACES_UNKNOWN.
    fn sas_psc_sign_up_choose_places(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        ranks: *const c_char,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let ranks: Vec<usize> = serde_json::from_str(ranks).map_err(|_| Error::new(Code::PLACES_UNKNOWN))?;
        let account = sign_up.0.choose_places(AccountId::from_hex(account)?, &ranks, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// Gives the address to link; lang is the language of its mail, network the IP address that the browser asks from, null
    /// when it is not known. Then sas_psc_sign_up_next_mail. Whether another account has the address is told to nobody.
    /// SAS_PSC_ERROR_EMAIL_…, _EMAIL_TOO_MANY with "retry_after", _USAGE when network is no IP address.
    fn sas_psc_sign_up_give_address(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        attempt: *const c_char,
        address: *const c_char,
        network: Maybe<*const c_char>,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let (id, tongue) = (AccountId::from_hex(account)?, tongue(lang));
        let account = sign_up.0.give_address(id, attempt, address, tongue, network, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// Asks for the mail again; the old link and code die. SAS_PSC_ERROR_EMAIL_RESEND_TOO_EARLY, and as above.
    fn sas_psc_sign_up_resend(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        attempt: *const c_char,
        network: Maybe<*const c_char>,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let account = sign_up.0.resend(AccountId::from_hex(account)?, attempt, network, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// The next mail whose time has come, of this account, or of any when account is null: call it so every few seconds, for
    /// what waits after a failure or a kill. mail stays null when there is none. It is given to nobody else: send it, then
    /// say what came of it. SAS_PSC_ERROR_EMAIL_SEND_WINDOW_OVER: the person may ask again.
    fn sas_psc_sign_up_next_mail(
        sign_up: *const sas_psc_sign_up,
        account: Maybe<*const c_char>,
        now: i64,
        mail: *mut *mut sas_psc_sign_up_mail,
    ) -> Status {
        let id = account.map(AccountId::from_hex).transpose()?;
        if let Some(next) = sign_up.0.next_mail(id, at(now))? {
            mail.give(sas_psc_sign_up_mail::from(next));
        }
        Ok(())
    }

    /// The mail server took the mail: the life of its link and code begins. SAS_PSC_ERROR_EMAIL_SUPERSEDED.
    fn sas_psc_sign_up_handed_over(
        sign_up: *const sas_psc_sign_up,
        mail: *const sas_psc_sign_up_mail,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let account = sign_up.0.handed_over(&mail.mail, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// The mail did not leave, and why: SAS_PSC_ERROR_MAIL_REFUSED when the server refuses the address for good,
    /// _MAIL_REJECTED the mail for another reason; anything else is tried again, for ten minutes.
    fn sas_psc_sign_up_not_handed_over(
        sign_up: *const sas_psc_sign_up,
        mail: *const sas_psc_sign_up_mail,
        why: i32,
        now: i64,
    ) -> Status {
        let why = Code::from_number(why.cast_unsigned()).unwrap_or(Code::MAIL_DEFERRED);
        sign_up.0.not_handed_over(&mail.mail, why, at(now))
    }

    /// Takes the code of the mail, typed in the browser session that asked. A wrong one is counted:
    /// SAS_PSC_ERROR_EMAIL_CODE_WRONG with "tries_left", _EMAIL_TRIES_USED_UP; nothing has changed: _EMAIL_OTHER_SESSION,
    /// _EMAIL_CODE_FORM, _EMAIL_EXPIRED, _EMAIL_SUPERSEDED; _STORE_EMAIL_TAKEN when another account proved it meanwhile.
    fn sas_psc_sign_up_answer_code(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        attempt: *const c_char,
        code: *const c_char,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let account = sign_up.0.answer_code(AccountId::from_hex(account)?, attempt, code, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// What to show to whoever opened the link of a mail: token is the "c" of its address; account and attempt are those of
    /// the visitor's session, null when they have none. Changes nothing. page is "confirm" (one button, which posts to
    /// sas_psc_sign_up_answer_link), "already-proven" or "elsewhere". SAS_PSC_ERROR_EMAIL_LINK_WRONG, _EMAIL_EXPIRED.
    fn sas_psc_sign_up_open_link(
        sign_up: *const sas_psc_sign_up,
        account: Maybe<*const c_char>,
        attempt: Maybe<*const c_char>,
        token: *const c_char,
        now: i64,
        page: *mut *mut sas_psc_string,
    ) -> Status {
        let visitor = account.zip(attempt);
        let visitor = visitor.map(|(account, attempt)| Ok::<_, Error>((AccountId::from_hex(account)?, attempt)));
        page.give(sign_up.0.open_link(visitor.transpose()?, token, at(now))?.name());
        Ok(())
    }

    /// Takes the link's token, confirmed by a button in the browser session that asked. As sas_psc_sign_up_answer_code.
    fn sas_psc_sign_up_answer_link(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        attempt: *const c_char,
        token: *const c_char,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let account = sign_up.0.answer_link(AccountId::from_hex(account)?, attempt, token, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// Asks that an address take the place of an active account's. It is proven as the first one; the old one is told, and
    /// stays until then. As sas_psc_sign_up_give_address, and SAS_PSC_ERROR_ADDRESS_CHANGED_LATELY.
    fn sas_psc_sign_up_change_address(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        attempt: *const c_char,
        address: *const c_char,
        network: Maybe<*const c_char>,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let (id, tongue) = (AccountId::from_hex(account)?, tongue(lang));
        let account = sign_up.0.change_address(id, attempt, address, tongue, network, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// The person no longer wants the change in progress. SAS_PSC_ERROR_ADDRESS_CHANGE_NONE.
    fn sas_psc_sign_up_drop_address_change(
        sign_up: *const sas_psc_sign_up,
        account: *const c_char,
        lang: Maybe<*const c_char>,
        now: i64,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        let account = sign_up.0.drop_address_change(AccountId::from_hex(account)?, at(now))?;
        answer.give(sign_up.report(&account, lang, now)?);
        Ok(())
    }

    /// Whether the link of the mail to an old address still has something to offer. Changes nothing; anybody may open it.
    /// SAS_PSC_ERROR_EMAIL_LINK_WRONG, _EMAIL_EXPIRED, _EMAIL_TRIES_USED_UP, _ADDRESS_CHANGE_NONE.
    fn sas_psc_sign_up_open_objection(sign_up: *const sas_psc_sign_up, token: *const c_char, now: i64) -> Status {
        sign_up.0.open_objection(token, at(now))
    }

    /// Takes an objection: the link's token and the code of the same mail. objected is "dropped", "undone" or "before".
    /// SAS_PSC_ERROR_EMAIL_CODE_WRONG with "tries_left", _EMAIL_CODE_FORM, and as above.
    fn sas_psc_sign_up_object(
        sign_up: *const sas_psc_sign_up,
        token: *const c_char,
        code: *const c_char,
        now: i64,
        objected: *mut *mut sas_psc_string,
    ) -> Status {
        objected.give(sign_up.0.object(token, code, at(now))?.name());
        Ok(())
    }

    /// Brings the records that are new into a consent log, and says how many: receipts come from there
    /// (sas_psc_consent_log_receipt). SAS_PSC_ERROR_STORE_BEHIND when a backup was restored, and those of the log.
    fn sas_psc_sign_up_feed(
        sign_up: *const sas_psc_sign_up,
        log: *const sas_psc_consent_log,
        now: i64,
        records: *mut u64,
    ) -> Status {
        records.set(sign_up.0.feed(&log.0, at(now))?.records);
        Ok(())
    }

    /// Frees it. Null is allowed.
    fn sas_psc_sign_up_free(sign_up: *mut sas_psc_sign_up) -> Freed {}
}
