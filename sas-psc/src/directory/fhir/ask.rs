//! One answer of the server: asked for, tried again where that may help, read.
//!
//! Tried again, at growing and uneven intervals: no connection, 429, 502, 503, 504, and 404, which a search never means
//! and ANS's gateway has answered to everybody. Never: 400, 401, 403, nor 500, which a query that fails once gives each
//! time. A time-out is tried once more, with a smaller page. Nothing of this says that a person is unknown: that is an
//! answer with no match.

use super::resource::{Bundle, OperationOutcome};
use super::{Cursor, Search, Server};
use crate::base::{Exchange, Next, Random, Request, Response, Timestamp};
use crate::error::{Code, Error, Result};
use std::time::Duration;

const TRIES: u8 = 4;
const FIRST_PAUSE: u64 = 500;
/// A server that asks for more patience than this is told as such.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A request on its way to its bundle.
#[derive(Clone)]
pub(super) struct Ask {
    server: Server,
    target: Target,
    failures: u8,
    timeouts: u8,
    until: Option<Timestamp>,
    /// Unpredictable bits for the pauses.
    jitter: u64,
    bundle: Option<Bundle>,
}

#[derive(Clone)]
enum Target {
    Search(Search),
    Page(String),
}

impl Ask {
    pub(super) fn search(server: Server, search: Search, random: &mut dyn Random) -> Result<Ask> {
        Ask::new(server, Target::Search(search), random)
    }

    pub(super) fn follow(server: Server, cursor: &Cursor, random: &mut dyn Random) -> Result<Ask> {
        let url = server.link(cursor.url())?;
        Ask::new(server, Target::Page(url), random)
    }

    fn new(server: Server, target: Target, random: &mut dyn Random) -> Result<Ask> {
        let mut seed = [0; 8];
        random.fill(&mut seed)?;
        let jitter = u64::from_le_bytes(seed);
        Ok(Ask { server, target, failures: 0, timeouts: 0, until: None, jitter, bundle: None })
    }

    /// The same asker with another question.
    pub(super) fn then(&self, search: Search) -> Ask {
        Ask { target: Target::Search(search), failures: 0, timeouts: 0, until: None, bundle: None, ..self.clone() }
    }

    /// The same asker for the next page.
    pub(super) fn on(&self, cursor: &Cursor) -> Result<Ask> {
        let target = Target::Page(self.server.link(cursor.url())?);
        Ok(Ask { target, failures: 0, timeouts: 0, until: None, bundle: None, ..self.clone() })
    }

    /// Where the next link of a bundle leads, when it may be followed.
    pub(super) fn cursor(&self, bundle: &Bundle) -> Result<Option<Cursor>> {
        let next = bundle.link.iter().find(|link| link.relation == "next");
        next.map(|link| self.server.link(&link.url).map(Cursor::new)).transpose()
    }

    fn request(&self) -> Request {
        self.server.request(match &self.target {
            Target::Search(search) => self.server.search_url(search, self.failures),
            Target::Page(url) => url.clone(),
        })
    }

    /// Waits before another try, or gives `error` back.
    fn again(&mut self, error: Error, now: Timestamp) -> Result<()> {
        let timed_out = matches!(error.code(), Code::TIMED_OUT | Code::FHIR_TIMED_OUT);
        (self.failures, self.timeouts) = (self.failures + 1, self.timeouts + u8::from(timed_out));
        let asked = error.facts().retry_after.unwrap_or_default();
        if self.failures == TRIES || self.timeouts == 2 || asked > LONGEST_PAUSE {
            return Err(error);
        }
        // From half of the pause to all of it: those whom one outage met do not all come back at once.
        let pause = FIRST_PAUSE << (2 * (self.failures - 1));
        self.jitter = self.jitter.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pause = Duration::from_millis(pause / 2 + (self.jitter >> 33) % (pause / 2));
        self.until = Some(now + pause.max(asked));
        Ok(())
    }

    fn refusal(&self, response: &Response) -> Error {
        let outcome = OperationOutcome::read(&response.body);
        let page = matches!(self.target, Target::Page(_));
        let too_old = outcome.as_ref().is_some_and(|outcome| outcome.mentions("too old"));
        let code = match response.status {
            401 | 403 => Code::FHIR_KEY_REFUSED,
            429 => Code::FHIR_TOO_MANY_CALLS,
            408 | 504 => Code::FHIR_TIMED_OUT,
            410 => Code::FHIR_PAGE_GONE,
            _ if page && (too_old || (400..405).contains(&response.status)) => Code::FHIR_PAGE_GONE,
            404 if outcome.is_none() => Code::FHIR_UNAVAILABLE,
            400..=499 => Code::FHIR_QUERY_REFUSED,
            500..=599 => Code::FHIR_UNAVAILABLE,
            _ => Code::FHIR_ANSWER,
        };
        let seconds = response.header("retry-after").and_then(|after| after.trim().parse().ok());
        Error::new(code).with(|facts| {
            facts.http_status = Some(response.status);
            facts.retry_after = seconds.map(Duration::from_secs);
        })
    }
}

impl Exchange for Ask {
    type Output = Bundle;

    fn next(&mut self, now: Timestamp) -> Result<Next<Bundle>> {
        Ok(match (self.bundle.take(), self.until) {
            (Some(bundle), _) => Next::Done(bundle),
            (None, Some(until)) if now < until => Next::Wait(until),
            (None, _) => Next::Send(self.request()),
        })
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        if response.status == 200 {
            self.bundle = Some(Bundle::read(&response.body)?);
            return Ok(());
        }
        let error = self.refusal(response);
        let transient = matches!(response.status, 408 | 429 | 502 | 503 | 504)
            || (response.status == 404 && error.code() == Code::FHIR_UNAVAILABLE);
        if transient { self.again(error, now) } else { Err(error) }
    }

    fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        let transient = matches!(
            error.code(),
            Code::NAME_NOT_FOUND | Code::CONNECT_FAILED | Code::TIMED_OUT | Code::CONNECTION_LOST | Code::PROXY_FAILED
        );
        if transient { self.again(error, now) } else { Err(error) }
    }
}
