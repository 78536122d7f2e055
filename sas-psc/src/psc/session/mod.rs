//! A person's session at a service: its tokens in time, as a value that says when to refresh and how things stand.
//!
//! It asks for new tokens at three quarters of the access token's life, obeys `refresh_expires_in`, and tells a network
//! that is down from a person who signed out ([`SessionState`]). Facts of PSC (ANS, IG "sécurisation du transport des
//! API REST"): access token 2 minutes, refresh token 30, session 4 hours: defaults of [`SessionRules`].
//!
//! A refresh token that may be spent is not sent twice: whether PSC refuses the second use is not documented. What is
//! about to be sent and what was received is stored first ([`Session::is_saved`]), so that after a death at any point
//! the next process knows what it may do. The value does no I/O; `drive::Sessions` runs it over a [`SessionStore`].

mod rules;
mod state;
mod store;
#[cfg(test)]
mod tests;

pub use rules::SessionRules;
pub use state::{SessionState, SignedOut};
pub use store::{OnceStore, SessionKey, SessionStore, StoredSession};

use super::seal::{KeyRing, Seal};
use super::{Exchange, LogoutToken, Next, Refresh, Service, SignedIn, TokenSet, tokens};
use crate::base::{ExposeSecret, Random, Request, Response, SecretString, Timestamp, from_stored, to_stored};
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

const VERSION: u32 = 1;
const PURPOSE: &str = "psc session";
const SID: &str = "psc session sid";
const SUBJECT: &str = "psc session subject";
/// How long a store keeps a session that is over, to say why.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// A session in progress.
pub struct Session {
    rules: SessionRules,
    phase: Phase,
    saved: bool,
    /// What is not saved was received, and cannot be had twice.
    news: bool,
    refresh: Option<Refresh>,
}

enum Phase {
    Open(Box<Open>),
    Over { why: SignedOut, at: Timestamp },
}

struct Open {
    tokens: TokenSet,
    obtained_at: Timestamp,
    auth_time: Timestamp,
    provider_session: Option<String>,
    /// A refresh was about to be sent then, and nothing is known of it yet.
    asked_at: Option<Timestamp>,
    /// A refresh was sent then whose outcome will never be known: the refresh token may be spent.
    unknown_since: Option<Timestamp>,
    /// Tokens received whose identity is not verified yet.
    received: Option<TokenSet>,
    /// Since when refreshes fail, how many did, when the next may be tried, and why the last one failed.
    failing: Option<Failing>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Failing {
    since: Timestamp,
    times: u32,
    retry_at: Timestamp,
    code: u32,
}

/// What a session asks of whoever runs it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SessionNext {
    /// Store the session, send this once, then call [`Session::answered`] or [`Session::failed`].
    Send(Request),
    /// Nothing to do before then.
    Wait(Timestamp),
    /// It is over.
    SignedOut(SignedOut),
}

impl Session {
    /// The session of a person who signed in at `now`.
    pub fn new(signed_in: &SignedIn, rules: SessionRules, now: Timestamp) -> Session {
        let open = Open {
            tokens: signed_in.tokens.clone(),
            obtained_at: now,
            auth_time: signed_in.sign_in.auth_time(),
            provider_session: signed_in.sign_in.session_id().map(str::to_owned),
            asked_at: None,
            unknown_since: None,
            received: None,
            failing: None,
        };
        Session { rules, phase: Phase::Open(Box::new(open)), saved: false, news: true, refresh: None }
    }

    /// How it stands.
    pub fn state(&self, now: Timestamp) -> SessionState {
        match &self.phase {
            Phase::Over { why, .. } => SessionState::SignedOut(*why),
            Phase::Open(open) => open.state(&self.rules, now),
        }
    }

