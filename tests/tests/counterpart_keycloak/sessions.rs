//! Sessions held against a provider that is not ours: refreshed once for many callers, ended by the person, by the provider.

use super::lab::{CALLBACK, DOCTOR, LOCUM, NURSE, admin, browser, environment, http, logouts, sign_in};
use sas_psc::Code;
use sas_psc::base::{ExposeSecret, SecretString};
use sas_psc::drive::Sessions;
use sas_psc::drive::tokio::{Http, Psc};
use sas_psc::psc::{
    Client, ClientAuth, Introspected, KeyRing, ReturnAddresses, SessionRules, SessionState, SignInOptions, SignedIn,
    SignedOut,
};
use sas_psc::store::Memory;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

pub(crate) type Held = Sessions<Http, Memory>;

/// The service whose access tokens live 8 seconds, and who is told of a logout.
pub(crate) fn service() -> Arc<Psc> {
    let auth = ClientAuth::SecretBasic("session-not-a-secret".to_owned().into());
    Arc::new(Psc::new(environment(), Client::new("sas-psc-session", auth, CALLBACK), &http()).unwrap())
}

pub(crate) fn sessions(psc: &Arc<Psc>) -> Held {
    Sessions::new(psc.clone(), Memory::new(), KeyRing::new(&[7; 32]).unwrap(), SessionRules::default())
}

async fn begin(psc: &Psc, sessions: &Held, who: &str) -> (SecretString, SignedIn) {
    let signed_in = sign_in(psc, &mut browser(Some(who)), &SignInOptions::default()).await.unwrap();
    (sessions.begin(&signed_in).await.unwrap(), signed_in)
}

/// Hands what Keycloak posts to the sessions until one of them ended.
async fn told(sessions: &Held, seen: usize) {
    for _ in 0..100 {
        for body in logouts().await.iter().skip(seen) {
            // Those of other tests name nobody here, and count once.
            let answer = sessions.back_channel_logout(body.as_bytes()).await;
            match answer.error {
                None if answer.ended == 1 => return,
                None => assert_eq!((answer.status, answer.ended), (200, 0)),
                Some(error) => assert_eq!((answer.status, error.code()), (400, Code::LOGOUT_TOKEN_REPLAYED)),
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no logout token came that ends a session");
}

#[tokio::test]
async fn many_callers_of_a_session_that_ended_refresh_it_once_and_the_person_signs_out_of_both() {
    let psc = service();
    let sessions = sessions(&psc);
    let mut browser = browser(Some(DOCTOR));
    let signed_in = sign_in(&psc, &mut browser, &SignInOptions::default()).await.unwrap();
    let id = sessions.begin(&signed_in).await.unwrap();
    let first = sessions.access_token(&id).await.unwrap();
    assert_eq!(first.expose_secret(), signed_in.tokens.access_token().expose_secret());

    // Beyond the end of the token, the margin counted: nobody can go on with it.
    tokio::time::sleep(Duration::from_millis(8200)).await;
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let (sessions, id) = (sessions.clone(), id.clone());
            tokio::spawn(async move { sessions.access_token(&id).await.unwrap().expose_secret().to_owned() })
        })
        .collect();
    let mut tokens = BTreeSet::new();
    for caller in callers {
        tokens.insert(caller.await.unwrap());
    }
    assert_eq!(tokens.len(), 1, "one refresh for all");
    let token: SecretString = tokens.pop_first().unwrap().into();
    assert_ne!(token.expose_secret(), first.expose_secret());
    let introspection = psc.service().await.unwrap().introspect(&token).unwrap();
    let Introspected::Active(active) = psc.run(introspection).await.unwrap() else { panic!("the new token works") };
    assert_eq!(active.client_id(), Some("sas-psc-session"));
    assert_eq!(active.subject(), Some(signed_in.sign_in.subject()));

    let seen = logouts().await.len();
    let after = ReturnAddresses::with_loopback(["http://127.0.0.1:8765/signed-out"]).unwrap().first();
    let out = sessions.sign_out(&id, Some(&after)).await.unwrap();
    assert_eq!(sessions.state(&id).await.unwrap(), SessionState::SignedOut(SignedOut::ByPerson));
    let back = browser.sent_back(out.url.expose_secret()).await;
    assert_eq!(back, format!("{}?state={}", after.as_str(), out.state.expose_secret()));
    let introspection = psc.service().await.unwrap().introspect(&token).unwrap();
    assert_eq!(psc.run(introspection).await.unwrap(), Introspected::NotActive);

    // Keycloak tells us of it too: a right token, which ends nothing more and counts once.
    let mut sids = Vec::new();
    for _ in 0..100 {
        sids = logouts().await.split_off(seen);
        sids.retain(|body| {
            let token = body.strip_prefix("logout_token=").unwrap();
            super::lab::claims(token)["sid"].as_str() == signed_in.sign_in.session_id()
        });
        if !sids.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let first = sessions.back_channel_logout(sids[0].as_bytes()).await;
    assert_eq!((first.status, first.ended), (200, 0));
    let again = sessions.back_channel_logout(sids[0].as_bytes()).await;
    assert_eq!((again.status, again.error.unwrap().code()), (400, Code::LOGOUT_TOKEN_REPLAYED));
}

#[tokio::test]
async fn a_logout_token_of_the_provider_ends_the_session_it_names_and_no_other() {
    let psc = service();
    let sessions = sessions(&psc);
    let (here, signed_in) = begin(&psc, &sessions, NURSE).await;
    let (elsewhere, _) = begin(&psc, &sessions, NURSE).await;
    let (colleague, _) = begin(&psc, &sessions, LOCUM).await;
    let seen = logouts().await.len();
    admin("DELETE", &format!("/sessions/{}", signed_in.sign_in.session_id().unwrap()), None).await;
    told(&sessions, seen).await;
    assert_eq!(sessions.state(&here).await.unwrap(), SessionState::SignedOut(SignedOut::ByProvider));
    for other in [&elsewhere, &colleague] {
        sessions.access_token(other).await.unwrap();
    }

    // Without a browser, as after a sign-in by CIBA: Keycloak's session ends with ours.
    let (id, signed_in) = begin(&psc, &sessions, LOCUM).await;
    sessions.sign_out_on_server(&id).await.unwrap();
    assert_eq!(psc.refresh(&signed_in.tokens).await.unwrap_err().code(), Code::SESSION_ENDED);

    // A local timeout leaves Keycloak's alone.
    let (id, signed_in) = begin(&psc, &sessions, LOCUM).await;
    sessions.forget(&id).await.unwrap();
    psc.refresh(&signed_in.tokens).await.unwrap();
}

#[tokio::test]
async fn a_session_that_the_provider_ended_in_silence_is_over_at_its_next_refresh() {
    let psc = service();
    let sessions = sessions(&psc);
    let (id, signed_in) = begin(&psc, &sessions, DOCTOR).await;
    admin("DELETE", &format!("/sessions/{}", signed_in.sign_in.session_id().unwrap()), None).await;
    tokio::time::sleep(Duration::from_millis(8200)).await;
    assert_eq!(sessions.access_token(&id).await.unwrap_err().code(), Code::SESSION_ENDED);
    assert_eq!(sessions.state(&id).await.unwrap(), SessionState::SignedOut(SignedOut::AtProvider));
}
