//! How a service says who it is: by certificate, with tokens bound to it, and by a signed assertion; and a person whom the
//! provider no longer lets in.

use super::lab::{
    BY_ASSERTION, BY_CERTIFICATE, CALLBACK, DOCTOR, LEAVER, LOCUM, NURSE, PHARMACIST, browser, claims, environment,
    file, http, on_the_phone, pem, person, pkcs12, pki, psc, sign_in,
};
use sas_psc::Code;
use sas_psc::base::{ExposeSecret, Method, Request};
use sas_psc::drive::tokio::{Http, Psc};
use sas_psc::drive::{ClientCertificate, SystemRandom, blocking};
use sas_psc::psc::{AssertionKey, AuthMode, Channel, Client, ClientAuth, Endpoint, SignInOptions, SignedIn};
use sas_psc_tests::browser::Visit;
use std::io::Write;

fn by_certificate() -> Client {
    Client::new("sas-psc-certificate", ClientAuth::TlsClientAuth, CALLBACK)
}

fn with(certificate: Option<ClientCertificate>) -> Psc {
    let http = certificate.into_iter().fold(http(), |http, certificate| http.with_certificate(certificate).unwrap());
    Psc::new(environment(), by_certificate(), &http).unwrap()
}

/// Asks userinfo itself with the access token.
async fn userinfo(psc: &Psc, certificate: Option<ClientCertificate>, signed_in: &SignedIn) -> u16 {
    let http = certificate.into_iter().fold(http(), |http, certificate| http.with_certificate(certificate).unwrap());
    let url = psc.service().await.unwrap().metadata().mtls_endpoint(Endpoint::Userinfo).unwrap().to_owned();
    let bearer = format!("Bearer {}", signed_in.tokens.access_token().expose_secret());
    let request = Request { method: Method::Get, url, headers: vec![("authorization", bearer)], body: Vec::new() };
    Http::new(&http).unwrap().send(request).await.unwrap().status
}

#[tokio::test]
async fn a_certificate_stands_for_the_secret_from_pem_and_from_pkcs12_and_tokens_are_bound_to_it() {
    for certificate in [pem("service"), pkcs12()] {
        let psc = with(Some(certificate));
        let signed_in = sign_in(&psc, &mut browser(Some(LOCUM)), &SignInOptions::default()).await.unwrap();
        assert_eq!(signed_in.sign_in.auth_mode(), Some(&AuthMode::Card));
        let bound = claims(signed_in.tokens.access_token().expose_secret());
        assert!(pem("service").thumbprint().check(bound.as_object().unwrap()).unwrap(), "{}", bound["cnf"]);
        let elsewhere = pem("other").thumbprint().check(bound.as_object().unwrap()).unwrap_err();
        assert_eq!(elsewhere.code(), Code::TOKEN_BINDING);
        assert_eq!(userinfo(&psc, Some(pem("service")), &signed_in).await, 200);
        assert_eq!(userinfo(&psc, Some(pem("other")), &signed_in).await, 401);
        assert_eq!(userinfo(&psc, None, &signed_in).await, 401);
        psc.refresh(&signed_in.tokens).await.unwrap();
        assert_eq!(with(Some(pem("other"))).refresh(&signed_in.tokens).await.unwrap_err().code(), Code::CLIENT_REFUSED);

        let mut poll = psc.ciba(&person(BY_CERTIFICATE), Channel::Mobile).await.unwrap();
        on_the_phone(&poll, "SUCCEED").await;
        let signed_in = psc.wait_ciba(&mut poll, |_, _| ()).await.unwrap();
        assert_eq!(signed_in.sign_in.professional().id_nat, person(BY_CERTIFICATE));
    }
}

#[test]
fn the_blocking_driver_shows_the_same_certificates() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for certificate in [pem("service"), pkcs12()] {
        let http = http().with_certificate(certificate).unwrap();
        let psc = blocking::Psc::new(environment(), by_certificate(), &http).unwrap();
        let (mut pending, url) = psc.begin(&SignInOptions::default()).unwrap();
        let callback = runtime.block_on(browser(Some(NURSE)).sent_back(&url));
        let signed_in = psc.finish(&mut pending, &callback).unwrap();
        psc.refresh(&signed_in.tokens).unwrap();
        let mut poll = psc.ciba(&person(PHARMACIST), Channel::Mobile).unwrap();
        runtime.block_on(on_the_phone(&poll, "SUCCEED"));
        psc.wait_ciba(&mut poll, |_, _| ()).unwrap();
    }
}

