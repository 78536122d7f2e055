//! When a slot stands: its day and hours out of texts, on the clocks of its place.

use crate::base::{Timestamp, Zone};
use time::{Date, Duration, Month, PrimitiveDateTime};

/// The last minute of a day, which the form offers as an end.
pub(super) const LAST: u16 = 23 * 60 + 59;

/// The day and the hours of a slot that passed, in minutes of the day.
pub(super) struct Times {
    pub(super) date: Date,
    pub(super) from: u16,
    pub(super) to: u16,
    pub(super) zone: Zone,
}

/// Whether the clocks of the place show this minute on this day: in spring they skip some.
pub(super) fn shown(zone: Zone, date: Date, minute: u16) -> bool {
    zone.shows(at(date, minute))
}

/// Whether this minute of this day is past there, for the second time where autumn repeats it.
pub(super) fn past(zone: Zone, date: Date, minute: u16, now: Timestamp) -> bool {
    zone.last_moment(at(date, minute)) < now
}

fn at(date: Date, minute: u16) -> PrimitiveDateTime {
    date.midnight() + Duration::minutes(minute.into())
}

/// `2026-12-01`.
pub(super) fn day(text: &str) -> Option<Date> {
    let numbers = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let month = Month::try_from(text.get(5..7)?.parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(text.get(..4)?.parse().ok()?, month, text.get(8..)?.parse().ok()?).ok();
    date.filter(|_| numbers)
}

/// `08h00`, `0800` or `08:00`: the minute of the day, when it is one that the form offers.
pub(super) fn minute(text: &str) -> Option<u16> {
    let digits = match text.as_bytes() {
        [h1, h2, b'h' | b':', m1, m2] | [h1, h2, m1, m2] => [*h1, *h2, *m1, *m2],
        _ => return None,
    };
    let [h1, h2, m1, m2] = digits.map(|byte| u16::from(byte.wrapping_sub(b'0')));
    if [h1, h2, m1, m2].iter().any(|digit| *digit > 9) {
        return None;
    }
    let (hours, minutes) = (h1 * 10 + h2, m1 * 10 + m2);
    let at = hours * 60 + minutes;
    (hours < 24 && minutes < 60 && (minutes % 15 == 0 || at == LAST)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_quarters_and_the_end_of_a_day_are_offered() {
        for (text, at) in [("00h00", 0), ("0815", 495), ("23:45", 1425), ("23h59", 1439)] {
            assert_eq!(minute(text), Some(at), "{text}");
        }
        for text in ["", "8h00", "08h10", "24h00", "08h60", "0 15", "08x15", "08h000", "½h00"] {
            assert_eq!(minute(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        assert!(day("2028-02-29").is_some());
        for text in ["2026-02-29", "2026-13-01", "26-12-01", "2026/12/01", "2026-12-1", "+026-12-01", "2026-12-01T"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
