//! Sessions step by step, for a program with its own HTTP: what C is given.

use crate::fake::{Fake, PERSON, answer, psc};
use sas_psc::base::{ExposeSecret, SecretString};
use sas_psc::drive::{Psc, StepSessions, Steps, World, block_on};
use sas_psc::id::IdNat;
use sas_psc::psc::{
    Channel, Endpoint, Exchange, KeyRing, Next, ReturnAddresses, SessionRules, SessionState, SignedOut,
};
use sas_psc::store::Memory;
use sas_psc::{Code, Error, Result};
use serde_json::{Value, json};
use std::time::Duration;

fn begun(rules: SessionRules) -> (Psc<Fake>, StepSessions<Memory>, SecretString) {
    let psc = psc();
    let mut poll = block_on(psc.ciba(&IdNat::parse(PERSON).unwrap(), Channel::Mobile)).unwrap();
    let signed_in = block_on(psc.wait_ciba(&mut poll, |_, _| ())).unwrap();
    psc.world().state().claims.insert("nonce".into(), Value::Null);
    let service = block_on(psc.service()).unwrap();
    let sessions = StepSessions::new(service, Memory::new(), KeyRing::new(&[1; 32]).unwrap(), rules);
    let id = sessions.begin(&signed_in, psc.world().now()).unwrap();
    (psc, sessions, id)
}

fn played<T>(psc: &Psc<Fake>, mut steps: Steps<T>) -> Result<T> {
    let world = psc.world();
    loop {
        match steps.next(world.now())? {
            Next::Send(request) => match block_on(world.send(request)) {
                Ok(response) => steps.answered(&response, world.now())?,
                Err(error) => steps.failed(error, world.now())?,
            },
            Next::Wait(until) => block_on(world.sleep(until.since(world.now()))),
            Next::Done(output) => return Ok(output),
        }
    }
}

fn newer() -> Value {
    json!({ "access_token": "a2", "expires_in": 120, "refresh_token": "refresh-2", "refresh_expires_in": 1800,
            "token_type": "Bearer", "scope": "openid" })
}

#[test]
fn of_calls_that_run_side_by_side_one_refreshes_and_the_others_get_what_it_brought() {
    let (psc, sessions, id) = begun(SessionRules::default());
    psc.world().advance(130);
    let now = psc.world().now();
    let mut first = sessions.access_token(&id, now);
    let Next::Send(request) = first.next(now).unwrap() else { panic!("a refresh is due") };
    assert!(String::from_utf8_lossy(&request.body).contains("refresh_token=refresh-1"));
    let mut others: Vec<_> = (0..50).map(|_| sessions.clone().access_token(&id, now)).collect();
    for other in &mut others {
        assert!(matches!(other.next(now).unwrap(), Next::Wait(until) if until > now), "it waits for the first");
    }
    first.answered(&answer(200, &newer()), now).unwrap();
    assert!(matches!(first.next(now).unwrap(), Next::Done(token) if token.expose_secret() == "a2"));
    for other in others {
        assert_eq!(played(&psc, other).unwrap().expose_secret(), "a2");
    }
    assert_eq!(psc.world().asked(Endpoint::Token).len(), 1, "of the sign-in");
    assert_eq!(first.next(now).unwrap_err().code(), Code::REQUEST_SPENT);
}

#[test]
fn a_call_that_is_dropped_in_the_middle_is_a_process_that_died_there() {
    for (rules, twice) in
        [(SessionRules::default(), false), (SessionRules::default().provider_takes_a_token_twice(), true)]
    {
        let (psc, sessions, id) = begun(rules);
        psc.world().advance(130);
        let mut lost = sessions.access_token(&id, psc.world().now());
        assert!(matches!(lost.next(psc.world().now()).unwrap(), Next::Send(_)));
        drop(lost);
        psc.world().advance(60);
        psc.world().answer(Endpoint::Token, 200, newer());
        let token = played(&psc, sessions.access_token(&id, psc.world().now()));
        match twice {
            true => assert_eq!(token.unwrap().expose_secret(), "a2"),
            false => assert_eq!(token.unwrap_err().code(), Code::SESSION_UNREACHABLE),
        }
    }
}

#[test]
fn a_network_that_is_down_signs_nobody_out_and_each_way_out_ends_a_session_once() {
    let (psc, sessions, id) = begun(SessionRules::default());
    psc.world().advance(130);
    let now = psc.world().now();
    let mut call = sessions.access_token(&id, now);
    assert!(matches!(call.next(now).unwrap(), Next::Send(_)));
    call.failed(Error::new(Code::CONNECT_FAILED), now).unwrap();
    assert_eq!(call.next(now).unwrap_err().code(), Code::SESSION_UNREACHABLE);
    assert!(matches!(sessions.state(&id, now).unwrap(), SessionState::Unreachable { retry_at: Some(_), .. }));
    let back = ReturnAddresses::new(["https://service.example/bye"]).unwrap().first();
    let out = sessions.sign_out(&id, Some(&back), now).unwrap();
    assert!(out.url.expose_secret().contains("id_token_hint=ey"));
    assert_eq!(sessions.state(&id, now).unwrap(), SessionState::SignedOut(SignedOut::ByPerson));
    assert_eq!(sessions.sign_out(&id, None, now).unwrap_err().code(), Code::SESSION_ENDED);
    let on_server = played(&psc, sessions.sign_out_on_server(&id, now));
    assert_eq!(on_server.unwrap_err().code(), Code::SESSION_ENDED);

    let (psc, sessions, id) = begun(SessionRules::default());
    let now = psc.world().now();
    psc.world().script(Endpoint::EndSession, |_| Ok(answer(204, &Value::Null)));
    played(&psc, sessions.sign_out_on_server(&id, now)).unwrap();
    assert_eq!(psc.world().asked(Endpoint::EndSession).len(), 1);

    let (_, sessions, id) = begun(SessionRules::default());
    sessions.forget(&id, now + Duration::from_secs(1)).unwrap();
    assert_eq!(sessions.state(&id, now).unwrap(), SessionState::SignedOut(SignedOut::Locally));
}
