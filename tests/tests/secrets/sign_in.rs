//! What a sign-in holds, by code and by phone: each request and answer, each state on the way, tokens, keys, claims.

use crate::shown::Shown;
use sas_psc::base::{ExposeSecret, Request, ServerKey};
use sas_psc::drive::{GuardedCiba, Steps, World, block_on};
use sas_psc::id::IdNat;
use sas_psc::person::{Continuity, OtherId, Professional};
use sas_psc::psc::{
    Channel, CibaGuard, CibaPoll, Endpoint, Exchange, GuardAsk, GuardEnd, GuardRules, GuardStore, IdTokenCheck, Jwks,
    KeyCache, Keys, Next, PersonState, Service, StationState, VerifiedIdToken,
};
use sas_psc::store::Memory;
use sas_psc_tests::{Draws, Site, environment};

/// The members of a stored form that are secret, by their names.
fn stored_secrets(shown: &mut Shown, stored: &[u8], names: &[(&'static str, &str)]) {
    let stored: serde_json::Value = serde_json::from_slice(stored).unwrap();
    for (what, pointer) in names {
        let found = stored.pointer(&format!("/state/{pointer}")).and_then(serde_json::Value::as_str);
        shown.secret(what, found.unwrap_or_else(|| panic!("no {pointer} in {stored}")));
    }
}

/// Runs an exchange, showing all that passes.
fn watch<E: Exchange>(site: &Site, shown: &mut Shown, exchange: &mut E) -> E::Output
where
    E::Output: std::fmt::Debug,
{
    loop {
        match shown.debug(exchange.next(site.now()).unwrap()) {
            Next::Send(request) => {
                let request: Request = shown.debug(request);
                let bearer = request.headers.iter().find(|(name, _)| *name == "authorization");
                shown.secret("an Authorization header", bearer.map_or("no header", |(_, value)| value));
                let response = shown.debug(block_on(site.psc.world().send(request)).unwrap());
                exchange.answered(&response, site.now()).unwrap();
            }
            Next::Wait(until) => site.clock.advance(until.since(site.now())),
            Next::Done(output) => return output,
        }
    }
}

/// The same person after a change of number.
fn renumbered(person: &Professional) -> Professional {
    let former = OtherId { id: person.id_nat.clone(), origin: "RPPS".to_owned(), quality: None };
    Professional { id_nat: IdNat::parse("899700366240").unwrap(), other_ids: vec![former], ..person.clone() }
}

pub fn by_code(site: &Site, shown: &mut Shown) {
    let service = shown.debug(block_on(site.psc.service()).unwrap());
    shown.debug(&site.psc);
    shown.debug(service.client().clone());
    shown.debug(service.client().auth());
    shown.debug(Service::discover(&environment(&site.sim.issuer())));
    let (mut pending, url) = site.begin();
    let names = [("a state", "state"), ("a nonce", "nonce"), ("a PKCE verifier", "verifier")];
    stored_secrets(shown, &pending.to_stored().unwrap(), &names);
    shown.debug(pending.state());
    let callback = site.sim.sign_in_by_card(&url, "physician");
    let parameter = |name: &str| callback.split(['?', '&']).find_map(|pair| pair.strip_prefix(name)).unwrap();
    shown.secret("an authorization code", parameter("code="));
    shown.secret("PSC's session", parameter("session_state="));
    shown.failed(service.finish(&mut pending, &callback.replace("state=", "state=x"), site.now()));
    let mut exchange = service.finish(&mut pending, &callback, site.now()).unwrap();
    shown.debug(&pending);
    shown.debug(&exchange);
    let signed_in = watch(site, shown, &mut exchange);
    shown.debug(&exchange);
    shown.failed(service.finish(&mut pending, &callback, site.now()));

    for (what, token) in [
        ("an access token", signed_in.tokens.access_token()),
        ("a refresh token", signed_in.tokens.refresh_token().unwrap()),
        ("an ID token", signed_in.tokens.id_token()),
    ] {
        shown.secret(what, token.expose_secret());
    }
    shown.secret("a subject", signed_in.sign_in.subject());
    shown.debug(&signed_in);
    shown.debug(&signed_in.sign_in);
    shown.debug(&signed_in.userinfo);
    shown.debug(&signed_in.tokens);
    shown.debug(signed_in.sign_in.auth_mode().unwrap());
    let person = shown.debug(signed_in.sign_in.professional().clone());
    let situation = shown.debug(person.situations()[0].clone());
    let chosen = shown.debug(person.choose(situation.key()).unwrap());
    shown.failed(person.choose(&chosen.person().to_string()));
    let Continuity::Renumbered(change) = shown.debug(renumbered(&person).continuity(&person.id_nat)) else { panic!() };
    shown.debug(change);
    shown.debug(&person.name);
    shown.debug(&person.other_ids[0]);
    shown.debug(&person.practices[0]);
    shown.debug(person.activities().next().unwrap());
    let mut refresh = service.refresh(&signed_in.tokens, site.now()).unwrap();
    shown.debug(&refresh);
    let renewed = watch(site, shown, &mut refresh);
    shown.secret("an access token", renewed.access_token().expose_secret());
    check(site, shown, signed_in.tokens.id_token().expose_secret());
}

/// The check of an ID token and its keys, by hand.
fn check(site: &Site, shown: &mut Shown, token: &str) {
    let service = block_on(site.psc.service()).unwrap();
    let mut cache = KeyCache::new(service.metadata()).unwrap();
    let keys = shown.debug(cache.current(site.now()).unwrap());
    let Keys::Fetch(request) = keys else { panic!("an empty cache fetches") };
    assert_eq!(request.url, service.metadata().endpoint(Endpoint::Jwks).unwrap());
    let response = block_on(site.psc.world().send(request)).unwrap();
    cache.fetched(&response, site.now()).unwrap();
    shown.debug(&cache);
    let jwks = shown.debug(Jwks::parse(&response.body).unwrap());
    let issuer = site.sim.issuer();
    let check = IdTokenCheck::new(&issuer, "plateforme-sas").access_token("jeton-pas-le-bon");
    shown.secret("an access token", "jeton-pas-le-bon");
    shown.failed(check.verify(token, &jwks, site.now()));
    let check = IdTokenCheck::new(&issuer, "plateforme-sas");
    let verified: VerifiedIdToken = shown.debug(check.verify(token, &jwks, site.now()).unwrap());
    shown.failed(check.nonce("nonce-pas-le-bon").verify(token, &jwks, site.now()));
    shown.secret("a nonce", "nonce-pas-le-bon");
    assert!(verified.is_of(&IdNat::parse("899700218896").unwrap()));
}

pub fn by_phone(site: &Site, shown: &mut Shown) {
    let service = block_on(site.psc.service()).unwrap();
    let person = IdNat::parse("899700366240").unwrap();
    let mut start = service.ciba(&person, Channel::Mobile, &mut Draws(9)).unwrap();
    shown.debug(&start);
    let mut poll = watch(site, shown, &mut start);
    stored_secrets(shown, &poll.to_stored().unwrap(), &[("an auth_req_id", "auth_req_id")]);
    shown.debug(&poll);
    assert!(site.sim.phone().approve("physician-two-places"));
    let signed_in = watch(site, shown, &mut poll);
    shown.secret("an access token", signed_in.tokens.access_token().expose_secret());
    shown.debug(&signed_in);
    poll.cancel();
    shown.debug(&poll);
    shown.failed(poll.next(site.now()));
}

/// The guard: what a store holds, what it decides, what it tells the hospital.
pub fn guarded(site: &Site, shown: &mut Shown) {
    let service = block_on(site.psc.service()).unwrap();
    let person = IdNat::parse("899700366240").unwrap();
    let guard = shown.debug(CibaGuard::new(ServerKey::new(&[7; 32]).unwrap(), GuardRules::default()));
    let (key, station) = (guard.person(&service, &person), guard.station(&service, &person, b"onglet-tres-secret"));
    shown.debug(key);
    let guarded = shown.debug(GuardedCiba::new(guard.clone(), Memory::new()));
    let world = site.psc.world();
    let start = |name: &'static [u8]| block_on(guarded.start(world, &service, &person, Channel::Mobile, name)).unwrap();
    shown.debug(start(b"onglet-tres-secret"));
    shown.debug(start(b"ailleurs"));
    let row = shown.debug(block_on(guarded.store().guard_row(key)).unwrap().unwrap());
    shown.debug(PersonState::resume(&row.state).unwrap());
    let row = block_on(guarded.store().guard_row(station)).unwrap().unwrap();
    let at_station = shown.debug(StationState::resume(&row.state).unwrap());
    stored_secrets(shown, &row.state, &[("an auth_req_id", "request/auth_req_id")]);
    let ask = |switch| GuardAsk { attempt: "a", channel: Channel::Mobile, station, switch };
    shown.debug(ask(false));
    let sas_psc::psc::Verdict::Ring(state) = shown.debug(guard.start(None, None, &ask(true), key, site.now())) else {
        panic!("the first start rings")
    };
    let held = guard.start(Some(&state), None, &ask(true), key, site.now());
    let sas_psc::psc::Verdict::HoldBack(_, Some(alarm)) = shown.debug(held) else { panic!("the second does not") };
    shown.debug(alarm);
    shown.debug(guard.end(&state, "a", Channel::Mobile, GuardEnd::Left, key, site.now()).unwrap());
    assert!(at_station.until() > site.now());
    let steps: Steps<CibaPoll> = Steps::of(site.now(), |_| async { Err(sas_psc::Error::new(sas_psc::Code::PANIC)) });
    shown.debug(steps);
}
