//! Time as an argument. Nothing below layer 4 reads a clock: a caller passes `now`.

use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, Sub};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
///
/// Additions saturate. Stored as the bare number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From whole seconds, as in a JWT.
    pub const fn from_unix(seconds: i64) -> Timestamp {
        Timestamp(seconds.saturating_mul(1000))
    }

    /// From milliseconds.
    pub const fn from_unix_millis(millis: i64) -> Timestamp {
        Timestamp(millis)
    }

    /// Whole seconds, rounded down.
    pub const fn unix(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Milliseconds.
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Reads RFC 3339: `2026-11-23T08:00:00Z`.
    ///
    /// # Errors
    /// `time-invalid`.
    pub fn parse_rfc3339(text: &str) -> Result<Timestamp> {
        let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| Error::new(Code::TIME_INVALID))?;
        Ok(Timestamp(i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)))
    }

    /// Reads the date of an HTTP header (RFC 9110 §5.6.7, its one form in use): `Mon, 23 Nov 2026 08:00:00 GMT`.
    pub(crate) fn parse_http_date(text: &str) -> Option<Timestamp> {
        OffsetDateTime::parse(text.trim(), &Rfc2822).ok().map(|moment| Timestamp::from_unix(moment.unix_timestamp()))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with milliseconds only when there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).map(|t| t.format(&Rfc3339)) {
            Ok(Ok(text)) => f.write_str(&text),
            _ => write!(f, "{} ms", self.0),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Add<Duration> for Timestamp {
    type Output = Timestamp;
    fn add(self, wait: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Timestamp {
    type Output = Timestamp;
    fn sub(self, wait: Duration) -> Timestamp {
        Timestamp(self.0.saturating_sub(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Who tells the time to a driver: the system's clock, or a test's.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_there_and_back() {
        for text in ["2026-11-23T08:00:00Z", "1969-12-31T23:59:59Z", "2026-11-23T08:00:00.25Z"] {
            assert_eq!(Timestamp::parse_rfc3339(text).unwrap().to_string(), text);
        }
        assert_eq!(Timestamp::parse_rfc3339("2026-11-23T09:00:00+01:00").unwrap().to_string(), "2026-11-23T08:00:00Z");
        assert_eq!(Timestamp::parse_rfc3339("hier").unwrap_err().code(), Code::TIME_INVALID);
    }

    #[test]
    fn since_never_goes_below_zero() {
        let (early, late) = (Timestamp::from_unix(10), Timestamp::from_unix(12));
        assert_eq!(late.since(early), Duration::from_secs(2));
        assert_eq!(early.since(late), Duration::ZERO);
    }
}
