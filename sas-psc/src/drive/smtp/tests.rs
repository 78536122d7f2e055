//! Against a mail server that says what a test tells it to. Real servers, TLS and logins: tests/smtp.

use super::*;
use crate::base::{Counter, ServerKey, Timestamp};
use crate::drive::block_on;
use crate::email::{Challenge, Lifetime, SERVICE};
use crate::error::Lang;
use crate::person::Binding;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::{self, JoinHandle};

/// Serves one connection. A line that starts with a key gets its reply in place of the usual one; an empty reply hangs
/// up. Gives the mail's lines back.
fn server(replies: &'static [(&'static str, &'static str)]) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = move || {
        let (stream, _) = listener.accept().unwrap();
        let (mut out, mut lines, mut mail) = (stream.try_clone().unwrap(), BufReader::new(stream).lines(), Vec::new());
        let mut asked = String::from("220");
        loop {
            let told = replies.iter().find(|(start, _)| asked.starts_with(start)).map(|(_, reply)| *reply);
            let reply = told.unwrap_or(match asked.get(..4) {
                Some("EHLO") => "250-mail.example\r\n250 AUTH PLAIN",
                Some("DATA") => "354 go on",
                Some("QUIT") => "221 bye",
                _ => "250 ok",
            });
            let reply = if asked == "220" { told.unwrap_or("220 mail.example") } else { reply };
            if reply.is_empty() || out.write_all(format!("{reply}\r\n").as_bytes()).is_err() {
                return mail;
            }
            if reply.starts_with("354") {
                mail.extend(lines.by_ref().map_while(|line| line.ok()).take_while(|line| line != "."));
                asked = String::from("end of mail");
                continue;
            }
            match lines.next() {
                Some(Ok(line)) => asked = line,
                _ => return mail,
            }
        }
    };
    (port, thread::spawn(serve))
}

fn mail() -> (Message, Address) {
    let mut random = Counter(0);
    let now = Timestamp::parse_rfc3339("2026-11-23T07:30:40Z").unwrap();
    let to = Address::parse("Jeanne.Dupont@Exemple.fr").unwrap();
    let binding = Binding::new("issuer", "subject", "attempt");
    let mut challenge = Challenge::new(binding, to.clone(), Lifetime::default(), &mut random, now).unwrap();
    let dispatch = challenge.write(&ServerKey::new(&[1; 32]).unwrap(), &mut random, now).unwrap();
    let message = Message::verification(Lang::Fr, SERVICE, "https://compte.exemple.fr/courriel", &dispatch);
    (message.unwrap(), to)
}

fn config(port: u16) -> SmtpConfig {
    let sender = Address::parse("nepasrepondre@exemple.fr").unwrap();
    SmtpConfig::new("127.0.0.1", sender, "Accès aux soins").port(port).plaintext_on_loopback()
}

fn send(config: SmtpConfig) -> Result<HandedOver> {
    let (message, to) = mail();
    block_on(Smtp::new(config).unwrap().send(&message, &to))
}

fn send_in_tokio(config: SmtpConfig) -> Result<HandedOver> {
    let (message, to) = mail();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Smtp::new(config).unwrap().send(&message, &to))
}

/// The code of a failed hand-over, the same in both ways to wait; nothing of the mail in the error.
fn failure(configure: impl Fn() -> SmtpConfig) -> Code {
    let [blocking, waiting] = [send(configure()), send_in_tokio(configure())].map(|result| result.unwrap_err());
    for error in [&blocking, &waiting] {
        let mut shown = format!("{error:?} {error} ");
        if let Some(source) = error.source() {
            shown += &format!("{source:?} {source}");
        }
        assert!(!shown.to_lowercase().contains("dupont") && !shown.contains("exemple"), "{shown}");
    }
    assert_eq!(blocking.code(), waiting.code());
    blocking.code()
}

fn refused(replies: &'static [(&'static str, &'static str)]) -> Code {
    failure(|| config(server(replies).0))
}

#[test]
fn a_server_takes_the_mail_as_composed() {
    let (message, _) = mail();
    for send in [send, send_in_tokio] {
        let (port, received) = server(&[]);
        let handed_over = send(config(port)).unwrap();
        let lines = received.join().unwrap();
        let header = |name: &str| {
            let line = lines.iter().find(|line| line.starts_with(&format!("{name}: ")));
            line.unwrap_or_else(|| panic!("no {name} in {lines:#?}"))[name.len() + 2..].to_owned()
        };
        assert_eq!(header("Message-ID"), handed_over.message_id);
        assert_eq!(handed_over.message_id, format!("<{}@exemple.fr>", message.id()));
        assert_eq!(header("To"), "Jeanne.Dupont@exemple.fr");
        assert_eq!(header("Date"), "Mon, 23 Nov 2026 07:30:40 +0000");
        assert_eq!(header("Auto-Submitted"), "auto-generated");
        assert_eq!(header("Content-Language"), "fr");
        assert!(header("From").ends_with("<nepasrepondre@exemple.fr>"));
        assert!(header("Content-Type").starts_with("multipart/alternative"));
        assert!(lines.iter().all(|line| line.is_ascii() && line.len() <= 78), "{lines:#?}");
    }
}

