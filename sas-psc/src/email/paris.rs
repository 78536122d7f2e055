//! The hour and the day in Paris: what a mail and the page beside it say of an end.

use crate::base::{Timestamp, Zone};

/// The hour and minute on a clock in Paris.
pub fn hour(at: Timestamp) -> (u8, u8) {
    let local = Zone::PARIS.local(at);
    (local.hour(), local.minute())
}

/// The year, month and day there.
pub(super) fn day(at: Timestamp) -> (i32, u8, u8) {
    let local = Zone::PARIS.local(at);
    (local.year(), local.month().into(), local.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the changes of `zdump -v Europe/Paris`.
    #[test]
    fn the_changes_of_the_tz_database() {
        for (utc, hour_in_paris) in [
            ("2026-01-15T07:35:00Z", (8, 35)),
            ("2026-03-29T00:59:59Z", (1, 59)),
            ("2026-03-29T01:00:00Z", (3, 0)),
            ("2026-07-14T06:35:59Z", (8, 35)),
            ("2026-10-25T00:59:59Z", (2, 59)),
            ("2026-10-25T01:00:00Z", (2, 0)),
            ("2027-03-28T00:59:59Z", (1, 59)),
            ("2027-03-28T01:00:00Z", (3, 0)),
            ("2027-10-31T00:59:59Z", (2, 59)),
            ("2027-10-31T01:00:00Z", (2, 0)),
            ("2030-03-31T01:00:00Z", (3, 0)),
            ("2026-12-31T23:30:00Z", (0, 30)),
        ] {
            assert_eq!(hour(Timestamp::parse_rfc3339(utc).unwrap()), hour_in_paris, "{utc}");
        }
    }

    #[test]
    fn a_day_ends_at_midnight_in_paris() {
        for (utc, expected) in [
            ("2026-11-30T22:59:59Z", (2026, 11, 30)),
            ("2026-11-30T23:00:00Z", (2026, 12, 1)),
            ("2026-06-30T22:00:00Z", (2026, 7, 1)),
            ("2026-12-31T23:30:00Z", (2027, 1, 1)),
        ] {
            assert_eq!(day(Timestamp::parse_rfc3339(utc).unwrap()), expected, "{utc}");
        }
    }

    #[test]
    fn no_moment_panics() {
        for millis in [i64::MIN, i64::MAX, -1, 0] {
            let (_, month, _) = day(Timestamp::from_unix_millis(millis));
            assert!((1..=12).contains(&month));
            let (h, m) = hour(Timestamp::from_unix_millis(millis));
            assert!(h < 24 && m < 60);
        }
    }
}
