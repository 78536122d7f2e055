//! Who may save settings: the person, a délégataire, an administrator, the manager of the person's CPTS.

use super::*;
use crate::id::Finess;

#[test]
fn nobody_swears_for_another_and_anybody_allowed_may_take_an_answer_back() {
    let (mut play, now) = Play::in_state(State::SettingsWanted);
    let Play { policy, random, it, .. } = &mut play;
    let helper = sign_in(person("899700218896", 1));
    let before = it.to_stored().unwrap();
    for author in [Author::delegate(&helper, Lang::Fr), Author::administrator(&helper, Lang::Fr)] {
        let error = it.save_settings(sworn(Some(true)), &author, policy, random, now).unwrap_err();
        assert_eq!(error.code(), Code::DECLARATION_BY_ANOTHER, "{author:?}");
        assert!(it.to_stored().unwrap() == before, "nothing was saved");
        assert!(!format!("{author:?}").contains("899700218896"));
    }
    it.save_settings(sworn(Some(true)), &Author::person(Lang::Fr), policy, random, now).unwrap();
    let author = Author::delegate(&helper, Lang::Fr);
    let taken_back = it.save_settings(settings(), &author, policy, random, now).unwrap();
    for record in taken_back.iter().map(read) {
        let (fields, declared) = (record.fields(), record.fields().declared.clone().unwrap());
        assert_eq!(fields.event, consent::Event::Withdrawn);
        assert_eq!(declared.by.name(), "delegate");
        let facts = it.sign_in();
        assert_eq!(
            fields.principal,
            consent::principal(&policy.key, &facts.issuer, &facts.subject),
            "about the person"
        );
        assert_eq!(
            declared.by,
            consent::WrittenBy::Delegate(consent::principal(&policy.key, helper.issuer(), helper.subject()))
        );
    }
    assert_eq!(taken_back.len(), 3);
}

fn through_a_cpts(finess: Finess, has_software: bool) -> ValidSettings {
    let settings = Settings {
        participation_sas: true,
        participation_sas_via: Some(Via::Cpts),
        structure_finess: Some(finess.to_string()),
        cpts_locations: vec!["1000213519".into()],
        has_software: Some(has_software),
        hours_available: Some(true),
        ..Settings::default()
    };
    settings.validate(Mode::Strict, |_| None).unwrap()
}

#[test]
fn the_manager_of_a_cpts_writes_for_those_who_take_part_through_it() {
    let (theirs, another) = (Finess::parse("540002698").unwrap(), Finess::parse("010000024").unwrap());
    let (mut play, now) = Play::in_state(State::SettingsWanted);
    let Play { policy, random, it, .. } = &mut play;
    let helper = sign_in(person("899700218896", 1));
    let (myself, manager) = (Author::person(Lang::Fr), Author::cpts_manager(&helper, &[theirs], Lang::Fr));
    // Nothing is saved yet; on their own; through another CPTS.
    for saved in [None, Some(sworn(Some(true))), Some(through_a_cpts(another, false))] {
        if let Some(saved) = saved {
            it.save_settings(saved, &myself, policy, random, now).unwrap();
        }
        let before = it.to_stored().unwrap();
        let error = it.save_settings(through_a_cpts(theirs, false), &manager, policy, random, now).unwrap_err();
        assert_eq!(error.code(), Code::CPTS_NOT_MANAGED);
        assert!(it.to_stored().unwrap() == before, "nothing was saved");
    }
    let both = Author::cpts_manager(&helper, &[theirs, another], Lang::Fr);
    let sworn = it.save_settings(through_a_cpts(theirs, true), &both, policy, random, now).unwrap_err();
    assert_eq!(sworn.code(), Code::DECLARATION_BY_ANOTHER, "an oath is the person's");
    let moved = it.save_settings(through_a_cpts(theirs, false), &both, policy, random, now).unwrap();
    assert!(moved.is_empty(), "no declaration changed");
    let taken_back = it.save_settings(settings(), &manager, policy, random, now).unwrap();
    assert_eq!(taken_back.len(), 2);
    for record in taken_back.iter().map(read) {
        let by = record.fields().declared.as_ref().unwrap().by;
        let who = consent::principal(&policy.key, helper.issuer(), helper.subject());
        assert_eq!(by, consent::WrittenBy::CptsManager(who));
    }
    let error = it.save_settings(settings(), &manager, policy, random, now).unwrap_err();
    assert_eq!(error.code(), Code::CPTS_NOT_MANAGED, "who takes no part takes none through a CPTS");
}
