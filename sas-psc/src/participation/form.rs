//! The form as a pure function of the answers: what it asks, what it forces, whether «Enregistrer» is active.
//!
//! Follows `check()` and the template of `DashboardSettingsModal.component.vue`. An answer to a question that is no
//! longer asked does not count: [`Settings::settled`] drops it, so that nobody swears to what they do not see. SAS's
//! page keeps such answers, and ticks the two hours by itself; this form never ticks a declaration.

use super::settings::{Settings, Via};
use super::words::Label;
use crate::id::{Finess, Siret};

/// What the form shows for some answers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Form {
    /// Ask how the person takes part.
    pub asks_via: bool,
    /// Ask for the structure, with this label: its FINESS, or its SIRET for SOS Médecins.
    pub structure: Option<Label>,
    /// Ask which places belong to the CPTS.
    pub asks_locations: bool,
    /// Ask for an appointment software.
    pub asks_software: bool,
    /// Ask which software.
    pub asks_editors: bool,
    /// Ask for the sworn declaration of two hours a week.
    pub asks_hours: bool,
    /// The refusal to show slots.
    pub refusal: Refusal,
    /// Warn that without taking part there is no SAS pay ([`Label::NotEligible`]).
    pub warns_not_eligible: bool,
    /// Whether «Enregistrer» is active. SAS's form also wants a software chosen, which its server does not.
    pub can_save: bool,
}

/// How the refusal to show slots appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The person chooses.
    Free,
    /// Ticked, and cannot be changed: there is no software whose slots could be shown.
    Forced,
    /// Not shown: SOS Médecins.
    Hidden,
}

impl Form {
    /// The form for these answers, once settled.
    pub fn of(settings: &Settings) -> Form {
        let settings = settings.settled();
        let via = settings.via();
        let asks_software = matches!(via, Some(Via::Individual | Via::Cpts | Via::Msp));
        Form {
            asks_via: settings.participation_sas,
            structure: match via {
                Some(Via::Cpts) => Some(Label::NameOfCpts),
                Some(Via::Msp) => Some(Label::NameOfMsp),
                Some(Via::SosMedecins) => Some(Label::NameOfSosMedecins),
                _ => None,
            },
            asks_locations: via == Some(Via::Cpts),
            asks_software,
            asks_editors: asks_software && settings.has_software == Some(true) && !settings.editor_disabled,
            asks_hours: asks_software && settings.needs_hours(),
            refusal: match via {
                Some(Via::SosMedecins) => Refusal::Hidden,
                _ if asks_software && settings.has_software == Some(false) => Refusal::Forced,
                _ => Refusal::Free,
            },
            warns_not_eligible: settings.editor_disabled && !settings.participation_sas,
            can_save: !settings.participation_sas || can_save(&settings, via),
        }
    }
}

fn can_save(settings: &Settings, via: Option<Via>) -> bool {
    let finess = || settings.finess().is_some_and(|text| Finess::parse(text).is_ok());
    let siret = || settings.siret().is_some_and(|text| Siret::parse(text).is_ok());
    let software = || match settings.has_software {
        None => false,
        Some(true) if !settings.editor_disabled => !settings.editors.is_empty(),
        Some(_) => settings.hours_available == Some(true),
    };
    match via {
        Some(Via::Individual) => software(),
        Some(Via::Cpts) => settings.locations().next().is_some() && finess() && software(),
        Some(Via::Msp) => finess() && software(),
        Some(Via::SosMedecins) => siret(),
        Some(Via::Unknown(_)) | None => false,
    }
}

impl Settings {
    /// The answers without those to questions that are not asked, and with what the form forces: what to check and save
    /// of a form that was posted.
    pub fn settled(&self) -> Settings {
        let via = self.via();
        let mut settled = Settings {
            participation_sas: self.participation_sas,
            participation_sas_via: via,
            editor_disabled: self.editor_disabled,
            forfait_reo_enabled: self.forfait_reo_enabled,
            ..Settings::default()
        };
        match via {
            None | Some(Via::Unknown(_)) => return settled,
            Some(Via::SosMedecins) => {
                settled.editor_disabled = true;
                settled.siret = self.siret().map(str::to_owned);
                return settled;
            }
            Some(Via::Cpts) => {
                settled.structure_finess = self.finess().map(str::to_owned);
                settled.cpts_locations = self.locations().map(str::to_owned).collect();
            }
            Some(Via::Msp) => settled.structure_finess = self.finess().map(str::to_owned),
            Some(Via::Individual) => {}
        }
        settled.has_software = self.has_software;
        match self.has_software {
            Some(true) => settled.editors = self.editors.clone(),
            Some(false) => settled.editor_disabled = true,
            None => {}
        }
        if settled.needs_hours() {
            settled.hours_available = self.hours_available;
        }
        settled
    }
}

#[cfg(test)]
mod tests;
