//! The active account.

use super::Shell;
use crate::failure::Answer;
use crate::session::Session;
use askama::Template;
use axum::extract::RawQuery;
use sas_psc::email::Address;
use sas_psc::onboarding::State;
use sas_psc::participation::{Label, Via};

#[derive(Template)]
#[template(path = "account.html")]
pub struct Account {
    pub s: Shell,
    pub email: String,
    pub places: Vec<String>,
    pub participation: String,
    /// Terms that changed in minor points have to be told; what changed, when there is a text of it.
    pub notice: bool,
    pub difference: Option<String>,
}

/// `GET /compte`
pub async fn show(session: Session, RawQuery(query): RawQuery) -> Answer {
    let account = session.account_in(&[State::Active]).await?;
    let notice = match query.as_deref() {
        Some("adresse-changee") => Some(session.text().address_changed),
        Some("adresse-gardee") => Some(session.text().address_kept),
        _ => None,
    };
    let settings = account.onboarding.settings().map(|valid| valid.settings());
    let via = settings.filter(|s| s.participation_sas).and_then(|s| s.participation_sas_via).and_then(Via::label);
    let participation = match via {
        Some(via) => format!("{}, {}", Label::Participate.text(session.lang), via.text(session.lang)),
        None => session.text().not_participating.to_owned(),
    };
    let (policy, now) = (session.app.sign_up.policy(), session.app.now());
    let told = account.onboarding.terms_notice(session.lang, policy, now);
    Ok(session.page(Account {
        email: account.onboarding.proven_address().map_or("", Address::as_typed).to_owned(),
        places: account.onboarding.places().into_iter().map(|place| place.label()).collect(),
        participation,
        notice: told.is_some(),
        difference: told.and_then(|_| super::terms::changed_since(&session, &account)),
        s: Shell { notice, ..session.shell_for(&account) },
    }))
}
