//! `POST /connect`: asks the person on their phone or card, and answers when they have.
//!
//! One request per person at a time, whatever the workstation. The right to ask is stored first, and the wait as soon as
//! PSC gave it a name: after a restart the workstation asks again with the same digits, and the wait goes on without a
//! second ring.

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
use sas_psc::psc::proxy::server::{
    Connection, Origin, PersonMark, Session, SessionMark, Trace, TraceKind, WorkstationKey,
};
use sas_psc::psc::{CibaPoll, SignedIn};
use sas_psc::{Code, Error, Result};
use serde_json::json;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long the right to ask lasts until PSC says how long the person has.
const ASKING: Duration = Duration::from_secs(20);

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
    let person = PersonMark::of(connection.person(), &app.key);
    let _waiting = Waiting::of(&app, &person).map_err(&failed)?;
    let mut poll = ring(&app, &connection, &person, &key).await.map_err(|error| {
        // The one who is busy with another request keeps it; any other failure ends what was begun here.
        if error.code() != Code::PROXY_BUSY {
            let _ = app.store.quiet(&person, &Trace::failure(&connection, &origin, app.now()));
        }
        failed(error)
    })?;
    match app.psc.wait_ciba(&mut poll, |_, _| ()).await {
        Ok(signed_in) => begin(&app, &connection, &person, key, &signed_in, &origin).map_err(failed),
        Err(error) => {
            app.store.quiet(&person, &Trace::failure(&connection, &origin, app.now()))?;
            Err(failed(error))
        }
    }
}

/// Asks the person, or goes on with the same request of before. Whoever left may ask again from the same workstation;
/// from another, not before the first request is over.
async fn ring(app: &App, connection: &Connection, person: &PersonMark, key: &WorkstationKey) -> Result<CibaPoll> {
    let now = app.now();
    let attempt = person.attempt(connection, key, &app.key);
    let service = app.psc.service().await?;
    let before = app.store.ringing(person, now)?;
    if let Some(sealed) = before.as_ref().filter(|one| one.attempt == attempt).and_then(|one| one.sealed.as_ref()) {
        return person.open(sealed, &service, &app.keys, now);
    }
    if !app.store.ring(person, &attempt, key, now + ASKING, now)? {
        return Err(PersonMark::busy(before.map_or(now + ASKING, |one| one.ends), now));
    }
    let start = service.ciba_showing(connection.person(), connection.channel(), connection.digits())?;
    let poll = app.psc.run(start).await?;
    app.store.rang(person, &person.seal(&poll, &app.keys, &mut SystemRandom)?, poll.expires_at())?;
    Ok(poll)
}

/// The person answered: a session, its cookie, its trace.
fn begin(
    app: &App,
    connection: &Connection,
    person: &PersonMark,
    key: WorkstationKey,
    signed_in: &SignedIn,
    origin: &Origin,
) -> Result<Response> {
    let now = app.now();
    let name = Session::name(&mut SystemRandom)?;
    let name = name.expose_secret();
    let mark = SessionMark::of(name, &app.key);
    let session = Session::begin(key, connection.client_id(), signed_in, now);
    let sealed = session.seal(&mark, &app.keys, &mut SystemRandom)?;
    let told = app.settings.conformity.then_some(name);
    let trace = Trace::of_session(TraceKind::ConnectSuccess, &session, &mark, told, origin, now);
    app.store.connected(person, &mark, &sealed, session.ends_at(&app.rules), &trace)?;
    let secure = if app.settings.tls_certificate.is_some() { "; Secure" } else { "" };
    let cookie = HeaderValue::from_str(&format!("{COOKIE}={name}; Path=/; HttpOnly; SameSite=Strict{secure}"));
    let cookie = cookie.map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
    let body = json!({ "proxy_session_id": name, "session_state": session.session_state() });
    Ok(([(SET_COOKIE, cookie)], axum::Json(body)).into_response())
}

/// The right to wait for a person: one connection at a time. Given back when the connection ends, however it does.
struct Waiting {
    all: Arc<Mutex<HashSet<[u8; 32]>>>,
    person: [u8; 32],
}

impl Waiting {
    fn of(app: &App, person: &PersonMark) -> Result<Waiting> {
        let mut all = app.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.insert(person.0) {
            return Err(PersonMark::busy(app.now() + ASKING, app.now()));
        }
        Ok(Waiting { all: app.waiting.clone(), person: person.0 })
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.person);
    }
}
