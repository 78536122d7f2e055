//! Settings that passed: the evidence that onboarding takes, their sworn declarations, and the body SAS's form sends.
//!
//! The body follows `getSasPayload()` of `DashboardSettingsModal.component.vue`, with one difference: it never claims
//! two hours for a person who does not take part (SAS's page does). The interface that takes it is internal to SAS:
//! the SDK makes the body, it sends it nowhere.

use super::rules::{Mode, Problem, problems};
use super::settings::{Settings, Via};
use super::words::Declaration;
use crate::base::{from_stored, to_stored};
use crate::error::{Code, Error, Result};
use crate::id::Finess;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

impl Settings {
    /// Checks the answers; what they need to become [`ValidSettings`].
    ///
    /// `known_finess` says whether the structure directory holds a FINESS; `None` when there is no directory to ask.
    ///
    /// # Errors
    /// Every [`Problem`] there is, in the order of SAS's rules.
    pub fn validate(
        &self,
        mode: Mode,
        known_finess: impl Fn(&str) -> Option<bool>,
    ) -> std::result::Result<ValidSettings, Vec<Problem>> {
        let found = problems(self, mode, known_finess);
        if found.is_empty() { Ok(ValidSettings { settings: self.clone(), mode }) } else { Err(found) }
    }
}

/// Settings that passed the rules of a [`Mode`]; only [`Settings::validate`] makes them.
///
/// The serde form is checked again when it is read, except against the structure directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form", into = "Form")]
pub struct ValidSettings {
    settings: Settings,
    mode: Mode,
}

/// The stored form, unchecked.
#[derive(Serialize, Deserialize)]
struct Form {
    settings: Settings,
    mode: Mode,
}

const VERSION: u32 = 1;

impl ValidSettings {
    /// The answers.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The rules they passed.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Whether the person takes part through one of these CPTS, whose manager may then write the settings too.
    pub fn takes_part_through(&self, cpts: &[Finess]) -> bool {
        let finess = self.settings.finess().filter(|_| self.settings.via() == Some(Via::Cpts));
        finess.and_then(|text| Finess::parse(text).ok()).is_some_and(|finess| cpts.contains(&finess))
    }

    /// What the person swears by these answers. When there is any, it is shown again before it is saved.
    pub fn declarations(&self) -> Vec<Declaration> {
        let settings = &self.settings;
        let asked = settings.via().is_some_and(|via| via != Via::SosMedecins);
        let sworn = |declaration: &Declaration| match declaration {
            Declaration::Software => settings.has_software == Some(true),
            Declaration::Hours => settings.hours_available == Some(true),
        };
        Declaration::ALL.into_iter().filter(|declaration| asked && sworn(declaration)).collect()
    }

    /// The body of `POST /sas/api/drupal/user/settings`, but for `user_id`: the number of the person, as text, without
    /// its type digit.
    ///
    /// What does not belong to the way of taking part goes as `false`, `null` or an empty list. With SOS Médecins the
    /// two hours go as `true`, as SAS's page sends them, since nobody is asked.
    pub fn payload(&self) -> Value {
        let settings = &self.settings;
        let via = settings.via();
        let hours = match settings.hours_available {
            _ if via == Some(Via::SosMedecins) => Some(true),
            // Only the compatible rules let this pass, and only as null.
            None if settings.needs_hours() => None,
            answer => Some(answer.unwrap_or(false)),
        };
        let finess = settings.finess().filter(|_| matches!(via, Some(Via::Cpts | Via::Msp)));
        let locations: Vec<&str> = settings.locations().filter(|_| via == Some(Via::Cpts)).collect();
        let siret = settings.siret().filter(|_| via == Some(Via::SosMedecins));
        json!({
            "editor_disabled": settings.editor_disabled,
            "forfait_reo_enabled": settings.forfait_reo_enabled,
            "participation_sas": settings.participation_sas,
            "participation_sas_via": via.map_or(Value::Bool(false), |via| via.code().into()),
            "has_software": settings.has_software,
            "hours_available": hours,
            "structure_finess": finess,
            "cpts_locations": locations,
            "siret": siret.map_or(Value::Bool(false), Value::from),
        })
    }

    /// The bytes to keep.
    ///
    /// # Errors
    /// `broken-invariant`, which no settings cause.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        to_stored(VERSION, self)
    }

    /// Reads them back and checks the answers again.
    ///
    /// # Errors
    /// `stored-form-newer`; `stored-form-unreadable` when they are not ours or no longer pass.
    pub fn from_stored(bytes: &[u8]) -> Result<ValidSettings> {
        from_stored(VERSION, bytes)
    }
}

impl TryFrom<Form> for ValidSettings {
    type Error = Error;

