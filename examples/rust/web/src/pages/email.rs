//! The address to link, and the page that waits for its proof.

use super::Shell;
use askama::Template;

#[derive(Template)]
#[template(path = "email.html")]
pub struct Email {
    pub s: Shell,
    pub typed: String,
}

#[derive(Template)]
#[template(path = "sent.html")]
pub struct Sent {
    pub s: Shell,
    pub address: String,
    pub state: Mail,
    /// Seconds before the next mail may leave.
    pub again_in: u64,
}

/// Where the mail stands.
pub enum Mail {
    /// Not yet with the mail server: the time to answer has not begun.
    Waiting,
    /// Sent; the hour at which link and code end, with its zone.
    Open { until: String },
    /// The time is over.
    Late,
    /// Too many wrong codes.
    Worn,
}

impl Mail {
    pub fn is_open(&self) -> bool {
        matches!(self, Mail::Waiting | Mail::Open { .. })
    }
}
