//! The contractual documents: shown whole, accepted by an unticked box, or refused.

use super::arrival::onward;
use super::{Problem, Shell};
use crate::failure::{Answer, Failure};
use crate::posted::Posted;
use crate::session::Session;
use askama::Template;
use sas_psc::Code;
use sas_psc::consent::TermsVersion;
use sas_psc::drive::Account;
use sas_psc::onboarding::State;

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
    /// What changed since what the person accepted, when they did.
    pub difference: Option<String>,
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
pub async fn present(session: &Session) -> Result<&TermsVersion, Failure> {
    let account = session.account_in(&UNANSWERED).await?;
    Ok(session.app.sign_up.present_terms(account.id, &session.visit.attempt, session.lang).await?)
}

/// `GET /conditions`
pub async fn show(session: Session) -> Answer {
    let account = session.account_in(&UNANSWERED).await?;
    let (s, t, policy) = (session.shell_for(&account), session.text(), session.app.sign_up.policy());
    let shown = account.onboarding.terms_shown(&session.visit.attempt);
    match shown.and_then(|shown| policy.terms.with_hash(&shown.hash())) {
        Some(terms) => Ok(session.page(view(&session, &account, terms, s)?)),
        None => Ok(session.page(Invitation { s, title: t.terms, todo: t.terms_changed, read: t.terms_read })),
    }
}

/// What changed since the text that the person accepted last, in the language of the page.
pub fn changed_since(session: &Session, account: &Account) -> Option<String> {
    let (policy, now) = (session.app.sign_up.policy(), session.app.now());
    let changed = account.onboarding.terms_changed(session.lang, policy, now)?;
    Some(changed.to_text(session.lang))
}

/// `POST /conditions/avis`: the person has seen what changed, where no new answer is asked for.
pub async fn noticed(session: Session, _: Posted) -> Answer {
    let account = session.account_in(&[State::Active]).await?;
    // Seen in another window meanwhile: nothing is left to do.
    match session.app.sign_up.terms_noticed(account.id).await {
        Err(error) if error.code() != Code::STEP_OUT_OF_ORDER => Err(error.into()),
        _ => Ok(session.redirect("/compte")),
    }
}

fn view(session: &Session, account: &Account, terms: &TermsVersion, s: Shell) -> Result<Terms, Failure> {
    let in_force = session.app.sign_up.policy().current_terms(session.lang, session.app.now())?;
    Ok(Terms {
        s,
        documents: documents(terms),
        version: terms.version().to_owned(),
        bundle: terms.hash().to_string(),
        difference: changed_since(session, account),
        changed: account.onboarding.settings().is_some(),
        other_language: in_force.lang() == session.lang.tag() && terms.lang() != in_force.lang(),
    })
}

/// `POST /conditions/lire`: shows them, in the language of the page.
pub async fn read(session: Session, _: Posted) -> Answer {
    present(&session).await?;
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

async fn answered(session: Session, result: sas_psc::Result<Account>) -> Answer {
    let (terms, code) = match result {
        Ok(_) => return onward(session).await,
        Err(error) => match error.code() {
            Code::TERMS_NOT_TICKED => (None, Code::TERMS_NOT_TICKED),
            // The text on this screen is no longer the one to answer: newer terms, another language or another window
            // since. It is shown as it stands now.
            Code::TERMS_CHANGED | Code::TERMS_NOT_CURRENT | Code::CONSENT_OTHER_SESSION | Code::STEP_OUT_OF_ORDER => {
                (Some(present(&session).await?), Code::TERMS_CHANGED)
            }
            _ => return Err(error.into()),
        },
    };
    let account = session.account_in(&UNANSWERED).await?;
    let s = Shell { problems: vec![Problem::of_code(code, "accept", session.lang)], ..session.shell_for(&account) };
    let shown = account.onboarding.terms_shown(&session.visit.attempt);
    let shown = || session.app.sign_up.policy().terms.with_hash(&shown?.hash());
    let terms = terms.or_else(shown).ok_or(Failure::Elsewhere("/conditions"))?;
    Ok(session.mistakes(view(&session, &account, terms, s)?))
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
