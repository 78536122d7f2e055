//! The words of the mails, as a platform may write them itself: one text and one HTML file for each mail and language.
//!
//! A file is checked when it is read: a mail without its link, its code or its end is refused, as is a code where none
//! may be, a subject of several lines, and HTML that runs, sends or fetches anything. What is filled in cannot break out:
//! a subject stays one line, HTML is escaped. The defaults are the SAS guide's words.
//!
//! A text file opens with `Subject: ` and the subject, then an empty line. Names are `verification.fr.txt`,
//! `verification.fr.html` and so on, for [`MailKind`]s and languages; what is absent is the default's. Reading a folder
//! is the driver's (`drive::mail_templates`).

mod text;

use super::{Dispatch, Message, Notice, paris};
use crate::base::{ExposeSecret, Timestamp};
use crate::error::{Code, Error, Lang, Result};
use std::fmt;
use std::sync::{Arc, LazyLock};
use text::{Text, Values};

/// The mails that are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MailKind {
    /// A link and a code, to prove the address of a new account.
    Verification,
    /// The same, to prove the address that is to replace another.
    NewAddress,
    /// To the mailbox of another account: nothing was changed. No link, no code.
    AlreadyLinked,
    /// To the address that is to be replaced: a link and a code to object.
    AddressChange,
}

impl MailKind {
    /// Every one.
    pub const ALL: [MailKind; 4] =
        [MailKind::Verification, MailKind::NewAddress, MailKind::AlreadyLinked, MailKind::AddressChange];

    /// `verification`, `new-address`, `already-linked`, `address-change`: the start of its files' names.
    pub const fn name(self) -> &'static str {
        match self {
            MailKind::Verification => "verification",
            MailKind::NewAddress => "new-address",
            MailKind::AlreadyLinked => "already-linked",
            MailKind::AddressChange => "address-change",
        }
    }

    /// The mail of that name.
    ///
    /// # Errors
    /// `email-template-name`.
    pub fn named(name: &str) -> Result<MailKind> {
        let found = MailKind::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| Error::new(Code::EMAIL_TEMPLATE_NAME))
    }

    fn carries_a_code(self) -> bool {
        self != MailKind::AlreadyLinked
    }
}

/// A place in a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Service,
    Link,
    Code,
    Duration,
    Expires,
}

impl Place {
    const ALL: [Place; 5] = [Place::Service, Place::Link, Place::Code, Place::Duration, Place::Expires];

    const fn name(self) -> &'static str {
        match self {
            Place::Service => "service",
            Place::Link => "link",
            Place::Code => "code",
            Place::Duration => "duration",
            Place::Expires => "expires",
        }
    }

    fn named(name: &str) -> Option<Place> {
        Place::ALL.into_iter().find(|place| place.name() == name)
    }
}

/// What HTML of a mail may not hold: what runs, sends, or is fetched from afar.
const FORBIDDEN: [&str; 12] = [
    "<script",
    "<form",
    "<iframe",
    "<object",
    "<embed",
    "<link",
    "<base",
    "<img",
    "<svg",
    "src=",
    "url(",
    "javascript:",
];
/// A template is a page of words.
const LONGEST: usize = 100_000;

#[derive(Clone)]
struct Template {
    subject: Text,
    text: Text,
    html: Text,
}

/// The words of the mails. `Default` is ours; [`Templates::with_file`] takes a platform's.
///
/// ```
/// use sas_psc::Lang;
/// use sas_psc::email::{MailKind, Templates};
///
/// let text = "Subject: Votre adresse ({{service}})\n\nOuvrez {{link}} ou tapez {{code}} avant {{expires}}.\n";
/// let templates = Templates::default().with_file("verification.fr.txt", text)?;
/// let mail = templates.preview(MailKind::Verification, Lang::Fr, "Cabinet du parc");
/// assert_eq!(mail.subject(), "Votre adresse (Cabinet du parc)");
///
/// let error = Templates::default().with_file("verification.fr.txt", "Subject: Bonjour\n\nTapez {{code}}\n").unwrap_err();
/// assert_eq!(error.facts().field, Some("link"));
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone)]
pub struct Templates(Arc<Vec<(MailKind, Lang, Template)>>);

macro_rules! defaults {
    ($($kind:ident $name:literal),*) => {
        &[$(
            (MailKind::$kind, Lang::Fr, include_str!(concat!("defaults/", $name, ".fr.txt")),
                include_str!(concat!("defaults/", $name, ".fr.html"))),
            (MailKind::$kind, Lang::En, include_str!(concat!("defaults/", $name, ".en.txt")),
                include_str!(concat!("defaults/", $name, ".en.html"))),
        )*]
    };
}

/// Kind, language, text, HTML.
const DEFAULTS: &[(MailKind, Lang, &str, &str)] = defaults!(
    Verification "verification", NewAddress "new-address", AlreadyLinked "already-linked",
    AddressChange "address-change"
);

