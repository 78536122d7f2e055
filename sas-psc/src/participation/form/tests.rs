//! The form, way by way, as SAS's page behaves; and over all answers, that it never lets a false promise through.

use super::super::{Declaration, Mode, Settings, Via};
use super::{Form, Refusal};

const FINESS: &str = "540002698";

fn via(via: Via) -> Settings {
    Settings { participation_sas: true, participation_sas_via: Some(via), ..Settings::default() }
}

/// Every combination of switches, for every way and none, with everything else filled in.
fn all() -> Vec<Settings> {
    let mut found = Vec::new();
    let ways = Via::ALL.into_iter().map(Some).chain([None, Some(Via::Unknown(9))]);
    for participation_sas_via in ways {
        for has_software in [None, Some(false), Some(true)] {
            for hours_available in [None, Some(false), Some(true)] {
                for bits in 0..8u8 {
                    found.push(Settings {
                        participation_sas: bits & 1 != 0,
                        participation_sas_via,
                        structure_finess: Some(FINESS.into()),
                        cpts_locations: vec!["1000213519".into()],
                        siret: Some("18751275100020".into()),
                        has_software,
                        editor_disabled: bits & 2 != 0,
                        hours_available,
                        editors: if bits & 4 != 0 { vec!["12".into()] } else { Vec::new() },
                        ..Settings::default()
                    });
                }
            }
        }
    }
    found
}

#[test]
fn who_does_not_take_part_may_always_save() {
    let form = Form::of(&Settings::default());
    assert!(form.can_save && !form.asks_via && !form.asks_software && !form.warns_not_eligible);
    let refusing = Form::of(&Settings { editor_disabled: true, ..Settings::default() });
    assert!(refusing.can_save && refusing.warns_not_eligible && refusing.refusal == Refusal::Free);
}

#[test]
fn without_a_way_nothing_more_is_asked_and_nothing_saved() {
    let form = Form::of(&Settings { participation_sas: true, ..Settings::default() });
    assert!(form.asks_via && !form.asks_software && form.structure.is_none() && !form.can_save);
}

#[test]
fn individual_without_software_must_declare_the_hours_and_cannot_show_slots() {
    let alone = Settings { has_software: Some(false), ..via(Via::Individual) };
    let form = Form::of(&alone);
    assert!(form.asks_hours && form.refusal == Refusal::Forced && !form.asks_editors && !form.can_save);
    assert!(alone.settled().editor_disabled);
    assert!(Form::of(&Settings { hours_available: Some(true), ..alone }).can_save);
}

#[test]
fn with_software_one_is_chosen_or_its_slots_are_refused_and_the_hours_declared() {
    let equipped = Settings { has_software: Some(true), ..via(Via::Individual) };
    let form = Form::of(&equipped);
    assert!(form.asks_editors && !form.asks_hours && form.refusal == Refusal::Free && !form.can_save);
    assert!(Form::of(&Settings { editors: vec!["12".into()], ..equipped.clone() }).can_save);
    let refusing = Settings { editor_disabled: true, ..equipped };
    assert!(Form::of(&refusing).asks_hours && !Form::of(&refusing).asks_editors && !Form::of(&refusing).can_save);
    assert!(Form::of(&Settings { hours_available: Some(true), ..refusing }).can_save);
}

#[test]
fn a_cpts_also_wants_its_finess_and_a_place_an_msp_its_finess() {
    let ready = |way| Settings { has_software: Some(false), hours_available: Some(true), ..via(way) };
    let named = |way| Settings { structure_finess: Some(FINESS.into()), ..ready(way) };
    assert!(!Form::of(&ready(Via::Msp)).can_save && Form::of(&named(Via::Msp)).can_save);
    assert!(!Form::of(&named(Via::Cpts)).can_save && Form::of(&named(Via::Cpts)).asks_locations);
    assert!(Form::of(&Settings { cpts_locations: vec!["1000213519".into()], ..named(Via::Cpts) }).can_save);
    assert!(!Form::of(&Settings { structure_finess: Some("123456789".into()), ..ready(Via::Msp) }).can_save);
}

#[test]
fn sos_medecins_wants_its_siret_alone_and_refuses_slots() {
    let sos = via(Via::SosMedecins);
    let form = Form::of(&sos);
    assert!(form.refusal == Refusal::Hidden && !form.asks_software && !form.asks_hours && !form.can_save);
    assert!(sos.settled().editor_disabled);
    assert!(Form::of(&Settings { siret: Some("18751275100020".into()), ..sos }).can_save);
}

#[test]
fn what_may_be_saved_passes_both_rules() {
    let savable = all().into_iter().filter(|settings| Form::of(settings).can_save);
    for settings in savable.inspect(|settings| assert_eq!(settings.settled(), settings.settled().settled())) {
        for mode in [Mode::Strict, Mode::Compatible] {
            assert!(settings.settled().validate(mode, |_| Some(true)).is_ok(), "{settings:?}");
        }
    }
}

#[test]
fn nobody_swears_to_what_is_not_asked() {
    for settings in all() {
        let form = Form::of(&settings);
        let Ok(valid) = settings.settled().validate(Mode::Strict, |_| None) else { continue };
        for declaration in valid.declarations() {
            let asked = match declaration {
                Declaration::Software => form.asks_software,
                Declaration::Hours => form.asks_hours,
            };
            assert!(asked, "{settings:?}");
        }
    }
}
