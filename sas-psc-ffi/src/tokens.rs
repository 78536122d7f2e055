//! `sas_psc_tokens`: the tokens of a person who signed in, which only a server may keep.

use crate::export::export;
use crate::handle::Handle;
use crate::signed_in::sas_psc_signed_in;
use crate::string::{LazyText, sas_psc_string};
use sas_psc::base::{ExposeSecret, Timestamp};
use sas_psc::psc::TokenSet;
use std::ffi::{c_char, c_void};

/// Tokens. Each is a secret, for a server only.
pub struct sas_psc_tokens {
    pub(crate) tokens: TokenSet,
    texts: [LazyText; 2],
}

impl Handle for sas_psc_tokens {}

impl From<TokenSet> for sas_psc_tokens {
    fn from(tokens: TokenSet) -> sas_psc_tokens {
        sas_psc_tokens { tokens, texts: Default::default() }
    }
}

/// The stored form as a text: it is JSON.
pub fn stored(tokens: &TokenSet) -> String {
    tokens.to_stored().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

export! {
    /// The tokens that came with a sign-in.
    fn sas_psc_tokens_of(signed_in: *const sas_psc_signed_in, tokens: *mut *mut sas_psc_tokens) -> Status {
        tokens.give(signed_in.person.tokens.clone());
        Ok(())
    }

    /// Reads a stored form; tokens that have ended too, whose ID token still serves to sign out.
    /// SAS_PSC_ERROR_STORED_FORM_UNREADABLE, _STORED_FORM_NEWER.
    fn sas_psc_tokens_resume(
        stored: *const c_void,
        stored_len: usize,
        tokens: *mut *mut sas_psc_tokens,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        tokens.give(TokenSet::resume(unsafe { stored.bytes(stored_len) }?)?);
        Ok(())
    }

    /// The stored form. It holds every token: seal it before it leaves the server's memory.
    fn sas_psc_tokens_to_stored(tokens: *const sas_psc_tokens, stored: *mut *mut sas_psc_string) -> Status {
        stored.give(tokens.tokens.to_stored()?);
        Ok(())
    }

    /// The token that opens the APIs which the provider protects.
    fn sas_psc_tokens_access_token(tokens: *const sas_psc_tokens, token: *mut *mut sas_psc_string) -> Status {
        token.give(tokens.tokens.access_token().expose_secret());
        Ok(())
    }

    /// When the access token ends.
    fn sas_psc_tokens_access_expires_at(tokens: *const sas_psc_tokens) -> i64 {
        tokens.tokens.access_expires_at().unix_millis()
    }

    /// When the refresh token ends; 0 when there is none or the provider did not say.
    fn sas_psc_tokens_refresh_expires_at(tokens: *const sas_psc_tokens) -> i64 {
        tokens.tokens.refresh_expires_at().map_or(0, Timestamp::unix_millis)
    }

    /// The scopes granted, separated by spaces.
    fn sas_psc_tokens_granted_scope(tokens: *const sas_psc_tokens) -> *const c_char {
        tokens.texts[0].of(|| Some(tokens.tokens.granted_scope()))
    }

    /// Whose tokens they are (sub).
    fn sas_psc_tokens_subject(tokens: *const sas_psc_tokens) -> *const c_char {
        tokens.texts[1].of(|| Some(tokens.tokens.subject()))
    }

    /// Frees tokens. Null is allowed.
    fn sas_psc_tokens_free(tokens: *mut sas_psc_tokens) -> Freed {}
}
