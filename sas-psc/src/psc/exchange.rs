//! What an exchange with a provider does when a request got no answer: which may be sent again, and how often.

pub use crate::base::{Exchange, Next};

use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use std::time::Duration;

/// Two more tries, half a second apart, for a request that may be repeated without harm. A time-out is not tried again:
/// the person has waited once for as long as a request may take.
#[derive(Debug, Clone, Default)]
pub(super) struct Retry {
    failures: u8,
    until: Option<Timestamp>,
}

impl Retry {
    /// When to go on, while there is something to wait for.
    pub(super) fn waits(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| now < *until)
    }

    pub(super) fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        if self.failures == 2 || !is_transient(&error) || error.code() == Code::TIMED_OUT {
            return Err(error);
        }
        self.failures += 1;
        self.until = Some(now + Duration::from_millis(500));
        Ok(())
    }
}

/// Whether the same request may pass a moment later; a certificate or a setting does not mend itself.
pub(super) fn is_transient(error: &Error) -> bool {
    matches!(
        error.code(),
        Code::NAME_NOT_FOUND | Code::CONNECT_FAILED | Code::TIMED_OUT | Code::CONNECTION_LOST | Code::PROXY_FAILED
    )
}
