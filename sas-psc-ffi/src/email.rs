//! `sas_psc_email_challenge`, `sas_psc_email_dispatch`: proof that a person controls a mailbox.

use crate::export::export;
use crate::handle::Handle;
use crate::string::{json, sas_psc_string};
use sas_psc::base::{ExposeSecret, ServerKey, Timestamp};
use sas_psc::drive::SystemRandom;
use sas_psc::email::{Address, Challenge, Dispatch, Lifetime};
use sas_psc::person::Binding;
use std::ffi::{c_char, c_void};

/// Does the person who signed in control this mailbox? It keeps hashes only.
pub struct sas_psc_email_challenge(Challenge);

/// What a mail must carry. Not stored: a retry writes a new one. Wiped when freed.
pub struct sas_psc_email_dispatch(pub Dispatch);

impl Handle for sas_psc_email_challenge {}
impl Handle for sas_psc_email_dispatch {}

fn at(now: i64) -> Timestamp {
    Timestamp::from_unix_millis(now)
}

export! {
    /// Whether a text is an e-mail address. found is the JSON object that `sas-psc email check --json` prints:
    /// {"address","valid","canonical","reason"}, and "warnings" about domains that mislead the eye, when there are any. A
    /// refused address is an answer, not an error.
    fn sas_psc_email_check(address: *const c_char, found: *mut *mut sas_psc_string) -> Status {
        found.give(json(&Address::check(address))?);
        Ok(())
    }

    /// A challenge for the person that issuer and subject name, in the session called attempt, at an address. The link and
    /// the code of its mail live so many minutes, from 1 to 60; 5 is the guide's. Those of sas_psc_email_check (_EMAIL_…),
    /// SAS_PSC_ERROR_EMAIL_LIFETIME, _NO_RANDOMNESS.
    fn sas_psc_email_challenge_new(
        issuer: *const c_char,
        subject: *const c_char,
        attempt: *const c_char,
        address: *const c_char,
        minutes: u32,
        now: i64,
        challenge: *mut *mut sas_psc_email_challenge,
    ) -> Status {
        let lifetime = Lifetime::minutes(u8::try_from(minutes).unwrap_or(0))?;
        let (binding, address) = (Binding::new(issuer, subject, attempt), Address::parse(address)?);
        let made = Challenge::new(binding, address, lifetime, &mut SystemRandom, at(now))?;
        challenge.give(sas_psc_email_challenge(made));
        Ok(())
    }

    /// What to keep until the answer comes; sas_psc_email_challenge_resume takes it back.
    fn sas_psc_email_challenge_to_stored(
        challenge: *const sas_psc_email_challenge,
        stored: *mut *mut sas_psc_string,
    ) -> Status {
        stored.give(challenge.0.to_stored()?);
        Ok(())
    }

    /// Takes back what was kept. SAS_PSC_ERROR_STORED_FORM_UNREADABLE, _STORED_FORM_NEWER.
    fn sas_psc_email_challenge_resume(
        stored: *const c_void,
        stored_len: usize,
        challenge: *mut *mut sas_psc_email_challenge,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        challenge.give(sas_psc_email_challenge(Challenge::resume(unsafe { stored.bytes(stored_len) }?)?));
        Ok(())
    }

    /// Where it stands: "sending", "send-failed", "address-refused", "live", "expired", "tries-used-up" or "proven".
    fn sas_psc_email_challenge_status(
        challenge: *const sas_psc_email_challenge,
        now: i64,
        status: *mut *mut sas_psc_string,
    ) -> Status {
        status.give(challenge.0.status(at(now)).name());
        Ok(())
    }

    /// Writes the mail: a fresh link, a fresh code, a new end; what was written before is replaced. key is a secret of at
    /// least 32 bytes, the same in every instance. SAS_PSC_ERROR_EMAIL_SEND_WINDOW_OVER, _EMAIL_NOTHING_TO_SEND,
    /// _EMAIL_ALREADY_PROVEN, _SERVER_KEY_SHORT, _NO_RANDOMNESS.
    fn sas_psc_email_challenge_write(
        challenge: *mut sas_psc_email_challenge,
        key: *const c_void,
        key_len: usize,
        now: i64,
        dispatch: *mut *mut sas_psc_email_dispatch,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let key = ServerKey::new(unsafe { key.bytes(key_len) }?)?;
        dispatch.give(sas_psc_email_dispatch(challenge.0.write(&key, &mut SystemRandom, at(now))?));
        Ok(())
    }

    /// The mail server took the mail: the lifetime starts. until is its end. SAS_PSC_ERROR_EMAIL_SUPERSEDED.
    fn sas_psc_email_challenge_handed_over(
        challenge: *mut sas_psc_email_challenge,
        dispatch: *const sas_psc_email_dispatch,
        now: i64,
        until: *mut i64,
    ) -> Status {
        until.set(challenge.0.handed_over(dispatch.0.number(), at(now))?.unix_millis());
        Ok(())
    }

    /// Asks for the mail again; the old link and code die. SAS_PSC_ERROR_EMAIL_RESEND_TOO_EARLY with "retry_after",
    /// _EMAIL_ALREADY_PROVEN.
    fn sas_psc_email_challenge_resend(challenge: *mut sas_psc_email_challenge, now: i64) -> Status {
        challenge.0.resend(at(now))
    }

    /// Asks for the mail at another address; the old link and code die. As sas_psc_email_challenge_resend, but the first
    /// three changes need no wait.
    fn sas_psc_email_challenge_change_address(
        challenge: *mut sas_psc_email_challenge,
        address: *const c_char,
        now: i64,
    ) -> Status {
        challenge.0.change_address(Address::parse(address)?, at(now))
    }

    /// Takes the code typed in the session that started. 0: the person controls the mailbox. A wrong one is counted: keep
    /// the stored form in both cases. SAS_PSC_ERROR_EMAIL_CODE_WRONG with "tries_left", _EMAIL_TRIES_USED_UP; nothing has
    /// changed: _EMAIL_OTHER_SESSION, _EMAIL_CODE_FORM, _EMAIL_EXPIRED, _EMAIL_SUPERSEDED, _EMAIL_NOT_SENT,
    /// _EMAIL_ALREADY_PROVEN.
    fn sas_psc_email_challenge_answer_code(
        challenge: *mut sas_psc_email_challenge,
        key: *const c_void,
        key_len: usize,
        code: *const c_char,
        issuer: *const c_char,
        subject: *const c_char,
        attempt: *const c_char,
        now: i64,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let key = ServerKey::new(unsafe { key.bytes(key_len) }?)?;
        let by = Binding::new(issuer, subject, attempt);
        challenge.0.answer_code(&key, code, &by, at(now))?.proven().map(drop)
    }

    /// Takes the link's token, confirmed by a button in the session that started; never when the link is merely opened.
    /// 0: the person controls the mailbox. SAS_PSC_ERROR_EMAIL_LINK_WRONG, and those above.
    fn sas_psc_email_challenge_answer_link(
        challenge: *mut sas_psc_email_challenge,
        token: *const c_char,
        issuer: *const c_char,
        subject: *const c_char,
        attempt: *const c_char,
        now: i64,
    ) -> Status {
        challenge.0.answer_link(token, &Binding::new(issuer, subject, attempt), at(now)).map(drop)
    }

    /// Frees a challenge. Null is allowed.
    fn sas_psc_email_challenge_free(challenge: *mut sas_psc_email_challenge) -> Freed {}

    /// The address to open: base, a page of the site, with the token after "?c=". SAS_PSC_ERROR_EMAIL_LINK_BASE.
    fn sas_psc_email_dispatch_link(
        dispatch: *const sas_psc_email_dispatch,
        base: *const c_char,
        link: *mut *mut sas_psc_string,
    ) -> Status {
        link.give(dispatch.0.link(base)?.expose_secret());
        Ok(())
    }

    /// The 8 digits.
    fn sas_psc_email_dispatch_code(dispatch: *const sas_psc_email_dispatch, code: *mut *mut sas_psc_string) -> Status {
        code.give(dispatch.0.code().expose_secret());
        Ok(())
    }

    /// The end to print in the mail, in milliseconds.
    fn sas_psc_email_dispatch_expires(dispatch: *const sas_psc_email_dispatch) -> i64 {
        dispatch.0.expires().unix_millis()
    }

    /// Wipes and frees it. Null is allowed.
    fn sas_psc_email_dispatch_free(dispatch: *mut sas_psc_email_dispatch) -> Freed {}
}
