//! Sign-in at a Keycloak that answers as Pro Santé Connect: by code with a card certificate, by CIBA with a phone.
//!
//! `tools/keycloak/run` starts it and says in the environment where it is. The simulator is ours and could share our
//! mistakes; this server cannot. What PSC does and a stock Keycloak cannot show (CPS pages, the choice among three
//! numbers) is the simulator's part.

mod alone;
mod card;
mod clients;
mod lab;
mod sessions;

use lab::{
    DOCTOR, EMPLOYEE, INTERN, LOCUM, NURSE, SECRET, browser, client, environment, http, on_the_phone, person, psc,
    setting, sign_in,
};
use sas_psc::Code;
use sas_psc::base::Clock;
use sas_psc::drive::tokio::Psc;
use sas_psc::drive::{HttpConfig, SystemClock, blocking};
use sas_psc::psc::{Acr, AuthMode, Channel, Prompt, SignInOptions};
use sas_psc_tests::browser::Visit;
use std::time::Duration;

#[tokio::test]
async fn a_card_signs_in_by_code_and_the_session_lives_until_logout() {
    let (psc, mut browser) = (psc(), browser(Some(DOCTOR)));
    let signed_in = sign_in(&psc, &mut browser, &SignInOptions::default()).await.unwrap();

    let evidence = &signed_in.sign_in;
    assert_eq!(evidence.issuer(), setting("SAS_PSC_ISSUER"));
    assert_eq!(evidence.subject(), format!("f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:{DOCTOR}"));
    assert_eq!((evidence.acr(), evidence.auth_mode()), (Acr::Eidas1, Some(&AuthMode::Card)));
    assert!(evidence.is_fresh(SystemClock.now(), Duration::from_secs(30)));
    let doctor = evidence.professional();
    assert_eq!(doctor.rpps().unwrap().to_string(), "99700218896");
    assert_eq!(doctor.name.family, "SPECIALISTE0021889");
    assert_eq!(doctor.activities().count(), 1);

    // The session is the provider's: this browser signs in again without the card, at the time of the first.
    let again = sign_in(&psc, &mut browser, &SignInOptions::default().prompt(Prompt::None)).await.unwrap();
    assert_eq!(again.sign_in.auth_time(), evidence.auth_time());

    let refreshed = psc.refresh(&signed_in.tokens).await.unwrap();
    assert_eq!(refreshed.subject(), evidence.subject());

    let after = "http://127.0.0.1:8765/signed-out";
    let logout = psc.logout_url(&refreshed, Some(after), Some("state-of-ours")).await.unwrap();
    assert_eq!(browser.sent_back(&logout).await, format!("{after}?state=state-of-ours"));
    assert_eq!(psc.refresh(&refreshed).await.unwrap_err().code(), Code::SESSION_ENDED);
}

#[tokio::test]
async fn nobody_signed_in_and_no_page_wanted_is_said() {
    let options = SignInOptions::default().prompt(Prompt::None);
    let error = sign_in(&psc(), &mut browser(None), &options).await.unwrap_err();
    assert_eq!(error.code(), Code::SIGN_IN_REQUIRED);
}

#[tokio::test]
async fn without_a_card_the_person_stays_on_the_providers_page() {
    let (_, url) = psc().begin(&SignInOptions::default()).await.unwrap();
    assert!(matches!(browser(None).visit(&url).await, Visit::Page(..)));
}

#[tokio::test]
async fn a_code_is_good_once() {
    let (psc, mut browser) = (psc(), browser(Some(NURSE)));
    let (mut pending, url) = psc.begin(&SignInOptions::default()).await.unwrap();
    let kept = pending.to_stored().unwrap();
    let callback = browser.sent_back(&url).await;
    let signed_in = psc.finish(&mut pending, &callback).await.unwrap();
    assert_eq!(signed_in.sign_in.professional().name.family, "L'ÉTANG-GARÇON");
    assert_eq!(psc.finish(&mut pending, &callback).await.unwrap_err().code(), Code::AUTHORIZATION_USED);

    // Our own memory of it lost, the provider refuses, and ends the session that the code opened.
    let mut forgotten = sas_psc::psc::Authorization::resume(&kept, SystemClock.now()).unwrap();
    assert_eq!(psc.finish(&mut forgotten, &callback).await.unwrap_err().code(), Code::CODE_REFUSED);
    assert_eq!(psc.refresh(&signed_in.tokens).await.unwrap_err().code(), Code::SESSION_ENDED);
}

