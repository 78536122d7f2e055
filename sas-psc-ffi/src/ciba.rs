//! `sas_psc_ciba_start`, `sas_psc_ciba`: a sign-in on the phone or the card, for servers, over the HTTP of the program.

use crate::argument::Maybe;
use crate::exchange::{step, why};
use crate::export::export;
use crate::handle::Handle;
use crate::http::{sas_psc_request, sas_psc_response};
use crate::service::sas_psc_service;
use crate::string::{c_text, json, sas_psc_string};
use sas_psc::base::Timestamp;
use sas_psc::drive::SystemRandom;
use sas_psc::id::IdNat;
use sas_psc::psc::{self, CibaPoll, Exchange, SignedIn};
use sas_psc::{Code, Error, Lang};
use std::ffi::{CString, c_char, c_void};
use std::sync::{Mutex, PoisonError};

/// The request that makes the phone ring, until it is answered. Loop as with sas_psc_exchange.
pub struct sas_psc_ciba_start {
    /// A guard's steps are not for several threads at once.
    steps: Mutex<Box<dyn Exchange<Output = CibaPoll> + Send>>,
    done: Option<CibaPoll>,
}

impl Handle for sas_psc_ciba_start {}

impl sas_psc_ciba_start {
    /// Over these steps.
    pub fn over(steps: impl Exchange<Output = CibaPoll> + Send + 'static) -> sas_psc_ciba_start {
        sas_psc_ciba_start { steps: Mutex::new(Box::new(steps)), done: None }
    }

    fn steps(&mut self) -> &mut (dyn Exchange<Output = CibaPoll> + Send) {
        &mut **self.steps.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&mut self) -> Result<CibaPoll, Error> {
        self.done.take().ok_or_else(|| Error::new(Code::NOT_DONE))
    }
}

/// A sign-in that waits for its person. Loop as with sas_psc_exchange; show its digits and its events. It holds secrets.
pub struct sas_psc_ciba {
    pub(crate) poll: CibaPoll,
    digits: CString,
    attempt: CString,
    pub(crate) done: Option<Box<SignedIn>>,
}

impl Handle for sas_psc_ciba {}

impl From<CibaPoll> for sas_psc_ciba {
    fn from(poll: CibaPoll) -> sas_psc_ciba {
        sas_psc_ciba { digits: c_text(poll.digits()), attempt: c_text(poll.attempt()), poll, done: None }
    }
}

impl sas_psc_ciba {
    /// Who signed in, once it is over.
    pub fn signed_in(&self) -> Result<&SignedIn, Error> {
        self.done.as_deref().ok_or_else(|| Error::new(Code::NOT_DONE))
    }
}

fn at(now: i64) -> Timestamp {
    Timestamp::from_unix_millis(now)
}

