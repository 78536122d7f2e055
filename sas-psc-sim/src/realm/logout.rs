//! The end of a session at PSC (OpenID Connect RP-Initiated Logout 1.0).
//!
//! With `id_token_hint`, expired or not, cookie or not, the session ends and the browser goes on at once. Without it a
//! person is asked. Every service that has tokens of a session is told of its end, where it registered an address for it
//! (OpenID Connect Back-Channel Logout 1.0); once, whatever it answers.

use super::{authenticate, form};
use crate::lock;
use crate::pages::{Confirm, Notice};
use crate::people::object;
use crate::sim::{Shared, Sim};
use crate::wallet::SESSION_COOKIE;
use crate::web::{Fields, cookie, error, page, redirect};
use crate::world::World;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const TOLD_WITHIN: Duration = Duration::from_secs(5);

/// Ends a session, and tells the services.
pub(crate) fn end_session(sim: &Sim, world: &mut World, sid: &str) {
    let Some(session) = world.end_session(sid) else { return };
    let (sub, now) = (sim.people[session.person].sub(), sim.now().unix());
    let told = sim.clients.iter().filter(|client| session.services.contains(&client.id));
    for (client, address) in told.filter_map(|client| Some((client, client.backchannel_logout.clone()?))) {
        let claims = json!({
            "iss": sim.issuer(), "aud": client.id, "iat": now, "exp": now + 120, "typ": "Logout",
            "jti": sim.random.uuid(), "sub": sub, "sid": sid,
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        });
        let token = lock(&sim.keys).sign_as(&object(claims), "logout+jwt");
        tokio::spawn(async move { tokio::time::timeout(TOLD_WITHIN, post(address, token)).await });
    }
}

async fn post(address: String, token: String) -> io::Result<()> {
    let refused = || io::Error::from(io::ErrorKind::InvalidInput);
    let url = url::Url::parse(&address).map_err(|_| refused())?;
    let host = url.host_str().filter(|host| ["127.0.0.1", "localhost", "[::1]"].contains(host)).ok_or_else(refused)?;
    let port = url.port_or_known_default().filter(|_| url.scheme() == "http").ok_or_else(refused)?;
    let mut stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
    // The characters of a token stand for themselves in a form.
    let (body, path) = (format!("logout_token={token}"), &url[url::Position::BeforePath..url::Position::AfterQuery]);
    let kind = "application/x-www-form-urlencoded";
    let head = format!("POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: {kind}\r\nConnection: close\r\n");
    let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await?;
    stream.read_to_end(&mut Vec::new()).await.map(drop)
}

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
            end_session(sim, &mut lock(&sim.world), claims["sid"].as_str().unwrap_or(""));
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
        end_session(sim, &mut world, &sid);
    }
    let Some(mut back) = back.and_then(|back| url::Url::parse(back).ok()) else {
        return page(200, &Notice::new("Session fermée", "Vous êtes déconnecté de Pro Santé Connect."));
    };
    if let Some(state) = fields.get("state") {
        back.query_pairs_mut().append_pair("state", state);
    }
    redirect(StatusCode::FOUND, back.as_str())
}
