//! What the doctor finds before the provider: our certificate, the proxy; and what a network's fault is called there.

use crate::config;
use crate::hospital::{file, secret};
use crate::servers::plain;
use sas_psc::base::Clock;
use sas_psc::drive::{CheckStatus, ClientCertificate, Finding, HttpConfig, SystemClock, blocking};
use sas_psc::psc::{Client, ClientAuth, Environment, danger};
use sas_psc::{Code, Lang};
use std::time::Duration;

fn examine(environment: Environment, config: &HttpConfig) -> Vec<Finding> {
    let client = Client::new("c", ClientAuth::Public, "");
    blocking::Psc::new(environment, client, config).unwrap().examine(Lang::En)
}

fn nowhere() -> Environment {
    danger::insecure_loopback("http://127.0.0.1:1").unwrap()
}

fn of<'a>(findings: &'a [Finding], check: &str) -> &'a Finding {
    findings.iter().find(|found| found.check == check).unwrap()
}

#[test]
fn our_certificate_is_judged_even_where_nobody_answers() {
    let certificate = ClientCertificate::read(&file("client.p12"), None, Some(&secret("motdepasse"))).unwrap();
    let left = certificate.not_after().since(SystemClock.now());
    let showing = config().with_certificate(certificate).unwrap();
    let found = examine(nowhere(), &showing);
    assert_eq!(of(&found, "client-certificate").status, CheckStatus::Ok);
    assert_eq!(of(&found, "issuer").code, Some(Code::CONNECT_FAILED));
    let soon = showing.with_certificate_notice(left + Duration::from_secs(3600));
    let found = examine(nowhere(), &soon);
    let certificate = of(&found, "client-certificate");
    assert_eq!(
        (certificate.status, certificate.code),
        (CheckStatus::Warning, Some(Code::CLIENT_CERTIFICATE_ENDS_SOON))
    );
    assert!(
        certificate.message.contains(&format!("Days left: {}", left.as_secs() / 86_400)),
        "{}",
        certificate.message
    );
    let found = examine(nowhere(), &config());
    assert_eq!(of(&found, "client-certificate").status, CheckStatus::Skipped);
}

#[test]
fn a_certificate_that_has_ended_fails() {
    let mut params = rcgen::CertificateParams::new(vec!["client.example".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2000, 1, 1);
    params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let pem = params.self_signed(&key).unwrap().pem();
    let showing = config().with_client_certificate(pem.as_bytes(), &key.serialize_pem().into()).unwrap();
    let found = examine(nowhere(), &showing);
    let certificate = of(&found, "client-certificate");
    assert_eq!((certificate.status, certificate.code), (CheckStatus::Failed, Some(Code::CLIENT_CERTIFICATE_ENDED)));
}

#[test]
fn a_proxy_is_shown_without_its_password_and_its_refusal_named() {
    let (proxy, _) = plain("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    let address = proxy.replace("http://", "http://jeanne:motdepasse@");
    let found = examine(Environment::bas(), &config().with_proxy(&address.into()).unwrap());
    let shown = of(&found, "proxy");
    assert!(shown.message.contains(&proxy) && shown.message.contains("with a password"), "{}", shown.message);
    assert!(!format!("{found:?}").contains("jeanne") && !format!("{found:?}").contains("motdepasse"));
    let issuer = of(&found, "issuer");
    assert_eq!((issuer.status, issuer.code), (CheckStatus::Failed, Some(Code::PROXY_AUTHENTICATION)));
}
