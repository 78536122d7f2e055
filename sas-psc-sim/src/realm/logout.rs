//! The end of a session at PSC (OpenID Connect RP-Initiated Logout 1.0).
//!
//! With `id_token_hint`, expired or not, cookie or not, the session ends and the browser goes on at once. Without it a
//! person is asked. Not done: back-channel logout towards the other services.

use super::{authenticate, form};
use crate::lock;
use crate::pages::{Confirm, Notice};
use crate::sim::{Shared, Sim};
use crate::wallet::SESSION_COOKIE;
use crate::web::{Fields, cookie, error, page, redirect};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

pub(super) async fn by_browser(State(sim): State<Shared>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    end(&sim, &headers, &Fields::parse(query.unwrap_or_default().as_bytes()))
}

pub(super) async fn by_form(State(sim): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let form = form(&headers, &body);
    match form.get("refresh_token") {
        Some(token) => by_refresh_token(&sim, &headers, &form, token),
        None => end(&sim, &headers, &form),
    }
}

/// Keycloak's own way for a back end: 204, also when nothing is left to end.
fn by_refresh_token(sim: &Sim, headers: &HeaderMap, form: &Fields, token: &str) -> Response {
    let client = match authenticate(sim, headers, form) {
        Ok(client) => client,
        Err(failed) => return failed.answer(),
    };
    // Let go of before the world is taken: a token is made with both, in the other order.
    let opened = lock(&sim.keys).open(token);
    match opened {
        Some(claims) if claims["typ"] == "Refresh" && claims["azp"] == *client.id => {
            lock(&sim.world).end_session(claims["sid"].as_str().unwrap_or(""));
            StatusCode::NO_CONTENT.into_response()
        }
        _ => error(400, "invalid_grant", "Invalid refresh token"),
    }
}

fn end(sim: &Sim, headers: &HeaderMap, fields: &Fields) -> Response {
    let bad = |text: &'static str| page(400, &Notice::new("Déconnexion impossible", text));
    let hint = match fields.get("id_token_hint").map(|token| lock(&sim.keys).open(token)) {
        None => None,
        Some(Some(claims)) if claims["typ"] == "ID" => Some(claims),
        Some(_) => return bad("Paramètre invalide : id_token_hint"),
    };
    let hinted = hint.as_ref().and_then(|claims| claims["aud"].as_str());
    if let (Some(hinted), Some(asked)) = (hinted, fields.get("client_id"))
        && hinted != asked
    {
        return bad("Paramètre invalide : client_id");
    }
    let client = match hinted.or(fields.get("client_id")).map(|id| sim.client(id)) {
        Some(None) => return bad("Service inconnu"),
        Some(Some(client)) => Some(client),
        None => None,
    };
    let back = match (fields.get("post_logout_redirect_uri"), client) {
        (None, _) => None,
        (Some(uri), Some(client)) if client.accepts(uri) => Some(uri),
        (Some(_), Some(_)) => return bad("Adresse de retour invalide"),
        (Some(_), None) => return bad("Paramètre manquant : id_token_hint"),
    };
    let mut world = lock(&sim.world);
    let held = cookie(headers, SESSION_COOKIE).and_then(|cookie| world.session_of_cookie(cookie, sim.now()));
    let held = held.map(str::to_owned);
    // Asked only when there is something to end, and, without any word of a service, always.
    if hint.is_none() && fields.get("confirmed").is_none() && (held.is_some() || client.is_none() || back.is_none()) {
        let field = |name: &'static str| fields.get(name).map(|value| (name, value));
        let kept = ["client_id", "post_logout_redirect_uri", "state"].into_iter().filter_map(field).collect();
        return page(200, &Confirm { kept });
    }
    let sid = hint.as_ref().and_then(|claims| claims["sid"].as_str()).map(str::to_owned);
    if let Some(sid) = sid.or(held) {
        world.end_session(&sid);
    }
    let Some(mut back) = back.and_then(|back| url::Url::parse(back).ok()) else {
        return page(200, &Notice::new("Session fermée", "Vous êtes déconnecté de Pro Santé Connect."));
    };
    if let Some(state) = fields.get("state") {
        back.query_pairs_mut().append_pair("state", state);
    }
    redirect(StatusCode::FOUND, back.as_str())
}
