//! Time in Python is seconds since 1970 as a float; by default the system's.

use sas_psc::base::{Clock, Timestamp};
use sas_psc::drive::SystemClock;

/// A moment given by a caller, or now.
pub fn at(seconds: Option<f64>) -> Timestamp {
    seconds.map_or_else(|| SystemClock.now(), |seconds| Timestamp::from_unix_millis((seconds * 1000.0) as i64))
}

/// A moment for Python.
pub fn seconds(moment: Timestamp) -> f64 {
    moment.unix_millis() as f64 / 1000.0
}
