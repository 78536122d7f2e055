//! What stops a handler: an error of the SDK, shown as a page that says what to do, or a page that is elsewhere by now.

use crate::app::report;
use crate::pages::message::Message;
use crate::pages::words;
use crate::session::Session;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use sas_psc::{Blame, Code, Error};
use std::sync::Arc;

/// A handler's way out; `?` makes one of any error of the SDK.
#[derive(Clone)]
pub enum Failure {
    /// Something went wrong that no field of a form can mend.
    Sdk(Arc<Error>),
    /// The person is to be led there: nothing went wrong, they are further or less far than this page.
    Elsewhere(&'static str),
    /// A form that is not of this session.
    Forged,
}

/// What a handler answers.
pub type Answer = Result<Response, Failure>;

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        // Another tab was faster: the page where the journey stands says the rest.
        if error.code() == Code::STEP_OUT_OF_ORDER { Failure::Elsewhere("/suite") } else { Failure::Sdk(error.into()) }
    }
}

/// Only marks the answer: the page needs the session, which `routes::session` has.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl Failure {
    /// The page for the person.
    pub fn page(&self, session: &Session) -> Response {
        let t = session.text();
        let message = |title, todo: String, code| Message {
            s: session.shell(),
            title,
            todo,
            next: "/suite",
            next_text: t.resume,
            code,
        };
        match self {
            Failure::Elsewhere(path) => session.redirect(path),
            Failure::Forged => session.page_as(StatusCode::FORBIDDEN, message(t.forged, t.forged_todo.into(), "")),
            Failure::Sdk(error) => {
                let status = match error.blame() {
                    Blame::User => StatusCode::BAD_REQUEST,
                    Blame::Provider => StatusCode::BAD_GATEWAY,
                    Blame::Environment => StatusCode::SERVICE_UNAVAILABLE,
                    _ => StatusCode::INTERNAL_SERVER_ERROR,
                };
                if error.blame() != Blame::User {
                    report(error);
                }
                let (what, todo) = words(error.code(), session.lang);
                session.page_as(status, message(t.error, format!("{what} {todo}"), error.code().name()))
            }
        }
    }
}
