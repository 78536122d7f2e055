//! What a store holds of a person and of a workstation, in versioned stored forms. No identifier in clear, no token.

use super::GuardKey;
use crate::base::{ExposeSecret, Timestamp, from_stored, to_stored};
use crate::error::Result;
use crate::psc::ciba::{Channel, CibaPoll};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

const VERSION: u32 = 1;

/// A person at a service: what runs on each channel, what was not answered, where they last signed in.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonState {
    pub(super) mobile: Lane,
    pub(super) card: Lane,
    pub(super) known: Option<GuardKey>,
    pub(super) withheld: u32,
    pub(super) withheld_since: Option<Timestamp>,
}

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lane {
    pub(super) running: Option<Running>,
    /// Refused or expired in a row.
    pub(super) row: u8,
    pub(super) not_before: Option<Timestamp>,
    /// Not accepted, of the last day: at most [`super::GuardRules::a_day`].
    pub(super) sent: Vec<Sent>,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Running {
    pub(super) attempt: String,
    pub(super) station: GuardKey,
    /// Until then it may be on the phone.
    pub(super) until: Timestamp,
    pub(super) sent_at: Timestamp,
    /// Of the known workstation's allowance.
    pub(super) kept: bool,
    /// Left, or replaced: it cannot win, and is still on the phone.
    pub(super) dead: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sent {
    pub(super) at: Timestamp,
    pub(super) kept: bool,
}

impl PersonState {
    pub(super) fn lane(&mut self, channel: Channel) -> &mut Lane {
        match channel {
            Channel::Mobile => &mut self.mobile,
            Channel::Card => &mut self.card,
        }
    }

    /// The stored form.
    ///
    /// # Errors
    /// `broken-invariant`.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        to_stored(VERSION, self)
    }

    /// Reads a stored form.
    ///
    /// # Errors
    /// `stored-form-unreadable`, `stored-form-newer`.
    pub fn resume(stored: &[u8]) -> Result<PersonState> {
        from_stored(VERSION, stored)
    }
}

impl fmt::Debug for PersonState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonState(•••)")
    }
}

/// What a workstation was shown for a person: the same, whether anything was sent or not.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationState {
    pub(in crate::psc::ciba) attempt: String,
    pub(in crate::psc::ciba) channel: Channel,
    pub(in crate::psc::ciba) digits: String,
    pub(in crate::psc::ciba) started_at: Timestamp,
    pub(in crate::psc::ciba) until: Timestamp,
    pub(in crate::psc::ciba) request: Option<StoredRequest>,
    /// The person left it.
    pub(in crate::psc::ciba) left: bool,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::psc::ciba) struct StoredRequest {
    pub(in crate::psc::ciba) auth_req_id: String,
    pub(in crate::psc::ciba) interval_millis: u64,
}

impl StoredRequest {
    pub(in crate::psc::ciba) fn interval(&self) -> Duration {
        Duration::from_millis(self.interval_millis)
    }
}

impl StationState {
    /// What a start shows from `started_at` for `life`, nothing sent yet.
    pub fn shown(attempt: &str, channel: Channel, digits: &str, started_at: Timestamp, life: Duration) -> StationState {
        StationState {
            attempt: attempt.to_owned(),
            channel,
            digits: digits.to_owned(),
            started_at,
            until: started_at + life,
            request: None,
            left: false,
        }
    }

    /// The same, with the request that was sent, so that the workstation finds it again through any instance.
    pub fn with_request(mut self, poll: &CibaPoll) -> StationState {
        self.request = poll.asking().map(|asking| StoredRequest {
            auth_req_id: asking.auth_req_id.expose_secret().to_owned(),
            interval_millis: u64::try_from(asking.interval.as_millis()).unwrap_or(u64::MAX),
        });
        self
    }

    /// The same, shown from another moment on.
    pub fn shown_at(self, started_at: Timestamp) -> StationState {
        let life = self.until.since(self.started_at);
        StationState { started_at, until: started_at + life, ..self }
    }

    /// Phone or card.
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// Whether these digits are shown.
    pub fn shows(&self, digits: &str) -> bool {
        self.digits == digits
    }

    /// When it is shown from.
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// Whose start this is.
    pub fn attempt(&self) -> &str {
        &self.attempt
    }

    /// When it ends.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// The person left it: it is not shown again, and a new start waits until it is off the phone.
    pub fn leave(&mut self) {
        (self.left, self.request) = (true, None);
    }

    /// It was answered: the next start is a new one.
    pub fn end(&mut self, now: Timestamp) {
        (self.until, self.request) = (now.min(self.until), None);
    }

    /// The stored form. Its `auth_req_id` is useless without the service's credentials.
    ///
    /// # Errors
    /// `broken-invariant`.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        to_stored(VERSION, self)
    }

    /// Reads a stored form.
    ///
    /// # Errors
    /// `stored-form-unreadable`, `stored-form-newer`.
    pub fn resume(stored: &[u8]) -> Result<StationState> {
        from_stored(VERSION, stored)
    }
}

impl fmt::Debug for StationState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StationState")
            .field("channel", &self.channel)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}
