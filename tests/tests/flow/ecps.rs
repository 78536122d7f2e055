//! e-CPS from our own page (CIBA): refused, wrong, late, left on either side; two minutes of it take milliseconds.

use crate::refusal;
use sas_psc::Code;
use sas_psc::psc::{Channel, CibaPoll, Exchange, Next};
use sas_psc_sim::{Browser, Endpoint, Fault, Rule};
use sas_psc_tests::{NOW, World, run, step};
use std::time::Duration;

const RPPS: &str = "899700218896";

/// Polls as often as may be until `seconds` have passed since the start; the poll must still wait then.
fn wait(world: &World, poll: &mut CibaPoll, seconds: u64) {
    let end = NOW + Duration::from_secs(seconds);
    while let Next::Wait(until) = step(&world.clock, poll).unwrap() {
        if until > end {
            return world.clock.advance(end.since(world.now()));
        }
        world.clock.advance(until.since(world.now()));
    }
    panic!("the person did not answer");
}

/// Waits for the next poll to be due.
fn due(world: &World, poll: &mut CibaPoll) -> u64 {
    let Next::Wait(until) = step(&world.clock, poll).unwrap() else { panic!("no wait") };
    let pause = until.since(world.now());
    world.clock.advance(pause);
    pause.as_secs()
}

#[test]
fn the_phone_shows_the_digits_of_the_page_among_three() {
    let world = World::new();
    for _ in 0..20 {
        let poll = world.ring(RPPS).unwrap();
        let request = world.sim.phone().pending("physician").unwrap();
        assert_eq!(request.right.as_deref(), Some(poll.digits()));
        assert_eq!((poll.digits().len(), request.numbers.len()), (2, 3));
        assert_eq!(request.service, "Plateforme digitale SAS");
    }
}

#[test]
fn refused_on_the_phone() {
    let world = World::new();
    let mut poll = world.ring(RPPS).unwrap();
    wait(&world, &mut poll, 20);
    assert!(world.sim.phone().deny("physician"));
    assert_eq!(refusal(run(&world.clock, poll)), Code::CIBA_REFUSED);
    let again = world.ring(RPPS).unwrap();
    assert!(world.sim.phone().approve("physician"));
    assert!(run(&world.clock, again).is_ok(), "and begun again");
}

#[test]
fn a_wrong_number_on_the_phone() {
    let world = World::new();
    let poll = world.ring(RPPS).unwrap();
    let request = world.sim.phone().pending("physician").unwrap();
    let wrong = request.numbers.iter().find(|number| **number != poll.digits()).unwrap();
    assert!(!world.sim.phone().choose("physician", wrong));
    assert_eq!(refusal(run(&world.clock, poll)), Code::CIBA_REFUSED);
}

#[test]
fn nobody_answers_for_two_minutes() {
    let world = World::new();
    world.once(Rule::new(Fault::PhoneSilent));
    let mut poll = world.ring(RPPS).unwrap();
    assert_eq!(poll.seconds_left(world.now()), 120);
    wait(&world, &mut poll, 119);
    assert_eq!(poll.seconds_left(world.now()), 1);
    world.clock.advance(Duration::from_millis(999));
    assert!(matches!(step(&world.clock, &mut poll), Ok(Next::Wait(_))));
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(poll.seconds_left(world.now()), 0);
    assert_eq!(refusal(step(&world.clock, &mut poll)), Code::CIBA_EXPIRED);
}

#[test]
fn an_answer_in_the_last_second_counts() {
    let world = World::new();
    let mut poll = world.ring(RPPS).unwrap();
    wait(&world, &mut poll, 114);
    assert!(world.sim.phone().approve("physician"));
    assert!(run(&world.clock, poll).is_ok());
    assert!(world.now() < NOW + Duration::from_secs(120));
}

#[test]
fn an_answer_after_two_minutes_does_not() {
    let world = World::new();
    let mut poll = world.ring(RPPS).unwrap();
    wait(&world, &mut poll, 119);
    world.pass(1);
    assert!(!world.sim.phone().approve("physician"));
    assert_eq!(refusal(step(&world.clock, &mut poll)), Code::CIBA_EXPIRED);
}

#[test]
fn leaving_here_before_the_phone_accepts() {
    let world = World::new();
    let mut poll = world.ring(RPPS).unwrap();
    due(&world, &mut poll);
    poll.cancel();
    assert!(world.sim.phone().approve("physician"), "PSC has no way to be told");
    assert_eq!(refusal(step(&world.clock, &mut poll)), Code::CIBA_CANCELLED);
    let mut resumed = world.service.resume_ciba(&poll.to_stored().unwrap(), world.now()).unwrap();
    assert_eq!(refusal(step(&world.clock, &mut resumed)), Code::CIBA_CANCELLED);
}

#[test]
fn leaving_here_after_the_phone_accepted() {
    let world = World::new();
    let mut poll = world.ring(RPPS).unwrap();
    assert!(world.sim.phone().approve("physician"));
    poll.cancel();
    world.pass(5);
    assert_eq!(refusal(run(&world.clock, poll)), Code::CIBA_CANCELLED);
}

