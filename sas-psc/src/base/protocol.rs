//! An exchange in progress: what to send, how long to wait, or what it came to. One shape for every protocol, so that one
//! loop of a driver runs them all, and C or Python can run them step by step.

use super::{Request, Response, Timestamp};
use crate::error::{Error, Result};

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
/// use sas_psc::base::{Exchange, Next, Request, Response, Timestamp};
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
