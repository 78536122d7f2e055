//! The browser's way back to a program on a workstation: a listener on 127.0.0.1 for one answer (RFC 8252 §7.3, §8.3).
//!
//! It serves no page but "go back to your program". What does not belong to this sign-in is refused and the wait goes
//! on: any program of this machine, and any page in the browser, may knock. It never listens on another address.

use crate::error::{Code, Error, Lang, Result};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

const PATH: &str = "/callback";
const LARGEST_HEAD: usize = 32 << 10;
const SLOWEST: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);
/// Browsers open connections ahead of need; more than these at a time is no browser.
const MOST_AT_ONCE: usize = 32;

/// Waits for the browser on a loopback port.
///
/// ```no_run
/// use sas_psc::{Lang, drive::Loopback};
/// use std::time::Duration;
///
/// let listener = Loopback::bind(0)?;
/// println!("register {} at the provider", listener.redirect_uri());
/// let query = listener.wait(Duration::from_secs(600), Lang::Fr, |callback| Ok(callback.to_owned()))?;
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Debug)]
pub struct Loopback {
    listener: TcpListener,
    host: String,
}

impl Loopback {
    /// Listens on a port of 127.0.0.1; 0 lets the system choose.
    ///
    /// # Errors
    /// `port-unavailable`.
    pub fn bind(port: u16) -> Result<Loopback> {
        let open = || {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
            listener.set_nonblocking(true)?;
            let host = listener.local_addr()?.to_string();
            Ok(Loopback { listener, host })
        };
        open().map_err(|error: io::Error| Error::new(Code::PORT_UNAVAILABLE).caused_by(error))
    }

    /// The redirect_uri of this listener.
    pub fn redirect_uri(&self) -> String {
        format!("http://{}{PATH}", self.host)
    }

    /// Waits until `take` takes a callback (its path and query). A callback that `take` refuses with
    /// `authorization-state` is another sign-in's: the browser is told so, and the wait goes on.
    ///
    /// # Errors
    /// `authorization-expired` after `within`; what `take` says.
    pub fn wait<T>(&self, within: Duration, lang: Lang, mut take: impl FnMut(&str) -> Result<T>) -> Result<T> {
        #[expect(clippy::disallowed_methods, reason = "a driver measures its own wait")]
        let now = Instant::now;
        let deadline = now().checked_add(within); // none for a wait without an end
        let (sender, asked) = mpsc::channel();
        let mut open = 0;
        loop {
            while open < MOST_AT_ONCE {
                let Ok((stream, _)) = self.listener.accept() else { break };
                let (sender, host) = (sender.clone(), self.host.clone());
                open += 1;
                thread::spawn(move || sender.send(read(stream, &host)));
            }
            match asked.recv_timeout(PAUSE) {
                Ok(None) => open -= 1,
                Ok(Some((stream, target))) => {
                    open -= 1;
                    match take(&target) {
                        Err(error) if error.code() == Code::AUTHORIZATION_STATE => answer(stream, 400, lang),
                        taken => {
                            answer(stream, 200, lang);
                            return taken;
                        }
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Error::new(Code::BROKEN_INVARIANT)),
            }
            if deadline.is_some_and(|deadline| now() >= deadline) {
                return Err(Error::new(Code::AUTHORIZATION_EXPIRED));
            }
        }
    }
}

/// Reads a request; a callback is given back with the connection that awaits its page, the rest is answered here.
fn read(mut stream: TcpStream, host: &str) -> Option<(TcpStream, String)> {
    stream.set_nonblocking(false).ok()?;
    stream.set_read_timeout(Some(SLOWEST)).ok()?;
    stream.set_write_timeout(Some(SLOWEST)).ok()?;
    let (mut head, mut chunk) = (Vec::new(), [0; 4096]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut chunk) {
            Ok(count) if count > 0 && head.len() < LARGEST_HEAD => head.extend_from_slice(&chunk[..count]),
            _ => return None,
        }
    }
    match callback(std::str::from_utf8(&head).ok()?, host) {
        Ok(target) => Some((stream, target)),
        Err(status) => {
            answer(stream, status, Lang::Fr);
            None
        }
    }
}

/// The path and query of a callback, or the status that refuses the request. Another `Host` is a page that had its name
/// point here (DNS rebinding).
fn callback(head: &str, host: &str) -> Result<String, u16> {
    let mut lines = head.split("\r\n");
    let mut line = lines.next().unwrap_or_default().split(' ');
    let (method, target) = (line.next(), line.next().unwrap_or_default());
    let mut hosts = lines.filter_map(|line| line.split_once(':')).filter(|(name, _)| name.eq_ignore_ascii_case("host"));
    match (hosts.next(), hosts.next()) {
        (Some((_, named)), None) if named.trim() == host => {}
        _ => return Err(400),
    }
    match (method, target.strip_prefix(PATH)) {
        (Some("GET"), Some(rest)) if rest.starts_with('?') => Ok(target.to_owned()),
        (Some("GET"), _) => Err(404),
        _ => Err(405),
    }
}

