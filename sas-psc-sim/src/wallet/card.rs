//! The CPS card: its 4-digit code, three tries, then the choice of the certificate.
//!
//! The card "in the reader" is chosen on the page, since there is no reader here and no TLS to ask for a certificate.

use super::{live, over, signed_in};
use crate::lock;
use crate::pages::{Certificates, Notice, Pin};
use crate::people::{Card, Person};
use crate::sim::{Shared, Sim};
use crate::web::{Fields, page, see_other};
use crate::world::{Means, PIN_TRIES, World};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

/// The code of every simulated card.
pub(crate) const PIN: &str = "1234";

pub(super) async fn page_of_pin(State(sim): State<Shared>, Path(id): Path<String>) -> Response {
    match live(&lock(&sim.world), &id) {
        Ok(_) => pin_page(&sim, &id, "", None),
        Err(gone) => gone,
    }
}

fn pin_page(sim: &Sim, id: &str, chosen: &str, problem: Option<String>) -> Response {
    let cards: Vec<&Person> = sim.people.iter().filter(|person| person.card != Card::None).collect();
    page(200, &Pin { id, cards: &cards, chosen, problem })
}

/// Tries left of a card.
pub(crate) fn card_tries(sim: &Sim, world: &World, person: usize) -> u8 {
    let at_start = if sim.people[person].card == Card::Blocked { 0 } else { PIN_TRIES };
    world.pin_tries.get(&person).copied().unwrap_or(at_start)
}

pub(super) async fn pin(State(sim): State<Shared>, Path(id): Path<String>, body: Bytes) -> Response {
    let form = Fields::parse(&body);
    let mut world = lock(&sim.world);
    if let Err(gone) = live(&world, &id) {
        return gone;
    }
    let chosen = form.get("card").unwrap_or("");
    let again = |problem: String| pin_page(&sim, &id, chosen, Some(problem));
    let Some(person) = sim.person(chosen).filter(|at| sim.people[*at].card != Card::None) else {
        return again("Aucune carte dans le lecteur.".into());
    };
    let code = form.get("pin").unwrap_or("");
    if code.len() != 4 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return again("Le code porteur a 4 chiffres.".into());
    }
    let blocked = "Carte bloquée après trois codes faux. Débloquez-la avec son code de déblocage.";
    match (card_tries(&sim, &world, person), code == PIN) {
        (0, _) => again(blocked.into()),
        (_, true) => {
            world.pin_tries.insert(person, PIN_TRIES);
            if let Some(attempt) = world.attempts.get_mut(&id) {
                attempt.card = Some(person);
            }
            see_other(&format!("/connexion/{id}/certificat"))
        }
        (left, false) => {
            let left = left - 1;
            world.pin_tries.insert(person, left);
            again(match left {
                0 => blocked.into(),
                1 => "Code porteur faux. Il vous reste 1 essai.".into(),
                left => format!("Code porteur faux. Il vous reste {left} essais."),
            })
        }
    }
}

pub(super) async fn page_of_certificates(State(sim): State<Shared>, Path(id): Path<String>) -> Response {
    let world = lock(&sim.world);
    match live(&world, &id).map(|attempt| attempt.card) {
        Ok(Some(person)) => page(200, &Certificates { id: &id, person: &sim.people[person], problem: None }),
        Ok(None) => see_other(&format!("/connexion/{id}/carte")),
        Err(gone) => gone,
    }
}

pub(super) async fn certificate(
    State(sim): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut world = lock(&sim.world);
    let Ok(Some(at)) = live(&world, &id).map(|attempt| attempt.card) else {
        return over();
    };
    let person = &sim.people[at];
    if Fields::parse(&body).get("certificate") != Some("cps") {
        let problem = Some("Ce certificat n'est pas celui d'une carte CPS. Choisissez celui qui porte votre nom.");
        return page(200, &Certificates { id: &id, person, problem });
    }
    // As at Keycloak: a page, status 200, no redirect.
    if person.card == Card::Revoked {
        return page(200, &Notice::new("Certificat refusé", "Cette carte a été mise en opposition.").at(&id));
    }
    if !person.enabled {
        return page(200, &Notice::new("Compte désactivé", "Votre compte Pro Santé Connect est désactivé.").at(&id));
    }
    signed_in(&sim, &mut world, &headers, &id, at, Means::Card)
}
