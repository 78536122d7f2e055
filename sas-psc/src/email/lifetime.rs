//! How long the link and the code of a mail hold.

use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a mail's link and code hold from its hand-over: 5 minutes unless set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Lifetime(u8);

impl Lifetime {
    /// From 1 to 60 whole minutes.
    ///
    /// # Errors
    /// `email-lifetime`.
    pub fn minutes(minutes: u8) -> Result<Lifetime> {
        if (1..=60).contains(&minutes) { Ok(Lifetime(minutes)) } else { Err(Error::new(Code::EMAIL_LIFETIME)) }
    }

    /// The same as a duration.
    pub fn duration(self) -> Duration {
        Duration::from_secs(60 * u64::from(self.0))
    }
}

impl Default for Lifetime {
    fn default() -> Lifetime {
        Lifetime(5)
    }
}

impl TryFrom<u8> for Lifetime {
    type Error = Error;
    fn try_from(minutes: u8) -> Result<Lifetime> {
        Lifetime::minutes(minutes)
    }
}

impl From<Lifetime> for u8 {
    fn from(lifetime: Lifetime) -> u8 {
        lifetime.0
    }
}
