//! The terms and the settings: each answer leaves one record, whatever is pressed twice, late or elsewhere.

use crate::refusal;
use sas_psc::consent::{Event, Leaf, Record, RecordId};
use sas_psc::drive::block_on;
use sas_psc::onboarding::{AccountId, State, Store};
use sas_psc::{Code, Lang};
use sas_psc_tests::{Site, TAB, TERMS_CHANGE};

/// A person whose e-mail is proven.
fn initialised(site: &Site) -> AccountId {
    let id = site.enter("physician").id;
    let code = site.mail_to(id, "kit@cabinet.invalid").code().unwrap();
    assert_eq!(site.code(id, TAB, &code).unwrap(), State::TermsWanted);
    id
}

fn records(site: &Site) -> Vec<Record> {
    let entries = block_on(site.sign_up.store().log_entries(0, u64::MAX)).unwrap();
    for entry in &entries {
        assert!(Leaf::opens(&entry.leaf, &entry.salt, &entry.record).unwrap());
    }
    entries.iter().map(|entry| Record::parse(&entry.record).unwrap()).collect()
}

#[test]
fn an_acceptance_is_a_record_of_the_bytes_shown() {
    let site = Site::new();
    let id = initialised(&site);
    let hash = site.terms(id, TAB).unwrap();
    site.accept(id, TAB).unwrap();
    let records = records(&site);
    let fields = records[0].fields();
    assert_eq!((records.len(), fields.event, fields.previous), (1, Event::Accepted, None));
    assert_eq!(fields.terms_hash.to_string(), hash);
    assert_eq!((fields.version.as_str(), fields.lang.as_str()), ("1", "fr"));
}

#[test]
fn refusing_and_then_accepting_leaves_two_records_that_follow() {
    let site = Site::new();
    let id = initialised(&site);
    assert_eq!(site.refuse(id, TAB).unwrap(), State::TermsRefused);
    assert_eq!(site.accept(id, TAB).unwrap(), State::SettingsWanted);
    let records = records(&site);
    let events: Vec<Event> = records.iter().map(|record| record.fields().event).collect();
    assert_eq!(events, [Event::Refused, Event::Accepted]);
    assert_eq!(records[1].fields().previous.map(|RecordId(id)| id), Some(records[0].id().0));
}

#[test]
fn the_button_pressed_twice_leaves_one_record() {
    let site = Site::new();
    let id = initialised(&site);
    let hash = site.terms(id, TAB).unwrap();
    let press = || block_on(site.sign_up.accept_terms(id, TAB, &hash, true));
    assert!(press().is_ok());
    assert_eq!(refusal(press()), Code::STEP_OUT_OF_ORDER);
    assert_eq!(site.log_size(), 1);
}

#[test]
fn a_box_left_unticked() {
    let site = Site::new();
    let id = initialised(&site);
    let hash = site.terms(id, TAB).unwrap();
    let unticked = block_on(site.sign_up.accept_terms(id, TAB, &hash, false));
    assert_eq!(refusal(unticked), Code::TERMS_NOT_TICKED);
    assert_eq!(site.log_size(), 0);
    assert!(site.accept(id, TAB).is_ok());
}

#[test]
fn terms_that_changed_while_they_were_read() {
    let site = Site::new();
    let id = initialised(&site);
    let hash = site.terms(id, TAB).unwrap();
    site.clock.advance(TERMS_CHANGE);
    let old = block_on(site.sign_up.accept_terms(id, TAB, &hash, true));
    assert_eq!(refusal(old), Code::TERMS_CHANGED);
    assert_eq!(site.log_size(), 0);
    assert_ne!(site.terms(id, TAB).unwrap(), hash);
    assert_eq!(site.accept(id, TAB).unwrap(), State::SettingsWanted);
}

#[test]
fn terms_shown_in_another_session() {
    let site = Site::new();
    let id = initialised(&site);
    let hash = site.terms(id, TAB).unwrap();
    let elsewhere = block_on(site.sign_up.accept_terms(id, "tab-2", &hash, true));
    assert_eq!(refusal(elsewhere), Code::CONSENT_OTHER_SESSION);
    assert_eq!(site.log_size(), 0);
}

#[test]
fn terms_shown_in_the_other_language() {
    let site = Site::new();
    let id = initialised(&site);
    let french = site.terms(id, TAB).unwrap();
    let english = block_on(site.sign_up.present_terms(id, TAB, Lang::En)).unwrap().hash().to_string();
    let old_form = block_on(site.sign_up.accept_terms(id, TAB, &french, true));
    assert_eq!(refusal(old_form), Code::TERMS_CHANGED);
    assert!(block_on(site.sign_up.accept_terms(id, TAB, &english, true)).is_ok());
    assert_eq!(records(&site)[0].fields().lang, "en");
}

#[test]
fn no_step_is_skipped() {
    let site = Site::new();
    let id = site.enter("physician").id;
    assert_eq!(refusal(site.terms(id, TAB)), Code::STEP_OUT_OF_ORDER);
    assert_eq!(refusal(site.save(id)), Code::STEP_OUT_OF_ORDER);
    assert_eq!(refusal(site.deliver(id)), Code::STEP_OUT_OF_ORDER);
    assert_eq!(site.state(id), State::EmailWanted);
    let id = initialised(&site);
    assert_eq!(refusal(site.save(id)), Code::STEP_OUT_OF_ORDER, "settings come after the terms");
}

#[test]
fn settings_are_saved_again_by_an_active_account() {
    let site = Site::new();
    let id = site.open_account("physician", "kit@cabinet.invalid");
    assert_eq!(site.save(id).unwrap(), State::Active);
    assert_eq!(site.log_size(), 2, "the declaration that did not change is not recorded again");
}
