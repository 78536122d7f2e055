//! The settings of a structure: a health centre (by its FINESS) or an SOS Médecins association (by its SIRET).
//!
//! Fields are those of the entity `sas_structure_settings`, rules those of `StructureSettingsConstraintValidator.php` and of
//! the form `SasStructureSettingsPopinForm.php`, words those of `StructureLabelConstant.php`. [`Mode::Strict`] also checks the
//! number of the structure, which SAS takes as it comes.

use super::read::Reader;
use super::rules::{Mode, Problem};
use crate::error::{Code, Lang};
use crate::id::{Finess, Siret};
use serde_json::{Map, Value, json};
use std::fmt;

/// What the number of a structure is (`id_type`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StructureIdType {
    /// `finess`: a health centre.
    Finess,
    /// `siret`: an SOS Médecins association.
    Siret,
}

impl StructureIdType {
    /// The word that SAS stores.
    pub const fn word(self) -> &'static str {
        match self {
            StructureIdType::Finess => "finess",
            StructureIdType::Siret => "siret",
        }
    }

    /// The type with this word.
    pub fn from_word(word: &str) -> Option<StructureIdType> {
        [StructureIdType::Finess, StructureIdType::Siret].into_iter().find(|kind| kind.word() == word)
    }

    /// The title of the form.
    pub const fn title(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (StructureIdType::Finess, Lang::Fr) => "Je participe au SAS en tant que Centre de Santé",
            (StructureIdType::Finess, Lang::En) => "I take part in the SAS as a health centre",
            (StructureIdType::Siret, Lang::Fr) => "Je participe au SAS en tant qu'association SOS Médecins",
            (StructureIdType::Siret, Lang::En) => "I take part in the SAS as an SOS Médecins association",
        }
    }

    /// The sworn declaration of two hours a week, in its exact words; the English ones only help to read it.
    pub const fn hours(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (StructureIdType::Finess, Lang::Fr) => {
                "Je déclare sur l'honneur mettre en visibilité à minima 2 heures de disponibilité par semaine pour chaque médecin généraliste de mon centre de santé sur mon agenda de la plateforme numérique SAS"
            }
            (StructureIdType::Finess, Lang::En) => {
                "I declare on my honour that I show at least 2 hours of availability a week for each general practitioner of my health centre on my agenda of the SAS platform"
            }
            (StructureIdType::Siret, Lang::Fr) => {
                "Je déclare sur l'honneur mettre en visibilité à minima 2 heures de disponibilité par semaine pour chaque médecin généraliste de mon association SOS Médecins sur mon agenda de la plateforme numérique SAS"
            }
            (StructureIdType::Siret, Lang::En) => {
                "I declare on my honour that I show at least 2 hours of availability a week for each general practitioner of my SOS Médecins association on my agenda of the SAS platform"
            }
        }
    }
}

/// The answers of whoever manages a structure. [`StructureSettings::validate`] judges them.
///
/// ```
/// use sas_psc::participation::{Mode, StructureIdType, StructureSettings};
///
/// let mut settings = StructureSettings { sas_participation: true, ..StructureSettings::default() };
/// settings.structure_id = Some("540002698".into());
/// settings.id_type = Some("finess".into());
/// settings.hours_available = Some(true);
/// let problems = settings.validate(Mode::Strict).unwrap_err();
/// assert_eq!(problems[0].field(), "practitioner_count"); // a health centre says how many take part
///
/// settings.practitioner_count = Some(3);
/// assert_eq!(settings.validate(Mode::Strict).unwrap()["practitioner_count"], 3);
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct StructureSettings {
    /// Its FINESS or SIRET, as typed.
    pub structure_id: Option<String>,
    /// Which of the two: `finess` or `siret`.
    pub id_type: Option<String>,
    /// Whether it takes part.
    pub sas_participation: bool,
    /// Two hours a week for each general practitioner. `Some(true)` is a sworn declaration.
    pub hours_available: Option<bool>,
    /// How many professionals of a health centre take part.
    pub practitioner_count: Option<u32>,
}