    /// The access token, while it is good.
    ///
    /// # Errors
    /// `session-unsaved` until what a refresh brought is stored; `session-unreachable` when it has ended and the provider
    /// could not be asked for another; `session-ended` when the person must sign in again.
    pub fn access_token(&self, now: Timestamp) -> Result<&SecretString> {
        let Phase::Open(open) = &self.phase else { return Err(Error::new(Code::SESSION_ENDED)) };
        match open.state(&self.rules, now) {
            SessionState::SignedOut(_) => Err(Error::new(Code::SESSION_ENDED)),
            _ if !self.saved => Err(Error::new(Code::SESSION_UNSAVED)),
            SessionState::Fresh { .. } | SessionState::Stale { .. } => Ok(open.tokens.access_token()),
            SessionState::Expired | SessionState::Unreachable { .. } => Err(open.unreachable(now)),
        }
    }

    /// The tokens, as long as it is open: the ID token names the session for a sign-out.
    pub fn tokens(&self) -> Option<&TokenSet> {
        match &self.phase {
            Phase::Open(open) => Some(&open.tokens),
            Phase::Over { .. } => None,
        }
    }

    /// What to do now. It asks for a refresh by itself when one is due.
    ///
    /// # Errors
    /// `endpoint-missing`, `address-refused`.
    pub fn next(&mut self, service: &Service, now: Timestamp) -> Result<SessionNext> {
        while let Phase::Open(open) = &mut self.phase {
            let Some(refresh) = &mut self.refresh else {
                match open.plan(&self.rules, now) {
                    Plan::Wait(until) => return Ok(SessionNext::Wait(until)),
                    Plan::Over(why) => self.end(why, now),
                    Plan::Verify(received) => self.refresh = Some(Refresh::received(service, &open.tokens, received)),
                    Plan::Ask => {
                        self.refresh = Some(service.refresh(&open.tokens, now)?);
                        (open.asked_at, open.unknown_since, self.saved) = (Some(now), None, false);
                    }
                }
                continue;
            };
            match refresh.next(now) {
                Ok(Next::Send(request)) => return Ok(SessionNext::Send(request)),
                Ok(Next::Wait(until)) => return Ok(SessionNext::Wait(until)),
                Ok(Next::Done(tokens)) => {
                    (open.tokens, open.obtained_at) = (tokens, now);
                    (open.asked_at, open.unknown_since, open.received, open.failing) = (None, None, None, None);
                    (self.saved, self.news, self.refresh) = (false, true, None);
                }
                Err(error) => self.refused(&error, now),
            }
        }
        let Phase::Over { why, .. } = &self.phase else { return Err(Error::new(Code::BROKEN_INVARIANT)) };
        Ok(SessionNext::SignedOut(*why))
    }

