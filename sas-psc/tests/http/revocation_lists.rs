//! Revocation lists fetched over HTTP from a site that answers, refuses, fails and lies; and that is asked once each time.

use crate::config;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sas_psc::base::{Random, Request, Response, Timestamp};
use sas_psc::card::{CrlCache, CrlRules, Trust, danger};
use sas_psc::drive::{HttpConfig, World, fetch_revocation_lists, tokio};
use sas_psc::{Code, Error, Result};
use serde_json::Value;
use std::future::Future;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn trust() -> Trust {
    danger::authorities(include_str!("../../../vectors/card-certificate/pki/authorities.pem")).unwrap()
}

fn list(case: &str) -> Vec<u8> {
    let file = format!("{}/../vectors/card-certificate/{case}.json", env!("CARGO_MANIFEST_DIR"));
    let case: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    BASE64_STANDARD.decode(case["crls"][0].as_str().unwrap()).unwrap()
}

/// A site that gives to each request what `answer` makes of its head, in lower case; and what it was asked.
fn site(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(|stream| stream.ok()) {
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                head.push(byte[0]);
            }
            let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
            let _ = stream.write_all(&answer(&head));
            log.lock().unwrap().push(head);
        }
    });
    (host, seen)
}

fn ok(body: &[u8], headers: &str) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn status(status: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

fn cache(host: &str, names: &[&str]) -> CrlCache {
    let mut cache = CrlCache::new(CrlRules { host: host.to_owned(), ..CrlRules::default() });
    names.iter().for_each(|name| cache.want(&format!("http://{host}/CRL/{name}.crl")).unwrap());
    cache
}

/// When the lists of the vectors were signed.
const START: Timestamp = Timestamp::from_unix(1_795_586_400);

/// A sender with a clock of its own.
struct At(tokio::Http, Timestamp);

impl World for At {
    fn now(&self) -> Timestamp {
        self.1
    }

    fn random(&self) -> impl Random + Send {
        self.0.random()
    }

    fn send(&self, request: Request) -> impl Future<Output = Result<Response>> + Send {
        World::send(&self.0, request)
    }

    async fn sleep(&self, wait: Duration) {
        World::sleep(&self.0, wait).await;
    }
}

fn run(cache: &mut CrlCache, world: impl World) -> Vec<Result<bool>> {
    let runtime = ::tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcomes = runtime.block_on(fetch_revocation_lists(&world, cache, &trust()));
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// Four hours after the lists were signed.
fn fetch(cache: &mut CrlCache, config: &HttpConfig) -> Vec<Result<bool>> {
    run(cache, At(tokio::Http::new(config).unwrap(), START + Duration::from_secs(3600 * 4)))
}

fn code(outcomes: &[Result<bool>]) -> Vec<Code> {
    outcomes.iter().map(|outcome| outcome.as_ref().map_err(Error::code).unwrap_err()).collect()
}

#[test]
fn lists_come_once_and_are_then_asked_for_by_their_marks() {
    let (fort, standard) = (list("ok-cps"), list("ok-cpe"));
    let (host, seen) = site(move |head| match (head.contains("if-none-match: \"7\""), head.contains("fo-pp")) {
        (true, _) => status("304 Not Modified"),
        (_, true) => ok(&fort, "ETag: \"7\"\r\nLast-Modified: Wed, 25 Nov 2026 06:00:00 GMT\r\n"),
        _ => ok(&standard, ""),
    });
    let mut held = cache(&host, &["ACI-FO-PP", "ACI-ST-PP"]);
    assert_eq!(fetch(&mut held, &config()).into_iter().map(Result::unwrap).collect::<Vec<_>>(), [true, true]);
    assert_eq!(held.lists().len(), 2);
    assert!(fetch(&mut held, &config()).is_empty(), "not asked for again");
    assert_eq!(seen.lock().unwrap().len(), 2);
    assert!(seen.lock().unwrap()[0].contains("accept: application/pkix-crl"));
    // Near its end each is asked for again, by its marks where it has some.
    let near = || At(tokio::Http::new(&config()).unwrap(), START + Duration::from_secs(3600 * 44));
    assert_eq!(run(&mut held, near()).into_iter().map(Result::unwrap).collect::<Vec<_>>(), [false, true]);
    let seen = seen.lock().unwrap();
    assert!(seen[2].contains("if-none-match: \"7\"") && seen[2].contains("if-modified-since: wed, 25 nov 2026"));
    assert!(!seen[3].contains("if-"), "without marks, whole: {}", seen[3]);
}

#[test]
fn a_refusal_is_told_and_holds_the_others_back() {
    for (answer, wanted) in [("403 Forbidden", 403), ("429 Too Many Requests", 429)] {
        let (host, seen) = site(move |_| status(answer));
        let mut held = cache(&host, &["ACI-FO-PP", "ACI-ST-PP"]);
        let outcomes = fetch(&mut held, &config());
        assert_eq!(code(&outcomes), [Code::CRL_UNAVAILABLE]);
        assert_eq!(outcomes[0].as_ref().unwrap_err().facts().http_status, Some(wanted));
        assert!(fetch(&mut held, &config()).is_empty());
        assert_eq!(seen.lock().unwrap().len(), 1, "{answer}");
    }
}

#[test]
fn whatever_comes_in_a_lists_place_is_a_failure_that_is_waited_out() {
    let altered = list("list-altered");
    let cut = list("ok-cps");
    let answers: Vec<(Vec<u8>, Code)> = vec![
        (ok(b"<html>Portail captif</html>", ""), Code::CRL_UNREADABLE),
        (ok(b"", ""), Code::CRL_UNREADABLE),
        (ok(&altered, ""), Code::CRL_SIGNATURE),
        (ok(&list("list-of-nobody"), ""), Code::CRL_AUTHORITY),
        (ok(&list("list-of-changes-only"), ""), Code::CRL_UNREADABLE),
        (status("302 Found"), Code::CRL_UNAVAILABLE),
        (status("304 Not Modified"), Code::CRL_UNAVAILABLE),
        (status("500 Internal Server Error"), Code::CRL_UNAVAILABLE),
        (status("404 Not Found"), Code::CRL_UNAVAILABLE),
        (ok(&cut, "")[..200].to_vec(), Code::CONNECTION_LOST),
        (b"".to_vec(), Code::CONNECTION_LOST),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nx".to_vec(), Code::ANSWER_TOO_LARGE),
    ];
    for (answer, expected) in answers {
        let (host, seen) = site(move |_| answer.clone());
        let mut held = cache(&host, &["ACI-FO-PP"]);
        assert_eq!(code(&fetch(&mut held, &config())), [expected]);
        assert!(fetch(&mut held, &config()).is_empty() && held.lists().is_empty());
        assert_eq!(seen.lock().unwrap().len(), 1, "{expected}");
        assert!(held.due_at().unwrap() > START + Duration::from_secs(3600 * 4));
    }
}

#[test]
fn a_site_that_says_nothing_is_given_up_and_one_that_is_not_there_too() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let impatient = config().with_timeouts(Duration::from_millis(300), Duration::from_millis(300));
    let mut held = cache(&silent.local_addr().unwrap().to_string(), &["ACI-FO-PP"]);
    assert_eq!(code(&fetch(&mut held, &impatient)), [Code::TIMED_OUT]);
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut held = cache(&gone.to_string(), &["ACI-FO-PP", "ACI-ST-PP"]);
    assert_eq!(code(&fetch(&mut held, &config())), [Code::CONNECT_FAILED, Code::CONNECT_FAILED]);
    assert!(fetch(&mut held, &config()).is_empty());
}

#[test]
fn an_outage_that_the_driver_sees_opens_local_sign_in() {
    use sas_psc::card::fallback::{Fallback, FallbackRules, OutageSeen};
    use sas_psc::psc::Availability;
    let mut psc = Availability::default();
    let start = sas_psc::base::Timestamp::from_unix(1_795_600_800);
    let minutes = |count: u64| start + Duration::from_secs(60 * count);
    let mut fallback = Fallback::on(FallbackRules::default());
    for minute in 0..20 {
        psc.failed(&Error::new(Code::TIMED_OUT), minutes(minute));
        let Some(outage) = psc.outage() else { continue };
        assert_eq!(OutageSeen::from(outage).since, start);
        assert_eq!(fallback.outage(outage.into(), minutes(minute)).unwrap(), minute >= 15, "{minute}");
    }
    fallback.answered();
    assert!(fallback.opening(minutes(20)).is_none());
}
