//! The contractual documents: shown whole, accepted by an unticked box, or refused.

use super::Shell;
use askama::Template;

#[derive(Template)]
#[template(path = "terms.html")]
pub struct Terms {
    pub s: Shell,
    pub documents: Vec<Document>,
    /// The hash of what is shown: accepting names it.
    pub bundle: String,
    /// Whether an earlier version was accepted before.
    pub changed: bool,
}

/// One document, its text exactly as it is hashed.
pub struct Document {
    pub title: &'static str,
    pub text: String,
    pub version: String,
    pub lang: &'static str,
}

#[derive(Template)]
#[template(path = "refused.html")]
pub struct Refused {
    pub s: Shell,
}
