//! The times of a session: PSC's, as ANS states them, each a setting.

use crate::base::Timestamp;
use std::time::Duration;

/// The times of a session. The default is what ANS states of Pro Santé Connect, and prudence where it states nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionRules {
    pub(super) idle: Duration,
    pub(super) longest: Duration,
    pub(super) lease: Duration,
    pub(super) margin: Duration,
    pub(super) reuse: bool,
}

impl Default for SessionRules {
    fn default() -> SessionRules {
        SessionRules {
            idle: Duration::from_secs(30 * 60),
            longest: Duration::from_secs(4 * 3600),
            lease: Duration::from_secs(45),
            margin: Duration::from_secs(5),
            reuse: false,
        }
    }
}

impl SessionRules {
    /// How long a refresh token lives when the provider does not say: 30 minutes. What it says is always obeyed.
    pub fn idle(mut self, idle: Duration) -> SessionRules {
        self.idle = idle;
        self
    }

    /// How long a session may last after the person proved who they are: 4 hours. No refresh is asked for after it.
    pub fn longest(mut self, longest: Duration) -> SessionRules {
        self.longest = longest;
        self
    }

    /// How long other processes leave a refresh to the one that began it: 45 seconds. Longer than a request may last
    /// (15 seconds with `HttpConfig`) and than the clocks of the instances differ.
    pub fn lease(mut self, lease: Duration) -> SessionRules {
        self.lease = lease;
        self
    }

    /// The provider takes a refresh token again after it was used, as a Keycloak does whose realm leaves "Revoke Refresh
    /// Token" off: after a refresh whose answer was lost, the same token is sent once more. Without this it is not, and
    /// the way on is a sign-in with `Prompt::None`, which asks nothing as long as PSC's own session lives.
    pub fn provider_takes_a_token_twice(mut self) -> SessionRules {
        self.reuse = true;
        self
    }

    /// How long it may take to store what cannot be had twice, before others take the refresh for lost.
    pub fn patience(&self) -> Duration {
        self.lease
    }

    /// Three quarters of the way.
    pub(super) fn due(&self, obtained_at: Timestamp, expires_at: Timestamp) -> Timestamp {
        obtained_at + expires_at.since(obtained_at) / 4 * 3
    }

    /// How long before its end a token is no longer handed out: five seconds, less for a short one.
    pub(super) fn margin(&self, obtained_at: Timestamp, expires_at: Timestamp) -> Duration {
        self.margin.min(expires_at.since(obtained_at) / 8)
    }

    /// Before the next try: 2, 4, 8, 16, then 30 seconds.
    pub(super) fn pause(&self, failures: u32) -> Duration {
        Duration::from_secs((2u64 << failures.min(4)).min(30))
    }
}
