//! The rules over every combination of answers, judged by an oracle written from SAS's PHP.

use super::super::settings::{Settings, Via};
use super::{Mode, Problem, problems};
use crate::error::{Code, Lang};

const FINESS: &str = "540002698";
const OTHER_FINESS: &str = "750831133";
const SIRET: &str = "18751275100020";

/// A column as PHP sees it: NULL, or text.
type Column = Option<&'static str>;

/// What SAS's validator reads.
#[derive(Clone, Copy)]
struct Row {
    participation_sas: Column,
    participation_sas_via: Column,
    structure_finess: Column,
    cpts_locations: Column,
    has_software: Column,
    hours_available: Column,
    editor_disabled: Column,
}

/// PHP's `empty()`.
fn empty(column: Column) -> bool {
    matches!(column, None | Some("" | "0"))
}

/// PHP's `==` against non-empty text: NULL equals none of it.
fn eq(column: Column, text: &str) -> bool {
    column == Some(text)
}

/// `EffectorSettingsValidConstraintValidator::validate`, line by line.
fn oracle(row: Row) -> Vec<&'static str> {
    let mut violations = Vec::new();
    if !empty(row.participation_sas) {
        if empty(row.participation_sas_via) {
            violations.push("Missing SAS participation method.");
        }
        if eq(row.participation_sas_via, "2") || eq(row.participation_sas_via, "3") {
            if row.structure_finess.is_none() {
                violations.push("Missing FINESS number.");
            } else if !eq(row.structure_finess, FINESS) {
                violations.push("Not existing FINESS number.");
            }
        }
        if eq(row.participation_sas_via, "2") && row.cpts_locations.is_none() {
            violations.push("Veuillez indiquer au moins un lieu d'activité.");
        }
        if (eq(row.participation_sas_via, "1")
            || eq(row.participation_sas_via, "2")
            || eq(row.participation_sas_via, "3"))
            && row.has_software.is_none()
        {
            violations.push("Veuillez indiquer si vous disposez d'un logiciel de rendez-vous.");
        }
        if eq(row.has_software, "0") && eq(row.hours_available, "0") && !eq(row.participation_sas_via, "4") {
            violations.push("Veuillez déclarer sur l'honneur la mise à disposition de disponibilités pour le SAS.");
        }
        if eq(row.has_software, "1")
            && eq(row.hours_available, "0")
            && eq(row.editor_disabled, "1")
            && !eq(row.participation_sas_via, "4")
        {
            violations.push("Veuillez déclarer sur l'honneur la mise à disposition de disponibilités pour le SAS.");
        }
    }
    violations
}

impl Row {
    fn settings(self) -> Settings {
        let switch = |column: Column| column.map(|text| text == "1");
        Settings {
            participation_sas: self.participation_sas == Some("1"),
            participation_sas_via: self.participation_sas_via.map(|code| Via::from_code(code.parse().unwrap())),
            structure_finess: self.structure_finess.map(Into::into),
            cpts_locations: self.cpts_locations.map(Into::into).into_iter().collect(),
            has_software: switch(self.has_software),
            hours_available: switch(self.hours_available),
            editor_disabled: self.editor_disabled == Some("1"),
            ..Settings::default()
        }
    }

    /// Every combination, 2 × 7 × 3 × 3 × 2 × 4 × 2 of them.
    fn all() -> Vec<Row> {
        const SWITCH: [Column; 3] = [None, Some("0"), Some("1")];
        const YES_NO: [Column; 2] = [Some("0"), Some("1")];
        let mut rows = Vec::new();
        for participation_sas in YES_NO {
            for participation_sas_via in [None, Some("0"), Some("1"), Some("2"), Some("3"), Some("4"), Some("7")] {
                for has_software in SWITCH {
                    for hours_available in SWITCH {
                        for editor_disabled in YES_NO {
                            for structure_finess in [None, Some(FINESS), Some(OTHER_FINESS), Some("12")] {
                                for cpts_locations in [None, Some("1000213519")] {
                                    rows.push(Row {
                                        participation_sas,
                                        participation_sas_via,
                                        structure_finess,
                                        cpts_locations,
                                        has_software,
                                        hours_available,
                                        editor_disabled,
                                    });
                                }
                            }
                        }
                    }
                }
            }
        }
        rows
    }
}

fn directory(finess: &str) -> Option<bool> {
    Some(finess == FINESS)
}

fn codes(problems: &[Problem]) -> Vec<Code> {
    problems.iter().map(Problem::code).collect()
}

#[test]
fn the_compatible_rules_answer_as_sas_does_for_every_combination() {
    let rows = Row::all();
    assert_eq!(rows.len(), 2016);
    for row in rows {
        let settings = row.settings();
        let ours: Vec<&str> =
            problems(&settings, Mode::Compatible, directory).iter().map(|p| p.message(Lang::En)).collect();
        assert_eq!(ours, oracle(row), "{settings:?}");
    }
}

