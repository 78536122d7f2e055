//! The phone as pages (`/phone`) and as JSON (`/phone/api`), on the `web` origin.

use super::{Outcome, PASSWORD, PhoneRequest, choose, leave, pending, state, unlock};
use crate::people::Person;
use crate::sim::Shared;
use crate::web::{Fields, json, not_found, page, see_other};
use crate::world::AskState;
use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

pub(crate) fn router() -> Router<Shared> {
    Router::new()
        .route("/phone", get(everybody))
        .route("/phone/{person}", get(screen))
        .route("/phone/{person}/mot-de-passe", post(password))
        .route("/phone/{person}/choix", post(choice))
        .route("/phone/{person}/quitter", post(quit))
        .route("/phone/{person}/resultat/{ask}", get(result))
        .route("/phone/api/pending", get(api_pending))
        .route("/phone/api/pending/{ask}/approve", post(api_approve))
        .route("/phone/api/pending/{ask}/deny", post(api_deny))
}

#[derive(Template)]
#[template(path = "phones.html")]
struct Phones<'a> {
    /// Each person with the number of requests waiting.
    people: Vec<(&'a Person, usize)>,
}

async fn everybody(State(sim): State<Shared>) -> Response {
    let waiting = pending(&sim, None);
    let count = |person: &Person| waiting.iter().filter(|request| request.person == person.key).count();
    let people = sim.people.iter().filter(|person| person.ecps).map(|person| (person, count(person))).collect();
    page(200, &Phones { people })
}

#[derive(Template)]
#[template(path = "phone.html")]
struct Screen<'a> {
    person: &'a Person,
    request: Option<PhoneRequest>,
    problem: Option<&'a str>,
}

fn show(sim: &Shared, key: &str, problem: Option<&str>) -> Response {
    match sim.person(key) {
        Some(at) => {
            let request = pending(sim, Some(at)).into_iter().next();
            page(200, &Screen { person: &sim.people[at], request, problem })
        }
        None => not_found(),
    }
}

async fn screen(State(sim): State<Shared>, Path(person): Path<String>) -> Response {
    show(&sim, &person, None)
}

async fn password(State(sim): State<Shared>, Path(person): Path<String>, body: Bytes) -> Response {
    let form = Fields::parse(&body);
    if form.get("password") != Some(PASSWORD) {
        return show(&sim, &person, Some("Mot de passe faux."));
    }
    unlock(&sim, form.get("ask").unwrap_or(""));
    see_other(&format!("/phone/{person}"))
}

async fn choice(State(sim): State<Shared>, Path(person): Path<String>, body: Bytes) -> Response {
    let form = Fields::parse(&body);
    let ask = form.get("ask").unwrap_or("");
    match choose(&sim, ask, form.get("number").unwrap_or("")) {
        Outcome::WrongPin => show(&sim, &person, Some("Code porteur faux.")),
        _ => see_other(&format!("/phone/{person}/resultat/{ask}")),
    }
}

async fn quit(State(sim): State<Shared>, Path(person): Path<String>, body: Bytes) -> Response {
    let form = Fields::parse(&body);
    let ask = form.get("ask").unwrap_or("");
    leave(&sim, ask);
    see_other(&format!("/phone/{person}/resultat/{ask}"))
}

#[derive(Template)]
#[template(path = "phone_result.html")]
struct Done<'a> {
    person: &'a str,
    title: &'a str,
    text: String,
}

async fn result(State(sim): State<Shared>, Path((person, ask)): Path<(String, String)>) -> Response {
    let Some((state, service)) = state(&sim, &ask) else {
        return not_found();
    };
    let (title, text) = match state {
        AskState::Approved => ("Authentification réussie.", format!("Vous êtes à présent authentifié sur {service}")),
        AskState::Refused => ("Authentification refusée.", "Rien n'a été transmis au service.".to_owned()),
        AskState::Left => ("Demande abandonnée.", "La demande a été quittée sur l'autre écran.".to_owned()),
        AskState::Expired => ("Délai écoulé.", "Recommencez depuis le service.".to_owned()),
        AskState::Waiting => return see_other(&format!("/phone/{person}")),
    };
    page(200, &Done { person: &person, title, text })
}

async fn api_pending(State(sim): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let person = match fields.get("person").map(|name| sim.person(name)) {
        Some(None) => return not_found(),
        Some(at) => at,
        None => None,
    };
    // As on the screen: which number is the right one is not told.
    let shown = pending(&sim, person).into_iter().map(|request| {
        json!({
            "id": request.id, "person": request.person, "service": request.service, "channel": request.channel,
            "numbers": request.numbers, "seconds": request.seconds,
        })
    });
    json(StatusCode::OK, &Value::Array(shown.collect()))
}

/// `{"number": "07"}`, or `{"pin": "1234"}` on the card channel.
async fn api_approve(State(sim): State<Shared>, Path(ask): Path<String>, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let answer = body["number"].as_str().or(body["pin"].as_str()).unwrap_or("");
    match choose(&sim, &ask, answer) {
        Outcome::Approved => json(StatusCode::OK, &json!({ "state": "approved" })),
        Outcome::Refused => json(StatusCode::CONFLICT, &json!({ "state": "refused" })),
        Outcome::WrongPin => json(StatusCode::CONFLICT, &json!({ "state": "waiting" })),
        Outcome::Over => json(StatusCode::GONE, &json!({ "state": "over" })),
    }
}

async fn api_deny(State(sim): State<Shared>, Path(ask): Path<String>) -> Response {
    match leave(&sim, &ask) {
        true => json(StatusCode::OK, &json!({ "state": "refused" })),
        false => json(StatusCode::GONE, &json!({ "state": "over" })),
    }
}
