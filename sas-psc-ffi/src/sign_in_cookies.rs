//! `sas_psc_sign_in_cookies`: sign-ins under way, sealed in the browser's cookies, for a server that keeps nothing of them.

use crate::argument::Maybe;
use crate::authorization::sas_psc_authorization;
use crate::export::export;
use crate::handle::Handle;
use crate::key_ring::{sas_psc_key_ring, sas_psc_return_addresses};
use crate::service::sas_psc_service;
use crate::sign_in_options::sas_psc_sign_in_options;
use crate::string::c_text;
use sas_psc::base::Timestamp;
use sas_psc::drive::SystemRandom;
use sas_psc::psc::{Authorization, SignInCookies};
use sas_psc::{Code, Error};
use std::ffi::{CString, c_char};

/// Sign-ins under way, sealed in cookies. Made once, used by any number of threads.
pub struct sas_psc_sign_in_cookies(SignInCookies);

/// A browser about to leave for the provider.
pub struct sas_psc_leaving {
    url: CString,
    cookies: Vec<CString>,
}

/// A browser that came back with an answer to a sign-in that it began.
pub struct sas_psc_returned {
    pending: Option<Authorization>,
    return_to: CString,
    cookies: Vec<CString>,
}

impl Handle for sas_psc_sign_in_cookies {}
impl Handle for sas_psc_leaving {}
impl Handle for sas_psc_returned {}

fn texts(cookies: &[String]) -> Vec<CString> {
    cookies.iter().map(|cookie| c_text(cookie)).collect()
}

fn text_at(cookies: &[CString], index: usize) -> *const c_char {
    cookies.get(index).map_or(std::ptr::null(), |cookie| cookie.as_ptr())
}

export! {
    /// Sealed with these keys; afterwards to an address of this list. Both are copied.
    fn sas_psc_sign_in_cookies_new(
        ring: *const sas_psc_key_ring,
        returns: *const sas_psc_return_addresses,
        cookies: *mut *mut sas_psc_sign_in_cookies,
    ) -> Status {
        cookies.give(sas_psc_sign_in_cookies(SignInCookies::new(ring.0.clone(), returns.0.clone())));
        Ok(())
    }

    /// Begins a sign-in. request_cookies is the request's Cookie header, "" or null when there is none; asked is where the
    /// person wants to go afterwards: an address of the list, or else its first. Null options ask nothing.
    fn sas_psc_sign_in_cookies_leave(
        cookies: *const sas_psc_sign_in_cookies,
        service: *const sas_psc_service,
        options: Maybe<*const sas_psc_sign_in_options>,
        request_cookies: Maybe<*const c_char>,
        asked: Maybe<*const c_char>,
        now: i64,
        leaving: *mut *mut sas_psc_leaving,
    ) -> Status {
        let (held, asked) = (request_cookies.unwrap_or_default(), asked.unwrap_or_default());
        let options = options.map(|options| options.0.clone()).unwrap_or_default();
        let now = Timestamp::from_unix_millis(now);
        let left = cookies.0.leave(&service.0, &options, held, asked, &mut SystemRandom, now)?;
        leaving.give(sas_psc_leaving { url: c_text(&left.url), cookies: texts(&left.cookies) });
        Ok(())
    }

    /// Where to send the browser.
    fn sas_psc_leaving_url(leaving: *const sas_psc_leaving) -> *const c_char {
        leaving.url.as_ptr()
    }

    /// How many Set-Cookie headers to send with it.
    fn sas_psc_leaving_cookie_count(leaving: *const sas_psc_leaving) -> usize {
        leaving.cookies.len()
    }

    /// The value of a Set-Cookie header, from 0; null past the last.
    fn sas_psc_leaving_cookie(leaving: *const sas_psc_leaving, index: usize) -> *const c_char {
        text_at(&leaving.cookies, index)
    }

    /// Frees it. Null is allowed.
    fn sas_psc_leaving_free(leaving: *mut sas_psc_leaving) -> Freed {}

    /// Finds the sign-in that a callback answers (its address, its query, or the body of a POST) among those of the
    /// browser. SAS_PSC_ERROR_AUTHORIZATION_STATE when this browser began no such sign-in, or its cookie was lost or
    /// changed; _AUTHORIZATION_EXPIRED; _AUTHORIZATION_ANSWER.
    fn sas_psc_sign_in_cookies_back(
        cookies: *const sas_psc_sign_in_cookies,
        service: *const sas_psc_service,
        request_cookies: Maybe<*const c_char>,
        callback: *const c_char,
        now: i64,
        returned: *mut *mut sas_psc_returned,
    ) -> Status {
        let (held, now) = (request_cookies.unwrap_or_default(), Timestamp::from_unix_millis(now));
        let back = cookies.0.back(&service.0, held, callback, &mut SystemRandom, now)?;
        let (return_to, cookies) = (c_text(back.return_to.as_str()), texts(&back.cookies));
        returned.give(sas_psc_returned { pending: Some(back.pending), return_to, cookies });
        Ok(())
    }

    /// The sign-in, to be finished with the same callback. It is given once. SAS_PSC_ERROR_NOT_DONE afterwards.
    fn sas_psc_returned_take(returned: *mut sas_psc_returned, authorization: *mut *mut sas_psc_authorization) -> Status {
        authorization.give(returned.pending.take().ok_or_else(|| Error::new(Code::NOT_DONE))?);
        Ok(())
    }

    /// Where to go when it went well.
    fn sas_psc_returned_return_to(returned: *const sas_psc_returned) -> *const c_char {
        returned.return_to.as_ptr()
    }

    /// How many Set-Cookie headers to send whatever comes of it.
    fn sas_psc_returned_cookie_count(returned: *const sas_psc_returned) -> usize {
        returned.cookies.len()
    }

    /// The value of a Set-Cookie header, from 0; null past the last.
    fn sas_psc_returned_cookie(returned: *const sas_psc_returned, index: usize) -> *const c_char {
        text_at(&returned.cookies, index)
    }

    /// Frees it. Null is allowed.
    fn sas_psc_returned_free(returned: *mut sas_psc_returned) -> Freed {}

    /// Frees it. Null is allowed.
    fn sas_psc_sign_in_cookies_free(cookies: *mut sas_psc_sign_in_cookies) -> Freed {}
}
