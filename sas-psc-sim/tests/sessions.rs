//! What outlives a sign-in: single sign-on, refresh, introspection, revocation, logout.

mod common;

use common::*;
use sas_psc_sim::Browser;
use serde_json::{Value, json};
use std::time::Duration;
use url::Url;

fn refresh(sim: &sas_psc_sim::Running, tokens: &Value) -> sas_psc_sim::Answer {
    let token = tokens["refresh_token"].as_str().unwrap();
    post(sim, "plateforme-sas", "token", &[("grant_type", "refresh_token"), ("refresh_token", token)])
}

#[test]
fn the_second_service_sees_no_page_and_an_old_auth_time() {
    let sim = start();
    let mut browser = Browser::new();
    sim.sign_in_by_card_in(&mut browser, &authorization(&sim, &[]), "physician");
    sim.clock().advance(Duration::from_secs(1000));
    let callback = browser.get(&authorization(&sim, &[("prompt", "none")])).unwrap().location().unwrap();
    let id = decode(&redeem(&sim, &parameter(&callback, "code").unwrap()).json()["id_token"]).1;
    assert_eq!(id["iat"].as_i64().unwrap() - id["auth_time"].as_i64().unwrap(), 1000);
    for asks_again in [("prompt", "login"), ("max_age", "999")] {
        let answer = browser.get(&authorization(&sim, &[asks_again])).unwrap().location().unwrap();
        assert!(answer.contains("/connexion/"), "{asks_again:?}");
    }
    assert!(
        browser.get(&authorization(&sim, &[("max_age", "1000")])).unwrap().location().unwrap().starts_with(CALLBACK)
    );
    let none = browser.get(&authorization(&sim, &[("max_age", "10"), ("prompt", "none")])).unwrap().location().unwrap();
    assert_eq!(parameter(&none, "error").as_deref(), Some("login_required"));
}

#[test]
fn signing_in_again_keeps_the_session_of_the_same_person_only() {
    let sim = start();
    let mut browser = Browser::new();
    let again = authorization(&sim, &[("prompt", "login")]);
    let mut sid =
        |person: &str| parameter(&sim.sign_in_by_card_in(&mut browser, &again, person), "session_state").unwrap();
    let first = sid("physician");
    assert_eq!(sid("physician"), first);
    let other = sid("nurse");
    assert_ne!(other, first);
    let callback = sim.sign_in_by_card_in(&mut browser, &authorization(&sim, &[]), "physician");
    let id = decode(&redeem(&sim, &parameter(&callback, "code").unwrap()).json()["id_token"]).1;
    assert_eq!(id["SubjectNameID"], "899700245667", "the browser now belongs to the second person");
}

#[test]
fn a_session_ends_after_30_minutes_idle_or_four_hours() {
    let sim = start();
    let mut browser = Browser::new();
    sim.sign_in_by_card_in(&mut browser, &authorization(&sim, &[]), "physician");
    let silent = authorization(&sim, &[("prompt", "none")]);
    let mut alive = |minutes: u64| {
        sim.clock().advance(Duration::from_secs(60 * minutes));
        parameter(&browser.get(&silent).unwrap().location().unwrap(), "code").is_some()
    };
    for _ in 0..8 {
        assert!(alive(29));
    }
    assert!(!alive(8), "four hours have passed");
    let callback = sim.sign_in_by_card_in(&mut browser, &authorization(&sim, &[]), "physician");
    assert!(parameter(&callback, "code").is_some());
    sim.clock().advance(Duration::from_secs(1800));
    let none = browser.get(&silent).unwrap().location().unwrap();
    assert_eq!(parameter(&none, "error").as_deref(), Some("login_required"));
}

#[test]
fn tokens_live_two_minutes_and_are_refreshed_for_thirty() {
    let sim = start();
    let tokens = tokens(&sim, "physician");
    sim.clock().advance(Duration::from_secs(120));
    assert_eq!(userinfo(&sim, &tokens["access_token"]).status, 401);
    let fresh = refresh(&sim, &tokens);
    assert_eq!(userinfo(&sim, &fresh.json()["access_token"]).status, 200);
    let (before, after) = (decode(&tokens["id_token"]).1, decode(&fresh.json()["id_token"]).1);
    assert!(after.get("nonce").is_none());
    for same in ["auth_time", "acr", "authMode", "sid", "sub"] {
        assert_eq!(before[same], after[same]);
    }
    assert_eq!(refresh(&sim, &tokens).status, 200, "not rotated by force");
    sim.clock().advance(Duration::from_secs(1800));
    assert_eq!(error(&refresh(&sim, &tokens)).1, "invalid_grant");
}

#[test]
fn introspection_and_revocation() {
    let sim = start();
    let tokens = tokens(&sim, "physician");
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    let introspect = |token: &str| post(&sim, "autre-service", "token/introspect", &[("token", token)]).json();
    let revoke = |token: &str| post(&sim, "plateforme-sas", "revoke", &[("token", token)]);
    let access = introspect(&text("access_token"));
    assert_eq!((&access["active"], &access["SubjectNameID"]), (&json!(true), &json!("899700218896")));
    let of_refresh = introspect(&text("refresh_token"));
    assert_eq!((&of_refresh["active"], of_refresh.get("SubjectNameID")), (&json!(true), None));
    assert_eq!(introspect("garbage"), json!({"active": false}));
    assert_eq!(revoke("garbage").json()["error"], "invalid_token");
    assert_eq!(revoke("garbage").status, 200);
    assert_eq!(error(&revoke(&text("id_token"))).1, "unsupported_token_type");
    let foreign = post(&sim, "autre-service", "revoke", &[("token", &text("access_token"))]);
    assert_eq!(error(&foreign).2, "Unmatching clients");
    let access = revoke(&text("access_token"));
    assert_eq!((access.status, access.body.as_str()), (200, ""));
    assert_eq!(introspect(&text("access_token")), json!({"active": false}));
    let fresh = refresh(&sim, &tokens);
    assert_eq!(fresh.status, 200, "only the access token was revoked");
    assert_eq!(revoke(&text("refresh_token")).status, 200);
    assert_eq!(error(&refresh(&sim, &tokens)).2, "Session not active");
    assert_eq!(userinfo(&sim, &fresh.json()["access_token"]).status, 401);
    let mut browser = Browser::new();
    let bare = browser.post(&endpoint(&sim, "token/introspect"), &[("token", "x")]).unwrap();
    assert_eq!(error(&bare).1, "invalid_client");
}

