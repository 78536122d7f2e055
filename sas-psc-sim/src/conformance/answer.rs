//! The layer that answers for the realm: it asks the realm, changes what the case changes, and notes who asked what.
//!
//! A client cannot tell that a layer is there. What it was asked is the evidence of a verdict: a client that sent its
//! code, its secret or its token where the case says it must not has not refused.

use super::case::{Case, Change, Published, TokenChange, Way};
use super::words::Words;
use super::{signing, token};
use crate::keys::at_hash;
use crate::lock;
use crate::scenario::Endpoint;
use crate::sim::{Shared, Sim};
use crate::web::{Fields, endpoint};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http_body::Frame;
use sas_psc::base::Clock;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::Duration;

/// More than any client may read.
const ENDLESS: usize = 64 << 20;
const PATIENCE: Duration = Duration::from_secs(600);

/// The nonce, the session and the tokens of a sign-in.
#[derive(Clone, Default)]
struct Last {
    nonce: String,
    sid: String,
    id_token: String,
    access_token: String,
}

/// What a provider of the bench keeps beside the simulator.
pub(crate) struct Hostile {
    pub case: Case,
    seen: Mutex<Vec<Seen>>,
    applied: Mutex<BTreeMap<&'static str, u32>>,
    /// What the last sign-in left for the words of a case.
    last: Mutex<Last>,
}

/// A request that a provider received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// `discovery`, `jwks`, `token`, `refresh`, `poll`, `userinfo`, `ciba`, `logout`, `other`; `elsewhere-…` at the
    /// origin where the case's redirects lead.
    pub what: String,
    /// Whether it carried a secret of the client, a code or a token.
    pub secret: bool,
}

impl Hostile {
    pub fn new(case: Case) -> Hostile {
        Hostile { case, seen: Mutex::default(), applied: Mutex::default(), last: Mutex::default() }
    }

    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.seen).clone()
    }

    fn note(&self, what: &str, secret: bool) {
        let mut seen = lock(&self.seen);
        if seen.len() < 10_000 {
            seen.push(Seen { what: what.to_owned(), secret });
        }
    }

    /// Whether a change applies this time.
    fn applies(&self, what: &'static str, change: &Change) -> bool {
        if change.is_none() {
            return false;
        }
        let mut applied = lock(&self.applied);
        let count = applied.entry(what).or_default();
        *count += 1;
        *count > change.skip && change.times.is_none_or(|times| *count <= change.skip + times)
    }
}

/// The words of a case at its provider.
pub(crate) fn words(sim: &Sim, hostile: &Hostile) -> Words {
    let client = sim.clients.first().cloned().unwrap_or_default();
    let person = &sim.people[person(sim, hostile)];
    let last = lock(&hostile.last).clone();
    Words { now: sim.clock.now().unix(), ..Words::default() }
        .with("issuer", sim.issuer())
        .with("auth", &sim.auth)
        .with("wallet", &sim.wallet)
        .with("elsewhere", &sim.web)
        .with("client_id", client.id)
        .with("client_secret", client.secret)
        .with("sub", person.sub())
        .with("id_nat", &person.id_nat)
        .with("nonce", last.nonce)
        .with("id_token", last.id_token)
        .with("access_token", last.access_token)
        .with("sid", if last.sid.is_empty() { "a-session".to_owned() } else { last.sid })
}

/// Where the person who signs in stands in the list.
pub(crate) fn person(sim: &Sim, hostile: &Hostile) -> usize {
    let name = hostile.case.serve.person.as_deref().unwrap_or("nurse");
    sim.person(name).unwrap_or_else(|| panic!("nobody in people.json is called {name}"))
}

/// Notes a request at the other origin, where nothing is changed.
pub(crate) async fn elsewhere(State(sim): State<Shared>, request: Request, next: Next) -> Response {
    if let Some(hostile) = &sim.hostile {
        let secret = request.headers().contains_key(header::AUTHORIZATION) || request.method() == "POST";
        hostile.note(&format!("elsewhere-{}", name(request.uri().path())), secret);
    }
    next.run(request).await
}

