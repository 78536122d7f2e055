//! A service at its provider: the client, the provider's metadata and its keys. Every flow starts from it.
//!
//! It is cheap to clone and shared between threads; the keys inside are the only thing that changes.

use super::exchange::Retry;
use super::jwks::KeyCache;
use super::oauth;
use super::{Client, Endpoint, Environment, Exchange, Metadata, Next, TokenSet};
use crate::base::{ExposeSecret, Response, Timestamp};
use crate::error::{Code, Error, Result};
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A service ready to sign people in.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    client: Client,
    metadata: Metadata,
    keys: Mutex<KeyCache>,
    /// How far our clock is behind the provider's by its last answer; `UNKNOWN` before.
    skew: AtomicI64,
}

const UNKNOWN: i64 = i64::MIN;

impl Service {
    /// A service at a provider whose metadata is known.
    ///
    /// # Errors
    /// `endpoint-missing` when the provider has no keys' address.
    pub fn new(client: Client, metadata: Metadata) -> Result<Service> {
        let keys = Mutex::new(KeyCache::new(&metadata)?);
        Ok(Service(Arc::new(Inner { client, metadata, keys, skew: AtomicI64::new(UNKNOWN) })))
    }

    /// The exchange that asks the provider for its metadata.
    pub fn discover(environment: &Environment) -> Discovery {
        Discovery { environment: environment.clone(), found: None, retry: Retry::default() }
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.0.client
    }

    /// The provider's metadata.
    pub fn metadata(&self) -> &Metadata {
        &self.0.metadata
    }

    /// Where to send the browser of a person who clicked "sign out": it ends PSC's session too. On a local timeout do
    /// not use it: forget the tokens and leave PSC's session alone, as ANS asks. `post_logout` must be registered; the
    /// browser comes back there with `state`. Without it PSC shows its own page.
    ///
    /// # Errors
    /// `endpoint-missing`.
    pub fn logout_url(&self, tokens: &TokenSet, post_logout: Option<&str>, state: Option<&str>) -> Result<String> {
        let mut pairs = vec![("id_token_hint", tokens.id_token().expose_secret())];
        pairs.extend(post_logout.map(|url| ("post_logout_redirect_uri", url)));
        pairs.extend(post_logout.and(state).map(|state| ("state", state)));
        Ok(oauth::with_query(self.metadata().endpoint(Endpoint::EndSession)?, &pairs))
    }

    /// Notes how far our clock is off, by the `Date` of an answer.
    pub(super) fn heard(&self, response: &Response, now: Timestamp) {
        if let Some(skew) = response.clock_skew(now, now) {
            self.0.skew.store(skew, Ordering::Relaxed);
        }
    }

    /// A moment of ours by the provider's clock, where that is known to be behind.
    pub(super) fn at_provider(&self, ours: Timestamp) -> Timestamp {
        let behind = Some(self.0.skew.load(Ordering::Relaxed)).filter(|skew| *skew != UNKNOWN && *skew < 0);
        ours - Duration::from_secs(behind.map_or(0, i64::unsigned_abs))
    }

    /// A refusal that a wrong clock may be the cause of tells how far ours is off.
    pub(super) fn with_clock(&self, error: Error) -> Error {
        let about_time =
            [Code::ID_TOKEN_EXPIRED, Code::ID_TOKEN_NOT_YET_VALID, Code::LOGOUT_TOKEN_TIME, Code::SIGN_IN_NOT_FRESH];
        let skew = Some(self.0.skew.load(Ordering::Relaxed)).filter(|skew| *skew != UNKNOWN);
        if about_time.contains(&error.code()) { error.with_clock_skew(skew) } else { error }
    }

    pub(super) fn keys(&self) -> MutexGuard<'_, KeyCache> {
        // A panic while it was held cannot leave it half changed: every change is one assignment.
        self.0.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("client", &self.0.client).field("issuer", &self.0.metadata.issuer()).finish()
    }
}

/// Asks a provider for its metadata.
#[derive(Debug, Clone)]
pub struct Discovery {
    environment: Environment,
    found: Option<Metadata>,
    retry: Retry,
}

impl Exchange for Discovery {
    type Output = Metadata;

    fn next(&mut self, now: Timestamp) -> Result<Next<Metadata>> {
        Ok(match (&self.found, self.retry.waits(now)) {
            (Some(metadata), _) => Next::Done(metadata.clone()),
            (None, Some(until)) => Next::Wait(until),
            (None, None) => Next::Send(self.environment.discovery_request()),
        })
    }

    fn answered(&mut self, response: &Response, _: Timestamp) -> Result<()> {
        self.found = Some(Metadata::discovered(&self.environment, response)?);
        Ok(())
    }

    fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        self.retry.failed(error, now)
    }
}
