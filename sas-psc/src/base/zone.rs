//! Where a place's clocks stand, with no time zone database: metropolitan France and overseas, by ISO 3166-2 region.
//!
//! The regions and their zones are `TIMEZONE_REGION_MAPPING_TEXT` of SAS's `SasUserConstants.php`; any other region is in
//! metropolitan France. Offsets and the two zones with summer time are those of the IANA database (2025b); Europe's rule is
//! directive 2000/84/EC, right since 1996.

use super::Timestamp;
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime};

/// A time zone of France.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone {
    name: &'static str,
    /// Minutes east of Greenwich, in winter.
    minutes: i16,
    summer: Summer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Summer {
    None,
    /// From the last Sunday of March to the last of October, both at 01:00 UTC.
    Europe,
    /// From the second Sunday of March to the first of November, both at 02:00 of the clock before: Saint-Pierre-et-Miquelon.
    America,
}

const fn zone(name: &'static str, minutes: i16) -> Zone {
    Zone { name, minutes, summer: Summer::None }
}

const PARIS: Zone = Zone { summer: Summer::Europe, ..zone("Europe/Paris", 60) };

const OVERSEAS: &[(&str, Zone)] = &[
    ("FR-PF", zone("Pacific/Tahiti", -600)),
    ("FR-CP", zone("Pacific/Marquesas", -570)), // as SAS has it
    ("FR-GP", zone("America/Guadeloupe", -240)),
    ("FR-BL", zone("America/St_Barthelemy", -240)),
    ("FR-MF", zone("America/Marigot", -240)),
    ("FR-MQ", zone("America/Martinique", -240)),
    ("FR-GF", zone("America/Cayenne", -180)),
    ("FR-PM", Zone { summer: Summer::America, ..zone("America/Miquelon", -180) }),
    ("FR-YT", zone("Indian/Mayotte", 180)),
    ("FR-RE", zone("Indian/Reunion", 240)),
    ("FR-TF", zone("Indian/Kerguelen", 300)),
    ("FR-NC", zone("Pacific/Noumea", 660)),
    ("FR-WF", zone("Pacific/Wallis", 720)),
];

impl Zone {
    /// Metropolitan France.
    pub const PARIS: Zone = PARIS;

    /// The zone of a region, `FR-RE`; metropolitan France for any other of France, none for what is no region of it.
    pub fn of_region(region: &str) -> Option<Zone> {
        let overseas = OVERSEAS.iter().find(|(code, _)| *code == region).map(|(_, zone)| *zone);
        overseas.or_else(|| {
            let rest = region.strip_prefix("FR-")?;
            let known = (1..=3).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
            known.then_some(PARIS)
        })
    }

    /// Its name in the IANA database.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Minutes east of Greenwich at a moment.
    pub fn offset_minutes(self, at: Timestamp) -> i16 {
        let Ok(moment) = OffsetDateTime::from_unix_timestamp(at.unix()) else { return self.minutes };
        let (year, winter) = (moment.year(), i64::from(self.minutes) * 60);
        let between = match self.summer {
            Summer::None => None,
            Summer::Europe => {
                let end = |month| sunday(year, month, 31).map(|day| day + 3600);
                end(Month::March).zip(end(Month::October))
            }
            Summer::America => {
                let (from, to) = (sunday(year, Month::March, 14), sunday(year, Month::November, 7));
                from.map(|day| day + 7200 - winter).zip(to.map(|day| day + 7200 - winter - 3600))
            }
        };
        let summer = between.is_some_and(|(from, to)| (from..to).contains(&at.unix()));
        self.minutes + if summer { 60 } else { 0 }
    }

    /// The date and the time of day on the clocks there; those of 1970 for a moment that no calendar has.
    pub(crate) fn local(self, at: Timestamp) -> PrimitiveDateTime {
        let utc = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.unix_millis()) * 1_000_000);
        let utc = utc.unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let local = utc.checked_add(Duration::minutes(self.offset_minutes(at).into())).unwrap_or(utc);
        PrimitiveDateTime::new(local.date(), local.time())
    }

    /// The moments at which the clocks there show this, to the second, the later first: none in the hour that spring skips, two
    /// in the one that autumn repeats.
    fn moments(self, local: PrimitiveDateTime) -> impl Iterator<Item = Timestamp> {
        let at = move |offset| (self.counted(local, offset), offset);
        let both = [self.minutes, self.minutes + 60].into_iter().map(at);
        both.filter(move |(at, offset)| self.offset_minutes(*at) == *offset).map(|(at, _)| at)
    }

    fn counted(self, local: PrimitiveDateTime, offset: i16) -> Timestamp {
        Timestamp::from_unix(local.assume_utc().unix_timestamp() - i64::from(offset) * 60)
    }

    /// Whether the clocks there ever show this.
    pub(crate) fn shows(self, local: PrimitiveDateTime) -> bool {
        self.moments(local).next().is_some()
    }

    /// The last moment at which the clocks there show this; in the hour that they skip, as if they had not yet been put forward
    /// (so RFC 5545 §3.3.5).
    pub(crate) fn last_moment(self, local: PrimitiveDateTime) -> Timestamp {
        self.moments(local).next().unwrap_or_else(|| self.counted(local, self.minutes))
    }
}

