//! A page that only tells: an error, a page that does not exist, the end of a session.

use super::Shell;
use askama::Template;

#[derive(Template)]
#[template(path = "message.html")]
pub struct Message {
    pub s: Shell,
    pub title: &'static str,
    pub todo: &'static str,
    /// Where the one button leads, and its words.
    pub next: &'static str,
    pub next_text: &'static str,
    /// The name of the error's code; empty for none.
    pub code: &'static str,
}
