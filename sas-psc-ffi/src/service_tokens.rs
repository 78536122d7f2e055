//! What a server asks of the provider about the tokens it holds: whether they work, that they stop, that a session end.

use crate::argument::Maybe;
use crate::export::export;
use crate::service::sas_psc_service;
use crate::steps::sas_psc_steps;
use crate::string::sas_psc_string;
use crate::tokens::{sas_psc_tokens, stored};
use sas_psc::base::Timestamp;
use sas_psc::psc::{Introspected, TokenSet};
use std::ffi::c_char;

export! {
    /// Begins to ask whether an access or a refresh token works. The service must be entitled to. It comes to the answer as
    /// JSON (RFC 7662): {"active":false}, which is no proof that the token is dead, or every member, which names the
    /// person. SAS_PSC_ERROR_ENDPOINT_MISSING.
    fn sas_psc_service_introspect(
        service: *const sas_psc_service,
        token: *const c_char,
        steps: *mut *mut sas_psc_steps,
    ) -> Status {
        let asking = service.0.introspect(&token.to_owned().into())?;
        steps.give(sas_psc_steps::over(asking, |said: Introspected| said.to_json()));
        Ok(())
    }

    /// Begins to ask that a token stop working; that of a refresh token ends the provider's session. It comes to "".
    /// SAS_PSC_ERROR_ENDPOINT_MISSING.
    fn sas_psc_service_revoke(
        service: *const sas_psc_service,
        token: *const c_char,
        steps: *mut *mut sas_psc_steps,
    ) -> Status {
        let asking = service.0.revoke(&token.to_owned().into())?;
        steps.give(sas_psc_steps::over(asking, |()| String::new()));
        Ok(())
    }

    /// Begins to end the provider's session without a browser, for a person who signed out of a sign-in by CIBA. It comes
    /// to "". SAS_PSC_ERROR_ENDPOINT_MISSING.
    fn sas_psc_service_end_session(
        service: *const sas_psc_service,
        tokens: *const sas_psc_tokens,
        steps: *mut *mut sas_psc_steps,
    ) -> Status {
        let asking = service.0.end_session(&tokens.tokens)?;
        steps.give(sas_psc_steps::over(asking, |()| String::new()));
        Ok(())
    }

    /// Where to send the browser of a person who clicked "sign out": it ends the provider's session too. On a local timeout
    /// do not use it. post_logout must be registered: the browser comes back there with state; null for the provider's own
    /// page. The address holds a token: a redirect, never a log line. SAS_PSC_ERROR_ENDPOINT_MISSING.
    fn sas_psc_service_logout_url(
        service: *const sas_psc_service,
        tokens: *const sas_psc_tokens,
        post_logout: Maybe<*const c_char>,
        state: Maybe<*const c_char>,
        url: *mut *mut sas_psc_string,
    ) -> Status {
        url.give(service.0.logout_url(&tokens.tokens, post_logout, state)?);
        Ok(())
    }

    /// Begins to get new tokens for old, for a program that keeps its tokens itself (sas_psc_sessions does all of it). It
    /// comes to a stored form, for sas_psc_tokens_resume: keep it at once in place of the one before.
    /// SAS_PSC_ERROR_SESSION_ENDED when the person must sign in again; after any other error the tokens before stay good.
    fn sas_psc_service_refresh(
        service: *const sas_psc_service,
        tokens: *const sas_psc_tokens,
        now: i64,
        steps: *mut *mut sas_psc_steps,
    ) -> Status {
        let asking = service.0.refresh(&tokens.tokens, Timestamp::from_unix_millis(now))?;
        steps.give(sas_psc_steps::over(asking, |tokens: TokenSet| stored(&tokens)));
        Ok(())
    }
}