/// Midnight, in UTC, of the last Sunday of a month that is not after this day.
fn sunday(year: i32, month: Month, day: u8) -> Option<i64> {
    let date = Date::from_calendar_date(year, month, day).ok()?;
    let back = i64::from(date.weekday().number_days_from_sunday()) * 86_400;
    Some(date.midnight().assume_utc().unix_timestamp() - back)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(region: &str, at: &str) -> i16 {
        Zone::of_region(region).unwrap().offset_minutes(Timestamp::parse_rfc3339(at).unwrap())
    }

    /// Python's zoneinfo says the same: `datetime(…, tzinfo=UTC).astimezone(ZoneInfo("Europe/Paris")).utcoffset()`.
    #[test]
    fn clocks_change_twice_a_year_where_they_do() {
        for (at, minutes) in [
            ("2026-03-29T00:59:59Z", 60),
            ("2026-03-29T01:00:00Z", 120),
            ("2026-10-25T00:59:59Z", 120),
            ("2026-10-25T01:00:00Z", 60),
            ("2027-03-28T01:00:00Z", 120),
        ] {
            assert_eq!(offset("FR-IDF", at), minutes, "Paris {at}");
        }
        for (at, minutes) in [
            ("2026-03-08T04:59:59Z", -180),
            ("2026-03-08T05:00:00Z", -120),
            ("2026-11-01T03:59:59Z", -120),
            ("2026-11-01T04:00:00Z", -180),
        ] {
            assert_eq!(offset("FR-PM", at), minutes, "Miquelon {at}");
        }
        for at in ["2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z"] {
            assert_eq!((offset("FR-RE", at), offset("FR-PF", at), offset("FR-CP", at)), (240, -600, -570));
        }
    }

    /// Python's zoneinfo says the same, of the autumn with `fold=1`: `datetime(…, tzinfo=ZoneInfo("Europe/Paris"), fold=1).timestamp()`.
    #[test]
    fn clocks_skip_an_hour_in_spring_and_repeat_one_in_autumn() {
        let local = |text: &str| {
            let moment = Timestamp::parse_rfc3339(&format!("{text}:00Z")).unwrap();
            zone("UTC", 0).local(moment)
        };
        let read = |region: &str, text| {
            let (zone, local) = (Zone::of_region(region).unwrap(), local(text));
            (zone.moments(local).count(), zone.last_moment(local).to_string())
        };
        for (region, text, shown, last) in [
            ("FR-IDF", "2027-03-28T01:45", 1, "2027-03-28T00:45:00Z"),
            ("FR-IDF", "2027-03-28T02:00", 0, "2027-03-28T01:00:00Z"),
            ("FR-IDF", "2027-03-28T02:59", 0, "2027-03-28T01:59:00Z"),
            ("FR-IDF", "2027-03-28T03:00", 1, "2027-03-28T01:00:00Z"),
            ("FR-IDF", "2026-10-25T01:59", 1, "2026-10-24T23:59:00Z"),
            ("FR-IDF", "2026-10-25T02:00", 2, "2026-10-25T01:00:00Z"),
            ("FR-IDF", "2026-10-25T02:59", 2, "2026-10-25T01:59:00Z"),
            ("FR-IDF", "2026-10-25T03:00", 1, "2026-10-25T02:00:00Z"),
            ("FR-PM", "2027-03-14T02:30", 0, "2027-03-14T05:30:00Z"),
            ("FR-PM", "2026-11-01T01:30", 2, "2026-11-01T04:30:00Z"),
            ("FR-PM", "2026-11-01T02:00", 1, "2026-11-01T05:00:00Z"),
            ("FR-RE", "2027-03-28T02:30", 1, "2027-03-27T22:30:00Z"),
            ("FR-RE", "2026-10-25T02:30", 1, "2026-10-24T22:30:00Z"),
        ] {
            assert_eq!(read(region, text), (shown, last.to_owned()), "{region} {text}");
        }
    }

    #[test]
    fn a_region_is_one_of_france() {
        assert_eq!(Zone::of_region("FR-ARA"), Some(Zone::PARIS));
        assert_eq!(Zone::of_region("FR-75"), Some(Zone::PARIS));
        for other in ["", "FR", "FR-", "BE-BRU", "FR-ÎDF", "FR-12345", "fr-re"] {
            assert_eq!(Zone::of_region(other), None, "{other}");
        }
    }
}
