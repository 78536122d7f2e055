//! `sas_psc_exchange`: a protocol step by step, over the HTTP of the program that uses it.

use crate::argument::{Maybe, Out};
use crate::environment::sas_psc_environment;
use crate::export::export;
use crate::handle::Handle;
use crate::http::{sas_psc_request, sas_psc_response};
use crate::key_ring::sas_psc_return_addresses;
use crate::service::sas_psc_client;
use crate::string::{json, sas_psc_string};
use sas_psc::base::Timestamp;
use sas_psc::drive::Steps;
use sas_psc::psc::{CodeExchange, Exchange, Next, SignInOptions, SignedIn};
use sas_psc::{Code, Error};
use std::ffi::c_char;
use std::sync::{Mutex, PoisonError};

/// A sign-in on its way to who signed in. Loop: sas_psc_exchange_next; send its request; sas_psc_exchange_answered.
pub struct sas_psc_exchange {
    way: Way,
    done: Option<Box<SignedIn>>,
}

/// What is exchanged for who signed in.
enum Way {
    Code(Box<CodeExchange>),
    /// A flow's steps are not for several threads at once.
    Certificate(Mutex<Steps<SignedIn>>),
}

impl Handle for sas_psc_exchange {}

impl From<CodeExchange> for sas_psc_exchange {
    fn from(steps: CodeExchange) -> sas_psc_exchange {
        sas_psc_exchange { way: Way::Code(Box::new(steps)), done: None }
    }
}

impl sas_psc_exchange {
    fn steps(&mut self) -> &mut dyn Exchange<Output = SignedIn> {
        match &mut self.way {
            Way::Code(steps) => &mut **steps,
            Way::Certificate(steps) => steps.get_mut().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Who signed in, once it is over.
    pub fn signed_in(&self) -> Result<&SignedIn, Error> {
        self.done.as_deref().ok_or_else(|| Error::new(Code::NOT_DONE))
    }
}

/// One step of any exchange; what it came to, when it is over.
pub fn step<T>(
    steps: &mut (impl Exchange<Output = T> + ?Sized),
    now: i64,
    request: Out<'_, *mut sas_psc_request>,
    wait_until: Out<'_, i64>,
) -> Result<Option<T>, Error> {
    match steps.next(Timestamp::from_unix_millis(now))? {
        Next::Send(next) => request.give(next),
        Next::Wait(until) => wait_until.set(until.unix_millis()),
        Next::Done(output) => return Ok(Some(output)),
    }
    Ok(None)
}

/// Why a request got no answer.
pub fn why(code: i32) -> Error {
    Error::new(Code::from_number(code.cast_unsigned()).unwrap_or(Code::CONNECTION_LOST))
}

export! {
    /// A sign-in where the certificate of the TLS connection is the login itself (a Keycloak with X.509 login, a hospital's own
    /// provider): send each request on connections that show it, a card's by sas_psc_card_key. SAS_PSC_ERROR_CARD_LOGIN_PAGE
    /// where a page is shown; at Pro Santé Connect _CARD_LOGIN_NOT_OFFERED. Both arguments are copied.
    fn sas_psc_exchange_by_certificate(
        environment: *const sas_psc_environment,
        client: *const sas_psc_client,
        now: i64,
        exchange: *mut *mut sas_psc_exchange,
    ) -> Status {
        let (environment, client) = (environment.0.clone(), client.0.clone());
        let steps = Steps::by_certificate(environment, client, SignInOptions::default(), Timestamp::from_unix_millis(now));
        exchange.give(sas_psc_exchange { way: Way::Certificate(Mutex::new(steps)), done: None });
        Ok(())
    }

    /// What to do now. With a request: send it once, then call sas_psc_exchange_answered or _failed. Without one, and
    /// wait_until not 0: nothing to do before that time. With neither: it is over, see sas_psc_exchange_signed_in.
    fn sas_psc_exchange_next(
        exchange: *mut sas_psc_exchange,
        now: i64,
        request: *mut *mut sas_psc_request,
        wait_until: *mut i64,
    ) -> Status {
        if let Some(signed_in) = step(exchange.steps(), now, request, wait_until)? {
            exchange.done = Some(Box::new(signed_in));
        }
        Ok(())
    }

    /// Takes the answer to the request. An error ends the exchange.
    fn sas_psc_exchange_answered(
        exchange: *mut sas_psc_exchange,
        response: *const sas_psc_response,
        now: i64,
    ) -> Status {
        exchange.steps().answered(&response.0, Timestamp::from_unix_millis(now))
    }

    /// Says that the request got no answer, and why as far as you know: SAS_PSC_ERROR_TIMED_OUT, _CONNECT_FAILED,
    /// _NAME_NOT_FOUND, _SERVER_CERTIFICATE, else _CONNECTION_LOST. 0 when the exchange may go on all the same.
    fn sas_psc_exchange_failed(exchange: *mut sas_psc_exchange, why: i32, now: i64) -> Status {
        exchange.steps().failed(self::why(why), Timestamp::from_unix_millis(now))
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

    /// The way on after SAS_PSC_ERROR_SIGN_IN_NOT_FRESH: where to send the browser so that the provider's session ends,
    /// after which it comes to back (an address of the list, null for the provider's own page) and a new sign-in asks the
    /// person again. Null after any other end. The address holds a token: a redirect, never a log line.
    fn sas_psc_exchange_sign_out_first(
        exchange: *const sas_psc_exchange,
        returns: *const sas_psc_return_addresses,
        back: Maybe<*const c_char>,
        url: *mut *mut sas_psc_string,
    ) -> Status {
        let back = back.map(|back| returns.0.parse(back)).transpose()?;
        let Way::Code(steps) = &exchange.way else { return Ok(()) };
        if let Some(address) = steps.sign_out_first(back.as_ref())? {
            url.give(address);
        }
        Ok(())
    }

    /// What proves the sign-in years later, once it is over: the ID token and the provider's key that verified it, as a
    /// file. It names the person. Give it as "evidence" to sas_psc_consent_log_record.
    fn sas_psc_exchange_evidence(exchange: *const sas_psc_exchange, evidence: *mut *mut sas_psc_string) -> Status {
        let kept = exchange.signed_in()?.sign_in.evidence().ok_or_else(|| Error::new(Code::EVIDENCE_NONE))?;
        evidence.give(kept.to_owned());
        Ok(())
    }

    /// Frees an exchange. Null is allowed.
    fn sas_psc_exchange_free(exchange: *mut sas_psc_exchange) -> Freed {}
}
