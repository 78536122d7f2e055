//! A slot of the SAS agenda: when, for how many, in which ways, repeated on which days.
//!
//! Rules are those of the form `PopinCreateDispo.component.vue` and of `SasSnpController::slot`. Hours lie on the quarter, as the
//! form offers them (and 23h59 as the end of a day); a slot stays in its day. What is past is judged by the clocks of the place,
//! where SAS's page takes those of whoever fills it in.
//!
//! Clocks that change: [`Mode::Strict`] refuses a first day on which the clocks of the place skip the start or the end (in spring,
//! 02h00 to 02h59 in metropolitan France); SAS takes them. In the hour that autumn repeats, hours are taken as they are written,
//! for SAS keeps what clocks show and not moments: such a slot is past once its hour is past for the second time.

use super::read::Reader;
use super::rules::{Mode, Problem};
use super::times::{LAST, Times, day, minute, past, shown};
use crate::base::{Timestamp, Zone};
use crate::error::Code;
use serde_json::{Map, Value, json};
use time::Date;

/// The ways to be seen, as SAS writes them (`SnpConstant::SAS_MODALITIES`).
pub const MODALITIES: [&str; 3] = ["physical", "teleconsultation", "home"];

/// A slot as a person fills it in. [`Slot::validate`] judges it.
///
/// ```
/// use sas_psc::base::Timestamp;
/// use sas_psc::participation::{Mode, Slot};
///
/// let slot = Slot {
///     date: Some("2026-12-01".into()),
///     start_hours: Some("08h00".into()),
///     end_hours: Some("12h15".into()),
///     max_patients: Some(4),
///     modalities: vec!["physical".into()],
///     repeat: vec![2], // every Tuesday
///     region: Some("FR-RE".into()),
/// };
/// let body = slot.validate(Mode::Strict, Timestamp::parse_rfc3339("2026-11-26T08:00:00Z")?).unwrap();
/// assert_eq!(body["date"], "2026-12-01T08:00:00+04:00");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Slot {
    /// The day, `2026-12-01`; of a repeated slot the first.
    pub date: Option<String>,
    /// From: `08h00`, `0800` or `08:00`, on the quarter.
    pub start_hours: Option<String>,
    /// To, likewise; `23h59` ends the day.
    pub end_hours: Option<String>,
    /// How many patients within these hours; -1 for one appointment («créneau»).
    pub max_patients: Option<i64>,
    /// Some of [`MODALITIES`].
    pub modalities: Vec<String>,
    /// The days of the week on which it comes again, 1 (Monday) to 7.
    pub repeat: Vec<i64>,
    /// The region of the place, as ISO 3166-2 writes it; metropolitan France when there is none.
    pub region: Option<String>,
}

impl Slot {
    /// Reads the members of a body like SAS's, with a plain date and the `region` of the place.
    ///
    /// # Errors
    /// A problem `settings-field-unreadable` for each member of a wrong kind.
    pub fn from_sas(members: &Map<String, Value>) -> Result<Slot, Vec<Problem>> {
        let mut reader = Reader::new(members);
        let slot = Slot {
            date: reader.text("date"),
            start_hours: reader.text("start_hours"),
            end_hours: reader.text("end_hours"),
            max_patients: reader.number("max_patients"),
            modalities: reader.list("modalities"),
            repeat: reader.numbers("repeat"),
            region: reader.text("region"),
        };
        reader.done(slot)
    }

    /// Checks it, and gives the body that SAS's page sends, but for `schedule.id`, which SAS gives. An interface internal to SAS
    /// takes it: the SDK sends it nowhere.
    ///
    /// # Errors
    /// Every [`Problem`] there is, in the order of the form.
    pub fn validate(&self, mode: Mode, now: Timestamp) -> Result<Value, Vec<Problem>> {
        let Times { date, from, to, zone } = self.times(mode, now)?;
        let hours = |minute: u16, between| format!("{:02}{between}{:02}", minute / 60, minute % 60);
        Ok(json!({
            "schedule": { "timezone": zone.name() },
            "date": format!("{date}T{}:00{}", hours(from, ":"), offset(zone, now)),
            "start_hours": hours(from, ""),
            "end_hours": hours(to, ""),
            "modalities": self.modalities,
            "max_patients": self.max_patients,
            "repeat": self.repeat,
        }))
    }