impl Default for Templates {
    fn default() -> Templates {
        static OURS: LazyLock<Templates> = LazyLock::new(|| {
            let read = |(kind, lang, text, html): &(MailKind, Lang, &str, &str)| {
                let (subject, text) = subject_and_text(*kind, text).ok()?;
                Some((*kind, *lang, Template { subject, text, html: html_of(*kind, html).ok()? }))
            };
            // A test reads them all.
            Templates(Arc::new(DEFAULTS.iter().filter_map(read).collect()))
        });
        OURS.clone()
    }
}

impl Templates {
    /// Takes the content of a file in the place of the default, by its name.
    ///
    /// # Errors
    /// `email-template-name`: no mail has such a file. With the fact `template`, the file's name: `email-template-place`
    /// with the place at fault where it is one of ours (missing, or not allowed there), `email-template-subject` (absent,
    /// empty, several lines, longer than 200 characters), `email-template-unsafe` (HTML that runs, sends or fetches).
    pub fn with_file(mut self, name: &str, content: &str) -> Result<Templates> {
        let (kind, lang, is_html, name) = file(name).ok_or_else(|| Error::new(Code::EMAIL_TEMPLATE_NAME))?;
        let in_file = |error: Error| error.with(|facts| facts.template = Some(name));
        let unsafe_ = || in_file(Error::new(Code::EMAIL_TEMPLATE_UNSAFE));
        if content.len() > LONGEST || content.chars().any(|c| c.is_control() && !"\n\r\t".contains(c)) {
            return Err(unsafe_());
        }
        let content = content.replace("\r\n", "\n");
        let all = Arc::make_mut(&mut self.0);
        let found = all.iter_mut().find(|(of, language, _)| (*of, *language) == (kind, lang));
        let (.., template) = found.ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        if is_html {
            template.html = html_of(kind, &content).map_err(in_file)?;
        } else {
            (template.subject, template.text) = subject_and_text(kind, &content).map_err(in_file)?;
        }
        Ok(self)
    }

    /// The mail that carries a link and a code; `kind` is `Verification` or `NewAddress`. `service` is the platform's
    /// name, `link_base` the page of the site that the link opens.
    ///
    /// # Errors
    /// `email-link-base`, as [`Dispatch::link`]; `email-template-name` for a mail of another kind.
    pub fn challenge(
        &self,
        kind: MailKind,
        lang: Lang,
        service: &str,
        link_base: &str,
        dispatch: &Dispatch,
    ) -> Result<Message> {
        if !matches!(kind, MailKind::Verification | MailKind::NewAddress) {
            return Err(Error::new(Code::EMAIL_TEMPLATE_NAME));
        }
        let link = dispatch.link(link_base)?;
        let (link, code) = (link.expose_secret(), spaced(dispatch.code().expose_secret()));
        let (duration, expires) = (duration(lang, dispatch.minutes()), hour(lang, dispatch.expires()));
        let values = Values { service, link, code: &code, duration: &duration, expires: &expires };
        Ok(self.filled(kind, lang, &values, dispatch.id(), dispatch.written_at()))
    }

    /// The mail to the reader of a mailbox that another account holds already: someone tried to link it. It carries
    /// neither link nor code; the page of whoever tried says the same as for a free address.
    pub fn already_linked(&self, lang: Lang, service: &str, dispatch: &Dispatch) -> Message {
        let values = Values { service, link: "", code: "", duration: "", expires: "" };
        self.filled(MailKind::AlreadyLinked, lang, &values, dispatch.id(), dispatch.written_at())
    }

    /// The mail to the address that is to be replaced, which carries the means to object. It does not name the new one.
    ///
    /// # Errors
    /// `email-link-base`, as [`Dispatch::link`].
    pub fn address_change(&self, lang: Lang, service: &str, link_base: &str, notice: &Notice) -> Result<Message> {
        let link = notice.link(link_base)?;
        let (link, code) = (link.expose_secret(), spaced(notice.code().expose_secret()));
        let expires = day(lang, notice.until());
        let values = Values { service, link, code: &code, duration: "", expires: &expires };
        Ok(self.filled(MailKind::AddressChange, lang, &values, notice.id(), notice.written_at()))
    }

    /// A mail as it will look, with an invented link and code that open nothing.
    pub fn preview(&self, kind: MailKind, lang: Lang, service: &str) -> Message {
        let now = Timestamp::from_unix(1_795_420_800);
        let expires = match kind {
            MailKind::AddressChange => day(lang, now + std::time::Duration::from_secs(7 * 86_400)),
            _ => hour(lang, now + std::time::Duration::from_secs(300)),
        };
        let duration = duration(lang, 5);
        let link = "https://compte.exemple.fr/lien?c=EXEMPLE.exemple-exemple-exemple-exemple-exemple-ex";
        let values = Values { service, link, code: "1234 5678", duration: &duration, expires: &expires };
        self.filled(kind, lang, &values, String::from("exemple.1"), now)
    }