fn name(path: &str) -> &'static str {
    match endpoint(path) {
        Some(Endpoint::Discovery) => "discovery",
        Some(Endpoint::Jwks) => "jwks",
        Some(Endpoint::Token) => "token",
        Some(Endpoint::Userinfo) => "userinfo",
        Some(Endpoint::Ciba) => "ciba",
        Some(Endpoint::Logout) => "logout",
        _ => "other",
    }
}

/// Answers in the place of the realm.
pub(crate) async fn serve(State(sim): State<Shared>, request: Request, next: Next) -> Response {
    let Some(hostile) = &sim.hostile else { return next.run(request).await };
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, 1 << 20).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let form = Fields::parse(&body);
    let grant = form.get("grant_type").unwrap_or_default().to_owned();
    let what = match (name(parts.uri.path()), grant.as_str()) {
        ("token", "refresh_token") => "refresh",
        ("token", "urn:openid:params:grant-type:ciba") => "poll",
        (name, _) => name,
    };
    hostile.note(what, parts.headers.contains_key(header::AUTHORIZATION) || !body.is_empty());

    let serve = &hostile.case.serve;
    let none = Change::default();
    let change = match what {
        "discovery" => &serve.discovery,
        "jwks" => &serve.jwks,
        "token" => &serve.token,
        "refresh" => &serve.refresh,
        "poll" => &serve.poll,
        "userinfo" => &serve.userinfo,
        "ciba" => &serve.ciba,
        _ => &none,
    };
    let applies = hostile.applies(what, change);
    let mut words = words(&sim, hostile).with("auth_req_id", form.get("auth_req_id").unwrap_or_default());
    if applies && change.status.is_some_and(|status| status >= 400) && (change.body.is_some() || change.way == Way::Cut)
    {
        // The realm is not asked: what it would have given is there the next time.
        return deliver(StatusCode::OK, json_headers(), changed(&Bytes::new(), change, &words), change, &words).await;
    }
    let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
    let (mut head, body) = answer.into_parts();
    let Ok(mut body) = to_bytes(body, 16 << 20).await else { return StatusCode::BAD_GATEWAY.into_response() };
    if head.status == StatusCode::OK {
        body = match what {
            "jwks" => keys(&body, hostile, &words),
            "token" | "poll" => with_token(&body, hostile, &serve.id_token, &mut words),
            "refresh" => with_token(&body, hostile, &serve.refreshed, &mut words),
            _ => body,
        };
    }
    if !applies {
        head.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(head, Body::from(body));
    }
    deliver(head.status, head.headers, changed(&body, change, &words), change, &words).await
}

fn json_headers() -> HeaderMap {
    HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))])
}

/// The keys of a vector, or those that the case publishes.
fn keys(body: &Bytes, hostile: &Hostile, words: &Words) -> Bytes {
    let serve = &hostile.case.serve;
    if let Some(vector) = &serve.vector {
        return vector["jwks"].to_string().into();
    }
    if serve.publish.is_empty() {
        return body.clone();
    }
    let keys: Vec<Value> = serve.publish.iter().flat_map(|key| published(key, words)).collect();
    serde_json::json!({ "keys": keys }).to_string().into()
}

fn published(key: &Published, words: &Words) -> Vec<Value> {
    let mut jwk = key.of.as_deref().map_or_else(|| serde_json::json!({}), signing::jwk);
    if let Some(members) = jwk.as_object_mut() {
        members.extend(words.map(&key.set));
        key.remove.iter().for_each(|member| drop(members.remove(member)));
    }
    match key.times {
        None => vec![jwk],
        Some(times) => (0..times)
            .map(|n| {
                let mut jwk = jwk.clone();
                jwk["kid"] = format!("test-{n}").into();
                jwk
            })
            .collect(),
    }
}

