//! A FHIR server of a few lines, that answers as it is told and remembers what it was asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does with a request.
#[derive(Clone)]
pub enum Does {
    /// Answers.
    Says(u16, Vec<(String, String)>, Vec<u8>),
    /// Closes the connection.
    Hangs,
    /// Says nothing for so long.
    Waits(Duration),
    /// Announces a body and closes the connection in its middle.
    Cuts,
}

/// What was asked: path and key.
pub type Asked = (String, Option<String>);

pub struct Server {
    pub base: String,
    pub asked: Arc<Mutex<Vec<Asked>>>,
}

/// Does these in their order, then the last one for ever.
pub fn serve(does: Vec<Does>) -> Server {
    serve_own(|_| does)
}

/// The same when what it does names its own address.
pub fn serve_own(does: impl FnOnce(&str) -> Vec<Does>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/fhir/v2", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (log, does) = (asked.clone(), Arc::new(does(&base)));
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (log, does) = (log.clone(), does.clone());
            thread::spawn(move || connection(stream, &log, &does));
        }
    });
    Server { base, asked }
}

fn connection(mut stream: TcpStream, log: &Mutex<Vec<Asked>>, does: &[Does]) {
    while let Some(head) = head(&mut stream) {
        let line = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
        };
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let turn = {
            let mut asked = log.lock().unwrap();
            asked.push((path, line("esante-api-key")));
            asked.len() - 1
        };
        match does.get(turn).or(does.last()).unwrap() {
            Does::Says(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} Told\r\ncontent-length: {}\r\n", body.len());
                headers.iter().for_each(|(name, value)| head += &format!("{name}: {value}\r\n"));
                let _ = stream.write_all(format!("{head}\r\n").as_bytes());
                let _ = stream.write_all(body);
            }
            Does::Hangs => return,
            Does::Waits(wait) => return thread::sleep(*wait),
            Does::Cuts => {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n{\"resourceType\":");
                return;
            }
        }
    }
}

fn head(stream: &mut TcpStream) -> Option<String> {
    let (mut bytes, mut one) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read(&mut one) {
            Ok(1) => bytes.push(one[0]),
            _ => return None,
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