    fn filled(&self, kind: MailKind, lang: Lang, values: &Values<'_>, id: String, date: Timestamp) -> Message {
        let service = one_line(values.service);
        let values = Values { service: &service, ..*values };
        let template = self.0.iter().find(|(of, language, _)| (*of, *language) == (kind, lang));
        let fill = |template: &Template| {
            let subject = one_line(&template.subject.fill(&values));
            (subject, template.text.fill(&values), template.html.fill_html(&values))
        };
        let (subject, text, html) = template.map(|(.., template)| fill(template)).unwrap_or_default();
        Message::of(subject, text, html, lang, id, date)
    }
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Templates(…)")
    }
}

/// The mail, the language, whether it is HTML, and the name, of a template's file.
fn file(name: &str) -> Option<(MailKind, Lang, bool, &'static str)> {
    const NAMES: [(MailKind, [&str; 4]); 4] = [
        (
            MailKind::Verification,
            ["verification.fr.txt", "verification.fr.html", "verification.en.txt", "verification.en.html"],
        ),
        (
            MailKind::NewAddress,
            ["new-address.fr.txt", "new-address.fr.html", "new-address.en.txt", "new-address.en.html"],
        ),
        (
            MailKind::AlreadyLinked,
            ["already-linked.fr.txt", "already-linked.fr.html", "already-linked.en.txt", "already-linked.en.html"],
        ),
        (
            MailKind::AddressChange,
            ["address-change.fr.txt", "address-change.fr.html", "address-change.en.txt", "address-change.en.html"],
        ),
    ];
    NAMES.into_iter().find_map(|(kind, names)| {
        let place = names.iter().position(|of| *of == name)?;
        Some((kind, if place < 2 { Lang::Fr } else { Lang::En }, place % 2 == 1, names[place]))
    })
}

fn subject_and_text(kind: MailKind, content: &str) -> Result<(Text, Text)> {
    let bad = || Error::new(Code::EMAIL_TEMPLATE_SUBJECT);
    let (subject, text) = content.strip_prefix("Subject: ").and_then(|rest| rest.split_once("\n\n")).ok_or_else(bad)?;
    if subject.trim().is_empty() || subject.chars().count() > 200 || subject.chars().any(char::is_control) {
        return Err(bad());
    }
    let (subject, text) = (Text::parse(subject)?, Text::parse(text)?);
    for place in Place::ALL.into_iter().filter(|place| *place != Place::Service) {
        // A code in a subject shows on a locked telephone.
        if subject.has(place) {
            return Err(place_at_fault(place));
        }
    }
    check_places(kind, &text)?;
    Ok((subject, text))
}

fn html_of(kind: MailKind, content: &str) -> Result<Text> {
    let html = Text::parse(content)?;
    check_places(kind, &html)?;
    // Attributes may be written with spaces around their equals sign.
    let folded: String = content.to_ascii_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let event = |text: &str| {
        let tags = text.split('<').skip(1).filter_map(|tag| tag.split('>').next());
        tags.flat_map(|tag| tag.split(|c: char| c.is_whitespace() || c == '/' || c == '"' || c == '\''))
            .any(|word| word.starts_with("on"))
    };
    if FORBIDDEN.iter().any(|word| folded.contains(word)) || event(&content.to_ascii_lowercase()) {
        return Err(Error::new(Code::EMAIL_TEMPLATE_UNSAFE));
    }
    Ok(html)
}

fn check_places(kind: MailKind, text: &Text) -> Result<()> {
    for place in [Place::Link, Place::Code, Place::Expires] {
        if text.has(place) != kind.carries_a_code() {
            return Err(place_at_fault(place));
        }
    }
    // An objection lasts days, and a mail without a code has no duration.
    let lasts = matches!(kind, MailKind::Verification | MailKind::NewAddress);
    if text.has(Place::Duration) && !lasts { Err(place_at_fault(Place::Duration)) } else { Ok(()) }
}

fn place_at_fault(place: Place) -> Error {
    Error::field(Code::EMAIL_TEMPLATE_PLACE, place.name())
}

/// A name on several lines would let a setting write its own paragraphs, and a subject its own headers.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// `12345678` as `1234 5678`.
fn spaced(code: &str) -> String {
    let (left, right) = code.split_at_checked(4).unwrap_or((code, ""));
    format!("{left} {right}")
}

fn duration(_: Lang, minutes: u8) -> String {
    format!("{minutes} minute{}", if minutes > 1 { "s" } else { "" })
}

/// `08 h 35 (heure de Paris)`
fn hour(lang: Lang, at: Timestamp) -> String {
    let (h, m) = paris::hour(at);
    match lang {
        Lang::Fr => format!("{h:02} h {m:02} (heure de Paris)"),
        Lang::En => format!("{h:02}:{m:02} (Paris time)"),
    }
}

/// `30/11/2026 à 08 h 35 (heure de Paris)`
fn day(lang: Lang, at: Timestamp) -> String {
    let (year, month, day) = paris::day(at);
    match lang {
        Lang::Fr => format!("{day:02}/{month:02}/{year} à {}", hour(lang, at)),
        Lang::En => format!("{year}-{month:02}-{day:02}, {}", hour(lang, at)),
    }
}

#[cfg(test)]
mod tests;
