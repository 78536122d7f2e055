//! The mailbox: every mail that the SMTP server took, read with a MIME parser that is not the sender's.

pub(crate) mod pages;
pub(crate) mod smtp;

use crate::lock;
use crate::sim::Shared;
use mail_parser::{MessageParser, PartType};
use sas_psc::base::Timestamp;
use std::time::Duration;

/// A mail as the server took it.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The envelope's sender; empty for a notification.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// When it came, by the simulator's clock.
    pub received: Timestamp,
    /// The message, lines ended by CRLF, dots unstuffed.
    pub raw: Vec<u8>,
    /// `Subject`, decoded.
    pub subject: String,
    /// The text part, decoded; empty when there is none.
    pub text: String,
    /// The HTML part, decoded; empty when there is none.
    pub html: String,
}

impl Mail {
    fn new(from: String, to: Vec<String>, raw: Vec<u8>, received: Timestamp) -> Mail {
        let message = MessageParser::default().parse(&raw);
        let (mut subject, mut text, mut html) = (String::new(), String::new(), String::new());
        if let Some(message) = &message {
            subject = message.subject().unwrap_or_default().to_owned();
            for part in &message.parts {
                match &part.body {
                    PartType::Text(body) if text.is_empty() => text = body.to_string(),
                    PartType::Html(body) if html.is_empty() => html = body.to_string(),
                    _ => {}
                }
            }
        }
        Mail { from, to, received, subject, text, html, raw }
    }

    /// The headers as they came, unfolded, in their order.
    pub fn headers(&self) -> Vec<(String, String)> {
        let text = String::from_utf8_lossy(&self.raw);
        let head = text.split_once("\r\n\r\n").map_or(&*text, |(head, _)| head);
        let mut headers: Vec<(String, String)> = Vec::new();
        for line in head.split("\r\n") {
            match (line.starts_with([' ', '\t']), headers.last_mut(), line.split_once(':')) {
                (true, Some((_, value)), _) => value.push_str(line),
                (false, _, Some((name, value))) => headers.push((name.to_owned(), value.trim().to_owned())),
                _ => {}
            }
        }
        headers
    }

    /// The first header of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers().into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// The first address in the text.
    pub fn link(&self) -> Option<String> {
        pieces(&self.text).find(|(is_link, _)| *is_link).map(|(_, link)| link.to_owned())
    }

    /// The first eight digits that stand alone in the text, blanks between them left out.
    pub fn code(&self) -> Option<String> {
        self.text.lines().map(|line| line.replace([' ', '\u{a0}', '\u{202f}'], "")).find_map(|line| {
            let runs = line.split(|c: char| !c.is_ascii_digit());
            runs.filter(|run| run.len() == 8).map(str::to_owned).next()
        })
    }

    fn is_for(&self, to: Option<&str>) -> bool {
        to.is_none_or(|to| self.to.iter().any(|known| known.eq_ignore_ascii_case(to)))
    }
}

/// A text cut into what is an address and what is not.
fn pieces(text: &str) -> impl Iterator<Item = (bool, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min();
        let (is_link, end) = match start {
            None => (false, rest.len()),
            Some(0) => (true, rest.find(|c: char| c.is_whitespace() || "<>\"".contains(c)).unwrap_or(rest.len())),
            Some(start) => (false, start),
        };
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some((is_link, piece))
    })
}

/// The mailbox, in the hand of a test.
pub struct Mailbox<'a>(pub(crate) &'a Shared);

impl Mailbox<'_> {
    /// Every mail to this address, oldest first.
    pub fn all(&self, to: &str) -> Vec<Mail> {
        lock(&self.0.mails).iter().filter(|mail| mail.is_for(Some(to))).cloned().collect()
    }

    /// The newest mail to this address.
    pub fn last(&self, to: &str) -> Option<Mail> {
        self.all(to).pop()
    }

    /// Waits, in real time, until this address has `count` mails; then the newest. `None` when `patience` is over.
    pub fn wait(&self, to: &str, count: usize, patience: Duration) -> Option<Mail> {
        const STEP: Duration = Duration::from_millis(10);
        let mut waited = Duration::ZERO;
        while self.all(to).len() < count {
            if waited >= patience {
                return None;
            }
            std::thread::sleep(STEP);
            waited += STEP;
        }
        self.last(to)
    }

    /// Forgets every mail.
    pub fn clear(&self) {
        lock(&self.0.mails).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_told_from_text() {
        let text = "Voir https://a.invalid/x?y=1 puis <http://b.invalid>.";
        let all: Vec<_> = pieces(text).collect();
        assert_eq!(all[1], (true, "https://a.invalid/x?y=1"));
        assert_eq!(all[3], (true, "http://b.invalid"));
        assert_eq!(all.iter().map(|(_, piece)| *piece).collect::<String>(), text);
        assert_eq!(pieces("").count(), 0);
    }

    #[test]
    fn the_code_is_eight_digits_that_stand_alone() {
        let with = |text: &str| {
            let raw = format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}").into_bytes();
            Mail::new(String::new(), vec![], raw, Timestamp::from_unix(0)).code()
        };
        assert_eq!(with("Votre code : 0123 4567\r\n").as_deref(), Some("01234567"));
        assert_eq!(with("Votre code : 012345678\r\nou 12345678.").as_deref(), Some("12345678"));
        assert_eq!(with("Aucun"), None);
    }
}
