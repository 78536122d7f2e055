//! The legal pages of the footer.

use super::Shell;
use super::terms::{Document, documents};
use crate::failure::Answer;
use crate::session::{LANG, PLACE, Session, VISIT};
use askama::Template;

#[derive(Template)]
#[template(path = "legal_cgu.html")]
pub struct Cgu {
    pub s: Shell,
    pub documents: Vec<Document>,
    pub version: String,
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
    pub names: [&'static str; 3],
}

#[derive(Template)]
#[template(path = "legal_notice.html")]
pub struct Notice {
    pub s: Shell,
    pub contact: Option<String>,
}

/// `GET /cgu`
pub async fn cgu(session: Session) -> Answer {
    let terms = session.app.sign_up.policy().current_terms(session.lang, session.app.now())?;
    Ok(session.page(Cgu { s: session.shell(), documents: documents(terms), version: terms.version().to_owned() }))
}

/// `GET /credits`
pub async fn credits(session: Session) -> Answer {
    Ok(session.page(Credits { s: session.shell() }))
}

/// `GET /cookies`
pub async fn cookies(session: Session) -> Answer {
    Ok(session.page(Cookies { s: session.shell(), names: [VISIT, LANG, PLACE] }))
}

/// `GET /mentions-legales`
pub async fn notice(session: Session) -> Answer {
    Ok(session.page(Notice { s: session.shell(), contact: session.app.settings.contact.clone() }))
}
