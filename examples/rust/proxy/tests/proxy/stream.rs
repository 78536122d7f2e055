//! Fifty million bytes each way, and a proxy whose memory does not notice.

use crate::place::{Place, name};
use std::io::{Read, Write};

const BYTES: usize = 50_000_000;

/// The most memory that a process had, in kilobytes.
fn most_memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn fifty_megabytes_pass_both_ways_in_flat_memory() {
    let place = Place::new(&[]);
    let (desk, _) = place.enrolled("poste-1");
    let session = name(&place.connect(&desk).session);
    let process = place.process.as_ref().unwrap().child.id();
    let head = |line: &str, more: &str| {
        format!(
            "{line} HTTP/1.1\r\nHost: localhost\r\nCookie: proxy_session_id={session}\r\nConnection: close\r\n{more}\r\n"
        )
    };
    // Warm: the first request makes what every request shares.
    place.raw(Some(&desk), head("GET /send/echo/a", "").as_bytes());
    let before = most_memory(process);

    let piece = vec![b'x'; 100_000];
    let mut stream = place.tls(Some(&desk));
    stream.write_all(head("POST /send/echo/sink", &format!("Content-Length: {BYTES}\r\n")).as_bytes()).unwrap();
    for _ in 0..BYTES / piece.len() {
        stream.write_all(&piece).unwrap();
    }
    stream.flush().unwrap();
    let (status, counted) = crate::place::read_answer(&mut stream);
    assert_eq!((status, counted), (200, BYTES.to_string()));

    let mut stream = place.tls(Some(&desk));
    stream.write_all(head("PUT /send/echo/sink", "Transfer-Encoding: chunked\r\n").as_bytes()).unwrap();
    for _ in 0..BYTES / piece.len() {
        write!(stream, "{:x}\r\n", piece.len()).unwrap();
        stream.write_all(&piece).unwrap();
        stream.write_all(b"\r\n").unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    stream.flush().unwrap();
    let (status, counted) = crate::place::read_answer(&mut stream);
    assert_eq!((status, counted), (200, BYTES.to_string()));

    let mut stream = place.tls(Some(&desk));
    stream.write_all(head(&format!("GET /send/echo/source?n={BYTES}"), "").as_bytes()).unwrap();
    stream.flush().unwrap();
    // A reader that waits holds the API back, not the proxy's memory.
    std::thread::sleep(std::time::Duration::from_millis(500));
    let (mut received, mut buffer) = (Vec::new(), vec![0; 256 * 1024]);
    let mut total = 0;
    loop {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => {
                total += count;
                received.extend_from_slice(&buffer[..count.min(64)]);
            }
        }
    }
    assert!(received.starts_with(b"HTTP/1.1 200 OK\r\n") && total > BYTES, "{total}");
    let grown = most_memory(process) - before;
    println!("150 MB passed; the proxy's peak grew by {grown} kB");
    assert!(grown < 8 * 1024, "the proxy grew by {grown} kB");
}
