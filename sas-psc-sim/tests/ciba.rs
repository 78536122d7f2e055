//! CIBA against what a real Keycloak answered: poll mode, refusals, slow_down, the two channels.

mod common;

use common::*;
use sas_psc_sim::{Answer, Fault, Rule, Running};
use std::time::Duration;

fn ask(sim: &Running, changes: &[(&str, &str)]) -> Answer {
    let mut form = vec![
        ("scope", "openid scope_all"),
        ("acr_values", "eidas1"),
        ("login_hint", "899700218896"),
        ("binding_message", "07"),
    ];
    form.retain(|(name, _)| !changes.iter().any(|(other, _)| other == name));
    form.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    post(sim, "plateforme-sas", "ext/ciba/auth", &form)
}

fn started(sim: &Running, changes: &[(&str, &str)]) -> String {
    let answer = ask(sim, changes);
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["auth_req_id"].as_str().unwrap().to_owned()
}

fn poll_as(sim: &Running, client: &str, id: &str) -> Answer {
    post(sim, client, "token", &[("grant_type", "urn:openid:params:grant-type:ciba"), ("auth_req_id", id)])
}

fn poll(sim: &Running, id: &str) -> Answer {
    poll_as(sim, "plateforme-sas", id)
}

fn seconds(sim: &Running, seconds: u64) {
    sim.clock().advance(Duration::from_secs(seconds));
}

#[test]
fn the_phone_accepts() {
    let sim = start();
    let answer = ask(&sim, &[]).json();
    assert_eq!((answer["expires_in"].as_u64(), answer["interval"].as_u64()), (Some(120), Some(5)));
    let id = answer["auth_req_id"].as_str().unwrap();
    assert!(id.len() > 1000 && id.split('.').count() == 5);
    assert_eq!(error(&poll(&sim, id)).1, "authorization_pending");
    let request = sim.phone().pending("physician").unwrap();
    assert_eq!((request.right.as_deref(), request.numbers.len()), (Some("07"), 3));
    assert!(sim.phone().approve("physician"));
    seconds(&sim, 5);
    let tokens = poll(&sim, id);
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    let id_token = decode(&tokens.json()["id_token"]).1;
    assert_eq!((&id_token["SubjectNameID"], &id_token["authMode"]), (&"899700218896".into(), &"MOBILE".into()));
    assert!(id_token.get("nonce").is_none());
    assert_eq!(userinfo(&sim, &tokens.json()["access_token"]).status, 200);
    seconds(&sim, 5);
    assert_eq!(error(&poll(&sim, id)), (400, "invalid_grant".into(), "Invalid auth_req_id".into()));
}

#[test]
fn slow_down_hides_the_answer_and_does_not_push_the_window() {
    let sim = start();
    let id = started(&sim, &[]);
    assert_eq!(error(&poll(&sim, &id)).1, "authorization_pending", "the first poll may come at once");
    seconds(&sim, 4);
    assert!(sim.phone().approve("physician"));
    assert_eq!(error(&poll(&sim, &id)), (400, "slow_down".into(), "too early to access".into()));
    seconds(&sim, 1);
    assert_eq!(poll(&sim, &id).status, 200);
}

#[test]
fn refused_and_wrong_number_look_the_same() {
    let sim = start();
    for wrong_number in [false, true] {
        let id = started(&sim, &[]);
        if wrong_number {
            assert!(!sim.phone().choose("physician", "xx"));
        } else {
            assert!(sim.phone().deny("physician"));
        }
        for _ in 0..2 {
            assert_eq!(error(&poll(&sim, &id)), (400, "access_denied".into(), "not authorized".into()));
            seconds(&sim, 5);
        }
    }
}

#[test]
fn nobody_answers_for_two_minutes() {
    let sim = start();
    sim.inject(Rule::new(Fault::PhoneSilent));
    let id = started(&sim, &[]);
    assert!(!sim.phone().approve("physician"), "the request never reached the phone");
    seconds(&sim, 119);
    assert_eq!(error(&poll(&sim, &id)).1, "authorization_pending");
    seconds(&sim, 1);
    assert_eq!(error(&poll(&sim, &id)), (400, "expired_token".into(), "authentication timed out".into()));
}

