//! The home page, the way out to Pro Santé Connect and the way back.

use super::Shell;
use super::arrival;
use crate::failure::{Answer, Failure};
use crate::posted::Posted;
use crate::session::{Away, Session, Stage, Stored};
use askama::Template;
use axum::extract::RawQuery;
use sas_psc::psc::{Authorization, SignInOptions};
use sas_psc::{Code, Error};
use std::time::Duration;

#[derive(Template)]
#[template(path = "home.html")]
pub struct Home {
    pub s: Shell,
}

/// A page that leads to PSC at once; by its button where the browser does not follow.
#[derive(Template)]
#[template(path = "leaving.html")]
pub struct Leaving {
    pub s: Shell,
    pub title: &'static str,
    pub url: String,
}

/// `GET /`
pub async fn show(session: Session, RawQuery(query): RawQuery) -> Answer {
    if let Some(place) = session.place_of_somebody().await? {
        return Ok(session.redirect(place));
    }
    let notice = (query.as_deref() == Some("quitte")).then_some(session.text().wait_quitted);
    Ok(session.page(Home { s: Shell { notice, ..session.shell() } }))
}

/// `POST /connexion`: off to PSC.
pub async fn leave(mut session: Session, _: Posted) -> Answer {
    if let Some(place) = session.place_of_somebody().await? {
        return Ok(session.redirect(place));
    }
    let (pending, url) = session.app.psc.begin(&SignInOptions::default().lang(session.lang)).await?;
    let away = Away { pending: Stored(pending.to_stored()?), since: session.app.now() };
    session.set(|visit| visit.leave(away.clone())).await?;
    Ok(session.page(Leaving { s: session.shell(), title: session.text().leaving, url }))
}

/// `GET /retour`: back from PSC. OAuth makes this a GET, the only one here that acts; it acts once, and only with the
/// `state` that this very visit gave.
pub async fn back(session: Session, RawQuery(query): RawQuery) -> Answer {
    let (app, query) = (session.app.clone(), query.unwrap_or_default());
    // Each tab that left has its own `state`.
    let Stage::AtPsc(tabs) = session.visit.stage.clone() else { return Err(Failure::Elsewhere("/suite")) };
    let mut result = Err(Error::new(Code::AUTHORIZATION_STATE));
    for Away { pending, since } in tabs {
        result = match Authorization::resume(&pending.0, app.now()) {
            Ok(mut pending) => app.psc.finish(&mut pending, &query).await.map(|signed_in| (signed_in, since)),
            Err(error) => Err(error),
        };
        if !matches!(&result, Err(error) if error.code() == Code::AUTHORIZATION_STATE) {
            break;
        }
    }
    let (signed_in, since) = result?;
    // PSC's session lives up to four hours: whoever proved who they are before leaving this site may be somebody else.
    let fresh = signed_in.sign_in.is_fresh(app.now(), app.now().since(since) + Duration::from_secs(5));
    arrival::arrive(session, signed_in, fresh, |stage| matches!(stage, Stage::AtPsc(_))).await
}
