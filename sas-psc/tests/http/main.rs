//! The HTTP drivers against servers on this machine: what is sent, what is refused, and what each failure is called.

mod doctor;
mod hospital;
mod hostile;
#[cfg(feature = "card")]
mod revocation_lists;
mod servers;

use sas_psc::base::{Method, Request, Response};
use sas_psc::drive::{HttpConfig, blocking, tokio};
use sas_psc::{Code, Result};
use servers::{Authority, plain, tls, tls_h2_for};
use std::net::TcpListener;
use std::time::Duration;

fn get(url: &str) -> Request {
    Request {
        method: Method::Get,
        url: url.to_owned(),
        headers: vec![("accept", "application/json".into())],
        body: vec![],
    }
}

fn config() -> HttpConfig {
    HttpConfig::default().without_proxy().with_timeouts(Duration::from_secs(2), Duration::from_secs(2))
}

/// Sends with both drivers, which must agree.
fn send(config: &HttpConfig, request: &Request) -> Result<Response> {
    let runtime = ::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let driver = tokio::Http::new(config).unwrap();
    let one = runtime.block_on(driver.send(request.clone()));
    let two = blocking::Http::new(config).unwrap().send(request.clone());
    let verdict = |result: &Result<Response>| result.as_ref().map(|r| r.status).map_err(|error| error.code());
    assert_eq!(verdict(&one), verdict(&two));
    for error in [&one, &two].into_iter().filter_map(|result| result.as_ref().err()) {
        let shown = format!("{error} {error:?} {:?} {:?}", error.source(), error.source().map(ToString::to_string));
        assert!(!shown.contains("token-in-the-address"), "{shown}");
    }
    one
}

fn code(config: &HttpConfig, url: &str) -> Code {
    send(config, &get(&format!("{url}?id_token_hint=token-in-the-address"))).unwrap_err().code()
}

#[test]
fn a_form_is_sent_and_the_answer_comes_whole() {
    let (url, seen) = plain("HTTP/1.1 400 Bad Request\r\nX-One: é\r\nContent-Length: 2\r\n\r\n{}");
    let headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
    let request = Request { method: Method::Post, url: format!("{url}/token"), headers, body: b"a=b".to_vec() };
    let response = send(&config(), &request).unwrap();
    assert_eq!((response.status, &response.body[..]), (400, &b"{}"[..]));
    assert_eq!(response.header("x-one"), Some("é"));
    let seen = seen.lock().unwrap().join("").to_ascii_lowercase();
    assert!(seen.starts_with("post /token http/1.1") && seen.contains("\r\n\r\na=b"), "{seen}");
    assert!(seen.contains("user-agent: sas-psc/") && seen.contains("content-type: application/x-www-form-urlencoded"));
}

#[test]
fn redirects_are_not_followed_and_cookies_not_kept() {
    let (url, seen) =
        plain("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
    for _ in 0..2 {
        assert_eq!(send(&config(), &get(&url)).unwrap().status, 302);
    }
    let seen = seen.lock().unwrap().join("").to_ascii_lowercase();
    assert!(!seen.contains("elsewhere") && !seen.contains("cookie"), "{seen}");
}

#[test]
fn a_body_beyond_the_limit_is_refused_however_it_comes() {
    let (url, _) = plain("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nx");
    assert_eq!(code(&config(), &url), Code::ANSWER_TOO_LARGE);
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
    let (url, _) =
        plain(&format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(17)));
    assert_eq!(code(&config(), &url), Code::ANSWER_TOO_LARGE);
    let (url, _) =
        plain(&format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(16)));
    assert_eq!(send(&config(), &get(&url)).unwrap().body.len(), 1 << 20);
}

#[test]
fn a_server_that_stalls_is_given_up() {
    let impatient = config().with_timeouts(Duration::from_secs(2), Duration::from_millis(300));
    let (url, _) = plain("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nstall");
    assert_eq!(code(&impatient, &url), Code::TIMED_OUT);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    assert_eq!(code(&impatient, &format!("http://{}", silent.local_addr().unwrap())), Code::TIMED_OUT);
}

#[test]
fn a_network_that_fails_says_where() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(code(&config(), &format!("http://{closed}")), Code::CONNECT_FAILED);
    assert_eq!(code(&config(), "https://no-such-host.invalid/"), Code::NAME_NOT_FOUND);
    let (url, _) = plain("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut");
    assert_eq!(code(&config(), &format!("{url}/close")), Code::CONNECTION_LOST);
    let (url, _) = plain("");
    assert_eq!(code(&config(), &format!("{url}/close")), Code::CONNECTION_LOST);
    assert_eq!(code(&config(), "no address"), Code::HTTP_SETTINGS);
}

