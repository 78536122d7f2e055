//! The fields of a form that was posted from this very session.

use crate::failure::Failure;
use crate::session::Session;
use axum::Form;
use axum::extract::{FromRequest, Request};

/// A form's fields. There is none without the session's CSRF token: every POST handler takes one.
pub struct Posted(Vec<(String, String)>);

impl Posted {
    /// A field; empty when it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// A field that may be there several times.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Failure;
    async fn from_request(request: Request, state: &S) -> Result<Posted, Failure> {
        let session = request.extensions().get::<Session>().cloned().ok_or(Failure::Forged)?;
        let Form(fields) = Form::from_request(request, state).await.map_err(|_| Failure::Forged)?;
        let posted = Posted(fields);
        if session.csrf_is(posted.get("csrf")) { Ok(posted) } else { Err(Failure::Forged) }
    }
}
