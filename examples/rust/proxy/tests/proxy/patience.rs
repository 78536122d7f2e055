//! A workstation that stops in the middle of a request, and a proxy that is told to stop in the middle of one.

use crate::place::{Place, name, read_answer};
use std::io::{Read, Write};
use std::process::Command;
use std::time::{Duration, Instant};

#[test]
#[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
fn a_workstation_that_falls_silent_is_told_and_holds_nothing() {
    let place = Place::new(&["--silent-seconds", "1"]);
    let (desk, _) = place.enrolled("poste-1");
    let session = name(&place.connect(&desk).session);
    let cookie = format!("Cookie: proxy_session_id={session}\r\n");
    for line in ["POST /send/echo/sink", "PUT /send/plain/sink", "POST /connect", "POST /enrol"] {
        let begun = Instant::now();
        let mut stream = place.tls(Some(&desk));
        let head = format!("{line} HTTP/1.1\r\nHost: localhost\r\n{cookie}Content-Length: 100\r\n\r\n{{");
        stream.write_all(head.as_bytes()).unwrap();
        stream.flush().unwrap();
        let (status, body) = read_answer(&mut stream);
        assert_eq!(status, 408, "{line}: {body}");
        assert!(body.contains("message-incomplete"), "{line}: {body}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{line}: {:?}", begun.elapsed());
    }
    // The session is none the worse.
    let get = format!("GET /send/echo/a HTTP/1.1\r\nHost: localhost\r\n{cookie}\r\n");
    assert_eq!(place.raw(Some(&desk), get.as_bytes()).0, 200);
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
fn told_to_stop_it_finishes_what_it_does_and_takes_nothing_new() {
    const BYTES: usize = 20_000_000;
    let mut place = Place::new(&[]);
    let (desk, _) = place.enrolled("poste-1");
    let session = name(&place.connect(&desk).session);
    let mut stream = place.tls(Some(&desk));
    let head = format!("GET /send/echo/source?n={BYTES} HTTP/1.1\r\nHost: localhost\r\n");
    stream.write_all(format!("{head}Cookie: proxy_session_id={session}\r\n\r\n").as_bytes()).unwrap();
    stream.flush().unwrap();
    let mut first = [0; 1024];
    let mut total = stream.read(&mut first).unwrap();
    assert!(first.starts_with(b"HTTP/1.1 200 OK\r\n"));
    let mut serving = place.process.take().unwrap();
    assert!(Command::new("kill").args(["-TERM", &serving.child.id().to_string()]).status().unwrap().success());
    let refuses = || std::net::TcpStream::connect(serving.address).is_err();
    let begun = Instant::now();
    while !refuses() {
        assert!(begun.elapsed() < Duration::from_secs(5), "it still listens");
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut buffer = vec![0; 256 * 1024];
    while total < BYTES {
        total += stream.read(&mut buffer).unwrap_or_else(|error| panic!("cut off after {total} bytes: {error}"));
    }
    assert!(serving.child.wait().unwrap().success());
}