    /// Takes the answer to the request sent last. What it means shows in [`Session::state`].
    ///
    /// # Errors
    /// `request-spent` when nothing was sent.
    pub fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        let refresh = self.refresh.as_mut().ok_or_else(|| Error::new(Code::REQUEST_SPENT))?;
        let answer = refresh.answered(response, now);
        if let Phase::Open(open) = &mut self.phase
            && open.received.is_none()
            && let (Ok(()), Some(received)) = (&answer, refresh.tokens())
        {
            // From here on the outcome is known: these are the tokens, whatever becomes of their check.
            (open.received, open.asked_at) = (Some(received.clone()), None);
            (self.saved, self.news) = (false, true);
        }
        if let Err(error) = answer {
            self.refused(&error, now);
        }
        Ok(())
    }

    /// Says that the request sent last got no answer, and why. It is never a reason to be signed out.
    ///
    /// # Errors
    /// `request-spent` when nothing was sent.
    pub fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        let refresh = self.refresh.as_mut().ok_or_else(|| Error::new(Code::REQUEST_SPENT))?;
        if let Err(error) = refresh.failed(error, now) {
            self.refused(&error, now);
        }
        Ok(())
    }

    /// Whether what must outlive this process is stored.
    pub fn is_saved(&self) -> bool {
        self.saved
    }

    /// Says that the form made last is stored.
    pub fn saved(&mut self) {
        (self.saved, self.news) = (true, false);
    }

    /// Whether a refresh is under way in this value.
    pub fn is_refreshing(&self) -> bool {
        self.refresh.is_some()
    }

    /// Whether what is not saved cannot be had twice: what a refresh brought. Try long to store it.
    pub fn holds_news(&self) -> bool {
        self.news
    }

    /// Ends it here: the tokens are dropped. What PSC's own session becomes is the caller's question: on a click both
    /// end ([`Service::logout_url`]), on a local timeout only this one, as ANS asks.
    pub fn end(&mut self, why: SignedOut, now: Timestamp) {
        (self.phase, self.saved, self.refresh) = (Phase::Over { why, at: now }, false, None);
    }

    /// Until when a store must keep it.
    pub fn kept_until(&self, now: Timestamp) -> Timestamp {
        match &self.phase {
            Phase::Open(open) => open.limit(&self.rules).max(open.tokens.access_expires_at()).max(now) + REMEMBERED,
            Phase::Over { at, .. } => *at + REMEMBERED,
        }
    }

    /// The provider's name of the session (`sid`), which a back-channel logout gives.
    pub fn provider_session(&self) -> Option<&str> {
        match &self.phase {
            Phase::Open(open) => open.provider_session.as_deref(),
            Phase::Over { .. } => None,
        }
    }

    /// The form to store: sealed, bound to the session's key and to the service.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn seal(&self, service: &Service, keys: &KeyRing, key: SessionKey, random: &mut dyn Random) -> Result<Vec<u8>> {
        let stored = match &self.phase {
            Phase::Over { why, at } => Stored::Over { why: *why, at: *at },
            Phase::Open(open) => Stored::Open {
                tokens: (&open.tokens).into(),
                obtained_at: open.obtained_at,
                auth_time: open.auth_time,
                provider_session: open.provider_session.clone(),
                asked_at: open.asked_at,
                unknown_since: open.unknown_since,
                received: open.received.as_ref().map(tokens::Stored::from),
                failing: open.failing.clone(),
            },
        };
        let plain = zeroize::Zeroizing::new(to_stored(VERSION, &stored)?);
        let bound_to = bound_to(service, &key);
        keys.seal(Seal { purpose: PURPOSE, bound_to: &bound_to }, &plain, random)
    }

    /// Reads a stored form; a refresh that another process began goes on or is known to be lost.
    ///
    /// # Errors
    /// `sealed-value-refused`, `stored-form-unreadable`, `stored-form-newer`.
    pub fn open(
        service: &Service,
        keys: &KeyRing,
        key: SessionKey,
        sealed: &[u8],
        rules: SessionRules,
    ) -> Result<Session> {
        let plain = keys.open(Seal { purpose: PURPOSE, bound_to: &bound_to(service, &key) }, sealed)?;
        let phase = match from_stored(VERSION, &plain)? {
            Stored::Over { why, at } => Phase::Over { why, at },
            Stored::Open {
                tokens,
                obtained_at,
                auth_time,
                provider_session,
                asked_at,
                unknown_since,
                received,
                failing,
            } => Phase::Open(Box::new(Open {
                tokens: tokens.into(),
                obtained_at,
                auth_time,
                provider_session,
                asked_at,
                unknown_since,
                received: received.map(TokenSet::from),
                failing,
            })),
        };
        Ok(Session { rules, phase, saved: true, news: false, refresh: None })
    }

    /// A refresh failed: what may be tried again, and when.
    fn refused(&mut self, error: &Error, now: Timestamp) {
        (self.refresh, self.saved) = (None, false);
        let Phase::Open(open) = &mut self.phase else { return };
        if error.code() == Code::SESSION_ENDED {
            return self.end(SignedOut::AtProvider, now);
        }
        if open.received.is_some() && is_untrusted(error) {
            return self.end(SignedOut::Untrusted, now);
        }
        if let Some(asked_at) = open.asked_at.take()
            && !spent_nothing(error)
        {
            open.unknown_since = Some(asked_at);
        }
        let (since, times) = open.failing.as_ref().map_or((now, 0), |failing| (failing.since, failing.times));
        let wait = self.rules.pause(times).max(error.facts().retry_after.unwrap_or_default());
        open.failing = Some(Failing { since, times: times + 1, retry_at: now + wait, code: error.code().number() });
    }
}

