//! The address to link, and the page that waits for its proof.

use super::arrival::onward;
use super::{Problem, Shell};
use crate::failure::Answer;
use crate::posted::Posted;
use crate::session::Session;
use askama::Template;
use axum::extract::RawQuery;
use sas_psc::drive::Account;
use sas_psc::email::{Address, Challenge, Status, hour_in_paris};
use sas_psc::onboarding::State;
use sas_psc::{Blame, Code, Error};

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
    /// The first address of an account, not one that replaces it; and the path of its pages.
    pub first: bool,
    pub base: &'static str,
    /// Seconds before the next mail may leave.
    pub again_in: u64,
}

/// Where the mail stands.
pub enum Mail {
    /// Not yet with the mail server: the time to answer has not begun.
    Waiting,
    /// Sent; the hour at which link and code end.
    Open { until: String },
    /// The time is over.
    Late,
    /// Too many wrong codes.
    Worn,
    /// The mail server did not take it in time.
    Unsent,
    /// It was asked for in another visit, in which alone it can be answered.
    Other,
}

impl Mail {
    pub fn is_open(&self) -> bool {
        matches!(self, Mail::Waiting | Mail::Open { .. })
    }
}

const BEFORE_PROOF: [State; 3] = [State::EmailWanted, State::MailDue, State::MailSent];
const MAILED: [State; 2] = [State::MailDue, State::MailSent];

/// `GET /courriel`
pub async fn show(session: Session) -> Answer {
    let account = session.account_in(&BEFORE_PROOF).await?;
    let mut s = session.shell_for(&account);
    let refused = account.onboarding.challenge().is_some_and(|c| c.status(session.app.now()) == Status::AddressRefused);
    if refused {
        s.problems.push(Problem::of_code(Code::MAIL_REFUSED, "email", session.lang));
    }
    let typed = account.onboarding.address().map_or("", Address::as_typed).to_owned();
    Ok(session.page(Email { s, typed }))
}

/// `POST /courriel`: « Soumettre ».
pub async fn submit(session: Session, posted: Posted) -> Answer {
    let account = session.account_in(&BEFORE_PROOF).await?;
    let (app, typed) = (&session.app, posted.get("email"));
    let given = match Address::parse(typed.trim()) {
        Ok(address) => {
            let (attempt, lang) = (&session.visit.attempt, session.lang);
            app.sign_up.give_address(account.id, attempt, &address, lang, session.client).await
        }
        Err(error) => Err(error),
    };
    match given {
        Ok(_) => {
            app.deliver(account.id).await;
            onward(session).await
        }
        Err(error) if error.blame() == Blame::User => {
            let s = Shell { problems: vec![problem(&session, &error, "email")], ..session.shell_for(&account) };
            Ok(session.mistakes(Email { s, typed: typed.to_owned() }))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /courriel/code`
pub async fn show_sent(session: Session, RawQuery(query): RawQuery) -> Answer {
    let account = session.account_in(&MAILED).await?;
    let notice = (query.as_deref() == Some("renvoi")).then_some(session.text().sent_again);
    let s = Shell { notice, ..session.shell_for(&account) };
    Ok(session.page(sent(&session, &account, s)))
}

/// `POST /courriel/code`: the code of the mail.
pub async fn answer_code(session: Session, posted: Posted) -> Answer {
    let account = session.account_in(&MAILED).await?;
    let answered = session.app.sign_up.answer_code(account.id, &session.visit.attempt, posted.get("code")).await;
    match answered {
        Ok(_) => onward(session).await,
        Err(error) => mistake(session, error, "code").await,
    }
}

/// `POST /courriel/renvoi`: « Renvoyer le courriel ».
pub async fn resend(session: Session, _: Posted) -> Answer {
    let account = session.account_in(&MAILED).await?;
    match session.app.sign_up.resend(account.id, &session.visit.attempt, session.client).await {
        Ok(_) => {
            session.app.deliver(account.id).await;
            Ok(session.redirect("/courriel/code?renvoi"))
        }
        Err(error) => mistake(session, error, "").await,
    }
}

async fn mistake(session: Session, error: Error, field: &'static str) -> Answer {
    if error.blame() != Blame::User {
        return Err(error.into());
    }
    // A wrong code counts: where the mail stands has changed.
    let account = session.account_in(&MAILED).await?;
    let mut view = sent(&session, &account, session.shell_for(&account));
    let field = if view.state.is_open() { field } else { "" };
    view.s.problems.push(problem(&session, &error, field));
    Ok(session.mistakes(view))
}

/// What the error says, with the numbers that it knows.
pub fn problem(session: &Session, error: &Error, field: &'static str) -> Problem {
    let (t, facts) = (session.text(), error.facts());
    let mut problem = Problem::of(error, field, session.lang);
    if let Some(left) = facts.tries_left.filter(|left| *left > 0) {
        problem.hint += &format!(" {}", t.tries_left.replace("{n}", &left.to_string()));
    }
    if let Some(wait) = facts.retry_after {
        problem.hint = t.again_in.replace("{n}", &wait.as_secs().max(1).to_string());
    }
    problem
}

fn sent(session: &Session, account: &Account, s: Shell) -> Sent {
    waits(session, account.onboarding.challenge(), s, "/courriel")
}

/// The page that waits for the answer to a challenge; `base` is the path of its pages.
pub fn waits(session: &Session, challenge: Option<&Challenge>, s: Shell, base: &'static str) -> Sent {
    let (now, t) = (session.app.now(), session.text());
    let ours = challenge.is_some_and(|challenge| challenge.binding().attempt == session.visit.attempt);
    let state = match challenge.map(|challenge| challenge.status(now)) {
        Some(Status::Expired) => Mail::Late,
        Some(Status::TriesUsedUp) => Mail::Worn,
        Some(Status::SendFailed) => Mail::Unsent,
        _ if !ours => Mail::Other,
        Some(Status::Live { until }) => {
            let (hour, minute) = hour_in_paris(until);
            Mail::Open { until: t.hour.replace("{h}", &hour.to_string()).replace("{m}", &format!("{minute:02}")) }
        }
        _ => Mail::Waiting,
    };
    let address = challenge.map_or("", |challenge| challenge.address().as_typed()).to_owned();
    let again_in = challenge.map_or(0, |challenge| challenge.resend_at().since(now).as_secs());
    Sent { s, address, state, first: base == "/courriel", base, again_in }
}
