//! The card path: the code, its tries, the certificate.

mod common;

use common::*;
use sas_psc_sim::Browser;

fn page(sim: &sas_psc_sim::Running) -> (Browser, String) {
    let mut browser = Browser::new();
    let page = browser.get(&authorization(sim, &[])).unwrap().location().unwrap();
    (browser, page)
}

#[test]
fn three_wrong_codes_block_the_card() {
    let sim = start();
    let (mut browser, page) = page(&sim);
    let mut try_pin =
        |pin: &str| browser.post(&format!("{page}/carte"), &[("card", "physician"), ("pin", pin)]).unwrap();
    assert!(try_pin("123").body.contains("Le code porteur a 4 chiffres."), "a code that is none costs no try");
    assert!(try_pin("0000").body.contains("Il vous reste 2 essais."));
    assert!(try_pin("0000").body.contains("Il vous reste 1 essai."));
    assert!(try_pin("0000").body.contains("Carte bloquée"));
    assert!(try_pin("1234").body.contains("Carte bloquée"), "the right code comes too late");
}

#[test]
fn a_right_code_gives_the_tries_back() {
    let sim = start();
    let (mut browser, page) = page(&sim);
    for pin in ["0000", "0000", "1234", "0000"] {
        let answer = browser.post(&format!("{page}/carte"), &[("card", "physician"), ("pin", pin)]).unwrap();
        assert!(!answer.body.contains("Carte bloquée"));
    }
}

#[test]
fn the_certificate_is_asked_for_in_the_guides_words() {
    let sim = start();
    let (mut browser, page) = page(&sim);
    let to = browser.post(&format!("{page}/carte"), &[("card", "nurse"), ("pin", "1234")]).unwrap().location().unwrap();
    let shown = browser.get(&to).unwrap().body;
    assert!(shown.contains("Veuillez poursuivre en sélectionnant le certificat lié à votre CPS"));
    assert!(shown.contains("Maël L&#39;ÉTANG-GARÇON"));
    let other = browser.post(&to, &[("certificate", "other")]).unwrap();
    assert_eq!((other.status, other.location()), (200, None));
    assert!(other.body.contains("pas celui d&#39;une carte CPS"));
    assert!(browser.post(&to, &[("certificate", "cps")]).unwrap().location().unwrap().starts_with(CALLBACK));
}

#[test]
fn cards_that_do_not_sign_in_get_a_page() {
    let sim = start();
    for (person, text) in [("revoked-card", "mise en opposition"), ("disabled", "désactivé")] {
        let (mut browser, page) = page(&sim);
        let card = [("card", person), ("pin", "1234")];
        let to = browser.post(&format!("{page}/carte"), &card).unwrap().location().unwrap();
        let answer = browser.post(&to, &[("certificate", "cps")]).unwrap();
        assert_eq!((answer.status, answer.location()), (200, None));
        assert!(answer.body.contains(text), "{}", answer.body);
    }
    let (mut browser, page) = page(&sim);
    let blocked = browser.post(&format!("{page}/carte"), &[("card", "blocked-card"), ("pin", "1234")]).unwrap();
    assert!(blocked.body.contains("Carte bloquée"));
    let none = browser.post(&format!("{page}/carte"), &[("card", "no-card"), ("pin", "1234")]).unwrap();
    assert!(none.body.contains("Aucune carte dans le lecteur."));
    let skipped = browser.post(&format!("{page}/certificat"), &[("certificate", "cps")]).unwrap();
    assert_eq!(skipped.status, 410, "no certificate before a code");
}

#[test]
fn leaving_goes_back_to_the_service() {
    let sim = start();
    let (mut browser, page) = page(&sim);
    let callback = browser.post(&format!("{page}/annuler"), &[]).unwrap().location().unwrap();
    assert_eq!(parameter(&callback, "error").as_deref(), Some("access_denied"));
    assert_eq!(browser.get(&page).unwrap().status, 410);
}

#[test]
fn every_person_with_a_card_signs_in_or_is_told_why() {
    let sim = start();
    for person in sas_psc_sim::everybody() {
        if !["disabled", "blocked-card", "revoked-card", "no-card"].contains(&person.key.as_str()) {
            let userinfo = userinfo(&sim, &tokens(&sim, &person.key)["access_token"]).json();
            assert_eq!(userinfo["SubjectNameID"], *person.id_nat);
            assert_eq!(userinfo["family_name"], *person.family_name);
        }
    }
}
