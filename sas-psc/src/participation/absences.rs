//! Absences from the agenda of one place: from now on without an end, and up to three periods.
//!
//! Rules are those of the form `PopinIndispo.component.vue` and of `SasSnpController::unavailability`; SAS's search knows three
//! periods a place (`SnpConstant::SAS_MAX_VACATION_SLOT_NB`). What SAS lets through and [`Mode::Strict`] does not: a period that
//! is over, one whose hours run backwards within a day, two that overlap.

use super::read::Reader;
use super::rules::{Mode, Problem};
use super::times::day;
use crate::base::{Timestamp, Zone};
use crate::error::Code;
use serde_json::{Map, Value, json};
use time::{PrimitiveDateTime, Time};

/// The absences as a person fills them in; what is saved takes the place of all that was there. [`Absences::validate`] judges
/// them.
///
/// ```
/// use sas_psc::base::Timestamp;
/// use sas_psc::participation::{Absence, Absences, Mode};
///
/// let christmas = Absence { value: Some("2026-12-24".into()), end_value: Some("2026-12-31".into()) };
/// let absences = Absences { vacation_mode: Some(false), dates: vec![christmas], region: None };
/// let body = absences.validate(Mode::Strict, Timestamp::parse_rfc3339("2026-11-26T08:00:00Z")?).unwrap();
/// assert_eq!(body["dates"][0]["end_value"], "2026-12-31T23:59:59");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Absences {
    /// «Dès maintenant pour une durée indéterminée». The periods may stay beside it: they count again once it is off.
    pub vacation_mode: Option<bool>,
    /// The periods, at most three.
    pub dates: Vec<Absence>,
    /// The region of the place, as ISO 3166-2 writes it; metropolitan France when there is none.
    pub region: Option<String>,
}

/// A period: whole days, `2026-12-24`, as SAS's form has them, or with hours, `2026-12-24T08:00:00` on the clocks of the place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Absence {
    /// From: the first day.
    pub value: Option<String>,
    /// To: the last day, which is part of it.
    pub end_value: Option<String>,
}