#[test]
fn userinfo_says_why_in_a_header_only() {
    let sim = start();
    let url = endpoint(&sim, "userinfo");
    let mut browser = Browser::new();
    let garbage = browser.send("GET", &url, &[("authorization", "Bearer garbage")], "").unwrap();
    assert_eq!((garbage.status, garbage.body.as_str()), (401, ""));
    let why = r#"Bearer realm="esante-wallet", error="invalid_token", error_description="Token verification failed""#;
    assert_eq!(garbage.header("www-authenticate"), Some(why));
    assert_eq!(browser.get(&url).unwrap().header("www-authenticate"), Some(r#"Bearer realm="esante-wallet""#));
    let token = tokens(&sim, "physician")["access_token"].as_str().unwrap().to_owned();
    assert_eq!(browser.post(&url, &[("access_token", &token)]).unwrap().status, 200);
}

#[test]
fn logout_with_a_hint_needs_no_page_and_no_cookie() {
    let sim = start();
    let tokens = tokens(&sim, "physician");
    let hint = tokens["id_token"].as_str().unwrap();
    let url =
        |fields: &[(&str, &str)]| String::from(Url::parse_with_params(&endpoint(&sim, "logout"), fields).unwrap());
    let back = ("post_logout_redirect_uri", "http://127.0.0.1:1/bye");
    let mut browser = Browser::new();
    for bad in [
        url(&[("id_token_hint", hint), ("post_logout_redirect_uri", "https://evil.example/")]),
        url(&[("id_token_hint", "broken"), back]),
        url(&[("id_token_hint", tokens["access_token"].as_str().unwrap()), back]),
        url(&[("id_token_hint", hint), ("client_id", "autre-service"), back]),
        url(&[back]),
    ] {
        assert_eq!(browser.get(&bad).unwrap().status, 400, "{bad}");
    }
    assert_eq!(userinfo(&sim, &tokens["access_token"]).status, 200, "nothing has ended yet");
    sim.clock().advance(Duration::from_secs(600));
    let answer = browser.get(&url(&[("id_token_hint", hint), back, ("state", "xyz")])).unwrap();
    assert_eq!((answer.status, answer.location().as_deref()), (302, Some("http://127.0.0.1:1/bye?state=xyz")));
    assert_eq!(error(&refresh(&sim, &tokens)).2, "Session not active");
    assert_eq!(
        browser.get(&url(&[("id_token_hint", hint), back])).unwrap().status,
        302,
        "also when it is gone already"
    );
    assert!(browser.get(&url(&[("id_token_hint", hint)])).unwrap().body.contains("Session fermée"));
}

#[test]
fn logout_without_a_hint_asks() {
    let sim = start();
    let mut browser = Browser::new();
    sim.sign_in_by_card_in(&mut browser, &authorization(&sim, &[]), "physician");
    let back = [("client_id", "plateforme-sas"), ("post_logout_redirect_uri", "http://127.0.0.1:1/bye")];
    let url: String = Url::parse_with_params(&endpoint(&sim, "logout"), back).unwrap().into();
    let page = browser.get(&url).unwrap();
    assert!(page.status == 200 && page.body.contains("<form"));
    let silent = authorization(&sim, &[("prompt", "none")]);
    assert!(parameter(&browser.get(&silent).unwrap().location().unwrap(), "code").is_some());
    let form = [back[0], back[1], ("confirmed", "yes")];
    let answer = browser.post(&endpoint(&sim, "logout"), &form).unwrap();
    assert_eq!(answer.location().as_deref(), Some("http://127.0.0.1:1/bye"));
    assert!(parameter(&browser.get(&silent).unwrap().location().unwrap(), "error").is_some());
}

#[test]
fn many_at_once() {
    let sim = start();
    std::thread::scope(|scope| {
        for person in ["physician", "nurse", "locum", "psi"] {
            let sim = &sim;
            scope.spawn(move || {
                for _ in 0..25 {
                    let tokens = tokens(sim, person);
                    assert_eq!(userinfo(sim, &tokens["access_token"]).status, 200);
                    let form = [("refresh_token", tokens["refresh_token"].as_str().unwrap())];
                    assert_eq!(post(sim, "plateforme-sas", "logout", &form).status, 204);
                }
            });
        }
    });
}

#[test]
fn a_back_end_logs_out_with_the_refresh_token() {
    let sim = start();
    let tokens = tokens(&sim, "physician");
    let form = [("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    for _ in 0..2 {
        assert_eq!(post(&sim, "plateforme-sas", "logout", &form).status, 204);
    }
    assert_eq!(userinfo(&sim, &tokens["access_token"]).status, 401);
}