#[test]
fn what_sas_refuses_the_strict_rules_refuse_too() {
    for settings in Row::all().into_iter().map(Row::settings) {
        let (strict, compatible) =
            (problems(&settings, Mode::Strict, directory), problems(&settings, Mode::Compatible, directory));
        assert!(strict.len() >= compatible.len(), "{settings:?}");
        // A wrong form is told instead of "not existing"; the rest is the same.
        let wanted = codes(&compatible).into_iter().filter(|code| *code != Code::SETTINGS_FINESS_UNKNOWN);
        assert!(wanted.into_iter().all(|code| codes(&strict).contains(&code)), "{settings:?}");
    }
}

/// Settings that pass both modes, to be spoiled one answer at a time.
fn good(via: Via) -> Settings {
    Settings {
        participation_sas: true,
        participation_sas_via: Some(via),
        structure_finess: Some(FINESS.into()),
        cpts_locations: vec!["1000213519".into()],
        siret: Some(SIRET.into()),
        has_software: Some(false),
        hours_available: Some(true),
        ..Settings::default()
    }
}

/// Passes SAS's rules, and the strict ones name this one problem.
fn gap(settings: &Settings, field: &str, code: Code) {
    assert_eq!(problems(settings, Mode::Compatible, |_| None), [], "{settings:?}");
    let strict = problems(settings, Mode::Strict, |_| None);
    assert_eq!((strict.len(), strict[0].field(), strict[0].code()), (1, field, code), "{settings:?}");
}

#[test]
fn the_good_settings_pass() {
    for via in Via::ALL {
        for mode in [Mode::Strict, Mode::Compatible] {
            assert_eq!(problems(&good(via), mode, directory), []);
        }
    }
}

#[test]
fn gap_a_sos_medecins_without_siret_or_with_a_false_one() {
    let good = good(Via::SosMedecins);
    gap(&Settings { siret: None, ..good.clone() }, "siret", Code::SETTINGS_SIRET_MISSING);
    gap(&Settings { siret: Some(String::new()), ..good.clone() }, "siret", Code::SETTINGS_SIRET_MISSING);
    gap(&Settings { siret: Some("18751275100021".into()), ..good }, "siret", Code::SETTINGS_SIRET_INVALID);
}

#[test]
fn gap_b_two_hours_left_unanswered() {
    for via in [Via::Individual, Via::Cpts, Via::Msp] {
        let silent = Settings { hours_available: None, ..good(via) };
        gap(&silent, "hours_available", Code::SETTINGS_HOURS_MISSING);
        let refusing = Settings { has_software: Some(true), editor_disabled: true, ..silent.clone() };
        gap(&refusing, "hours_available", Code::SETTINGS_HOURS_MISSING);
        // Slots of a software are shown: nothing to declare.
        let showing = Settings { has_software: Some(true), ..silent };
        assert_eq!(problems(&showing, Mode::Strict, |_| None), []);
    }
}

#[test]
fn gap_c_a_way_outside_1_to_4() {
    gap(&good(Via::from_code(5)), "participation_sas_via", Code::SETTINGS_VIA_UNKNOWN);
    gap(&good(Via::from_code(-1)), "participation_sas_via", Code::SETTINGS_VIA_UNKNOWN);
}

#[test]
fn gap_d_a_finess_of_a_wrong_format() {
    for via in [Via::Cpts, Via::Msp] {
        let wrong_key = Settings { structure_finess: Some("123456789".into()), ..good(via) };
        gap(&wrong_key, "structure_finess", Code::SETTINGS_FINESS_INVALID);
        let short = Settings { structure_finess: Some("12".into()), ..good(via) };
        assert_eq!(codes(&problems(&short, Mode::Strict, |_| None)), [Code::SETTINGS_FINESS_INVALID]);
        assert_eq!(codes(&problems(&short, Mode::Compatible, |_| None)), [Code::SETTINGS_FINESS_UNKNOWN]);
    }
}

#[test]
fn without_a_directory_a_well_formed_finess_passes() {
    let settings = Settings { structure_finess: Some(OTHER_FINESS.into()), ..good(Via::Msp) };
    assert_eq!(problems(&settings, Mode::Strict, |_| None), []);
    assert_eq!(codes(&problems(&settings, Mode::Strict, directory)), [Code::SETTINGS_FINESS_UNKNOWN]);
}

#[test]
fn strict_messages_are_in_the_language_asked_for() {
    let empty = Settings { participation_sas: true, ..Settings::default() };
    let message = |mode, lang| problems(&empty, mode, |_| None)[0].message(lang);
    assert_eq!(message(Mode::Strict, Lang::Fr), "Veuillez indiquer comment vous participez au SAS.");
    for lang in [Lang::Fr, Lang::En] {
        assert_eq!(message(Mode::Compatible, lang), "Missing SAS participation method.");
    }
}

#[test]
fn in_its_own_language_a_strict_message_is_sas_s() {
    for (code, verbatim) in super::VERBATIM {
        assert!([code.message(Lang::Fr), code.message(Lang::En)].contains(verbatim), "{code}");
    }
}
