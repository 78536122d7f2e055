//! What befalls the provider itself: its keys change, it stands still, it starts again with nothing of what it knew. These
//! tests run after the others, one after the other (`tools/parts/counterpart-keycloak`).

#![allow(clippy::disallowed_methods)] // it counts how long a program that is not ours takes

use super::lab::{
    DOCTOR, NURSE, PATIENT, SECRET, UNLUCKY, admin, browser, client, environment, http, kid, on_the_phone, person, pki,
    psc, setting, sign_in,
};
use super::sessions::{service, sessions};
use sas_psc::Code;
use sas_psc::drive::tokio::Psc;
use sas_psc::psc::{AuthMode, Channel, SessionState, SignInOptions, SignedOut};
use sas_psc_tests::browser::Visit;
use serde_json::json;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

/// A service that waits two seconds for an answer.
fn impatient() -> Psc {
    let http = http().with_timeouts(Duration::from_secs(2), Duration::from_secs(2));
    Psc::new(environment(), client(SECRET), &http).unwrap()
}

fn process() -> String {
    fs::read_to_string(pki("keycloak.pid")).unwrap().trim().to_owned()
}

fn signal(name: &str, process: &str) {
    assert!(Command::new("kill").args([name, process]).status().unwrap().success());
}

/// Lets Keycloak go on however a test ends.
struct Stopped(String);

impl Stopped {
    fn now() -> Stopped {
        let process = process();
        signal("-STOP", &process);
        Stopped(process)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        signal("-CONT", &self.0);
    }
}

#[tokio::test]
async fn keys_change_while_the_service_runs() {
    let psc = psc();
    let before = sign_in(&psc, &mut browser(Some(DOCTOR)), &SignInOptions::default()).await.unwrap();
    let realm = admin("GET", "", None).await["id"].clone();
    let components = admin("GET", "/components?type=org.keycloak.keys.KeyProvider", None).await;
    let config = json!({ "priority": ["1000"], "enabled": ["true"], "active": ["true"], "algorithm": ["RS256"] });
    let key = json!({
        "name": "of today", "providerId": "rsa-generated", "providerType": "org.keycloak.keys.KeyProvider",
        "parentId": realm, "config": config,
    });
    admin("POST", "/components", Some(key)).await;

    // The keys that the service holds do not have the new one: it fetches them again, once, by itself.
    let after = sign_in(&psc, &mut browser(Some(NURSE)), &SignInOptions::default()).await.unwrap();
    assert_ne!(kid(before.tokens.id_token()), kid(after.tokens.id_token()));

    // The old key is withdrawn: sessions go on, in tokens of the new one, and so do sign-ins.
    for component in components.as_array().unwrap().iter().filter(|one| one["providerId"] == "rsa-generated") {
        admin("DELETE", &format!("/components/{}", component["id"].as_str().unwrap()), None).await;
    }
    let refreshed = psc.refresh(&before.tokens).await.unwrap();
    assert_eq!(kid(refreshed.id_token()), kid(after.tokens.id_token()));
    sign_in(&psc, &mut browser(Some(DOCTOR)), &SignInOptions::default()).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_stands_still_in_the_middle_of_a_wait_loses_nothing() {
    let psc = impatient();
    let signed_in = sign_in(&psc, &mut browser(Some(DOCTOR)), &SignInOptions::default()).await.unwrap();
    let mut poll = psc.ciba(&person(PATIENT), Channel::Mobile).await.unwrap();
    let stopped = Stopped::now();

    // Whatever is asked meanwhile ends in time and says why.
    let since = Instant::now();
    assert_eq!(psc.refresh(&signed_in.tokens).await.unwrap_err().code(), Code::TIMED_OUT);
    assert_eq!(psc.ciba(&person(NURSE), Channel::Mobile).await.unwrap_err().code(), Code::TIMED_OUT);
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
    // The wait goes on over its failures.
    for _ in 0..2 {
        let polled = tokio::time::timeout(Duration::from_secs(4), psc.poll_ciba(&mut poll)).await;
        assert!(polled.expect("in time").unwrap().is_none());
    }
    drop(stopped);
    on_the_phone(&poll, "SUCCEED").await;
    let waited = psc.wait_ciba(&mut poll, |_, _| ()).await.unwrap();
    assert_eq!(waited.sign_in.auth_mode(), Some(&AuthMode::Mobile));
    psc.refresh(&signed_in.tokens).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_starts_again_ends_what_it_forgot_and_signs_in_anew() {
    // Time enough for a start of Keycloak; what it reads at its start is back to what it was.
    let mut attributes = admin("GET", "", None).await["attributes"].clone();
    attributes["cibaExpiresIn"] = "280".into();
    admin("PUT", "", Some(json!({ "attributes": attributes }))).await;
    let psc = impatient();
    let held = service();
    let sessions = sessions(&held);
    let signed_in = sign_in(&held, &mut browser(Some(DOCTOR)), &SignInOptions::default()).await.unwrap();
    let id = sessions.begin(&signed_in).await.unwrap();
    let mut poll = psc.ciba(&person(UNLUCKY), Channel::Mobile).await.unwrap();

    let before = process();
    fs::write(pki("again"), "").unwrap();
    signal("-TERM", &before);
    tokio::time::sleep(Duration::from_millis(8200)).await;
    // A network that is down signs nobody out.
    let error = sessions.access_token(&id).await.unwrap_err();
    assert_eq!(error.code(), Code::SESSION_UNREACHABLE);
    assert!(matches!(sessions.state(&id).await.unwrap(), SessionState::Unreachable { .. }));

    let waiting =
        tokio::spawn(async move { psc.wait_ciba(&mut poll, |_, _| ()).await.map(drop).map_err(|e| (psc, e)) });
    let (psc, error) = waiting.await.unwrap().unwrap_err();
    assert_eq!(error.code(), Code::CIBA_SPENT, "the request is not known any more");
    assert_ne!(process(), before);
    let discovery = setting("SAS_PSC_ISSUER") + "/.well-known/wallet-openid-configuration";
    assert!(matches!(browser(None).visit(&discovery).await, Visit::Page(200, _)));

    // The same service goes on, with the keys of today.
    let since = Instant::now();
    let again = loop {
        match sign_in(&psc, &mut browser(Some(DOCTOR)), &SignInOptions::default()).await {
            Ok(again) => break again,
            Err(error) => assert_eq!(error.code(), Code::PROVIDER_UNAVAILABLE),
        }
        assert!(since.elapsed() < Duration::from_secs(60));
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    assert_ne!(kid(again.tokens.id_token()), kid(signed_in.tokens.id_token()));
    let mut poll = psc.ciba(&person(UNLUCKY), Channel::Mobile).await.unwrap();
    on_the_phone(&poll, "SUCCEED").await;
    psc.wait_ciba(&mut poll, |_, _| ()).await.unwrap();

    // The session that Keycloak lost with the rest is over, and said to be.
    let error = loop {
        match sessions.access_token(&id).await {
            Ok(_) => panic!("a session that the provider does not know"),
            Err(error) if error.code() == Code::SESSION_UNREACHABLE => tokio::time::sleep(Duration::from_secs(1)).await,
            Err(error) => break error,
        }
        assert!(since.elapsed() < Duration::from_secs(90));
    };
    assert_eq!(error.code(), Code::SESSION_ENDED);
    assert_eq!(sessions.state(&id).await.unwrap(), SessionState::SignedOut(SignedOut::AtProvider));
}
