//! By authorization code.

use crate::fake::{Fake, PERSON, REDIRECT, answer, psc};
use crate::minting::{CLIENT, ISSUER, Key};
use sas_psc::base::ExposeSecret;
use sas_psc::drive::{Psc, World, block_on};
use sas_psc::psc::{
    Acr, AuthMode, Authorization, Client, ClientAuth, Endpoint, Environment, Exchange, Finished, Next, Prompt,
    ReturnAddresses, SignInOptions, SignedIn,
};
use sas_psc::{Code, Lang, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

fn begin(psc: &Psc<Fake>, options: &SignInOptions) -> (Authorization, BTreeMap<String, String>) {
    let (pending, url) = block_on(psc.begin(options)).unwrap();
    let (page, query) = url.split_once('?').unwrap();
    assert_eq!(page, "https://wallet.bas.psc.esante.gouv.fr/auth");
    let query = openidconnect::url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    (pending, query)
}

fn callback(query: &BTreeMap<String, String>) -> String {
    format!("{REDIRECT}?state={}&session_state=s&iss={ISSUER}&code=c0de", query["state"])
}

/// A sign-in whose ID token holds the nonce that was sent, changed before its answers by `change`.
fn sign_in(psc: &Psc<Fake>, options: &SignInOptions, change: impl FnOnce(&Fake)) -> Result<SignedIn> {
    let (mut pending, query) = begin(psc, options);
    psc.world().state().claims.insert("nonce".into(), query["nonce"].clone().into());
    change(psc.world());
    block_on(psc.finish(&mut pending, &callback(&query)))
}

fn refused(change: impl FnOnce(&Fake)) -> (Code, Option<&'static str>) {
    let error = sign_in(&psc(), &SignInOptions::default(), change).unwrap_err();
    (error.code(), error.facts().claim)
}

#[test]
fn a_person_signs_in() {
    let psc = psc();
    let signed_in = sign_in(&psc, &SignInOptions::default(), |_| ()).unwrap();
    let sign_in = &signed_in.sign_in;
    assert_eq!(sign_in.professional().id_nat.as_str(), PERSON);
    assert_eq!((sign_in.issuer(), sign_in.client_id(), sign_in.acr()), (ISSUER, CLIENT, Acr::Eidas1));
    assert_eq!(sign_in.auth_mode(), Some(&AuthMode::Mobile));
    assert!(sign_in.is_fresh(psc.world().now(), Duration::from_secs(5)));
    assert_eq!(signed_in.tokens.subject(), sign_in.subject());
    assert_eq!(signed_in.tokens.refresh_token().unwrap().expose_secret(), "refresh-1");
    for endpoint in [Endpoint::Token, Endpoint::Jwks, Endpoint::Userinfo] {
        assert_eq!(psc.world().asked(endpoint).len(), 1, "{endpoint:?}");
    }
    let form = psc.world().form(Endpoint::Token);
    assert!(form.contains("code=c0de") && form.contains("code_verifier=") && !form.contains("secret"), "{form}");
    let shown = format!("{signed_in:?}");
    for hidden in [PERSON, "DOC0000001", "KIT", "refresh-1", "eyJ"] {
        assert!(!shown.contains(hidden), "{hidden} is in {shown}");
    }
}

#[test]
fn the_browser_is_sent_with_all_that_psc_wants() {
    let psc = psc();
    let plain = begin(&psc, &SignInOptions::default()).1;
    let expected = [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("scope", "openid scope_all"),
        ("acr_values", "eidas1"),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in expected {
        assert_eq!(plain[name], value);
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(plain[name].len(), 43, "{name}");
    }
    assert!(!plain.contains_key("prompt") && !plain.contains_key("max_age") && !plain.contains_key("ui_locales"));
    let options = SignInOptions::default().prompt(Prompt::Login).fresh_within(Duration::from_secs(90)).lang(Lang::Fr);
    let asked = begin(&psc, &options).1;
    assert_eq!((&*asked["prompt"], &*asked["max_age"], &*asked["ui_locales"]), ("login", "90", "fr"));
}

#[test]
fn what_psc_does_not_document_is_the_clients_to_set() {
    let with = |change: fn(Client) -> Client| {
        let client = Client::new(CLIENT, ClientAuth::SecretBasic("secret".to_owned().into()), REDIRECT);
        Psc::over(Fake::new(), Environment::bas(), change(client))
    };
    let level = |value: Value| move |fake: &Fake| drop(fake.state().claims.insert("acr".into(), value.clone()));
    let of = |psc: &Psc<Fake>, change: &dyn Fn(&Fake)| {
        let signed_in = sign_in(psc, &SignInOptions::default(), |fake| change(fake));
        signed_in.map(|signed_in| signed_in.sign_in.acr()).map_err(|error| error.code())
    };
    assert_eq!(of(&with(|client| client), &level("eidas3".into())), Ok(Acr::Eidas3));
    assert_eq!(of(&with(Client::with_exact_acr), &level("eidas3".into())), Err(Code::ID_TOKEN_ACR));
    assert_eq!(of(&with(|client| client), &level(Value::Null)), Err(Code::ID_TOKEN_ACR));
    assert_eq!(of(&with(Client::with_missing_acr_allowed), &level(Value::Null)), Ok(Acr::Eidas1));
    let higher = with(|client| client.with_missing_acr_allowed().with_acr(Acr::Eidas2));
    assert_eq!(of(&higher, &level(Value::Null)), Err(Code::ID_TOKEN_ACR), "no level is the lowest");
    let late = |fake: &Fake| {
        let ended = fake.now().unix() - 45;
        fake.state().claims.insert("exp".into(), ended.into());
    };
    assert_eq!(of(&with(|client| client), &late), Err(Code::ID_TOKEN_EXPIRED));
    assert_eq!(of(&with(|client| client.with_leeway(Duration::from_secs(60))), &late), Ok(Acr::Eidas1));
    let asked = |psc: &Psc<Fake>| begin(psc, &SignInOptions::default()).1.get("kc_idp_hint").cloned();
    assert_eq!(asked(&with(|client| client)), None);
    assert_eq!(asked(&with(|client| client.with_idp_hint("OKTA_chu"))).as_deref(), Some("OKTA_chu"));
}

#[test]
fn a_callback_that_is_not_the_one_awaited_ends_nothing() {
    let psc = psc();
    let (mut pending, query) = begin(&psc, &SignInOptions::default());
    psc.world().state().claims.insert("nonce".into(), query["nonce"].clone().into());
    let state = &query["state"];
    let table = [
        ("code=c0de".to_owned(), Code::AUTHORIZATION_STATE),
        (format!("state=x{state}&iss={ISSUER}&code=c0de"), Code::AUTHORIZATION_STATE),
        (format!("state=&iss={ISSUER}&code=c0de"), Code::AUTHORIZATION_STATE),
        (format!("state={state}&iss=https://evil.example&code=c0de"), Code::AUTHORIZATION_ISSUER),
        (format!("state={state}&code=c0de"), Code::AUTHORIZATION_ISSUER),
        (format!("state={state}&iss={ISSUER}"), Code::AUTHORIZATION_ANSWER),
        (format!("state={state}&iss={ISSUER}&code="), Code::AUTHORIZATION_ANSWER),
        (format!("state={state}&iss={ISSUER}&code=c0de&code=c0de"), Code::AUTHORIZATION_ANSWER),
        (format!("state={state}&iss={ISSUER}&code={}", "c".repeat(20_000)), Code::AUTHORIZATION_ANSWER),
        (format!("state=x&iss={ISSUER}&error=access_denied"), Code::AUTHORIZATION_STATE),
    ];
    for (query, code) in table {
        assert_eq!(block_on(psc.finish(&mut pending, &query)).unwrap_err().code(), code, "{query}");
    }
    assert!(psc.world().asked(Endpoint::Token).is_empty());
    block_on(psc.finish(&mut pending, &callback(&query))).unwrap();
    let again = block_on(psc.finish(&mut pending, &callback(&query))).unwrap_err();
    assert_eq!(again.code(), Code::AUTHORIZATION_USED);
    assert_eq!(psc.world().asked(Endpoint::Token).len(), 1);
}

#[test]
fn what_the_provider_refuses_is_told_and_uses_the_sign_in_up() {
    for (word, code) in [
        ("access_denied", Code::SIGN_IN_CANCELLED),
        ("login_required", Code::SIGN_IN_REQUIRED),
        ("interaction_required", Code::SIGN_IN_REQUIRED),
        ("temporarily_unavailable", Code::PROVIDER_UNAVAILABLE),
        ("invalid_scope", Code::REQUEST_REFUSED),
        ("unmet_authentication_requirements", Code::ID_TOKEN_ACR),
        ("<script>&code=c0de", Code::REQUEST_REFUSED),
    ] {
        let psc = psc();
        let (mut pending, query) = begin(&psc, &SignInOptions::default());
        let refusal = format!("state={}&iss={ISSUER}&error={word}", query["state"]);
        let error = block_on(psc.finish(&mut pending, &refusal)).unwrap_err();
        assert_eq!(error.code(), code, "{word}");
        assert!(error.facts().oauth_error.is_some_and(|said| said == word || said == "other"));
        let late = block_on(psc.finish(&mut pending, &callback(&query))).unwrap_err();
        assert_eq!(late.code(), Code::AUTHORIZATION_USED, "accepted after leaving");
        assert!(psc.world().asked(Endpoint::Token).is_empty());
    }
}

#[test]
fn an_exchange_that_sent_its_request_sends_no_other() {
    let psc = psc();
    let (mut pending, query) = begin(&psc, &SignInOptions::default());
    let service = block_on(psc.service()).unwrap();
    let now = psc.world().now();
    let mut exchange = service.finish(&mut pending, &callback(&query), now).unwrap();
    assert!(matches!(exchange.next(now).unwrap(), Next::Send(_)));
    assert_eq!(exchange.next(now).unwrap_err().code(), Code::REQUEST_SPENT);
}

#[test]
fn two_tabs_have_two_states() {
    let psc = psc();
    let (mut first, query_of_first) = begin(&psc, &SignInOptions::default());
    let (mut second, query_of_second) = begin(&psc, &SignInOptions::default());
    assert_ne!(query_of_first["state"], query_of_second["state"]);
    for (pending, query) in [(&mut first, query_of_second), (&mut second, query_of_first)] {
        let error = block_on(psc.finish(pending, &callback(&query))).unwrap_err();
        assert_eq!(error.code(), Code::AUTHORIZATION_STATE);
    }
}

#[test]
fn ten_minutes_and_no_more() {
    let psc = psc();
    let (mut pending, query) = begin(&psc, &SignInOptions::default());
    let stored = pending.to_stored().unwrap();
    psc.world().advance(599);
    assert!(Authorization::resume(&stored, psc.world().now()).is_ok());
    psc.world().advance(1);
    let error = block_on(psc.finish(&mut pending, &callback(&query))).unwrap_err();
    assert_eq!(error.code(), Code::AUTHORIZATION_EXPIRED);
    let error = Authorization::resume(&stored, psc.world().now()).unwrap_err();
    assert_eq!(error.code(), Code::AUTHORIZATION_EXPIRED);
}

#[test]
fn a_stored_sign_in_goes_on_in_another_process() {
    let psc = psc();
    let (pending, query) = begin(&psc, &SignInOptions::default());
    assert!(!format!("{pending:?}").contains(&query["state"]));
    let mut pending = Authorization::resume(&pending.to_stored().unwrap(), psc.world().now()).unwrap();
    assert_eq!(pending.state().expose_secret(), query["state"]);
    psc.world().state().claims.insert("nonce".into(), query["nonce"].clone().into());
    block_on(psc.finish(&mut pending, &callback(&query))).unwrap();
    let used = pending.to_stored().unwrap();
    let mut used = Authorization::resume(&used, psc.world().now()).unwrap();
    let error = block_on(psc.finish(&mut used, &callback(&query))).unwrap_err();
    assert_eq!(error.code(), Code::AUTHORIZATION_USED);
    let garbage = Authorization::resume(b"{\"v\":1,\"state\":{}}", psc.world().now()).unwrap_err();
    assert_eq!(garbage.code(), Code::STORED_FORM_UNREADABLE);
}

#[test]
fn a_code_is_never_sent_twice() {
    for (status, body, code) in [
        (400, json!({"error": "invalid_grant", "error_description": "Code not valid"}), Code::CODE_REFUSED),
        (401, json!({"error": "unauthorized_client"}), Code::CLIENT_REFUSED),
        (503, json!({}), Code::PROVIDER_UNAVAILABLE),
        (200, json!({"access_token": "a", "token_type": "Bearer"}), Code::ID_TOKEN_MISSING),
    ] {
        let psc = psc();
        let result = sign_in(&psc, &SignInOptions::default(), |fake| fake.answer(Endpoint::Token, status, body));
        assert_eq!(result.unwrap_err().code(), code);
        assert_eq!(psc.world().asked(Endpoint::Token).len(), 1);
    }
    let psc = psc();
    let error = sign_in(&psc, &SignInOptions::default(), |fake| fake.cut(Endpoint::Token)).unwrap_err();
    assert_eq!((error.code(), psc.world().asked(Endpoint::Token).len()), (Code::CONNECTION_LOST, 1));
}

#[test]
fn what_the_token_and_the_profile_say_must_agree() {
    let claim =
        |name: &'static str, value: Value| refused(move |fake| drop(fake.state().claims.insert(name.into(), value)));
    assert_eq!(claim("nonce", "another".into()), (Code::ID_TOKEN_NONCE, Some("nonce")));
    assert_eq!(claim("aud", "another".into()), (Code::ID_TOKEN_AUDIENCE, Some("aud")));
    assert_eq!(claim("at_hash", "another".into()), (Code::ID_TOKEN_ACCESS_TOKEN, Some("at_hash")));
    assert_eq!(claim("acr", Value::Null), (Code::ID_TOKEN_ACR, Some("acr")));
    let userinfo =
        |name: &'static str, value: &'static str| refused(move |fake| fake.state().userinfo[name] = value.into());
    assert_eq!(userinfo("sub", "f:u:899700218896"), (Code::USERINFO_SUBJECT, Some("sub")));
    assert_eq!(userinfo("SubjectNameID", "899700218896"), (Code::USERINFO_SUBJECT, Some("SubjectNameID")));
    let unauthorized = refused(|fake| fake.answer(Endpoint::Userinfo, 401, Value::Null));
    assert_eq!(unauthorized.0, Code::ACCESS_TOKEN_REFUSED);
    assert_eq!(refused(|fake| fake.state().key = Key::Attacker).0, Code::ID_TOKEN_SIGNATURE);
}

#[test]
fn an_old_sign_in_is_told_when_a_fresh_one_was_asked() {
    let options = SignInOptions::default().fresh_within(Duration::from_secs(300));
    let old = |fake: &Fake| {
        let at = fake.now().unix() - 5395;
        fake.state().claims.insert("auth_time".into(), at.into());
    };
    assert_eq!(sign_in(&psc(), &options, old).unwrap_err().code(), Code::SIGN_IN_NOT_FRESH);
    let psc = psc();
    let signed_in = sign_in(&psc, &SignInOptions::default(), old).unwrap();
    assert!(!signed_in.sign_in.is_fresh(psc.world().now(), Duration::from_secs(300)));
}

#[test]
fn the_way_on_after_an_old_sign_in_is_a_full_sign_out() {
    let back = ReturnAddresses::new(["https://service.example/encore"]).unwrap().first();
    let finish = |psc: &Psc<Fake>, age: i64, spoil: &dyn Fn(&Fake)| {
        let options = SignInOptions::default().fresh_within(Duration::from_secs(300)).prompt(Prompt::Login);
        let (mut pending, query) = begin(psc, &options);
        psc.world().state().claims.insert("nonce".into(), query["nonce"].clone().into());
        let at = psc.world().now().unix() - age;
        psc.world().state().claims.insert("auth_time".into(), at.into());
        spoil(psc.world());
        block_on(psc.finish_fresh(&mut pending, &callback(&query), &back))
    };
    let (psc, nothing) = (psc(), |_: &Fake| ());
    let Ok(Finished::TooOld { sign_out }) = finish(&psc, 331, &nothing) else { panic!("an old session passed") };
    let sign_out = sign_out.expose_secret();
    assert!(sign_out.contains("/logout?id_token_hint=ey"), "{sign_out}");
    assert!(sign_out.ends_with("&post_logout_redirect_uri=https%3A%2F%2Fservice.example%2Fencore"), "{sign_out}");
    assert!(matches!(finish(&psc, 330, &nothing), Ok(Finished::SignedIn(_))), "within the leeway of 30 s");
    let forged = finish(&psc, 9, &|fake: &Fake| fake.state().key = Key::Attacker);
    assert_eq!(forged.unwrap_err().code(), Code::ID_TOKEN_SIGNATURE, "no other error has that way on");
}

#[test]
fn keys_and_profile_are_asked_for_again_when_the_network_fails() {
    for endpoint in [Endpoint::Jwks, Endpoint::Userinfo] {
        let psc = psc();
        sign_in(&psc, &SignInOptions::default(), |fake| (0..2).for_each(|_| fake.cut(endpoint))).unwrap();
        assert_eq!(psc.world().asked(endpoint).len(), 3);
        let result = sign_in(&self::psc(), &SignInOptions::default(), |fake| (0..3).for_each(|_| fake.cut(endpoint)));
        assert_eq!(result.unwrap_err().code(), Code::CONNECTION_LOST, "{endpoint:?}");
    }
}

#[test]
fn a_rotated_key_is_fetched_once_and_an_unknown_one_refused() {
    let psc = psc();
    sign_in(&psc, &SignInOptions::default(), |_| ()).unwrap();
    sign_in(&psc, &SignInOptions::default(), |_| ()).unwrap();
    assert_eq!(psc.world().asked(Endpoint::Jwks).len(), 1, "kept between two sign-ins");
    let rotate = |fake: &Fake| {
        let mut state = fake.state();
        (state.key, state.kid) = (Key::Second, "test-second");
        state.published.push(Key::Second.jwk("test-second"));
    };
    sign_in(&psc, &SignInOptions::default(), rotate).unwrap();
    assert_eq!(psc.world().asked(Endpoint::Jwks).len(), 2);
    for _ in 0..3 {
        let unknown = sign_in(&psc, &SignInOptions::default(), |fake| fake.state().kid = "test-third");
        assert_eq!(unknown.unwrap_err().code(), Code::ID_TOKEN_KEY);
    }
    assert_eq!(psc.world().asked(Endpoint::Jwks).len(), 2, "not again within the cool-down");
    psc.world().advance(30);
    let unknown = sign_in(&psc, &SignInOptions::default(), |_| ());
    assert_eq!((unknown.unwrap_err().code(), psc.world().asked(Endpoint::Jwks).len()), (Code::ID_TOKEN_KEY, 3));
}

#[test]
fn the_last_known_metadata_serves_while_the_provider_is_down() {
    let psc = psc();
    sign_in(&psc, &SignInOptions::default(), |_| ()).unwrap();
    psc.world().advance(3601);
    psc.world().state().discovery = json!({ "issuer": "https://evil.example" });
    sign_in(&psc, &SignInOptions::default(), |_| ()).unwrap();
    let fresh = self::psc();
    fresh.world().state().discovery = json!({ "issuer": "https://evil.example" });
    let error = block_on(fresh.begin(&SignInOptions::default())).unwrap_err();
    assert_eq!(error.code(), Code::DISCOVERY_ISSUER);
}

#[test]
fn an_answer_of_another_kind_is_never_read() {
    let html = |_: &_| {
        let mut response = answer(200, &json!({}));
        response.headers[0].1 = "text/html".to_owned();
        Ok(response)
    };
    for endpoint in [Endpoint::Token, Endpoint::Jwks, Endpoint::Userinfo] {
        assert_eq!(refused(|fake| fake.script(endpoint, html)).0, Code::PROVIDER_ANSWER, "{endpoint:?}");
    }
}
