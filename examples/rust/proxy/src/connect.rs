//! `POST /connect`: asks the person on their phone or card, and answers when they have.
//!
//! Behind the guard (`GuardedCiba`): one request per person at a time, few of them unanswered, whatever the workstations
//! ask. The workstation that asked goes on with its own wait by the same digits, also after a restart, without a second
//! ring; another one is shown a wait that nobody can win, and learns nothing of the person.

use crate::app::{App, COOKIE, Shared, pairs};
use crate::failure::Failure;
use crate::peer::{Peer, Small};
use axum::Extension;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sas_psc::base::ExposeSecret;
use sas_psc::drive::SystemRandom;
use sas_psc::psc::proxy::server::{Connection, Origin, Session, SessionMark, Trace, TraceKind, WorkstationKey};
use sas_psc::psc::{GuardKey, SignedIn};
use sas_psc::{Code, Error, Result};
use serde_json::json;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

pub async fn connect(
    State(app): State<Shared>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    Small(body): Small,
) -> std::result::Result<Response, Failure> {
    let now = app.now();
    let (key, origin) = peer.admitted(&app, now)?;
    let connection = Connection::parse(&body)?;
    let failed = |error: Error| Failure::of_connection(&error, &connection);
    if !app.software.iter().any(|known| known == connection.client_id()) {
        return Err(failed(Error::new(Code::PROXY_PERSON_UNKNOWN)));
    }
    if let Ok((mark, session)) = app.session(&pairs(&headers), &key)
        && session.person() == connection.person()
        && session.client_id() == connection.client_id()
    {
        app.store.trace(&Trace::of_session(TraceKind::ConnectReplay, &session, &mark, None, &origin, now))?;
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let (world, service) = (app.psc.world(), app.psc.service().await.map_err(failed)?);
    let (person, workstation) = (connection.person(), key.as_bytes());
    let _waiting = Waiting::of(&app, app.guarded.station(&service, person, workstation)).map_err(failed)?;
    let (channel, digits) = (connection.channel(), connection.digits());
    let signed_in = match app.guarded.ciba.start_showing(world, &service, person, channel, digits, workstation).await {
        // Its own request goes on, with the digits that it showed before.
        Err(error) if error.code() == Code::CIBA_STILL_RUNNING => return Err(failed(error)),
        Err(error) => Err(error),
        Ok(mut poll) => app.guarded.ciba.wait(world, &service, &mut poll, |_, _| ()).await,
    };
    match signed_in {
        Ok(signed_in) => begin(&app, &connection, key, &signed_in, &origin).map_err(failed),
        Err(error) => {
            app.store.trace(&Trace::failure(&connection, &origin, app.now()))?;
            Err(failed(error))
        }
    }
}

/// The person answered: a session, its cookie, its trace.
fn begin(
    app: &App,
    connection: &Connection,
    key: WorkstationKey,
    signed_in: &SignedIn,
    origin: &Origin,
) -> Result<Response> {
    let now = app.now();
    let name = Session::name(&mut SystemRandom)?;
    let name = name.expose_secret();
    let mark = SessionMark::of(name, &app.hashing[0]);
    let session = Session::begin(key, connection.client_id(), signed_in, now);
    let sealed = session.seal(&mark, &app.keys, &mut SystemRandom)?;
    let told = app.settings.conformity.then_some(name);
    let trace = Trace::of_session(TraceKind::ConnectSuccess, &session, &mark, told, origin, now);
    app.store.connected(&mark, &sealed, session.ends_at(&app.rules), &trace)?;
    let secure = if app.settings.tls_certificate.is_some() { "; Secure" } else { "" };
    let cookie = HeaderValue::from_str(&format!("{COOKIE}={name}; Path=/; HttpOnly; SameSite=Strict{secure}"));
    let cookie = cookie.map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
    let body = json!({ "proxy_session_id": name, "session_state": session.session_state() });
    Ok(([(SET_COOKIE, cookie)], axum::Json(body)).into_response())
}

/// The right to wait for a person at a workstation: one connection at a time. Given back when it ends, however it does.
struct Waiting {
    all: Arc<Mutex<HashSet<GuardKey>>>,
    station: GuardKey,
}

impl Waiting {
    fn of(app: &App, station: GuardKey) -> Result<Waiting> {
        let mut all = app.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.insert(station) {
            return Err(Error::new(Code::PROXY_BUSY));
        }
        Ok(Waiting { all: app.waiting.clone(), station })
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.station);
    }
}
