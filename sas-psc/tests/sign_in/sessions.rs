//! Sessions, driven: one refresh for many callers, a death at any write, sign-out in its three forms, the back channel.

use crate::fake::{Fake, PERSON, psc};
use crate::minting::{CLIENT, ISSUER, Key, case};
use sas_psc::base::{ExposeSecret, SecretString, Timestamp};
use sas_psc::drive::{Psc, Sessions, World, block_on};
use sas_psc::id::IdNat;
use sas_psc::psc::{
    Channel, Endpoint, KeyRing, OnceStore, ReturnAddresses, SessionKey, SessionRules, SessionState, SessionStore,
    SignedIn, SignedOut, StoredSession,
};
use sas_psc::store::Memory;
use sas_psc::{Code, Error, Result};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

fn keys() -> KeyRing {
    KeyRing::new(&[1; 32]).unwrap()
}

fn signed_in(psc: &Psc<Fake>) -> SignedIn {
    let mut poll = block_on(psc.ciba(&IdNat::parse(PERSON).unwrap(), Channel::Mobile)).unwrap();
    let signed_in = block_on(psc.wait_ciba(&mut poll, |_, _| ())).unwrap();
    psc.world().state().claims.insert("nonce".into(), Value::Null);
    signed_in
}

/// A session just begun, in memory.
fn begun(rules: SessionRules) -> (Arc<Psc<Fake>>, Sessions<Fake, Memory>, SecretString) {
    let psc = Arc::new(psc());
    let sessions = Sessions::new(psc.clone(), Memory::new(), keys(), rules);
    let id = block_on(sessions.begin(&signed_in(&psc))).unwrap();
    (psc, sessions, id)
}

/// How many refreshes were sent with this refresh token.
fn sent(psc: &Psc<Fake>, refresh_token: &str) -> usize {
    let wanted = format!("grant_type=refresh_token&refresh_token={refresh_token}");
    let state = psc.world().state();
    state.requests.iter().filter(|(_, request)| String::from_utf8_lossy(&request.body).contains(&wanted)).count()
}

/// The next refresh brings these tokens.
fn rotate(psc: &Psc<Fake>, number: u32) {
    let mut answer = psc.world().tokens();
    (answer["refresh_token"], answer["access_token"]) =
        (format!("refresh-{number}").into(), format!("a{number}").into());
    answer.as_object_mut().unwrap().remove("id_token");
    psc.world().answer(Endpoint::Token, 200, answer);
}

#[test]
fn a_token_is_refreshed_when_it_is_due_and_the_rotated_one_serves_next() {
    let (psc, sessions, id) = begun(SessionRules::default());
    let token = || block_on(sessions.access_token(&id)).unwrap().expose_secret().to_owned();
    let first = token();
    psc.world().advance(89);
    assert_eq!(token(), first);
    for number in 2..5 {
        psc.world().advance(90);
        rotate(&psc, number);
        assert_eq!(token(), format!("a{number}"));
        assert_eq!(token(), format!("a{number}"), "kept");
        assert_eq!(sent(&psc, &format!("refresh-{}", number - 1)), 1);
    }
    let unknown = block_on(sessions.access_token(&"another".to_owned().into())).unwrap_err();
    assert_eq!(unknown.code(), Code::SESSION_UNKNOWN);
}

#[test]
fn the_store_holds_nothing_that_opens_anything() {
    let (psc, sessions, id) = begun(SessionRules::default());
    let stored = block_on(sessions.store().session(SessionKey::of(&id))).unwrap().unwrap();
    let tokens = psc.world().tokens();
    for secret in ["refresh-1", "access.token", "eyJ", PERSON, id.expose_secret(), tokens["id_token"].as_str().unwrap()]
    {
        assert!(!String::from_utf8_lossy(&stored.sealed).contains(secret));
    }
    assert_eq!(stored.marks.len(), 2);
}

