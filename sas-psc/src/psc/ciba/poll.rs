//! Waiting for a person to answer: polls no faster than allowed, until they accept, refuse, leave, or time is over.
//!
//! `interval` and `Retry-After` are obeyed, `slow_down` adds five seconds, a provider or network that is down for a
//! moment is asked again. An acceptance that arrives after [`CibaPoll::cancel`] is never used. The value survives its
//! process: another instance resumes the stored form and goes on. A clock that jumps back neither stops the polls nor
//! lengthens the person's time.
//!
//! A decoy, which only a guard makes, waits as the true one does, sends nothing and ends in expiry.

use super::help::{CibaEvent, HELP_AFTER, HelpStep};
use super::{Asked, Channel, CibaStart};
use crate::base::{self, ExposeSecret, Random, Response, SecretString, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::psc::completion::Completion;
use crate::psc::exchange::is_transient;
use crate::psc::token_answer::{self, Grant};
use crate::psc::verification::Expected;
use crate::psc::{Endpoint, Exchange, Next, Service, SignedIn, TokenSet, answer, oauth, tokens};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

const VERSION: u32 = 2;
const GRANT_TYPE: &str = "urn:openid:params:grant-type:ciba";
const SLOWER: Duration = Duration::from_secs(5);
const SLOWEST: Duration = Duration::from_secs(60);
/// A time is counted in whole milliseconds, rounded down: without one more, a poll may come the rest of one too early, and is
/// told to slow down.
const ROUNDED: Duration = Duration::from_millis(1);
/// Instances of one platform may differ by this; a clock that is further back than before was set.
const CLOCKS_DIFFER: Duration = Duration::from_secs(5);

/// A CIBA sign-in that waits for its person. Comes to [`SignedIn`].
///
/// Its errors, after which it is over: `ciba-refused`, `ciba-expired`, `ciba-cancelled`, `ciba-replaced`, `ciba-spent`,
/// `ciba-not-enabled`, `ciba-unknown-person`, `ciba-other-person`, `ciba-other-request`, `client-refused`,
/// `id-token-…`, `userinfo-…`.
pub struct CibaPoll {
    service: Service,
    asked: Asked,
    /// None: a decoy.
    asking: Option<Asking>,
    times: Times,
    completion: Option<Box<Completion>>,
    ended: Option<Code>,
}

/// The request at the provider.
#[derive(Clone)]
pub(super) struct Asking {
    pub(super) auth_req_id: SecretString,
    pub(super) interval: Duration,
    pub(super) next_at: Timestamp,
}

/// When it began and ends, and what the screen was told.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Times {
    started_at: Timestamp,
    expires_at: Timestamp,
    seen: Timestamp,
    told: Option<u32>,
    helped: u8,
    /// It lasts until its end is shown, also when the provider ends it a little earlier: so do decoys.
    whole: bool,
}

impl Times {
    fn new(now: Timestamp, life: Duration) -> Times {
        Times { started_at: now, expires_at: now + life, seen: now, told: None, helped: 0, whole: false }
    }
}

pub(super) fn begin(service: Service, asked: Asked, asking: Asking, life: Duration, now: Timestamp) -> CibaPoll {
    let times = Times::new(now, life);
    CibaPoll { service, asked, asking: Some(asking), times, completion: None, ended: None }
}

/// Looks like a request that nobody answers.
pub(super) fn decoy(service: Service, asked: Asked, started_at: Timestamp, life: Duration) -> CibaPoll {
    let times = Times::new(started_at, life);
    CibaPoll { service, asked, asking: None, times, completion: None, ended: None }
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
        let asking = |auth_req_id: String| Asking {
            auth_req_id: auth_req_id.into(),
            interval: Duration::from_millis(stored.interval_millis),
            next_at: stored.next_at,
        };
        let mut poll = CibaPoll {
            service: self.clone(),
            asked: Asked {
                person: stored.person,
                channel: stored.channel,
                attempt: stored.attempt,
                digits: stored.digits,
            },
            asking: stored.auth_req_id.map(asking),
            times: stored.times,
            completion: None,
            ended: stored.ended.and_then(Code::from_number),
        };
        poll.sees(now);
        match stored.tokens {
            Some(tokens) => poll.complete(tokens.into()),
            None if now >= poll.times.expires_at => return Err(Error::new(Code::CIBA_EXPIRED)),
            None => {}
        }
        Ok(poll)
    }
}

impl CibaPoll {
    /// The two digits to show, zero kept: the person picks them on the phone among three.
    pub fn digits(&self) -> &str {
        &self.asked.digits
    }

    /// Who was asked.
    pub fn person(&self) -> &IdNat {
        &self.asked.person
    }

    /// What they answer with.
    pub fn channel(&self) -> Channel {
        self.asked.channel
    }

