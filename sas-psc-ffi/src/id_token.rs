//! `sas_psc_id_token_check`, `sas_psc_verified_id_token`: an ID token received by other means, judged, and what it says.

use crate::argument::Maybe;
use crate::export::export;
use crate::handle::Handle;
use crate::string::{LazyText, sas_psc_string};
use sas_psc::base::Timestamp;
use sas_psc::psc::{AuthMode, IdTokenCheck, Jwks, VerifiedIdToken};
use std::ffi::{c_char, c_void};
use std::time::Duration;

/// What an ID token must satisfy, and the provider's keys, parsed. Made once, used by any number of threads.
pub struct sas_psc_id_token_check {
    check: IdTokenCheck<'static>,
    keys: Jwks,
}

/// An ID token that passed every check.
pub struct sas_psc_verified_id_token {
    token: VerifiedIdToken,
    texts: [LazyText; 5],
}

impl Handle for sas_psc_id_token_check {}
impl Handle for sas_psc_verified_id_token {}

impl sas_psc_id_token_check {
    fn change(&mut self, with: impl FnOnce(IdTokenCheck<'static>) -> IdTokenCheck<'static>) {
        self.check = with(self.check.clone());
    }
}

fn millis(moment: Option<Timestamp>) -> i64 {
    moment.map_or(0, Timestamp::unix_millis)
}

export! {
    /// A check of tokens issued by issuer for client_id, in time within 30 seconds, of any level. jwks is the provider's
    /// JWK set, whose keys are parsed here, once. SAS_PSC_ERROR_PROVIDER_ANSWER, _KEYS_UNUSABLE.
    fn sas_psc_id_token_check_new(
        issuer: *const c_char,
        client_id: *const c_char,
        jwks: *const c_void,
        jwks_len: usize,
        check: *mut *mut sas_psc_id_token_check,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let keys = Jwks::parse(unsafe { jwks.bytes(jwks_len) }?)?;
        let rules = IdTokenCheck::new(issuer.to_owned(), client_id.to_owned());
        check.give(sas_psc_id_token_check { check: rules, keys });
        Ok(())
    }

    /// Asks for at least this level: "eidas1", "eidas2", "eidas3"; a token without a level is then refused.
    /// SAS_PSC_ERROR_ACR_UNKNOWN.
    fn sas_psc_id_token_check_set_acr(check: *mut sas_psc_id_token_check, acr: *const c_char) -> Status {
        let acr = acr.parse()?;
        check.change(|rules| rules.acr(acr));
        Ok(())
    }

    /// The level asked for and no other, not even a higher one.
    fn sas_psc_id_token_check_set_exact_acr(check: *mut sas_psc_id_token_check) -> Status {
        check.change(IdTokenCheck::exact_acr);
        Ok(())
    }

    /// Accepts a token without a level.
    fn sas_psc_id_token_check_set_allow_missing_acr(check: *mut sas_psc_id_token_check) -> Status {
        check.change(IdTokenCheck::allow_missing_acr);
        Ok(())
    }

    /// The person proved who they are within these seconds.
    fn sas_psc_id_token_check_set_max_age(check: *mut sas_psc_id_token_check, seconds: u64) -> Status {
        check.change(|rules| rules.max_age(Duration::from_secs(seconds)));
        Ok(())
    }

    /// How far two clocks may differ, in seconds: 30 unless set, 600 at most.
    fn sas_psc_id_token_check_set_leeway(check: *mut sas_psc_id_token_check, seconds: u64) -> Status {
        check.change(|rules| rules.leeway(Duration::from_secs(seconds)));
        Ok(())
    }

    /// Verifies a token in compact form. nonce is the one that was sent, access_token the one that came with it; null for
    /// either leaves it out. What is wrong is one of SAS_PSC_ERROR_ID_TOKEN_…, the claim in the facts "claim" or "field";
    /// _SIGN_IN_NOT_FRESH beyond the greatest age.
    fn sas_psc_id_token_check_verify(
        check: *const sas_psc_id_token_check,
        token: *const c_char,
        nonce: Maybe<*const c_char>,
        access_token: Maybe<*const c_char>,
        now: i64,
        verified: *mut *mut sas_psc_verified_id_token,
    ) -> Status {
        let rules = check.check.of(nonce, access_token);
        let token = rules.verify(token, &check.keys, Timestamp::from_unix_millis(now))?;
        verified.give(sas_psc_verified_id_token { token, texts: Default::default() });
        Ok(())
    }

    /// Frees a check; tokens that it verified stay. Null is allowed.
    fn sas_psc_id_token_check_free(check: *mut sas_psc_id_token_check) -> Freed {}

    /// The provider's own key of the person (sub).
    fn sas_psc_verified_id_token_subject(verified: *const sas_psc_verified_id_token) -> *const c_char {
        verified.texts[0].of(|| Some(verified.token.subject()))
    }

    /// The national identifier; null when the token names none.
    fn sas_psc_verified_id_token_id_nat(verified: *const sas_psc_verified_id_token) -> *const c_char {
        verified.texts[1].of(|| verified.token.id_nat().map(String::from))
    }

    /// The provider's session (sid); null when the token names none.
    fn sas_psc_verified_id_token_session_id(verified: *const sas_psc_verified_id_token) -> *const c_char {
        verified.texts[2].of(|| verified.token.session_id())
    }

    /// "eidas1", "eidas2", "eidas3"; null when absent or unknown.
    fn sas_psc_verified_id_token_acr(verified: *const sas_psc_verified_id_token) -> *const c_char {
        verified.texts[3].of(|| verified.token.acr().map(|acr| acr.as_str()))
    }

    /// "CARD", "MOBILE" or another word; null when not said.
    fn sas_psc_verified_id_token_auth_mode(verified: *const sas_psc_verified_id_token) -> *const c_char {
        verified.texts[4].of(|| verified.token.auth_mode().map(AuthMode::as_str))
    }

    /// When the person proved who they are; 0 when not said.
    fn sas_psc_verified_id_token_auth_time(verified: *const sas_psc_verified_id_token) -> i64 {
        millis(verified.token.auth_time())
    }

    /// When it was issued.
    fn sas_psc_verified_id_token_issued_at(verified: *const sas_psc_verified_id_token) -> i64 {
        millis(Some(verified.token.issued_at()))
    }

    /// When it ends.
    fn sas_psc_verified_id_token_expires_at(verified: *const sas_psc_verified_id_token) -> i64 {
        millis(Some(verified.token.expires_at()))
    }

    /// Every claim as received: the JSON that was signed.
    fn sas_psc_verified_id_token_claims(
        verified: *const sas_psc_verified_id_token,
        claims: *mut *mut sas_psc_string,
    ) -> Status {
        claims.give(verified.token.claims_json());
        Ok(())
    }

    /// Frees a verified token. Null is allowed.
    fn sas_psc_verified_id_token_free(verified: *mut sas_psc_verified_id_token) -> Freed {}
}
