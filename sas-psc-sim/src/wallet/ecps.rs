//! The e-CPS: the RPPS, two digits on this screen, and the answer that comes from the phone.

use super::{live, over, signed_in};
use crate::lock;
use crate::pages::{Notice, Rpps, Waiting};
use crate::scenario::Fault;
use crate::sim::{Shared, Sim};
use crate::web::{Fields, json, page, see_other};
use crate::world::{Ask, AskState, Means};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

pub(super) async fn page_of_number(State(sim): State<Shared>, Path(id): Path<String>) -> Response {
    match live(&lock(&sim.world), &id) {
        Ok(_) => page(200, &Rpps { id: &id, typed: "", problem: None }),
        Err(gone) => gone,
    }
}

pub(super) async fn number(State(sim): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let form = Fields::parse(&body);
    let typed = form.get("rpps").unwrap_or("").trim();
    let again = |problem| page(200, &Rpps { id: &id, typed, problem: Some(problem) });
    let mut world = lock(&sim.world);
    let service = match live(&world, &id) {
        Ok(attempt) => attempt.demand.service(&sim).to_owned(),
        Err(gone) => return gone,
    };
    let Some(person) = sim.holder(typed) else {
        return again("Ce numéro n'est pas celui d'un professionnel connu. Un numéro RPPS a 11 chiffres.");
    };
    if !sim.people[person].enabled {
        return again("Votre compte Pro Santé Connect est désactivé.");
    }
    if !sim.people[person].ecps {
        return again("Aucune e-CPS active pour ce numéro. Activez-la, ou connectez-vous avec votre carte CPS.");
    }
    let right = format!("{:02}", sim.random.below(100));
    let now = sim.now();
    let mut ask = Ask::new(person, Means::Mobile, &service, Some(&right), now);
    ask.numbers = sim.random.three_numbers(&right);
    ask.silent = sim.fault(Fault::PhoneSilent).is_some();
    let ask_id = sim.random.uuid();
    world.asks.push((ask_id.clone(), ask));
    let before = world.attempts.get_mut(&id).and_then(|attempt| attempt.ask.replace(ask_id));
    if let Some(before) = before.and_then(|before| world.ask(&before)) {
        before.settle(AskState::Left, now);
    }
    see_other(&format!("/connexion/{id}/attente"))
}

/// The request on the phone that a sign-in page waits for.
fn ask_of(sim: &Sim, id: &str) -> Result<Ask, Response> {
    let mut world = lock(&sim.world);
    let ask = live(&world, id)?.ask.clone();
    ask.and_then(|ask| world.ask(&ask).cloned()).ok_or_else(|| see_other(&format!("/connexion/{id}/e-cps")))
}

pub(super) async fn waiting(State(sim): State<Shared>, Path(id): Path<String>) -> Response {
    let ask = match ask_of(&sim, &id) {
        Ok(ask) => ask,
        Err(elsewhere) => return elsewhere,
    };
    let now = sim.now();
    match ask.state_at(now) {
        AskState::Waiting => {
            let number = ask.right.as_deref().unwrap_or("");
            page(200, &Waiting { id: &id, number, seconds: ask.ends.since(now).as_secs() })
        }
        AskState::Approved => see_other(&format!("/connexion/{id}/suite")),
        AskState::Expired => {
            let text = "Le délai de 120 secondes est écoulé. Recommencez, avec votre téléphone à la main.";
            page(200, &Notice::new("Délai écoulé", text).at(&id))
        }
        AskState::Refused | AskState::Left => {
            let text = "La demande a été refusée sur le téléphone, ou le code choisi n'était pas le bon.";
            page(200, &Notice::new("Authentification refusée", text).at(&id))
        }
    }
}

/// What the script of the waiting page asks each second.
pub(super) async fn state(State(sim): State<Shared>, Path(id): Path<String>) -> Response {
    let now = sim.now();
    let (waits, seconds) = match ask_of(&sim, &id) {
        Ok(ask) => (ask.state_at(now) == AskState::Waiting, ask.ends.since(now).as_secs()),
        Err(_) => (false, 0),
    };
    json(StatusCode::OK, &serde_json::json!({ "waiting": waits, "seconds": seconds }))
}

/// The phone accepted: back to the service with a code. A page that was left goes on only in the scenario that says so.
pub(super) async fn go_on(State(sim): State<Shared>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let now = sim.now();
    let mut world = lock(&sim.world);
    let Some(ask_id) = world.attempts.get_mut(&id).and_then(|attempt| attempt.ask.clone()) else {
        return over();
    };
    match world.ask(&ask_id).map(|ask| (ask.state_at(now), ask.person)) {
        Some((AskState::Approved, person)) => {
            // Once only: the request is spent with the code it gave.
            if let Some(attempt) = world.attempts.get_mut(&id) {
                attempt.ask = None;
            }
            signed_in(&sim, &mut world, &headers, &id, person, Means::Mobile)
        }
        _ => see_other(&format!("/connexion/{id}/attente")),
    }
}
