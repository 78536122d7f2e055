//! `sas_psc_authorization`: a sign-in whose browser is away, from the address to open to the answer it brings back.

use crate::exchange::sas_psc_exchange;
use crate::export::export;
use crate::handle::Handle;
use crate::service::sas_psc_service;
use crate::sign_in_options::sas_psc_sign_in_options;
use crate::string::sas_psc_string;
use sas_psc::base::Timestamp;
use sas_psc::drive::SystemRandom;
use sas_psc::psc::{Authorization, SignInOptions};
use std::ffi::{c_char, c_void};

/// A sign-in whose answer is awaited: ten minutes, one use. Keep it with the browser's session: it holds secrets.
pub struct sas_psc_authorization(pub(crate) Authorization);

impl Handle for sas_psc_authorization {}

impl From<Authorization> for sas_psc_authorization {
    fn from(pending: Authorization) -> sas_psc_authorization {
        sas_psc_authorization(pending)
    }
}

export! {
    /// Begins a sign-in: keep authorization, send the browser to url.
    fn sas_psc_authorization_begin(
        service: *const sas_psc_service,
        now: i64,
        authorization: *mut *mut sas_psc_authorization,
        url: *mut *mut sas_psc_string,
    ) -> Status {
        let now = Timestamp::from_unix_millis(now);
        let (begun, address) = service.0.begin(&SignInOptions::default(), &mut SystemRandom, now)?;
        authorization.give(begun);
        url.give(address);
        Ok(())
    }

    /// The same with what these options ask.
    fn sas_psc_authorization_begin_with(
        service: *const sas_psc_service,
        options: *const sas_psc_sign_in_options,
        now: i64,
        authorization: *mut *mut sas_psc_authorization,
        url: *mut *mut sas_psc_string,
    ) -> Status {
        let now = Timestamp::from_unix_millis(now);
        let (begun, address) = service.0.begin(&options.0, &mut SystemRandom, now)?;
        authorization.give(begun);
        url.give(address);
        Ok(())
    }

    /// Takes what the browser brought back: the callback's address or its query. Run the exchange to know who signed
    /// in. After an error the authorization is as before: SAS_PSC_ERROR_AUTHORIZATION_STATE is another sign-in's
    /// answer, _SIGN_IN_CANCELLED the person's refusal, _AUTHORIZATION_EXPIRED ten minutes.
    fn sas_psc_authorization_finish(
        authorization: *mut sas_psc_authorization,
        service: *const sas_psc_service,
        callback: *const c_char,
        now: i64,
        exchange: *mut *mut sas_psc_exchange,
    ) -> Status {
        let now = Timestamp::from_unix_millis(now);
        exchange.give(service.0.finish(&mut authorization.0, callback, now)?);
        Ok(())
    }

    /// The stored form, for a server that forgets between two requests. It holds secrets.
    fn sas_psc_authorization_to_stored(
        authorization: *const sas_psc_authorization,
        stored: *mut *mut sas_psc_string,
    ) -> Status {
        stored.give(authorization.0.to_stored()?);
        Ok(())
    }

    /// Reads a stored form. SAS_PSC_ERROR_STORED_FORM_UNREADABLE, _AUTHORIZATION_EXPIRED.
    fn sas_psc_authorization_resume(
        stored: *const c_void,
        stored_len: usize,
        now: i64,
        authorization: *mut *mut sas_psc_authorization,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let stored = unsafe { stored.bytes(stored_len) }?;
        let resumed = Authorization::resume(stored, Timestamp::from_unix_millis(now))?;
        authorization.give(resumed);
        Ok(())
    }

    /// Frees an authorization. Null is allowed.
    fn sas_psc_authorization_free(authorization: *mut sas_psc_authorization) -> Freed {}
}