#[tokio::test]
async fn the_certificate_of_another_service_and_none_are_refused() {
    for certificate in [Some(pem("other")), None] {
        let error =
            sign_in(&with(certificate), &mut browser(Some(DOCTOR)), &SignInOptions::default()).await.unwrap_err();
        assert_eq!(error.code(), Code::CLIENT_REFUSED);
    }
}

#[tokio::test]
async fn a_revoked_certificate_of_the_same_name_gets_nowhere() {
    sign_in(&with(Some(pem("service"))), &mut browser(Some(DOCTOR)), &SignInOptions::default()).await.unwrap();
    let error = with(Some(pem("revoked"))).begin(&SignInOptions::default()).await.unwrap_err();
    assert_eq!(error.code(), Code::CLIENT_CERTIFICATE);
}

fn by_assertion(key: &str) -> Psc {
    let key = String::from_utf8(file(key)).unwrap().into();
    let key = AssertionKey::from_pem(&key, None, &mut SystemRandom).unwrap();
    let client = Client::new("sas-psc-assertion", ClientAuth::PrivateKeyJwt(key), CALLBACK);
    Psc::new(environment(), client, &http()).unwrap()
}

#[tokio::test]
async fn a_signed_assertion_stands_for_the_secret_in_every_flow() {
    let psc = by_assertion("assertion.key");
    let signed_in = sign_in(&psc, &mut browser(Some(DOCTOR)), &SignInOptions::default()).await.unwrap();
    psc.refresh(&signed_in.tokens).await.unwrap();
    let mut poll = psc.ciba(&person(BY_ASSERTION), Channel::Mobile).await.unwrap();
    on_the_phone(&poll, "SUCCEED").await;
    let signed_in = psc.wait_ciba(&mut poll, |_, _| ()).await.unwrap();
    let service = psc.service().await.unwrap();
    psc.run(service.revoke(signed_in.tokens.refresh_token().unwrap()).unwrap()).await.unwrap();
    assert_eq!(psc.refresh(&signed_in.tokens).await.unwrap_err().code(), Code::SESSION_ENDED);
}

#[tokio::test]
async fn an_assertion_by_another_key_is_refused() {
    let psc = by_assertion("other.key");
    let error = sign_in(&psc, &mut browser(Some(DOCTOR)), &SignInOptions::default()).await.unwrap_err();
    assert_eq!(error.code(), Code::CLIENT_REFUSED);
}

#[tokio::test]
async fn a_person_whom_the_provider_disables_is_out_at_every_door() {
    let psc = psc();
    let signed_in = sign_in(&psc, &mut browser(Some(LEAVER)), &SignInOptions::default()).await.unwrap();
    let mut poll = psc.ciba(&person(LEAVER), Channel::Mobile).await.unwrap();
    let mut disabled = std::fs::OpenOptions::new().append(true).open(pki("disabled")).unwrap();
    writeln!(disabled, "{LEAVER}").unwrap();

    // The session that was open, the request that was under way, a new request, a new sign-in by card.
    assert_eq!(psc.refresh(&signed_in.tokens).await.unwrap_err().code(), Code::SESSION_ENDED);
    on_the_phone(&poll, "SUCCEED").await;
    assert_eq!(psc.wait_ciba(&mut poll, |_, _| ()).await.unwrap_err().code(), Code::CIBA_UNKNOWN_PERSON);
    let error = psc.ciba(&person(LEAVER), Channel::Mobile).await.unwrap_err();
    assert_eq!(error.code(), Code::CIBA_UNKNOWN_PERSON);
    let (_, url) = psc.begin(&SignInOptions::default()).await.unwrap();
    assert!(matches!(browser(Some(LEAVER)).visit(&url).await, Visit::Page(..)));
}
