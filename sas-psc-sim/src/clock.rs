//! The simulator's time: real, faster, or standing still until a test moves it.
//!
//! Every lifetime (codes, tokens, sessions, e-CPS requests) is judged by this clock when it is looked at; nothing
//! sleeps on it. Network delays of a scenario are real milliseconds, since a client's time-outs are.
#![allow(clippy::disallowed_methods)] // this is where the simulator reads the system's clock

use crate::lock;
use sas_psc::base::{Clock, Timestamp};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A clock that a test shares with the simulator: clones tell the same time.
///
/// ```
/// use sas_psc::base::{Clock, Timestamp};
/// use sas_psc_sim::VirtualClock;
/// use std::time::Duration;
///
/// let clock = VirtualClock::still(Timestamp::from_unix(1_800_000_000));
/// clock.clone().advance(Duration::from_secs(120));
/// assert_eq!(clock.now(), Timestamp::from_unix(1_800_000_120));
/// ```
#[derive(Clone)]
pub struct VirtualClock(Arc<Mutex<Hands>>);

struct Hands {
    /// What the clock showed at `since`.
    shown: Timestamp,
    since: Instant,
    /// Simulated seconds per real second; 0 stands still.
    speed: f64,
}

impl VirtualClock {
    /// The system's time.
    pub fn real() -> VirtualClock {
        VirtualClock::fast(1.0)
    }

    /// From the system's time on, `speed` simulated seconds per real second. Not a number, or negative: it stands still.
    pub fn fast(speed: f64) -> VirtualClock {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let shown = Timestamp::from_unix_millis(i64::try_from(unix.as_millis()).unwrap_or(i64::MAX));
        VirtualClock::new(shown, if speed.is_finite() { speed.max(0.0) } else { 0.0 })
    }

    /// Shows `now` until [`VirtualClock::advance`].
    pub fn still(now: Timestamp) -> VirtualClock {
        VirtualClock::new(now, 0.0)
    }

    fn new(shown: Timestamp, speed: f64) -> VirtualClock {
        VirtualClock(Arc::new(Mutex::new(Hands { shown, since: Instant::now(), speed })))
    }

    /// Moves the hands forward.
    pub fn advance(&self, by: Duration) {
        let mut hands = lock(&self.0);
        hands.shown = hands.shown + by;
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        let hands = lock(&self.0);
        hands.shown + hands.since.elapsed().mul_f64(hands.speed)
    }
}

impl Default for VirtualClock {
    fn default() -> VirtualClock {
        VirtualClock::real()
    }
}
