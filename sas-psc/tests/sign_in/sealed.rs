//! A sign-in kept by the browser alone: sealed in a cookie, by a server that remembers nothing.

use crate::fake::{Fake, REDIRECT, psc};
use crate::minting::ISSUER;
use sas_psc::base::Timestamp;
use sas_psc::drive::{Psc, World, block_on};
use sas_psc::psc::{
    Authorization, Client, ClientAuth, Endpoint, Environment, KeyRing, Leaving, ResponseMode, ReturnAddresses,
    Returned, Service, SignInCookies, SignInOptions,
};
use sas_psc::{Code, Result};
use std::collections::BTreeMap;
use std::time::Duration;

/// The cookies of a browser.
#[derive(Clone, Default)]
struct Jar(BTreeMap<String, String>);

impl Jar {
    fn take(&mut self, cookies: &[String]) {
        for cookie in cookies {
            let (pair, attributes) = cookie.split_once("; ").unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let gone = attributes.ends_with("Max-Age=0");
            if gone {
                self.0.remove(name)
            } else {
                self.0.insert(name.to_owned(), value.to_owned())
            };
        }
    }

    fn header(&self) -> String {
        self.0.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }
}

fn returns() -> ReturnAddresses {
    ReturnAddresses::new(["/compte", "/agenda"]).unwrap()
}

fn cookies() -> SignInCookies {
    SignInCookies::new(KeyRing::new(&[1; 32]).unwrap(), returns())
}

/// A server that forgets everything between two requests.
struct Server(Psc<Fake>, SignInCookies);

impl Server {
    fn service(&self) -> Service {
        block_on(self.0.service()).unwrap()
    }

    fn leave(&self, jar: &mut Jar, mode: ResponseMode, asked: &str) -> (Leaving, String) {
        let world = self.0.world();
        let options = SignInOptions::default().response_mode(mode);
        let leaving =
            self.1.leave(&self.service(), &options, &jar.header(), asked, &mut world.random(), world.now()).unwrap();
        jar.take(&leaving.cookies);
        let query = openidconnect::url::Url::parse(&leaving.url).unwrap();
        let query: BTreeMap<_, _> = query.query_pairs().into_owned().collect();
        world.state().claims.insert("nonce".into(), query["nonce"].clone().into());
        let callback = format!("state={}&iss={ISSUER}&code=c0de", query["state"]);
        (leaving, callback)
    }

    fn back(&self, jar: &Jar, callback: &str) -> Result<Returned> {
        let world = self.0.world();
        self.1.back(&self.service(), &jar.header(), callback, &mut world.random(), world.now())
    }

    fn refused(&self, jar: &Jar, callback: &str) -> Code {
        self.back(jar, callback).map(drop).unwrap_err().code()
    }
}

#[test]
fn the_browser_alone_keeps_a_sign_in_and_brings_it_back() {
    let (server, mut jar) = (Server(psc(), cookies()), Jar::default());
    let (leaving, callback) = server.leave(&mut jar, ResponseMode::Query, "/agenda");
    assert_eq!(leaving.cookies.len(), 2);
    for cookie in &leaving.cookies {
        assert!(cookie.starts_with("__Host-psc-") && cookie.contains("; Path=/; Secure; HttpOnly; SameSite=Lax"));
        assert!(cookie.len() < 1024, "{} bytes", cookie.len());
    }
    assert!(leaving.cookies[1].ends_with("; Max-Age=600") && !leaving.url.contains("response_mode"));
    let mut returned = server.back(&jar, &format!("{REDIRECT}?{callback}")).unwrap();
    assert_eq!(returned.return_to.as_str(), "/agenda");
    let before = jar.header();
    jar.take(&returned.cookies);
    assert_eq!(jar.0.len(), 1, "the sealed sign-in is gone");
    assert!(!before.contains(&jar.header()), "the secret of the browser is another one after the sign-in");
    block_on(server.0.finish(&mut returned.pending, &callback)).unwrap();
    assert_eq!(server.refused(&jar, &callback), Code::AUTHORIZATION_STATE);
}

