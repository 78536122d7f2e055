//! The mails of an account that is not used: two notices, and the word that it was closed. They carry no secret: a link to
//! the site's first page, and the date by which to come back.

use super::Message;
use crate::base::{Timestamp, escaped};
use crate::error::Lang;
use time::OffsetDateTime;

/// What an unused account's holder is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InactivityMail {
    /// It will be closed at this time unless they sign in.
    Notice {
        /// When.
        closes_at: Timestamp,
    },
    /// The same, for the last time.
    LastNotice {
        /// When.
        closes_at: Timestamp,
    },
    /// It is closed; it can be opened again until this time.
    Closed {
        /// Until when.
        erased_at: Timestamp,
    },
}

/// A name on several lines would let a setting write its own paragraphs.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The frame around the paragraphs, which are HTML already.
fn page(lang: Lang, title: &str, body: &str) -> String {
    let tag = lang.tag();
    format!(
        r#"<!doctype html>
<html lang="{tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body style="font-family: sans-serif; font-size: 16px; line-height: 1.5; max-width: 36em; margin: 1em auto; padding: 0 1em">
{body}</body>
</html>
"#
    )
}

/// The day in words: `23/11/2026`, `23 November 2026`.
fn day(at: Timestamp, lang: Lang) -> String {
    let date = OffsetDateTime::from_unix_timestamp(at.unix()).unwrap_or(OffsetDateTime::UNIX_EPOCH).date();
    let (day, month, year) = (date.day(), date.month(), date.year());
    match lang {
        Lang::Fr => format!("{day:02}/{:02}/{year}", u8::from(month)),
        Lang::En => format!("{day} {month} {year}"),
    }
}

impl Message {
    /// The mail of an unused account. `site` is the address of its first page, `id` the left part of the Message-ID.
    pub fn inactivity(
        lang: Lang,
        service: &str,
        site: &str,
        mail: InactivityMail,
        id: impl Into<String>,
        now: Timestamp,
    ) -> Message {
        let service = one_line(service);
        let (subject, paragraphs) = match (lang, mail) {
            (Lang::Fr, InactivityMail::Notice { closes_at }) => (
                "Votre compte n'est plus utilisé",
                vec![
                    format!("Vous ne vous êtes pas connecté à votre compte \"{service}\" depuis plusieurs mois."),
                    format!("Sans connexion de votre part, il sera fermé le {}.", day(closes_at, lang)),
                    String::from("Pour le garder, connectez-vous avec Pro Santé Connect :"),
                ],
            ),
            (Lang::Fr, InactivityMail::LastNotice { closes_at }) => (
                "Dernier avis avant la fermeture de votre compte",
                vec![
                    format!("Votre compte \"{service}\" sera fermé le {}.", day(closes_at, lang)),
                    String::from("C'est le dernier avis. Pour le garder, connectez-vous avec Pro Santé Connect :"),
                ],
            ),
            (Lang::Fr, InactivityMail::Closed { erased_at }) => (
                "Votre compte est fermé",
                vec![
                    format!("Faute de connexion, votre compte \"{service}\" est fermé."),
                    format!("Vous pouvez le rouvrir jusqu'au {} en vous connectant :", day(erased_at, lang)),
                ],
            ),
            (Lang::En, InactivityMail::Notice { closes_at }) => (
                "Your account is no longer used",
                vec![
                    format!("You have not signed in to your \"{service}\" account for several months."),
                    format!("Unless you sign in, it will be closed on {}.", day(closes_at, lang)),
                    String::from("To keep it, sign in with Pro Santé Connect:"),
                ],
            ),
            (Lang::En, InactivityMail::LastNotice { closes_at }) => (
                "Last notice before your account is closed",
                vec![
                    format!("Your \"{service}\" account will be closed on {}.", day(closes_at, lang)),
                    String::from("This is the last notice. To keep it, sign in with Pro Santé Connect:"),
                ],
            ),
            (Lang::En, InactivityMail::Closed { erased_at }) => (
                "Your account is closed",
                vec![
                    format!("As nobody signed in, your \"{service}\" account is closed."),
                    format!("You can open it again until {} by signing in:", day(erased_at, lang)),
                ],
            ),
        };
        let (hello, never) = match lang {
            Lang::Fr => ("Bonjour,", "Ce message ne demande ni code, ni mot de passe."),
            Lang::En => ("Hello,", "This message asks for no code and no password."),
        };
        let parts = [&[hello.to_owned()][..], &paragraphs, &[one_line(site), never.to_owned()]].concat();
        let html: String = parts.iter().map(|text| format!("<p>{}</p>\n", escaped(text))).collect();
        let (text, html) = (parts.join("\n\n") + "\n", page(lang, subject, &html));
        Message::of(subject.to_owned(), text, html, lang, id.into(), now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mail_names_the_day_and_the_page_and_nothing_that_a_setting_wrote_as_html() {
        let at = Timestamp::parse_rfc3339("2026-08-02T10:00:00Z").unwrap();
        let mails = [
            InactivityMail::Notice { closes_at: at },
            InactivityMail::LastNotice { closes_at: at },
            InactivityMail::Closed { erased_at: at },
        ];
        for mail in mails {
            for (lang, day) in [(Lang::Fr, "02/08/2026"), (Lang::En, "2 August 2026")] {
                let site = "https://compte.exemple.fr/";
                let message = Message::inactivity(lang, "SAS <b>\r\nBcc: x", site, mail, "life.1", at);
                for text in [message.text(), message.html()] {
                    assert!(text.contains(day) && text.contains(site), "{text}");
                }
                assert!(!message.html().contains("<b>") && !message.text().contains("\nBcc"), "{}", message.text());
                assert_eq!((message.id(), message.date()), ("life.1", at));
            }
        }
    }
}