export! {
    /// Begins to ask a person, by RPPS number or national identifier, to answer with "mobile" or "card". For a server: a
    /// workstation never holds the service's secret. One that faces people starts behind a sas_psc_ciba_guard.
    fn sas_psc_ciba_start_new(
        service: *const sas_psc_service,
        person: *const c_char,
        channel: *const c_char,
        start: *mut *mut sas_psc_ciba_start,
    ) -> Status {
        let begun = service.0.ciba(&IdNat::typed(person)?, channel.parse()?, &mut SystemRandom)?;
        start.give(sas_psc_ciba_start::over(begun));
        Ok(())
    }

    /// What to do now, as sas_psc_exchange_next. With neither a request nor a time it is over: see
    /// sas_psc_ciba_start_take.
    fn sas_psc_ciba_start_next(
        start: *mut sas_psc_ciba_start,
        now: i64,
        request: *mut *mut sas_psc_request,
        wait_until: *mut i64,
    ) -> Status {
        if let Some(poll) = step(start.steps(), now, request, wait_until)? {
            start.done = Some(poll);
        }
        Ok(())
    }

    /// Takes the answer to the request. An error ends the start.
    fn sas_psc_ciba_start_answered(
        start: *mut sas_psc_ciba_start,
        response: *const sas_psc_response,
        now: i64,
    ) -> Status {
        start.steps().answered(&response.0, at(now))
    }

    /// Says that the request got no answer, and why: see sas_psc_exchange_failed.
    fn sas_psc_ciba_start_failed(start: *mut sas_psc_ciba_start, why: i32, now: i64) -> Status {
        start.steps().failed(self::why(why), at(now))
    }

    /// The wait, once the start is over. It is given once. SAS_PSC_ERROR_NOT_DONE.
    fn sas_psc_ciba_start_take(start: *mut sas_psc_ciba_start, ciba: *mut *mut sas_psc_ciba) -> Status {
        ciba.give(start.take()?);
        Ok(())
    }

    /// Frees a start. Null is allowed.
    fn sas_psc_ciba_start_free(start: *mut sas_psc_ciba_start) -> Freed {}

    /// What to do now, as sas_psc_exchange_next. With neither a request nor a time the person has signed in: see
    /// sas_psc_ciba_signed_in. Sleep no longer than until sas_psc_ciba_next_event_at.
    fn sas_psc_ciba_next(
        ciba: *mut sas_psc_ciba,
        now: i64,
        request: *mut *mut sas_psc_request,
        wait_until: *mut i64,
    ) -> Status {
        if let Some(signed_in) = step(&mut ciba.poll, now, request, wait_until)? {
            ciba.done = Some(Box::new(signed_in));
        }
        Ok(())
    }

    /// Takes the answer to the request. An error ends the wait: SAS_PSC_ERROR_CIBA_REFUSED, _CIBA_EXPIRED and others.
    fn sas_psc_ciba_answered(ciba: *mut sas_psc_ciba, response: *const sas_psc_response, now: i64) -> Status {
        ciba.poll.answered(&response.0, at(now))
    }

    /// Says that the request got no answer, and why: see sas_psc_exchange_failed. 0 when the wait goes on.
    fn sas_psc_ciba_failed(ciba: *mut sas_psc_ciba, why: i32, now: i64) -> Status {
        ciba.poll.failed(self::why(why), at(now))
    }

    /// Who signed in, once it is over; see sas_psc_exchange_signed_in. Behind a guard, tell it first: see
    /// sas_psc_ciba_guard_settle. SAS_PSC_ERROR_NOT_DONE.
    fn sas_psc_ciba_signed_in(ciba: *const sas_psc_ciba, now: i64, person: *mut *mut sas_psc_string) -> Status {
        person.give(json(&ciba.signed_in()?.summary(at(now)))?);
        Ok(())
    }

    /// The two digits to show, zero kept: the person picks them on the phone among three. After sas_psc_ciba_replace, read
    /// them again.
    fn sas_psc_ciba_digits(ciba: *const sas_psc_ciba) -> *const c_char {
        ciba.digits.as_ptr()
    }

    /// Names this sign-in; a request on another channel in its place has the same name.
    fn sas_psc_ciba_attempt(ciba: *const sas_psc_ciba) -> *const c_char {
        ciba.attempt.as_ptr()
    }

    /// Whether they answer with the card; else it is the phone.
    fn sas_psc_ciba_is_card(ciba: *const sas_psc_ciba) -> bool {
        ciba.poll.channel() == psc::Channel::Card
    }

    /// Whole seconds left to answer, rounded up; 0 when time is over.
    fn sas_psc_ciba_seconds_left(ciba: *const sas_psc_ciba, now: i64) -> u32 {
        ciba.poll.seconds_left(at(now))
    }

    /// When there is something to tell again.
    fn sas_psc_ciba_next_event_at(ciba: *const sas_psc_ciba, now: i64) -> i64 {
        ciba.poll.next_event_at(at(now)).unix_millis()
    }

    /// What there is to tell the screen now and was not told before, or null:
    /// {"seconds_left":100,"help":[{"step":"open-app","text":"…"}]}. The help, what to try and in which order, is empty
    /// except at 20 and 60 seconds without an answer. lang is "fr", "en" or a locale; null is French.
    fn sas_psc_ciba_event(
        ciba: *mut sas_psc_ciba,
        now: i64,
        lang: Maybe<*const c_char>,
        event: *mut *mut sas_psc_string,
    ) -> Status {
        if let Some(told) = ciba.poll.event(at(now)) {
            event.give(json(&told.report(Lang::from_tag(lang.unwrap_or_default())))?);
        }
        Ok(())
    }

    /// The sentence to show under the digits: the numbers are public, so a request may be a stranger's. lang as above.
    fn sas_psc_ciba_not_you(lang: Maybe<*const c_char>, text: *mut *mut sas_psc_string) -> Status {
        text.give(psc::not_you(Lang::from_tag(lang.unwrap_or_default())));
        Ok(())
    }

    /// Leaves: an acceptance that comes later is never used. Behind a guard, see sas_psc_ciba_guard_leave.
    fn sas_psc_ciba_cancel(ciba: *mut sas_psc_ciba) -> Status {
        ciba.poll.cancel();
        Ok(())
    }

    /// Begins to ask the same person on another channel, in the same attempt: "use the card instead". The wait goes on
    /// until sas_psc_ciba_replace; when the start fails, go on with it.
    fn sas_psc_ciba_on_channel(
        ciba: *const sas_psc_ciba,
        channel: *const c_char,
        start: *mut *mut sas_psc_ciba_start,
    ) -> Status {
        start.give(sas_psc_ciba_start::over(ciba.poll.on_channel(channel.parse()?, &mut SystemRandom)?));
        Ok(())
    }

    /// The wait goes on with a start that is over: from now on only it can win. SAS_PSC_ERROR_NOT_DONE, _CIBA_REPLACED for
    /// a start of another attempt.
    fn sas_psc_ciba_replace(ciba: *mut sas_psc_ciba, start: *mut sas_psc_ciba_start) -> Status {
        ciba.poll.replace(start.take()?)?;
        (ciba.digits, ciba.done) = (c_text(ciba.poll.digits()), None);
        Ok(())
    }

    /// The stored form, for a server that forgets between two requests. It holds secrets.
    fn sas_psc_ciba_to_stored(ciba: *const sas_psc_ciba, stored: *mut *mut sas_psc_string) -> Status {
        stored.give(ciba.poll.to_stored()?);
        Ok(())
    }

    /// Reads a stored form. SAS_PSC_ERROR_STORED_FORM_UNREADABLE, also when it is of another service; _CIBA_EXPIRED.
    fn sas_psc_ciba_resume(
        service: *const sas_psc_service,
        stored: *const c_void,
        stored_len: usize,
        now: i64,
        ciba: *mut *mut sas_psc_ciba,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let stored = unsafe { stored.bytes(stored_len) }?;
        ciba.give(service.0.resume_ciba(stored, at(now))?);
        Ok(())
    }

    /// Frees a wait; at the provider it goes on. Null is allowed.
    fn sas_psc_ciba_free(ciba: *mut sas_psc_ciba) -> Freed {}
}
