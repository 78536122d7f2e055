//! The settings as a person fills them in: answers, not yet judged.
//!
//! Fields and names are those of the entity `sas_snp_user_data` (`SasSnpUserData.php`). `None` is a question without
//! an answer: SAS keeps it apart from "no". The number of the person is not here: an account has it, as text, because
//! an ADELI number may start with 0.

use super::words::Label;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How an effector takes part (`participation_sas_via`). SAS publishes no value set: the four codes stand in its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
#[non_exhaustive]
pub enum Via {
    /// 1, «à titre individuel».
    Individual,
    /// 2, «via ma CPTS».
    Cpts,
    /// 3, «via ma MSP».
    Msp,
    /// 4, «via mon association SOS Médecins».
    SosMedecins,
    /// A code that is not known here. SAS lets it pass; the strict rules do not.
    Unknown(i64),
}

impl Via {
    /// The four ways, in the order of the form.
    pub const ALL: [Via; 4] = [Via::Individual, Via::Cpts, Via::Msp, Via::SosMedecins];

    /// The way with this code.
    pub const fn from_code(code: i64) -> Via {
        match code {
            1 => Via::Individual,
            2 => Via::Cpts,
            3 => Via::Msp,
            4 => Via::SosMedecins,
            other => Via::Unknown(other),
        }
    }

    /// The code that SAS stores.
    pub const fn code(self) -> i64 {
        match self {
            Via::Individual => 1,
            Via::Cpts => 2,
            Via::Msp => 3,
            Via::SosMedecins => 4,
            Via::Unknown(code) => code,
        }
    }

    /// The words of the form; none for an unknown code.
    pub const fn label(self) -> Option<Label> {
        match self {
            Via::Individual => Some(Label::ViaIndividual),
            Via::Cpts => Some(Label::ViaCpts),
            Via::Msp => Some(Label::ViaMsp),
            Via::SosMedecins => Some(Label::ViaSosMedecins),
            Via::Unknown(_) => None,
        }
    }
}

impl From<i64> for Via {
    fn from(code: i64) -> Via {
        Via::from_code(code)
    }
}

impl From<Via> for i64 {
    fn from(via: Via) -> i64 {
        via.code()
    }
}

/// The answers of an effector. [`Settings::validate`] makes them a [`ValidSettings`](super::ValidSettings).
///
/// The serde form is ours and strict, for a draft; [`check_json`](super::check_json) reads SAS's tolerantly.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// «Je participe au SAS».
    pub participation_sas: bool,
    /// How; asked when participating.
    pub participation_sas_via: Option<Via>,
    /// FINESS of the CPTS or MSP, as typed.
    pub structure_finess: Option<String>,
    /// Places of activity attached to the CPTS, as `rpps_rang` values.
    pub cpts_locations: Vec<String>,
    /// SIRET of the SOS Médecins association, as typed.
    pub siret: Option<String>,
    /// Whether an interfaced appointment software is used. `Some(true)` is a sworn declaration.
    pub has_software: Option<bool>,
    /// «Je refuse d'afficher mes créneaux…».
    pub editor_disabled: bool,
    /// Two hours a week on the SAS agenda. `Some(true)` is a sworn declaration.
    pub hours_available: Option<bool>,
    /// «Je participe au forfait de réorientation des urgences».
    pub forfait_reo_enabled: bool,
    /// The appointment software chosen, by the identifiers of the platform's list. SAS keeps them apart from the rest.
    pub editors: Vec<String>,
}

impl fmt::Debug for Settings {
    /// The answers, without the numbers of the structure and of the places.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("participation_sas", &self.participation_sas)
            .field("participation_sas_via", &self.participation_sas_via)
            .field("has_software", &self.has_software)
            .field("editor_disabled", &self.editor_disabled)
            .field("hours_available", &self.hours_available)
            .field("forfait_reo_enabled", &self.forfait_reo_enabled)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// How the person takes part, when they do; 0 is no answer for SAS.
    pub(super) fn via(&self) -> Option<Via> {
        self.participation_sas_via.filter(|via| self.participation_sas && via.code() != 0)
    }

    /// Whether the two hours a week must be declared: no software, or one whose slots are not shown; never with SOS
    /// Médecins.
    pub(super) fn needs_hours(&self) -> bool {
        let alone = match self.has_software {
            Some(software) => !software || self.editor_disabled,
            None => false,
        };
        self.participation_sas && self.via() != Some(Via::SosMedecins) && alone
    }

    /// The FINESS, unless blank.
    pub(super) fn finess(&self) -> Option<&str> {
        self.structure_finess.as_deref().filter(|text| !text.is_empty())
    }

    /// The SIRET, unless blank.
    pub(super) fn siret(&self) -> Option<&str> {
        self.siret.as_deref().filter(|text| !text.is_empty())
    }

    /// The places, without the blank ones, which SAS drops too.
    pub(super) fn locations(&self) -> impl Iterator<Item = &str> {
        self.cpts_locations.iter().map(String::as_str).filter(|text| !text.is_empty())
    }
}