#[test]
fn an_acceptance_on_the_wire_while_leaving_is_never_used() {
    let world = World::new();
    let mut poll = world.ring(RPPS).unwrap();
    assert!(world.sim.phone().approve("physician"));
    due(&world, &mut poll);
    let Next::Send(_) = poll.next(world.now()).unwrap() else { panic!("a poll is due") };
    poll.cancel();
    let accepted = sas_psc::base::Response {
        status: 200,
        headers: vec![("content-type".into(), "application/json".into())],
        body: br#"{"access_token":"a","id_token":"b","expires_in":120,"token_type":"Bearer"}"#.to_vec(),
    };
    assert_eq!(refusal(poll.answered(&accepted, world.now())), Code::CIBA_CANCELLED);
    assert_eq!(refusal(poll.next(world.now())), Code::CIBA_CANCELLED);
}

#[test]
fn slow_down_is_obeyed() {
    let world = World::new();
    let mut poll = world.ring(RPPS).unwrap();
    assert_eq!(due(&world, &mut poll), 5);
    let mut slow = Rule::answer(Endpoint::Token, 400, r#"{"error":"slow_down"}"#);
    slow.content_type = Some("application/json".into());
    world.once(slow);
    assert_eq!(due(&world, &mut poll), 10);
    assert!(world.sim.phone().approve("physician"));
    assert!(run(&world.clock, poll).is_ok());
}

#[test]
fn polls_never_come_faster_than_psc_allows() {
    let world = World::new();
    let mut poll = world.ring(RPPS).unwrap();
    // The simulator answers slow_down to a poll that comes early, after which the pause would be 10.
    for _ in 0..10 {
        assert_eq!(due(&world, &mut poll), 5);
    }
}

#[test]
fn psc_that_is_down_for_a_moment_is_asked_again() {
    let world = World::new();
    let mut poll = world.ring(RPPS).unwrap();
    due(&world, &mut poll);
    world.once(Rule::answer(Endpoint::Token, 503, ""));
    due(&world, &mut poll);
    assert!(world.sim.phone().approve("physician"));
    assert!(run(&world.clock, poll).is_ok());
}

#[test]
fn a_wait_goes_on_in_another_process() {
    let world = World::new();
    let mut poll = world.ring(RPPS).unwrap();
    for _ in 0..3 {
        due(&world, &mut poll);
        let digits = poll.digits().to_owned();
        poll = world.service.resume_ciba(&poll.to_stored().unwrap(), world.now()).unwrap();
        assert_eq!(poll.digits(), digits);
    }
    assert!(world.sim.phone().approve("physician"));
    assert!(run(&world.clock, poll).is_ok());
}

#[test]
fn a_wait_found_again_after_its_end_is_over() {
    let world = World::new();
    let stored = world.ring(RPPS).unwrap().to_stored().unwrap();
    world.pass(120);
    assert_eq!(refusal(world.service.resume_ciba(&stored, world.now())), Code::CIBA_EXPIRED);
}

#[test]
fn by_card_on_the_workstation() {
    let world = World::new();
    let poll = world.ring_on(RPPS, Channel::Card).unwrap();
    assert!(!world.sim.phone().choose("physician", "0000"), "a wrong code may be typed again");
    assert!(world.sim.phone().approve("physician"));
    assert!(run(&world.clock, poll).is_ok());
}

#[test]
fn a_number_that_psc_does_not_know() {
    let world = World::new();
    for unknown in ["899700000013", "899700999990"] {
        assert_eq!(refusal(world.ring(unknown)), Code::CIBA_UNKNOWN_PERSON);
    }
}

#[test]
fn phones_that_cannot_be_reached() {
    let world = World::new();
    world.once(Rule::new(Fault::PhoneServiceDown));
    assert_eq!(refusal(world.ring(RPPS)), Code::CIBA_DEVICE_UNAVAILABLE);
    assert!(world.ring(RPPS).is_ok());
}

#[test]
fn a_token_that_must_not_be_believed() {
    for (fault, code) in [
        (Fault::WrongAudience, Code::ID_TOKEN_AUDIENCE),
        (Fault::ExpiredIdToken, Code::ID_TOKEN_EXPIRED),
        (Fault::OtherSubject, Code::USERINFO_SUBJECT),
    ] {
        let world = World::new();
        world.once(Rule::new(fault));
        let poll = world.ring(RPPS).unwrap();
        assert!(world.sim.phone().approve("physician"));
        assert_eq!(refusal(run(&world.clock, poll)), code);
    }
}

#[test]
fn two_requests_side_by_side_are_told_apart() {
    let world = World::new();
    let (first, second) = (world.ring(RPPS).unwrap(), world.ring("899700245667").unwrap());
    assert!(world.sim.phone().approve("nurse"));
    assert!(world.sim.phone().deny("physician"));
    let nurse = run(&world.clock, second).unwrap();
    assert_eq!(nurse.sign_in.professional().id_nat.as_str(), "899700245667");
    assert_eq!(refusal(run(&world.clock, first)), Code::CIBA_REFUSED);
}

#[test]
fn refused_or_late_on_pscs_own_page_and_then_accepted() {
    let world = World::new();
    let (mut pending, url) = world.begin();
    let mut browser = Browser::new();
    let page = browser.get(&url).unwrap().location().unwrap();
    let mut ask = || browser.post(&format!("{page}/e-cps"), &[("rpps", "99700218896")]).unwrap();
    ask();
    assert!(world.sim.phone().deny("physician"));
    ask();
    world.pass(120);
    assert!(!world.sim.phone().approve("physician"), "too late");
    ask();
    assert!(world.sim.phone().approve("physician"));
    let callback = browser.get(&format!("{page}/suite")).unwrap().location().unwrap();
    assert!(world.back(&mut pending, &callback).is_ok());
}
