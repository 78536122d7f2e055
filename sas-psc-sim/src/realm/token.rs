//! The token endpoint: authorization code, refresh token, CIBA.
//!
//! A code works once. Used a second time it fails, and the session of the first use ends (RFC 6749 §4.1.2).

use super::mint::{Grant, tokens};
use super::{authenticate, ciba, end_session, form};
use crate::config::Client;
use crate::keys::s256;
use crate::lock;
use crate::mtls;
use crate::sim::{Shared, Sim};
use crate::web::{Fields, error, json};
use crate::world::CODE;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

pub(super) async fn token(State(sim): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let form = form(&headers, &body);
    let Some(grant_type) = form.get("grant_type") else {
        return error(400, "invalid_request", "Missing form parameter: grant_type");
    };
    let client = match authenticate(&sim, &headers, &form) {
        Ok(client) => client,
        Err(failed) => return failed.answer(),
    };
    let certificate = mtls::certificate(&headers);
    let answered = match grant_type {
        "authorization_code" => by_code(&sim, client, certificate, &form),
        "refresh_token" => by_refresh(&sim, client, certificate, &form),
        "urn:openid:params:grant-type:ciba" => ciba::poll(&sim, client, certificate, &form),
        "password" => Err(error(400, "unauthorized_client", "Client not allowed for direct access grants")),
        _ => Err(error(400, "unsupported_grant_type", "Unsupported grant_type")),
    };
    answered.map_or_else(|refused| refused, |tokens| json(StatusCode::OK, &tokens))
}

type Answer = Result<serde_json::Value, Response>;

fn refused(description: &str) -> Response {
    error(400, "invalid_grant", description)
}

fn by_code(sim: &Sim, client: &Client, certificate: Option<&str>, form: &Fields) -> Answer {
    let code = form.get("code").ok_or_else(|| error(400, "invalid_request", "Missing parameter: code"))?;
    let now = sim.now();
    let mut world = lock(&sim.world);
    let world = &mut *world;
    let Some(known) = world.codes.get_mut(code) else {
        return Err(refused("Code not valid"));
    };
    if std::mem::replace(&mut known.used, true) {
        let sid = known.sid.clone();
        end_session(sim, world, &sid);
        return Err(refused("Code not valid"));
    }
    if now.since(known.issued) >= CODE {
        return Err(refused("Code not valid"));
    }
    let demand = &known.demand;
    if form.get("redirect_uri") != Some(&demand.redirect_uri) {
        return Err(refused("Incorrect redirect_uri"));
    }
    if demand.client != client.id {
        return Err(refused("Auth error"));
    }
    check_pkce(demand.challenge.as_ref(), form.get("code_verifier"))?;
    let session = world.sessions.get_mut(&known.sid).filter(|session| session.alive(now));
    let session = session.ok_or_else(|| refused("Session not active"))?;
    let nonce = demand.nonce.as_deref();
    let grant = Grant { client: &client.id, sid: &known.sid, scope: &demand.scope, nonce, certificate };
    Ok(tokens(sim, &grant, session, now))
}

/// The verifier against what the authorization said (RFC 7636 §4.6).
fn check_pkce(challenge: Option<&(String, String)>, verifier: Option<&str>) -> Result<(), Response> {
    let (method, challenge) = match (challenge, verifier) {
        (None, None) => return Ok(()),
        (None, Some(_)) => {
            return Err(refused("PKCE code verifier specified but challenge not present in authorization"));
        }
        (Some(_), None) => return Err(refused("PKCE code verifier not specified")),
        (Some((method, challenge)), Some(_)) => (method, challenge),
    };
    let verifier = verifier.unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if !(43..=128).contains(&verifier.len()) || !verifier.chars().all(allowed) {
        return Err(refused("PKCE verification failed: Invalid code verifier"));
    }
    let computed = if method == "S256" { s256(verifier) } else { verifier.to_owned() };
    if computed == *challenge { Ok(()) } else { Err(refused("PKCE verification failed: Code mismatch")) }
}

fn by_refresh(sim: &Sim, client: &Client, certificate: Option<&str>, form: &Fields) -> Answer {
    let token = form.get("refresh_token").ok_or_else(|| error(400, "invalid_request", "No refresh token"))?;
    let now = sim.now();
    let claims = lock(&sim.keys).open(token).filter(|claims| claims["typ"] == "Refresh");
    let claims = claims.ok_or_else(|| refused("Invalid refresh token"))?;
    if claims["azp"] != *client.id {
        return Err(refused("Invalid refresh token. Token client and authorized client don't match"));
    }
    if claims["exp"].as_i64().unwrap_or(0) <= now.unix() {
        return Err(refused("Token is not active"));
    }
    if !mtls::fits(sim, &claims, certificate) {
        return Err(error(400, "unauthorized_client", mtls::UNBOUND));
    }
    let (sid, scope) = (claims["sid"].as_str().unwrap_or(""), claims["scope"].as_str().unwrap_or(""));
    let mut world = lock(&sim.world);
    let session = world.sessions.get_mut(sid).filter(|session| session.alive(now));
    let session = session.ok_or_else(|| refused("Session not active"))?;
    // Not rotated by force: the old refresh token goes on working, as observed.
    Ok(tokens(sim, &Grant { client: &client.id, sid, scope, nonce: None, certificate }, session, now))
}