/// One line of the form: its two fields, and SAS's messages word for word, which count the lines from 1.
struct Line {
    value: &'static str,
    end_value: &'static str,
    verbatim: [(Code, &'static str); 3],
}

macro_rules! line {
    ($at:literal, $number:literal) => {
        Line {
            value: concat!("dates[", $at, "].value"),
            end_value: concat!("dates[", $at, "].end_value"),
            verbatim: [
                (
                    Code::ABSENCE_START,
                    concat!("Une date de début est requise pour la période d'indisponibilité ", $number),
                ),
                (Code::ABSENCE_END, concat!("Une date de fin est requise pour la période d'indisponibilité ", $number)),
                (
                    Code::ABSENCE_ORDER,
                    concat!(
                        "La date de fin ne peut pas être antérieure à la date de début pour la période d'indisponibilité ",
                        $number
                    ),
                ),
            ],
        }
    };
}

const LINES: [Line; 3] = [line!(0, 1), line!(1, 2), line!(2, 3)];

/// The message of the server, word for word.
const VERBATIM: &[(Code, &str)] = &[(Code::ABSENCE_MODE, "Format non valide")];

impl Absences {
    /// Reads the members of SAS's body or answer, and the `region` of the place.
    ///
    /// # Errors
    /// A problem `settings-field-unreadable` for each member of a wrong kind.
    pub fn from_sas(members: &Map<String, Value>) -> Result<Absences, Vec<Problem>> {
        let mut reader = Reader::new(members);
        let absences = Absences {
            vacation_mode: reader.switch("vacation_mode"),
            dates: reader.rows("dates", ["value", "end_value"]).into_iter().map(Absence::of).collect(),
            region: reader.text("region"),
        };
        reader.done(absences)
    }

    /// Checks them, and gives the body of `POST /sas/json-api/unavailability/{node}`. An interface internal to SAS takes it: the SDK
    /// sends it nowhere.
    ///
    /// # Errors
    /// Every [`Problem`] there is, in the order of the form. A fourth period is not looked at: the form has no line for it.
    pub fn validate(&self, mode: Mode, now: Timestamp) -> Result<Value, Vec<Problem>> {
        let (mut found, strict) = (Vec::new(), mode == Mode::Strict);
        let zone = self.region.as_deref().map_or(Some(Zone::PARIS), Zone::of_region);
        if self.vacation_mode.is_none() {
            found.push(Problem::in_mode("vacation_mode", Code::ABSENCE_MODE, mode, VERBATIM));
        }
        if self.dates.len() > LINES.len() {
            found.push(Problem::new("dates", Code::ABSENCE_TOO_MANY));
        }
        let mut kept: Vec<(PrimitiveDateTime, PrimitiveDateTime)> = Vec::new();
        for (absence, line) in self.dates.iter().zip(&LINES) {
            let mut add = |field, code| found.push(Problem::in_mode(field, code, mode, &line.verbatim));
            let (from, to) = absence.read();
            let (Some(from), Some(to)) = (from, to) else {
                if from.is_none() {
                    add(line.value, Code::ABSENCE_START);
                }
                // SAS names one problem a line.
                if to.is_none() && (strict || from.is_some()) {
                    add(line.end_value, Code::ABSENCE_END);
                }
                continue;
            };
            // SAS's form knows days alone.
            let backwards = if strict { to <= from } else { to.date() < from.date() };
            if backwards {
                add(line.end_value, Code::ABSENCE_ORDER);
                continue;
            }
            if strict && zone.is_some_and(|zone| zone.last_moment(to) < now) {
                add(line.end_value, Code::ABSENCE_PAST);
            }
            if strict && kept.iter().any(|(begins, ends)| from < *ends && *begins < to) {
                add(line.value, Code::ABSENCE_OVERLAP);
            }
            kept.push((from, to));
        }
        if zone.is_none() {
            found.push(Problem::new("region", Code::SLOT_REGION));
        }
        if !found.is_empty() {
            return Err(found);
        }
        let dates: Vec<Value> =
            kept.iter().map(|(from, to)| json!({ "value": written(*from), "end_value": written(*to) })).collect();
        Ok(json!({ "vacation_mode": self.vacation_mode, "dates": dates }))
    }
}

impl Absence {
    fn of([value, end_value]: [Option<String>; 2]) -> Absence {
        Absence { value, end_value }
    }

    /// Its first and last second on the clocks of the place, where they are said and real.
    fn read(&self) -> (Option<PrimitiveDateTime>, Option<PrimitiveDateTime>) {
        let last = Time::MIDNIGHT - time::Duration::SECOND;
        let read = |text: &Option<String>, whole_day| text.as_deref().and_then(|text| moment(text, whole_day));
        (read(&self.value, Time::MIDNIGHT), read(&self.end_value, last))
    }
}

/// `2026-12-24`, at this time of the day, or `2026-12-24T08:00:00`.
fn moment(text: &str, whole_day: Time) -> Option<PrimitiveDateTime> {
    let Some((date, time)) = text.split_once('T') else { return Some(day(text)?.with_time(whole_day)) };
    let two = |at| time.get(at..at + 2).and_then(|digits| digits.parse().ok());
    let moment = day(date)?.with_time(Time::from_hms(two(0)?, two(3)?, two(6)?).ok()?);
    // As SAS does: what is written back differently was not written so.
    (written(moment) == text).then_some(moment)
}

/// `2026-12-24T08:00:00`.
fn written(moment: PrimitiveDateTime) -> String {
    let (hours, minutes, seconds) = moment.as_hms();
    format!("{}T{hours:02}:{minutes:02}:{seconds:02}", moment.date())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_of_days_or_of_seconds_of_the_calendar() {
        let read = |text| moment(text, Time::MIDNIGHT).map(written);
        assert_eq!(read("2028-02-29").as_deref(), Some("2028-02-29T00:00:00"));
        assert_eq!(read("2026-12-24T23:59:59").as_deref(), Some("2026-12-24T23:59:59"));
        for text in
            ["2026-02-30", "2026-12-24T24:00:00", "2026-12-24T8:00:00", "2026-12-24T08:00:00Z", "2026-12-24T+8:00:00"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn periods_that_touch_do_not_overlap() {
        let now = Timestamp::parse_rfc3339("2026-11-26T08:00:00Z").unwrap();
        let period = |value: &str, end: &str| Absence { value: Some(value.into()), end_value: Some(end.into()) };
        let dates =
            vec![period("2026-12-01T00:00:00", "2026-12-02T12:00:00"), period("2026-12-02T12:00:00", "2026-12-03")];
        let mut absences = Absences { vacation_mode: Some(false), dates, region: None };
        assert!(absences.validate(Mode::Strict, now).is_ok());
        absences.dates[1].value = Some("2026-12-02".into());
        assert_eq!(absences.validate(Mode::Strict, now).unwrap_err()[0].code(), Code::ABSENCE_OVERLAP);
    }
}
