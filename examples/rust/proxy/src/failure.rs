//! How a refusal leaves: the status and body of the published API.

use axum::Json;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sas_psc::psc::proxy::server::{Connection, Refusal};
use sas_psc::{Error, Lang};

/// A refusal on its way out.
pub struct Failure {
    refusal: Refusal,
    echo: Option<Connection>,
}

impl Failure {
    /// What went wrong at an API.
    pub fn of_backend(error: &Error) -> Failure {
        Failure { refusal: Refusal::of_backend(error), echo: None }
    }

    /// What went wrong with this request to connect, which the published API gives back.
    pub fn of_connection(error: &Error, connection: &Connection) -> Failure {
        Failure { refusal: Refusal::of(error), echo: Some(connection.clone()) }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let refusal = Refusal::of(&error);
        if refusal.status() >= 500 {
            eprintln!("{}", error.code());
        }
        Failure { refusal, echo: None }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let person = self.echo.as_ref().map(|connection| connection.person().as_str());
        let software = self.echo.as_ref().map(Connection::client_id);
        let status = StatusCode::from_u16(self.refusal.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.refusal.body(Lang::Fr, person, software))).into_response();
        if let Some(seconds) = self.refusal.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
