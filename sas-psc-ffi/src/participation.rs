//! `sas_psc_participation_check…`: settings of an effector or a structure, slots of the agenda, absences from it.

use crate::argument::Maybe;
use crate::export::export;
use crate::string::{json, sas_psc_string};
use sas_psc::Lang;
use sas_psc::base::Timestamp;
use sas_psc::participation::{
    Mode, check_absences_json, check_json, check_slot_json, check_structure_json, slot_days_json,
};
use std::ffi::c_char;

fn mode(compatible: bool) -> Mode {
    if compatible { Mode::Compatible } else { Mode::Strict }
}

export! {
    /// Checks an effector's participation settings: a JSON object of the members that SAS's own interface takes
    /// ("participation_sas", "participation_sas_via", "has_software"…). compatible: SAS's rules and words as they are, with
    /// their gaps. lang "fr" or "en", null for French. verdict is JSON: {"valid","problems":[{"field","code","message"}],
    /// "payload": the body for SAS, null when something must change}. SAS_PSC_ERROR_SETTINGS_UNREADABLE, here and below.
    fn sas_psc_participation_check(
        settings: *const c_char,
        compatible: bool,
        lang: Maybe<*const c_char>,
        verdict: *mut *mut sas_psc_string,
    ) -> Status {
        let lang = Lang::from_tag(lang.unwrap_or_default());
        verdict.give(json(&check_json(settings, mode(compatible), lang)?)?);
        Ok(())
    }

    /// The same for a structure: "structure_id", "id_type" ("finess" or "siret"), "sas_participation", "hours_available",
    /// "practitioner_count".
    fn sas_psc_participation_check_structure(
        settings: *const c_char,
        compatible: bool,
        lang: Maybe<*const c_char>,
        verdict: *mut *mut sas_psc_string,
    ) -> Status {
        let lang = Lang::from_tag(lang.unwrap_or_default());
        verdict.give(json(&check_structure_json(settings, mode(compatible), lang)?)?);
        Ok(())
    }

    /// The same for a slot of the agenda: "date" ("2026-12-01"), "start_hours" and "end_hours" ("08h00"), "max_patients" (-1:
    /// one appointment), "modalities" ("physical", "teleconsultation", "home"), "repeat" (1, Monday, to 7), "region" ("FR-RE").
    /// now in milliseconds since 1970: what is past by the clocks of the place is refused.
    fn sas_psc_participation_check_slot(
        slot: *const c_char,
        compatible: bool,
        lang: Maybe<*const c_char>,
        now: i64,
        verdict: *mut *mut sas_psc_string,
    ) -> Status {
        let lang = Lang::from_tag(lang.unwrap_or_default());
        let now = Timestamp::from_unix_millis(now);
        verdict.give(json(&check_slot_json(slot, mode(compatible), lang, now)?)?);
        Ok(())
    }

    /// The same for absences from the agenda: "vacation_mode" (from now on, without an end), "dates" (at most three, each with
    /// "value" and "end_value", the first and the last day), "region". now likewise.
    fn sas_psc_participation_check_absences(
        absences: *const c_char,
        compatible: bool,
        lang: Maybe<*const c_char>,
        now: i64,
        verdict: *mut *mut sas_psc_string,
    ) -> Status {
        let lang = Lang::from_tag(lang.unwrap_or_default());
        let now = Timestamp::from_unix_millis(now);
        verdict.give(json(&check_absences_json(absences, mode(compatible), lang, now)?)?);
        Ok(())
    }

    /// The days on which a slot stands, up to and with the day "until" beside its members ("2027-02-28", within a year): "payload"
    /// of the verdict is {"days":["2026-12-01",…]}. now likewise.
    fn sas_psc_participation_slot_days(
        slot: *const c_char,
        compatible: bool,
        lang: Maybe<*const c_char>,
        now: i64,
        verdict: *mut *mut sas_psc_string,
    ) -> Status {
        let lang = Lang::from_tag(lang.unwrap_or_default());
        let now = Timestamp::from_unix_millis(now);
        verdict.give(json(&slot_days_json(slot, mode(compatible), lang, now)?)?);
        Ok(())
    }
}
