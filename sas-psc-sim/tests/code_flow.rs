//! The authorization code flow against what a real Keycloak answered.

mod common;

use common::*;
use sas_psc_sim::Browser;
use serde_json::json;
use std::time::Duration;

#[test]
fn discovery_stands_at_pscs_own_path_and_marks_the_simulator() {
    let sim = start();
    let mut browser = Browser::new();
    let document = browser.get(&format!("{}/.well-known/wallet-openid-configuration", sim.issuer())).unwrap().json();
    assert_eq!(document["issuer"], *sim.issuer());
    assert_eq!(document["x-sas-psc-simulator"], true);
    assert_eq!(document["authorization_endpoint"], format!("{}/auth", sim.wallet_base()));
    assert_ne!(sim.wallet_base(), sim.auth_base());
    let jwks = browser.get(document["jwks_uri"].as_str().unwrap()).unwrap();
    assert_eq!(jwks.header("cache-control"), Some("no-cache"));
    let uses: Vec<_> = jwks.json()["keys"].as_array().unwrap().iter().map(|key| key["use"].clone()).collect();
    assert_eq!(uses, ["sig", "sig", "enc"]);
    let standard = browser.get(&format!("{}/.well-known/openid-configuration", sim.issuer())).unwrap();
    assert_eq!(standard.status, 404);
    let realm = browser.get(&format!("{}/auth/realms/autre/.well-known/x", sim.auth_base())).unwrap();
    assert_eq!(error(&realm).1, "Realm does not exist");
}

#[test]
fn a_card_signs_in() {
    let sim = start();
    let callback = sim.sign_in_by_card(&authorization(&sim, &[]), "physician");
    assert_eq!(parameter(&callback, "state").as_deref(), Some("the-state"));
    assert_eq!(parameter(&callback, "iss").as_deref(), Some(sim.issuer().as_str()));
    let answer = redeem(&sim, &parameter(&callback, "code").unwrap());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let tokens = answer.json();
    assert_eq!((&tokens["expires_in"], &tokens["refresh_expires_in"]), (&json!(120), &json!(1800)));
    assert_eq!(tokens["scope"], "openid profile scope_all identity");
    let (header, id) = decode(&tokens["id_token"]);
    assert!(header["kid"].as_str().unwrap().starts_with("sim-"));
    assert_eq!(id["sub"], "f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:899700218896");
    assert_eq!((&id["aud"], &id["nonce"]), (&json!("plateforme-sas"), &json!("the-nonce")));
    assert_eq!((&id["acr"], &id["authMode"]), (&json!("eidas1"), &json!("CARD")));
    assert_eq!(id["exp"].as_i64().unwrap() - id["iat"].as_i64().unwrap(), 120);
    assert!(decode(&tokens["access_token"]).1.get("aud").is_none());
    let userinfo = userinfo(&sim, &tokens["access_token"]);
    assert_eq!((userinfo.status, userinfo.json()["sub"].clone()), (200, id["sub"].clone()));
    assert_eq!(userinfo.json()["SubjectRefPro"]["exercices"][0]["codeSavoirFaire"], "SM26");
}