enum Plan {
    Wait(Timestamp),
    Ask,
    Verify(TokenSet),
    Over(SignedOut),
}

impl Open {
    fn plan(&self, rules: &SessionRules, now: Timestamp) -> Plan {
        if let SessionState::SignedOut(why) = self.state(rules, now) {
            return Plan::Over(why);
        }
        let retry_at = self.failing.as_ref().map_or(now, |failing| failing.retry_at);
        if let Some(received) = &self.received {
            return if now < retry_at { Plan::Wait(retry_at) } else { Plan::Verify(received.clone()) };
        }
        let due = rules.due(self.obtained_at, self.tokens.access_expires_at());
        let expires = self.tokens.access_expires_at();
        if let Some(until) = self.asked_at.map(|at| at + rules.lease).filter(|until| now < *until) {
            return Plan::Wait(until);
        }
        if !self.may_ask(rules, now) {
            return Plan::Wait(if now < expires { expires } else { self.limit(rules) });
        }
        match due.max(retry_at) {
            until if now < until => Plan::Wait(until),
            _ => Plan::Ask,
        }
    }

    fn state(&self, rules: &SessionRules, now: Timestamp) -> SessionState {
        let until = self.tokens.access_expires_at();
        if now + rules.margin(self.obtained_at, until) < until {
            let refresh_at = rules.due(self.obtained_at, until);
            let fresh = now < refresh_at;
            return if fresh { SessionState::Fresh { refresh_at } } else { SessionState::Stale { until } };
        }
        if let Some(why) = self.over(rules, now) {
            return SessionState::SignedOut(why);
        }
        // What was received is not refused: only its check waits.
        if self.received.is_none() && !self.may_ask(rules, now) {
            let since = self.unknown_since.or(self.asked_at).unwrap_or(until);
            return SessionState::Unreachable { since, retry_at: None };
        }
        match &self.failing {
            Some(Failing { since, retry_at, .. }) => {
                SessionState::Unreachable { since: *since, retry_at: Some(*retry_at) }
            }
            None => SessionState::Expired,
        }
    }

    /// Whether the refresh token may be sent: not when it may be spent, unless the provider takes it twice.
    fn may_ask(&self, rules: &SessionRules, now: Timestamp) -> bool {
        let lost = self.asked_at.is_some_and(|at| now >= at + rules.lease);
        let refreshable = self.tokens.refresh_token().is_some() && now < self.limit(rules);
        refreshable && (rules.reuse || !(lost || self.unknown_since.is_some()))
    }

    /// Why no refresh can come any more, if so.
    fn over(&self, rules: &SessionRules, now: Timestamp) -> Option<SignedOut> {
        if self.received.is_some() {
            return None;
        }
        let refresh_ends = self.refresh_ends(rules);
        match self.tokens.refresh_token() {
            None => Some(SignedOut::NoRefreshToken),
            Some(_) if now >= self.auth_time + rules.longest => Some(SignedOut::TooLong),
            Some(_) if now >= refresh_ends => Some(SignedOut::RefreshExpired),
            Some(_) => None,
        }
    }

    fn refresh_ends(&self, rules: &SessionRules) -> Timestamp {
        self.tokens.refresh_expires_at().unwrap_or(self.obtained_at + rules.idle)
    }

    /// When no refresh can come any more.
    fn limit(&self, rules: &SessionRules) -> Timestamp {
        self.refresh_ends(rules).min(self.auth_time + rules.longest)
    }

    fn unreachable(&self, now: Timestamp) -> Error {
        let Some(failing) = &self.failing else { return Error::new(Code::SESSION_UNREACHABLE) };
        let wait = failing.retry_at.since(now);
        let error = Error::new(Code::SESSION_UNREACHABLE).with(|facts| facts.retry_after = Some(wait));
        match Code::from_number(failing.code) {
            Some(code) => error.caused_by(Error::new(code)),
            None => error,
        }
    }
}

