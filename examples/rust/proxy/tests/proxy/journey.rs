//! The way of a doctor, and what goes wrong on it.

use crate::place::{PERSON, Place, Workstation, name};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sas_psc::Code;
use sas_psc::base::Method;
use sas_psc::drive::ClientCertificate;
use sas_psc::id::IdNat;
use sas_psc::psc::proxy::SendRequest;
use sas_psc::psc::{Channel, Thumbprint};
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;
use std::time::Duration;

fn get(api: &str, path: &str) -> SendRequest {
    SendRequest::get(api, path)
}

impl Place {
    /// What the traces say happened, in order.
    fn kinds(&self, from: &crate::place::Workstation) -> Vec<String> {
        let request = b"GET /traces?start=2020-01-01T00:00:00Z HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let (status, body) = self.raw(Some(from), request);
        assert_eq!(status, 200, "{body}");
        let lines: Vec<serde_json::Value> = serde_json::from_str(&body).unwrap();
        lines.iter().map(|line| line["type"].as_str().unwrap().to_owned()).collect()
    }

    fn until(&self, what: &str, done: impl Fn() -> bool) {
        for _ in 0..500 {
            if done() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("{what} did not come");
    }
}

#[test]
fn a_doctor_signs_in_works_and_signs_out() {
    let place = Place::new(&["--conformity"]);
    let (desk, _) = place.enrolled("poste-1");
    let client = place.client(&desk);
    let connected = place.connect(&desk);
    assert!(!connected.already && connected.session.session_state().is_some());

    let request = SendRequest::new(Method::Post, "echo", "/Patient?x=1", "été").header("content-type", "text/plain");
    let answer = client.send(&connected.session, request.unwrap()).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, "été".as_bytes()));
    let (line, headers) = place.api.seen.requests.lock().unwrap().pop().unwrap();
    assert_eq!(line, "POST /fhir/v1/Patient?x=1 HTTP/1.1");
    assert_eq!((headers["authorization"].as_str(), headers["content-type"].as_str()), ("Bearer api-1", "text/plain"));
    assert!(!headers.contains_key("cookie") && headers["host"].starts_with("127.0.0.1"));
    let form = place.api.seen.exchanges.lock().unwrap()[0].clone();
    assert!(form.contains("subject_issuer=psc") && form.contains("grant_type=urn%3Aietf"), "{form}");

    // An API without an exchange is sent PSC's own token.
    client.send(&connected.session, get("plain", "/a")).unwrap();
    let (_, headers) = place.api.seen.requests.lock().unwrap().pop().unwrap();
    assert!(headers["authorization"].starts_with("Bearer ey"), "{}", headers["authorization"]);

    // Asked again, nobody's phone rings.
    let person = IdNat::parse(PERSON).unwrap();
    let again = client.connect(&person, Channel::Mobile, Some(&connected.session), |_, _| ControlFlow::Continue(()));
    assert!(again.unwrap().already && place.sim.phone().pending("physician").is_none());

    client.disconnect(&connected.session).unwrap();
    place.until("the revocation", || !place.api.seen.revoked.lock().unwrap().is_empty());
    assert!(place.api.seen.revoked.lock().unwrap()[0].contains("token=api-1"));
    let error = client.send(&connected.session, get("echo", "/a")).unwrap_err();
    assert_eq!(error.code(), Code::PROXY_SESSION_UNKNOWN);
    client.disconnect(&connected.session).unwrap();
    assert_eq!(place.kinds(&desk), ["CONNECT_SUCCESS", "SEND", "SEND", "CONNECT_REPLAY", "DISCONNECT"]);
    let file = |name: &str| std::fs::read(place.folder.path().join(name)).unwrap_or_default();
    let store = [file("proxy.sqlite"), file("proxy.sqlite-wal")].concat();
    let held = |text: &str| store.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!held("api-1") && held("CONNECT_SUCCESS"), "a token lies open in the store");
}