#[tokio::test]
async fn a_phone_signs_in_by_ciba_also_after_a_restart() {
    let psc = psc();
    let poll = psc.ciba(&person(DOCTOR), Channel::Mobile).await.unwrap();
    let kept = poll.to_stored().unwrap();
    on_the_phone(&poll, "SUCCEED").await;
    drop(poll);

    let mut poll = psc.resume_ciba(&kept).await.unwrap();
    let signed_in = psc.wait_ciba(&mut poll, |_, _| ()).await.unwrap();
    assert_eq!(signed_in.sign_in.auth_mode(), Some(&AuthMode::Mobile));
    assert_eq!(signed_in.sign_in.professional().id_nat, person(DOCTOR));
    assert_eq!(signed_in.tokens.subject(), signed_in.sign_in.subject());
    psc.refresh(&signed_in.tokens).await.unwrap();
}

#[tokio::test]
async fn a_phone_refuses_or_leaves() {
    let psc = psc();
    for status in ["UNAUTHORIZED", "CANCELLED"] {
        let mut poll = psc.ciba(&person(EMPLOYEE), Channel::Mobile).await.unwrap();
        on_the_phone(&poll, status).await;
        let error = psc.wait_ciba(&mut poll, |_, _| ()).await.unwrap_err();
        assert_eq!(error.code(), Code::CIBA_REFUSED, "{status}");
    }
}

#[tokio::test]
async fn a_phone_that_nobody_picks_up_ends_in_time() {
    let psc = psc();
    let mut poll = psc.ciba(&person(INTERN), Channel::Mobile).await.unwrap();
    let mut told = Vec::new();
    let error = psc.wait_ciba(&mut poll, |_, event| told.push(event.seconds_left)).await.unwrap_err();
    assert_eq!(error.code(), Code::CIBA_EXPIRED);
    assert!(told.is_sorted_by(|before, after| before > after), "{told:?}");
}

#[tokio::test]
async fn leaving_on_the_screen_makes_a_late_acceptance_worth_nothing() {
    let psc = psc();
    let mut poll = psc.ciba(&person(LOCUM), Channel::Mobile).await.unwrap();
    poll.cancel();
    on_the_phone(&poll, "SUCCEED").await;
    assert_eq!(psc.wait_ciba(&mut poll, |_, _| ()).await.unwrap_err().code(), Code::CIBA_CANCELLED);
}

#[tokio::test]
async fn a_person_whom_the_provider_does_not_know_is_told() {
    let error = psc().ciba(&person("899700000013"), Channel::Mobile).await.unwrap_err();
    assert_eq!(error.code(), Code::CIBA_UNKNOWN_PERSON);
}

#[tokio::test]
async fn a_wrong_secret_is_the_services_mistake_on_both_paths() {
    let psc = Psc::new(environment(), client("wrong"), &http()).unwrap();
    let by_code = sign_in(&psc, &mut browser(Some(NURSE)), &SignInOptions::default()).await.unwrap_err();
    assert_eq!(by_code.code(), Code::CLIENT_REFUSED);
    let by_phone = psc.ciba(&person(NURSE), Channel::Mobile).await.unwrap_err();
    assert_eq!(by_phone.code(), Code::CLIENT_REFUSED);
}

#[tokio::test]
async fn a_provider_whose_authority_is_unknown_is_not_spoken_to() {
    let psc = Psc::new(environment(), client(SECRET), &HttpConfig::default()).unwrap();
    let error = psc.begin(&SignInOptions::default()).await.unwrap_err();
    assert_eq!(error.code(), Code::SERVER_CERTIFICATE);
}

#[test]
fn a_program_that_blocks_signs_in_too() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let psc = blocking::Psc::new(environment(), client(SECRET), &http()).unwrap();
    let (mut pending, url) = psc.begin(&SignInOptions::default()).unwrap();
    let callback = runtime.block_on(browser(Some(DOCTOR)).sent_back(&url));
    let signed_in = psc.finish(&mut pending, &callback).unwrap();
    assert_eq!(signed_in.sign_in.auth_mode(), Some(&AuthMode::Card));

    let mut poll = psc.ciba(&person(NURSE), Channel::Mobile).unwrap();
    runtime.block_on(on_the_phone(&poll, "SUCCEED"));
    let signed_in = psc.wait_ciba(&mut poll, |_, _| ()).unwrap();
    assert_eq!(signed_in.sign_in.auth_mode(), Some(&AuthMode::Mobile));
}
