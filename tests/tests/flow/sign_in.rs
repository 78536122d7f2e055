//! Sign-in by authorization code: what is refused, by name, and that nothing is lost by it.

use crate::refusal;
use sas_psc::Code;
use sas_psc::drive::{Psc, block_on};
use sas_psc::psc::{Authorization, Prompt, SignInOptions, danger};
use sas_psc_sim::{Browser, Endpoint, Fault, Rule, Shape};
use sas_psc_tests::{Loopback, Site, client};

/// An answer of PSC that must not be believed; the next sign-in, without the fault, passes.
macro_rules! not_believed {
    ($($name:ident: $fault:expr => $code:ident;)*) => {$(
        #[test]
        fn $name() {
            let site = Site::new();
            site.once($fault);
            assert_eq!(refusal(site.by_card("physician")), Code::$code);
            // Unknown keys are asked for once in 30 seconds.
            site.pass(30);
            assert!(site.by_card("physician").is_ok());
        }
    )*};
}

not_believed! {
    a_wrong_nonce: Rule::new(Fault::WrongNonce) => ID_TOKEN_NONCE;
    a_wrong_audience: Rule::new(Fault::WrongAudience) => ID_TOKEN_AUDIENCE;
    a_wrong_issuer: Rule::new(Fault::WrongIssuer) => ID_TOKEN_ISSUER;
    an_expired_id_token: Rule::new(Fault::ExpiredIdToken) => ID_TOKEN_EXPIRED;
    an_unknown_kid: Rule::new(Fault::UnknownKid) => ID_TOKEN_KEY;
    a_wrong_signature: Rule::new(Fault::WrongSignature) => ID_TOKEN_SIGNATURE;
    a_missing_acr: Rule::new(Fault::MissingAcr) => ID_TOKEN_ACR;
    a_low_acr: Rule::new(Fault::LowAcr) => ID_TOKEN_ACR;
    an_access_token_of_another_answer: Rule::new(Fault::WrongAtHash) => ID_TOKEN_ACCESS_TOKEN;
    userinfo_of_another_subject: Rule::new(Fault::OtherSubject) => USERINFO_SUBJECT;
    a_captive_portal_at_the_token_endpoint: Rule::answer(Endpoint::Token, 200, "<html>") => PROVIDER_ANSWER;
    a_captive_portal_at_userinfo: Rule::answer(Endpoint::Userinfo, 200, "<html>") => PROVIDER_ANSWER;
    a_token_endpoint_that_is_down: Rule::answer(Endpoint::Token, 503, "") => PROVIDER_UNAVAILABLE;
}

#[test]
fn keys_that_rotate_are_fetched_again() {
    let site = Site::new();
    site.by_card("physician").unwrap();
    for rotation in [Fault::RotateKeys, Fault::WithdrawKeys] {
        site.pass(60);
        site.once(Rule::new(rotation));
        assert!(site.by_card("physician").is_ok(), "{rotation:?}");
    }
}

#[test]
fn every_shape_of_userinfo_signs_in() {
    let site = Site::new();
    for shape in [Shape::V1, Shape::V2, Shape::Minimal] {
        site.once(Rule { shape: Some(shape), ..Rule::new(Fault::UserinfoShape) });
        let signed_in = site.by_card("physician").unwrap();
        assert_eq!(signed_in.sign_in.professional().id_nat.as_str(), "899700218896", "{shape:?}");
    }
}

#[test]
fn leaving_pscs_page_is_told_and_one_may_begin_again() {
    let site = Site::new();
    let (mut pending, url) = site.begin();
    let callback = leave(&mut Browser::new(), &url);
    assert_eq!(refusal(site.back(&mut pending, &callback)), Code::SIGN_IN_CANCELLED);
    assert!(site.by_card("physician").is_ok());
}

#[test]
fn an_acceptance_that_arrives_after_leaving_pscs_page_is_never_used() {
    let site = Site::new();
    site.once(Rule::new(Fault::LateAcceptance));
    let (mut pending, url) = site.begin();
    let mut browser = Browser::new();
    let page = browser.get(&url).unwrap().location().unwrap();
    browser.post(&format!("{page}/e-cps"), &[("rpps", "99700218896")]).unwrap();
    let left = browser.post(&format!("{page}/annuler"), &[]).unwrap().location().unwrap();
    assert_eq!(refusal(site.back(&mut pending, &left)), Code::SIGN_IN_CANCELLED);
    assert!(site.sim.phone().approve("physician"));
    let late = browser.get(&format!("{page}/suite")).unwrap().location().unwrap();
    assert!(late.contains("code="));
    let stored = pending.to_stored().unwrap();
    let mut resumed = Authorization::resume(&stored, site.now()).unwrap();
    for pending in [&mut pending, &mut resumed] {
        assert_eq!(refusal(site.back(pending, &late)), Code::AUTHORIZATION_USED);
    }
}

fn leave(browser: &mut Browser, url: &str) -> String {
    let page = browser.get(url).unwrap().location().unwrap();
    browser.post(&format!("{page}/annuler"), &[]).unwrap().location().unwrap()
}

#[test]
fn a_state_that_is_not_ours_ends_nothing() {
    let site = Site::new();
    let (mut pending, url) = site.begin();
    let callback = site.sim.sign_in_by_card(&url, "physician");
    let forged = callback.replace("state=", "state=x");
    assert_eq!(refusal(site.back(&mut pending, &forged)), Code::AUTHORIZATION_STATE);
    let without = callback.replace("state=", "etat=");
    assert_eq!(refusal(site.back(&mut pending, &without)), Code::AUTHORIZATION_STATE);
    assert!(site.back(&mut pending, &callback).is_ok(), "the true answer still counts");
}

