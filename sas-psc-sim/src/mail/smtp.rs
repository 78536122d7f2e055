//! An SMTP server on loopback that takes mail for everyone, and is strict about its form (RFC 5321, 6152, 6531).
//!
//! Refused: a bare CR or LF, a line over 998 octets, eight-bit text without `BODY=8BITMIME`, an address beyond ASCII
//! without `SMTPUTF8`, commands out of order. `…@refuse.invalid` never exists (550). Not done: STARTTLS, AUTH, delivery.

use super::Mail;
use crate::lock;
use crate::scenario::{Fault, Rule};
use crate::sim::Shared;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The largest message taken.
const SIZE: usize = 1 << 20;

pub(crate) async fn serve(listener: TcpListener, sim: Shared) {
    while let Ok((stream, _)) = listener.accept().await {
        let sim = sim.clone();
        // A connection that breaks concerns nobody else.
        tokio::spawn(async move { Connection { stream: BufReader::new(stream), sim }.run().await });
    }
}

struct Connection {
    stream: BufReader<TcpStream>,
    sim: Shared,
}

/// The mail being handed over.
#[derive(Default)]
struct Envelope {
    from: Option<String>,
    to: Vec<String>,
    eight_bit: bool,
    utf8: bool,
}

impl Connection {
    async fn run(mut self) -> io::Result<()> {
        self.say("220 simulateur.invalid ESMTP").await?;
        let mut envelope = Envelope::default();
        let mut greeted = false;
        while let Some(line) = self.line().await? {
            let Ok(line) = String::from_utf8(line) else {
                self.say("500 5.5.2 not a command").await?;
                continue;
            };
            let line = line.trim_end_matches("\r\n");
            let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
            let answer = match verb.to_ascii_uppercase().as_str() {
                "EHLO" => {
                    (greeted, envelope) = (true, Envelope::default());
                    format!(
                        "250-simulateur.invalid\r\n250-PIPELINING\r\n250-SIZE {SIZE}\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SMTPUTF8"
                    )
                }
                "HELO" => {
                    (greeted, envelope) = (true, Envelope::default());
                    "250 simulateur.invalid".into()
                }
                "MAIL" if greeted && envelope.from.is_none() => mail(rest, &mut envelope).into(),
                "RCPT" if envelope.from.is_some() => self.rcpt(rest, &mut envelope).await,
                "DATA" if !envelope.to.is_empty() => {
                    self.say("354 end with <CRLF>.<CRLF>").await?;
                    self.data(std::mem::take(&mut envelope)).await?
                }
                "MAIL" | "RCPT" | "DATA" => "503 5.5.1 not now".into(),
                "RSET" => {
                    envelope = Envelope::default();
                    "250 2.0.0 forgotten".into()
                }
                "NOOP" => "250 2.0.0 yes".into(),
                "VRFY" => "252 2.1.5 try it".into(),
                "QUIT" => return self.say("221 2.0.0 bye").await,
                _ => "500 5.5.1 unknown command".into(),
            };
            self.say(&answer).await?;
        }
        Ok(())
    }

    async fn rcpt(&self, rest: &str, envelope: &mut Envelope) -> String {
        if let Some(answer) = self.fault(Fault::Smtp).await {
            return answer;
        }
        match path(rest, "TO:") {
            Some((address, "")) if address.contains('@') => {
                if address.to_ascii_lowercase().ends_with("@refuse.invalid") {
                    return "550 5.1.1 no such mailbox".into();
                }
                if !address.is_ascii() && !envelope.utf8 {
                    return "553 5.6.7 SMTPUTF8 is needed for this address".into();
                }
                envelope.to.push(address.to_owned());
                "250 2.1.5 yes".into()
            }
            _ => "501 5.5.4 RCPT TO:<address>".into(),
        }
    }

    async fn data(&mut self, envelope: Envelope) -> io::Result<String> {
        let (mut raw, mut problem) = (Vec::new(), None);
        loop {
            let Some(line) = self.line().await? else {
                return Err(io::ErrorKind::UnexpectedEof.into());
            };
            if line == b".\r\n" {
                break;
            }
            let text = line.strip_suffix(b"\r\n").unwrap_or(&line);
            if text.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
                problem = Some("554 5.6.0 a bare CR or LF");
            } else if text.len() > 998 {
                problem = Some("554 5.6.0 a line over 998 octets");
            } else if !envelope.eight_bit && !text.is_ascii() {
                problem = Some("554 5.6.1 eight-bit text without BODY=8BITMIME");
            } else if raw.len() + line.len() > SIZE {
                problem = Some("552 5.3.4 too large");
            }
            if problem.is_none() {
                raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            }
        }
        if let Some(problem) = problem {
            return Ok(problem.into());
        }
        if let Some(answer) = self.fault(Fault::SmtpData).await {
            return Ok(answer);
        }
        let mail = Mail::new(envelope.from.unwrap_or_default(), envelope.to, raw, self.sim.now());
        lock(&self.sim.mails).push(mail);
        Ok("250 2.0.0 taken".into())
    }

    /// What the scenario makes the server answer; after its delay.
    async fn fault(&self, fault: Fault) -> Option<String> {
        let Rule { delay_ms, status, .. } = self.sim.fault(fault)?;
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
        status.map(|status| match status {
            400..500 => format!("{status} 4.3.0 later"),
            _ => format!("{status} 5.0.0 no"),
        })
    }

    /// A line with its CRLF; `None` at the end. Longer than anything allowed: the connection ends.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        loop {
            let mut part = (&mut self.stream).take(8192);
            if part.read_until(b'\n', &mut line).await? == 0 {
                return if line.is_empty() { Ok(None) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
            }
            if line.ends_with(b"\r\n") {
                return Ok(Some(line));
            }
            if line.len() > SIZE {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }

    async fn say(&mut self, answer: &str) -> io::Result<()> {
        self.stream.write_all(format!("{answer}\r\n").as_bytes()).await
    }
}

/// `FROM:<address> PARAMETERS`, split.
fn path<'a>(rest: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let (start, rest) = rest.split_at_checked(word.len())?;
    let (address, parameters) = rest.trim_start().strip_prefix('<')?.split_once('>')?;
    start.eq_ignore_ascii_case(word).then_some((address, parameters.trim()))
}

fn mail(rest: &str, envelope: &mut Envelope) -> &'static str {
    let Some((address, parameters)) = path(rest, "FROM:") else {
        return "501 5.5.4 MAIL FROM:<address>";
    };
    let mut read = Envelope::default();
    for parameter in parameters.split_ascii_whitespace() {
        match parameter.to_ascii_uppercase().as_str() {
            "BODY=8BITMIME" => read.eight_bit = true,
            "BODY=7BIT" => {}
            "SMTPUTF8" => read.utf8 = true,
            size if size
                .strip_prefix("SIZE=")
                .is_some_and(|size| size.parse().is_ok_and(|size: usize| size <= SIZE)) => {}
            size if size.starts_with("SIZE=") => return "552 5.3.4 too large",
            _ => return "555 5.5.4 unknown parameter",
        }
    }
    if !address.is_ascii() && !read.utf8 {
        return "553 5.6.7 SMTPUTF8 is needed for this address";
    }
    read.from = Some(address.to_owned());
    *envelope = read;
    "250 2.1.0 yes"
}
