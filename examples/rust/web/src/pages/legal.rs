//! The legal pages of the footer.

use super::Shell;
use super::terms::Document;
use askama::Template;

#[derive(Template)]
#[template(path = "legal_cgu.html")]
pub struct Cgu {
    pub s: Shell,
    pub documents: Vec<Document>,
}

#[derive(Template)]
#[template(path = "legal_credits.html")]
pub struct Credits {
    pub s: Shell,
}

#[derive(Template)]
#[template(path = "legal_cookies.html")]
pub struct Cookies {
    pub s: Shell,
    pub visit_cookie: &'static str,
    pub lang_cookie: &'static str,
}

#[derive(Template)]
#[template(path = "legal_notice.html")]
pub struct Notice {
    pub s: Shell,
    pub contact: Option<String>,
}
