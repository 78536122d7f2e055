//! The SMTP server line by line, and the mailbox that shows what came.

mod common;

use common::start;
use sas_psc_sim::{Browser, Fault, Rule, Running};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

struct Client(BufReader<TcpStream>);

impl Client {
    fn connect(sim: &Running) -> Client {
        let mut client = Client(BufReader::new(TcpStream::connect(sim.mail_addr()).unwrap()));
        assert_eq!(client.answer(), 220);
        assert_eq!(client.say("EHLO test.invalid"), 250);
        client
    }

    fn answer(&mut self) -> u16 {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            if line.as_bytes()[3] == b' ' {
                return line[..3].parse().unwrap();
            }
        }
    }

    fn say(&mut self, line: &str) -> u16 {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).unwrap();
        self.answer()
    }

    /// A whole mail; the answer to the final dot.
    fn send(&mut self, to: &str, message: &str) -> u16 {
        assert_eq!(self.say("MAIL FROM:<nepasrepondre@sante.fr> BODY=8BITMIME SIZE=100"), 250);
        assert_eq!(self.say(&format!("RCPT TO:<{to}>")), 250);
        assert_eq!(self.say("DATA"), 354);
        self.say(&format!("{message}\r\n."))
    }
}

const MAIL: &str = "From: Plateforme SAS <nepasrepondre@sante.fr>\r\nTo: kit@exemple.invalid\r\n\
    Subject: =?utf-8?Q?V=C3=A9rification?=\r\n =?utf-8?Q?_du_courriel?=\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: quoted-printable\r\n\r\nBonjour,\r\nhttps://sas.invalid/v?a=3D1&b=3D=\r\n2\r\n\
    Code=C2=A0: 0123 4567\r\n..\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Bonjour &lt;</p>\r\n--b--\r\n";

