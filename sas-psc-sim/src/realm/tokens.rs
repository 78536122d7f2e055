//! Introspection (RFC 7662) and revocation (RFC 7009).
//!
//! Introspection answers any registered client, as documented for PSC; a Keycloak left to itself says `active: false`
//! to every client that is not in `aud`, and these access tokens have none.

use super::userinfo::live_access_token;
use super::{Unauthenticated, authenticate, end_session, form};
use crate::lock;
use crate::sim::{Shared, Sim};
use crate::web::{error, json};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

pub(super) async fn introspect(State(sim): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let form = form(&headers, &body);
    // Unlike at the other endpoints, a wrong secret is `invalid_client` too, in other words.
    match authenticate(&sim, &headers, &form) {
        Ok(_) => {}
        Err(Unauthenticated { known: true }) => return error(401, "invalid_client", "Client authentication failed."),
        Err(unknown) => return unknown.answer(),
    }
    let Some(token) = form.get("token") else {
        return error(400, "invalid_request", "Token not provided.");
    };
    let Some(mut claims) = live(&sim, token) else {
        return json(StatusCode::OK, &json!({ "active": false }));
    };
    let id_nat = claims["sub"].as_str().and_then(|sub| sub.splitn(3, ':').last()).unwrap_or("").to_owned();
    if claims["typ"] == "Bearer" {
        claims.insert("SubjectNameID".into(), json!(id_nat));
    }
    claims.insert("client_id".into(), claims["azp"].clone());
    claims.insert("username".into(), json!(id_nat));
    claims.insert("active".into(), json!(true));
    json(StatusCode::OK, &Value::Object(claims))
}

/// The claims of any token of this realm that still works.
fn live(sim: &Sim, token: &str) -> Option<Map<String, Value>> {
    let now = sim.now();
    let claims = lock(&sim.keys).open(token)?;
    if claims["typ"] == "Bearer" {
        return live_access_token(sim, token).ok();
    }
    let world = lock(&sim.world);
    let session = claims["sid"].as_str().and_then(|sid| world.sessions.get(sid))?;
    (session.alive(now) && claims["exp"].as_i64()? > now.unix()).then_some(claims)
}

pub(super) async fn revoke(State(sim): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let form = form(&headers, &body);
    let client = match authenticate(&sim, &headers, &form) {
        Ok(client) => client,
        Err(failed) => return failed.answer(),
    };
    let Some(token) = form.get("token") else {
        return error(400, "invalid_request", "Token not provided");
    };
    revoked(&sim, &client.id, token)
}

fn revoked(sim: &Sim, client: &str, token: &str) -> Response {
    let Some(claims) = lock(&sim.keys).open(token) else {
        return error(200, "invalid_token", "Invalid token");
    };
    if claims["azp"] != *client {
        return error(400, "invalid_request", "Unmatching clients");
    }
    let text = |name: &str| claims[name].as_str().unwrap_or("");
    let mut world = lock(&sim.world);
    match text("typ") {
        "Refresh" => end_session(sim, &mut world, text("sid")),
        "Bearer" => drop(world.revoked.insert(text("jti").to_owned())),
        _ => return error(400, "unsupported_token_type", "Unsupported token type"),
    }
    StatusCode::OK.into_response()
}