    /// Its day and hours, when nothing must change.
    pub(super) fn times(&self, mode: Mode, now: Timestamp) -> Result<Times, Vec<Problem>> {
        let mut found = Vec::new();
        // Each with SAS's message, word for word, where it has one.
        let mut add = |field, code, words| found.push(Problem::in_words(field, code, mode, words));
        let zone = self.region.as_deref().map_or(Some(Zone::PARIS), Zone::of_region);
        let (date, from, to) = (
            self.date.as_deref().and_then(day),
            self.start_hours.as_deref().and_then(minute).filter(|from| *from != LAST),
            self.end_hours.as_deref().and_then(minute),
        );
        if date.is_none() {
            add("date", Code::SLOT_DATE, Some("Une date valide est obligatoire."));
        }
        let skipped = |date: Date, minute| mode == Mode::Strict && zone.is_some_and(|zone| !shown(zone, date, minute));
        match (date, from) {
            (_, None) => {
                let missing = self.start_hours.is_none();
                add("start_hours", Code::SLOT_HOURS, missing.then_some("L'heure de début doit être renseigné."));
            }
            (Some(date), Some(from)) if skipped(date, from) => add("start_hours", Code::SLOT_SKIPPED, None),
            (Some(date), Some(from)) => {
                if zone.is_some_and(|zone| past(zone, date, from, now)) {
                    add("start_hours", Code::SLOT_PAST, Some("Vous ne pouvez créer un créneau dans le passé."));
                }
            }
            (None, Some(_)) => {}
        }
        match (from, to) {
            (_, None) => {
                let missing = self.end_hours.is_none();
                add("end_hours", Code::SLOT_HOURS, missing.then_some("L'heure de fin doit être renseigné"));
            }
            (Some(from), Some(to)) if to <= from => {
                let words = "L'heure de début doit être antérieure à l'heure de fin.";
                add("end_hours", Code::SLOT_ORDER, Some(words));
            }
            (_, Some(to)) if date.is_some_and(|date| skipped(date, to)) => add("end_hours", Code::SLOT_SKIPPED, None),
            _ => {}
        }
        match self.max_patients {
            None => {
                let words = "Veuillez sélectionner un type (créneau ou plage horaire).";
                add("max_patients", Code::SLOT_KIND, Some(words));
            }
            Some(-1 | 1..) => {}
            Some(_) => add("max_patients", Code::SLOT_PATIENTS, Some("Nombre de patients incorrect.")),
        }
        let known = |modality: &String| MODALITIES.contains(&modality.as_str());
        if self.modalities.is_empty() {
            let words = "Veuillez sélectionner au moins un type de consultation.";
            add("modalities", Code::SLOT_MODALITIES, Some(words));
        } else if !self.modalities.iter().all(known) {
            add("modalities", Code::SLOT_MODALITIES, Some("Modalité est incorrect"));
        }
        if !self.repeat.iter().all(|day| (1..=7).contains(day)) {
            add("repeat", Code::SLOT_REPEAT, None);
        }
        if zone.is_none() {
            add("region", Code::SLOT_REGION, None);
        }
        match (date, from, to, zone) {
            (Some(date), Some(from), Some(to), Some(zone)) if found.is_empty() => Ok(Times { date, from, to, zone }),
            _ => Err(found),
        }
    }

    /// Whether SAS keeps it as recurring: its own day of the week is among those on which it comes again. Else it is dated, and
    /// comes again on the others.
    pub fn is_recurring(&self) -> bool {
        let day = self.date.as_deref().and_then(day).map(|date| i64::from(date.weekday().number_from_monday()));
        day.is_some_and(|day| self.repeat.contains(&day))
    }
}

/// `+04:00`, as SAS's page writes it: its interface of recurring slots takes Paris as it is in winter, all the year round.
fn offset(zone: Zone, now: Timestamp) -> String {
    let minutes = if zone == Zone::PARIS { 60 } else { zone.offset_minutes(now) };
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_recurring_when_its_own_day_comes_again() {
        let mut slot = Slot { date: Some("2026-12-01".into()), repeat: vec![2, 4], ..Slot::default() };
        assert!(slot.is_recurring(), "a Tuesday");
        slot.repeat = vec![4];
        assert!(!slot.is_recurring());
    }
}
