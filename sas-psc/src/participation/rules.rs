//! The rules: SAS's own six, or the strict ones that close their gaps.
//!
//! SAS's are those of `EffectorSettingsValidConstraintValidator.php`; they apply to a participant only. What they let
//! through and [`Mode::Strict`] does not: SOS Médecins without a SIRET or with a false one; the two hours left
//! unanswered where they must be declared (in PHP `null == "0"` is false); a way outside 1 to 4; a FINESS of a wrong
//! format, for which SAS holds a message that nothing raises. Two more gaps cannot arise here: answers come back as
//! they were given (SAS's page reloads the two hours as always declared), and an ADELI number is text, never an integer.

use super::settings::{Settings, Via};
use crate::error::{Code, Lang};
use crate::id::{Finess, Siret};

/// Which rules apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// SAS's rules with their gaps closed.
    #[default]
    Strict,
    /// SAS's rules as they are, with SAS's messages word for word.
    Compatible,
}

/// One answer that must change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    field: &'static str,
    code: Code,
    verbatim: Option<&'static str>,
}

impl Problem {
    pub(super) const fn new(field: &'static str, code: Code) -> Problem {
        Problem { field, code, verbatim: None }
    }

    /// With SAS's own words in [`Mode::Compatible`], where it has some.
    pub(super) fn in_mode(field: &'static str, code: Code, mode: Mode, verbatim: &[(Code, &'static str)]) -> Problem {
        Problem::in_words(field, code, mode, verbatim.iter().find(|row| row.0 == code).map(|row| row.1))
    }

    /// The same where SAS's words follow from more than the rule.
    pub(super) fn in_words(field: &'static str, code: Code, mode: Mode, words: Option<&'static str>) -> Problem {
        Problem { field, code, verbatim: words.filter(|_| mode == Mode::Compatible) }
    }

    /// The field at fault, as SAS names it: `participation_sas_via`.
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// Which rule: `settings-…`.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What to tell the person. From [`Mode::Compatible`] it is SAS's message, in the language that SAS wrote it in.
    pub fn message(&self, lang: Lang) -> &'static str {
        self.verbatim.unwrap_or_else(|| self.code.message(lang))
    }

    /// What to do about it.
    pub fn hint(&self, lang: Lang) -> &'static str {
        self.code.hint(lang)
    }
}

/// The messages of `EffectorSettingsValidConstraint.php`, word for word.
const VERBATIM: &[(Code, &str)] = &[
    (Code::SETTINGS_VIA_MISSING, "Missing SAS participation method."),
    (Code::SETTINGS_FINESS_MISSING, "Missing FINESS number."),
    (Code::SETTINGS_FINESS_UNKNOWN, "Not existing FINESS number."),
    (Code::SETTINGS_LOCATION_MISSING, "Veuillez indiquer au moins un lieu d'activité."),
    (Code::SETTINGS_SOFTWARE_MISSING, "Veuillez indiquer si vous disposez d'un logiciel de rendez-vous."),
    (
        Code::SETTINGS_HOURS_MISSING,
        "Veuillez déclarer sur l'honneur la mise à disposition de disponibilités pour le SAS.",
    ),
];

/// Every problem of the answers, in the order of SAS's rules.
pub(super) fn problems(settings: &Settings, mode: Mode, known_finess: impl Fn(&str) -> Option<bool>) -> Vec<Problem> {
    let mut found = Vec::new();
    if !settings.participation_sas {
        return found;
    }
    let (via, strict) = (settings.via(), mode == Mode::Strict);
    let mut add = |field, code| found.push(Problem::in_mode(field, code, mode, VERBATIM));

    match via {
        None => add("participation_sas_via", Code::SETTINGS_VIA_MISSING),
        Some(Via::Unknown(_)) if strict => add("participation_sas_via", Code::SETTINGS_VIA_UNKNOWN),
        _ => {}
    }
    if matches!(via, Some(Via::Cpts | Via::Msp)) {
        match settings.finess() {
            None => add("structure_finess", Code::SETTINGS_FINESS_MISSING),
            Some(text) if strict && Finess::parse(text).is_err() => {
                add("structure_finess", Code::SETTINGS_FINESS_INVALID);
            }
            Some(text) if !could_be_known(text) || known_finess(text) == Some(false) => {
                add("structure_finess", Code::SETTINGS_FINESS_UNKNOWN);
            }
            Some(_) => {}
        }
    }
    if via == Some(Via::Cpts) && settings.locations().next().is_none() {
        add("cpts_locations", Code::SETTINGS_LOCATION_MISSING);
    }
    if via == Some(Via::SosMedecins) && strict {
        match settings.siret() {
            None => add("siret", Code::SETTINGS_SIRET_MISSING),
            Some(text) if Siret::parse(text).is_err() => add("siret", Code::SETTINGS_SIRET_INVALID),
            Some(_) => {}
        }
    }
    if matches!(via, Some(Via::Individual | Via::Cpts | Via::Msp)) && settings.has_software.is_none() {
        add("has_software", Code::SETTINGS_SOFTWARE_MISSING);
    }
    let declared = settings.hours_available;
    if settings.needs_hours() && (declared == Some(false) || (strict && declared.is_none())) {
        add("hours_available", Code::SETTINGS_HOURS_MISSING);
    }
    found
}

/// Whether a directory of FINESS could hold it at all: without a directory at hand SAS's answer to the rest is sure.
fn could_be_known(text: &str) -> bool {
    text.len() == 9 && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
}

#[cfg(test)]
mod tests;