#[test]
fn a_server_is_trusted_by_its_certificate_alone() {
    let authority = Authority::new();
    let url = tls(&authority, "127.0.0.1", None);
    // On a machine without any authority that is what is wrong first.
    let unknown = code(&config(), &url);
    assert!([Code::SERVER_CERTIFICATE, Code::TRUST_STORE_EMPTY].contains(&unknown), "{unknown}");
    let stranger = config().with_only_ca(Authority::new().pem().as_bytes()).unwrap();
    assert_eq!(code(&stranger, &url), Code::SERVER_CERTIFICATE);
    for trusting in
        [config().with_extra_ca(authority.pem().as_bytes()), config().with_only_ca(authority.pem().as_bytes())]
    {
        assert_eq!(send(&trusting.unwrap(), &get(&url)).unwrap().status, 200);
    }
    let trusting = config().with_only_ca(authority.pem().as_bytes()).unwrap();
    assert_eq!(code(&trusting, &tls(&authority, "another.example", None)), Code::SERVER_CERTIFICATE_NAME);
    let (http, _) = plain("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(code(&trusting, &http.replace("http:", "https:")), Code::TLS_FAILED);
}

#[test]
fn a_client_certificate_is_shown_and_its_refusal_told_in_both_versions_of_tls() {
    let authority = Authority::new();
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let url = tls(&authority, "127.0.0.1", Some(version));
        let trusting = config().with_only_ca(authority.pem().as_bytes()).unwrap();
        assert_eq!(code(&trusting, &url), Code::CLIENT_CERTIFICATE, "none shown");
        let show = |authority: &Authority| {
            let (chain, key) = authority.issue("client.example");
            trusting.clone().with_client_certificate(chain.as_bytes(), &key.into()).unwrap()
        };
        assert_eq!(send(&show(&authority), &get(&url)).unwrap().status, 200);
        assert_eq!(code(&show(&Authority::new()), &url), Code::CLIENT_CERTIFICATE, "of another authority");
    }
    let ((chain, _), (_, other_key)) = (authority.issue("a.example"), authority.issue("b.example"));
    let mismatch = config().with_client_certificate(chain.as_bytes(), &other_key.into()).unwrap_err();
    assert_eq!((mismatch.code(), mismatch.facts().field), (Code::CLIENT_KEY_MISMATCH, Some("client_key")));
}

#[test]
fn the_refusal_of_a_client_certificate_is_told_over_http_2_too() {
    let authority = Authority::new();
    let url = tls_h2_for(&authority, &authority.pem());
    let trusting = config().with_only_ca(authority.pem().as_bytes()).unwrap();
    assert_eq!(code(&trusting, &url), Code::CLIENT_CERTIFICATE, "none shown");
    let (chain, key) = Authority::new().issue("client.example");
    let stranger = trusting.with_client_certificate(chain.as_bytes(), &key.into()).unwrap();
    assert_eq!(code(&stranger, &url), Code::CLIENT_CERTIFICATE, "of another authority");
}

#[test]
fn a_proxy_is_used_for_others_and_never_for_this_machine() {
    let (proxy, seen) = plain("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
    let address = proxy.replace("http://", "http://user:pass@").into();
    let through = config().with_proxy(&address).unwrap();
    assert_eq!(code(&through, "https://auth.example/"), Code::PROXY_AUTHENTICATION);
    let asked = seen.lock().unwrap().join("");
    assert!(
        asked.starts_with("CONNECT auth.example:443") && asked.to_ascii_lowercase().contains("proxy-authorization")
    );
    assert!(!asked.contains("token-in-the-address"), "{asked}");
    let (url, _) = plain("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(send(&through, &get(&url)).unwrap().status, 200);
    assert!(!format!("{through:?}").contains("pass"));
}

#[test]
fn a_proxy_that_refuses_the_way_is_told_from_one_that_asks_who_we_are() {
    let (proxy, _) = plain("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let through = config().with_proxy(&proxy.into()).unwrap();
    assert_eq!(code(&through, "https://auth.example/"), Code::PROXY_FAILED);
}

#[test]
fn the_futures_of_the_tokio_driver_may_move_between_threads() {
    fn is_send<T: Send>(_: T) {}
    use sas_psc::psc::{Client, ClientAuth, Environment, SignInOptions};
    let client = Client::new("c", ClientAuth::TlsClientAuth, "https://service.example/callback");
    let psc = tokio::Psc::new(Environment::bas(), client, &config()).unwrap();
    is_send(psc.begin(&SignInOptions::default()));
    is_send(psc.service());
}
