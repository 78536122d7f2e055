//! Settings as JSON in, the verdict as JSON out: what the command, the C face and the Python face share.

use super::absences::Absences;
use super::rules::{Mode, Problem};
use super::settings::Settings;
use super::slot::Slot;
use super::structure::StructureSettings;
use crate::base::Timestamp;
use crate::error::{Code, Error, Lang, Result};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::fmt;

/// The longest text that is read, in bytes.
const MAX: usize = 64 * 1024;

/// The verdict on settings: `{"valid","problems":[{"field","code","message"}],"payload"}`.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// Whether nothing must change.
    pub valid: bool,
    /// What must change.
    pub problems: Vec<CheckProblem>,
    /// The body for SAS; null when something must change.
    pub payload: Option<Value>,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("problems", &self.problems).finish_non_exhaustive()
    }
}

/// A problem, for JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CheckProblem {
    /// The field at fault, as SAS names it.
    pub field: &'static str,
    /// The number of the code.
    pub code: u32,
    /// What to tell the person.
    pub message: &'static str,
}

/// Checks settings written as SAS writes them (see [`Settings::from_sas`]), without a structure directory.
///
/// ```
/// use sas_psc::{Lang, participation::{Mode, check_json}};
///
/// let check = check_json(r#"{"participation_sas": true}"#, Mode::Compatible, Lang::Fr)?;
/// assert!(!check.valid);
/// assert_eq!(check.problems[0].message, "Missing SAS participation method."); // SAS's own words
/// # Ok::<(), sas_psc::Error>(())
/// ```
///
/// # Errors
/// `settings-unreadable` when the text is not a JSON object of at most 64 KiB; the same for all below.
pub fn check_json(json: &str, mode: Mode, lang: Lang) -> Result<Check> {
    let settings = Settings::from_sas(&members(json)?);
    let valid = settings.and_then(|settings| settings.validate(mode, |_| None));
    Ok(Check::of(valid.map(|valid| valid.payload()), lang))
}

/// The same for a structure ([`StructureSettings`]).
///
/// # Errors
/// `settings-unreadable`.
pub fn check_structure_json(json: &str, mode: Mode, lang: Lang) -> Result<Check> {
    let settings = StructureSettings::from_sas(&members(json)?);
    Ok(Check::of(settings.and_then(|settings| settings.validate(mode)), lang))
}

/// The same for a slot of the agenda ([`Slot`]), as it is at `now`.
///
/// # Errors
/// `settings-unreadable`.
pub fn check_slot_json(json: &str, mode: Mode, lang: Lang, now: Timestamp) -> Result<Check> {
    let slot = Slot::from_sas(&members(json)?);
    Ok(Check::of(slot.and_then(|slot| slot.validate(mode, now)), lang))
}

/// The same for absences from the agenda ([`Absences`]), as they are at `now`.
///
/// # Errors
/// `settings-unreadable`.
pub fn check_absences_json(json: &str, mode: Mode, lang: Lang, now: Timestamp) -> Result<Check> {
    let absences = Absences::from_sas(&members(json)?);
    Ok(Check::of(absences.and_then(|absences| absences.validate(mode, now)), lang))
}

/// The days on which a slot stands up to and with the day `until`, a member beside its own ([`Slot::days`]): the payload is
/// `{"days":["2026-12-01",…]}`.
///
/// # Errors
/// `settings-unreadable`.
pub fn slot_days_json(json: &str, mode: Mode, lang: Lang, now: Timestamp) -> Result<Check> {
    let members = members(json)?;
    let until = members.get("until").and_then(Value::as_str).unwrap_or_default();
    let days = Slot::from_sas(&members).and_then(|slot| slot.days(until, mode, now));
    Ok(Check::of(days.map(|days| json!({ "days": days })), lang))
}

/// The members of settings that come as text.
pub(crate) fn members(json: &str) -> Result<Map<String, Value>> {
    let unreadable = || Error::new(Code::SETTINGS_UNREADABLE);
    if json.len() > MAX {
        return Err(unreadable());
    }
    match serde_json::from_str(json) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(unreadable()),
    }
}

impl Check {
    fn of(verdict: std::result::Result<Value, Vec<Problem>>, lang: Lang) -> Check {
        let line = |problem: &Problem| CheckProblem {
            field: problem.field(),
            code: problem.code().number(),
            message: problem.message(lang),
        };
        match verdict {
            Ok(payload) => Check { valid: true, problems: Vec::new(), payload: Some(payload) },
            Err(problems) => Check { valid: false, problems: problems.iter().map(line).collect(), payload: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_has_its_fixed_shape() {
        let json = |text, mode, lang| serde_json::to_string(&check_json(text, mode, lang).unwrap()).unwrap();
        assert_eq!(
            json(r#"{"participation_sas":true,"participation_sas_via":4}"#, Mode::Strict, Lang::En),
            r#"{"valid":false,"problems":[{"field":"siret","code":8011,"message":"Missing SIRET number."}],"payload":null}"#
        );
        assert_eq!(
            json("{}", Mode::Strict, Lang::Fr),
            concat!(
                r#"{"valid":true,"problems":[],"payload":{"cpts_locations":[],"editor_disabled":false,"#,
                r#""forfait_reo_enabled":false,"has_software":null,"hours_available":false,"participation_sas":false,"#,
                r#""participation_sas_via":false,"siret":false,"structure_finess":null}}"#
            )
        );
    }

    #[test]
    fn what_is_not_an_object_is_no_settings() {
        let long = format!("{{\"siret\":\"{}\"}}", "0".repeat(MAX));
        for text in ["", "[]", "\"oui\"", "{", "null", long.as_str(), &"[".repeat(5000)] {
            assert_eq!(check_json(text, Mode::Strict, Lang::Fr).unwrap_err().code(), Code::SETTINGS_UNREADABLE);
        }
    }

    #[test]
    fn a_field_of_a_wrong_kind_is_a_problem_and_not_an_error() {
        let check = check_json(r#"{"participation_sas":"peut-être"}"#, Mode::Strict, Lang::Fr).unwrap();
        assert_eq!((check.valid, check.problems[0].field), (false, "participation_sas"));
        assert_eq!(check.problems[0].code, Code::SETTINGS_FIELD_UNREADABLE.number());
    }
}
