//! e-CPS from our own page (CIBA): refused, wrong, late, left on either side; two minutes of it take milliseconds.

use crate::refusal;
use sas_psc::base::Timestamp;
use sas_psc::drive::block_on;
use sas_psc::psc::{Channel, CibaPoll, Exchange, Next};
use sas_psc::{Code, Result};
use sas_psc_sim::{Browser, Endpoint, Fault, Rule};
use sas_psc_tests::{NOW, Site};
use std::time::Duration;

const RPPS: &str = "899700218896";

/// Looks as often as may be until `seconds` have passed since the start; the person must not have answered.
fn wait(site: &Site, poll: &mut CibaPoll, seconds: u64) {
    let end = NOW + Duration::from_secs(seconds);
    loop {
        let until = due_at(site, poll);
        site.clock.advance(until.min(end).since(site.now()));
        if until > end {
            return;
        }
    }
}

/// Looks, and tells when the next look is due.
fn due_at(site: &Site, poll: &mut CibaPoll) -> Timestamp {
    assert!(site.look(poll).unwrap().is_none(), "nobody has answered");
    let Next::Wait(until) = poll.next(site.now()).unwrap() else { panic!("no wait") };
    until
}

/// Looks, and waits for the next look to be due; how many seconds that was.
fn due(site: &Site, poll: &mut CibaPoll) -> u64 {
    let pause = due_at(site, poll).since(site.now());
    site.clock.advance(pause);
    pause.as_secs()
}

fn resume(site: &Site, stored: &[u8]) -> Result<CibaPoll> {
    block_on(site.psc.resume_ciba(stored))
}

#[test]
fn the_phone_shows_the_digits_of_the_page_among_three() {
    let site = Site::new();
    for _ in 0..20 {
        let poll = site.ring(RPPS).unwrap();
        let request = site.sim.phone().pending("physician").unwrap();
        assert_eq!(request.right.as_deref(), Some(poll.digits()));
        assert_eq!((poll.digits().len(), request.numbers.len()), (2, 3));
        assert_eq!(request.service, "Plateforme digitale SAS");
    }
}

#[test]
fn refused_on_the_phone() {
    let site = Site::new();
    let mut poll = site.ring(RPPS).unwrap();
    wait(&site, &mut poll, 20);
    assert!(site.sim.phone().deny("physician"));
    assert_eq!(refusal(site.answer(&mut poll)), Code::CIBA_REFUSED);
    let mut again = site.ring(RPPS).unwrap();
    assert!(site.sim.phone().approve("physician"));
    assert!(site.answer(&mut again).is_ok(), "and begun again");
}

#[test]
fn a_wrong_number_on_the_phone() {
    let site = Site::new();
    let mut poll = site.ring(RPPS).unwrap();
    let request = site.sim.phone().pending("physician").unwrap();
    let wrong = request.numbers.iter().find(|number| **number != poll.digits()).unwrap();
    assert!(!site.sim.phone().choose("physician", wrong));
    assert_eq!(refusal(site.answer(&mut poll)), Code::CIBA_REFUSED);
}

#[test]
fn nobody_answers_for_two_minutes() {
    let site = Site::new();
    site.once(Rule::new(Fault::PhoneSilent));
    let mut poll = site.ring(RPPS).unwrap();
    assert_eq!(poll.seconds_left(site.now()), 120);
    wait(&site, &mut poll, 119);
    assert_eq!(poll.seconds_left(site.now()), 1);
    site.clock.advance(Duration::from_millis(999));
    assert!(site.look(&mut poll).unwrap().is_none());
    site.clock.advance(Duration::from_millis(1));
    assert_eq!(poll.seconds_left(site.now()), 0);
    assert_eq!(refusal(site.look(&mut poll)), Code::CIBA_EXPIRED);
}

