//! The home page, and the step out to Pro Santé Connect.

use super::Shell;
use askama::Template;

#[derive(Template)]
#[template(path = "home.html")]
pub struct Home {
    pub s: Shell,
}

#[derive(Template)]
#[template(path = "leaving.html")]
pub struct Leaving {
    pub s: Shell,
    /// The authorization (or end-session) address of PSC, complete.
    pub url: String,
}
