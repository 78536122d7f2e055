//! Servers that mean harm or are broken: whatever they do, a request ends in time, in bounded memory, with a code.

use crate::servers::{plain, raw};
use crate::{code, config, get, send};
use sas_psc::Code;
use sas_psc::drive::HttpConfig;
use std::io::Write;
use std::thread::sleep;
use std::time::{Duration, Instant};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\n";

fn impatient() -> HttpConfig {
    config().with_timeouts(Duration::from_millis(400), Duration::from_millis(400))
}

/// Both drivers end in time.
#[allow(clippy::disallowed_methods)] // the time that passes is what is tested
fn in_time(config: &HttpConfig, url: &str) -> Code {
    let start = Instant::now();
    let code = code(config, url);
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    code
}

#[test]
fn a_body_without_end_is_cut_at_the_limit() {
    let endless = raw(|stream| {
        let _ = stream.write_all(&[OK, b"Transfer-Encoding: chunked\r\n\r\n"].concat());
        let chunk = [b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat();
        while stream.write_all(&chunk).is_ok() {}
    });
    assert_eq!(in_time(&config(), &endless), Code::ANSWER_TOO_LARGE);
    let unannounced = raw(|stream| {
        let _ = stream.write_all(&[OK, b"\r\n"].concat());
        while stream.write_all(&[b'x'; 0x10000]).is_ok() {}
    });
    assert_eq!(in_time(&config(), &unannounced), Code::ANSWER_TOO_LARGE);
}

#[test]
fn a_body_that_drips_is_given_up_though_each_byte_comes_in_time() {
    let dripping = raw(|stream| {
        let _ = stream.write_all(&[OK, b"Content-Length: 100000\r\n\r\n"].concat());
        while stream.write_all(b"x").is_ok() {
            sleep(Duration::from_millis(50));
        }
    });
    assert_eq!(in_time(&impatient(), &dripping), Code::TIMED_OUT);
}

#[test]
fn headers_that_drip_or_never_end_are_given_up() {
    let dripping = raw(|stream| {
        let _ = stream.write_all(OK);
        while stream.write_all(b"X-A: b\r\n").is_ok() {
            sleep(Duration::from_millis(20));
        }
    });
    assert_eq!(in_time(&impatient(), &dripping), Code::TIMED_OUT);
    let flood = raw(|stream| {
        let _ = stream.write_all(OK);
        let many = b"X-A: b\r\n".repeat(1000);
        while stream.write_all(&many).is_ok() {}
    });
    assert_eq!(in_time(&config(), &flood), Code::CONNECTION_LOST);
}

#[test]
fn a_stall_after_the_headers_is_given_up() {
    let stalling = raw(|stream| {
        let _ = stream.write_all(&[OK, b"Content-Length: 10\r\n\r\n"].concat());
        sleep(Duration::from_secs(3));
    });
    assert_eq!(in_time(&impatient(), &stalling), Code::TIMED_OUT);
}

#[test]
fn a_redirect_elsewhere_is_shown_and_the_other_server_never_asked() {
    let (elsewhere, seen) = plain("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
    for status in ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"] {
        let (url, _) = plain(&format!("HTTP/1.1 {status}\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n"));
        let answered = send(&config(), &get(&url)).unwrap();
        assert_eq!(answered.status.to_string(), status[..3]);
    }
    assert!(seen.lock().unwrap().is_empty());
}

#[test]
fn a_reset_is_a_lost_connection() {
    let resetting = raw(|stream| {
        // Closing with unread bytes makes the kernel reset; the request was read, so leave part of an answer unsaid.
        let _ = stream.write_all(&[OK, b"Content-Length: 10\r\n\r\nabc"].concat());
        let _ = stream.shutdown(std::net::Shutdown::Both);
    });
    assert_eq!(in_time(&config(), &resetting), Code::CONNECTION_LOST);
    let garbage = raw(|stream| {
        let _ = stream.write_all(b"\x00\xff\xfenot http at all\r\n\r\n");
    });
    assert_eq!(in_time(&config(), &garbage), Code::CONNECTION_LOST);
}

#[test]
fn a_length_that_lies_is_not_believed() {
    let (url, _) = plain("HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\nx");
    assert_eq!(in_time(&config(), &url), Code::ANSWER_TOO_LARGE);
    let (url, _) = plain("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 2\r\n\r\nabc");
    assert_eq!(in_time(&config(), &url), Code::CONNECTION_LOST);
}
