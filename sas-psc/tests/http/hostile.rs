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

/// What comes of an answer of these bytes: a code, or the status and the body.
fn comes_of(answer: &'static [u8]) -> Result<(u16, Vec<u8>), Code> {
    let url = raw(move |stream| {
        let _ = stream.write_all(answer);
        let _ = stream.shutdown(std::net::Shutdown::Write);
    });
    send(&config(), &get(&url)).map(|found| (found.status, found.body)).map_err(|error| error.code())
}

/// A body whose end two programs could see at two places, or whose head they could read in two ways, is no answer.
#[test]
fn an_answer_that_could_be_read_in_two_ways_is_none() {
    for answer in [
        &b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}"[..],
        b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
        b"HTTP/1.1 200 OK\r\nX-A\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nX-A: \0\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 abc OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/3.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"ICY 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"{\"issuer\":\"x\"}",
        b"",
    ] {
        let said = String::from_utf8_lossy(answer).into_owned();
        assert_eq!(comes_of(answer), Err(Code::CONNECTION_LOST), "{said:?}");
    }
}

/// What RFC 9112 allows, and a strict reader might stumble over.
#[test]
fn an_unusual_answer_is_read_all_the_same() {
    let body = || b"{}".to_vec();
    for (answer, expected) in [
        (&b"HTTP/1.0 200 OK\r\n\r\n{}"[..], (200, body())),
        (b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", (200, body())),
        (b"HTTP/1.1 200 \xe9\r\nContent-Length: 2\r\n\r\n{}", (200, body())),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", (200, body())),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n001\r\n}\r\n0\r\nX: y\r\n\r\n",
            (200, body()),
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            (200, body()),
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", (200, body())),
        (
            b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
            (200, body()),
        ),
        (b"HTTP/1.1 204 No Content\r\n\r\n", (204, Vec::new())),
        (b"HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\n{}", (299, body())),
        (b"HTTP/1.1 799 Odd\r\nContent-Length: 2\r\n\r\n{}", (799, body())),
        // Nothing compressed was asked for: what comes so all the same stays as it came, and is no JSON.
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00",
            (200, b"\x1f\x8b\x08\x00".to_vec()),
        ),
    ] {
        let said = String::from_utf8_lossy(answer).into_owned();
        assert_eq!(comes_of(answer), Ok(expected), "{said:?}");
    }
}

#[test]
fn interim_answers_without_end_are_given_up() {
    let interim = raw(|stream| {
        while stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").is_ok() {
            sleep(Duration::from_millis(5));
        }
    });
    assert_eq!(in_time(&impatient(), &interim), Code::TIMED_OUT);
}