#[test]
fn a_code_used_twice_fails_and_ends_the_session() {
    let sim = start();
    let code = code(&sim, "physician");
    let first = redeem(&sim, &code);
    assert_eq!(first.status, 200);
    let invalid = (400, "invalid_grant".to_owned(), "Code not valid".to_owned());
    assert_eq!(error(&redeem(&sim, &code)), invalid);
    let refused = userinfo(&sim, &first.json()["access_token"]);
    assert_eq!((refused.status, refused.body.as_str()), (401, ""));
    assert!(refused.header("www-authenticate").unwrap().ends_with(r#"error_description="user_session_not_found""#));
}

#[test]
fn a_code_lives_a_minute() {
    let sim = start();
    let code = code(&sim, "physician");
    sim.clock().advance(Duration::from_secs(60));
    assert_eq!(error(&redeem(&sim, &code)).2, "Code not valid");
}

#[test]
fn what_the_token_endpoint_refuses() {
    let sim = start();
    let wrong = |changes: &[(&'static str, &'static str)]| {
        let code = code(&sim, "physician");
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        form.retain(|(name, _)| !changes.iter().any(|(other, _)| other == name));
        form.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
        error(&post(&sim, "plateforme-sas", "token", &form))
    };
    let cases: [(Fields, u16, &str, &str); 8] = [
        (&[("redirect_uri", "http://127.0.0.1:1/retourx")], 400, "invalid_grant", "Incorrect redirect_uri"),
        (&[("code_verifier", "")], 400, "invalid_grant", "PKCE code verifier not specified"),
        (
            &[("code_verifier", "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww")],
            400,
            "invalid_grant",
            "PKCE verification failed: Code mismatch",
        ),
        (&[("code", "garbage")], 400, "invalid_grant", "Code not valid"),
        (&[("code", "")], 400, "invalid_request", "Missing parameter: code"),
        (&[("grant_type", "urn:x:y")], 400, "unsupported_grant_type", "Unsupported grant_type"),
        (&[("grant_type", "")], 400, "invalid_request", "Missing form parameter: grant_type"),
        (
            &[("grant_type", "refresh_token"), ("refresh_token", "garbage")],
            400,
            "invalid_grant",
            "Invalid refresh token",
        ),
    ];
    for (changes, status, name, description) in cases {
        assert_eq!(wrong(changes), (status, name.into(), description.into()), "{changes:?}");
    }
    let same = "Invalid client or Invalid client credentials".to_owned();
    let mut browser = Browser::new();
    let form = [("grant_type", "authorization_code"), ("client_id", "plateforme-sas"), ("client_secret", "wrong")];
    let answer = browser.post(&endpoint(&sim, "token"), &form).unwrap();
    assert_eq!(error(&answer), (401, "unauthorized_client".into(), same.clone()));
    assert_eq!(error(&post(&sim, "nobody", "token", &form[..1])), (401, "invalid_client".into(), same));
    let get = browser.get(&endpoint(&sim, "token")).unwrap();
    assert_eq!(error(&get).1, "HTTP 405 Method Not Allowed");
    let code = code(&sim, "physician");
    let other = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", CALLBACK)];
    assert_eq!(error(&post(&sim, "autre-service", "token", &other)).2, "Auth error");
}

#[test]
fn a_wrong_client_or_address_gets_a_page_and_no_redirect() {
    let sim = start();
    for wrong in [
        ("client_id", "nobody"),
        ("client_id", ""),
        ("redirect_uri", "https://evil.example/cb"),
        ("redirect_uri", ""),
        ("max_age", "soon"),
        ("request_uri", "https://x.example/r"),
    ] {
        let answer = Browser::new().get(&authorization(&sim, &[wrong])).unwrap();
        assert_eq!((answer.status, answer.location()), (400, None), "{wrong:?}");
        assert!(answer.header("content-type").unwrap().starts_with("text/html"));
    }
}

#[test]
fn other_faults_go_back_to_the_service() {
    let sim = start();
    let pkce = [("code_challenge", ""), ("code_challenge_method", ""), ("client_id", "autre-service")];
    let cases: [(Fields, &str); 7] = [
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "banana")], "unsupported_response_type"),
        (&[("response_mode", "banana")], "invalid_request"),
        (&[("scope", "openid nothing_like_it")], "invalid_scope"),
        (&[("prompt", "none")], "login_required"),
        (&[("client_id", "autre-service"), ("code_challenge_method", "plain")], "invalid_request"),
        (&pkce, "invalid_request"),
    ];
    for (changes, name) in cases {
        let callback = Browser::new().get(&authorization(&sim, changes)).unwrap().location().unwrap();
        assert_eq!(parameter(&callback, "error").as_deref(), Some(name), "{changes:?}");
        assert_eq!(parameter(&callback, "state").as_deref(), Some("the-state"), "{changes:?}");
    }
    let implicit = Browser::new().get(&authorization(&sim, &[("response_type", "token")])).unwrap();
    assert!(implicit.location().unwrap().contains("#error=unauthorized_client&"), "{:?}", implicit.location());
    let repeated = Browser::new().get(&format!("{}&nonce=2", authorization(&sim, &[]))).unwrap();
    assert_eq!(parameter(&repeated.location().unwrap(), "error_description").as_deref(), Some("duplicated parameter"));
}
