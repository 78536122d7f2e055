//! How a session stands: what an application shows and decides on.

use crate::base::Timestamp;
use serde::{Deserialize, Serialize};

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionState {
    /// The access token is good, and no refresh is due before `refresh_at`.
    Fresh {
        /// When a refresh is due.
        refresh_at: Timestamp,
    },
    /// The access token is good until then, and a refresh is due.
    Stale {
        /// When the access token ends.
        until: Timestamp,
    },
    /// The access token has ended, and nothing has failed: the next refresh brings another.
    Expired,
    /// The access token has ended and the provider could not be asked for another: the person is still signed in.
    Unreachable {
        /// Since when.
        since: Timestamp,
        /// When the next try may be made. None when the refresh token may be spent and the provider is not known to take
        /// it twice: sign in again with `Prompt::None`, which asks nothing while PSC's own session lives.
        retry_at: Option<Timestamp>,
    },
    /// The person must sign in again.
    SignedOut(SignedOut),
}

/// Why a session is over. A network that is down is never a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SignedOut {
    /// The person signed out: PSC's session is to end too.
    ByPerson,
    /// A local timeout: PSC's session is left alone.
    Locally,
    /// PSC said so on the back channel.
    ByProvider,
    /// PSC refused the refresh: its session is over.
    AtProvider,
    /// The refresh token ended before it was used.
    RefreshExpired,
    /// The longest time of a session is over.
    TooLong,
    /// The provider gave no refresh token.
    NoRefreshToken,
    /// A refresh brought an identity that does not verify, or another person's.
    Untrusted,
}

impl SignedOut {
    /// The word in JSON, in C and in Python.
    pub const fn name(self) -> &'static str {
        match self {
            SignedOut::ByPerson => "by-person",
            SignedOut::Locally => "locally",
            SignedOut::ByProvider => "by-provider",
            SignedOut::AtProvider => "at-provider",
            SignedOut::RefreshExpired => "refresh-expired",
            SignedOut::TooLong => "too-long",
            SignedOut::NoRefreshToken => "no-refresh-token",
            SignedOut::Untrusted => "untrusted",
        }
    }
}

impl SessionState {
    /// The word in JSON, in C and in Python: `fresh`, `stale`, `expired`, `unreachable`, `signed-out`.
    pub const fn name(self) -> &'static str {
        match self {
            SessionState::Fresh { .. } => "fresh",
            SessionState::Stale { .. } => "stale",
            SessionState::Expired => "expired",
            SessionState::Unreachable { .. } => "unreachable",
            SessionState::SignedOut(_) => "signed-out",
        }
    }

    /// As JSON for C and Python: `state`, and where it has them `refresh_at`, `until`, `since`, `retry_at` in milliseconds
    /// since 1970, `why`.
    pub fn to_json(&self) -> String {
        let mut members = serde_json::Map::new();
        members.insert("state".to_owned(), self.name().into());
        let mut time = |name: &str, at: Timestamp| members.insert(name.to_owned(), at.unix_millis().into());
        match *self {
            SessionState::Fresh { refresh_at } => drop(time("refresh_at", refresh_at)),
            SessionState::Stale { until } => drop(time("until", until)),
            SessionState::Expired => {}
            SessionState::Unreachable { since, retry_at } => {
                time("since", since);
                retry_at.map(|at| time("retry_at", at));
            }
            SessionState::SignedOut(why) => drop(members.insert("why".to_owned(), why.name().into())),
        }
        serde_json::Value::Object(members).to_string()
    }
}