#[test]
fn a_form_post_has_cookies_of_its_own_that_come_from_another_site() {
    let (server, mut jar) = (Server(psc(), cookies()), Jar::default());
    let (leaving, callback) = server.leave(&mut jar, ResponseMode::FormPost, "");
    assert!(leaving.url.contains("&response_mode=form_post"));
    assert!(leaving.cookies.iter().all(|cookie| cookie.contains("; Secure; HttpOnly; SameSite=None")));
    assert_eq!(server.back(&jar, &callback).unwrap().return_to.as_str(), "/compte");
    let names: Vec<String> = jar.0.keys().cloned().collect();
    server.leave(&mut jar, ResponseMode::Query, "");
    assert_eq!(jar.0.len(), 4, "the two ways share no cookie: {names:?}");
}

#[test]
fn two_tabs_have_two_states_and_of_many_the_last_four_stay() {
    let (server, mut jar) = (Server(psc(), cookies()), Jar::default());
    let first = server.leave(&mut jar, ResponseMode::Query, "/compte").1;
    server.0.world().advance(1);
    let second = server.leave(&mut jar, ResponseMode::Query, "/agenda").1;
    assert_eq!(jar.0.len(), 3);
    let returned = server.back(&jar, &first).unwrap();
    assert_eq!(returned.return_to.as_str(), "/compte");
    jar.take(&returned.cookies);
    assert_eq!(server.back(&jar, &second).unwrap().return_to.as_str(), "/agenda", "the other tab goes on");
    for _ in 0..9 {
        server.0.world().advance(1);
        server.leave(&mut jar, ResponseMode::Query, "");
        assert!(jar.0.len() <= 5 && jar.header().len() < 4096, "{} bytes", jar.header().len());
    }
    assert_eq!(server.refused(&jar, &second), Code::AUTHORIZATION_STATE);
}

#[test]
fn what_another_browser_holds_or_somebody_changed_does_not_open() {
    let (server, mut jar, mut other) = (Server(psc(), cookies()), Jar::default(), Jar::default());
    let callback = server.leave(&mut jar, ResponseMode::Query, "").1;
    server.leave(&mut other, ResponseMode::Query, "");
    let (name, value) = jar.0.iter().find(|(name, _)| name.starts_with("__Host-psc-q")).unwrap();
    assert_eq!(server.refused(&other, &callback), Code::AUTHORIZATION_STATE);
    let mut planted = other.clone();
    planted.0.insert(name.clone(), value.clone());
    assert_eq!(server.refused(&planted, &callback), Code::AUTHORIZATION_STATE, "bound to the browser's secret");
    for at in [0, 20, value.len() - 1] {
        let mut changed = value.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let mut jar = jar.clone();
        jar.0.insert(name.clone(), String::from_utf8(changed).unwrap());
        assert_eq!(server.refused(&jar, &callback), Code::AUTHORIZATION_STATE, "character {at}");
    }
    let mut swapped = jar.clone();
    let theirs = other.0.iter().find(|(name, _)| name.starts_with("__Host-psc-q")).unwrap().1;
    swapped.0.insert(name.clone(), theirs.clone());
    assert_eq!(server.refused(&swapped, &callback), Code::AUTHORIZATION_STATE);
    assert_eq!(server.refused(&jar, "code=c0de"), Code::AUTHORIZATION_STATE);
    assert_eq!(server.refused(&jar, &format!("{callback}&state=x")), Code::AUTHORIZATION_ANSWER);
    assert!(server.back(&jar, &callback).is_ok());
}