#[test]
fn a_network_that_is_down_is_told_and_signs_nobody_out() {
    let (psc, sessions, id) = begun(SessionRules::default());
    let state = || block_on(sessions.state(&id)).unwrap();
    psc.world().advance(100);
    psc.world().script(Endpoint::Token, |_| Err(Error::new(Code::CONNECT_FAILED)));
    assert!(block_on(sessions.access_token(&id)).is_ok(), "good for 15 seconds more");
    psc.world().advance(1);
    assert!(block_on(sessions.access_token(&id)).is_ok());
    assert_eq!(sent(&psc, "refresh-1"), 1, "not again within the pause");
    psc.world().advance(20);
    psc.world().script(Endpoint::Token, |_| Err(Error::new(Code::NAME_NOT_FOUND)));
    let error = block_on(sessions.access_token(&id)).unwrap_err();
    assert_eq!((error.code(), error.facts().retry_after), (Code::SESSION_UNREACHABLE, Some(Duration::from_secs(4))));
    assert!(matches!(state(), SessionState::Unreachable { retry_at: Some(_), .. }), "{:?}", state());
    assert_eq!(block_on(sessions.access_token(&id)).unwrap_err().code(), Code::SESSION_UNREACHABLE);
    assert_eq!(sent(&psc, "refresh-1"), 2);
    psc.world().advance(600);
    rotate(&psc, 2);
    assert_eq!(block_on(sessions.access_token(&id)).unwrap().expose_secret(), "a2");
}

#[test]
fn a_refresh_whose_answer_is_lost_is_repeated_only_where_the_provider_allows_it() {
    let (psc, sessions, id) = begun(SessionRules::default());
    psc.world().advance(100);
    psc.world().cut(Endpoint::Token);
    assert!(block_on(sessions.access_token(&id)).is_ok());
    for _ in 0..3 {
        psc.world().advance(300);
        assert_eq!(block_on(sessions.access_token(&id)).unwrap_err().code(), Code::SESSION_UNREACHABLE);
    }
    assert_eq!(sent(&psc, "refresh-1"), 1);
    assert!(matches!(block_on(sessions.state(&id)).unwrap(), SessionState::Unreachable { retry_at: None, .. }));

    let (psc, sessions, id) = begun(SessionRules::default().provider_takes_a_token_twice());
    psc.world().advance(100);
    psc.world().cut(Endpoint::Token);
    assert!(block_on(sessions.access_token(&id)).is_ok());
    psc.world().advance(300);
    rotate(&psc, 2);
    assert_eq!(block_on(sessions.access_token(&id)).unwrap().expose_secret(), "a2");
    assert_eq!(sent(&psc, "refresh-1"), 2);
}

#[test]
fn a_click_ends_both_sessions_and_a_timeout_the_local_one() {
    let back = ReturnAddresses::new(["https://service.example/bye"]).unwrap().first();
    let (psc, sessions, id) = begun(SessionRules::default());
    psc.world().advance(1500);
    let out = block_on(sessions.sign_out(&id, Some(&back))).unwrap();
    let (url, state) = (out.url.expose_secret(), out.state.expose_secret());
    assert!(url.contains("/logout?id_token_hint=ey"), "kept though expired");
    assert!(url.ends_with(&format!("&post_logout_redirect_uri=https%3A%2F%2Fservice.example%2Fbye&state={state}")));
    assert_eq!(block_on(sessions.state(&id)).unwrap(), SessionState::SignedOut(SignedOut::ByPerson));
    assert_eq!(block_on(sessions.access_token(&id)).unwrap_err().code(), Code::SESSION_ENDED);
    assert_eq!(block_on(sessions.sign_out(&id, None)).unwrap_err().code(), Code::SESSION_ENDED);

    let (psc, sessions, id) = begun(SessionRules::default());
    let before = psc.world().state().requests.len();
    block_on(sessions.forget(&id)).unwrap();
    assert_eq!(block_on(sessions.state(&id)).unwrap(), SessionState::SignedOut(SignedOut::Locally));
    assert_eq!(psc.world().state().requests.len(), before, "PSC is told nothing");
}

#[test]
fn without_a_browser_psc_is_asked_to_end_its_session() {
    let (psc, sessions, id) = begun(SessionRules::default());
    psc.world().answer(Endpoint::EndSession, 302, json!({}));
    block_on(sessions.sign_out_on_server(&id)).unwrap();
    assert!(psc.world().form(Endpoint::EndSession).starts_with("id_token_hint=ey"));
    let (psc, sessions, id) = begun(SessionRules::default());
    psc.world().answer(Endpoint::EndSession, 400, json!({}));
    psc.world().answer(Endpoint::Revocation, 200, json!({"error": "invalid_token"}));
    block_on(sessions.sign_out_on_server(&id)).unwrap();
    assert!(psc.world().form(Endpoint::Revocation).contains("token=refresh-1"));
    let (psc, sessions, id) = begun(SessionRules::default());
    psc.world().answer(Endpoint::EndSession, 503, json!({}));
    psc.world().answer(Endpoint::Revocation, 503, json!({}));
    assert_eq!(block_on(sessions.sign_out_on_server(&id)).unwrap_err().code(), Code::PROVIDER_UNAVAILABLE);
    assert_eq!(block_on(sessions.state(&id)).unwrap().name(), "signed-out", "ours is over all the same");
}

