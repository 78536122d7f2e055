//! The active account.

use super::Shell;
use askama::Template;

#[derive(Template)]
#[template(path = "account.html")]
pub struct Account {
    pub s: Shell,
    pub email: String,
    pub terms_at: String,
    pub participation: String,
}
