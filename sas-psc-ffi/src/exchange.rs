//! `sas_psc_exchange`: a protocol step by step, over the HTTP of the program that uses it.

use crate::export::export;
use crate::handle::Handle;
use crate::http::{sas_psc_request, sas_psc_response};
use crate::string::{json, sas_psc_string};
use sas_psc::base::Timestamp;
use sas_psc::psc::{CodeExchange, Exchange, Next, SignedIn};
use sas_psc::{Code, Error};

/// A sign-in on its way to who signed in. Loop: sas_psc_exchange_next; send its request; sas_psc_exchange_answered.
pub struct sas_psc_exchange {
    steps: CodeExchange,
    done: Option<Box<SignedIn>>,
}

impl Handle for sas_psc_exchange {}

impl From<CodeExchange> for sas_psc_exchange {
    fn from(steps: CodeExchange) -> sas_psc_exchange {
        sas_psc_exchange { steps, done: None }
    }
}

impl sas_psc_exchange {
    /// Who signed in, once it is over.
    pub fn signed_in(&self) -> Result<&SignedIn, Error> {
        self.done.as_deref().ok_or_else(|| Error::new(Code::NOT_DONE))
    }
}

export! {
    /// What to do now. With a request: send it once, then call sas_psc_exchange_answered or _failed. Without one, and
    /// wait_until not 0: nothing to do before that time. With neither: it is over, see sas_psc_exchange_signed_in.
    fn sas_psc_exchange_next(
        exchange: *mut sas_psc_exchange,
        now: i64,
        request: *mut *mut sas_psc_request,
        wait_until: *mut i64,
    ) -> Status {
        match exchange.steps.next(Timestamp::from_unix_millis(now))? {
            Next::Send(next) => request.give(next),
            Next::Wait(until) => wait_until.set(until.unix_millis()),
            Next::Done(signed_in) => exchange.done = Some(Box::new(signed_in)),
        }
        Ok(())
    }

    /// Takes the answer to the request. An error ends the exchange.
    fn sas_psc_exchange_answered(
        exchange: *mut sas_psc_exchange,
        response: *const sas_psc_response,
        now: i64,
    ) -> Status {
        exchange.steps.answered(&response.0, Timestamp::from_unix_millis(now))
    }

    /// Says that the request got no answer, and why as far as you know: SAS_PSC_ERROR_TIMED_OUT, _CONNECT_FAILED,
    /// _NAME_NOT_FOUND, _SERVER_CERTIFICATE, else _CONNECTION_LOST. 0 when the exchange may go on all the same.
    fn sas_psc_exchange_failed(exchange: *mut sas_psc_exchange, why: i32, now: i64) -> Status {
        let why = Code::from_number(why.cast_unsigned()).unwrap_or(Code::CONNECTION_LOST);
        exchange.steps.failed(Error::new(why), Timestamp::from_unix_millis(now))
    }

    /// Who signed in, once it is over: {"subject","id_nat","family_name","given_name","acr","auth_mode","practices",
    /// "access_token_expires_in"}, without any token. SAS_PSC_ERROR_NOT_DONE before.
    fn sas_psc_exchange_signed_in(
        exchange: *const sas_psc_exchange,
        now: i64,
        person: *mut *mut sas_psc_string,
    ) -> Status {
        person.give(json(&exchange.signed_in()?.summary(Timestamp::from_unix_millis(now)))?);
        Ok(())
    }

    /// Frees an exchange. Null is allowed.
    fn sas_psc_exchange_free(exchange: *mut sas_psc_exchange) -> Freed {}
}