    /// Names this sign-in; a request on another channel in its place has the same name.
    pub fn attempt(&self) -> &str {
        &self.asked.attempt
    }

    /// When the person was asked.
    pub fn started_at(&self) -> Timestamp {
        self.times.started_at
    }

    /// When the person's time is over.
    pub fn expires_at(&self) -> Timestamp {
        self.times.expires_at
    }

    /// Whole seconds left to answer, rounded up; zero when time is over.
    pub fn seconds_left(&self, now: Timestamp) -> u32 {
        let left = self.times.expires_at.since(now.max(self.times.started_at));
        u32::try_from(left.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
    }

    /// What to try, in order, once 20 seconds have passed without an answer; for a page that is drawn anew each time.
    pub fn help(&self, now: Timestamp) -> &'static [HelpStep] {
        let waits = self.ended.is_none() && self.completion.is_none();
        let late = now.since(self.times.started_at) >= HELP_AFTER[0];
        if waits && late { HelpStep::of(self.asked.channel) } else { &[] }
    }

    /// What there is to tell the screen now and was not told before: each second left once, help at 20 and 60 seconds
    /// without an answer. Ask again at [`CibaPoll::next_event_at`].
    pub fn event(&mut self, now: Timestamp) -> Option<CibaEvent> {
        self.sees(now);
        let seconds_left = self.seconds_left(now);
        let passed = now.since(self.times.started_at);
        let due = HELP_AFTER.iter().filter(|after| passed >= **after).count() as u8;
        let help = if due > self.times.helped { self.help(now) } else { &[] };
        self.times.helped = due.max(self.times.helped);
        let told = self.times.told.replace(seconds_left);
        (told != Some(seconds_left) || !help.is_empty()).then_some(CibaEvent { seconds_left, help })
    }

    /// When there is something to tell again.
    pub fn next_event_at(&self, now: Timestamp) -> Timestamp {
        self.times.expires_at - Duration::from_secs(self.seconds_left(now).saturating_sub(1).into())
    }

    /// When the provider may be asked again.
    pub fn next_poll_at(&self) -> Timestamp {
        self.asking.as_ref().map_or(self.times.expires_at, |asking| asking.next_at.min(self.times.expires_at))
    }

    /// Leaves. PSC has no way to be told: the phone may still accept, and its acceptance is never used.
    pub fn cancel(&mut self) {
        self.end(Code::CIBA_CANCELLED);
    }

    /// Asks the same person on another channel without losing the attempt: "use the card instead". Run the exchange,
    /// and give the new wait to [`CibaPoll::replace`]; until then this one goes on.
    ///
    /// # Errors
    /// `ciba-answered` when they have already accepted here; what ended this wait; those of [`Service::ciba`].
    pub fn on_channel(&self, channel: Channel, random: &mut dyn Random) -> Result<CibaStart> {
        if let Some(code) = self.ended {
            return Err(Error::new(code));
        }
        if self.completion.is_some() {
            return Err(Error::new(Code::CIBA_ANSWERED));
        }
        let digits = base::digits(random, 2)?;
        self.service.ciba_in(&self.asked.person, channel, &self.asked.attempt, digits.expose_secret())
    }

    /// The wait goes on with `other`, which [`CibaPoll::on_channel`] began: from now on only it can win. An acceptance
    /// on the channel before is never used, also when the channel is changed back: that is a new request.
    ///
    /// # Errors
    /// `ciba-replaced` when `other` is of another attempt; what ended this wait. This one is then as before.
    pub fn replace(&mut self, other: CibaPoll) -> Result<()> {
        if let Some(code) = self.ended {
            return Err(Error::new(code));
        }
        if other.asked.attempt != self.asked.attempt || other.asked.person != self.asked.person {
            return Err(Error::new(Code::CIBA_REPLACED));
        }
        *self = other;
        Ok(())
    }

