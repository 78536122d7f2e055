//! `sas_psc_steps`: a call that sends requests on its way to a text, over the HTTP of the program.

use crate::exchange::{step, why};
use crate::export::export;
use crate::handle::Handle;
use crate::http::{sas_psc_request, sas_psc_response};
use crate::string::sas_psc_string;
use sas_psc::base::{Response, Timestamp};
use sas_psc::psc::{Exchange, Next};
use sas_psc::{Code, Error};
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

type Text = Zeroizing<String>;

/// A call on its way. Loop: sas_psc_steps_next; send its request; sas_psc_steps_answered. Then sas_psc_steps_answer.
pub struct sas_psc_steps {
    /// A driver's steps are not for several threads at once.
    steps: Mutex<Box<dyn Exchange<Output = Text> + Send>>,
    done: Option<Text>,
}

impl Handle for sas_psc_steps {}

/// Steps whose outcome is told as a text.
struct Told<E, F>(E, F);

impl<E: Exchange, F: Fn(E::Output) -> String> Exchange for Told<E, F> {
    type Output = Text;

    fn next(&mut self, now: Timestamp) -> Result<Next<Text>, Error> {
        Ok(match self.0.next(now)? {
            Next::Send(request) => Next::Send(request),
            Next::Wait(until) => Next::Wait(until),
            Next::Done(output) => Next::Done(Zeroizing::new((self.1)(output))),
        })
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<(), Error> {
        self.0.answered(response, now)
    }

    fn failed(&mut self, error: Error, now: Timestamp) -> Result<(), Error> {
        self.0.failed(error, now)
    }
}

impl sas_psc_steps {
    /// Over these steps, whose outcome `tell` puts into a text.
    pub fn over<E: Exchange + Send + 'static>(
        steps: E,
        tell: impl Fn(E::Output) -> String + Send + 'static,
    ) -> sas_psc_steps {
        sas_psc_steps { steps: Mutex::new(Box::new(Told(steps, tell))), done: None }
    }

    fn steps(&mut self) -> &mut (dyn Exchange<Output = Text> + Send) {
        &mut **self.steps.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

export! {
    /// What to do now, as sas_psc_exchange_next. With neither a request nor a time it is over: see sas_psc_steps_answer.
    fn sas_psc_steps_next(
        steps: *mut sas_psc_steps,
        now: i64,
        request: *mut *mut sas_psc_request,
        wait_until: *mut i64,
    ) -> Status {
        if let Some(answer) = step(steps.steps(), now, request, wait_until)? {
            steps.done = Some(answer);
        }
        Ok(())
    }

    /// Takes the answer to the request. An error ends it.
    fn sas_psc_steps_answered(steps: *mut sas_psc_steps, response: *const sas_psc_response, now: i64) -> Status {
        steps.steps().answered(&response.0, Timestamp::from_unix_millis(now))
    }

    /// Says that the request got no answer, and why: see sas_psc_exchange_failed. 0 when it may go on all the same.
    fn sas_psc_steps_failed(steps: *mut sas_psc_steps, why: i32, now: i64) -> Status {
        steps.steps().failed(self::why(why), Timestamp::from_unix_millis(now))
    }

    /// What it came to, as the function that made it says. SAS_PSC_ERROR_NOT_DONE before it is over.
    fn sas_psc_steps_answer(steps: *const sas_psc_steps, answer: *mut *mut sas_psc_string) -> Status {
        answer.give(steps.done.as_ref().ok_or_else(|| Error::new(Code::NOT_DONE))?.as_str());
        Ok(())
    }

    /// Frees it; a request that is under way is one whose answer was lost. Null is allowed.
    fn sas_psc_steps_free(steps: *mut sas_psc_steps) -> Freed {}
}