#[test]
fn a_refusal_on_the_phone_and_a_second_desk() {
    let place = Place::new(&["--conformity", "--ciba-seconds", "6"]);
    let ((desk, _), (other, _)) = (place.enrolled("poste-1"), place.enrolled("poste-2"));
    let person = IdNat::parse(PERSON).unwrap();
    let mut refused = false;
    let outcome = place.client(&desk).connect(&person, Channel::Mobile, None, |_, _| {
        if !refused && place.sim.phone().pending("physician").is_some() {
            // The phone rings for the first desk: the second waits for nobody, rings nothing and learns nothing.
            let mut ticks = 0;
            let second = place.client(&other).connect(&person, Channel::Mobile, None, |_, _| {
                // At the first tick the request of the second desk is still on its way.
                ticks += 1;
                refused = refused || ticks > 1 && place.sim.phone().deny("physician");
                ControlFlow::Continue(())
            });
            assert_eq!(second.unwrap_err().code(), Code::CIBA_EXPIRED);
        }
        ControlFlow::Continue(())
    });
    assert_eq!(outcome.unwrap_err().code(), Code::CIBA_REFUSED);
    assert!(place.sim.phone().pending("physician").is_none());
    assert_eq!(place.kinds(&desk), ["CONNECT_FAILURE", "CONNECT_FAILURE"]);
    // The refusal is over: the second desk may ask now.
    place.connect(&other);
}

#[test]
fn a_phone_is_not_bombarded_and_its_owner_still_signs_in() {
    let place = Place::new(&["--ciba-seconds", "3"]);
    let (desk, _) = place.enrolled("poste-1");
    let person = IdNat::parse(PERSON).unwrap();
    let refuses = |from| {
        let mut refused = false;
        let outcome = place.client(from).connect(&person, Channel::Mobile, None, |_, _| {
            refused = refused || place.sim.phone().deny("physician");
            ControlFlow::Continue(())
        });
        (outcome.unwrap_err().code(), refused)
    };
    // Where they signed in last keeps an allowance; a stranger's desk is held back after two in a row.
    place.connect(&desk);
    let (stranger, _) = place.enrolled("poste-2");
    assert_eq!(refuses(&stranger), (Code::CIBA_REFUSED, true));
    assert_eq!(refuses(&stranger), (Code::CIBA_REFUSED, true));
    assert_eq!(refuses(&stranger), (Code::CIBA_EXPIRED, false), "no third ring");
    place.connect(&desk);
}