/// The body of a back-channel logout of this session.
fn logout(now: Timestamp, jti: &str, sid: Option<&str>, sub: Option<&str>, key: Key) -> Vec<u8> {
    let mut token = case("", "", "", None).header("typ", "logout+jwt").signed_by(key).claim("nonce", Value::Null);
    for (name, value) in [("typ", Some("Logout")), ("sid", sid), ("sub", sub), ("jti", Some(jti))] {
        token = token.claim(name, value.map_or(Value::Null, Value::from));
    }
    let events = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
    token = token.claim("events", events).claim("iat", now.unix()).claim("exp", now.unix() + 120);
    format!("logout_token={}", token.write().json["token"].as_str().unwrap()).into_bytes()
}

#[test]
fn a_logout_on_the_back_channel_ends_the_sessions_it_names_once() {
    const SID: &str = "c1f1a1c5-9d0f-4f0e-8a57-0d6a3f6f5b11";
    let sub = format!("f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:{PERSON}");
    let (psc, sessions, id) = begun(SessionRules::default());
    let second = block_on(sessions.begin(&signed_in(&psc))).unwrap();
    psc.world().state().claims.insert("sid".into(), "other-session".into());
    let other = block_on(sessions.begin(&signed_in(&psc))).unwrap();
    let state = |id| block_on(sessions.state(id)).unwrap().name();
    let now = psc.world().now();
    let post = |body: &[u8]| block_on(sessions.back_channel_logout(body));
    let refused = |body: &[u8]| post(body).error.map(|error| error.code());
    let genuine = logout(now, "j1", Some(SID), Some(&sub), Key::Main);

    assert_eq!(refused(&logout(now, "j0", Some(SID), None, Key::Attacker)), Some(Code::LOGOUT_TOKEN_SIGNATURE));
    assert_eq!(refused(b"logout_token="), Some(Code::LOGOUT_TOKEN_MALFORMED));
    assert_eq!(refused(b"token=x"), Some(Code::LOGOUT_TOKEN_MALFORMED));
    assert_eq!(
        refused(&[genuine.clone(), b"&".to_vec(), genuine.clone()].concat()),
        Some(Code::LOGOUT_TOKEN_MALFORMED)
    );
    let nobody = post(&logout(now, "j2", Some(SID), Some("f:u:899700218896"), Key::Main));
    assert_eq!((nobody.status, nobody.ended), (200, 0), "that session is another person's");
    assert_eq!((state(&id), state(&second), state(&other)), ("fresh", "fresh", "fresh"));

    let done = post(&genuine);
    assert_eq!((done.status, done.ended), (200, 2), "{done:?}");
    assert_eq!(block_on(sessions.state(&id)).unwrap(), SessionState::SignedOut(SignedOut::ByProvider));
    assert_eq!((state(&second), state(&other)), ("signed-out", "fresh"));
    let again = post(&genuine);
    assert_eq!((again.status, again.error.map(|e| e.code())), (400, Some(Code::LOGOUT_TOKEN_REPLAYED)));
    let everything = post(&logout(now, "j3", None, Some(&sub), Key::Main));
    assert_eq!((everything.ended, state(&other)), (1, "signed-out"));
    psc.world().advance(151);
    assert_eq!(refused(&genuine), Some(Code::LOGOUT_TOKEN_TIME), "forgotten by the store, refused by its age");
    let _ = (CLIENT, ISSUER);
}

/// A store whose process dies at a chosen write, before it happens or after.
struct Dying {
    inner: Arc<Memory>,
    at: u32,
    after: bool,
    writes: AtomicU32,
}

impl SessionStore for Dying {
    async fn session(&self, key: SessionKey) -> Result<Option<StoredSession>> {
        if self.writes.load(Ordering::SeqCst) > self.at {
            return Err(Error::new(Code::STORE_UNAVAILABLE));
        }
        self.inner.session(key).await
    }

    async fn save_session(&self, session: StoredSession) -> Result<u64> {
        let number = self.writes.fetch_add(1, Ordering::SeqCst);
        if number > self.at || (number == self.at && !self.after) {
            return Err(Error::new(Code::STORE_UNAVAILABLE));
        }
        let saved = self.inner.save_session(session).await;
        if number == self.at { Err(Error::new(Code::STORE_UNAVAILABLE)) } else { saved }
    }

    async fn sessions_marked(&self, marks: &[[u8; 32]]) -> Result<Vec<SessionKey>> {
        self.inner.sessions_marked(marks).await
    }

