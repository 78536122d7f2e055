//! What follows a sign-in: who came back, who may not open an account, which places of activity; and the way out.

use super::home::Leaving;
use super::message::Message;
use super::{Problem, Shell, Who};
use crate::failure::{Answer, Failure};
use crate::posted::Posted;
use crate::session::{Session, Stage, Stored};
use crate::text::spaced;
use askama::Template;
use axum::extract::RawQuery;
use sas_psc::Code;
use sas_psc::onboarding::State;
use sas_psc::psc::{SignedIn, TokenSet};

#[derive(Template)]
#[template(path = "came_back.html")]
pub struct CameBack {
    pub s: Shell,
    pub who: Who,
}

#[derive(Template)]
#[template(path = "ineligible.html")]
pub struct Ineligible {
    pub s: Shell,
    pub why: String,
    /// The role to ask for, and whom.
    pub ask_for: String,
}

#[derive(Template)]
#[template(path = "taken.html")]
pub struct Taken {
    pub s: Shell,
    pub contact: Option<String>,
}

#[derive(Template)]
#[template(path = "places.html")]
pub struct Places {
    pub s: Shell,
    pub places: Vec<Place>,
}

/// A place of activity, as a box to tick.
pub struct Place {
    pub id: String,
    pub name: String,
    pub address: String,
    pub ticked: bool,
}

/// What a person is told who may not go on: a page of its own, for they are signed in all the same.
const TURNED_AWAY: [Code; 5] = [
    Code::ELIGIBILITY_STRUCTURE_STAFF,
    Code::ELIGIBILITY_PRACTICE_STAFF,
    Code::ELIGIBILITY_UNKNOWN_IDENTITY,
    Code::NUMBER_CLAIMED_TWICE,
    Code::STORE_IDENTITY_TAKEN,
];

/// Receives a person whom PSC vouches for, in a new visit, if the visit still waits for them. `confirmed`: no need to ask
/// whether it is them.
pub async fn arrive(
    mut session: Session,
    signed_in: SignedIn,
    confirmed: bool,
    still: impl FnOnce(&Stage) -> bool,
) -> Answer {
    let tokens = Stored(signed_in.tokens.to_stored()?);
    let stage = match session.app.sign_up.welcome(&signed_in.sign_in).await {
        Ok(account) => {
            match session.app.lives.signed_in(account.id).await {
                // Its page offers to open it again.
                Err(error) if error.code() == Code::ACCOUNT_CLOSED => {}
                noted => drop(noted?),
            }
            let before = session.app.accounts_of_before(&signed_in.sign_in).await?;
            Stage::SignedIn { account: account.id, tokens, confirmed, before }
        }
        Err(error) if TURNED_AWAY.contains(&error.code()) => Stage::TurnedAway { code: error.code().number(), tokens },
        Err(error) => return Err(error.into()),
    };
    session.renew_from(still, stage).await?;
    // The new cookie must reach the browser whatever comes next.
    Ok(match onward(session.clone()).await {
        Ok(response) => response,
        Err(_) => session.redirect("/suite"),
    })
}

/// After a step: on to the page of the next one. Terms that come next count as shown from here on, since the page that
/// shows them, a GET, changes nothing.
pub async fn onward(session: Session) -> Answer {
    let place = session.place().await?;
    if place == "/conditions" {
        super::terms::present(&session).await?;
    }
    Ok(session.redirect(place))
}

/// `GET /suite`: where the journey stands.
pub async fn place(session: Session) -> Answer {
    Ok(session.redirect(session.place().await?))
}

/// `GET /ou`: the same as text, for the script of a page that waits.
pub async fn place_as_text(session: Session) -> Result<&'static str, Failure> {
    session.place().await
}

/// `GET /retrouvailles`
pub async fn show_came_back(session: Session) -> Answer {
    let Stage::SignedIn { account, confirmed: false, .. } = session.visit.stage else {
        return Err(Failure::Elsewhere("/suite"));
    };
    let account = session.app.sign_up.account(account).await?;
    Ok(session.page(CameBack { s: session.shell(), who: Who::of(account.onboarding.person()) }))
}