#[test]
fn an_answer_of_another_issuer_is_refused() {
    let site = Site::new();
    let (mut pending, url) = site.begin();
    let callback = site.sim.sign_in_by_card(&url, "physician");
    let (before, after) = callback.split_once("&iss=").unwrap();
    let rest = after.split_once('&').map_or("", |(_, rest)| rest);
    let other = format!("{before}&iss=https%3A%2F%2Fautre.invalid&{rest}");
    assert_eq!(refusal(site.back(&mut pending, &other)), Code::AUTHORIZATION_ISSUER);
    assert_eq!(refusal(site.back(&mut pending, &format!("{before}&{rest}"))), Code::AUTHORIZATION_ISSUER);
}

#[test]
fn two_tabs_have_two_states_and_both_finish() {
    let site = Site::new();
    let ((mut one, url_one), (mut two, url_two)) = (site.begin(), site.begin());
    let mut browser = Browser::new();
    let back_one = site.sim.sign_in_by_card_in(&mut browser, &url_one, "physician");
    let back_two = site.sim.sign_in_by_card_in(&mut browser, &url_two, "physician");
    assert_eq!(refusal(site.back(&mut one, &back_two)), Code::AUTHORIZATION_STATE);
    assert_eq!(refusal(site.back(&mut two, &back_one)), Code::AUTHORIZATION_STATE);
    let (one, two) = (site.back(&mut one, &back_one).unwrap(), site.back(&mut two, &back_two).unwrap());
    let accounts = [one, two].map(|signed_in| site.welcome(&signed_in.sign_in).unwrap().id);
    assert_eq!(accounts[0], accounts[1]);
}

#[test]
fn an_answer_played_twice_is_used_once() {
    let site = Site::new();
    let (mut pending, url) = site.begin();
    let callback = site.sim.sign_in_by_card(&url, "physician");
    assert!(site.back(&mut pending, &callback).is_ok());
    let mut resumed = Authorization::resume(&pending.to_stored().unwrap(), site.now()).unwrap();
    for pending in [&mut pending, &mut resumed] {
        assert_eq!(refusal(site.back(pending, &callback)), Code::AUTHORIZATION_USED);
    }
}

#[test]
fn a_code_spent_by_someone_else_is_refused() {
    let site = Site::new();
    let (mut pending, url) = site.begin();
    let callback = site.sim.sign_in_by_card(&url, "physician");
    let mut thief = Authorization::resume(&pending.to_stored().unwrap(), site.now()).unwrap();
    assert!(site.back(&mut thief, &callback).is_ok());
    assert_eq!(refusal(site.back(&mut pending, &callback)), Code::CODE_REFUSED);
}

#[test]
fn a_code_of_another_persons_sign_in_does_not_fit_ours() {
    let site = Site::new();
    let (_, theirs) = site.begin();
    let callback = site.sim.sign_in_by_card(&theirs, "nurse");
    let code = callback.split("code=").nth(1).unwrap().split('&').next().unwrap();
    let (mut pending, url) = site.begin();
    let ours = site.sim.sign_in_by_card(&url, "physician");
    let own = ours.split("code=").nth(1).unwrap().split('&').next().unwrap();
    assert_eq!(refusal(site.back(&mut pending, &ours.replace(own, code))), Code::CODE_REFUSED);
}

#[test]
fn ten_minutes_and_no_more() {
    let site = Site::new();
    let (mut pending, url) = site.begin();
    site.pass(599);
    let callback = site.sim.sign_in_by_card(&url, "physician");
    let stored = pending.to_stored().unwrap();
    site.pass(1);
    assert_eq!(refusal(site.back(&mut pending, &callback)), Code::AUTHORIZATION_EXPIRED);
    assert_eq!(refusal(Authorization::resume(&stored, site.now())), Code::AUTHORIZATION_EXPIRED);
}

#[test]
fn a_code_that_came_late_is_refused() {
    let site = Site::new();
    let (mut pending, url) = site.begin();
    let callback = site.sim.sign_in_by_card(&url, "physician");
    site.pass(60);
    assert_eq!(refusal(site.back(&mut pending, &callback)), Code::CODE_REFUSED);
}

#[test]
fn psc_that_may_show_no_page_says_that_one_is_needed() {
    let site = Site::new();
    let (mut pending, url) = site.begin_with(&SignInOptions::default().prompt(Prompt::None));
    let callback = Browser::new().get(&url).unwrap().location().unwrap();
    assert_eq!(refusal(site.back(&mut pending, &callback)), Code::SIGN_IN_REQUIRED);
}

#[test]
fn psc_that_is_down_for_userinfo_is_told_and_nothing_is_begun() {
    let site = Site::new();
    site.sim.inject(Rule::answer(Endpoint::Userinfo, 503, ""));
    assert_eq!(refusal(site.by_card("physician")), Code::PROVIDER_UNAVAILABLE);
    site.sim.set_scenario(sas_psc_sim::Scenario::default());
    assert_eq!(site.log_size(), 0);
    assert!(site.by_card("physician").is_ok());
}

#[test]
fn the_simulator_is_refused_unless_it_is_named() {
    let site = Site::new();
    let environment = danger::insecure_loopback(&site.sim.issuer()).unwrap();
    let psc = Psc::over(Loopback::new(&site.clock, 3), environment, client());
    assert_eq!(refusal(block_on(psc.service())), Code::SIMULATOR_REFUSED);
}
