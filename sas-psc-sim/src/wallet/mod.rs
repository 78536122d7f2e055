//! The `wallet` origin: PSC's sign-in pages, where a person shows the CPS card or answers on the e-CPS phone.
//!
//! `/auth` checks the request and either answers at once (single sign-on, `prompt=none`, errors) or opens a sign-in
//! page. Every page changes something only by POST, except `…/suite`, which takes the answer of a phone.

pub(crate) use card::{PIN, card_tries};
mod card;
mod demand;
mod ecps;

pub(crate) use demand::Demand;

use crate::lock;
use crate::pages::{Choice, Notice};
use crate::realm::end_session;
use crate::scenario::Fault;
use crate::sim::{Shared, Sim};
use crate::web::{Fields, cookie, faults, page, see_other};
use crate::world::{AskState, Attempt, Code, Means, Session, World};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{get, post};
use demand::Refusal;
use std::time::Duration;

/// What the browser holds of a session. Cookies do not tell ports apart: the logout page sees it too.
pub(crate) const SESSION_COOKIE: &str = "SIM_PSC_SESSION";

pub(crate) fn router(sim: &Shared) -> Router {
    Router::new()
        .route("/auth", get(authorize).post(authorize_by_form))
        .route("/connexion/{id}", get(choice))
        .route("/connexion/{id}/annuler", post(cancel))
        .route("/connexion/{id}/carte", get(card::page_of_pin).post(card::pin))
        .route("/connexion/{id}/certificat", get(card::page_of_certificates).post(card::certificate))
        .route("/connexion/{id}/e-cps", get(ecps::page_of_number).post(ecps::number))
        .route("/connexion/{id}/attente", get(ecps::waiting))
        .route("/connexion/{id}/etat", get(ecps::state))
        .route("/connexion/{id}/suite", get(ecps::go_on))
        .layer(from_fn_with_state(sim.clone(), faults))
        .with_state(sim.clone())
        .merge(crate::web::assets().with_state(sim.clone()))
}

async fn authorize(State(sim): State<Shared>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    start(&sim, &headers, &Fields::parse(query.unwrap_or_default().as_bytes()))
}

async fn authorize_by_form(State(sim): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    start(&sim, &headers, &Fields::parse(&body))
}

fn start(sim: &Sim, headers: &HeaderMap, fields: &Fields) -> Response {
    let demand = match Demand::parse(sim, fields) {
        Ok(demand) => demand,
        Err(Refusal::Page(text)) => return page(400, &Notice::new("Demande refusée", text)),
        Err(Refusal::Back(answer)) => return answer,
    };
    let now = sim.now();
    let mut world = lock(&sim.world);
    let sid =
        cookie(headers, SESSION_COOKIE).and_then(|cookie| world.session_of_cookie(cookie, now).map(str::to_owned));
    if let Some(sid) = sid.filter(|_| !demand.prompt_login) {
        let fresh = |session: &Session| {
            demand.max_age.is_none_or(|age| now.since(session.auth_time) <= Duration::from_secs(age))
        };
        if world.sessions.get(&sid).is_some_and(fresh) {
            return answer_with_code(sim, &mut world, demand, &sid);
        }
    }
    if demand.prompt_none {
        return demand.answer(sim, &[("error", "login_required")]);
    }
    let id = sim.random.token();
    let page = format!("/connexion/{id}");
    world.attempts.insert(id, Attempt { demand, card: None, ask: None, ended: false });
    see_other(&page)
}

async fn choice(State(sim): State<Shared>, Path(id): Path<String>) -> Response {
    let world = lock(&sim.world);
    match live(&world, &id) {
        Ok(attempt) => page(200, &Choice { id: &id, service: attempt.demand.service(&sim) }),
        Err(gone) => gone,
    }
}

/// The sign-in page in progress, or the page that says it is over.
fn live<'a>(world: &'a World, id: &str) -> Result<&'a Attempt, Response> {
    world.attempts.get(id).filter(|attempt| !attempt.ended).ok_or_else(over)
}

fn over() -> Response {
    let text = "Cette page de connexion n'est plus valable. Retournez au service et recommencez.";
    page(410, &Notice::new("Connexion terminée", text))
}

async fn cancel(State(sim): State<Shared>, Path(id): Path<String>) -> Response {
    let now = sim.now();
    let mut world = lock(&sim.world);
    let Some(attempt) = world.attempts.get_mut(&id).filter(|attempt| !attempt.ended) else {
        return over();
    };
    attempt.ended = true;
    let answer = attempt.demand.answer(&sim, &[("error", "access_denied")]);
    let late = attempt.ask.is_some() && sim.fault(Fault::LateAcceptance).is_some();
    if let Some(ask) = attempt.ask.clone().filter(|_| !late)
        && let Some(ask) = world.ask(&ask)
    {
        ask.settle(AskState::Left, now);
    }
    answer
}

/// The person signed in by `means`: a session, its cookie, and the code on the way back.
fn signed_in(sim: &Sim, world: &mut World, headers: &HeaderMap, id: &str, person: usize, means: Means) -> Response {
    let now = sim.now();
    let Some(attempt) = world.attempts.get_mut(id) else {
        return over();
    };
    attempt.ended = true;
    let demand = attempt.demand.clone();
    let before = cookie(headers, SESSION_COOKIE).and_then(|cookie| world.session_of_cookie(cookie, now));
    let before = before.map(str::to_owned);
    // The same person again keeps the session (prompt=login); somebody else ends it.
    let kept = before.as_ref().and_then(|sid| world.sessions.get_mut(sid)).filter(|session| session.person == person);
    let sid = match (before.clone(), kept) {
        (Some(sid), Some(session)) => {
            (session.means, session.auth_time, session.used) = (means, now, now);
            sid
        }
        (before, _) => {
            before.iter().for_each(|sid| end_session(sim, world, sid));
            let (sid, cookie) = (sim.random.uuid(), Some(sim.random.token()));
            world.sessions.insert(sid.clone(), Session::new(person, means, cookie, now));
            sid
        }
    };
    let cookie = world.sessions.get(&sid).and_then(|session| session.cookie.clone()).unwrap_or_default();
    let mut answer = answer_with_code(sim, world, demand, &sid);
    if let Ok(line) = HeaderValue::from_str(&format!("{SESSION_COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax")) {
        answer.headers_mut().append(header::SET_COOKIE, line);
    }
    answer
}

fn answer_with_code(sim: &Sim, world: &mut World, demand: Demand, sid: &str) -> Response {
    let now = sim.now();
    if let Some(session) = world.sessions.get_mut(sid) {
        session.used = now;
    }
    let code = format!("{}.{sid}.{}", sim.random.uuid(), sim.random.uuid());
    let answer = demand.answer(sim, &[("session_state", sid), ("code", &code)]);
    world.codes.insert(code, Code { demand, sid: sid.to_owned(), issued: now, used: false });
    answer
}
