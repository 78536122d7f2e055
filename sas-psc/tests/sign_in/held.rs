//! What is asked about a token held: introspection, revocation, the end of a session without a browser.

use crate::fake::{Fake, PERSON, psc};
use sas_psc::Code;
use sas_psc::base::{ExposeSecret, SecretString, Timestamp};
use sas_psc::drive::{Psc, block_on};
use sas_psc::psc::{Acr, ActiveToken, AuthMode, Endpoint, Introspected};
use serde_json::{Value, json};

fn token() -> SecretString {
    "a-token".to_owned().into()
}

fn introspect(psc: &Psc<Fake>) -> sas_psc::Result<Introspected> {
    let service = block_on(psc.service())?;
    block_on(psc.run(service.introspect(&token())?))
}

fn active(answer: Value) -> ActiveToken {
    let psc = psc();
    psc.world().answer(Endpoint::Introspection, 200, answer);
    match introspect(&psc).unwrap() {
        Introspected::Active(token) => *token,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_active_token_tells_whose_it_is() {
    let psc = psc();
    // The members that a real answer had (ANS, PSC-POC).
    let answer = json!({
        "exp": 1_795_420_920, "iat": 1_795_420_800, "auth_time": 1_795_420_700, "jti": "onrtac:1", "iss": "https://i.example",
        "sub": "f:u:899700000013", "typ": "Bearer", "azp": "me", "nonce": "", "session_state": "s1", "sid": "s1",
        "preferred_username": PERSON, "email_verified": false, "acr": "eidas1", "scope": "openid scope_all",
        "authMode": "CARD", "otherIds": [], "SubjectNameID": PERSON, "client_id": "me", "username": PERSON, "active": true,
    });
    psc.world().answer(Endpoint::Introspection, 200, answer);
    let Introspected::Active(token) = introspect(&psc).unwrap() else { panic!("active") };
    assert_eq!(psc.world().form(Endpoint::Introspection), "token=a-token");
    assert_eq!(token.id_nat().unwrap().as_str(), PERSON);
    assert_eq!((token.subject(), token.client_id()), (Some("f:u:899700000013"), Some("me")));
    assert_eq!((token.session_id(), token.scope()), (Some("s1"), Some("openid scope_all")));
    assert_eq!((token.acr(), token.auth_mode()), (Some(Acr::Eidas1), Some(AuthMode::from("CARD".to_owned()))));
    assert_eq!(token.expires_at(), Some(Timestamp::from_unix(1_795_420_920)));
    assert_eq!(token.auth_time(), Some(Timestamp::from_unix(1_795_420_700)));
    assert_eq!(token.claims()["jti"], "onrtac:1");
    assert!(!token.claims().contains_key("active"));
    let told: Value = serde_json::from_str(&Introspected::Active(token.clone()).to_json()).unwrap();
    assert_eq!((&told["active"], &told["jti"]), (&json!(true), &json!("onrtac:1")));
    assert_eq!(Introspected::NotActive.to_json(), r#"{"active":false}"#);
    assert!(!format!("{token:?}").contains(PERSON));
}

#[test]
fn what_is_missing_or_odd_is_absent_and_never_a_panic() {
    let token = active(json!({
        "active": true, "azp": "me", "session_state": "s1", "sub": "", "exp": "soon", "acr": "eidas9", "SubjectNameID": 7,
    }));
    assert_eq!((token.client_id(), token.session_id()), (Some("me"), Some("s1")));
    assert_eq!((token.subject(), token.expires_at(), token.acr(), token.id_nat()), (None, None, None, None));
    assert_eq!(active(json!({ "active": true, "exp": 1e300 })).expires_at(), None);
    assert_eq!(active(json!({ "active": true, "exp": 10.5 })).expires_at(), Some(Timestamp::from_unix(10)));
}

#[test]
fn a_token_that_does_not_work_is_no_error_and_an_answer_without_a_verdict_is_one() {
    let psc = psc();
    psc.world().answer(Endpoint::Introspection, 200, json!({ "active": false }));
    assert_eq!(introspect(&psc).unwrap(), Introspected::NotActive);
    for (status, answer, code) in [
        (200, json!({}), Code::PROVIDER_ANSWER),
        (200, json!({ "active": "true" }), Code::PROVIDER_ANSWER),
        (200, json!([{ "active": true }]), Code::PROVIDER_ANSWER),
        (401, json!({ "error": "invalid_client" }), Code::CLIENT_REFUSED),
        (503, json!({}), Code::PROVIDER_UNAVAILABLE),
    ] {
        psc.world().answer(Endpoint::Introspection, status, answer.clone());
        assert_eq!(introspect(&psc).unwrap_err().code(), code, "{status} {answer}");
    }
    psc.world().script(Endpoint::Introspection, |_| {
        let mut twice = crate::fake::answer(200, &json!({}));
        twice.body = br#"{"active":false,"active":true}"#.to_vec();
        Ok(twice)
    });
    assert_eq!(introspect(&psc).unwrap_err().code(), Code::PROVIDER_ANSWER, "two verdicts are none");
}

#[test]
fn a_revocation_is_judged_by_its_status() {
    let psc = psc();
    let revoke = || block_on(psc.run(block_on(psc.service()).unwrap().revoke(&token()).unwrap()));
    for answer in [json!({}), json!({ "error": "invalid_token", "error_description": "Invalid token" })] {
        psc.world().answer(Endpoint::Revocation, 200, answer);
        revoke().unwrap();
    }
    assert_eq!(psc.world().form(Endpoint::Revocation), "token=a-token");
    for (status, error, code) in [
        (400, "unsupported_token_type", Code::REQUEST_REFUSED),
        (400, "invalid_request", Code::REQUEST_REFUSED),
        (401, "invalid_client", Code::CLIENT_REFUSED),
        (503, "", Code::PROVIDER_UNAVAILABLE),
    ] {
        psc.world().answer(Endpoint::Revocation, status, json!({ "error": error }));
        assert_eq!(revoke().unwrap_err().code(), code, "{status} {error}");
    }
}

#[test]
fn what_may_be_repeated_is_after_a_cut() {
    let psc = psc();
    psc.world().cut(Endpoint::Introspection);
    psc.world().answer(Endpoint::Introspection, 200, json!({ "active": false }));
    assert_eq!(introspect(&psc).unwrap(), Introspected::NotActive);
    assert_eq!(psc.world().asked(Endpoint::Introspection).len(), 2);
    for _ in 0..9 {
        psc.world().cut(Endpoint::Introspection);
    }
    assert_eq!(introspect(&psc).unwrap_err().code(), Code::CONNECTION_LOST, "not for ever");
    assert!(psc.world().asked(Endpoint::Introspection).len() < 9);
    assert!(
        !format!("{:?}", block_on(psc.service()).unwrap().revoke(&token()).unwrap()).contains(token().expose_secret())
    );
}