    async fn sweep_sessions(&self, now: Timestamp) -> Result<u64> {
        self.inner.sweep_sessions(now).await
    }
}

/// A store that several processes share.
struct Shared(Arc<Memory>);

impl SessionStore for Shared {
    async fn session(&self, key: SessionKey) -> Result<Option<StoredSession>> {
        self.0.session(key).await
    }

    async fn save_session(&self, session: StoredSession) -> Result<u64> {
        self.0.save_session(session).await
    }

    async fn sessions_marked(&self, marks: &[[u8; 32]]) -> Result<Vec<SessionKey>> {
        self.0.sessions_marked(marks).await
    }

    async fn sweep_sessions(&self, now: Timestamp) -> Result<u64> {
        self.0.sweep_sessions(now).await
    }
}

impl OnceStore for Shared {
    async fn first_time(&self, name: [u8; 32], until: Timestamp, now: Timestamp) -> Result<bool> {
        self.0.first_time(name, until, now).await
    }
}

/// A refresh writes twice: that it is about to be sent, and what it brought.
#[test]
fn a_death_at_any_write_loses_no_token_that_can_be_had_and_repeats_none_that_may_not() {
    for reuse in [false, true] {
        for (at, after) in [(0, false), (0, true), (1, false), (1, true), (2, false)] {
            let memory = Arc::new(Memory::new());
            let psc = Arc::new(psc());
            let mut rules = SessionRules::default();
            if reuse {
                rules = rules.provider_takes_a_token_twice();
            }
            let next = Sessions::new(psc.clone(), Shared(memory.clone()), keys(), rules);
            let id = block_on(next.begin(&signed_in(&psc))).unwrap();
            psc.world().advance(100);
            rotate(&psc, 2);
            let dying = Dying { inner: memory.clone(), at, after, writes: AtomicU32::new(0) };
            let first = Sessions::new(psc.clone(), dying, keys(), rules);
            let _ = block_on(first.access_token(&id));
            psc.world().state().scripts.clear();
            // Another process takes over once the lease is over.
            psc.world().advance(60);
            rotate(&psc, 3);
            let token = block_on(next.access_token(&id)).map(|token| token.expose_secret().to_owned());
            let what = format!("write {at}, after {after}, reuse {reuse}: {token:?}");
            let (spent, asked_first) = (sent(&psc, "refresh-1"), at >= 1);
            match (at, after) {
                // Nothing was written, so nothing was sent: the next process refreshes.
                (0, false) => assert!(token.unwrap() == "a3" && spent == 1, "{what}"),
                // What the refresh brought is there.
                (1, true) | (2, _) => assert!(token.unwrap().starts_with('a') && spent == 1, "{what}"),
                // It may have been sent, and nobody knows what it brought.
                _ if reuse => assert!(token.unwrap() == "a3" && spent == 1 + usize::from(asked_first), "{what}"),
                _ => {
                    assert_eq!(token.unwrap_err().code(), Code::SESSION_UNREACHABLE, "{what}");
                    assert_eq!(spent, usize::from(asked_first), "{what}");
                    let state = block_on(next.state(&id)).unwrap();
                    assert!(matches!(state, SessionState::Unreachable { retry_at: None, .. }), "{state:?}");
                }
            }
        }
    }
}

#[test]
fn another_instance_waits_for_the_one_that_asks() {
    let memory = Arc::new(Memory::new());
    let psc = Arc::new(psc());
    let one = Sessions::new(psc.clone(), Shared(memory.clone()), keys(), SessionRules::default());
    let other = Sessions::new(psc.clone(), Shared(memory), keys(), SessionRules::default());
    let id = block_on(one.begin(&signed_in(&psc))).unwrap();
    psc.world().advance(130);
    let mut answer = psc.world().tokens();
    answer["access_token"] = "a2".into();
    answer.as_object_mut().unwrap().remove("id_token");
    let (theirs, their_id) = (other.clone(), id.clone());
    psc.world().script(Endpoint::Token, move |_| {
        // In the middle of the first one's request, the other wants a token too: it waits, and sends nothing.
        let waiting = std::thread::spawn(move || block_on(theirs.access_token(&their_id)).unwrap());
        std::thread::sleep(Duration::from_millis(50));
        assert!(!waiting.is_finished());
        std::mem::forget(waiting);
        Ok(crate::fake::answer(200, &answer))
    });
    assert_eq!(block_on(one.access_token(&id)).unwrap().expose_secret(), "a2");
    assert_eq!(block_on(other.access_token(&id)).unwrap().expose_secret(), "a2");
    assert_eq!(sent(&psc, "refresh-1"), 1);
}
