//! The pages, as templates: what each shows. French, since PSC's are; neutral, and marked as a simulation.

use crate::people::Person;
use askama::Template;

/// A text and the ways on.
#[derive(Template)]
#[template(path = "notice.html")]
pub(crate) struct Notice<'a> {
    title: &'a str,
    text: &'a str,
    /// The sign-in page that goes on.
    id: Option<&'a str>,
}

impl<'a> Notice<'a> {
    pub fn new(title: &'a str, text: &'a str) -> Notice<'a> {
        Notice { title, text, id: None }
    }

    /// With the ways on within a sign-in page.
    pub fn at(self, id: &'a str) -> Notice<'a> {
        Notice { id: Some(id), ..self }
    }
}

/// Card or phone.
#[derive(Template)]
#[template(path = "choice.html")]
pub(crate) struct Choice<'a> {
    pub id: &'a str,
    pub service: &'a str,
}

/// The card in the reader and its code.
#[derive(Template)]
#[template(path = "pin.html")]
pub(crate) struct Pin<'a> {
    pub id: &'a str,
    pub cards: &'a [&'a Person],
    pub chosen: &'a str,
    pub problem: Option<String>,
}

/// The choice of the certificate.
#[derive(Template)]
#[template(path = "certificates.html")]
pub(crate) struct Certificates<'a> {
    pub id: &'a str,
    pub person: &'a Person,
    pub problem: Option<&'a str>,
}

/// The number to type before the phone is asked.
#[derive(Template)]
#[template(path = "rpps.html")]
pub(crate) struct Rpps<'a> {
    pub id: &'a str,
    pub typed: &'a str,
    pub problem: Option<&'a str>,
}

/// Two digits and the time left.
#[derive(Template)]
#[template(path = "waiting.html")]
pub(crate) struct Waiting<'a> {
    pub id: &'a str,
    pub number: &'a str,
    pub seconds: u64,
}

/// An answer that the browser posts to the service.
#[derive(Template)]
#[template(path = "form_post.html")]
pub(crate) struct FormPost<'a> {
    pub action: &'a str,
    pub fields: Vec<(&'a str, &'a str)>,
}

/// Whether to end the session.
#[derive(Template)]
#[template(path = "confirm.html")]
pub(crate) struct Confirm<'a> {
    pub kept: Vec<(&'a str, &'a str)>,
}