/// `POST /retrouvailles`: « Continuer ».
pub async fn confirm(mut session: Session, _: Posted) -> Answer {
    session
        .set(|visit| {
            if let Stage::SignedIn { confirmed, .. } = &mut visit.stage {
                *confirmed = true;
            }
        })
        .await?;
    onward(session).await
}

/// `GET /sans-compte`
pub async fn show_turned_away(session: Session) -> Answer {
    let Stage::TurnedAway { code, .. } = session.visit.stage else { return Err(Failure::Elsewhere("/suite")) };
    let s = session.shell();
    Ok(match Code::from_number(code) {
        Some(code) if code != Code::STORE_IDENTITY_TAKEN => session.page(Ineligible {
            s,
            why: spaced(code.message(session.lang)),
            ask_for: spaced(code.hint(session.lang)),
        }),
        _ => session.page(Taken { s, contact: session.app.settings.contact.clone() }),
    })
}

/// `GET /lieux`
pub async fn show_places(session: Session) -> Answer {
    let account = session.account_in(&[State::PlacesWanted]).await?;
    Ok(session.page(Places { s: session.shell_for(&account), places: all_places(&account.onboarding, &[]) }))
}

/// `POST /lieux`
pub async fn choose_places(session: Session, posted: Posted) -> Answer {
    let account = session.account_in(&[State::PlacesWanted]).await?;
    let ticked: Vec<usize> = posted.all("places").filter_map(|rank| rank.parse().ok()).collect();
    match session.app.sign_up.choose_places(account.id, &ticked).await {
        Ok(_) => onward(session).await,
        Err(error) if error.code() == Code::PLACES_UNKNOWN => {
            let t = session.text();
            let problem = Problem { field: "places", message: t.places_none.into(), hint: t.places_none_todo.into() };
            let s = Shell { problems: vec![problem], ..session.shell_for(&account) };
            Ok(session.mistakes(Places { s, places: all_places(&account.onboarding, &ticked) }))
        }
        Err(error) => Err(error.into()),
    }
}

fn all_places(onboarding: &sas_psc::onboarding::Onboarding, ticked: &[usize]) -> Vec<Place> {
    let all = onboarding.person().activities().enumerate();
    all.map(|(rank, activity)| Place {
        id: rank.to_string(),
        name: activity.label(),
        address: activity.street.clone(),
        ticked: ticked.contains(&rank),
    })
    .collect()
}

/// `POST /deconnexion`: « Se déconnecter » and « Ce n'est pas moi » end both sessions.
pub async fn sign_out(session: Session, _: Posted) -> Answer {
    end(session, None).await
}

/// What PSC sends back with a person whose account was erased.
pub const ERASED: &str = "efface";

/// Ends both sessions, ours first; `state` comes back with the person.
pub async fn end(mut session: Session, state: Option<&str>) -> Answer {
    let tokens = match &session.visit.stage {
        Stage::SignedIn { tokens, .. } | Stage::TurnedAway { tokens, .. } => TokenSet::resume(&tokens.0).ok(),
        _ => None,
    };
    session.renew(Stage::Nobody).await?;
    let app = &session.app;
    let home = app.settings.base_url.clone() + "/deconnecte";
    // When PSC cannot be reached, our own session is over all the same.
    let url = match tokens {
        Some(tokens) => app.psc.logout_url(&tokens, Some(&home), state).await.ok(),
        None => None,
    };
    Ok(match url {
        Some(url) => session.page(Leaving { s: session.shell(), title: session.text().signing_out, url }),
        None => match state {
            Some(state) => session.redirect(&format!("/deconnecte?state={state}")),
            None => session.redirect("/deconnecte"),
        },
    })
}

/// `GET /deconnecte`
pub async fn signed_out(session: Session, RawQuery(query): RawQuery) -> Answer {
    let t = session.text();
    let erased = query.is_some_and(|query| query.split('&').any(|pair| pair == format!("state={ERASED}")));
    let (title, todo, next_text) = match erased {
        true => (t.erased, t.erased_todo, t.home),
        false => (t.signed_out, t.signed_out_todo, t.sign_in_again),
    };
    Ok(session.page(Message { s: session.shell(), title, todo: todo.into(), next: "/", next_text, code: "" }))
}
