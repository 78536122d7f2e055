//! How a session stands at each moment, and what each failure leaves.

use super::*;
use crate::psc::{Client, ClientAuth, Environment, Metadata};

const START: Timestamp = Timestamp::from_unix(1_795_420_800);

fn at(seconds: u64) -> Timestamp {
    START + Duration::from_secs(seconds)
}

fn service() -> Service {
    let client = Client::new("c", ClientAuth::TlsClientAuth, "https://service.example/callback");
    Service::new(client, Metadata::of_preset(&Environment::bas())).unwrap()
}

fn open(refresh_token: Option<&str>) -> Session {
    let tokens = TokenSet {
        access_token: "a1".to_owned().into(),
        access_expires_at: at(120),
        refresh_token: refresh_token.map(|token| token.to_owned().into()),
        refresh_expires_at: Some(at(1800)),
        id_token: "i1".to_owned().into(),
        granted_scope: String::new(),
        subject: "s".to_owned(),
    };
    let open = Open {
        tokens,
        obtained_at: START,
        auth_time: START,
        provider_session: Some("sid".to_owned()),
        asked_at: None,
        unknown_since: None,
        received: None,
        failing: None,
    };
    let rules = SessionRules::default();
    Session { rules, phase: Phase::Open(Box::new(open)), saved: true, news: false, refresh: None }
}

fn session() -> Session {
    open(Some("r1"))
}

fn asks(session: &mut Session, now: Timestamp) -> bool {
    let next = session.next(&service(), now).unwrap();
    matches!(next, SessionNext::Send(request) if String::from_utf8_lossy(&request.body).contains("refresh_token=r1"))
}

fn answer(session: &mut Session, status: u16, body: &str, now: Timestamp) {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    session.answered(&Response { status, headers, body: body.as_bytes().to_vec() }, now).unwrap();
}

/// An answer that brings no new identity, so that nothing is to be verified.
const RENEWED: &str =
    r#"{"access_token":"a2","refresh_token":"r2","token_type":"Bearer","expires_in":120,"refresh_expires_in":1800}"#;

#[test]
fn a_refresh_is_due_at_three_quarters_of_the_life() {
    let mut session = session();
    assert_eq!(session.state(at(89)), SessionState::Fresh { refresh_at: at(90) });
    assert!(matches!(session.next(&service(), at(0)).unwrap(), SessionNext::Wait(until) if until == at(90)));
    assert_eq!(session.state(at(90)), SessionState::Stale { until: at(120) });
    assert_eq!(session.state(at(115)), SessionState::Expired, "five seconds are too few for a caller");
    assert!(asks(&mut session, at(90)) && !session.is_saved(), "what is about to be sent is written down first");
    assert_eq!(session.access_token(at(91)).unwrap_err().code(), Code::SESSION_UNSAVED);
    session.saved();
    assert_eq!(session.access_token(at(91)).unwrap().expose_secret(), "a1", "still good meanwhile");
    answer(&mut session, 200, RENEWED, at(92));
    assert!(matches!(session.next(&service(), at(92)).unwrap(), SessionNext::Wait(until) if until == at(182)));
    assert!(session.holds_news());
    assert_eq!(session.access_token(at(92)).unwrap_err().code(), Code::SESSION_UNSAVED, "not before it is stored");
    session.saved();
    assert_eq!(session.access_token(at(92)).unwrap().expose_secret(), "a2");
}

#[test]
fn a_network_that_is_down_signs_nobody_out() {
    let mut session = session();
    let mut now = at(90);
    for (pause, code) in [(2, Code::CONNECT_FAILED), (4, Code::NAME_NOT_FOUND), (8, Code::PROXY_FAILED)] {
        assert!(asks(&mut session, now), "{pause}");
        session.failed(Error::new(code), now).unwrap();
        now = now + Duration::from_secs(pause);
        assert!(matches!(session.next(&service(), at(90)).unwrap(), SessionNext::Wait(until) if until == now));
    }
    session.saved();
    assert_eq!(session.state(at(100)), SessionState::Stale { until: at(120) });
    assert_eq!(session.state(at(130)), SessionState::Unreachable { since: at(90), retry_at: Some(now) });
    let error = session.access_token(at(130)).unwrap_err();
    assert_eq!(error.code(), Code::SESSION_UNREACHABLE);
    assert!(error.source().unwrap().to_string().contains("proxy"), "{:?}", error.source());
    assert!(asks(&mut session, at(1799)), "as long as the refresh token lives");
    answer(&mut session, 200, RENEWED, at(1799));
    session.next(&service(), at(1799)).unwrap();
    assert_eq!(session.state(at(1800)).name(), "fresh");
}

