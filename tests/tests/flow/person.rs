//! Who may enter, one account per number, and another person in the same browser.

use crate::refusal;
use sas_psc::Code;
use sas_psc::drive::block_on;
use sas_psc::email::LinkPage;
use sas_psc::onboarding::{AccountId, State, Store};
use sas_psc_sim::{Person, everybody};
use sas_psc_tests::{LinkToken, Site, TAB};
use serde_json::json;

/// A person whom `people.json` has not.
fn someone(key: &str, id_nat: &str, others: &[&str]) -> Person {
    let others: Vec<_> = others.iter().map(|id| json!({"identifiant": id, "origine": "RPPS", "qualite": 1})).collect();
    serde_json::from_value(json!({
        "key": key, "kind": "essai", "id_nat": id_nat, "given_name": "KIT", "family_name": "DOC0000001",
        "civility": "M", "shape": "v2", "enabled": true, "card": "valid", "ecps": true, "role": "10",
        "organization": ["", ""], "other_ids": others, "practices": [],
    }))
    .unwrap()
}

#[test]
fn everyone_with_a_number_of_their_own_enters() {
    let site = Site::new();
    for person in ["physician", "pharmacist", "intern", "locum", "adeli", "psi", "nurse"] {
        assert_eq!(site.enter(person).state, State::EmailWanted, "{person}");
    }
}

#[test]
fn staff_is_told_whom_to_ask_and_leaves_nothing_behind() {
    let site = Site::new();
    for (person, code) in [
        ("staff-finess", Code::ELIGIBILITY_STRUCTURE_STAFF),
        ("staff-siret", Code::ELIGIBILITY_STRUCTURE_STAFF),
        ("staff-cabinet", Code::ELIGIBILITY_PRACTICE_STAFF),
        ("opaque", Code::ELIGIBILITY_UNKNOWN_IDENTITY),
    ] {
        let signed_in = site.by_card(person).unwrap().sign_in;
        assert_eq!(refusal(site.welcome(&signed_in)), code, "{person}");
        let numbers = [signed_in.professional().id_nat.clone()];
        let left = block_on(site.sign_up.store().accounts_of(signed_in.issuer(), &numbers)).unwrap();
        assert!(left.is_empty(), "{person}");
    }
}

#[test]
fn a_number_already_used_leads_to_its_account_and_never_to_a_second() {
    let rpps = someone("rpps", "899700427885", &["899700427885"]);
    let psi = everybody().into_iter().find(|person| person.key == "psi").unwrap();
    let site = Site::of(vec![rpps, psi]);
    let id = site.open_account("rpps", "kit@cabinet.invalid");
    let back = site.enter("psi");
    assert_eq!((back.id, back.state), (id, State::Active), "the PSI identity lists the same RPPS");
    assert_eq!(site.enter("rpps").id, id);
}

#[test]
fn numbers_of_two_accounts_are_not_joined_silently() {
    let (rpps, adeli) = (someone("rpps", "899700427885", &[]), someone("adeli", "00B6087510", &[]));
    let both = someone("both", "899700427885", &["899700427885", "00B6087510"]);
    let site = Site::of(vec![rpps, adeli, both]);
    site.open_account("rpps", "un@cabinet.invalid");
    site.open_account("adeli", "deux@cabinet.invalid");
    let sign_in = site.by_card("both").unwrap().sign_in;
    assert_eq!(refusal(site.welcome(&sign_in)), Code::NUMBER_CLAIMED_TWICE);
}

#[test]
fn the_same_number_at_another_provider_is_another_person() {
    let (site, elsewhere) = (Site::new(), Site::new());
    let id = site.open_account("physician", "kit@cabinet.invalid");
    let sign_in = elsewhere.by_card("physician").unwrap().sign_in;
    let account = site.welcome(&sign_in).unwrap();
    assert_eq!(account.state, State::EmailWanted);
    assert_ne!(account.id, id);
}

#[test]
fn another_person_in_the_same_browser_inherits_nothing() {
    let site = Site::new();
    let first = site.enter("physician").id;
    let mail = site.mail_to(first, "kit@cabinet.invalid");
    let second = site.enter("nurse");
    assert_ne!(second.id, first);
    assert_eq!(second.state, State::EmailWanted);
    assert!(second.onboarding.address().is_none());
    let (code, token) = (mail.code().unwrap(), mail.link_token());
    assert_eq!(refusal(site.code(second.id, TAB, &code)), Code::STEP_OUT_OF_ORDER);
    assert_eq!(site.open(Some((second.id, TAB)), &token).unwrap(), LinkPage::Elsewhere);
    site.mail_to(second.id, "mael@cabinet.invalid");
    assert_eq!(refusal(site.code(second.id, TAB, &code)), Code::EMAIL_CODE_WRONG);
    assert_eq!(site.open(Some((second.id, TAB)), &token).unwrap(), LinkPage::Elsewhere);
    assert_eq!(refusal(site.confirm(second.id, TAB, &token)), Code::EMAIL_LINK_WRONG);
    assert_eq!(site.code(first, TAB, &code).unwrap(), State::TermsWanted, "and the first one lost nothing");
}

#[test]
fn another_person_does_not_answer_the_terms_shown_to_the_first() {
    let site = Site::new();
    let accounts =
        [("physician", "kit@cabinet.invalid"), ("nurse", "mael@cabinet.invalid")].map(|(person, address)| {
            let id = site.enter(person).id;
            site.code(id, TAB, &site.mail_to(id, address).code().unwrap()).unwrap();
            id
        });
    let hash = site.terms(accounts[0], TAB).unwrap();
    let answer = |id: AccountId| block_on(site.sign_up.accept_terms(id, TAB, &hash, true));
    assert_eq!(refusal(answer(accounts[1])), Code::STEP_OUT_OF_ORDER);
    assert!(answer(accounts[0]).is_ok());
    assert_eq!(site.log_size(), 1);
}
