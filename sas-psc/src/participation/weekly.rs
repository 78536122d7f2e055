//! The days that a weekly repeat makes: on which a slot stands, up to a last day.
//!
//! Which days they are follows `SasSnpController::slot`: beside the slot's own day SAS keeps, for each day of the week on which it
//! comes again, a recurring slot from the first such day on. SAS gives none of them an end: the last day is the caller's.

use super::rules::{Mode, Problem};
use super::slot::Slot;
use super::times::{day, shown};
use crate::base::Timestamp;
use crate::error::Code;
use std::iter::successors;
use time::Duration;

/// How many days are listed at most: those of a year.
const MAX: i64 = 366;

impl Slot {
    /// The days on which it stands, the first one first, up to and with `until`; at most 366.
    ///
    /// In [`Mode::Strict`] without those on which the clocks of the place skip its start or its end: there it does not stand.
    ///
    /// ```
    /// use sas_psc::base::Timestamp;
    /// use sas_psc::participation::{Mode, Slot};
    ///
    /// let slot = Slot {
    ///     date: Some("2026-12-01".into()), // a Tuesday
    ///     start_hours: Some("08h00".into()),
    ///     end_hours: Some("12h15".into()),
    ///     max_patients: Some(4),
    ///     modalities: vec!["physical".into()],
    ///     repeat: vec![2, 5],
    ///     region: None,
    /// };
    /// let now = Timestamp::parse_rfc3339("2026-11-26T08:00:00Z")?;
    /// let days = slot.days("2026-12-11", Mode::Strict, now).unwrap();
    /// assert_eq!(days, ["2026-12-01", "2026-12-04", "2026-12-08", "2026-12-11"]);
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Slot::validate`]; `slot-until` when `until` is no day within the year that starts with the slot's own.
    pub fn days(&self, until: &str, mode: Mode, now: Timestamp) -> Result<Vec<String>, Vec<Problem>> {
        let slot = self.times(mode, now)?;
        let within = |last: &time::Date| *last >= slot.date && *last - slot.date < Duration::days(MAX);
        let Some(last) = day(until).filter(within) else { return Err(vec![Problem::new("until", Code::SLOT_UNTIL)]) };
        let stands = |date: &time::Date| {
            let comes_again = self.repeat.contains(&date.weekday().number_from_monday().into());
            let skipped = !shown(slot.zone, *date, slot.from) || !shown(slot.zone, *date, slot.to);
            (*date == slot.date || comes_again) && !(mode == Mode::Strict && skipped)
        };
        let days = successors(Some(slot.date), |date| date.next_day()).take_while(|date| *date <= last);
        Ok(days.filter(stands).map(|date| date.to_string()).collect())
    }
}