fn answer(mut stream: TcpStream, status: u16, lang: Lang) {
    let text = match (status, lang) {
        (200, Lang::Fr) => "Revenez à votre logiciel. Vous pouvez fermer cette page.",
        (200, Lang::En) => "Go back to your program. You may close this page.",
        (_, Lang::Fr) => "Cette page n'appartient pas à la connexion en cours. Recommencez depuis votre logiciel.",
        (_, Lang::En) => "This page does not belong to the sign-in in progress. Start again from your program.",
    };
    let page = format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Pro Santé Connect</title><body style=\"font:1.25rem/1.5 system-ui;margin:15vh auto;max-width:30rem;\
         padding:0 1rem;color-scheme:light dark\"><p>{text}</p></body></html>",
        lang.tag()
    );
    // The page is a courtesy: the answer was taken or refused already.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} {}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\ncache-control: no-store\r\n\
         content-security-policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\
         referrer-policy: no-referrer\r\nconnection: close\r\n\r\n{page}",
        if status == 200 { "OK" } else { "Refused" },
        page.len()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANY: Duration = Duration::from_secs(20);

    fn get(listener: &Loopback, target: &str, host: &str) -> TcpStream {
        let mut stream = TcpStream::connect(listener.listener.local_addr().unwrap()).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
        stream
    }

    fn said(mut stream: TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn the_answer_comes_through_whatever_knocks_meanwhile() {
        let listener = Loopback::bind(0).unwrap();
        let host = listener.host.clone();
        assert_eq!(listener.redirect_uri(), format!("http://{host}/callback"));
        let _idle = TcpStream::connect(listener.listener.local_addr().unwrap()).unwrap();
        let others = [("/favicon.ico", &*host, 404), ("/callback?state=ours", "evil.example", 400)];
        let others = others.map(|(target, host, status)| (get(&listener, target, host), status));
        let stranger = get(&listener, "/callback?state=theirs", &host);
        let ours = get(&listener, "/callback?code=c&state=ours", &host);
        let taken = listener.wait(ANY, Lang::Fr, |callback| match callback.ends_with("state=ours") {
            true => Ok(callback.to_owned()),
            false => Err(Error::new(Code::AUTHORIZATION_STATE)),
        });
        assert_eq!(taken.unwrap(), "/callback?code=c&state=ours");
        assert!(said(ours).contains("Revenez à votre logiciel"));
        for (stream, status) in others {
            assert!(said(stream).starts_with(&format!("HTTP/1.1 {status} ")));
        }
        drop(stranger); // before or after ours, as the threads had it
    }

    #[test]
    fn another_sign_in_s_answer_is_refused_and_the_wait_goes_on() {
        let listener = Loopback::bind(0).unwrap();
        let stranger = get(&listener, "/callback?state=theirs", &listener.host);
        let error = listener
            .wait(Duration::from_millis(300), Lang::En, |_| Err::<(), _>(Error::new(Code::AUTHORIZATION_STATE)));
        assert_eq!(error.unwrap_err().code(), Code::AUTHORIZATION_EXPIRED);
        assert!(said(stranger).starts_with("HTTP/1.1 400 "));
    }

    #[test]
    fn a_refusal_of_the_person_ends_the_wait() {
        let listener = Loopback::bind(0).unwrap();
        let refused = get(&listener, "/callback?error=access_denied&state=ours", &listener.host);
        let error = listener.wait(ANY, Lang::En, |_| Err::<(), _>(Error::new(Code::SIGN_IN_CANCELLED)));
        assert_eq!(error.unwrap_err().code(), Code::SIGN_IN_CANCELLED);
        assert!(said(refused).contains("Go back to your program"));
    }

    #[test]
    fn a_port_in_use_is_said() {
        let first = Loopback::bind(0).unwrap();
        let port = first.listener.local_addr().unwrap().port();
        assert_eq!(Loopback::bind(port).unwrap_err().code(), Code::PORT_UNAVAILABLE);
    }

    #[test]
    fn only_a_get_of_the_callback_is_taken() {
        let head = |line: &str| callback(&format!("{line}\r\nHost: h:1\r\n\r\n"), "h:1");
        assert_eq!(head("GET /callback?a=b HTTP/1.1"), Ok("/callback?a=b".to_owned()));
        for (line, status) in [
            ("GET /callback HTTP/1.1", 404),
            ("GET /callbacks?a HTTP/1.1", 404),
            ("POST /callback?a HTTP/1.1", 405),
            ("HEAD /callback?a HTTP/1.1", 405),
            ("", 405),
        ] {
            assert_eq!(head(line), Err(status), "{line}");
        }
        assert_eq!(callback("GET /callback?a HTTP/1.1\r\n\r\n", "h:1"), Err(400));
        assert_eq!(callback("GET /callback?a HTTP/1.1\r\nHost: h:1\r\nHost: h:1\r\n\r\n", "h:1"), Err(400));
    }
}
