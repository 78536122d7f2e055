//! How often ANS may be asked: 17 calls a second for an application, whatever program, thread or task of it calls.

use crate::base::Timestamp;
use std::collections::VecDeque;
use std::time::Duration;

/// A second by any clock that counts in milliseconds.
const SECOND: Duration = Duration::from_millis(1001);

/// Spreads calls so that no second holds more than its number of them. Share one among all that use the same key.
///
/// ```
/// use sas_psc::base::Timestamp;
/// use sas_psc::directory::fhir::Pace;
///
/// let (mut pace, now) = (Pace::default(), Timestamp::from_unix(1_795_420_800));
/// let waits: Vec<_> = (0..18).map(|_| pace.reserve(now).since(now).as_millis()).collect();
/// assert_eq!((waits[16], waits[17]), (0, 1001));
/// ```
#[derive(Debug, Clone)]
pub struct Pace {
    per_second: usize,
    /// When the last calls go, the earliest first.
    calls: VecDeque<Timestamp>,
    seen: Option<Timestamp>,
}

impl Default for Pace {
    /// 17 calls a second, as ANS allows.
    fn default() -> Pace {
        Pace::per_second(17)
    }
}

impl Pace {
    /// So many calls a second, at least one.
    pub fn per_second(calls: u16) -> Pace {
        let per_second = usize::from(calls.max(1));
        Pace { per_second, calls: VecDeque::with_capacity(per_second), seen: None }
    }

    /// When the next call may go; it counts from then on. A clock that was set back is believed.
    pub fn reserve(&mut self, now: Timestamp) -> Timestamp {
        if self.seen.is_some_and(|seen| now < seen) {
            self.calls.clear();
        }
        self.seen = Some(now);
        let oldest = if self.calls.len() == self.per_second { self.calls.pop_front() } else { None };
        let at = oldest.map_or(now, |oldest| now.max(oldest + SECOND));
        self.calls.push_back(at);
        at
    }
}
