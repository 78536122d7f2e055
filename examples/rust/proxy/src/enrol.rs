//! Workstations let in: the operator invites, the installer types the code at the workstation, TLS proves its key.
//!
//! `POST /enrol` with `{"code":"…"}`, over the connection that presents the workstation's certificate.

use crate::Start;
use crate::app::{Shared, open};
use crate::failure::Failure;
use crate::peer::{Peer, Small};
use crate::settings::{Data, Invite, Revoke, said};
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use sas_psc::base::{Clock, ExposeSecret};
use sas_psc::drive::{SystemClock, SystemRandom};
use sas_psc::psc::proxy::server::Enrolment;
use sas_psc::{Code, Error};
use serde::Deserialize;
use std::time::Duration;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    code: String,
}

pub async fn enrol(
    State(app): State<Shared>,
    Extension(peer): Extension<Peer>,
    Small(body): Small,
) -> Result<StatusCode, Failure> {
    let key = peer.key.ok_or_else(|| Error::new(Code::WORKSTATION_UNKNOWN))?;
    let typed: Typed = serde_json::from_slice(&body).map_err(|_| Error::new(Code::PROXY_REQUEST_REFUSED))?;
    let refused = || Error::new(Code::ENROLMENT_CODE);
    let mut found = None;
    for hashing in &app.hashing {
        let mark = Enrolment::mark(&typed.code, hashing);
        found = found.or(app.store.enrolment_by_code(&mark)?.map(|record| (record, mark, hashing)));
    }
    let (mut record, mark, hashing) = found.ok_or_else(refused)?;
    record.accept(&typed.code, key, hashing, app.now())?;
    // Of two that type the same code at once, or for a key that is known already, the store lets one in.
    if !app.store.enrolled(&record, &mark)? {
        return Err(refused().into());
    }
    println!("{} is enrolled", record.name());
    Ok(StatusCode::CREATED)
}

pub fn invite(invite: &Invite) -> Start<()> {
    let (store, key) = open(&invite.data)?;
    let life = Duration::from_secs(invite.hours.saturating_mul(3600));
    let made = Enrolment::invite(&invite.name, &invite.by, life, &key, &mut SystemRandom, SystemClock.now());
    let (record, code) = made.map_err(said)?;
    let code = code.expose_secret();
    if !store.invite(&record, Enrolment::mark(code, &key)).map_err(said)? {
        return Err(format!("{} is enrolled already: choose another name", invite.name));
    }
    println!("{code}");
    Ok(())
}

pub fn list(data: &Data) -> Start<()> {
    let (store, _) = open(data)?;
    let now = SystemClock.now();
    for record in store.enrolments().map_err(said)? {
        let (by, at) = record.invited();
        println!("{}\t{:?}\tinvited by {by} at {at}", record.name(), record.status(now));
    }
    Ok(())
}

pub fn revoke(revoke: &Revoke) -> Start<()> {
    let (store, _) = open(&revoke.data)?;
    let all = store.enrolments().map_err(said)?;
    let found = all.into_iter().find(|record| record.name() == revoke.name);
    let mut record = found.ok_or_else(|| format!("no workstation is called {}", revoke.name))?;
    record.revoke(&revoke.by, SystemClock.now());
    store.revoked(&record).map_err(said)
}