#[test]
fn a_refused_address_is_told_from_a_refused_sender_and_from_later() {
    assert_eq!(refused(&[("RCPT", "550 5.1.1 <Jeanne.Dupont@Exemple.fr>: unknown user")]), Code::MAIL_REFUSED);
    assert_eq!(refused(&[("RCPT", "550 no such user Jeanne.Dupont@Exemple.fr")]), Code::MAIL_REFUSED);
    assert_eq!(refused(&[("RCPT", "550 5.0.0 no such user")]), Code::MAIL_REFUSED);
    assert_eq!(refused(&[("RCPT", "552 5.2.2 mailbox full")]), Code::MAIL_REFUSED);
    assert_eq!(refused(&[("RCPT", "550 5.7.1 relaying denied")]), Code::MAIL_REJECTED);
    assert_eq!(refused(&[("MAIL", "553 5.1.8 sender refused")]), Code::MAIL_REJECTED);
    assert_eq!(refused(&[("end of mail", "554 5.6.0 exemple: no")]), Code::MAIL_REJECTED);
    assert_eq!(refused(&[("RCPT", "450 4.2.0 greylisted, Jeanne.Dupont@Exemple.fr")]), Code::MAIL_DEFERRED);
    assert_eq!(refused(&[("220", "421 too busy")]), Code::MAIL_DEFERRED);
    assert_eq!(refused(&[("end of mail", "451 4.3.0 disk full")]), Code::MAIL_DEFERRED);
}

#[test]
fn the_reply_code_is_kept_without_its_text() {
    let (port, _) = server(&[("RCPT", "550 5.1.1 <Jeanne.Dupont@Exemple.fr>: unknown user")]);
    let error = send(config(port)).unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "the mail server replied 550 5.1.1");
}

#[test]
fn a_refused_login() {
    let login = |port| config(port).login("site", SecretString::from("secret"));
    let wrong = failure(|| login(server(&[("AUTH", "535 5.7.8 bad credentials")]).0));
    assert_eq!(wrong, Code::MAIL_LOGIN_REFUSED);
    let none_offered = failure(|| login(server(&[("EHLO", "250 mail.example")]).0));
    assert_eq!(none_offered, Code::MAIL_LOGIN_REFUSED);
    assert_eq!(refused(&[("MAIL", "530 5.7.0 authentication required")]), Code::MAIL_LOGIN_REFUSED);
}

#[test]
fn without_starttls_nothing_is_sent() {
    let plain = |port| {
        let sender = Address::parse("nepasrepondre@exemple.fr").unwrap();
        SmtpConfig::new("127.0.0.1", sender, "").port(port)
    };
    assert_eq!(failure(|| plain(server(&[]).0)), Code::TLS_FAILED);
    let (port, received) = server(&[]);
    send(plain(port)).unwrap_err();
    assert!(received.join().unwrap().is_empty());
}

#[test]
fn a_server_that_is_not_there_hangs_up_or_says_nothing() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(failure(|| config(closed)), Code::CONNECT_FAILED);
    assert_eq!(refused(&[("220", "")]), Code::CONNECTION_LOST);
    assert_eq!(refused(&[("RCPT", "")]), Code::CONNECTION_LOST);
    assert_eq!(refused(&[("220", "HTTP/1.1 400 Bad Request")]), Code::CONNECTION_LOST);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    assert_eq!(failure(|| config(port).timeout(Duration::from_millis(200))), Code::TIMED_OUT);
    let unknown = || {
        let sender = Address::parse("nepasrepondre@exemple.fr").unwrap();
        SmtpConfig::new("mail.invalid", sender, "")
    };
    assert_eq!(failure(unknown), Code::NAME_NOT_FOUND);
}

#[test]
fn settings_that_cannot_work_are_named() {
    let field = |config: SmtpConfig| {
        let error = Smtp::new(config).unwrap_err();
        assert_eq!(error.code(), Code::MAIL_SETTINGS);
        error.facts().field.unwrap()
    };
    let sender = Address::parse("nepasrepondre@exemple.fr").unwrap();
    let to = |host: &str| SmtpConfig::new(host, sender.clone(), "");
    assert_eq!(field(to("mail.exemple.fr").plaintext_on_loopback()), "host");
    assert_eq!(field(to("127.0.0.1.exemple.fr").plaintext_on_loopback()), "host");
    assert_eq!(field(to("")), "host");
    assert_eq!(field(to("mail.exemple.fr").extra_ca(b"no certificate")), "extra_ca");
    for host in ["localhost", "127.0.0.2", "::1"] {
        Smtp::new(to(host).plaintext_on_loopback()).unwrap();
    }
    let shown = format!("{:?}", to("mail.exemple.fr").login("site", SecretString::from("the password")));
    assert!(!shown.contains("site") && !shown.contains("password") && !shown.contains("nepasrepondre"), "{shown}");
}

#[test]
fn every_address_we_accept_can_be_mailed() {
    let text = include_str!("../../../../vectors/email/addresses.csv");
    for line in text.lines().filter(|line| line.starts_with('"')) {
        let typed: String = serde_json::from_str(line.split(';').next().unwrap()).unwrap();
        if let Ok(address) = Address::parse(&typed) {
            assert!(envelope(&address).is_some(), "{line}");
        }
    }
}
