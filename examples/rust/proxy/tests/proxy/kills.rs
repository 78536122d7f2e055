//! The proxy is killed, without a word, wherever it stands: nothing that was told to anybody is lost, nothing serves twice.

use crate::place::{PERSON, Place, Workstation, name, read_answer};
use sas_psc::psc::proxy::SendRequest;
use std::io::Write;
use std::time::Duration;

fn ask(digits: &str) -> Vec<u8> {
    let body =
        format!(r#"{{"nationalId":"{PERSON}","bindingMessage":"{digits}","clientId":"logiciel","channel":"MOBILE"}}"#);
    let head = format!("POST /connect HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", body.len());
    (head + &body).into_bytes()
}

fn rings(place: &Place) -> String {
    for _ in 0..500 {
        if let Some(request) = place.sim.phone().pending("physician") {
            return request.id;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("no phone rang");
}

#[test]
fn sessions_and_waits_go_on_after_a_kill() {
    let mut place = Place::new(&[]);
    let (desk, _) = place.enrolled("poste-1");
    let session = place.connect(&desk).session;
    place.client(&desk).send(&session, SendRequest::get("echo", "/a")).unwrap();
    place.start();
    // The session and the API's token are those of before; only the address of this test's proxy is new.
    let get =
        format!("GET /send/echo/a HTTP/1.1\r\nHost: localhost\r\nCookie: proxy_session_id={}\r\n\r\n", name(&session));
    assert_eq!(place.raw(Some(&desk), get.as_bytes()).0, 200);
    assert_eq!(place.api.seen.exchanges.lock().unwrap().len(), 1);

    // Killed while the phone rings: the same digits go on with the same request, and no phone rings twice.
    let mut stream = place.tls(Some(&desk));
    stream.write_all(&ask("42")).unwrap();
    stream.flush().unwrap();
    let first = rings(&place);
    std::thread::sleep(Duration::from_millis(300));
    place.start();
    let mut stream = place.tls(Some(&desk));
    stream.write_all(&ask("42")).unwrap();
    stream.flush().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(rings(&place), first);
    assert!(place.sim.phone().choose("physician", "42"));
    assert_eq!(read_answer(&mut stream).0, 200);
}

/// Asks until a session comes, as a person would, approving what rings.
fn signs_in(place: &Place, desk: &Workstation) -> String {
    // A request of which nobody knows whether it was sent keeps its place for its time and a little more.
    for _ in 0..12 {
        let mut stream = place.tls(Some(desk));
        stream.write_all(&ask("07")).unwrap();
        stream.flush().unwrap();
        let answer = std::thread::scope(|scope| {
            let read = scope.spawn(|| read_answer(&mut stream));
            while !read.is_finished() {
                place.sim.phone().choose("physician", "07");
                std::thread::sleep(Duration::from_millis(20));
            }
            read.join().unwrap()
        });
        if answer.0 == 200 {
            let body: serde_json::Value = serde_json::from_str(&answer.1).unwrap();
            return body["proxy_session_id"].as_str().unwrap().to_owned();
        }
    }
    panic!("nobody could sign in any more");
}

#[test]
fn killed_at_any_moment_of_a_sign_in_it_lets_the_person_in_afterwards() {
    let mut place = Place::new(&["--ciba-seconds", "4"]);
    let (desk, _) = place.enrolled("poste-1");
    signs_in(&place, &desk);
    // Before anything is written; while the request is sent; while the phone rings; when it is answered.
    for millis in [5, 40, 300, 1040, 1540, 1600] {
        let mut stream = place.tls(Some(&desk));
        stream.write_all(&ask("07")).unwrap();
        stream.flush().unwrap();
        for _ in 0..millis / 5 {
            place.sim.phone().choose("physician", "07");
            std::thread::sleep(Duration::from_millis(5));
        }
        place.start();
        let session = signs_in(&place, &desk);
        let get = format!("GET /send/echo/a HTTP/1.1\r\nHost: localhost\r\nCookie: proxy_session_id={session}\r\n\r\n");
        assert_eq!(place.raw(Some(&desk), get.as_bytes()).0, 200, "killed after {millis} ms");
    }
}
