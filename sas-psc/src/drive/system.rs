//! The machine's own clock and randomness, for programs; tests bring theirs.

use crate::base::{Clock, Random, Timestamp};
use crate::error::{Code, Error, Result};
use std::time::{SystemTime, UNIX_EPOCH};

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
        let now = SystemTime::now();
        // A clock before 1970 is a broken clock: every token is then not yet valid, which says it.
        let elapsed = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_unix_millis(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes).map_err(|_| Error::new(Code::NO_RANDOMNESS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_a_time_of_this_century_and_draws_differently_each_time() {
        assert!(SystemClock.now() > Timestamp::from_unix(1_700_000_000));
        let (mut first, mut second) = ([0; 32], [0; 32]);
        SystemRandom.fill(&mut first).unwrap();
        SystemRandom.fill(&mut second).unwrap();
        assert_ne!(first, second);
    }
}
