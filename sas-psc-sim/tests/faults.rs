//! Each fault of a scenario does what it says, and stops when it says.

mod common;

use common::*;
use sas_psc_sim::{Browser, Endpoint, Fault, Rule, Scenario};
use serde_json::json;
use std::time::Duration;

#[test]
fn an_id_token_is_spoilt_once() {
    let sim = start();
    let good = decode(&tokens(&sim, "physician")["id_token"]).1;
    for (fault, claim, value) in [
        (Fault::WrongNonce, "nonce", Some(json!("another-nonce"))),
        (Fault::WrongAudience, "aud", Some(json!("another-client"))),
        (Fault::WrongIssuer, "iss", Some(json!("https://auth.invalid/auth/realms/esante-wallet"))),
        (Fault::ExpiredIdToken, "exp", Some(json!(good["iat"].as_i64().unwrap() - 600))),
        (Fault::MissingAcr, "acr", None),
        (Fault::LowAcr, "acr", Some(json!("eidas0"))),
    ] {
        sim.inject(Rule::new(fault).once());
        let spoilt = decode(&tokens(&sim, "physician")["id_token"]).1;
        assert_eq!(spoilt.get(claim), value.as_ref(), "{fault:?}");
        assert_ne!(spoilt.get(claim), good.get(claim), "{fault:?}");
        assert_eq!(decode(&tokens(&sim, "physician")["id_token"]).1[claim], good[claim], "{fault:?}: once only");
    }
    sim.inject(Rule::new(Fault::WrongAtHash).once());
    let (spoilt, right) = (tokens(&sim, "physician"), tokens(&sim, "physician"));
    let hash = |tokens: &serde_json::Value| decode(&tokens["id_token"]).1["at_hash"].clone();
    assert_ne!(hash(&spoilt), hash(&right));
}

#[test]
fn keys_unknown_rotated_withdrawn() {
    let sim = start();
    let published = || {
        let jwks = Browser::new().get(&endpoint(&sim, "certs")).unwrap().json();
        jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect::<Vec<_>>()
    };
    let kid = |tokens: &serde_json::Value| decode(&tokens["id_token"]).0["kid"].clone();
    let before = tokens(&sim, "physician");
    assert!(published().contains(&kid(&before)));
    sim.inject(Rule::new(Fault::UnknownKid).once());
    assert!(!published().contains(&kid(&tokens(&sim, "physician"))));
    sim.inject(Rule::new(Fault::RotateKeys).once());
    let after = tokens(&sim, "physician");
    assert_ne!(kid(&after), kid(&before));
    assert!(published().contains(&kid(&after)) && published().contains(&kid(&before)));
    assert_eq!(userinfo(&sim, &before["access_token"]).status, 200);
    sim.inject(Rule::new(Fault::WithdrawKeys).once());
    tokens(&sim, "physician");
    assert_eq!(published().len(), 2, "one that signs, one that encrypts");
    assert_eq!(userinfo(&sim, &before["access_token"]).status, 401);
}

#[test]
fn a_signature_of_other_bytes() {
    let sim = start();
    let hint = |tokens: &serde_json::Value| {
        let url = format!("{}?id_token_hint={}", endpoint(&sim, "logout"), tokens["id_token"].as_str().unwrap());
        Browser::new().get(&url).unwrap().status
    };
    sim.inject(Rule::new(Fault::WrongSignature).once());
    assert_eq!((hint(&tokens(&sim, "physician")), hint(&tokens(&sim, "physician"))), (400, 200));
}

