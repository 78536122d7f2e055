//! After the sign-in: refresh and sign-out.

use crate::fake::{Fake, psc};
use sas_psc::Code;
use sas_psc::base::ExposeSecret;
use sas_psc::drive::{Psc, block_on};
use sas_psc::id::IdNat;
use sas_psc::psc::{Channel, Endpoint, TokenSet};
use serde_json::{Value, json};

/// The tokens of a person who signed in.
fn tokens(psc: &Psc<Fake>) -> TokenSet {
    let person = IdNat::parse(crate::fake::PERSON).unwrap();
    let mut poll = block_on(psc.ciba(&person, Channel::Mobile)).unwrap();
    block_on(psc.wait_ciba(&mut poll, |_, _| ())).unwrap().tokens
}

#[test]
fn a_refresh_gives_new_tokens_of_the_same_person() {
    let psc = psc();
    let before = tokens(&psc);
    psc.world().state().claims.insert("nonce".into(), Value::Null);
    let mut answer = psc.world().tokens();
    answer["refresh_token"] = "refresh-2".into();
    psc.world().answer(Endpoint::Token, 200, answer);
    let after = block_on(psc.refresh(&before)).unwrap();
    assert!(psc.world().form(Endpoint::Token).contains("refresh_token=refresh-1"));
    assert_eq!(after.refresh_token().unwrap().expose_secret(), "refresh-2");
    assert_eq!(after.subject(), before.subject());
}

#[test]
fn a_refresh_without_new_identity_or_refresh_token_keeps_those_before() {
    let psc = psc();
    let before = tokens(&psc);
    psc.world().answer(Endpoint::Token, 200, json!({"access_token": "a2", "token_type": "Bearer", "expires_in": 120}));
    let after = block_on(psc.refresh(&before)).unwrap();
    assert_eq!(after.access_token().expose_secret(), "a2");
    assert_eq!(after.refresh_token().unwrap().expose_secret(), "refresh-1");
    assert_eq!(after.id_token().expose_secret(), before.id_token().expose_secret());
}

#[test]
fn a_refresh_that_brings_another_person_is_refused() {
    let psc = psc();
    let before = tokens(&psc);
    psc.world().state().claims.insert("sub".into(), "f:u:899700218896".into());
    let error = block_on(psc.refresh(&before)).unwrap_err();
    assert_eq!((error.code(), error.facts().claim), (Code::ID_TOKEN_SUBJECT, Some("sub")));
}

#[test]
fn a_session_that_ended_is_told_from_a_network_that_is_down() {
    let psc = psc();
    let before = tokens(&psc);
    psc.world().cut(Endpoint::Token);
    assert_eq!(block_on(psc.refresh(&before)).unwrap_err().code(), Code::CONNECTION_LOST);
    assert!(block_on(psc.refresh(&before)).is_ok(), "the tokens before are still good");
    psc.world().answer(
        Endpoint::Token,
        400,
        json!({"error": "invalid_grant", "error_description": "Session not active"}),
    );
    assert_eq!(block_on(psc.refresh(&before)).unwrap_err().code(), Code::SESSION_ENDED);
    let asked = psc.world().asked(Endpoint::Token).len();
    psc.world().advance(1800);
    assert_eq!(block_on(psc.refresh(&before)).unwrap_err().code(), Code::SESSION_ENDED);
    assert_eq!(psc.world().asked(Endpoint::Token).len(), asked, "known without asking");
}

#[test]
fn signing_out_names_the_session_and_comes_back() {
    let psc = psc();
    let tokens = tokens(&psc);
    let url = block_on(psc.logout_url(&tokens, Some("https://service.example/bye"), Some("s1"))).unwrap();
    let (page, query) = url.split_once('?').unwrap();
    assert!(page.ends_with("/protocol/openid-connect/logout"));
    assert!(query.contains(&format!("id_token_hint={}", tokens.id_token().expose_secret())));
    assert!(query.ends_with("&post_logout_redirect_uri=https%3A%2F%2Fservice.example%2Fbye&state=s1"), "{query}");
    let bare = block_on(psc.logout_url(&tokens, None, Some("s1"))).unwrap();
    assert!(!bare.contains("state"), "a state serves nobody without an address to come back to");
}