/// A token answer with its ID token changed.
fn with_token(body: &Bytes, hostile: &Hostile, change: &TokenChange, words: &mut Words) -> Bytes {
    let Ok(mut answer) = serde_json::from_slice::<Value>(body) else { return body.clone() };
    let Some(honest) = answer["id_token"].as_str().map(str::to_owned) else { return body.clone() };
    let claims = token::claims(&honest).unwrap_or_default();
    let claim = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let nonce = claim("nonce");
    let access_token = answer["access_token"].as_str().unwrap_or_default().to_owned();
    *lock(&hostile.last) =
        Last { nonce: nonce.clone(), sid: claim("sid"), id_token: honest.clone(), access_token: access_token.clone() };
    let filled = std::mem::take(words).with("nonce", nonce).with("at_hash", at_hash(&access_token));
    *words = filled.with("id_token", honest.as_str()).with("access_token", access_token);
    match &hostile.case.serve.vector {
        Some(vector) => answer["id_token"] = token::of_vector(vector, words).into(),
        None if change.is_none() => return body.clone(),
        None => answer["id_token"] = token::changed(&honest, change, words).into(),
    }
    answer.to_string().into()
}

/// The body with the members and texts of a change.
fn changed(body: &Bytes, change: &Change, words: &Words) -> Vec<u8> {
    if let Some(encoded) = &change.body_base64 {
        return BASE64_STANDARD.decode(encoded).unwrap_or_default();
    }
    if let Some(whole) = &change.body {
        return match whole {
            Value::String(text) => words.text(text).into_bytes(),
            other => words.value(other).to_string().into_bytes(),
        };
    }
    let Ok(mut json) = serde_json::from_slice::<Value>(body) else { return body.to_vec() };
    for (name, value) in words.map(&change.set) {
        match name.strip_prefix('/') {
            Some(_) => json.pointer_mut(&name).into_iter().for_each(|place| *place = value.clone()),
            None => json[name] = value,
        }
    }
    if let Some(members) = json.as_object_mut() {
        change.remove.iter().for_each(|member| drop(members.remove(member)));
        if change.pad > 0 {
            members.insert("padding".into(), "x".repeat(change.pad).into());
        }
        if change.nest > 0 {
            members.insert("nested".into(), 0.into());
        }
    }
    let deep = format!("\"nested\":{}{}", "[".repeat(change.nest), "]".repeat(change.nest));
    let text = json.to_string().replacen("\"nested\":0", &deep, 1);
    words.replaced(text, &change.replace).into_bytes()
}

/// Sends a body as the change wants it delivered.
async fn deliver(status: StatusCode, headers: HeaderMap, body: Vec<u8>, change: &Change, words: &Words) -> Response {
    let status = change.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(status);
    let mut headers = headers;
    headers.remove(header::CONTENT_LENGTH);
    if let Some(media) = &change.content_type {
        headers.remove(header::CONTENT_TYPE);
        if let Some(media) = HeaderValue::from_str(media).ok().filter(|media| !media.is_empty()) {
            headers.insert(header::CONTENT_TYPE, media);
        }
    }
    for (name, value) in &change.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&words.text(value))) {
            headers.insert(name, value);
        }
    }
    let body = match change.way {
        Way::Whole => Body::from(body),
        Way::Silent => {
            tokio::time::sleep(PATIENCE).await;
            Body::empty()
        }
        way => Body::new(Broken { way, body: body.into(), sent: 0, pause: None }),
    };
    (status, headers, body).into_response()
}

/// A body that is not delivered as it should be.
struct Broken {
    way: Way,
    body: Bytes,
    sent: usize,
    pause: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Broken {
    /// Waits once; ready when the wait is over.
    fn wait(&mut self, wait: Duration, context: &mut Context<'_>) -> Poll<()> {
        let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(wait)));
        let ready = pause.as_mut().poll(context);
        if ready.is_ready() {
            self.pause = None;
        }
        ready
    }
}

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let blanks = |count| Poll::Ready(Some(Ok(Frame::data(Bytes::from(vec![b' '; count])))));
        match self.way {
            Way::Stalled => self.wait(PATIENCE, context).map(|()| None),
            Way::Slow => match self.wait(Duration::from_secs(1), context) {
                Poll::Ready(()) => blanks(1),
                Poll::Pending => Poll::Pending,
            },
            Way::Endless if self.sent < ENDLESS => {
                self.sent += 1 << 16;
                blanks(1 << 16)
            }
            Way::Endless => self.wait(PATIENCE, context).map(|()| None),
            Way::Cut if self.sent == 0 => {
                self.sent = 1;
                let half = self.body.slice(..self.body.len() / 2);
                Poll::Ready(Some(Ok(Frame::data(half))))
            }
            _ => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
        }
    }
}
