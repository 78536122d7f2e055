//! The contractual documents: shown whole, accepted by an unticked box, or refused.

use super::arrival::onward;
use super::{Problem, Shell};
use crate::failure::{Answer, Failure};
use crate::posted::Posted;
use crate::session::Session;
use askama::Template;
use sas_psc::consent::TermsVersion;
use sas_psc::drive::Account;
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
        Some(lang) => Ok(session.page(view(&session, &account, lang, session.shell_for(&account))?)),
        None => Ok(session.page(Invitation {
            s: session.shell_for(&account),
            title: t.terms,
            todo: t.terms_changed,
            read: t.terms_read,
        })),
    }
}

fn view(session: &Session, account: &Account, lang: Lang, s: Shell) -> Result<Terms, Failure> {
    let (policy, now) = (session.app.sign_up.policy(), session.app.now());
    let (terms, here) = (policy.current_terms(lang, now)?, session.lang.tag());
    Ok(Terms {
        s,
        documents: documents(terms),
        version: terms.version().to_owned(),
        bundle: terms.hash().to_string(),
        changed: account.onboarding.settings().is_some(),
        other_language: terms.lang() != here && policy.current_terms(session.lang, now)?.lang() == here,
    })
}

/// `POST /conditions/lire`: shows them, in the language of the page.
pub async fn read(mut session: Session, _: Posted) -> Answer {
    present(&mut session).await?;
    Ok(session.redirect("/conditions"))
}

/// `POST /conditions`: « Valider ».
pub async fn accept(session: Session, posted: Posted) -> Answer {
    let account = session.account_in(&UNANSWERED).await?;
    let (attempt, ticked) = (&session.visit.attempt, posted.get("accept") == "yes");
    let accepted = session.app.sign_up.accept_terms(account.id, attempt, posted.get("bundle"), ticked).await;
    answered(session, accepted).await
}

/// `POST /conditions/refus`: « Refuser ».
pub async fn refuse(session: Session, posted: Posted) -> Answer {
    let account = session.account_in(&UNANSWERED).await?;
    let refused = session.app.sign_up.refuse_terms(account.id, &session.visit.attempt, posted.get("bundle")).await;
    answered(session, refused).await
}

async fn answered(mut session: Session, result: sas_psc::Result<Account>) -> Answer {
    let error = match result {
        Ok(_) => {
            session.set(|visit| visit.terms_shown = None).await?;
            return onward(session).await;
        }
        Err(error) => error,
    };
    // The box is not ticked; or the text on this screen is no longer the one to answer: newer terms, another language
    // or another window since. It is shown as it stands now.
    let code = match error.code() {
        Code::TERMS_NOT_TICKED => Code::TERMS_NOT_TICKED,
        Code::TERMS_CHANGED | Code::TERMS_NOT_CURRENT | Code::CONSENT_OTHER_SESSION | Code::STEP_OUT_OF_ORDER => {
            present(&mut session).await?;
            Code::TERMS_CHANGED
        }
        _ => return Err(error.into()),
    };
    let account = session.account_in(&UNANSWERED).await?;
    let problems = vec![Problem::of_code(code, "accept", session.lang)];
    let s = Shell { problems, ..session.shell_for(&account) };
    let lang = session.visit.terms_shown.unwrap_or(session.lang);
    Ok(session.mistakes(view(&session, &account, lang, s)?))
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
