//! `sas_psc_loopback`: the browser's way back to a program on a workstation (RFC 8252), on 127.0.0.1 for one answer.

use crate::argument::Maybe;
use crate::authorization::sas_psc_authorization;
use crate::exchange::sas_psc_exchange;
use crate::export::export;
use crate::handle::Handle;
use crate::service::sas_psc_service;
use crate::string::sas_psc_string;
use sas_psc::base::Clock;
use sas_psc::drive::{Loopback, SystemClock};
use sas_psc::{Code, Error, Lang};
use std::ffi::c_char;
use std::time::Duration;

/// A listener on 127.0.0.1 for the answer of one sign-in in the system's browser.
pub struct sas_psc_loopback(Loopback);

impl Handle for sas_psc_loopback {}

export! {
    /// Listens on a port of 127.0.0.1; 0 lets the system choose. SAS_PSC_ERROR_PORT_UNAVAILABLE.
    fn sas_psc_loopback_new(port: u32, loopback: *mut *mut sas_psc_loopback) -> Status {
        let port = u16::try_from(port).map_err(|_| Error::new(Code::PORT_UNAVAILABLE))?;
        loopback.give(sas_psc_loopback(Loopback::bind(port)?));
        Ok(())
    }

    /// Where the browser comes back: the redirect_uri of the client whose sign-in this is. PSC compares it to the letter, so
    /// register it with the port that you listen on.
    fn sas_psc_loopback_redirect_uri(loopback: *const sas_psc_loopback, redirect_uri: *mut *mut sas_psc_string) -> Status {
        redirect_uri.give(loopback.0.redirect_uri());
        Ok(())
    }

    /// Waits for the browser, at most these seconds, and takes what it brings back, as sas_psc_authorization_finish: run the
    /// exchange to know who signed in. Open the address of the authorization in the system's browser before, never in a view
    /// of your own. Another sign-in's answer is refused, and the wait goes on. lang is that of the page which the person then
    /// sees; null is French. SAS_PSC_ERROR_AUTHORIZATION_EXPIRED when nobody came.
    fn sas_psc_loopback_wait(
        loopback: *const sas_psc_loopback,
        service: *const sas_psc_service,
        authorization: *mut sas_psc_authorization,
        seconds: u64,
        lang: Maybe<*const c_char>,
        exchange: *mut *mut sas_psc_exchange,
    ) -> Status {
        let (within, lang) = (Duration::from_secs(seconds), Lang::from_tag(lang.unwrap_or_default()));
        let finish = |callback: &str| service.0.finish(&mut authorization.0, callback, SystemClock.now());
        exchange.give(loopback.0.wait(within, lang, finish)?);
        Ok(())
    }

    /// Frees a listener. Null is allowed.
    fn sas_psc_loopback_free(loopback: *mut sas_psc_loopback) -> Freed {}
}