#[test]
fn a_key_changes_and_sessions_and_codes_of_before_live_on() {
    let mut place = Place::new(&[]);
    let (desk, _) = place.enrolled("poste-1");
    let session = place.connect(&desk).session;
    let code = place.invite("poste-2");
    let file = |name: &str| place.folder.path().join(name);
    std::fs::rename(file("proxy.key"), file("before.key")).unwrap();
    place.options = vec!["--older-key".to_owned(), "before.key".to_owned()];
    place.start();
    let sent = |place: &Place| {
        let name = crate::place::name(&session);
        let head = format!("GET /send/echo/a HTTP/1.1\r\nHost: localhost\r\nCookie: proxy_session_id={name}\r\n\r\n");
        place.raw(Some(&desk), head.as_bytes()).0
    };
    assert_eq!(sent(&place), 200);
    let other = Workstation::new("poste-2");
    let body = format!(r#"{{"code":"{code}"}}"#);
    let enrol = format!("POST /enrol HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    assert_eq!(place.raw(Some(&other), enrol.as_bytes()).0, 201);
    // Without the key of before, what it hid is nobody's.
    place.options.clear();
    place.start();
    assert_eq!(sent(&place), 401);
    place.connect(&desk);
}

#[test]
fn who_leaves_is_signed_out_even_when_the_phone_accepts_and_asks_again_by_the_same_digits() {
    let place = Place::new(&["--conformity"]);
    let (desk, _) = place.enrolled("poste-1");
    let person = IdNat::parse(PERSON).unwrap();
    let left = place.client(&desk).connect(&person, Channel::Mobile, None, |_, _| {
        let rings = place.sim.phone().pending("physician").is_some();
        if rings { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(left.unwrap_err().code(), Code::CIBA_CANCELLED);
    assert!(place.sim.phone().approve("physician"));
    place.until("the end of the late session", || place.kinds(&desk).last().is_some_and(|kind| kind == "DISCONNECT"));
    assert_eq!(place.kinds(&desk), ["CONNECT_SUCCESS", "DISCONNECT"]);
    // A desk whose connection broke is told that its request still runs, and goes on with it by the same digits.
    use std::io::Write;
    let ask = |digits: &str| {
        let body = format!(
            r#"{{"nationalId":"{PERSON}","bindingMessage":"{digits}","clientId":"logiciel","channel":"MOBILE"}}"#
        );
        let head = format!("POST /connect HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
        (head + &body).into_bytes()
    };
    let mut stream = place.tls(Some(&desk));
    stream.write_all(&ask("42")).unwrap();
    stream.flush().unwrap();
    place.until("the ring", || place.sim.phone().pending("physician").is_some());
    let first = place.sim.phone().pending("physician").unwrap().id;
    drop(stream);
    std::thread::sleep(Duration::from_millis(1200));
    assert_eq!(place.raw(Some(&desk), &ask("43")).0, 409);
    let mut stream = place.tls(Some(&desk));
    stream.write_all(&ask("42")).unwrap();
    stream.flush().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(place.sim.phone().pending("physician").unwrap().id, first);
    assert!(place.sim.phone().choose("physician", "42"));
    assert_eq!(crate::place::read_answer(&mut stream).0, 200);
}

#[test]
fn a_token_of_the_api_is_asked_for_once_and_again_at_three_quarters_of_its_life() {
    let place = Place::new(&[]);
    place.api.seen.life.store(8, Ordering::Relaxed);
    let (desk, _) = place.enrolled("poste-1");
    let session = place.connect(&desk).session;
    let client = place.client(&desk);
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| assert_eq!(client.send(&session, get("echo", "/a")).unwrap().status, 200));
        }
    });
    assert_eq!(place.api.seen.exchanges.lock().unwrap().len(), 1);
    std::thread::sleep(Duration::from_millis(6100));
    client.send(&session, get("echo", "/a")).unwrap();
    assert_eq!(place.api.seen.exchanges.lock().unwrap().len(), 2);
    // A token that the API refuses is forgotten, and the API's 401 is not the workstation's.
    place.api.seen.refusing.store(true, Ordering::Relaxed);
    assert_eq!(client.send(&session, get("echo", "/a")).unwrap_err().code(), Code::BACKEND_UNAVAILABLE);
    place.api.seen.refusing.store(false, Ordering::Relaxed);
    assert_eq!(client.send(&session, get("echo", "/a")).unwrap().status, 200);
    assert_eq!(place.api.seen.exchanges.lock().unwrap().len(), 3);
}

#[test]
fn a_token_that_is_for_another_certificate_goes_nowhere() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../vectors/client-certificate");
    let (chain, key) = (format!("{folder}/client.pem"), format!("{folder}/client.key"));
    let place = Place::new(&["--client-certificate", &chain, "--client-key", &key]);
    let (desk, _) = place.enrolled("poste-1");
    let session = place.connect(&desk).session;
    let client = place.client(&desk);
    let bound_to = |x5t: String| {
        let claims = serde_json::json!({ "cnf": { "x5t#S256": x5t } }).to_string();
        *place.api.seen.token.lock().unwrap() = Some(format!("e30.{}.c2ln", BASE64_URL_SAFE_NO_PAD.encode(claims)));
    };
    bound_to(Thumbprint::of_der(b"another").to_x5t());
    let error = client.send(&session, get("echo", "/a")).unwrap_err();
    assert_eq!((error.code(), error.facts().http_status), (Code::BACKEND_UNAVAILABLE, Some(502)));
    assert_eq!(place.api.reached(), 0, "it was shown to the API");
    let (chain, key) = (std::fs::read(chain).unwrap(), std::fs::read_to_string(key).unwrap());
    bound_to(ClientCertificate::from_pem(&chain, &key.into()).unwrap().thumbprint().to_x5t());
    assert_eq!(client.send(&session, get("echo", "/a")).unwrap().status, 200);
}

#[test]
fn an_api_that_fails_or_points_elsewhere_changes_nothing_for_the_session() {
    let place = Place::new(&[]);
    let (desk, _) = place.enrolled("poste-1");
    let session = place.connect(&desk).session;
    let client = place.client(&desk);
    let status = |api, path| client.send(&session, get(api, path)).unwrap_err().facts().http_status;
    assert_eq!((status("gone", "/a"), status("echo", "/silent")), (Some(502), Some(504)));
    let answer = client.send(&session, get("echo", "/elsewhere")).unwrap();
    assert_eq!((answer.status, answer.header("location")), (302, None), "it is neither followed nor passed on");
    let answer = client.send(&session, get("echo", "/created")).unwrap();
    assert_eq!((answer.status, answer.header("location")), (201, Some("/send/echo/Patient/7")));
    assert_eq!(client.send(&session, get("echo", "/cookie")).unwrap().header("set-cookie"), None);
    assert_eq!(client.send(&session, get("echo", "/a")).unwrap().status, 200);
}

#[test]
fn plain_http_is_for_this_machine_and_has_one_workstation() {
    let place = Place::new(&[]);
    let refused = place.command(&["serve", "--listen", "0.0.0.0:0", "--client-id", "c", "--apis", "apis.json"]);
    let output = { refused }.args(["--insecure-loopback"]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("loopback"), "{output:?}");
    assert!(!name(&place.connect(&place.enrolled("poste-1").0).session).is_empty());
}