#[test]
fn a_refresh_token_that_may_be_spent_is_not_sent_again_unless_the_provider_takes_it() {
    let gateway = |session: &mut Session| answer(session, 504, "", at(95));
    let broken = |session: &mut Session| answer(session, 200, "<html>", at(95));
    let lost = |session: &mut Session| session.failed(Error::new(Code::CONNECTION_LOST), at(95)).unwrap();
    let late = |session: &mut Session| session.failed(Error::new(Code::TIMED_OUT), at(95)).unwrap();
    for (name, end) in
        [("gateway", &gateway as &dyn Fn(&mut Session)), ("broken", &broken), ("lost", &lost), ("late", &late)]
    {
        let mut session = session();
        assert!(asks(&mut session, at(90)));
        end(&mut session);
        assert!(!asks(&mut session, at(100)) && !asks(&mut session, at(500)), "{name}");
        assert_eq!(session.state(at(500)), SessionState::Unreachable { since: at(90), retry_at: None }, "{name}");
        session.rules = session.rules.provider_takes_a_token_twice();
        assert!(asks(&mut session, at(500)), "{name}");
    }
    for status in [429, 503] {
        let mut session = session();
        assert!(asks(&mut session, at(90)));
        answer(&mut session, status, "", at(95));
        assert!(asks(&mut session, at(100)), "{status} says that nothing was done");
    }
}

#[test]
fn a_process_that_died_while_it_asked_leaves_the_same_doubt() {
    let (keys, key) = (KeyRing::new(&[1; 32]).unwrap(), SessionKey([9; 32]));
    let mut first = session();
    assert!(asks(&mut first, at(90)));
    let sealed = first.seal(&service(), &keys, key, &mut crate::base::Counter(1)).unwrap();
    let again = |rules| Session::open(&service(), &keys, key, &sealed, rules).unwrap();
    let mut second = again(SessionRules::default());
    assert!(matches!(second.next(&service(), at(100)).unwrap(), SessionNext::Wait(until) if until == at(135)));
    assert_eq!(second.state(at(125)), SessionState::Expired, "the other may be at it");
    assert!(!asks(&mut second, at(135)));
    assert_eq!(second.state(at(135)), SessionState::Unreachable { since: at(90), retry_at: None });
    assert!(asks(&mut again(SessionRules::default().provider_takes_a_token_twice()), at(135)));
}

