//! Another address for an active account, and the objection of whoever reads the old one.

use super::email::{Sent, problem, waits};
use super::message::Message;
use super::{Problem, Shell};
use crate::failure::{Answer, Failure};
use crate::posted::Posted;
use crate::session::Session;
use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use sas_psc::drive::Account;
use sas_psc::email::{Address, Challenge, Status};
use sas_psc::onboarding::{AddressChange, Objected, State};
use sas_psc::{Blame, Code, Error};

#[derive(Template)]
#[template(path = "new_email.html")]
pub struct NewEmail {
    pub s: Shell,
    pub current: String,
    pub typed: String,
}

/// For anybody who reads the old mailbox: no name, no address.
#[derive(Template)]
#[template(path = "objection.html")]
pub struct Objection {
    pub s: Shell,
    /// The token of the link, which the form sends with the code.
    pub token: String,
}

const BASE: &str = "/compte/courriel";

/// `GET /compte/courriel`
pub async fn show(session: Session) -> Answer {
    let account = session.account_in(&[State::Active]).await?;
    let mut s = session.shell_for(&account);
    let open = open_change(&account).map(AddressChange::challenge);
    if open.is_some_and(|challenge| challenge.status(session.app.now()) == Status::AddressRefused) {
        s.problems.push(Problem::of_code(Code::MAIL_REFUSED, "email", session.lang));
    }
    let typed = open.map_or("", |challenge| challenge.address().as_typed()).to_owned();
    Ok(session.page(NewEmail { s, current: current(&account), typed }))
}

/// `POST /compte/courriel`
pub async fn submit(session: Session, posted: Posted) -> Answer {
    let account = session.account_in(&[State::Active]).await?;
    let (app, typed) = (&session.app, posted.get("email"));
    let asked = match Address::parse(typed.trim()) {
        Ok(address) => {
            let (attempt, lang) = (&session.visit.attempt, session.lang);
            app.sign_up.change_address(account.id, attempt, &address, lang, session.client).await
        }
        Err(error) => Err(error),
    };
    match asked {
        Ok(_) => {
            app.deliver(account.id).await;
            after_asking(session).await
        }
        Err(error) if error.blame() == Blame::User => {
            let s = Shell { problems: vec![problem(&session, &error, "email")], ..session.shell_for(&account) };
            Ok(session.mistakes(NewEmail { s, current: current(&account), typed: typed.to_owned() }))
        }
        Err(error) => Err(error.into()),
    }
}

/// Back to the form when the mail server refused the address meanwhile.
async fn after_asking(session: Session) -> Answer {
    let account = session.account_in(&[State::Active]).await?;
    let status = open_change(&account).map(|change| change.challenge().status(session.app.now()));
    let page = if status == Some(Status::AddressRefused) { BASE } else { "/compte/courriel/code" };
    Ok(session.redirect(page))
}

/// `GET /compte/courriel/code`
pub async fn show_sent(session: Session, RawQuery(query): RawQuery) -> Answer {
    let account = session.account_in(&[State::Active]).await?;
    let notice = (query.as_deref() == Some("renvoi")).then_some(session.text().sent_again);
    let s = Shell { notice, ..session.shell_for(&account) };
    Ok(session.page(sent(&session, &account, s)?))
}

/// `POST /compte/courriel/code`
pub async fn answer_code(session: Session, posted: Posted) -> Answer {
    let account = session.account_in(&[State::Active]).await?;
    open_change(&account).ok_or(Failure::Elsewhere("/compte"))?;
    match session.app.sign_up.answer_code(account.id, &session.visit.attempt, posted.get("code")).await {
        Ok(_) => Ok(session.redirect("/compte?adresse-changee")),
        Err(error) => mistake(session, error, "code").await,
    }
}

/// `POST /compte/courriel/renvoi`
pub async fn resend(session: Session, _: Posted) -> Answer {
    let account = session.account_in(&[State::Active]).await?;
    open_change(&account).ok_or(Failure::Elsewhere("/compte"))?;
    match session.app.sign_up.resend(account.id, &session.visit.attempt, session.client).await {
        Ok(_) => {
            session.app.deliver(account.id).await;
            Ok(session.redirect("/compte/courriel/code?renvoi"))
        }
        Err(error) => mistake(session, error, "").await,
    }
}

/// `POST /compte/courriel/annuler`: « Garder l'adresse actuelle ».
pub async fn drop_change(session: Session, _: Posted) -> Answer {
    let account = session.account_in(&[State::Active]).await?;
    match session.app.sign_up.drop_address_change(account.id).await {
        Err(error) if error.code() != Code::ADDRESS_CHANGE_NONE => Err(error.into()),
        _ => Ok(session.redirect("/compte?adresse-gardee")),
    }
}

async fn mistake(session: Session, error: Error, field: &'static str) -> Answer {
    if error.blame() != Blame::User {
        return Err(error.into());
    }
    // A wrong code counts: where the mail stands has changed.
    let account = session.account_in(&[State::Active]).await?;
    let mut view = sent(&session, &account, session.shell_for(&account))?;
    let field = if view.state.is_open() { field } else { "" };
    view.s.problems.push(problem(&session, &error, field));
    Ok(session.mistakes(view))
}

/// `GET /objection?c=…`: the same page for anybody; opening it changes nothing.
pub async fn show_objection(session: Session, RawQuery(query): RawQuery) -> Answer {
    let query = query.unwrap_or_default();
    let token = query.split('&').find_map(|pair| pair.strip_prefix("c=")).unwrap_or_default();
    match session.app.sign_up.open_objection(token).await {
        Ok(()) => Ok(session.page(Objection { s: session.shell(), token: token.to_owned() })),
        Err(error) => over(session, error),
    }
}

/// `POST /objection`: the code of the same mail.
pub async fn object(session: Session, posted: Posted) -> Answer {
    let (token, t) = (posted.get("c"), session.text());
    match session.app.sign_up.object(token, posted.get("code")).await {
        Ok(done) => {
            let todo = if done == Objected::Undone { t.objected_undone } else { t.objected_dropped };
            Ok(session.page(said(&session, t.objected, todo, "")))
        }
        Err(error) if [Code::EMAIL_CODE_WRONG, Code::EMAIL_CODE_FORM].contains(&error.code()) => {
            let s = Shell { problems: vec![problem(&session, &error, "code")], ..session.shell() };
            Ok(session.mistakes(Objection { s, token: token.to_owned() }))
        }
        Err(error) => over(session, error),
    }
}

/// An objection that cannot be taken.
fn over(session: Session, error: Error) -> Answer {
    if error.blame() != Blame::User {
        return Err(error.into());
    }
    let t = session.text();
    Ok(session.page_as(StatusCode::GONE, said(&session, t.objection_late, t.objection_late_todo, error.code().name())))
}

fn said(session: &Session, title: &'static str, todo: &str, code: &'static str) -> Message {
    let (s, next_text) = (session.shell(), session.text().resume);
    Message { s, title, todo: todo.to_owned(), next: "/suite", next_text, code }
}

fn open_change(account: &Account) -> Option<&AddressChange> {
    account.onboarding.address_change().filter(|change| change.is_open())
}

fn current(account: &Account) -> String {
    account.onboarding.proven_address().map_or("", Address::as_typed).to_owned()
}

fn sent(session: &Session, account: &Account, s: Shell) -> Result<Sent, Failure> {
    let challenge: Option<&Challenge> = open_change(account).map(AddressChange::challenge);
    let challenge = challenge.ok_or(Failure::Elsewhere("/compte"))?;
    Ok(waits(session, Some(challenge), s, BASE))
}
