//! What a wait tells the screen, and what becomes of it when the world misbehaves: clocks, networks, two channels.

use crate::fake::{Fake, PERSON, answer, psc};
use sas_psc::base::{Response, Timestamp};
use sas_psc::drive::{Psc, World, block_on};
use sas_psc::id::IdNat;
use sas_psc::psc::{Channel, CibaPoll, Endpoint, Exchange, HelpStep, Next};
use sas_psc::{Code, Lang};
use serde_json::json;
use std::time::Duration;

fn start(psc: &Psc<Fake>, channel: Channel) -> CibaPoll {
    block_on(psc.ciba(&IdNat::parse(PERSON).unwrap(), channel)).unwrap()
}

fn pending(fake: &Fake, times: usize) {
    (0..times).for_each(|_| fake.answer(Endpoint::Token, 400, json!({"error": "authorization_pending"})));
}

fn wait(psc: &Psc<Fake>, poll: &mut CibaPoll) -> Result<(), Code> {
    block_on(psc.wait_ciba(poll, |_, _| ())).map(drop).map_err(|error| error.code())
}

/// When help came, by the seconds left, and its steps.
fn help(psc: &Psc<Fake>, poll: &mut CibaPoll) -> Vec<(u32, Vec<&'static str>)> {
    let mut told = Vec::new();
    let _ = block_on(psc.wait_ciba(poll, |_, event| {
        if !event.help.is_empty() {
            told.push((event.seconds_left, event.help.iter().map(|step| step.name()).collect()));
        }
    }));
    told
}

#[test]
fn help_comes_at_20_and_60_seconds_in_its_order() {
    let psc = psc();
    pending(psc.world(), 60);
    let steps = ["open-app", "update", "battery-saver", "activate-again", "use-card"].to_vec();
    assert_eq!(help(&psc, &mut start(&psc, Channel::Mobile)), [(100, steps.clone()), (60, steps)]);
    pending(psc.world(), 60);
    let steps = ["cps-gestion", "use-phone"].to_vec();
    assert_eq!(help(&psc, &mut start(&psc, Channel::Card)), [(100, steps.clone()), (60, steps)]);
}

#[test]
fn who_has_answered_is_told_no_more_help() {
    let psc = psc();
    pending(psc.world(), 2);
    assert_eq!(help(&psc, &mut start(&psc, Channel::Mobile)), [], "accepted at 15 seconds");
}

#[test]
fn a_wait_that_goes_on_elsewhere_tells_no_help_twice() {
    let psc = psc();
    pending(psc.world(), 60);
    let mut poll = start(&psc, Channel::Mobile);
    psc.world().advance(25);
    let event = poll.event(psc.world().now()).unwrap();
    assert_eq!((event.seconds_left, event.help[0]), (95, HelpStep::OpenApp));
    assert_eq!(poll.event(psc.world().now()), None, "told");
    let mut poll = block_on(psc.resume_ciba(&poll.to_stored().unwrap())).unwrap();
    assert_eq!(poll.help(psc.world().now()), HelpStep::of(Channel::Mobile), "a page drawn anew has it");
    assert_eq!(help(&psc, &mut poll).len(), 1, "the one at 60 seconds");
    assert!(HelpStep::UseCard.text(Lang::En).contains("CPS card"));
}

#[test]
fn a_clock_set_back_neither_stops_the_polls_nor_lengthens_the_time() {
    let psc = psc();
    let mut poll = start(&psc, Channel::Mobile);
    pending(psc.world(), 60);
    let begun = psc.world().now();
    let mut waited = Duration::ZERO;
    let mut jumped = false;
    let end = loop {
        let now = psc.world().now();
        match poll.next(now) {
            Ok(Next::Send(request)) => {
                let response = block_on(psc.world().send(request)).unwrap();
                poll.answered(&response, psc.world().now()).unwrap();
            }
            Ok(Next::Wait(until)) => {
                let wait = until.since(now);
                assert!(wait <= Duration::from_millis(5001), "stuck for {wait:?}");
                waited += wait;
                block_on(psc.world().sleep(wait));
                if waited >= Duration::from_secs(40) && !jumped {
                    jumped = true;
                    psc.world().state().now = begun - Duration::from_secs(3600);
                }
            }
            Ok(Next::Done(_)) => panic!("nobody answered"),
            Err(error) => break error.code(),
        }
    };
    // What passed unseen before the jump is not known: at most one interval.
    assert_eq!((end, waited.as_secs()), (Code::CIBA_EXPIRED, 125));
    assert_eq!(psc.world().asked(Endpoint::Token).len(), 23, "every five seconds");
}

#[test]
fn instances_whose_clocks_differ_a_little_take_no_time_from_the_person() {
    let psc = psc();
    let mut poll = start(&psc, Channel::Mobile);
    let ends = poll.expires_at();
    for second in 1..60 {
        let skew = Duration::from_secs(if second % 2 == 0 { 0 } else { 4 });
        poll = psc_service(&psc).resume_ciba(&poll.to_stored().unwrap(), psc.world().now() - skew).unwrap();
        psc.world().advance(1);
    }
    assert_eq!(poll.expires_at(), ends);
}

fn psc_service(psc: &Psc<Fake>) -> sas_psc::psc::Service {
    block_on(psc.service()).unwrap()
}

