//! `sas_psc_token_request`: what a server asks of the provider about a token that it holds.

use crate::export::export;
use crate::handle::Handle;
use crate::http::{sas_psc_request, sas_psc_response};
use crate::service::sas_psc_service;
use crate::string::sas_psc_string;
use sas_psc::base::{Response, Timestamp};
use sas_psc::psc::{Exchange, Introspected, Introspection, Next, Revocation};
use sas_psc::{Code, Error};
use std::ffi::c_char;

/// An introspection or a revocation on its way. Loop: sas_psc_token_request_next; send its request; _answered.
pub struct sas_psc_token_request {
    steps: Steps,
    done: Option<String>,
}

enum Steps {
    Introspect(Introspection),
    Revoke(Revocation),
}

impl Handle for sas_psc_token_request {}

impl From<Steps> for sas_psc_token_request {
    fn from(steps: Steps) -> sas_psc_token_request {
        sas_psc_token_request { steps, done: None }
    }
}

impl Steps {
    fn next(&mut self, now: Timestamp) -> Result<Next<String>, Error> {
        Ok(match self {
            Steps::Introspect(steps) => told(steps.next(now)?, |said: Introspected| said.to_json()),
            Steps::Revoke(steps) => told(steps.next(now)?, |()| String::new()),
        })
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<(), Error> {
        match self {
            Steps::Introspect(steps) => steps.answered(response, now),
            Steps::Revoke(steps) => steps.answered(response, now),
        }
    }

    fn failed(&mut self, error: Error, now: Timestamp) -> Result<(), Error> {
        match self {
            Steps::Introspect(steps) => steps.failed(error, now),
            Steps::Revoke(steps) => steps.failed(error, now),
        }
    }
}

fn told<T>(next: Next<T>, tell: impl FnOnce(T) -> String) -> Next<String> {
    match next {
        Next::Send(request) => Next::Send(request),
        Next::Wait(until) => Next::Wait(until),
        Next::Done(output) => Next::Done(tell(output)),
    }
}

export! {
    /// Begins to ask whether an access or a refresh token works. The service must be entitled to. SAS_PSC_ERROR_ENDPOINT_MISSING.
    fn sas_psc_token_request_introspect(
        service: *const sas_psc_service,
        token: *const c_char,
        asking: *mut *mut sas_psc_token_request,
    ) -> Status {
        asking.give(Steps::Introspect(service.0.introspect(&token.to_owned().into())?));
        Ok(())
    }

    /// Begins to ask that a token stop working; that of a refresh token ends the provider's session.
    /// SAS_PSC_ERROR_ENDPOINT_MISSING.
    fn sas_psc_token_request_revoke(
        service: *const sas_psc_service,
        token: *const c_char,
        asking: *mut *mut sas_psc_token_request,
    ) -> Status {
        asking.give(Steps::Revoke(service.0.revoke(&token.to_owned().into())?));
        Ok(())
    }

    /// What to do now, as sas_psc_exchange_next; when it is over, see sas_psc_token_request_answer.
    fn sas_psc_token_request_next(
        asking: *mut sas_psc_token_request,
        now: i64,
        request: *mut *mut sas_psc_request,
        wait_until: *mut i64,
    ) -> Status {
        match asking.steps.next(Timestamp::from_unix_millis(now))? {
            Next::Send(next) => request.give(next),
            Next::Wait(until) => wait_until.set(until.unix_millis()),
            Next::Done(answer) => asking.done = Some(answer),
        }
        Ok(())
    }

    /// Takes the answer to the request. An error ends it.
    fn sas_psc_token_request_answered(
        asking: *mut sas_psc_token_request,
        response: *const sas_psc_response,
        now: i64,
    ) -> Status {
        asking.steps.answered(&response.0, Timestamp::from_unix_millis(now))
    }

    /// Says that the request got no answer, and why, as sas_psc_exchange_failed. 0 when it may go on all the same.
    fn sas_psc_token_request_failed(asking: *mut sas_psc_token_request, why: i32, now: i64) -> Status {
        let why = Code::from_number(why.cast_unsigned()).unwrap_or(Code::CONNECTION_LOST);
        asking.steps.failed(Error::new(why), Timestamp::from_unix_millis(now))
    }

    /// What it came to. Of an introspection the answer as JSON (RFC 7662): {"active":false}, which is no proof that the token
    /// is dead, or every member, which names the person. Of a revocation nothing: "". SAS_PSC_ERROR_NOT_DONE before.
    fn sas_psc_token_request_answer(
        asking: *const sas_psc_token_request,
        answer: *mut *mut sas_psc_string,
    ) -> Status {
        answer.give(asking.done.as_deref().ok_or_else(|| Error::new(Code::NOT_DONE))?);
        Ok(())
    }

    /// Frees it. Null is allowed.
    fn sas_psc_token_request_free(asking: *mut sas_psc_token_request) -> Freed {}
}
