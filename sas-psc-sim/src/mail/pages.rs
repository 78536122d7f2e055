//! The mailbox as pages (`/mail`) and as JSON (`/mail/api/messages?to=`), on the `web` origin.

use super::{Mail, pieces};
use crate::lock;
use crate::sim::Shared;
use crate::web::{Fields, json, not_found, page};
use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

pub(crate) fn router() -> Router<Shared> {
    Router::new()
        .route("/mail", get(list))
        .route("/mail/{number}", get(one))
        .route("/mail/{number}/html", get(html))
        .route("/mail/api/messages", get(messages).delete(forget))
}

#[derive(Template)]
#[template(path = "mails.html")]
struct Mails<'a> {
    /// Each mail with its number, newest first.
    mails: Vec<(usize, &'a Mail)>,
}

async fn list(State(sim): State<Shared>) -> Response {
    let mails = lock(&sim.mails);
    page(200, &Mails { mails: mails.iter().enumerate().rev().collect() })
}

#[derive(Template)]
#[template(path = "mail.html")]
struct One<'a> {
    number: usize,
    mail: &'a Mail,
    pieces: Vec<(bool, &'a str)>,
    headers: Vec<(String, String)>,
}

async fn one(State(sim): State<Shared>, Path(number): Path<usize>) -> Response {
    match lock(&sim.mails).get(number) {
        Some(mail) => page(200, &One { number, mail, pieces: pieces(&mail.text).collect(), headers: mail.headers() }),
        None => not_found(),
    }
}

/// The HTML part as a mail program would show it: no script, no form, nothing loaded.
async fn html(State(sim): State<Shared>, Path(number): Path<usize>) -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; \
                  sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation";
    match lock(&sim.mails).get(number) {
        Some(mail) if !mail.html.is_empty() => {
            ([(header::CONTENT_SECURITY_POLICY, policy)], Html(mail.html.clone())).into_response()
        }
        _ => not_found(),
    }
}

async fn messages(State(sim): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let mails = lock(&sim.mails);
    let chosen = mails.iter().filter(|mail| mail.is_for(fields.get("to"))).map(|mail| {
        json!({
            "from": mail.from, "to": mail.to, "received": mail.received.to_string(), "subject": mail.subject,
            "text": mail.text, "html": mail.html, "headers": mail.headers(),
            "raw": String::from_utf8_lossy(&mail.raw), "link": mail.link(), "code": mail.code(),
        })
    });
    json(StatusCode::OK, &Value::Array(chosen.collect()))
}

async fn forget(State(sim): State<Shared>) -> Response {
    lock(&sim.mails).clear();
    StatusCode::NO_CONTENT.into_response()
}
