//! A mail to one person: subject, text, HTML, headers. Nothing is fetched from afar, nothing tracks, and the code stands
//! apart from the link. The words are a template's.
//!
//! RFC 3834 §5 (`Auto-Submitted`). The sender, the encodings and the delivery are the driver's.

use super::{Dispatch, MailKind, Templates};
use crate::base::Timestamp;
use crate::error::{Lang, Result};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The service named in the mail, as the SAS platform names itself.
pub const SERVICE: &str = "Service d'accès aux soins";

/// A mail, ready for a driver. It holds secrets: its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Message {
    subject: String,
    text: String,
    html: String,
    lang: Lang,
    id: String,
    date: Timestamp,
}

impl Message {
    /// The mail that carries a link and a code, in our own words; [`Templates`] has a platform's. `service` is the
    /// platform's name ([`SERVICE`] on SAS), `link_base` the page of the site that the link opens.
    ///
    /// # Errors
    /// `email-link-base`, as [`Dispatch::link`].
    pub fn verification(lang: Lang, service: &str, link_base: &str, dispatch: &Dispatch) -> Result<Message> {
        Templates::default().challenge(MailKind::Verification, lang, service, link_base, dispatch)
    }

    /// The mail to the reader of a mailbox that another account holds already, in our own words: see
    /// [`Templates::already_linked`].
    pub fn already_linked(lang: Lang, service: &str, dispatch: &Dispatch) -> Message {
        Templates::default().already_linked(lang, service, dispatch)
    }

    /// The mail as JSON: `{"id","subject","text","html","headers":{…}}`. It holds the link and the code.
    pub fn parts(&self) -> impl Serialize + use<'_> {
        Parts {
            id: &self.id,
            subject: &self.subject,
            text: &self.text,
            html: &self.html,
            headers: self.headers().into_iter().collect(),
        }
    }

    pub(super) fn of(subject: String, text: String, html: String, lang: Lang, id: String, date: Timestamp) -> Message {
        Message { subject, text, html, lang, id, date }
    }

    /// The subject.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The plain text, lines ended by `\n`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The same as HTML.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// The left part of the Message-ID, unique for each mail written; a driver adds `@` and the sender's domain.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The Date header.
    pub fn date(&self) -> Timestamp {
        self.date
    }

    /// Headers beside Subject, Date, Message-ID, From and To.
    pub fn headers(&self) -> [(&'static str, &'static str); 2] {
        [("Auto-Submitted", "auto-generated"), ("Content-Language", self.lang.tag())]
    }
}

#[derive(Serialize)]
struct Parts<'a> {
    id: &'a str,
    subject: &'a str,
    text: &'a str,
    html: &'a str,
    headers: BTreeMap<&'static str, &'static str>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{ExposeSecret, escaped};
    use crate::email::tests::requested;

    const BASE: &str = "https://compte.exemple.fr/courriel";

    fn mail(lang: Lang, service: &str) -> (Dispatch, Message) {
        let (mut challenge, key, mut random) = requested();
        let now = Timestamp::parse_rfc3339("2026-11-23T07:30:40Z").unwrap();
        let dispatch = challenge.write(&key, &mut random, now).unwrap();
        let message = Message::verification(lang, service, BASE, &dispatch).unwrap();
        (dispatch, message)
    }

    #[test]
    fn the_french_mail_says_the_guides_sentences() {
        let guide = include_str!("../../../vectors/guide/fr.txt");
        let section = |name: &str| {
            let lines = guide.lines().skip_while(move |l| *l != format!("# mail: {name}")).skip(1);
            lines.take_while(|l| !l.starts_with('#')).filter(|l| !l.is_empty()).collect::<Vec<_>>()
        };
        let (_, mail) = mail(Lang::Fr, SERVICE);
        assert_eq!(section("verification-subject"), [mail.subject()]);
        assert_eq!(section("verification").len(), 5);
        for sentence in section("verification") {
            assert!(mail.text().contains(sentence), "{sentence}");
            assert!(mail.html().contains(&escaped(sentence)) || mail.html().contains(sentence), "{sentence}");
        }
        assert!(mail.text().contains("Le lien et le code ne marcheront plus à 08 h 35 (heure de Paris)."));
    }

    #[test]
    fn both_forms_carry_the_link_and_apart_from_it_the_code() {
        for lang in [Lang::Fr, Lang::En] {
            let (dispatch, mail) = mail(lang, SERVICE);
            let link = dispatch.link(BASE).unwrap();
            let code = dispatch.code().expose_secret();
            let spaced = format!("{} {}", &code[..4], &code[4..]);
            assert!(mail.text().lines().any(|l| l == link.expose_secret()), "the link has a line of its own");
            assert!(mail.text().lines().any(|l| l == spaced), "the code has a line of its own");
            assert!(mail.html().contains(&format!(r#"href="{}""#, link.expose_secret())));
            assert!(mail.html().contains(&format!(">{spaced}<")));
            assert!(mail.html().contains(&format!(r#"<html lang="{}">"#, lang.tag())));
            assert!(!link.expose_secret().contains(code));
            assert!(!mail.subject().contains(code));
            assert_eq!(mail.headers()[0], ("Auto-Submitted", "auto-generated"));
            assert!(!mail.html().contains("<img") && !mail.html().contains("src="), "nothing from afar");
            assert_eq!(mail.html().matches("http").count(), 2, "one link, shown and followed");
        }
    }

    #[test]
    fn the_mail_for_a_linked_address_gives_no_way_in() {
        let (mut challenge, key, mut random) = requested();
        let now = Timestamp::parse_rfc3339("2026-11-23T07:30:40Z").unwrap();
        let dispatch = challenge.write(&key, &mut random, now).unwrap();
        for lang in [Lang::Fr, Lang::En] {
            let mail = Message::already_linked(lang, SERVICE, &dispatch);
            let (link, code) = (dispatch.link_token().expose_secret(), dispatch.code().expose_secret());
            for text in [mail.text(), mail.html(), mail.subject()] {
                assert!(!text.contains("http") && !text.contains(link) && !text.contains(code), "{text}");
            }
            assert!(mail.html().contains("&quot;Service d&#39;accès aux soins&quot;"));
        }
    }

    #[test]
    fn a_services_name_writes_no_html_and_no_line() {
        let (_, mail) = mail(Lang::Fr, "<b onload=\"x\">Cabinet</b>\r\n\r\nCliquez ici");
        assert!(!mail.html().contains("<b "));
        assert!(mail.html().contains("&lt;b onload=&quot;x&quot;&gt;"));
        assert!(!mail.text().contains("\nCliquez"));
    }

    #[test]
    fn a_bad_link_base_makes_no_mail() {
        let (dispatch, _) = mail(Lang::Fr, SERVICE);
        let error = Message::verification(Lang::Fr, SERVICE, "http://exemple.fr", &dispatch).unwrap_err();
        assert_eq!(error.code(), crate::error::Code::EMAIL_LINK_BASE);
    }

    #[test]
    fn nothing_of_a_mail_shows_in_debug() {
        let (dispatch, mail) = mail(Lang::Fr, SERVICE);
        let shown = format!("{mail:?} {dispatch:?}");
        assert!(!shown.contains(dispatch.code().expose_secret()) && !shown.contains("exemple"), "{shown}");
    }
}