#[test]
fn an_acceptance_that_is_fetched_too_late() {
    let sim = start();
    let id = started(&sim, &[]);
    assert!(sim.phone().approve("physician"));
    seconds(&sim, 120);
    assert_eq!(error(&poll(&sim, &id)).1, "expired_token");
}

#[test]
fn a_person_without_the_device_never_answers() {
    let sim = start();
    started(&sim, &[("login_hint", "899700237045")]);
    assert_eq!(sim.phone().pending("no-ecps"), None);
    started(&sim, &[("login_hint", "899700777016"), ("channel", "CARD")]);
    assert_eq!(sim.phone().pending("no-card"), None);
}

#[test]
fn two_requests_live_side_by_side() {
    let sim = start();
    let (first, second) = (started(&sim, &[]), started(&sim, &[("binding_message", "42")]));
    assert!(sim.phone().choose("physician", "42"), "the newest is shown first");
    assert_eq!(poll(&sim, &second).status, 200);
    assert_eq!(error(&poll(&sim, &first)).1, "authorization_pending");
}

#[test]
fn the_card_channel_takes_the_code_of_the_card() {
    let sim = start();
    let id = started(&sim, &[("channel", "CARD")]);
    assert!(!sim.phone().choose("physician", "0000"));
    assert!(sim.phone().approve("physician"));
    let tokens = poll(&sim, &id).json();
    assert_eq!(decode(&tokens["id_token"]).1["authMode"], "CARD");
    let id = started(&sim, &[("channel", "CARD")]);
    for _ in 0..3 {
        sim.phone().choose("physician", "0000");
    }
    assert_eq!(error(&poll(&sim, &id)).1, "access_denied");
}

#[test]
fn what_a_request_is_refused_for() {
    let sim = start();
    let long = "1".repeat(51);
    let cases: [(Fields, u16, &str, &str); 10] = [
        (&[("login_hint", "")], 400, "invalid_request", "missing parameter : login_hint"),
        (&[("scope", "")], 400, "invalid_request", "missing parameter : scope"),
        (&[("login_hint", "899700000000")], 400, "invalid_request", "invalid_user"),
        (&[("login_hint", "899700999990")], 400, "invalid_request", "invalid_user"),
        (&[("binding_message", "é2")], 400, "invalid_binding_message", ""),
        (&[("binding_message", "4 2")], 400, "invalid_binding_message", ""),
        (&[("binding_message", &long)], 400, "invalid_binding_message", ""),
        (&[("user_code", "1234")], 400, "invalid_request", "User code not supported"),
        (&[("channel", "FAX")], 400, "invalid_request", "invalid channel"),
        (&[("client_notification_token", "x")], 400, "invalid_request", ""),
    ];
    for (changes, status, name, description) in cases {
        let (got, error, why) = error(&ask(&sim, changes));
        assert_eq!((got, error.as_str()), (status, name), "{changes:?}");
        assert!(why.contains(description), "{changes:?}: {why}");
    }
    for accepted in
        [("binding_message", ""), ("login_hint", "99700218896"), ("login_hint", "500000001815646/CPAT00045")]
    {
        started(&sim, &[accepted]);
    }
    let other = post(&sim, "autre-service", "ext/ciba/auth", &[("scope", "openid"), ("login_hint", "899700218896")]);
    assert_eq!(error(&other), (401, "invalid_grant".into(), "Client not allowed OIDC CIBA Grant".into()));
    sim.inject(Rule::new(Fault::PhoneServiceDown).once());
    assert_eq!(error(&ask(&sim, &[])).1, "server_error");
}

#[test]
fn what_a_poll_is_refused_for() {
    let sim = start();
    let id = started(&sim, &[]);
    for (answer, description) in [
        (poll_as(&sim, "autre-service", &id), "unauthorized client"),
        (poll(&sim, "garbage"), "Invalid Auth Req ID"),
        (poll(&sim, "a.b.c.d.e"), "Invalid Auth Req ID"),
    ] {
        assert_eq!(error(&answer), (400, "invalid_grant".into(), description.into()));
    }
    assert_eq!(error(&poll(&sim, "")).1, "invalid_request");
}
