//! The contractual documents: shown whole, accepted by an unticked box, or refused.

use super::arrival::onward;
use super::{Problem, Shell};
use crate::failure::{Answer, Failure};
use crate::posted::Posted;
use crate::session::Session;
use askama::Template;
use sas_psc::consent::TermsVersion;
use sas_psc::onboarding::State;
use sas_psc::{Code, Lang};

#[derive(Template)]
#[template(path = "terms.html")]
pub struct Terms {
    pub s: Shell,
    pub documents: Vec<Document>,
    pub version: String,
    /// The hash of what is shown: accepting names it.
    pub bundle: String,
    /// Whether an earlier version was accepted before.
    pub changed: bool,
    /// Whether they can be read in the language of the page, and are not.
    pub other_language: bool,
}

/// One document, its text exactly as it is hashed.
pub struct Document {
    pub title: String,
    pub text: String,
    pub lang: String,
}

/// A page that leads to the documents: after a refusal, or when they have not been shown in this visit.
#[derive(Template)]
#[template(path = "refused.html")]
pub struct Invitation {
    pub s: Shell,
    pub title: &'static str,
    pub todo: &'static str,
    pub read: &'static str,
}

const UNANSWERED: [State; 2] = [State::TermsWanted, State::TermsRefused];

pub fn documents(terms: &TermsVersion) -> Vec<Document> {
    let all = terms.documents().iter();
    all.map(|document| Document {
        title: document.title().to_owned(),
        text: String::from_utf8_lossy(document.bytes()).into_owned(),
        lang: terms.lang().to_owned(),
    })
    .collect()
}

/// Keeps that the documents in force are being shown, in the language of the page.
pub async fn present(session: &mut Session) -> Result<(), Failure> {
    let (account, lang) = (session.account_in(&UNANSWERED).await?, session.lang);
    session.app.sign_up.present_terms(account.id, &session.visit.attempt, lang).await?;
    session.set(|visit| visit.terms_shown = Some(lang)).await
}

/// `GET /conditions`
pub async fn show(session: Session) -> Answer {
    let account = session.account_in(&UNANSWERED).await?;
    let t = session.text();
    match session.visit.terms_shown {
        Some(lang) => Ok(session.page(view(&session, lang, session.shell_for(&account)).await?)),
        None => Ok(session.page(Invitation {
            s: session.shell_for(&account),
            title: t.terms,
            todo: t.terms_changed,
            read: t.terms_read,
        })),
    }
}

async fn view(session: &Session, lang: Lang, s: Shell) -> Result<Terms, Failure> {
    let policy = session.app.sign_up.policy();
    let terms = policy.current_terms(lang, session.app.now())?;
    let account = session.account().await?;
    Ok(Terms {
        s,
        documents: documents(terms),
        version: terms.version().to_owned(),
        bundle: terms.hash().to_string(),
        changed: account.onboarding.settings().is_some(),
        other_language: terms.lang() != session.lang.tag()
            && policy.current_terms(session.lang, session.app.now())?.lang() == session.lang.tag(),
    })
}

/// `POST /conditions/lire`: shows them, in the language of the page.
pub async fn read(mut session: Session, _: Posted) -> Answer {
    present(&mut session).await?;
    Ok(session.redirect("/conditions"))
}

/// `POST /conditions`: « Valider ».
pub async fn accept(mut session: Session, posted: Posted) -> Answer {
    let account = session.account_in(&UNANSWERED).await?;
    let (attempt, ticked) = (session.visit.attempt.clone(), posted.get("accept") == "yes");
    match session.app.sign_up.accept_terms(account.id, &attempt, posted.get("bundle"), ticked).await {
        Ok(_) => onward(session).await,
        Err(error) => {
            let t = session.text();
            let problem = match error.code() {
                Code::TERMS_NOT_TICKED => {
                    Problem { field: "accept", message: t.terms_box_missing.into(), hint: t.terms_box_todo.into() }
                }
                Code::TERMS_NOT_CURRENT | Code::TERMS_CHANGED => {
                    present(&mut session).await?;
                    Problem::of(&error, "accept", session.lang)
                }
                _ => return Err(error.into()),
            };
            let lang = session.visit.terms_shown.unwrap_or(session.lang);
            let s = Shell { problems: vec![problem], ..session.shell_for(&account) };
            Ok(session.mistakes(view(&session, lang, s).await?))
        }
    }
}

/// `POST /conditions/refus`: « Refuser ».
pub async fn refuse(session: Session, posted: Posted) -> Answer {
    let account = session.account_in(&UNANSWERED).await?;
    session.app.sign_up.refuse_terms(account.id, &session.visit.attempt, posted.get("bundle")).await?;
    onward(session).await
}

/// `GET /conditions/refus`
pub async fn refused(session: Session) -> Answer {
    let account = session.account_in(&[State::TermsRefused]).await?;
    let t = session.text();
    Ok(session.page(Invitation {
        s: session.shell_for(&account),
        title: t.refused,
        todo: t.refused_todo,
        read: t.refused_again,
    }))
}