/// Whether the provider certainly did nothing with the refresh token: the request did not reach it, or it said so.
fn spent_nothing(error: &Error) -> bool {
    match error.code() {
        Code::NAME_NOT_FOUND
        | Code::CONNECT_FAILED
        | Code::PROXY_FAILED
        | Code::PROXY_AUTHENTICATION
        | Code::SERVER_CERTIFICATE
        | Code::SERVER_CERTIFICATE_NAME
        | Code::SERVER_CERTIFICATE_TIME
        | Code::TLS_INSPECTED
        | Code::TRUST_STORE_EMPTY
        | Code::CLIENT_CERTIFICATE
        | Code::TLS_FAILED
        | Code::CLIENT_REFUSED
        | Code::CLIENT_NOT_ALLOWED
        | Code::REQUEST_REFUSED => true,
        // A gateway that gave up (502, 504) or a failure in the middle (500) says nothing of what was done before.
        Code::PROVIDER_UNAVAILABLE => matches!(error.facts().http_status, Some(429 | 503)),
        _ => false,
    }
}

/// Whether the tokens received are not this person's, or not PSC's: another try brings nothing better.
fn is_untrusted(error: &Error) -> bool {
    let number = error.code().number();
    let about_identity = Code::ID_TOKEN_MISSING.number()..=Code::ID_TOKEN_SUBJECT.number();
    about_identity.contains(&number) && error.code() != Code::ID_TOKEN_KEY
}

fn bound_to<'a>(service: &'a Service, key: &'a SessionKey) -> [&'a [u8]; 3] {
    [service.metadata().issuer().as_bytes(), service.client().id().as_bytes(), &key.0]
}

#[derive(Serialize, Deserialize)]
#[allow(clippy::large_enum_variant)] // it lives as long as one call
enum Stored {
    Open {
        tokens: tokens::Stored,
        obtained_at: Timestamp,
        auth_time: Timestamp,
        provider_session: Option<String>,
        asked_at: Option<Timestamp>,
        unknown_since: Option<Timestamp>,
        received: Option<tokens::Stored>,
        failing: Option<Failing>,
    },
    Over {
        why: SignedOut,
        at: Timestamp,
    },
}

impl KeyRing {
    /// The marks under which a store keeps a session: of the provider's session and of the person, by the newest key.
    pub fn session_marks(&self, service: &Service, sid: Option<&str>, subject: &str) -> Vec<[u8; 32]> {
        let named = sid.map(|sid| (SID, sid)).into_iter().chain([(SUBJECT, subject)]);
        named.filter_map(|(purpose, name)| self.marks_of(service, purpose, name).into_iter().next()).collect()
    }

    /// The marks by which the sessions of a logout token are found, by any key: a session bears one of each list.
    pub fn logout_marks(&self, service: &Service, token: &LogoutToken) -> Vec<Vec<[u8; 32]>> {
        let named =
            token.session_id().map(|sid| (SID, sid)).into_iter().chain(token.subject().map(|sub| (SUBJECT, sub)));
        named.map(|(purpose, name)| self.marks_of(service, purpose, name)).collect()
    }

    fn marks_of(&self, service: &Service, purpose: &'static str, name: &str) -> Vec<[u8; 32]> {
        self.marks(purpose, &[service.metadata().issuer().as_bytes(), name.as_bytes()])
    }
}

impl SessionKey {
    /// The key under which a store keeps the session of this secret identifier: its hash, so that a stolen store opens no
    /// session.
    pub fn of(id: &SecretString) -> SessionKey {
        SessionKey(crate::base::digest("psc session", &[id.expose_secret().as_bytes()]))
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let over = match &self.phase {
            Phase::Over { why, .. } => Some(why),
            Phase::Open(_) => None,
        };
        f.debug_struct("Session").field("over", &over).field("saved", &self.saved).finish_non_exhaustive()
    }
}