    fn try_from(Form { settings, mode }: Form) -> Result<ValidSettings> {
        settings.validate(mode, |_| None).map_err(|_| Error::new(Code::STORED_FORM_UNREADABLE))
    }
}

impl From<ValidSettings> for Form {
    fn from(ValidSettings { settings, mode }: ValidSettings) -> Form {
        Form { settings, mode }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(settings: &Settings, mode: Mode) -> Value {
        settings.validate(mode, |_| None).unwrap().payload()
    }

    /// Everything filled in, so that what does not belong to the way shows if it leaks.
    fn full(via: Via) -> Settings {
        Settings {
            participation_sas: true,
            participation_sas_via: Some(via),
            structure_finess: Some("540002698".into()),
            cpts_locations: vec!["1000213519".into(), String::new()],
            siret: Some("18751275100020".into()),
            has_software: Some(true),
            editors: vec!["12".into()],
            ..Settings::default()
        }
    }

    #[test]
    fn the_body_holds_what_belongs_to_the_way() {
        let common = json!({
            "editor_disabled": false, "forfait_reo_enabled": false, "participation_sas": true, "has_software": true,
            "hours_available": false, "structure_finess": null, "cpts_locations": [], "siret": false
        });
        let of = |differing: Value| {
            let mut body = common.clone();
            body.as_object_mut().unwrap().extend(differing.as_object().unwrap().clone());
            body
        };
        let cases = [
            (Via::Individual, json!({"participation_sas_via": 1})),
            (
                Via::Cpts,
                json!({"participation_sas_via": 2, "structure_finess": "540002698", "cpts_locations": ["1000213519"]}),
            ),
            (Via::Msp, json!({"participation_sas_via": 3, "structure_finess": "540002698"})),
            (Via::SosMedecins, json!({"participation_sas_via": 4, "siret": "18751275100020", "hours_available": true})),
        ];
        for (via, differing) in cases {
            assert_eq!(payload(&full(via), Mode::Strict), of(differing));
        }
    }

    #[test]
    fn who_does_not_take_part_sends_no_way_and_claims_no_hours() {
        let body = payload(&Settings { participation_sas: false, ..full(Via::Cpts) }, Mode::Strict);
        assert_eq!((&body["participation_sas_via"], &body["hours_available"]), (&json!(false), &json!(false)));
        assert_eq!((&body["structure_finess"], &body["cpts_locations"]), (&Value::Null, &json!([])));
    }

    #[test]
    fn what_passed_in_sas_s_rules_passes_again_as_sent() {
        let silent = Settings { has_software: Some(false), ..full(Via::Individual) };
        let body = payload(&silent, Mode::Compatible);
        assert_eq!(body["hours_available"], Value::Null); // as "no" SAS would refuse it
        let again = Settings::from_sas(body.as_object().unwrap()).unwrap();
        assert!(again.validate(Mode::Compatible, |_| None).is_ok());
    }

    #[test]
    fn sworn_is_what_was_asked_and_answered_yes() {
        let sworn = |settings: Settings| settings.validate(Mode::Strict, |_| None).unwrap().declarations();
        assert_eq!(sworn(full(Via::Individual)), [Declaration::Software]);
        let refusing = Settings { editor_disabled: true, hours_available: Some(true), ..full(Via::Msp) };
        assert_eq!(sworn(refusing.clone()), [Declaration::Software, Declaration::Hours]);
        assert_eq!(sworn(Settings { has_software: Some(false), ..refusing.clone() }), [Declaration::Hours]);
        assert_eq!(sworn(Settings { participation_sas: false, ..refusing }), []);
        assert_eq!(sworn(full(Via::SosMedecins)), []);
    }

    #[test]
    fn stored_settings_come_back_and_forged_ones_do_not() {
        let valid = full(Via::Cpts).validate(Mode::Strict, |_| None).unwrap();
        let bytes = valid.to_stored().unwrap();
        assert_eq!(ValidSettings::from_stored(&bytes).unwrap(), valid);

        let text = String::from_utf8(bytes).unwrap();
        for forged in
            [text.replace("540002698", "540002699"), text.replace("has_software\":true", "has_software\":null")]
        {
            assert_ne!(forged, text);
            let error = ValidSettings::from_stored(forged.as_bytes()).unwrap_err();
            assert_eq!(error.code(), Code::STORED_FORM_UNREADABLE);
        }
        let newer = text.replace("\"v\":1", "\"v\":2");
        assert_eq!(ValidSettings::from_stored(newer.as_bytes()).unwrap_err().code(), Code::STORED_FORM_NEWER);
    }

    #[test]
    fn debug_shows_no_number() {
        let shown = format!("{:?}", full(Via::Cpts).validate(Mode::Strict, |_| None).unwrap());
        assert!(!["540002698", "18751275100020", "1000213519"].iter().any(|number| shown.contains(number)), "{shown}");
    }
}
