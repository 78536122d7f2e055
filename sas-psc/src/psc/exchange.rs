//! An exchange in progress: what to send, how long to wait, or what it came to. One shape for every protocol, so that one
//! loop of a driver runs them all, and C or Python can run them step by step.

use crate::base::{Request, Response, Timestamp};
use crate::error::{Code, Error, Result};
use std::time::Duration;

/// What an exchange asks of its driver.
#[derive(Debug, Clone)]
pub enum Next<T> {
    /// Send this, once, then call [`Exchange::answered`] or [`Exchange::failed`].
    Send(Request),
    /// Nothing to do before then.
    Wait(Timestamp),
    /// It is over, and this is what it came to.
    Done(T),
}

/// A protocol exchange as a value.
///
/// ```no_run
/// use sas_psc::base::{Request, Response, Timestamp};
/// use sas_psc::psc::{Exchange, Next};
///
/// fn run<E: Exchange>(
///     mut exchange: E,
///     now: impl Fn() -> Timestamp,
///     send: impl Fn(Request) -> sas_psc::Result<Response>,
///     wait_until: impl Fn(Timestamp),
/// ) -> sas_psc::Result<E::Output> {
///     loop {
///         match exchange.next(now())? {
///             Next::Send(request) => match send(request) {
///                 Ok(response) => exchange.answered(&response, now())?,
///                 Err(error) => exchange.failed(error, now())?,
///             },
///             Next::Wait(until) => wait_until(until),
///             Next::Done(output) => return Ok(output),
///         }
///     }
/// }
/// ```
pub trait Exchange {
    /// What it comes to.
    type Output;

    /// What to do now.
    ///
    /// # Errors
    /// When the exchange is over: refused, expired, cancelled.
    fn next(&mut self, now: Timestamp) -> Result<Next<Self::Output>>;

    /// Takes the answer to the request sent last; [`Exchange::next`] says what follows.
    ///
    /// # Errors
    /// What the answer means, when it ends the exchange.
    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()>;

    /// Says that the request sent last got no answer. An exchange that may be continued says `Ok`; the others give the
    /// error back, since a request that spends a code is never sent twice.
    ///
    /// # Errors
    /// `error`, unless the exchange goes on.
    fn failed(&mut self, error: Error, now: Timestamp) -> Result<()>;
}

/// Two more tries, half a second apart, for a request that may be repeated without harm. A time-out is not tried again:
/// the person has waited once for as long as a request may take.
#[derive(Debug, Clone, Default)]
pub(super) struct Retry {
    failures: u8,
    until: Option<Timestamp>,
}

impl Retry {
    /// When to go on, while there is something to wait for.
    pub(super) fn waits(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| now < *until)
    }

    pub(super) fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        if self.failures == 2 || !is_transient(&error) || error.code() == Code::TIMED_OUT {
            return Err(error);
        }
        self.failures += 1;
        self.until = Some(now + Duration::from_millis(500));
        Ok(())
    }
}

/// Whether the same request may pass a moment later; a certificate or a setting does not mend itself.
pub(super) fn is_transient(error: &Error) -> bool {
    matches!(
        error.code(),
        Code::NAME_NOT_FOUND | Code::CONNECT_FAILED | Code::TIMED_OUT | Code::CONNECTION_LOST | Code::PROXY_FAILED
    )
}
