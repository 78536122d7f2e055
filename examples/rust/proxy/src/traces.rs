//! `GET /traces?start&end`: for ANS's conformity tests only. In production an operator reads the store, or exports it.

use crate::app::Shared;
use crate::failure::Failure;
use crate::peer::Peer;
use axum::extract::{RawQuery, State};
use axum::{Extension, Json};
use sas_psc::psc::proxy::server::Trace;

pub async fn traces(
    State(app): State<Shared>,
    Extension(peer): Extension<Peer>,
    RawQuery(query): RawQuery,
) -> Result<Json<Vec<Trace>>, Failure> {
    let now = app.now();
    peer.admitted(&app, now)?;
    let (from, to) = Trace::range(query.as_deref().unwrap_or_default(), now)?;
    Ok(Json(app.store.traces(from, to)?))
}
