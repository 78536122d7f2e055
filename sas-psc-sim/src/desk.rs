//! The `web` origin: the phone, the mailbox, who the people are, and the control of time and faults.
//!
//! The control is for tests and demonstrations that run in another process than the simulator.

use crate::lock;
use crate::people::Person;
use crate::scenario::Scenario;
use crate::sim::Shared;
use crate::web::{json, page};
use crate::{mail, phone, wallet};
use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::time::Duration;

pub(crate) fn router(sim: &Shared) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/control/time", get(time))
        .route("/control/advance", post(advance))
        .route("/control/scenario", get(scenario).put(set_scenario))
        .merge(phone::pages::router())
        .merge(mail::pages::router())
        .merge(crate::web::assets())
        .with_state(sim.clone())
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    people: &'a [Person],
    pin: &'a str,
    password: &'a str,
}

async fn index(State(sim): State<Shared>) -> Response {
    page(200, &Index { people: &sim.people, pin: wallet::PIN, password: phone::PASSWORD })
}

async fn time(State(sim): State<Shared>) -> Response {
    json(StatusCode::OK, &json!({ "now": sim.now().to_string(), "unix": sim.now().unix() }))
}

/// `{"seconds": 130}`.
async fn advance(State(sim): State<Shared>, body: String) -> Response {
    let seconds = serde_json::from_str::<Value>(&body).ok().and_then(|body| body["seconds"].as_u64());
    match seconds {
        Some(seconds) => {
            sim.clock.advance(Duration::from_secs(seconds));
            time(State(sim)).await
        }
        None => json(StatusCode::BAD_REQUEST, &json!({ "error": "seconds: a whole number" })),
    }
}

async fn scenario(State(sim): State<Shared>) -> Response {
    json(StatusCode::OK, &json!(*lock(&sim.scenario)))
}

async fn set_scenario(State(sim): State<Shared>, body: String) -> Response {
    match Scenario::parse(&body) {
        Ok(rules) => {
            *lock(&sim.scenario) = rules;
            scenario(State(sim)).await
        }
        Err(error) => json(StatusCode::BAD_REQUEST, &json!({ "error": error })),
    }
}
