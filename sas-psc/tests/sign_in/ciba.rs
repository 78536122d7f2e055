//! By CIBA: minutes of waiting in a millisecond.

use crate::fake::{Fake, PERSON, REDIRECT, psc};
use crate::minting::CLIENT;
use sas_psc::base::{ExposeSecret, Response};
use sas_psc::drive::{Psc, World, block_on};
use sas_psc::id::IdNat;
use sas_psc::psc::{Channel, CibaPoll, Client, ClientAuth, Endpoint, Environment, Exchange, LoginHint, Next};
use sas_psc::{Code, Error};
use serde_json::{Value, json};
use std::time::Duration;

fn person() -> IdNat {
    IdNat::parse(PERSON).unwrap()
}

fn start(psc: &Psc<Fake>) -> CibaPoll {
    block_on(psc.ciba(&person(), Channel::Mobile)).unwrap()
}

fn pending(fake: &Fake, times: usize) {
    (0..times).for_each(|_| fake.answer(Endpoint::Token, 400, json!({"error": "authorization_pending"})));
}

fn wait(psc: &Psc<Fake>, poll: &mut CibaPoll) -> Result<String, Error> {
    let signed_in = block_on(psc.wait_ciba(poll, |_, _| ()))?;
    Ok(signed_in.sign_in.professional().id_nat.as_str().to_owned())
}

#[test]
fn the_phone_is_asked_for_with_two_digits() {
    let psc = psc();
    let poll = block_on(psc.ciba(&person(), Channel::Card)).unwrap();
    assert!(poll.digits().len() == 2 && poll.digits().bytes().all(|b| b.is_ascii_digit()), "{}", poll.digits());
    let form = psc.world().form(Endpoint::Ciba);
    let digits = format!("binding_message={}", poll.digits());
    for part in ["scope=openid+scope_all", "acr_values=eidas1", "login_hint=899700000013", "channel=CARD", &digits] {
        assert!(form.split('&').any(|pair| pair == part), "{part} is not in {form}");
    }
    let shown = format!("{poll:?}");
    assert!(!shown.contains("e.y.J") && !shown.contains(PERSON), "{shown}");
}

#[test]
fn people_are_named_by_their_rpps_where_a_provider_wants_that() {
    let auth = ClientAuth::SecretBasic("secret".to_owned().into());
    let client = Client::new(CLIENT, auth, REDIRECT).with_login_hint(LoginHint::Rpps);
    let psc = Psc::over(Fake::new(), Environment::bas(), client);
    for (person, hint) in [("899700000013", "99700000013"), ("ANS20231025092312", "ANS20231025092312")] {
        block_on(psc.ciba(&IdNat::parse(person).unwrap(), Channel::Mobile)).unwrap();
        let form = psc.world().form(Endpoint::Ciba);
        assert!(form.split('&').any(|pair| pair == format!("login_hint={hint}")), "{form}");
    }
}

#[test]
fn polls_keep_the_interval_until_the_person_accepts() {
    let psc = psc();
    let mut poll = start(&psc);
    pending(psc.world(), 3);
    let mut ticks = Vec::new();
    let signed_in = block_on(psc.wait_ciba(&mut poll, |_, event| ticks.push(event.seconds_left))).unwrap();
    assert_eq!(signed_in.sign_in.professional().id_nat, person());
    assert_eq!(psc.world().asked(Endpoint::Token), [5, 10, 15, 20]);
    assert_eq!(ticks, (100..=120).rev().collect::<Vec<u32>>(), "each second once");
    assert!(psc.world().form(Endpoint::Token).contains("auth_req_id=e.y.J.W.E"));
}

#[test]
fn a_provider_that_asks_for_patience_gets_it() {
    let psc = psc();
    let mut poll = start(&psc);
    let fake = psc.world();
    fake.answer(Endpoint::Token, 400, json!({"error": "slow_down"}));
    pending(fake, 1);
    fake.script(Endpoint::Token, |_| {
        let headers = vec![("retry-after".to_owned(), "30".to_owned())];
        Ok(Response { status: 503, headers, body: Vec::new() })
    });
    fake.cut(Endpoint::Token);
    assert_eq!(wait(&psc, &mut poll).unwrap(), PERSON);
    assert_eq!(fake.asked(Endpoint::Token), [5, 15, 25, 55, 65], "+5 after slow_down, 30 after Retry-After");
}

#[test]
fn a_page_that_reloads_polls_no_faster() {
    let psc = psc();
    let mut poll = start(&psc);
    for _ in 0..10 {
        assert!(block_on(psc.poll_ciba(&mut poll)).unwrap().is_none());
    }
    assert!(psc.world().asked(Endpoint::Token).is_empty());
    psc.world().advance(5);
    assert!(block_on(psc.poll_ciba(&mut poll)).unwrap().is_some());
}

