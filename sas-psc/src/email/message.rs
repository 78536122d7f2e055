//! A mail to one person: subject, text, HTML, headers. The words are the SAS guide's; nothing is fetched from afar,
//! nothing tracks, and the code stands apart from the link.
//!
//! RFC 3834 §5 (`Auto-Submitted`). The sender, the encodings and the delivery are the driver's.

use super::{Dispatch, paris};
use crate::base::{ExposeSecret, Timestamp, escaped};
use crate::error::{Lang, Result};
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
    /// The mail that carries a link and a code. `service` is the platform's name ([`SERVICE`] on SAS), `link_base` the
    /// page of the site that the link opens.
    ///
    /// # Errors
    /// `email-link-base`, as [`Dispatch::link`].
    pub fn verification(lang: Lang, service: &str, link_base: &str, dispatch: &Dispatch) -> Result<Message> {
        let link = dispatch.link(link_base)?;
        let link = link.expose_secret();
        let code = dispatch.code().expose_secret();
        let (left, right) = code.split_at_checked(4).unwrap_or((code, ""));
        let words = Words::new(lang, service, dispatch.minutes(), dispatch.expires());
        let Words { subject, hello, made, click, or_code, expires, end, keep, ignore } = &words;
        let text = format!(
            "{hello}\n\n{made} {click}\n\n{link}\n\n{or_code}\n\n{left} {right}\n\n{expires} {end}\n\n{keep}\n\n{ignore}\n"
        );
        // The one part not ours is the service's name; a link base holds no character that HTML knows.
        let made = escaped(made);
        let html = page(
            lang,
            subject,
            &format!(
                r#"<p>{hello}</p>
<p>{made} {click}</p>
<p><a href="{link}" style="overflow-wrap: anywhere">{link}</a></p>
<p>{or_code}</p>
<p style="font-size: 28px; font-family: monospace"><strong>{left} {right}</strong></p>
<p>{expires} {end}</p>
<p>{keep}</p>
<p>{ignore}</p>
"#
            ),
        );
        let subject = (*subject).to_owned();
        Ok(Message { subject, text, html, lang, id: dispatch.id(), date: dispatch.written_at() })
    }

    /// The mail to the reader of a mailbox that another account holds already: someone tried to link it. It carries
    /// neither link nor code; the page of whoever tried says the same as for a free address.
    pub fn already_linked(lang: Lang, service: &str, dispatch: &Dispatch) -> Message {
        let service = one_line(service);
        let (subject, paragraphs) = match lang {
            Lang::Fr => (
                "Votre courriel est déjà lié à un compte",
                [
                    String::from("Bonjour,"),
                    format!("Quelqu'un vient d'essayer de lier votre courriel à un nouveau compte \"{service}\"."),
                    String::from("Ce courriel est déjà lié à un compte : rien n'a été modifié."),
                    String::from(
                        "Si c'était vous, connectez-vous à ce compte avec Pro Santé Connect, ou donnez une autre \
                         adresse dans la fenêtre où vous avez commencé.",
                    ),
                    String::from("Sinon, ignorez ce message."),
                ],
            ),
            Lang::En => (
                "Your e-mail address is already linked to an account",
                [
                    String::from("Hello,"),
                    format!("Someone has just tried to link your e-mail address to a new \"{service}\" account."),
                    String::from("This address is already linked to an account: nothing was changed."),
                    String::from(
                        "If this was you, sign in to that account with Pro Santé Connect, or give another address in \
                         the window where you started.",
                    ),
                    String::from("If not, ignore this message."),
                ],
            ),
        };
        let html: String = paragraphs.iter().map(|text| format!("<p>{}</p>\n", escaped(text))).collect();
        Message {
            subject: subject.to_owned(),
            text: paragraphs.join("\n\n") + "\n",
            html: page(lang, subject, &html),
            lang,
            id: dispatch.id(),
            date: dispatch.written_at(),
        }
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

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Message(•••)")
    }
}

struct Words {
    subject: &'static str,
    hello: &'static str,
    made: String,
    click: &'static str,
    or_code: &'static str,
    expires: String,
    end: String,
    keep: &'static str,
    ignore: &'static str,
}

impl Words {
    fn new(lang: Lang, service: &str, minutes: u8, end: Timestamp) -> Words {
        let service = one_line(service);
        let (h, m) = paris::hour(end);
        let s = if minutes > 1 { "s" } else { "" };
        match lang {
            Lang::Fr => Words {
                subject: "Vérification du courriel",
                hello: "Bonjour,",
                made: format!("Quelqu'un vient de créer un compte \"{service}\" avec votre courriel."),
                click: "Si vous êtes à l'origine de cette requête, veuillez cliquer sur le lien ci-dessous afin de \
                        vérifier votre adresse de courriel.",
                or_code: "Ou bien, dans la fenêtre où vous avez commencé, saisissez ce code :",
                expires: format!("Ce lien expire dans {minutes} minute{s}."),
                end: format!("Le lien et le code ne marcheront plus à {h:02} h {m:02} (heure de Paris)."),
                keep: "Ne donnez ce code à personne.",
                ignore: "Sinon, ignorez ce message.",
            },
            Lang::En => Words {
                subject: "Verify your e-mail address",
                hello: "Hello,",
                made: format!("Someone has just created a \"{service}\" account with your e-mail address."),
                click: "If this was you, click the link below to verify your e-mail address.",
                or_code: "Or, in the window where you started, type this code:",
                expires: format!("This link expires in {minutes} minute{s}."),
                end: format!("The link and the code stop working at {h:02}:{m:02} (Paris time)."),
                keep: "Give this code to nobody.",
                ignore: "If not, ignore this message.",
            },
        }
    }
}

/// A name on several lines would let a setting write its own paragraphs.
fn one_line(service: &str) -> String {
    service.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The frame around a mail's paragraphs, which are HTML already.
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

#[cfg(test)]
mod tests {
    use super::*;
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
