//! Tokens received, until their ID token is verified: with the provider's keys at hand, or after fetching them.

use super::exchange::Retry;
use super::jwks::Keys;
use super::{Acr, IdTokenCheck, Jwks, Next, Service, TokenSet, VerifiedIdToken};
use crate::base::{ExposeSecret, Response, SecretString, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use std::sync::Arc;
use std::time::Duration;

/// How far two clocks may differ when it is asked which request a token answers: more is not the client's to set.
const LEEWAY: Duration = Duration::from_secs(30);

/// What the ID token must say beyond what every one must.
#[derive(Clone, Default)]
pub(super) struct Expected {
    pub(super) nonce: Option<SecretString>,
    pub(super) acr: Option<Acr>,
    pub(super) max_age: Option<Duration>,
    pub(super) person: Option<IdNat>,
    /// The `auth_req_id` of the CIBA request.
    pub(super) request: Option<SecretString>,
    /// When that request was made: an identity of before answers another.
    pub(super) asked_at: Option<Timestamp>,
    pub(super) subject: Option<String>,
    /// The nonce of the sign-in: a refreshed identity need not repeat it, and has no other.
    pub(super) nonce_before: Option<String>,
}

#[derive(Clone)]
pub(super) struct Verification {
    expected: Expected,
    tokens: TokenSet,
    retry: Retry,
}

impl Verification {
    pub(super) fn new(expected: Expected, tokens: TokenSet) -> Verification {
        Verification { expected, tokens, retry: Retry::default() }
    }

    pub(super) fn tokens(&self) -> &TokenSet {
        &self.tokens
    }

    /// The token verified, and the keys of which one did it.
    pub(super) fn next(&self, service: &Service, now: Timestamp) -> Result<Next<(VerifiedIdToken, Arc<Jwks>)>> {
        if let Some(until) = self.retry.waits(now) {
            return Ok(Next::Wait(until));
        }
        let mut keys = service.keys().current(now)?;
        loop {
            let used = match keys {
                Keys::Found(used) => used,
                Keys::Fetch(request) => return Ok(Next::Send(request)),
                Keys::Wait(until) => return Ok(Next::Wait(until)),
            };
            match self.check(service).verify(self.tokens.id_token.expose_secret(), &used, now) {
                // Found once more only when another caller has fetched newer keys meanwhile.
                Err(error) if error.code() == Code::ID_TOKEN_KEY => keys = service.keys().unknown_key(&used, now)?,
                verdict => {
                    let token = verdict.map_err(|error| service.with_clock(error))?;
                    return Ok(Next::Done((self.bound(token, service)?, used)));
                }
            }
        }
    }

    pub(super) fn answered(&mut self, service: &Service, response: &Response, now: Timestamp) -> Result<()> {
        service.heard(response, now);
        service.keys().fetched(response, now)
    }

    pub(super) fn failed(&mut self, service: &Service, error: Error, now: Timestamp) -> Result<()> {
        service.keys().fetch_failed(&error, now);
        self.retry.failed(error, now)
    }

    fn check<'a>(&'a self, service: &'a Service) -> IdTokenCheck<'a> {
        let (expected, settings) = (&self.expected, &service.client().settings);
        let mut check = IdTokenCheck::new(service.metadata().issuer(), service.client().id())
            .access_token(self.tokens.access_token.expose_secret());
        if let Some(leeway) = settings.leeway {
            check = check.leeway(leeway);
        }
        if let Some(nonce) = &expected.nonce {
            check = check.nonce(nonce.expose_secret());
        }
        if let Some(acr) = expected.acr {
            check = check.acr(acr);
        }
        if settings.exact_acr {
            check = check.exact_acr();
        }
        if settings.missing_acr && expected.acr.is_none_or(|acr| acr == Acr::Eidas1) {
            check = check.allow_missing_acr();
        }
        if let Some(max_age) = expected.max_age {
            check = check.max_age(max_age);
        }
        check
    }

    fn bound(&self, token: VerifiedIdToken, service: &Service) -> Result<VerifiedIdToken> {
        if self.expected.person.as_ref().is_some_and(|person| !token.is_of(person)) {
            return Err(Error::claim(Code::CIBA_OTHER_PERSON, "SubjectNameID"));
        }
        // CIBA Core §10.3.1 puts it into pushed tokens; PSC and Keycloak send none, so only another one is refused.
        if let Some(request) = &self.expected.request {
            const NAMES: [&str; 2] = ["urn:openid:params:jwt:claim:auth_req_id", "auth_req_id"];
            let claims = token.claims();
            for name in NAMES {
                if claims.get(name).is_some_and(|said| said.as_str() != Some(request.expose_secret())) {
                    return Err(Error::claim(Code::CIBA_OTHER_REQUEST, name));
                }
            }
        }
        // CIBA has no nonce: a token of an earlier sign-in of the same person is known by its date alone.
        if self.expected.asked_at.is_some_and(|asked| token.issued_at() + LEEWAY < service.at_provider(asked)) {
            return Err(Error::claim(Code::CIBA_OTHER_REQUEST, "iat"));
        }
        if self.expected.subject.as_ref().is_some_and(|subject| subject != token.subject()) {
            return Err(Error::claim(Code::ID_TOKEN_SUBJECT, "sub"));
        }
        let other = |before: &String| token.claims().get("nonce").is_some_and(|said| said.as_str() != Some(before));
        if self.expected.nonce_before.as_ref().is_some_and(other) {
            return Err(Error::claim(Code::ID_TOKEN_NONCE, "nonce"));
        }
        Ok(token)
    }
}