#[test]
fn each_end_is_told_and_final() {
    let table = [
        (400, "access_denied", Code::CIBA_REFUSED),
        (400, "expired_token", Code::CIBA_EXPIRED),
        (400, "invalid_grant", Code::CIBA_SPENT),
        (401, "invalid_grant", Code::CIBA_NOT_ENABLED),
        (401, "invalid_client", Code::CLIENT_REFUSED),
        (400, "unauthorized_client", Code::CIBA_NOT_ENABLED),
    ];
    for (status, word, code) in table {
        let psc = psc();
        let mut poll = start(&psc);
        psc.world().answer(Endpoint::Token, status, json!({"error": word}));
        assert_eq!(wait(&psc, &mut poll).unwrap_err().code(), code, "{word}");
        assert_eq!(wait(&psc, &mut poll).unwrap_err().code(), code, "{word} is final");
        assert_eq!(psc.world().asked(Endpoint::Token).len(), 1);
    }
}

#[test]
fn time_is_over_even_when_the_provider_never_says_so() {
    let psc = psc();
    let mut poll = start(&psc);
    pending(psc.world(), 60);
    assert_eq!(wait(&psc, &mut poll).unwrap_err().code(), Code::CIBA_EXPIRED);
    assert_eq!(psc.world().now(), poll.expires_at());
    assert_eq!(poll.seconds_left(psc.world().now()), 0);
    assert_eq!(psc.world().asked(Endpoint::Token).last(), Some(&115));
}

#[test]
fn an_acceptance_after_leaving_is_never_used() {
    let psc = psc();
    let mut poll = start(&psc);
    pending(psc.world(), 1);
    let result = block_on(psc.wait_ciba(&mut poll, |poll, event| {
        if event.seconds_left == 112 {
            poll.cancel();
        }
    }));
    assert_eq!(result.unwrap_err().code(), Code::CIBA_CANCELLED);
    assert_eq!(psc.world().asked(Endpoint::Token), [5], "no poll after leaving");

    // The poll was under way when the person left, and its answer says they accepted.
    let mut poll = start(&psc);
    psc.world().advance(5);
    assert!(matches!(poll.next(psc.world().now()).unwrap(), Next::Send(_)));
    poll.cancel();
    let accepted = crate::fake::answer(200, &psc.world().tokens());
    assert_eq!(poll.answered(&accepted, psc.world().now()).unwrap_err().code(), Code::CIBA_CANCELLED);
    assert_eq!(poll.next(psc.world().now()).unwrap_err().code(), Code::CIBA_CANCELLED);
    let resumed = block_on(psc.resume_ciba(&poll.to_stored().unwrap())).unwrap().next(psc.world().now());
    assert_eq!(resumed.unwrap_err().code(), Code::CIBA_CANCELLED, "nor after a restart");
}

#[test]
fn only_the_person_who_was_asked_may_answer() {
    let other = "899700218896";
    for (sub, subject_name_id, username) in [
        (json!(format!("f:u:{other}")), json!(other), json!(other)),
        (json!(format!("f:u:{PERSON}")), json!(other), json!(PERSON)),
        (json!(format!("f:u:{other}")), Value::Null, Value::Null),
        (json!("opaque"), Value::Null, Value::Null),
    ] {
        let psc = psc();
        let mut poll = start(&psc);
        let claims = [("sub", sub), ("SubjectNameID", subject_name_id), ("preferred_username", username)];
        psc.world().state().claims.extend(claims.map(|(name, value)| (name.to_owned(), value)));
        assert_eq!(wait(&psc, &mut poll).unwrap_err().code(), Code::CIBA_OTHER_PERSON);
        assert!(psc.world().asked(Endpoint::Userinfo).is_empty());
    }
    let psc = psc();
    let mut poll = start(&psc);
    let claims = [("SubjectNameID", Value::Null), ("preferred_username", Value::Null)];
    psc.world().state().claims.extend(claims.map(|(name, value)| (name.to_owned(), value)));
    assert_eq!(wait(&psc, &mut poll).unwrap(), PERSON, "the end of sub is enough");
}

