//! Hospital networks: proxies that inspect, clocks that are off, certificates that end. Each is called by its name.

use crate::servers::{Authority, inspecting_proxy, plain, raw, tls_ended, tls_for};
use crate::{code, config, get, send};
use sas_psc::base::{Clock, SecretString};
use sas_psc::drive::{CertificateLife, ClientCertificate, HttpConfig, Notice, SystemClock, blocking};
use sas_psc::{Code, Lang};
use std::fs;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub fn file(name: &str) -> Vec<u8> {
    fs::read(format!("{}/../vectors/client-certificate/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}

/// Settings whose notices are kept.
fn told(config: HttpConfig) -> (HttpConfig, Arc<Mutex<Vec<Notice>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let keep = heard.clone();
    (config.on_notice(move |notice| keep.lock().unwrap().push(*notice)), heard)
}

#[test]
fn a_proxy_that_inspects_is_named_until_its_root_is_given() {
    let own = Authority::new();
    let proxy = inspecting_proxy(&own, "auth.example");
    // An authority beside the system's, so that a machine that has none is not what the test finds.
    let through = config().with_extra_ca(Authority::new().pem().as_bytes()).unwrap().with_proxy(&proxy.into()).unwrap();
    let inspected = code(&through, "https://auth.example/");
    assert_eq!(inspected, Code::TLS_INSPECTED);
    assert!(inspected.message(Lang::Fr).contains("inspecte"));
    let trusting = through.with_extra_ca(own.pem().as_bytes()).unwrap();
    assert_eq!(send(&trusting, &get("https://auth.example/")).unwrap().status, 200);
    assert_eq!(code(&trusting, "https://other.example/"), Code::SERVER_CERTIFICATE_NAME);
}

#[test]
fn a_certificate_out_of_its_time_speaks_of_the_clock() {
    let authority = Authority::new();
    let trusting = config().with_only_ca(authority.pem().as_bytes()).unwrap();
    let late = code(&trusting, &tls_ended(&authority));
    assert_eq!(late, Code::SERVER_CERTIFICATE_TIME);
    assert!(late.hint(Lang::Fr).contains("heure"));
}

#[test]
fn a_certificate_of_pkcs12_opens_a_server_that_asks_for_it() {
    let authority = Authority::new();
    let url = tls_for(&authority, std::str::from_utf8(&file("ca.pem")).unwrap());
    let trusting = config().with_only_ca(authority.pem().as_bytes()).unwrap();
    assert_eq!(code(&trusting, &url), Code::CLIENT_CERTIFICATE, "none shown");
    for certificate in [
        ClientCertificate::from_pkcs12(&file("client.p12"), &secret("motdepasse")),
        ClientCertificate::from_pkcs12(&file("client-3des.p12"), &secret("motdepasse")),
        ClientCertificate::from_pkcs12(&file("other-no-password.p12"), &secret("")),
    ] {
        let showing = trusting.clone().with_certificate(certificate.unwrap()).unwrap();
        assert_eq!(send(&showing, &get(&url)).unwrap().status, 200);
    }
}

#[test]
fn a_certificate_that_ends_soon_is_told_once_a_day_and_not_in_each_request() {
    let (url, _) = plain("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let certificate = ClientCertificate::from_pkcs12(&file("client.p12"), &secret("motdepasse")).unwrap();
    let left = certificate.not_after().since(SystemClock.now());
    let (quiet, heard) = told(config().with_certificate(certificate.clone()).unwrap());
    blocking::Http::new(&quiet).unwrap().send(get(&url)).unwrap();
    assert!(heard.lock().unwrap().is_empty(), "a hundred years to go");

    let (warned, heard) = told(quiet.with_certificate_notice(left + Duration::from_secs(3600)));
    let http = blocking::Http::new(&warned).unwrap();
    for _ in 0..3 {
        http.send(get(&url)).unwrap();
    }
    let days = left.as_secs() / 86_400;
    assert_eq!(*heard.lock().unwrap(), [Notice::Certificate(CertificateLife::EndsSoon(days))]);
    assert_eq!(warned.certificate_life(certificate.not_after() + Duration::from_secs(1)), Some(CertificateLife::Ended));
}

#[test]
fn a_clock_that_is_off_is_told_with_its_size() {
    let (url, _) = plain("HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 08:00:00 GMT\r\nContent-Length: 0\r\n\r\n");
    let (config, heard) = told(config());
    let http = blocking::Http::new(&config).unwrap();
    assert_eq!(http.watch().clock_skew(), None);
    http.send(get(&url)).unwrap();
    let skew = http.watch().clock_skew().unwrap();
    let expected = 1_795_420_800 - SystemClock.now().unix();
    assert!(skew.abs_diff(expected) <= 2, "{skew} {expected}");
    if skew.unsigned_abs() > 10 {
        assert_eq!(*heard.lock().unwrap(), [Notice::ClockSkew(skew)]);
    }
}

#[test]
fn a_server_that_is_away_is_a_state_that_ends_with_its_first_answer() {
    let away = Arc::new(Mutex::new(true));
    let gone = away.clone();
    let url = raw(move |stream| {
        if !*gone.lock().unwrap() {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    let (config, heard) = told(config());
    let http = blocking::Http::new(&config).unwrap();
    for _ in 0..3 {
        assert_eq!(http.send(get(&url)).unwrap_err().code(), Code::CONNECTION_LOST);
    }
    assert!(http.watch().outage().is_none(), "three at once are a hiccup: an outage lasts ten seconds");
    *away.lock().unwrap() = false;
    assert_eq!(http.send(get(&url)).unwrap().status, 200);
    assert!(http.watch().ready(SystemClock.now()).is_ok() && heard.lock().unwrap().is_empty());
}
