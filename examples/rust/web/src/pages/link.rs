//! The link of the mail. Opening it changes nothing; only the session that started may confirm, by a button.

use super::Shell;
use super::arrival::onward;
use crate::failure::Answer;
use crate::posted::Posted;
use crate::session::{Session, Stage};
use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use sas_psc::email::LinkPage;
use sas_psc::{Code, Error};

#[derive(Template)]
#[template(path = "link.html")]
pub struct Link {
    pub s: Shell,
    /// The token of the link, which the button sends.
    pub token: String,
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

/// `GET /lien?c=…`
pub async fn open(session: Session, RawQuery(query): RawQuery) -> Answer {
    let query = query.unwrap_or_default();
    let token = query.split('&').find_map(|pair| pair.strip_prefix("c=")).unwrap_or_default();
    let visitor = match session.visit.stage {
        Stage::SignedIn { account, confirmed: true, .. } => Some((account, session.visit.attempt.as_str())),
        _ => None,
    };
    match session.app.sign_up.open_link(visitor, token).await {
        Ok(LinkPage::Confirm) => {
            let account = session.account().await?;
            Ok(session.page(Link { s: session.shell_for(&account), token: token.to_owned() }))
        }
        Ok(LinkPage::AlreadyProven) => dead(session, Code::EMAIL_ALREADY_PROVEN.into()).await,
        Ok(_) => Ok(session.page(Elsewhere { s: session.shell() })),
        Err(error) => dead(session, error).await,
    }
}

/// `POST /lien`: « Confirmer mon adresse ».
pub async fn confirm(session: Session, posted: Posted) -> Answer {
    let account = session.account().await?;
    match session.app.sign_up.answer_link(account.id, &session.visit.attempt, posted.get("c")).await {
        Ok(_) => onward(session).await,
        Err(error) => dead(session, error).await,
    }
}

async fn dead(session: Session, error: Error) -> Answer {
    let t = session.text();
    let (title, todo, offer_again) = match error.code() {
        Code::EMAIL_EXPIRED => (t.link_late, t.late_todo, true),
        Code::EMAIL_TRIES_USED_UP => (t.worn, t.worn_todo, true),
        Code::EMAIL_SUPERSEDED => (t.link_old, t.link_old_todo, false),
        Code::EMAIL_ALREADY_PROVEN => (t.link_used, t.link_used_todo, false),
        Code::EMAIL_OTHER_SESSION => return Ok(session.page(Elsewhere { s: session.shell() })),
        _ => return Err(error.into()),
    };
    let s = session.shell_for(&session.account().await?);
    Ok(session.page_as(StatusCode::GONE, DeadLink { s, title, todo, offer_again }))
}
