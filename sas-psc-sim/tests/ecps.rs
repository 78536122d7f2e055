//! The e-CPS path: two digits on one screen, three numbers on the other, and every way to leave.

mod common;

use common::*;
use sas_psc_sim::{Browser, Fault, Rule, Running};
use serde_json::json;
use std::time::Duration;

/// Opens the sign-in page, types the RPPS; the browser and the address of its sign-in page.
fn ask(sim: &Running, rpps: &str) -> (Browser, String) {
    let mut browser = Browser::new();
    let page = browser.get(&authorization(sim, &[])).unwrap().location().unwrap();
    let next = browser.post(&format!("{page}/e-cps"), &[("rpps", rpps)]).unwrap();
    assert_eq!(next.location().as_deref(), Some(format!("{page}/attente").as_str()), "{}", next.body);
    (browser, page)
}

fn get(browser: &mut Browser, url: &str) -> String {
    browser.get(url).unwrap().body
}

#[test]
fn the_right_number_signs_in() {
    let sim = start();
    let (mut browser, page) = ask(&sim, "99700218896");
    let request = sim.phone().pending("physician").unwrap();
    assert_eq!((request.numbers.len(), request.seconds), (3, 120));
    let shown = get(&mut browser, &format!("{page}/attente"));
    let number = request.right.unwrap();
    for sentence in [
        "Vérification de votre identité en 2 étapes",
        "Après avoir accepté la notification ou ouvert l'application e-CPS, validez la demande d'authentification sur \
         votre téléphone portable, en réalisant les actions suivantes :",
        "Saisie de votre mot de passe",
        "Sélection du code affiché ci-dessous parmi les trois codes proposés",
        &format!(r#"id="number">{number}<"#),
        "secondes pour valider votre demande d'authentification",
        "Quitter l'authentification",
    ] {
        assert!(shown.replace("&#39;", "'").contains(sentence), "{sentence} is not in {shown}");
    }
    assert!(request.numbers.contains(&number));
    assert!(sim.phone().choose("physician", &number));
    let callback = browser.get(&format!("{page}/suite")).unwrap().location().unwrap();
    let tokens = redeem(&sim, &parameter(&callback, "code").unwrap()).json();
    assert_eq!(decode(&tokens["id_token"]).1["authMode"], "MOBILE");
    // The answer of the phone is spent.
    assert_eq!(browser.get(&format!("{page}/suite")).unwrap().status, 410);
}

#[test]
fn the_phone_in_a_browser() {
    let sim = start();
    let (mut browser, page) = ask(&sim, "99700218896");
    let request = sim.phone().pending("physician").unwrap();
    let mut phone = Browser::new();
    let url = format!("{}/phone/physician", sim.web_base());
    let list = get(&mut phone, &format!("{}/phone", sim.web_base()));
    assert!(list.contains("1 demande<"), "{list}");
    assert!(!list.contains("SANSECPS"), "no phone without an e-CPS");
    let wrong = phone.post(&format!("{url}/mot-de-passe"), &[("ask", &request.id), ("password", "x")]).unwrap();
    assert!(wrong.body.contains("Mot de passe faux."));
    assert!(!get(&mut phone, &url).contains("Sélectionnez le bon code"), "the numbers wait for the password");
    phone.post(&format!("{url}/mot-de-passe"), &[("ask", &request.id), ("password", "e-cps")]).unwrap();
    let numbers = get(&mut phone, &url).replace("&#39;", "'");
    let sentence = "Le service Plateforme digitale SAS demande l'accès à votre profil CPS. \
                    Sélectionnez le bon code pour valider votre authentification.";
    assert!(numbers.contains(sentence), "{numbers}");
    assert!(request.numbers.iter().all(|number| numbers.contains(&format!(">{number}</button>"))));
    let choice = [("ask", request.id.as_str()), ("number", request.right.as_deref().unwrap())];
    let result = phone.post(&format!("{url}/choix"), &choice).unwrap().location().unwrap();
    let done = get(&mut phone, &result).replace("&#39;", "'");
    assert!(done.contains("Authentification réussie. Vous êtes à présent authentifié sur Plateforme digitale SAS"));
    assert!(done.contains("Continuer"));
    assert_eq!(browser.get(&format!("{page}/etat")).unwrap().json()["waiting"], false);
    assert_eq!(browser.get(&format!("{page}/attente")).unwrap().location(), Some(format!("{page}/suite")));
}

#[test]
fn a_wrong_number_refuses() {
    let sim = start();
    let (mut browser, page) = ask(&sim, "99700218896");
    let request = sim.phone().pending("physician").unwrap();
    let wrong = request.numbers.iter().find(|number| Some(*number) != request.right.as_ref()).unwrap();
    assert!(!sim.phone().choose("physician", wrong));
    assert!(!sim.phone().approve("physician"), "there is no second try");
    assert!(get(&mut browser, &format!("{page}/attente")).contains("Authentification refusée"));
    // The page still offers to start again.
    let again = browser.post(&format!("{page}/e-cps"), &[("rpps", "99700218896")]).unwrap();
    assert_eq!(again.status, 303);
    assert!(sim.phone().approve("physician"));
}

#[test]
fn leaving_on_the_phone_ends_both() {
    let sim = start();
    let (mut browser, page) = ask(&sim, "99700218896");
    assert!(sim.phone().deny("physician"));
    assert_eq!(browser.get(&format!("{page}/suite")).unwrap().location(), Some(format!("{page}/attente")));
    assert!(get(&mut browser, &format!("{page}/attente")).contains("Authentification refusée"));
}

#[test]
fn leaving_on_the_page_ends_both() {
    let sim = start();
    let (mut browser, page) = ask(&sim, "99700218896");
    let callback = browser.post(&format!("{page}/annuler"), &[]).unwrap().location().unwrap();
    assert_eq!(parameter(&callback, "error").as_deref(), Some("access_denied"));
    assert!(!sim.phone().approve("physician"));
    assert_eq!(browser.get(&format!("{page}/suite")).unwrap().location(), Some(format!("{page}/attente")));
    assert_eq!(browser.get(&format!("{page}/attente")).unwrap().status, 410);
}

#[test]
fn an_acceptance_after_leaving_comes_only_in_its_scenario() {
    let sim = start();
    sim.inject(Rule::new(Fault::LateAcceptance).once());
    let (mut browser, page) = ask(&sim, "99700218896");
    let left = browser.post(&format!("{page}/annuler"), &[]).unwrap().location().unwrap();
    assert_eq!(parameter(&left, "error").as_deref(), Some("access_denied"));
    assert!(sim.phone().approve("physician"));
    let late = browser.get(&format!("{page}/suite")).unwrap().location().unwrap();
    assert_eq!(parameter(&late, "state"), parameter(&left, "state"));
    assert!(parameter(&late, "code").is_some());
}

#[test]
fn two_minutes_and_no_more() {
    let sim = start();
    let (mut browser, page) = ask(&sim, "99700218896");
    sim.clock().advance(Duration::from_secs(119));
    assert_eq!(browser.get(&format!("{page}/etat")).unwrap().json(), json!({"waiting": true, "seconds": 1}));
    sim.clock().advance(Duration::from_secs(1));
    assert!(!sim.phone().approve("physician"));
    assert!(get(&mut browser, &format!("{page}/attente")).contains("Délai écoulé"));
}

#[test]
fn numbers_that_lead_nowhere() {
    let sim = start();
    let mut browser = Browser::new();
    let page = browser.get(&authorization(&sim, &[])).unwrap().location().unwrap();
    for (rpps, text) in [
        ("99700218897", "n&#39;est pas celui d&#39;un professionnel connu"),
        ("", "n&#39;est pas celui"),
        ("physician", "n&#39;est pas celui"),
        ("99700999990", "désactivé"),
        ("99700237045", "Aucune e-CPS active"),
    ] {
        let answer = browser.post(&format!("{page}/e-cps"), &[("rpps", rpps)]).unwrap();
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains(text), "{rpps}: {}", answer.body);
        assert!(answer.body.contains("aria-invalid"), "the error is tied to its field");
    }
}

