//! What keeps a sign-in and a session: sealed values, their keys and cookies, return addresses.

use crate::shown::Shown;
use sas_psc::base::{ExposeSecret, Timestamp};
use sas_psc::drive::blocking;
use sas_psc::drive::{HttpConfig, Psc, Sessions, StepSessions, block_on};
use sas_psc::psc::{
    Introspected, Jwks, KeyRing, LogoutTokenCheck, ReturnAddresses, Service, Session, SessionKey, SessionRules,
    SessionStore, SignInCookies, SignInOptions, SignedIn,
};
use sas_psc::store::Memory;
use sas_psc_tests::{Draws, Loopback, Site, client, environment};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

pub fn sealed(site: &Site, shown: &mut Shown) {
    let service = block_on(site.psc.service()).unwrap();
    let keys = shown.debug(KeyRing::new(b"une-cle-tres-secrete-de-32-octets").unwrap());
    shown.secret("a key", "une-cle-tres-secrete-de-32-octets");
    let returns = shown.debug(ReturnAddresses::new(["/dossier-tres-prive"]).unwrap());
    shown.secret("a return address", "/dossier-tres-prive");
    shown.debug(returns.first());
    shown.failed(returns.parse("/dossier-tres-prive-2"));
    let cookies = shown.debug(SignInCookies::new(keys, returns));
    let options = SignInOptions::default();
    let leaving = cookies.leave(&service, &options, "", "", &mut Draws(8), site.now()).unwrap();
    let pairs: Vec<&str> = leaving.cookies.iter().map(|cookie| cookie.split("; ").next().unwrap()).collect();
    for pair in &pairs {
        shown.secret("a cookie", pair.split_once('=').unwrap().1);
    }
    shown.debug(&leaving);
    let callback = site.sim.sign_in_by_card(&leaving.url, "physician");
    let header = pairs.join("; ");
    shown.failed(cookies.back(&service, &header, &callback.replace("state=", "state=x"), &mut Draws(9), site.now()));
    let returned = cookies.back(&service, &header, &callback, &mut Draws(9), site.now()).unwrap();
    shown.debug(&returned);
    stale(site, shown);
}

/// A sign-in that PSC's older session answered.
fn stale(site: &Site, shown: &mut Shown) {
    let back = ReturnAddresses::with_loopback(["http://127.0.0.1:1/bye"]).unwrap().first();
    let fresh = SignInOptions::default().fresh_within(Duration::ZERO);
    let (mut pending, url) = block_on(site.psc.begin(&fresh)).unwrap();
    let callback = site.sim.sign_in_by_card(&url, "physician");
    site.clock.advance(Duration::from_secs(50));
    let finished = shown.debug(block_on(site.psc.finish_fresh(&mut pending, &callback, &back)).unwrap());
    assert!(matches!(finished, sas_psc::psc::Finished::TooOld { .. }));
}

/// A session from its first token to its end, and what is asked about its tokens meanwhile.
pub fn lived(site: &Site, shown: &mut Shown) {
    let keys = KeyRing::new(b"une-cle-tres-secrete-de-32-octets").unwrap();
    let signed_in = site.by_card("physician").unwrap();
    let service = block_on(site.psc.service()).unwrap();
    held(site, &service, &signed_in, shown);
    let psc = Arc::new(Psc::over(Loopback::new(&site.clock, 5), environment(&site.sim.issuer()), client()));
    let sessions = shown.debug(Sessions::new(psc, Memory::new(), keys.clone(), SessionRules::default()));
    let stepped = StepSessions::new(service.clone(), Memory::new(), keys.clone(), SessionRules::default());
    let stepped = shown.debug(stepped);
    let stepped_id = stepped.begin(&signed_in, site.now()).unwrap();
    shown.secret("a session", stepped_id.expose_secret());
    shown.debug(stepped.access_token(&stepped_id, site.now()));
    let begin = |shown: &mut Shown| {
        let id = block_on(sessions.begin(&signed_in)).unwrap();
        shown.secret("a session", id.expose_secret());
        id
    };
    let id = begin(shown);
    site.pass(100);
    shown.secret("a token", block_on(sessions.access_token(&id)).unwrap().expose_secret());
    shown.debug(block_on(sessions.state(&id)).unwrap());
    let key = shown.debug(SessionKey::of(&id));
    let stored = shown.debug(block_on(sessions.store().session(key)).unwrap().unwrap());
    let mut session = Session::open(&service, &keys, key, &stored.sealed, SessionRules::default()).unwrap();
    shown.debug(&session);
    shown.debug(session.next(&service, site.now()).unwrap());
    site.pass(100);
    shown.debug(session.next(&service, site.now()).unwrap());
    shown.failed(Session::open(&service, &keys, SessionKey([1; 32]), &stored.sealed, SessionRules::default()));
    let out = shown.debug(block_on(sessions.sign_out(&id, None)).unwrap());
    shown.secret("a sign-out", out.url.expose_secret().split_once('=').unwrap().1.split('&').next().unwrap());
    shown.failed(block_on(sessions.access_token(&id)));
    shown.failed(block_on(sessions.access_token(&"identifiant-inconnu".to_owned().into())));
    block_on(sessions.sign_out_on_server(&begin(shown))).unwrap();
    block_on(sessions.forget(&begin(shown))).unwrap();
    shown.debug(block_on(sessions.back_channel_logout(b"logout_token=jeton.tres.secret")));
    let psc = blocking::Psc::new(environment(&site.sim.issuer()), client(), &HttpConfig::default()).unwrap();
    shown.debug(blocking::Sessions::new(&psc, Memory::new(), keys, SessionRules::default()));
}

fn held(site: &Site, service: &Service, signed_in: &SignedIn, shown: &mut Shown) {
    let token = signed_in.tokens.access_token();
    let asked = shown.debug(service.introspect(token).unwrap());
    let said = shown.debug(block_on(site.psc.run(asked)).unwrap());
    let Introspected::Active(said) = said else { panic!("a token just given") };
    shown.debug(*said);
    let revocation = shown.debug(service.revoke(token).unwrap());
    block_on(site.psc.run(revocation)).unwrap();
    shown.debug(service.end_session(&signed_in.tokens).unwrap());
    let vector = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/logout-token/ok.json");
    let vector: Value = serde_json::from_str(&std::fs::read_to_string(vector).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (issuer, client_id) = (text(&vector["options"]["issuer"]), text(&vector["options"]["client_id"]));
    let token = text(&vector["token"]);
    shown.secret("a logout token", &*token);
    let (keys, now) = (Jwks::parse(vector["jwks"].to_string().as_bytes()).unwrap(), &vector["options"]["now"]);
    let check = shown.debug(LogoutTokenCheck::new(&issuer, &client_id));
    let logout = check.verify(&token, &keys, Timestamp::from_unix(now.as_i64().unwrap())).unwrap();
    shown.secret("a session", logout.session_id().unwrap());
    shown.secret("a subject", logout.subject().unwrap());
    shown.debug(logout);
    shown.failed(check.verify(&token, &keys, site.now() + Duration::from_secs(1 << 40)));
    shown.debug(service.logout_request(format!("logout_token={token}").as_bytes()).unwrap());
    shown.failed(service.logout_request(b"logout_token=a&logout_token=b"));
}
