//! Waiting for a person to answer: polls no faster than allowed, until they accept, refuse, leave, or time is over.
//!
//! `interval` and `Retry-After` are obeyed, `slow_down` adds five seconds, a provider or network that is down for a
//! moment is asked again. An acceptance that arrives after [`CibaPoll::cancel`] is never used. The value survives its
//! process: another instance resumes the stored form and goes on.

use crate::base::{self, ExposeSecret, Response, SecretString, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::psc::completion::Completion;
use crate::psc::exchange::is_transient;
use crate::psc::token_answer::{self, Grant};
use crate::psc::verification::Expected;
use crate::psc::{Endpoint, Exchange, Next, Service, SignedIn, TokenSet, oauth, tokens};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

const VERSION: u32 = 1;
const GRANT_TYPE: &str = "urn:openid:params:grant-type:ciba";
const SLOWER: Duration = Duration::from_secs(5);
const SLOWEST: Duration = Duration::from_secs(60);

/// A CIBA sign-in that waits for its person. Comes to [`SignedIn`].
///
/// Its errors, after which it is over: `ciba-refused`, `ciba-expired`, `ciba-cancelled`, `ciba-spent`,
/// `ciba-not-enabled`, `ciba-other-person`, `client-refused`, `id-token-…`, `userinfo-…`.
pub struct CibaPoll {
    service: Service,
    waiting: Waiting,
    completion: Option<Completion>,
    ended: Option<Code>,
}

#[derive(Clone)]
pub(super) struct Waiting {
    pub(super) auth_req_id: SecretString,
    pub(super) person: IdNat,
    pub(super) digits: String,
    pub(super) interval: Duration,
    pub(super) next_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

pub(super) fn begin(service: Service, waiting: Waiting) -> CibaPoll {
    CibaPoll { service, waiting, completion: None, ended: None }
}

impl Service {
    /// Reads the stored form of a wait.
    ///
    /// # Errors
    /// `stored-form-unreadable`, also when it belongs to another service or provider; `stored-form-newer`;
    /// `ciba-expired` when the time was over meanwhile.
    pub fn resume_ciba(&self, stored: &[u8], now: Timestamp) -> Result<CibaPoll> {
        let stored: Stored = base::from_stored(VERSION, stored)?;
        if stored.issuer != self.metadata().issuer() || stored.client_id != self.client().id() {
            return Err(Error::new(Code::STORED_FORM_UNREADABLE));
        }
        let waiting = Waiting {
            auth_req_id: stored.auth_req_id.into(),
            person: stored.person,
            digits: stored.digits,
            interval: Duration::from_millis(stored.interval_millis),
            next_at: stored.next_at,
            expires_at: stored.expires_at,
        };
        let mut poll = begin(self.clone(), waiting);
        poll.ended = stored.ended.and_then(Code::from_number);
        match stored.tokens {
            Some(tokens) => poll.complete(tokens.into()),
            None if now >= poll.waiting.expires_at => return Err(Error::new(Code::CIBA_EXPIRED)),
            None => {}
        }
        Ok(poll)
    }
}

impl CibaPoll {
    /// The two digits to show, zero kept: the person picks them on the phone among three.
    pub fn digits(&self) -> &str {
        &self.waiting.digits
    }

    /// Who was asked.
    pub fn person(&self) -> &IdNat {
        &self.waiting.person
    }

    /// When the person's time is over.
    pub fn expires_at(&self) -> Timestamp {
        self.waiting.expires_at
    }

    /// Whole seconds left to answer, rounded up; zero when time is over.
    pub fn seconds_left(&self, now: Timestamp) -> u32 {
        let left = self.waiting.expires_at.since(now);
        u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
    }

    /// Leaves. PSC has no way to be told: the phone may still accept, and its acceptance is never used.
    pub fn cancel(&mut self) {
        self.end(Code::CIBA_CANCELLED);
    }

    /// The stored form. It holds secrets.
    ///
    /// # Errors
    /// `broken-invariant`.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        let waiting = &self.waiting;
        let stored = Stored {
            issuer: self.service.metadata().issuer().to_owned(),
            client_id: self.service.client().id().to_owned(),
            auth_req_id: waiting.auth_req_id.expose_secret().to_owned(),
            person: waiting.person.clone(),
            digits: waiting.digits.clone(),
            interval_millis: u64::try_from(waiting.interval.as_millis()).unwrap_or(u64::MAX),
            next_at: waiting.next_at,
            expires_at: waiting.expires_at,
            tokens: self.completion.as_ref().map(|completion| completion.tokens().into()),
            ended: self.ended.map(Code::number),
        };
        base::to_stored(VERSION, &stored)
    }

    fn end(&mut self, code: Code) {
        self.ended.get_or_insert(code);
        self.completion = None;
    }

    fn complete(&mut self, tokens: TokenSet) {
        let expected = Expected { person: Some(self.waiting.person.clone()), ..Expected::default() };
        let acr = self.service.client().acr();
        self.completion = Some(Completion::new(self.service.clone(), acr, expected, tokens));
    }

    fn over(&mut self, error: Error) -> Error {
        self.end(error.code());
        error
    }

    fn polled(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        if response.status == 200 {
            let tokens = token_answer::tokens(response, Grant::CibaPoll, None, now)?;
            self.complete(tokens);
            return Ok(());
        }
        let refusal = token_answer::refusal(response, Grant::CibaPoll);
        match refusal.facts().oauth_error {
            Some("authorization_pending") => {}
            Some("slow_down") => self.waiting.interval = (self.waiting.interval + SLOWER).min(SLOWEST),
            _ if refusal.code() == Code::PROVIDER_UNAVAILABLE => {}
            _ => return Err(refusal),
        }
        let asked = refusal.facts().retry_after.unwrap_or_default();
        self.waiting.next_at = now + self.waiting.interval.max(asked);
        Ok(())
    }
}

impl Exchange for CibaPoll {
    type Output = SignedIn;

    fn next(&mut self, now: Timestamp) -> Result<Next<SignedIn>> {
        if let Some(code) = self.ended {
            return Err(Error::new(code));
        }
        if let Some(completion) = &mut self.completion {
            return completion.next(now).map_err(|error| self.over(error));
        }
        if now >= self.waiting.expires_at {
            return Err(self.over(Error::new(Code::CIBA_EXPIRED)));
        }
        if now < self.waiting.next_at {
            return Ok(Next::Wait(self.waiting.next_at.min(self.waiting.expires_at)));
        }
        self.waiting.next_at = now + self.waiting.interval;
        let url = self.service.metadata().endpoint(Endpoint::Token)?;
        let pairs = [("grant_type", GRANT_TYPE), ("auth_req_id", self.waiting.auth_req_id.expose_secret())];
        Ok(Next::Send(oauth::form_request(self.service.client(), url, &pairs)))
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        if let Some(code) = self.ended {
            return Err(Error::new(code));
        }
        let result = match &mut self.completion {
            Some(completion) => completion.answered(response, now),
            None => self.polled(response, now),
        };
        result.map_err(|error| self.over(error))
    }

    fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        if let Some(code) = self.ended {
            return Err(Error::new(code));
        }
        match &mut self.completion {
            Some(completion) => completion.failed(error, now),
            None if is_transient(&error) => {
                self.waiting.next_at = now + self.waiting.interval;
                Ok(())
            }
            None => Err(error),
        }
    }
}

impl fmt::Debug for CibaPoll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CibaPoll")
            .field("person", &self.waiting.person)
            .field("interval", &self.waiting.interval)
            .field("expires_at", &self.waiting.expires_at)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    issuer: String,
    client_id: String,
    auth_req_id: String,
    person: IdNat,
    digits: String,
    interval_millis: u64,
    next_at: Timestamp,
    expires_at: Timestamp,
    tokens: Option<tokens::Stored>,
    ended: Option<u32>,
}
