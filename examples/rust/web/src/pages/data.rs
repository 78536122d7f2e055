//! What a person may do with their account and its data: see all of it, close, open again, erase.

use super::arrival;
use super::proofs::{self, Proof};
use super::{Problem, Shell};
use crate::failure::{Answer, Failure};
use crate::posted::Posted;
use crate::session::Session;
use crate::text;
use askama::Template;
use axum::http::header;
use axum::response::IntoResponse;
use sas_psc::onboarding::lifecycle::LifeState;

#[derive(Template)]
#[template(path = "data.html")]
pub struct Data {
    pub s: Shell,
    pub proofs: Vec<Proof>,
}

#[derive(Template)]
#[template(path = "close.html")]
pub struct Close {
    pub s: Shell,
    pub months: u8,
}

#[derive(Template)]
#[template(path = "closed.html")]
pub struct Closed {
    pub s: Shell,
    /// Until when it can be opened again: a day.
    pub until: String,
}

/// `GET /compte/donnees`
pub async fn show(session: Session) -> Answer {
    let account = session.account_even_closed().await?;
    let proofs = proofs::of(&session, &account)?;
    Ok(session.page(Data { s: session.shell_for(&account), proofs }))
}

/// `POST /compte/donnees`: all that is held, as one file.
pub async fn export(session: Session, _: Posted) -> Answer {
    let account = session.account_even_closed().await?;
    let app = &session.app;
    let theirs = proofs::theirs(&session, &account);
    let receipt = |id| proofs::files(app.journal.as_ref()?, &theirs, id);
    let mut export = app.lives.export(account.id, receipt).await?;
    if let Some(ends) = session.visit.ends() {
        export = export.visit(ends);
    }
    for link in app.links_of(account.onboarding.person(), account.onboarding.sign_in()).await? {
        export = export.link(&link);
    }
    let kind = (header::CONTENT_TYPE, "application/json; charset=utf-8");
    let name = (header::CONTENT_DISPOSITION, "attachment; filename=\"mes-donnees.json\"");
    Ok(([kind, name], export.to_json()?).into_response())
}

/// `GET /compte/fermer`
pub async fn ask_close(session: Session) -> Answer {
    let account = session.account().await?;
    Ok(session.page(close_page(&session, session.shell_for(&account))))
}

fn close_page(session: &Session, s: Shell) -> Close {
    Close { s, months: session.app.lives.rules().closed_months }
}

/// `POST /compte/fermer`
pub async fn close(session: Session, posted: Posted) -> Answer {
    let account = session.account().await?;
    if posted.get("close") != "yes" {
        let s = Shell { problems: vec![unticked(&session, "close")], ..session.shell_for(&account) };
        return Ok(session.mistakes(close_page(&session, s)));
    }
    session.app.lives.close(account.id).await?;
    Ok(session.redirect("/compte/ferme"))
}

fn unticked(session: &Session, field: &'static str) -> Problem {
    let t = session.text();
    Problem { field, message: t.close_unticked.into(), hint: t.close_unticked_todo.into() }
}

/// `GET /compte/ferme`
pub async fn show_closed(session: Session) -> Answer {
    let account = session.account_even_closed().await?;
    match closed_page(&session, session.shell_for(&account), account.id).await? {
        Some(page) => Ok(session.page(page)),
        None => Err(Failure::Elsewhere("/suite")),
    }
}

async fn closed_page(
    session: &Session,
    s: Shell,
    id: sas_psc::onboarding::AccountId,
) -> Result<Option<Closed>, Failure> {
    let lives = &session.app.lives;
    let life = lives.life(id).await?.filter(|life| life.state() == LifeState::Closed);
    Ok(life.map(|life| Closed { s, until: text::day(life.next(lives.rules()).1, session.lang) }))
}

/// `POST /compte/rouvrir`
pub async fn reopen(session: Session, _: Posted) -> Answer {
    let account = session.account_even_closed().await?;
    session.app.lives.reopen(account.id).await?;
    super::arrival::onward(session).await
}

/// `POST /compte/effacer`
pub async fn erase(session: Session, posted: Posted) -> Answer {
    let account = session.account_even_closed().await?;
    if posted.get("erase") != "yes" {
        let s = Shell { problems: vec![unticked(&session, "erase")], ..session.shell_for(&account) };
        return match closed_page(&session, s, account.id).await? {
            Some(page) => Ok(session.mistakes(page)),
            None => Err(Failure::Elsewhere("/suite")),
        };
    }
    for link in session.app.links_of(account.onboarding.person(), account.onboarding.sign_in()).await? {
        session.app.links.forget(link.account()).await?;
    }
    session.app.lives.erase(account.id).await?;
    arrival::end(session, Some(arrival::ERASED)).await
}