#[test]
fn the_countdown_is_told_each_second() {
    let site = Site::new();
    let mut poll = site.ring(RPPS).unwrap();
    let mut told = Vec::new();
    let over = block_on(site.psc.wait_ciba(&mut poll, |_, event| told.push(event.seconds_left)));
    assert_eq!(refusal(over), Code::CIBA_EXPIRED);
    assert_eq!(told, (0..=120).rev().collect::<Vec<_>>());
}

#[test]
fn an_answer_in_the_last_second_counts() {
    let site = Site::new();
    let mut poll = site.ring(RPPS).unwrap();
    wait(&site, &mut poll, 114);
    assert!(site.sim.phone().approve("physician"));
    assert!(site.answer(&mut poll).is_ok());
    assert!(site.now() < NOW + Duration::from_secs(120));
}

#[test]
fn an_answer_after_two_minutes_does_not() {
    let site = Site::new();
    let mut poll = site.ring(RPPS).unwrap();
    wait(&site, &mut poll, 119);
    site.pass(1);
    assert!(!site.sim.phone().approve("physician"));
    assert_eq!(refusal(site.look(&mut poll)), Code::CIBA_EXPIRED);
}

#[test]
fn leaving_here_before_the_phone_accepts() {
    let site = Site::new();
    let mut poll = site.ring(RPPS).unwrap();
    due(&site, &mut poll);
    poll.cancel();
    assert!(site.sim.phone().approve("physician"), "PSC has no way to be told");
    assert_eq!(refusal(site.look(&mut poll)), Code::CIBA_CANCELLED);
    let mut resumed = resume(&site, &poll.to_stored().unwrap()).unwrap();
    assert_eq!(refusal(site.look(&mut resumed)), Code::CIBA_CANCELLED);
}

#[test]
fn leaving_here_after_the_phone_accepted() {
    let site = Site::new();
    let mut poll = site.ring(RPPS).unwrap();
    assert!(site.sim.phone().approve("physician"));
    poll.cancel();
    site.pass(5);
    assert_eq!(refusal(site.answer(&mut poll)), Code::CIBA_CANCELLED);
}

#[test]
fn an_acceptance_on_the_wire_while_leaving_is_never_used() {
    let site = Site::new();
    let mut poll = site.ring(RPPS).unwrap();
    assert!(site.sim.phone().approve("physician"));
    due(&site, &mut poll);
    let Next::Send(_) = poll.next(site.now()).unwrap() else { panic!("a poll is due") };
    poll.cancel();
    let accepted = sas_psc::base::Response {
        status: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body: br#"{"access_token":"a","id_token":"b","expires_in":120,"token_type":"Bearer"}"#.to_vec(),
    };
    assert_eq!(refusal(poll.answered(&accepted, site.now())), Code::CIBA_CANCELLED);
    assert_eq!(refusal(poll.next(site.now())), Code::CIBA_CANCELLED);
}