#[test]
fn what_was_received_and_not_verified_yet_outlives_the_process() {
    let (keys, key) = (KeyRing::new(&[1; 32]).unwrap(), SessionKey([9; 32]));
    let mut first = session();
    assert!(asks(&mut first, at(90)));
    answer(&mut first, 200, &RENEWED.replace("{", r#"{"id_token":"e.y.J","#), at(91));
    let SessionNext::Send(request) = first.next(&service(), at(91)).unwrap() else { panic!("keys are wanted") };
    assert!(request.url.ends_with("/certs") && first.holds_news());
    let sealed = first.seal(&service(), &keys, key, &mut crate::base::Counter(1)).unwrap();
    for _ in 0..3 {
        first.failed(Error::new(Code::CONNECTION_LOST), at(92)).unwrap();
    }
    let mut second = Session::open(&service(), &keys, key, &sealed, SessionRules::default()).unwrap();
    for mut session in [first, second] {
        let SessionNext::Send(request) = session.next(&service(), at(300)).unwrap() else { panic!("keys are wanted") };
        assert!(request.url.ends_with("/certs"), "the refresh token is not sent again");
        assert_ne!(session.state(at(300)).name(), "signed-out");
    }
    second = Session::open(&service(), &keys, key, &sealed, SessionRules::default()).unwrap();
    second.next(&service(), at(300)).unwrap();
    let vector: serde_json::Value = serde_json::from_str(include_str!("../../../../vectors/id-token/ok.json")).unwrap();
    answer(&mut second, 200, &vector["jwks"].to_string(), at(300));
    let SessionNext::SignedOut(why) = second.next(&service(), at(300)).unwrap() else { panic!("not a token") };
    assert_eq!(why, SignedOut::Untrusted);
}

#[test]
fn the_provider_and_the_times_end_it_and_each_says_why() {
    let over = |session: &mut Session, now| match session.next(&service(), now).unwrap() {
        SessionNext::SignedOut(why) => Some(why),
        _ => None,
    };
    let mut refused = session();
    assert!(asks(&mut refused, at(90)));
    answer(&mut refused, 400, r#"{"error":"invalid_grant"}"#, at(91));
    assert_eq!(over(&mut refused, at(91)), Some(SignedOut::AtProvider));
    assert_eq!(refused.access_token(at(91)).unwrap_err().code(), Code::SESSION_ENDED);
    assert_eq!(over(&mut session(), at(1799)), None);
    assert_eq!(over(&mut session(), at(1800)), Some(SignedOut::RefreshExpired));
    let mut short = open(None);
    assert_eq!((over(&mut short, at(114)), short.state(at(114)).name()), (None, "stale"));
    assert_eq!(over(&mut short, at(115)), Some(SignedOut::NoRefreshToken));
    let mut long = session();
    long.rules = long.rules.longest(Duration::from_secs(300));
    assert_eq!(over(&mut long, at(299)), None);
    assert_eq!(over(&mut long, at(300)), Some(SignedOut::TooLong));
    let mut clicked = session();
    clicked.end(SignedOut::ByPerson, at(5));
    assert_eq!((over(&mut clicked, at(6)), clicked.tokens().is_none()), (Some(SignedOut::ByPerson), true));
    assert_eq!(
        clicked.answered(&Response { status: 200, headers: vec![], body: vec![] }, at(6)).unwrap_err().code(),
        Code::REQUEST_SPENT
    );
}

#[test]
fn a_state_as_json_has_the_times_and_the_reason_that_it_has() {
    for (state, json) in [
        (SessionState::Fresh { refresh_at: at(0) }, r#"{"refresh_at":1795420800000,"state":"fresh"}"#),
        (SessionState::Stale { until: at(1) }, r#"{"state":"stale","until":1795420801000}"#),
        (SessionState::Expired, r#"{"state":"expired"}"#),
        (
            SessionState::Unreachable { since: at(0), retry_at: Some(at(2)) },
            r#"{"retry_at":1795420802000,"since":1795420800000,"state":"unreachable"}"#,
        ),
        (
            SessionState::Unreachable { since: at(0), retry_at: None },
            r#"{"since":1795420800000,"state":"unreachable"}"#,
        ),
        (SessionState::SignedOut(SignedOut::TooLong), r#"{"state":"signed-out","why":"too-long"}"#),
    ] {
        assert_eq!(state.to_json(), json);
    }
}

#[test]
fn a_stored_session_is_of_one_service_and_key() {
    let keys = KeyRing::new(&[1; 32]).unwrap();
    let sealed = session().seal(&service(), &keys, SessionKey([1; 32]), &mut crate::base::Counter(1)).unwrap();
    let open = |keys: &KeyRing, key, sealed: &[u8]| {
        Session::open(&service(), keys, SessionKey([key; 32]), sealed, SessionRules::default()).map(drop)
    };
    assert!(open(&keys, 1, &sealed).is_ok());
    assert_eq!(open(&keys, 2, &sealed).unwrap_err().code(), Code::SEALED_VALUE_REFUSED);
    let other = KeyRing::new(&[2; 32]).unwrap();
    assert_eq!(open(&other, 1, &sealed).unwrap_err().code(), Code::SEALED_VALUE_REFUSED);
    assert!(open(&other.with_older(&[1; 32]).unwrap(), 1, &sealed).is_ok());
    assert!(!sealed.windows(2).any(|bytes| bytes == b"r1" || bytes == b"a1" || bytes == b"i1"));
}
