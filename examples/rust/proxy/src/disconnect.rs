//! `DELETE /disconnect`: a click, so both sessions end, the proxy's and PSC's, and the APIs' tokens are revoked.
//!
//! The session is gone from the store first: what the other servers answer changes nothing for the person.

use crate::app::{App, COOKIE, Shared, pairs};
use crate::failure::Failure;
use crate::peer::Peer;
use axum::Extension;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use sas_psc::psc::proxy::server::{ApiToken, Backend, Notice, Session, Trace, TraceKind};
use sas_psc::{Code, Error};

pub async fn disconnect(
    State(app): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (key, origin) = peer.admitted(&app, app.now())?;
    let (mark, _) = app.session(&pairs(&headers), &key)?;
    let session = {
        let _one = app.changing(mark).await;
        let session = app.load(&mark)?;
        let trace = Trace::of_session(TraceKind::Disconnect, &session, &mark, None, &origin, app.now());
        if !app.store.disconnected(&mark, &trace)? {
            return Err(Error::new(Code::PROXY_SESSION_UNKNOWN).into());
        }
        session
    };
    // A workstation that hangs up does not keep the tokens alive.
    tokio::spawn(end(app.clone(), session));
    let gone = HeaderValue::from_str(&format!("{COOKIE}=; Path=/; Max-Age=0"));
    Ok(([(SET_COOKIE, gone.map_err(|_| Error::new(Code::BROKEN_INVARIANT))?)], ()).into_response())
}

/// Tells the other servers. One that does not answer loses what it held at the token's own end.
async fn end(app: Shared, mut session: Session) {
    for backend in session.backends().map(str::to_owned).collect::<Vec<_>>() {
        if let Some(token) = session.forget(&backend)
            && let Err(error) = revoke(&app, &backend, &token).await
        {
            eprintln!("a token of {backend} could not be revoked: {}", error.code());
        }
    }
    let logout = match app.psc.service().await {
        Ok(service) => Notice::logout(&service, session.tokens()),
        Err(error) => Err(error),
    };
    let told = match logout {
        Ok(notice) => app.psc.run(notice).await,
        Err(error) => Err(error),
    };
    if let Err(error) = told {
        eprintln!("PSC's session could not be ended: {}", error.code());
    }
}

async fn revoke(app: &App, backend: &str, token: &ApiToken) -> sas_psc::Result<()> {
    let Some(exchange) = app.backends.get(backend).and_then(Backend::exchange) else { return Ok(()) };
    match exchange.revocation(token, app.now())? {
        Some(notice) => app.psc.run(notice).await,
        None => Ok(()),
    }
}