#[test]
fn a_date_in_retry_after_is_obeyed_by_the_providers_clock() {
    let psc = psc();
    let mut poll = start(&psc, Channel::Mobile);
    psc.world().script(Endpoint::Token, |_| {
        let headers = [("date", "Sun, 06 Nov 1994 08:49:07 GMT"), ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Ok(Response { status: 429, headers, body: Vec::new() })
    });
    wait(&psc, &mut poll).unwrap();
    assert_eq!(psc.world().asked(Endpoint::Token), [5, 35]);
}

#[test]
fn the_token_of_another_request_is_refused() {
    for name in ["urn:openid:params:jwt:claim:auth_req_id", "auth_req_id"] {
        let psc = psc();
        let mut poll = start(&psc, Channel::Mobile);
        psc.world().state().claims.insert(name.into(), "another".into());
        assert_eq!(wait(&psc, &mut poll), Err(Code::CIBA_OTHER_REQUEST), "{name}");
        let mut poll = start(&psc, Channel::Mobile);
        psc.world().state().claims.insert(name.into(), "e.y.J.W.E".into());
        assert_eq!(wait(&psc, &mut poll), Ok(()), "its own");
    }
}

#[test]
fn the_card_instead_goes_on_with_the_same_attempt_and_only_it_can_win() {
    let psc = psc();
    let mut poll = start(&psc, Channel::Mobile);
    let (attempt, digits) = (poll.attempt().to_owned(), poll.digits().to_owned());
    pending(psc.world(), 1);
    psc.world().advance(6);
    assert!(block_on(psc.poll_ciba(&mut poll)).unwrap().is_none());
    psc.world().answer(Endpoint::Ciba, 200, json!({"auth_req_id": "the-card", "interval": 2}));
    block_on(psc.switch_ciba(&mut poll, Channel::Card)).unwrap();
    assert_eq!((poll.channel(), poll.attempt()), (Channel::Card, attempt.as_str()));
    assert!(poll.digits() != digits && poll.seconds_left(psc.world().now()) == 120);
    wait(&psc, &mut poll).unwrap();
    assert!(psc.world().form(Endpoint::Token).contains("auth_req_id=the-card"), "the phone is asked no more");
}

#[test]
fn a_card_that_cannot_be_asked_leaves_the_phone_going_on() {
    let psc = psc();
    let mut poll = start(&psc, Channel::Mobile);
    psc.world().answer(Endpoint::Ciba, 503, json!({"error": "server_error"}));
    let error = block_on(psc.switch_ciba(&mut poll, Channel::Card)).unwrap_err();
    assert_eq!((error.code(), poll.channel()), (Code::CIBA_DEVICE_UNAVAILABLE, Channel::Mobile));
    wait(&psc, &mut poll).unwrap();
}

#[test]
fn who_has_accepted_or_left_changes_no_channel() {
    let psc = psc();
    let mut poll = start(&psc, Channel::Mobile);
    poll.answered(&answer(200, &psc.world().tokens()), psc.world().now()).unwrap();
    let error = block_on(psc.switch_ciba(&mut poll, Channel::Card)).unwrap_err();
    assert_eq!(error.code(), Code::CIBA_ANSWERED);
    let mut poll = start(&psc, Channel::Mobile);
    poll.cancel();
    assert_eq!(block_on(psc.switch_ciba(&mut poll, Channel::Card)).unwrap_err().code(), Code::CIBA_CANCELLED);
    let (mut one, other) = (start(&psc, Channel::Mobile), start(&psc, Channel::Card));
    assert_eq!(one.replace(other).unwrap_err().code(), Code::CIBA_REPLACED, "another attempt's");
    assert_eq!(psc.world().asked(Endpoint::Ciba).len(), 4);
}

#[test]
fn a_storm_of_failures_ends_in_the_persons_answer_or_in_time() {
    let psc = psc();
    let mut poll = start(&psc, Channel::Mobile);
    let fake = psc.world();
    for round in 0..3 {
        fake.cut(Endpoint::Token);
        fake.answer(Endpoint::Token, 503, json!({"error": "temporarily_unavailable"}));
        fake.answer(
            Endpoint::Token,
            400,
            json!({"error": if round == 1 { "slow_down" } else { "authorization_pending" }}),
        );
    }
    wait(&psc, &mut poll).unwrap();
    assert!(fake.now() < poll.started_at() + Duration::from_secs(120));
    let mut poll = start(&psc, Channel::Mobile);
    (0..60).for_each(|_| fake.cut(Endpoint::Token));
    assert_eq!(wait(&psc, &mut poll), Err(Code::CIBA_EXPIRED));
}

#[test]
fn a_process_killed_between_a_poll_and_its_answer_goes_on_from_its_stored_form() {
    let psc = psc();
    let mut poll = start(&psc, Channel::Mobile);
    let stored = poll.to_stored().unwrap();
    psc.world().advance(5);
    assert!(matches!(poll.next(psc.world().now()).unwrap(), Next::Send(_)));
    drop(poll); // the answer never came
    psc.world().answer(Endpoint::Token, 400, json!({"error": "slow_down"})); // it was counted at the provider
    let mut poll = block_on(psc.resume_ciba(&stored)).unwrap();
    wait(&psc, &mut poll).unwrap();
    // Whole milliseconds, rounded down, and one more: never too early.
    assert_eq!(psc.world().now(), Timestamp::from_unix(crate::minting::NOW + 15) + Duration::from_millis(1));
}