#[test]
fn slow_down_is_obeyed() {
    let site = Site::new();
    let mut poll = site.ring(RPPS).unwrap();
    assert_eq!(due(&site, &mut poll), 5);
    let mut slow = Rule::answer(Endpoint::Token, 400, r#"{"error":"slow_down"}"#);
    slow.content_type = Some("application/json".into());
    site.once(slow);
    assert_eq!(due(&site, &mut poll), 10);
    assert!(site.sim.phone().approve("physician"));
    assert!(site.answer(&mut poll).is_ok());
}

#[test]
fn polls_never_come_faster_than_psc_allows() {
    let site = Site::new();
    let mut poll = site.ring(RPPS).unwrap();
    // The simulator answers slow_down to a poll that comes early, after which the pause would be 10.
    for _ in 0..10 {
        assert_eq!(due(&site, &mut poll), 5);
    }
}

#[test]
fn psc_that_is_down_for_a_moment_is_asked_again() {
    let site = Site::new();
    let mut poll = site.ring(RPPS).unwrap();
    due(&site, &mut poll);
    site.once(Rule::answer(Endpoint::Token, 503, ""));
    due(&site, &mut poll);
    assert!(site.sim.phone().approve("physician"));
    assert!(site.answer(&mut poll).is_ok());
}

#[test]
fn a_wait_goes_on_in_another_process() {
    let site = Site::new();
    let mut poll = site.ring(RPPS).unwrap();
    for _ in 0..3 {
        due(&site, &mut poll);
        let digits = poll.digits().to_owned();
        poll = resume(&site, &poll.to_stored().unwrap()).unwrap();
        assert_eq!(poll.digits(), digits);
    }
    assert!(site.sim.phone().approve("physician"));
    assert!(site.answer(&mut poll).is_ok());
}

#[test]
fn a_wait_found_again_after_its_end_is_over() {
    let site = Site::new();
    let stored = site.ring(RPPS).unwrap().to_stored().unwrap();
    site.pass(120);
    assert_eq!(refusal(resume(&site, &stored)), Code::CIBA_EXPIRED);
}

#[test]
fn by_card_on_the_workstation() {
    let site = Site::new();
    let mut poll = site.ring_on(RPPS, Channel::Card).unwrap();
    assert!(!site.sim.phone().choose("physician", "0000"), "a wrong code may be typed again");
    assert!(site.sim.phone().approve("physician"));
    assert!(site.answer(&mut poll).is_ok());
}

#[test]
fn a_number_that_psc_does_not_know() {
    let site = Site::new();
    for unknown in ["899700000013", "899700999990"] {
        assert_eq!(refusal(site.ring(unknown)), Code::CIBA_UNKNOWN_PERSON);
    }
}

#[test]
fn phones_that_cannot_be_reached() {
    let site = Site::new();
    site.once(Rule::new(Fault::PhoneServiceDown));
    assert_eq!(refusal(site.ring(RPPS)), Code::CIBA_DEVICE_UNAVAILABLE);
    assert!(site.ring(RPPS).is_ok());
}

#[test]
fn a_token_that_must_not_be_believed() {
    for (fault, code) in [
        (Fault::WrongAudience, Code::ID_TOKEN_AUDIENCE),
        (Fault::ExpiredIdToken, Code::ID_TOKEN_EXPIRED),
        (Fault::OtherSubject, Code::USERINFO_SUBJECT),
    ] {
        let site = Site::new();
        site.once(Rule::new(fault));
        let mut poll = site.ring(RPPS).unwrap();
        assert!(site.sim.phone().approve("physician"));
        assert_eq!(refusal(site.answer(&mut poll)), code);
    }
}

#[test]
fn two_requests_side_by_side_are_told_apart() {
    let site = Site::new();
    let (mut first, mut second) = (site.ring(RPPS).unwrap(), site.ring("899700245667").unwrap());
    assert!(site.sim.phone().approve("nurse"));
    assert!(site.sim.phone().deny("physician"));
    let nurse = site.answer(&mut second).unwrap();
    assert_eq!(nurse.sign_in.professional().id_nat.as_str(), "899700245667");
    assert_eq!(refusal(site.answer(&mut first)), Code::CIBA_REFUSED);
}

#[test]
fn refused_or_late_on_pscs_own_page_and_then_accepted() {
    let site = Site::new();
    let (mut pending, url) = site.begin();
    let mut browser = Browser::new();
    let page = browser.get(&url).unwrap().location().unwrap();
    let mut ask = || browser.post(&format!("{page}/e-cps"), &[("rpps", "99700218896")]).unwrap();
    ask();
    assert!(site.sim.phone().deny("physician"));
    ask();
    site.pass(120);
    assert!(!site.sim.phone().approve("physician"), "too late");
    ask();
    assert!(site.sim.phone().approve("physician"));
    let callback = browser.get(&format!("{page}/suite")).unwrap().location().unwrap();
    assert!(site.back(&mut pending, &callback).is_ok());
}
