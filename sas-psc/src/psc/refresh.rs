//! Refresh (OpenID Connect Core 1.0 §12): new tokens for the same person, without asking them anything.
//!
//! An identity that comes with them must be the same person's; a nonce that it carries is that of the sign-in (§12.2). When no answer comes, the tokens
//! before are still the ones to try: a network that is down is not a person who signed out.

use super::token_answer::{self, Grant};
use super::verification::{Expected, Verification};
use super::{Exchange, Next, Service, TokenSet, id_token, oauth};
use crate::base::{ExposeSecret, Request, Response, Timestamp};
use crate::error::{Code, Error, Result};
use std::fmt;

/// A refresh in progress; it comes to the new tokens, to be kept instead of those before.
pub struct Refresh {
    service: Service,
    before: TokenSet,
    phase: Phase,
}

enum Phase {
    Ask(Option<Request>),
    Verify(Verification),
    Done(TokenSet),
}

impl Service {
    /// Begins a refresh.
    ///
    /// # Errors
    /// `session-ended` when there is no refresh token, or it is known to have ended.
    pub fn refresh(&self, tokens: &TokenSet, now: Timestamp) -> Result<Refresh> {
        let ended = tokens.refresh_expires_at().is_some_and(|at| now >= at);
        let token = tokens.refresh_token().filter(|_| !ended).ok_or_else(|| Error::new(Code::SESSION_ENDED))?;
        let request = oauth::refresh_request(self.client(), self.metadata(), token, now)?;
        Ok(Refresh { service: self.clone(), before: tokens.clone(), phase: Phase::Ask(Some(request)) })
    }
}

impl Refresh {
    /// Goes on with tokens that were received before and are not verified yet.
    pub(super) fn received(service: &Service, before: &TokenSet, received: TokenSet) -> Refresh {
        let phase = phase_of(before, received);
        Refresh { service: service.clone(), before: before.clone(), phase }
    }

    /// The tokens received, verified or not.
    pub(super) fn tokens(&self) -> Option<&TokenSet> {
        match &self.phase {
            Phase::Ask(_) => None,
            Phase::Verify(verification) => Some(verification.tokens()),
            Phase::Done(tokens) => Some(tokens),
        }
    }
}

/// What is left to do with tokens received.
fn phase_of(before: &TokenSet, tokens: TokenSet) -> Phase {
    if tokens.id_token.expose_secret() == before.id_token.expose_secret() {
        return Phase::Done(tokens);
    }
    let (subject, nonce_before) = (Some(before.subject.clone()), id_token::nonce_of(before.id_token.expose_secret()));
    let expected = Expected { subject, nonce_before, ..Expected::default() };
    Phase::Verify(Verification::new(expected, tokens))
}

impl Exchange for Refresh {
    type Output = TokenSet;

    fn next(&mut self, now: Timestamp) -> Result<Next<TokenSet>> {
        match &mut self.phase {
            Phase::Ask(request) => request.take().map(Next::Send).ok_or_else(|| Error::new(Code::REQUEST_SPENT)),
            Phase::Verify(verification) => Ok(match verification.next(&self.service, now)? {
                Next::Done(_) => Next::Done(verification.tokens().clone()),
                Next::Send(request) => Next::Send(request),
                Next::Wait(until) => Next::Wait(until),
            }),
            Phase::Done(tokens) => Ok(Next::Done(tokens.clone())),
        }
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        match &mut self.phase {
            Phase::Verify(verification) => return verification.answered(&self.service, response, now),
            Phase::Done(_) => return Err(Error::new(Code::REQUEST_SPENT)),
            Phase::Ask(_) => self.service.heard(response, now),
        }
        let mut tokens = token_answer::tokens(response, Grant::Refresh, Some(&self.before), now)?;
        // A provider that does not rotate may leave the refresh token out: the one before stays good.
        if tokens.refresh_token.is_none() {
            tokens.refresh_token = self.before.refresh_token.clone();
            tokens.refresh_expires_at = self.before.refresh_expires_at;
        }
        self.phase = phase_of(&self.before, tokens);
        Ok(())
    }

    fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        match &mut self.phase {
            Phase::Verify(verification) => verification.failed(&self.service, error, now),
            _ => Err(error),
        }
    }
}

impl fmt::Debug for Refresh {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refresh").field("service", &self.service).finish_non_exhaustive()
    }
}