#[test]
fn userinfo_of_another_person_or_shape() {
    let sim = start();
    let access = tokens(&sim, "physician")["access_token"].clone();
    sim.inject(Rule { person: Some("nurse".into()), ..Rule::new(Fault::OtherSubject).once() });
    assert_eq!(userinfo(&sim, &access).json()["SubjectNameID"], "899700245667");
    assert_eq!(userinfo(&sim, &access).json()["SubjectNameID"], "899700218896");
    sim.set_scenario(Scenario::parse(r#"[{"fault":"userinfo-shape","shape":"minimal"}]"#).unwrap());
    assert!(userinfo(&sim, &access).json().get("SubjectRefPro").is_none());
    sim.set_scenario(Scenario::default());
    assert!(userinfo(&sim, &access).json().get("SubjectRefPro").is_some());
}

#[test]
fn an_endpoint_answers_something_else() {
    let sim = start();
    let discovery = format!("{}/.well-known/wallet-openid-configuration", sim.issuer());
    for (at, url) in [
        (Endpoint::Discovery, discovery),
        (Endpoint::Jwks, endpoint(&sim, "certs")),
        (Endpoint::Authorization, authorization(&sim, &[])),
        (Endpoint::Token, endpoint(&sim, "token")),
        (Endpoint::Userinfo, endpoint(&sim, "userinfo")),
        (Endpoint::Ciba, endpoint(&sim, "ext/ciba/auth")),
        (Endpoint::Introspection, endpoint(&sim, "token/introspect")),
        (Endpoint::Revocation, endpoint(&sim, "revoke")),
        (Endpoint::Logout, endpoint(&sim, "logout")),
    ] {
        let rule = Rule { content_type: Some("text/html".into()), ..Rule::answer(at, 503, "<html>").once() };
        sim.inject(rule);
        let answer = Browser::new().get(&url).unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (503, "<html>"), "{at:?}");
        assert_eq!(answer.header("content-type"), Some("text/html"));
        assert_ne!(Browser::new().get(&url).unwrap().status, 503, "{at:?}: once only");
    }
}

#[test]
fn a_connection_breaks_off() {
    let sim = start();
    sim.inject(Rule { at: Some(Endpoint::Jwks), hang_up: true, ..Rule::new(Fault::Answer).once() });
    let broken = Browser::new().get(&endpoint(&sim, "certs"));
    assert!(broken.is_err() || broken.is_ok_and(|answer| answer.json().is_null()), "nothing that could be read");
    assert_eq!(Browser::new().get(&endpoint(&sim, "certs")).unwrap().status, 200);
}

#[test]
fn a_browser_comes_back_from_elsewhere() {
    let sim = start();
    sim.inject(Rule::new(Fault::WrongCallbackIssuer).once());
    sim.inject(Rule { skip: 1, ..Rule::new(Fault::WrongState).once() });
    let back = |name: &str| parameter(&sim.sign_in_by_card(&authorization(&sim, &[]), "physician"), name).unwrap();
    assert_eq!(back("iss"), "https://auth.invalid/auth");
    assert_eq!(back("state"), "another-state");
    assert_eq!((back("iss"), back("state")), (sim.issuer(), "the-state".into()));
}

#[test]
fn an_endpoint_answers_late() {
    let sim = start();
    sim.inject(Rule { at: Some(Endpoint::Jwks), delay_ms: 300, ..Rule::new(Fault::Answer) });
    let mut stream = std::net::TcpStream::connect(sim.auth_base().trim_start_matches("http://")).unwrap();
    use std::io::{Read, Write};
    let path = &endpoint(&sim, "certs")[sim.auth_base().len()..];
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    assert!(stream.read(&mut [0]).is_err(), "nothing yet");
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "then the answer itself");
}

#[test]
fn the_control_moves_time_and_sets_faults() {
    let sim = start();
    let mut browser = Browser::new();
    let control = |what: &str| format!("{}/control/{what}", sim.web_base());
    assert_eq!(browser.get(&control("time")).unwrap().json()["now"], AT);
    let moved = browser.send("POST", &control("advance"), &[], r#"{"seconds": 61}"#).unwrap().json();
    assert_eq!(moved["now"], "2026-11-23T08:01:01Z");
    assert_eq!(browser.send("POST", &control("advance"), &[], "soon").unwrap().status, 400);
    let rules = r#"[{"fault":"low-acr"}]"#;
    assert_eq!(browser.send("PUT", &control("scenario"), &[], rules).unwrap().json()[0]["fault"], "low-acr");
    assert_eq!(decode(&tokens(&sim, "physician")["id_token"]).1["acr"], "eidas0");
    assert_eq!(browser.send("PUT", &control("scenario"), &[], "[{}]").unwrap().status, 400);
    assert_eq!(browser.get(&control("scenario")).unwrap().json()[0]["fault"], "low-acr", "what was there stays");
}

#[test]
fn stopped_is_stopped() {
    let sim = start();
    let address = sim.mail_addr();
    let web = format!("{}/", sim.web_base());
    sim.stop();
    let ends = |closed: &dyn Fn() -> bool| {
        (0..200).any(|_| {
            closed() || {
                std::thread::sleep(Duration::from_millis(10));
                false
            }
        })
    };
    assert!(ends(&|| std::net::TcpStream::connect(address).is_err()), "the mail port is closed");
    assert!(ends(&|| Browser::new().get(&web).is_err()), "the web port is closed");
}
