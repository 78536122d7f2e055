//! Calendar months: the same day of a later month, or its last day when it has fewer.

use crate::base::Timestamp;
use time::{Date, Month, OffsetDateTime};

/// The moment `months` later, by the calendar in UTC: 8 months after 30 June is 28 February, or 29.
///
/// ```
/// use sas_psc::base::Timestamp;
/// use sas_psc::onboarding::lifecycle::months_after;
///
/// let june = Timestamp::parse_rfc3339("2026-06-30T09:15:00Z")?;
/// assert_eq!(months_after(june, 8).to_string(), "2027-02-28T09:15:00Z");
/// # Ok::<(), sas_psc::Error>(())
/// ```
pub fn months_after(at: Timestamp, months: u32) -> Timestamp {
    let (whole, millis) = (at.unix_millis().div_euclid(1000), at.unix_millis().rem_euclid(1000));
    let Ok(moment) = OffsetDateTime::from_unix_timestamp(whole) else { return at };
    let count = i64::from(moment.year()) * 12 + i64::from(u8::from(moment.month())) - 1 + i64::from(months);
    let later = i32::try_from(count.div_euclid(12)).ok().and_then(|year| {
        let month = Month::try_from(u8::try_from(count.rem_euclid(12)).ok()? + 1).ok()?;
        Date::from_calendar_date(year, month, moment.day().min(month.length(year))).ok()
    });
    // Beyond the calendar: never.
    let Some(date) = later else { return Timestamp::from_unix_millis(i64::MAX) };
    Timestamp::from_unix_millis(date.with_time(moment.time()).assume_utc().unix_timestamp() * 1000 + millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_day_or_the_last_one_of_a_shorter_month() {
        for (from, months, to) in [
            ("2026-01-15T00:00:00Z", 8, "2026-09-15T00:00:00Z"),
            ("2026-01-31T23:59:59.5Z", 8, "2026-09-30T23:59:59.5Z"),
            ("2026-05-31T12:00:00Z", 9, "2027-02-28T12:00:00Z"),
            ("2027-06-29T12:00:00Z", 8, "2028-02-29T12:00:00Z"),
            ("2026-12-01T00:00:00Z", 1, "2027-01-01T00:00:00Z"),
            ("1969-12-31T00:00:00.25Z", 2, "1970-02-28T00:00:00.25Z"),
            ("2026-03-05T00:00:00Z", 0, "2026-03-05T00:00:00Z"),
        ] {
            assert_eq!(months_after(Timestamp::parse_rfc3339(from).unwrap(), months).to_string(), to, "{from}");
        }
        assert_eq!(months_after(Timestamp::from_unix(0), u32::MAX), Timestamp::from_unix_millis(i64::MAX));
    }
}
