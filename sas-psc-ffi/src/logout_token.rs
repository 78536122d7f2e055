//! `sas_psc_logout_token_check`, `sas_psc_logout_token`: PSC's word on the back channel that a session is over, judged.

use crate::export::export;
use crate::handle::Handle;
use crate::string::LazyText;
use sas_psc::base::Timestamp;
use sas_psc::psc::{Jwks, LogoutToken, LogoutTokenCheck};
use std::ffi::{c_char, c_void};
use std::time::Duration;

/// What a logout token must satisfy, and the provider's keys, parsed. Made once, used by any number of threads.
pub struct sas_psc_logout_token_check {
    check: LogoutTokenCheck<'static>,
    keys: Jwks,
}

/// A logout token that passed every check.
pub struct sas_psc_logout_token {
    token: LogoutToken,
    texts: [LazyText; 3],
}

impl Handle for sas_psc_logout_token_check {}
impl Handle for sas_psc_logout_token {}

export! {
    /// A check of logout tokens sent by issuer to client_id, in time within 30 seconds. jwks is the provider's JWK set,
    /// whose keys are parsed here, once. SAS_PSC_ERROR_PROVIDER_ANSWER, _KEYS_UNUSABLE.
    fn sas_psc_logout_token_check_new(
        issuer: *const c_char,
        client_id: *const c_char,
        jwks: *const c_void,
        jwks_len: usize,
        check: *mut *mut sas_psc_logout_token_check,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let keys = Jwks::parse(unsafe { jwks.bytes(jwks_len) }?)?;
        let rules = LogoutTokenCheck::new(issuer.to_owned(), client_id.to_owned());
        check.give(sas_psc_logout_token_check { check: rules, keys });
        Ok(())
    }

    /// How far two clocks may differ, in seconds: 30 unless set, 600 at most.
    fn sas_psc_logout_token_check_set_leeway(check: *mut sas_psc_logout_token_check, seconds: u64) -> Status {
        check.check = check.check.clone().leeway(Duration::from_secs(seconds));
        Ok(())
    }

    /// Accepts a header whose typ is "JWT" or absent, as providers older than the final specification write it.
    fn sas_psc_logout_token_check_set_allow_untyped(check: *mut sas_psc_logout_token_check) -> Status {
        check.check = check.check.clone().allow_untyped();
        Ok(())
    }

    /// Verifies the logout_token of a back-channel request. What is wrong is one of SAS_PSC_ERROR_LOGOUT_TOKEN_…, the claim
    /// in the facts "claim" or "field". It counts once: remember sas_psc_logout_token_once, and refuse one that you know.
    fn sas_psc_logout_token_check_verify(
        check: *const sas_psc_logout_token_check,
        token: *const c_char,
        now: i64,
        verified: *mut *mut sas_psc_logout_token,
    ) -> Status {
        let token = check.check.verify(token, &check.keys, Timestamp::from_unix_millis(now))?;
        verified.give(sas_psc_logout_token { token, texts: Default::default() });
        Ok(())
    }

    /// Frees a check; tokens that it verified stay. Null is allowed.
    fn sas_psc_logout_token_check_free(check: *mut sas_psc_logout_token_check) -> Freed {}

    /// Whose sessions end (sub); null when not said.
    fn sas_psc_logout_token_subject(verified: *const sas_psc_logout_token) -> *const c_char {
        verified.texts[0].of(|| verified.token.subject())
    }

    /// Which session ends (sid), and then no other of the person; null when not said.
    fn sas_psc_logout_token_session_id(verified: *const sas_psc_logout_token) -> *const c_char {
        verified.texts[1].of(|| verified.token.session_id())
    }

    /// The name under which to remember that it was seen: 64 hexadecimal characters.
    fn sas_psc_logout_token_once(verified: *const sas_psc_logout_token) -> *const c_char {
        verified.texts[2].of(|| {
            let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half & 15)]);
            Some(verified.token.once().iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect::<String>())
        })
    }

    /// Until when to remember it: afterwards it is refused by its age.
    fn sas_psc_logout_token_remembered_until(verified: *const sas_psc_logout_token) -> i64 {
        verified.token.remembered_until().unix_millis()
    }

    /// When it was issued.
    fn sas_psc_logout_token_issued_at(verified: *const sas_psc_logout_token) -> i64 {
        verified.token.issued_at().unix_millis()
    }

    /// Frees a verified token. Null is allowed.
    fn sas_psc_logout_token_free(verified: *mut sas_psc_logout_token) -> Freed {}
}
