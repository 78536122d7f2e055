//! A page that only tells: an error, a page that does not exist, the end of a session.

use super::Shell;
use crate::failure::Answer;
use crate::session::Session;
use askama::Template;
use axum::http::StatusCode;

#[derive(Template)]
#[template(path = "message.html")]
pub struct Message {
    pub s: Shell,
    pub title: &'static str,
    pub todo: String,
    /// Where the one button leads, and its words.
    pub next: &'static str,
    pub next_text: &'static str,
    /// The name of the error's code; empty for none.
    pub code: &'static str,
}

/// Any address that is none of ours.
pub async fn not_found(session: Session) -> Answer {
    let t = session.text();
    let (title, todo) = (t.not_found, t.not_found_todo.into());
    let view = Message { s: session.shell(), title, todo, next: "/suite", next_text: t.resume, code: "" };
    Ok(session.page_as(StatusCode::NOT_FOUND, view))
}