#[test]
fn a_wait_goes_on_in_another_process_at_every_step() {
    let psc = psc();
    let mut poll = start(&psc);
    pending(psc.world(), 1);
    let mut done = None;
    for _ in 0..20 {
        poll = block_on(psc.resume_ciba(&poll.to_stored().unwrap())).unwrap();
        match poll.next(psc.world().now()).unwrap() {
            Next::Send(request) => {
                let response = block_on(psc.world().send(request)).unwrap();
                poll.answered(&response, psc.world().now()).unwrap();
            }
            Next::Wait(until) => block_on(psc.world().sleep(until.since(psc.world().now()))),
            Next::Done(signed_in) => done = Some(signed_in),
        }
        if psc.world().asked(Endpoint::Userinfo).len() == 1 && done.is_none() {
            // The profile has just come: what is stored are the tokens, and the profile is asked for again.
            let Next::Done(signed_in) = poll.next(psc.world().now()).unwrap() else { panic!() };
            done = Some(signed_in);
            break;
        }
    }
    assert_eq!(done.unwrap().sign_in.professional().id_nat, person());
    assert_eq!(psc.world().asked(Endpoint::Token), [5, 10]);
}

#[test]
fn a_stored_wait_is_of_its_service_and_of_its_time() {
    let psc = psc();
    let stored = start(&psc).to_stored().unwrap();
    let other = Client::new("another", ClientAuth::Public, "https://other.example/cb");
    let other = sas_psc::psc::Service::new(other, sas_psc::psc::Metadata::of_preset(&Environment::bas())).unwrap();
    assert_eq!(other.resume_ciba(&stored, psc.world().now()).unwrap_err().code(), Code::STORED_FORM_UNREADABLE);
    psc.world().advance(120);
    assert_eq!(block_on(psc.resume_ciba(&stored)).unwrap_err().code(), Code::CIBA_EXPIRED);
    assert_eq!(psc.world().asked(Endpoint::Token).len(), 0);
}

#[test]
fn a_start_that_is_refused_says_who_must_act_and_rings_no_second_time() {
    let table = [
        (400, json!({"error": "invalid_request", "error_description": "invalid_user"}), Code::CIBA_UNKNOWN_PERSON),
        (400, json!({"error": "unknown_user_id"}), Code::CIBA_UNKNOWN_PERSON),
        (
            400,
            json!({"error": "invalid_request", "error_description": "missing parameter : scope"}),
            Code::REQUEST_REFUSED,
        ),
        (400, json!({"error": "invalid_binding_message"}), Code::CIBA_DIGITS),
        (401, json!({"error": "invalid_grant"}), Code::CIBA_NOT_ENABLED),
        (401, json!({"error": "unauthorized_client"}), Code::CLIENT_REFUSED),
        (400, json!({"error": "unauthorized_client"}), Code::CIBA_NOT_ENABLED),
        (503, json!({"error": "server_error"}), Code::CIBA_DEVICE_UNAVAILABLE),
        (502, Value::Null, Code::PROVIDER_UNAVAILABLE),
        (200, json!({"expires_in": 120}), Code::PROVIDER_ANSWER),
        (200, json!({"auth_req_id": ""}), Code::PROVIDER_ANSWER),
    ];
    for (status, body, code) in table {
        let psc = psc();
        psc.world().answer(Endpoint::Ciba, status, body.clone());
        assert_eq!(block_on(psc.ciba(&person(), Channel::Mobile)).unwrap_err().code(), code, "{body}");
        assert_eq!(psc.world().asked(Endpoint::Ciba).len(), 1);
    }
    let psc = psc();
    psc.world().cut(Endpoint::Ciba);
    assert_eq!(block_on(psc.ciba(&person(), Channel::Mobile)).unwrap_err().code(), Code::CONNECTION_LOST);
    assert_eq!(psc.world().asked(Endpoint::Ciba).len(), 1);
}

#[test]
fn times_that_are_absent_or_absurd_are_bounded() {
    for (body, life, first) in [
        (json!({"auth_req_id": "i"}), 120, 5),
        (json!({"auth_req_id": "i", "interval": 1, "expires_in": 60}), 60, 1),
        (json!({"auth_req_id": "i", "interval": 0, "expires_in": 1e12}), 120, 1),
        (json!({"auth_req_id": "i", "interval": 9999, "expires_in": 86400}), 3600, 3600),
        (json!({"auth_req_id": "i", "interval": "2", "expires_in": -5}), 120, 2),
    ] {
        let psc = psc();
        psc.world().answer(Endpoint::Ciba, 200, body.clone());
        let mut poll = start(&psc);
        assert_eq!(poll.seconds_left(psc.world().now()), life, "{body}");
        let Next::Wait(until) = poll.next(psc.world().now()).unwrap() else { panic!() };
        assert_eq!(until, psc.world().now() + Duration::from_secs(first), "{body}");
    }
}

#[test]
fn tokens_of_a_ciba_sign_in_can_be_refreshed_later() {
    let psc = psc();
    let mut poll = start(&psc);
    let tokens = block_on(psc.wait_ciba(&mut poll, |_, _| ())).unwrap().tokens;
    assert!(block_on(psc.refresh(&tokens)).is_ok());
    assert_eq!(tokens.refresh_token().unwrap().expose_secret(), "refresh-1");
}
