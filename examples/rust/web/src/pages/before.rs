//! The accounts that a person had before: the one that was found for them, or the choice among several.

use super::{Problem, Shell, arrival};
use crate::failure::{Answer, Failure};
use crate::posted::Posted;
use crate::session::{Before, Session, Stage};
use askama::Template;
use sas_psc::Blame;
use sas_psc::onboarding::link::{Decider, LocalAccount};

#[derive(Template)]
#[template(path = "found.html")]
pub struct Found {
    pub s: Shell,
    /// The account of before, by its name there.
    pub account: String,
}

#[derive(Template)]
#[template(path = "several.html")]
pub struct Several {
    pub s: Shell,
    /// The accounts of before, by their names there.
    pub accounts: Vec<String>,
    pub contact: Option<String>,
}

impl Several {
    fn of(session: &Session, s: Shell, accounts: &[LocalAccount]) -> Several {
        let accounts = accounts.iter().map(|account| account.as_str().to_owned()).collect();
        Several { s, accounts, contact: session.app.settings.contact.clone() }
    }
}

fn said_of(session: &Session) -> Result<Before, Failure> {
    match &session.visit.stage {
        Stage::SignedIn { before, .. } if *before != Before::Nothing => Ok(before.clone()),
        _ => Err(Failure::Elsewhere("/suite")),
    }
}

/// `GET /compte-retrouve`
pub async fn show(session: Session) -> Answer {
    let account = session.account_even_closed().await?;
    let s = session.shell_for(&account);
    Ok(match said_of(&session)? {
        Before::Several(accounts) => session.page(Several::of(&session, s, &accounts)),
        Before::Linked(account) => session.page(Found { account: account.as_str().to_owned(), s }),
        Before::Nothing => session.redirect("/suite"),
    })
}

/// `POST /compte-retrouve`: it is theirs, or not; or which of them is. Who decides later is asked at their next sign-in.
pub async fn answer(mut session: Session, posted: Posted) -> Answer {
    let account = session.account_even_closed().await?;
    match said_of(&session)? {
        Before::Linked(found) if posted.get("mine") == "no" => {
            session.app.links.undo(&found, Decider::Holder).await?;
        }
        Before::Several(accounts) if posted.get("later").is_empty() => {
            let chosen = accounts.iter().find(|one| one.as_str() == posted.get("account"));
            let problem = match chosen {
                None => {
                    let t = session.text();
                    Some(Problem { field: "account", message: t.several_none.into(), hint: t.several_none_todo.into() })
                }
                Some(chosen) => match session.app.links.choose(&account.onboarding, chosen).await {
                    Ok(()) => None,
                    Err(error) if error.blame() == Blame::User => Some(Problem::of(&error, "account", session.lang)),
                    Err(error) => return Err(error.into()),
                },
            };
            if let Some(problem) = problem {
                let s = Shell { problems: vec![problem], ..session.shell_for(&account) };
                return Ok(session.mistakes(Several::of(&session, s, &accounts)));
            }
        }
        _ => {}
    }
    session
        .set(|visit| {
            if let Stage::SignedIn { before, .. } = &mut visit.stage {
                *before = Before::Nothing;
            }
        })
        .await?;
    arrival::onward(session).await
}
