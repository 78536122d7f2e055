//! The map: what is at which address.

use crate::app::Shared;
use crate::failure::Failure;
use crate::{connect, disconnect, enrol, send, traces};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, delete, get, post};
use sas_psc::{Code, Error};

/// The addresses of the published API, and the one by which a workstation enrols.
pub fn router(app: Shared) -> Router {
    let traces = if app.settings.conformity { get(traces::traces) } else { get(nothing) };
    Router::new()
        .route("/connect", post(connect::connect).layer(DefaultBodyLimit::max(4096)))
        .route("/disconnect", delete(disconnect::disconnect))
        .route("/send/{*below}", any(send::send))
        .route("/traces", traces)
        .route("/enrol", post(enrol::enrol).layer(DefaultBodyLimit::max(1024)))
        .fallback(nothing)
        .method_not_allowed_fallback(method)
        .with_state(app)
}

async fn nothing() -> Failure {
    Error::new(Code::PROXY_ADDRESS_UNKNOWN).into()
}

async fn method() -> Failure {
    Error::new(Code::MESSAGE_METHOD).into()
}