impl fmt::Debug for StructureSettings {
    /// The answers, without the number of the structure.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StructureSettings")
            .field("id_type", &self.kind())
            .field("sas_participation", &self.sas_participation)
            .field("hours_available", &self.hours_available)
            .field("practitioner_count", &self.practitioner_count)
            .finish_non_exhaustive()
    }
}

/// What SAS says of a number, or of its type, that is missing.
const NO_ID: &str = "Impossible d'enregistrer les informations. Identifiant de structure manquant (FINESS ou SIRET). Veuillez contacter un administrateur.";

/// SAS's messages, word for word.
const VERBATIM: &[(Code, &str)] = &[
    (Code::SETTINGS_STRUCTURE_MISSING, NO_ID),
    (Code::SETTINGS_ID_TYPE, NO_ID),
    (
        Code::SETTINGS_HOURS_MISSING,
        "Veuillez déclarer sur l'honneur la mise à disposition de disponibilités pour le SAS.",
    ),
    (Code::SETTINGS_PRACTITIONERS_MISSING, "Veuillez préciser le nombre d'effecteur pour la structure."),
];

impl StructureSettings {
    /// Reads the members of SAS's body or answer, as [`Settings::from_sas`](super::Settings::from_sas) does.
    ///
    /// # Errors
    /// A problem `settings-field-unreadable` for each member of a wrong kind.
    pub fn from_sas(members: &Map<String, Value>) -> Result<StructureSettings, Vec<Problem>> {
        let mut reader = Reader::new(members);
        let settings = StructureSettings {
            structure_id: reader.text("structure_id"),
            id_type: reader.text("id_type"),
            sas_participation: reader.switch("sas_participation").unwrap_or(false),
            hours_available: reader.switch("hours_available"),
            practitioner_count: reader.count("practitioner_count"),
        };
        reader.done(settings)
    }

    /// What its number is, when that is said and known.
    pub fn kind(&self) -> Option<StructureIdType> {
        self.id_type.as_deref().and_then(StructureIdType::from_word)
    }

    /// Checks the answers, and gives the body of `POST /sas/api/drupal/structure/settings`. An interface internal to SAS takes
    /// it: the SDK sends it nowhere. As SAS's form does, it claims no hours for a structure that does not take part.
    ///
    /// # Errors
    /// Every [`Problem`] there is.
    pub fn validate(&self, mode: Mode) -> Result<Value, Vec<Problem>> {
        let (mut found, strict, kind) = (Vec::new(), mode == Mode::Strict, self.kind());
        let mut add = |field, code| found.push(Problem::in_mode(field, code, mode, VERBATIM));
        match self.structure_id.as_deref() {
            None => add("structure_id", Code::SETTINGS_STRUCTURE_MISSING),
            Some(text) if strict => match kind {
                Some(StructureIdType::Finess) if Finess::parse(text).is_err() => {
                    add("structure_id", Code::SETTINGS_FINESS_INVALID);
                }
                Some(StructureIdType::Siret) if Siret::parse(text).is_err() => {
                    add("structure_id", Code::SETTINGS_SIRET_INVALID);
                }
                _ => {}
            },
            Some(_) => {}
        }
        if kind.is_none() && (strict || self.id_type.is_none()) {
            add("id_type", Code::SETTINGS_ID_TYPE);
        }
        if self.sas_participation && self.hours_available != Some(true) {
            add("hours_available", Code::SETTINGS_HOURS_MISSING);
        }
        let count = self.practitioner_count.unwrap_or(0);
        if self.sas_participation && kind == Some(StructureIdType::Finess) && count == 0 {
            add("practitioner_count", Code::SETTINGS_PRACTITIONERS_MISSING);
        }
        if !found.is_empty() {
            return Err(found);
        }
        Ok(json!({
            "structure_id": self.structure_id,
            "id_type": self.id_type,
            "sas_participation": self.sas_participation,
            "hours_available": self.sas_participation && self.hours_available == Some(true),
            "practitioner_count": (kind != Some(StructureIdType::Siret)).then_some(count),
        }))
    }
}
