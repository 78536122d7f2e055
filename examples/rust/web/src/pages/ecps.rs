//! Signing in with the e-CPS phone app from this site: the RPPS form, then the page with the two digits.

use super::Shell;
use askama::Template;

#[derive(Template)]
#[template(path = "ecps.html")]
pub struct Ecps {
    pub s: Shell,
    /// What was typed, given back.
    pub rpps: String,
}

#[derive(Template)]
#[template(path = "wait.html")]
pub struct Wait {
    pub s: Shell,
    /// The two digits to choose on the phone.
    pub digits: String,
    /// Seconds left.
    pub seconds: u64,
}
