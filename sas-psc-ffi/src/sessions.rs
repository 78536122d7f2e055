//! `sas_psc_sessions`: tokens in time, kept sealed in a SQLite file or a database that all instances share.

use crate::argument::Maybe;
use crate::export::export;
use crate::handle::Handle;
use crate::key_ring::{sas_psc_key_ring, sas_psc_return_addresses};
use crate::service::sas_psc_service;
use crate::session_rules::sas_psc_session_rules;
use crate::signed_in::sas_psc_signed_in;
use crate::steps::sas_psc_steps;
use crate::string::sas_psc_string;
use sas_psc::base::{ExposeSecret, SecretString, Timestamp};
use sas_psc::drive::{StepSessions, block_on};
use sas_psc::psc::SessionStore;
use sas_psc::store::AnyStore;
use std::ffi::{c_char, c_void};

/// The sessions of a service. Make one per program; any number of threads may use it.
pub struct sas_psc_sessions(StepSessions<AnyStore>);

impl Handle for sas_psc_sessions {}

fn at(now: i64) -> Timestamp {
    Timestamp::from_unix_millis(now)
}

fn secret(id: &str) -> SecretString {
    id.to_owned().into()
}

export! {
    /// Sessions in the SQLite file at this path, made when it is not there, or in a database as sas_psc_ciba_guard_new takes
    /// one; sealed with these keys, which must not lie in it. Null rules are those that ANS states. All are copied. SAS_PSC_ERROR_STORE_…
    fn sas_psc_sessions_new(
        service: *const sas_psc_service,
        path: *const c_char,
        ring: *const sas_psc_key_ring,
        rules: Maybe<*const sas_psc_session_rules>,
        sessions: *mut *mut sas_psc_sessions,
    ) -> Status {
        let rules = rules.map(|rules| rules.0).unwrap_or_default();
        let kept = StepSessions::new(service.0.clone(), AnyStore::open(path)?, ring.0.clone(), rules);
        sessions.give(sas_psc_sessions(kept));
        Ok(())
    }

    /// Begins the session of a person who signed in, and gives its secret identifier, always a new one: put it in the
    /// browser's cookie instead of the one before.
    fn sas_psc_sessions_begin(
        sessions: *const sas_psc_sessions,
        signed_in: *const sas_psc_signed_in,
        now: i64,
        id: *mut *mut sas_psc_string,
    ) -> Status {
        id.give(sessions.0.begin(&signed_in.person, at(now))?.expose_secret());
        Ok(())
    }

    /// Begins to get an access token that is good now, refreshed when it is due, once for however many callers; it comes to
    /// the token. The steps end with SAS_PSC_ERROR_SESSION_ENDED when the person must sign in again, _SESSION_UNREACHABLE
    /// when the provider cannot be asked for another token (they are still signed in), _SESSION_UNKNOWN.
    fn sas_psc_sessions_access_token(
        sessions: *const sas_psc_sessions,
        id: *const c_char,
        now: i64,
        steps: *mut *mut sas_psc_steps,
    ) -> Status {
        let call = sessions.0.access_token(&secret(id), at(now));
        steps.give(sas_psc_steps::over(call, |token: SecretString| token.expose_secret().to_owned()));
        Ok(())
    }

    /// How a session stands, from what is stored; nothing is sent: {"state":"fresh","refresh_at":…}, "stale" with "until",
    /// "expired", "unreachable" with "since" and "retry_at" (absent when a sign-in is the way on), "signed-out" with "why":
    /// "by-person", "locally", "by-provider", "at-provider", "refresh-expired", "too-long", "no-refresh-token",
    /// "untrusted". Times in milliseconds since 1970.
    fn sas_psc_sessions_state(
        sessions: *const sas_psc_sessions,
        id: *const c_char,
        now: i64,
        state: *mut *mut sas_psc_string,
    ) -> Status {
        state.give(sessions.0.state(&secret(id), at(now))?.to_json());
        Ok(())
    }

    /// The person clicked "sign out": our session is over. url is where to send the browser, which ends the provider's; it
    /// comes back to back (an address of the list; null for the provider's own page) with state. url holds a token: a
    /// redirect, never a log line. SAS_PSC_ERROR_RETURN_ADDRESS_REFUSED, _SESSION_ENDED when it was over already.
    fn sas_psc_sessions_sign_out(
        sessions: *const sas_psc_sessions,
        id: *const c_char,
        returns: *const sas_psc_return_addresses,
        back: Maybe<*const c_char>,
        now: i64,
        url: *mut *mut sas_psc_string,
        state: *mut *mut sas_psc_string,
    ) -> Status {
        let back = back.map(|back| returns.0.parse(back)).transpose()?;
        let out = sessions.0.sign_out(&secret(id), back.as_ref(), at(now))?;
        url.give(out.url.expose_secret());
        state.give(out.state.expose_secret());
        Ok(())
    }

    /// Begins the same without a browser, for a sign-in by CIBA: our session is over at the first step. It comes to "".
    fn sas_psc_sessions_sign_out_on_server(
        sessions: *const sas_psc_sessions,
        id: *const c_char,
        now: i64,
        steps: *mut *mut sas_psc_steps,
    ) -> Status {
        let call = sessions.0.sign_out_on_server(&secret(id), at(now));
        steps.give(sas_psc_steps::over(call, |()| String::new()));
        Ok(())
    }

    /// A local timeout: our session is over, the provider's is left alone.
    fn sas_psc_sessions_forget(sessions: *const sas_psc_sessions, id: *const c_char, now: i64) -> Status {
        sessions.0.forget(&secret(id), at(now))
    }

    /// Takes the body of a POST to the back-channel logout address; it comes to how many sessions ended, as a number in
    /// decimal. Answer 200, or 400 when the steps end with an error, with Cache-Control: no-store and no body. A token
    /// counts once, in whatever process it arrives.
    fn sas_psc_sessions_back_channel_logout(
        sessions: *const sas_psc_sessions,
        body: *const c_void,
        body_len: usize,
        now: i64,
        steps: *mut *mut sas_psc_steps,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let body = unsafe { body.bytes(body_len) }?;
        steps.give(sas_psc_steps::over(sessions.0.back_channel_logout(body, at(now)), |ended: usize| ended.to_string()));
        Ok(())
    }

    /// Deletes the sessions that are of no use any more, and says how many. Once an hour is often enough.
    fn sas_psc_sessions_sweep(sessions: *const sas_psc_sessions, now: i64, rows: *mut u64) -> Status {
        rows.set(block_on(sessions.0.store().sweep_sessions(at(now)))?);
        Ok(())
    }

    /// Frees it; calls begun with it go on. Null is allowed.
    fn sas_psc_sessions_free(sessions: *mut sas_psc_sessions) -> Freed {}
}
