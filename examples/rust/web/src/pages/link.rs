//! The link of the mail. Opening it changes nothing; only the session that started may confirm, by a button.

use super::Shell;
use askama::Template;

#[derive(Template)]
#[template(path = "link.html")]
pub struct Link {
    pub s: Shell,
    /// The address of this very page, which the button posts to.
    pub path: String,
}

/// The same page for anybody else: no form, no name, no code, no address.
#[derive(Template)]
#[template(path = "elsewhere.html")]
pub struct Elsewhere {
    pub s: Shell,
}

#[derive(Template)]
#[template(path = "dead_link.html")]
pub struct DeadLink {
    pub s: Shell,
    pub title: &'static str,
    pub todo: &'static str,
    /// Whether a new mail would help.
    pub offer_again: bool,
}