#[test]
fn the_phone_as_json() {
    let sim = start();
    let (mut browser, page) = ask(&sim, "99700218896");
    let api = format!("{}/phone/api/pending", sim.web_base());
    let pending = browser.get(&format!("{api}?person=physician")).unwrap().json();
    assert_eq!(pending[0]["service"], "Plateforme digitale SAS");
    assert!(pending[0].get("right").is_none());
    assert_eq!(browser.get(&format!("{api}?person=nurse")).unwrap().json(), json!([]));
    assert_eq!(browser.get(&format!("{api}?person=nobody")).unwrap().status, 404);
    let number = sim.phone().pending("physician").unwrap().right.unwrap();
    let approve = format!("{api}/{}/approve", pending[0]["id"].as_str().unwrap());
    let answer = browser.send("POST", &approve, &[], &json!({ "number": number }).to_string()).unwrap();
    assert_eq!((answer.status, answer.json()), (200, json!({"state": "approved"})));
    assert_eq!(browser.send("POST", &approve, &[], "{}").unwrap().status, 410);
    let deny = approve.replace("approve", "deny");
    assert_eq!(browser.send("POST", &deny, &[], "").unwrap().status, 410);
    assert!(browser.get(&format!("{page}/suite")).unwrap().location().unwrap().starts_with(CALLBACK));
}

#[test]
fn a_request_that_never_reaches_the_phone() {
    let sim = start();
    sim.inject(Rule::new(Fault::PhoneSilent).once());
    let (mut browser, page) = ask(&sim, "99700218896");
    assert_eq!(sim.phone().pending("physician"), None);
    assert_eq!(browser.get(&format!("{page}/etat")).unwrap().json()["waiting"], true);
}