    /// The stored form. It holds secrets.
    ///
    /// # Errors
    /// `broken-invariant`.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        let (asked, asking) = (&self.asked, self.asking.as_ref());
        let interval = asking.map_or(SLOWER, |asking| asking.interval);
        let stored = Stored {
            issuer: self.service.metadata().issuer().to_owned(),
            client_id: self.service.client().id().to_owned(),
            auth_req_id: asking.map(|asking| asking.auth_req_id.expose_secret().to_owned()),
            person: asked.person.clone(),
            channel: asked.channel,
            attempt: asked.attempt.clone(),
            digits: asked.digits.clone(),
            interval_millis: u64::try_from(interval.as_millis()).unwrap_or(u64::MAX),
            next_at: asking.map_or(self.times.expires_at, |asking| asking.next_at),
            times: self.times,
            tokens: self.completion.as_ref().map(|completion| completion.tokens().into()),
            ended: self.ended.map(Code::number),
        };
        base::to_stored(VERSION, &stored)
    }

    pub(super) fn asking(&self) -> Option<&Asking> {
        self.asking.as_ref()
    }

    /// Ends by a decision that stands above this value.
    pub(super) fn end(&mut self, code: Code) {
        self.ended.get_or_insert(code);
        self.completion = None;
    }

    /// Shows these times instead of the provider's, which a guard keeps the same for everyone.
    pub(super) fn shown_from(mut self, started_at: Timestamp, life: Duration) -> CibaPoll {
        self.times = Times { seen: self.times.seen, whole: true, ..Times::new(started_at, life) };
        self
    }

    /// A clock that was set back takes every time with it, so that as much is left as before.
    fn sees(&mut self, now: Timestamp) {
        let back = self.times.seen.since(now);
        if back > CLOCKS_DIFFER {
            for time in [&mut self.times.started_at, &mut self.times.expires_at] {
                *time = *time - back;
            }
            if let Some(asking) = &mut self.asking {
                asking.next_at = asking.next_at - back;
            }
        }
        if back > CLOCKS_DIFFER || now > self.times.seen {
            self.times.seen = now;
        }
    }

    fn complete(&mut self, tokens: TokenSet) {
        let request = self.asking.as_ref().map(|asking| asking.auth_req_id.clone());
        let (person, asked_at) = (Some(self.asked.person.clone()), Some(self.times.started_at));
        let expected = Expected { person, request, asked_at, ..Expected::default() };
        let acr = self.service.client().acr();
        self.completion = Some(Box::new(Completion::new(self.service.clone(), acr, expected, tokens)));
    }

    fn over(&mut self, error: Error) -> Error {
        self.end(error.code());
        error
    }

    fn polled(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        let Some(asking) = &mut self.asking else { return Err(Error::new(Code::REQUEST_SPENT)) };
        // A refusal is told by its word, whatever the status that it came with.
        let refusal = match token_answer::tokens(response, Grant::CibaPoll, None, now) {
            Ok(tokens) => {
                self.complete(tokens);
                return Ok(());
            }
            Err(refusal) => refusal,
        };
        match refusal.facts().oauth_error {
            Some("authorization_pending") => {}
            Some("expired_token") if self.times.whole => {
                self.asking = None;
                return Ok(());
            }
            Some("slow_down") => asking.interval = (asking.interval + SLOWER).min(SLOWEST.max(asking.interval)),
            _ if refusal.code() == Code::PROVIDER_UNAVAILABLE => {}
            _ => return Err(refusal),
        }
        let wait = answer::retry_after(response, Some(now)).unwrap_or_default();
        asking.next_at = now + asking.interval.max(wait) + ROUNDED;
        Ok(())
    }
}

impl Exchange for CibaPoll {
    type Output = SignedIn;

    fn next(&mut self, now: Timestamp) -> Result<Next<SignedIn>> {
        if let Some(code) = self.ended {
            return Err(Error::new(code));
        }
        self.sees(now);
        if let Some(completion) = &mut self.completion {
            return completion.next(now).map_err(|error| self.over(error));
        }
        let expires_at = self.times.expires_at;
        if now >= expires_at {
            return Err(self.over(Error::new(Code::CIBA_EXPIRED)));
        }
        let Some(asking) = &mut self.asking else { return Ok(Next::Wait(expires_at)) };
        if now < asking.next_at {
            return Ok(Next::Wait(asking.next_at.min(expires_at)));
        }
        asking.next_at = now + asking.interval;
        let pairs = [("grant_type", GRANT_TYPE), ("auth_req_id", asking.auth_req_id.expose_secret())];
        let (client, metadata) = (self.service.client(), self.service.metadata());
        oauth::form_request(client, metadata, Endpoint::Token, &pairs, now).map(Next::Send)
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        self.service.heard(response, now);
        if let Some(code) = self.ended {
            return Err(Error::new(code));
        }
        self.sees(now);
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
        self.sees(now);
        match (&mut self.completion, &mut self.asking) {
            (Some(completion), _) => completion.failed(error, now),
            (None, Some(asking)) if is_transient(&error) => {
                asking.next_at = now + asking.interval;
                Ok(())
            }
            _ => Err(error),
        }
    }
}

impl fmt::Debug for CibaPoll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whether it is a decoy is not shown: a log would tell whom the guard holds back.
        f.debug_struct("CibaPoll")
            .field("person", &self.asked.person)
            .field("channel", &self.asked.channel)
            .field("expires_at", &self.times.expires_at)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    issuer: String,
    client_id: String,
    auth_req_id: Option<String>,
    person: IdNat,
    channel: Channel,
    attempt: String,
    digits: String,
    interval_millis: u64,
    next_at: Timestamp,
    times: Times,
    tokens: Option<tokens::Stored>,
    ended: Option<u32>,
}
