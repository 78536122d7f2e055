//! CIBA, poll mode only: the request that reaches a phone, and the poll at the token endpoint.
//!
//! OpenID CIBA Core 1.0 §7 and §11, with Keycloak's words, PSC's `channel` (`MOBILE`, or `CARD` through CPS-Gestion),
//! and its two-digit `binding_message` that the person finds again among three numbers.

use super::mint::{Grant, tokens};
use super::{authenticate, form};
use crate::config::Client;
use crate::lock;
use crate::people::Card;
use crate::scenario::Fault;
use crate::sim::{SCOPES, Shared, Sim};
use crate::web::{Fields, error, json};
use crate::world::{ASK, Ask, AskState, Ciba, Means, Session};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use std::time::Duration;

pub(super) async fn request(State(sim): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let form = form(&headers, &body);
    let client = match authenticate(&sim, &headers, &form) {
        Ok(client) => client,
        Err(failed) => return failed.answer(),
    };
    match start(&sim, client, &form) {
        Ok(answer) => {
            let mut answer = json(StatusCode::OK, &answer);
            let media = header::HeaderValue::from_static("application/json;charset=UTF-8");
            answer.headers_mut().insert(header::CONTENT_TYPE, media);
            answer
        }
        Err((status, name, description)) => error(status, name, &description),
    }
}

type Refusal = (u16, &'static str, String);

fn start(sim: &Sim, client: &Client, form: &Fields) -> Result<Value, Refusal> {
    let invalid = |description: &str| (400, "invalid_request", description.to_owned());
    if !client.ciba {
        return Err((401, "invalid_grant", "Client not allowed OIDC CIBA Grant".into()));
    }
    let scope = form.get("scope").ok_or(invalid("missing parameter : scope"))?;
    if !scope.split_ascii_whitespace().all(|word| SCOPES.contains(&word)) {
        return Err((400, "invalid_scope", format!("Invalid scopes: {scope}")));
    }
    let hint = form.get("login_hint").ok_or(invalid("missing parameter : login_hint"))?;
    if form.get("user_code").is_some() {
        return Err(invalid("User code not supported"));
    }
    if form.get("client_notification_token").is_some() {
        return Err(invalid("Client Notification token supported only for the ping mode"));
    }
    if let Some(text) = form.get("requested_expiry").filter(|text| text.parse::<i32>().is_err()) {
        return Err(invalid(&format!("For input string: \"{text}\"")));
    }
    let binding = form.get("binding_message");
    let writable = |c: char| c.is_ascii_alphanumeric() || "-._+/!?#".contains(c);
    if binding.is_some_and(|text| text.chars().count() > 50 || !text.chars().all(writable)) {
        let why = "the binding_message value has to be max 50 characters in length and must contain only basic plain-text characters without spaces";
        return Err((400, "invalid_binding_message", why.into()));
    }
    let means = match form.get("channel") {
        None | Some("MOBILE") => Means::Mobile,
        Some("CARD") => Means::Card,
        Some(_) => return Err(invalid("invalid channel")),
    };
    let person = sim.holder(hint).filter(|at| sim.people[*at].enabled).ok_or(invalid("invalid_user"))?;
    if sim.fault(Fault::PhoneServiceDown).is_some() {
        return Err((503, "server_error", "Unexpected response from authentication device".into()));
    }
    // Someone without the device: what PSC answers is not known; here nobody ever answers.
    let reachable = match means {
        Means::Mobile => sim.people[person].ecps,
        Means::Card => sim.people[person].card != Card::None,
    };
    let (now, ask_id, id) = (sim.now(), sim.random.uuid(), auth_req_id(sim));
    let mut ask = Ask::new(person, means, &client.name, binding, now);
    if let Some(number) = binding.filter(|text| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())) {
        ask.numbers = sim.random.three_numbers(number);
    }
    ask.silent = !reachable || sim.fault(Fault::PhoneSilent).is_some();
    let mut world = lock(&sim.world);
    let at = world.asks.len();
    world.asks.push((ask_id, ask));
    let ciba = Ciba { client: client.id.clone(), scope: scope.to_owned(), ask: at, polled: None, spent: false };
    world.ciba.insert(id.clone(), ciba);
    Ok(serde_json::json!({ "auth_req_id": id, "expires_in": ASK.as_secs(), "interval": sim.ciba_interval }))
}

/// Opaque to clients, and as long as Keycloak's: five parts, about 1,100 characters.
fn auth_req_id(sim: &Sim) -> String {
    let part = |text: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(text);
    let header = part(br#"{"alg":"dir","enc":"A128CBC-HS256"}"#);
    format!(
        "{header}..{}.{}.{}",
        part(&sim.random.bytes::<16>()),
        part(&sim.random.bytes::<750>()),
        part(&sim.random.bytes::<16>())
    )
}

pub(super) fn poll(sim: &Sim, client: &Client, certificate: Option<&str>, form: &Fields) -> Result<Value, Response> {
    let grant = |description| error(400, "invalid_grant", description);
    let id = form.get("auth_req_id").ok_or_else(|| error(400, "invalid_request", "Missing parameter: auth_req_id"))?;
    let now = sim.now();
    let mut world = lock(&sim.world);
    let world = &mut *world;
    let Some(request) = world.ciba.get_mut(id) else {
        return Err(grant("Invalid Auth Req ID"));
    };
    if request.client != client.id {
        return Err(grant("unauthorized client"));
    }
    let known = world.asks.get(request.ask).filter(|_| !request.spent);
    let Some((_, ask)) = known else {
        return Err(grant("Invalid auth_req_id"));
    };
    if now >= ask.ends {
        return Err(error(400, "expired_token", "authentication timed out"));
    }
    // A poll too early is not counted, does not push the window, and hides the answer that may be there already.
    let interval = Duration::from_secs(sim.ciba_interval.into());
    if request.polled.is_some_and(|before| now.since(before) < interval) {
        return Err(error(400, "slow_down", "too early to access"));
    }
    request.polled = Some(now);
    match ask.state_at(now) {
        AskState::Approved => {}
        AskState::Refused | AskState::Left => return Err(error(400, "access_denied", "not authorized")),
        AskState::Waiting | AskState::Expired => {
            let pending = "The authorization request is still pending as the end-user hasn't yet been authenticated.";
            return Err(error(400, "authorization_pending", pending));
        }
    }
    let (person, means, sid, scope) = (ask.person, ask.means, sim.random.uuid(), request.scope.clone());
    request.spent = true;
    let mut session = Session::new(person, means, None, now);
    let grant = Grant { client: &client.id, sid: &sid, scope: &scope, nonce: None, certificate };
    let answer = tokens(sim, &grant, &mut session, now);
    world.sessions.insert(sid, session);
    Ok(answer)
}
