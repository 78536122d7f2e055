//! Userinfo: who the person is, while the access token lives.
//!
//! A refusal is a 401 with an EMPTY body; the reason stands in `WWW-Authenticate` only, as at Keycloak.

use crate::lock;
use crate::mtls;
use crate::scenario::Fault;
use crate::sim::{Shared, Sim};
use crate::web::{Fields, json};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

pub(super) async fn userinfo(State(sim): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let form = Fields::parse(&body);
    let Some(token) = bearer.or(form.get("access_token")) else {
        return refuse(401, "");
    };
    let claims = match live_access_token(&sim, token) {
        Ok(claims) => claims,
        Err(reason) => return refuse(401, &format!(r#", error="invalid_token", error_description="{reason}""#)),
    };
    if !mtls::fits(&sim, &claims, mtls::certificate(&headers)) {
        return refuse(401, &format!(r#", error="invalid_token", error_description="{}""#, mtls::UNBOUND));
    }
    if !claims["scope"].as_str().unwrap_or("").starts_with("openid") {
        return refuse(403, r#", error="insufficient_scope", error_description="Missing openid scope""#);
    }
    let sid = claims["sid"].as_str().unwrap_or("");
    let (mut who, mode) = {
        let world = lock(&sim.world);
        let Some(session) = world.sessions.get(sid) else {
            return refuse(401, r#", error="invalid_token", error_description="user_session_not_found""#);
        };
        (session.person, session.means.auth_mode())
    };
    if let Some(rule) = sim.fault(Fault::OtherSubject) {
        who = rule.person.and_then(|name| sim.person(&name)).unwrap_or((who + 1) % sim.people.len());
    }
    let person = &sim.people[who];
    let shape = sim.fault(Fault::UserinfoShape).and_then(|rule| rule.shape).unwrap_or(person.shape);
    json(StatusCode::OK, &Value::Object(person.userinfo(shape, mode)))
}

/// The claims of an access token that still works, or why it does not.
pub(super) fn live_access_token(sim: &Sim, token: &str) -> Result<Map<String, Value>, &'static str> {
    let now = sim.now();
    let failed = "Token verification failed";
    let claims = lock(&sim.keys).open(token).filter(|claims| claims["typ"] == "Bearer").ok_or(failed)?;
    if claims["exp"].as_i64().unwrap_or(0) <= now.unix() {
        return Err(failed);
    }
    let world = lock(&sim.world);
    if claims["jti"].as_str().is_some_and(|jti| world.revoked.contains(jti)) {
        return Err(failed);
    }
    let session = claims["sid"].as_str().and_then(|sid| world.sessions.get(sid));
    if session.is_some_and(|session| session.alive(now)) { Ok(claims) } else { Err("user_session_not_found") }
}

fn refuse(status: u16, reason: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::UNAUTHORIZED);
    let challenge = format!(r#"Bearer realm="esante-wallet"{reason}"#);
    let media = "text/plain;charset=utf-8".to_owned();
    (status, [(header::WWW_AUTHENTICATE, challenge), (header::CONTENT_TYPE, media)]).into_response()
}