#[test]
fn a_mail_is_read_as_its_reader_would() {
    let sim = start();
    assert_eq!(Client::connect(&sim).send("kit@exemple.invalid", MAIL), 250);
    let mail = sim.mailbox().last("kit@exemple.invalid").unwrap();
    assert_eq!(mail.subject, "Vérification du courriel");
    assert_eq!(mail.link().as_deref(), Some("https://sas.invalid/v?a=1&b=2"));
    assert_eq!(mail.code().as_deref(), Some("01234567"));
    assert!(mail.text.contains("\n.") && !mail.text.contains(".."), "one dot of two is the protocol's");
    assert_eq!(mail.html.trim(), "<p>Bonjour &lt;</p>");
    assert_eq!(mail.header("mime-version").as_deref(), Some("1.0"));
    assert!(sim.mailbox().last("other@exemple.invalid").is_none());
    assert!(sim.mailbox().wait("other@exemple.invalid", 1, Duration::from_millis(30)).is_none());

    let mut browser = Browser::new();
    let at = |path: &str| format!("{}{path}", sim.web_base());
    let found = browser.get(&at("/mail/api/messages?to=kit%40exemple.invalid")).unwrap().json();
    assert_eq!((found[0]["subject"].as_str(), found[0]["code"].as_str()), (Some(&*mail.subject), Some("01234567")));
    assert_eq!(browser.get(&at("/mail/api/messages?to=x")).unwrap().json(), serde_json::json!([]));
    assert!(browser.get(&at("/mail")).unwrap().body.contains(r#"<a href="/mail/0">Vérification du courriel</a>"#));
    let page = browser.get(&at("/mail/0")).unwrap().body;
    assert!(page.contains(r#"<a href="https://sas.invalid/v?a=1&#38;b=2" rel="noreferrer">"#), "{page}");
    let html = browser.get(&at("/mail/0/html")).unwrap();
    assert!(html.header("content-security-policy").unwrap().contains("sandbox"));
    assert_eq!(browser.get(&at("/mail/7")).unwrap().status, 404);
    assert_eq!(browser.send("DELETE", &at("/mail/api/messages"), &[], "").unwrap().status, 204);
    assert!(sim.mailbox().last("kit@exemple.invalid").is_none());
}

#[test]
fn recipients_that_are_refused() {
    let sim = start();
    let mut client = Client::connect(&sim);
    assert_eq!(client.say("MAIL FROM:<>"), 250);
    for (recipient, code) in [
        ("RCPT TO:<kit@refuse.invalid>", 550),
        ("RCPT TO:<kit@Refuse.Invalid>", 550),
        ("RCPT TO:<é@exemple.invalid>", 553),
        ("RCPT TO:<nobody>", 501),
        ("RCPT kit@exemple.invalid", 501),
        ("DATA", 503),
        ("RCPT TO:<kit@exemple.invalid>", 250),
    ] {
        assert_eq!(client.say(recipient), code, "{recipient}");
    }
    assert_eq!(client.say("RSET"), 250);
    assert_eq!(client.say("MAIL FROM:<kit@exemple.invalid> SMTPUTF8"), 250);
    assert_eq!(client.say("RCPT TO:<é@exemple.invalid>"), 250);
}

#[test]
fn commands_out_of_order_or_unknown() {
    let sim = start();
    let mut client = Client(BufReader::new(TcpStream::connect(sim.mail_addr()).unwrap()));
    assert_eq!(client.answer(), 220);
    for (line, code) in [
        ("MAIL FROM:<a@b.invalid>", 503),
        ("HELO test.invalid", 250),
        ("RCPT TO:<a@b.invalid>", 503),
        ("MAIL FROM:<é@b.invalid>", 553),
        ("MAIL FROM:<a@b.invalid> SIZE=99999999", 552),
        ("MAIL FROM:<a@b.invalid> COLOUR=red", 555),
        ("MAIL TO:<a@b.invalid>", 501),
        ("VRFY a", 252),
        ("NOOP", 250),
        ("AUTH PLAIN AA==", 500),
        ("QUIT", 221),
    ] {
        assert_eq!(client.say(line), code, "{line}");
    }
}

#[test]
fn messages_of_a_wrong_form() {
    let sim = start();
    let mut client = Client::connect(&sim);
    let long = "x".repeat(999);
    for message in ["a\nb", "a\rb", &long] {
        assert_eq!(client.send("kit@exemple.invalid", message), 554);
    }
    assert_eq!(client.send("kit@exemple.invalid", "a\n.\nb"), 554, "only CRLF . CRLF ends a message");
    assert_eq!(client.say("MAIL FROM:<>"), 250);
    assert_eq!(client.say("RCPT TO:<kit@exemple.invalid>"), 250);
    assert_eq!(client.say("DATA"), 354);
    assert_eq!(client.say("é\r\n."), 554, "8BITMIME was not announced");
    assert!(sim.mailbox().all("kit@exemple.invalid").is_empty());
    assert_eq!(client.send("kit@exemple.invalid", &"x".repeat(998)), 250);
}

#[test]
fn a_server_that_says_later() {
    let sim = start();
    sim.inject(Rule { status: Some(451), ..Rule::new(Fault::Smtp).once() });
    sim.inject(Rule { status: Some(451), ..Rule::new(Fault::SmtpData).once() });
    let mut client = Client::connect(&sim);
    assert_eq!(client.say("MAIL FROM:<>"), 250);
    assert_eq!(client.say("RCPT TO:<kit@exemple.invalid>"), 451);
    assert_eq!(client.say("RSET"), 250);
    assert_eq!(client.send("kit@exemple.invalid", "Subject: 1\r\n\r\n1"), 451);
    assert_eq!(client.send("kit@exemple.invalid", "Subject: 2\r\n\r\n2"), 250);
    let mails = sim.mailbox().all("kit@exemple.invalid");
    assert_eq!(mails.iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(), ["2"]);
}