#[test]
fn a_replayed_cookie_meets_a_code_that_is_used_and_a_store_that_remembers() {
    let (server, mut jar) = (Server(psc(), cookies()), Jar::default());
    let callback = server.leave(&mut jar, ResponseMode::Query, "").1;
    let mut first = server.back(&jar, &callback).unwrap().pending;
    let mut again = server.back(&jar, &callback).unwrap().pending;
    // The same sign-in has the same name: a store that has seen it refuses it.
    assert_eq!(first.once(), again.once());
    block_on(server.0.finish(&mut first, &callback)).unwrap();
    // Without such a store, PSC refuses the code the second time.
    let spent = serde_json::json!({"error": "invalid_grant", "error_description": "Code not valid"});
    server.0.world().answer(Endpoint::Token, 400, spent);
    assert_eq!(block_on(server.0.finish(&mut again, &callback)).unwrap_err().code(), Code::CODE_REFUSED);
}

#[test]
fn a_sealed_sign_in_is_of_one_browser_service_and_time() {
    let (psc, keys) = (psc(), KeyRing::new(&[1; 32]).unwrap());
    let (service, now) = (block_on(psc.service()).unwrap(), psc.world().now());
    let options = SignInOptions::default().fresh_within(Duration::from_secs(60));
    let (pending, _) = service.begin(&options, &mut psc.world().random(), now).unwrap();
    let longest = format!("/{}", "a".repeat(511));
    let sealed = pending.seal(&keys, "browser", &longest, &mut psc.world().random()).unwrap();
    assert_eq!(sealed.len(), 879, "the documented bound is 880");
    let too_long = pending.seal(&keys, "browser", &format!("{longest}a"), &mut psc.world().random());
    assert_eq!(too_long.unwrap_err().code(), Code::RETURN_ADDRESS_REFUSED);

    let open = |service: &Service, keys: &KeyRing, browser: &str, sealed: &str, now: Timestamp| {
        Authorization::open(service, keys, browser, sealed, now).map_err(|error| error.code())
    };
    let (opened, return_to) = open(&service, &keys, "browser", &sealed, now).unwrap();
    assert_eq!((opened.to_stored().unwrap(), return_to), (pending.to_stored().unwrap(), longest));
    let at = |seconds| now + Duration::from_secs(seconds);
    assert!(open(&service, &keys, "browser", &sealed, at(599)).is_ok());
    assert_eq!(open(&service, &keys, "browser", &sealed, at(600)).unwrap_err(), Code::AUTHORIZATION_EXPIRED);
    let ahead = now - Duration::from_secs(601);
    assert_eq!(open(&service, &keys, "browser", &sealed, ahead).unwrap_err(), Code::AUTHORIZATION_EXPIRED);
    let elsewhere = |environment: &Environment, id: &str, redirect: &str| {
        let client = Client::new(id, ClientAuth::TlsClientAuth, redirect);
        Service::new(client, sas_psc::psc::Metadata::of_preset(environment)).unwrap()
    };
    let (bas, production) = (Environment::bas(), Environment::production());
    let client = service.client().id().to_owned();
    assert!(open(&elsewhere(&bas, &client, REDIRECT), &keys, "browser", &sealed, now).is_ok());
    for other in [
        elsewhere(&production, &client, REDIRECT),
        elsewhere(&bas, "another", REDIRECT),
        elsewhere(&bas, &client, &format!("{REDIRECT}/")),
    ] {
        assert_eq!(open(&other, &keys, "browser", &sealed, now).unwrap_err(), Code::SEALED_VALUE_REFUSED);
    }
    let rotated = KeyRing::new(&[2; 32]).unwrap();
    assert_eq!(open(&service, &rotated, "browser", &sealed, now).unwrap_err(), Code::SEALED_VALUE_REFUSED);
    assert!(open(&service, &rotated.with_older(&[1; 32]).unwrap(), "browser", &sealed, now).is_ok());
    for wrong in ["", "AQ", &"A".repeat(881), &format!("{sealed}="), "é"] {
        assert_eq!(open(&service, &keys, "browser", wrong, now).unwrap_err(), Code::SEALED_VALUE_REFUSED);
    }
    assert_eq!(open(&service, &keys, "Browser", &sealed, now).unwrap_err(), Code::SEALED_VALUE_REFUSED);
}
