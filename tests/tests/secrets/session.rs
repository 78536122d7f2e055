//! What keeps a sign-in and a session: sealed values, their keys and cookies, return addresses.

use crate::shown::Shown;
use sas_psc::drive::block_on;
use sas_psc::psc::{KeyRing, ReturnAddresses, SignInCookies, SignInOptions};
use sas_psc_tests::{Draws, Site};
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
