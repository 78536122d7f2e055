//! What every request needs: the settings, Pro Santé Connect, the store, the keys, the APIs.

use crate::Start;
use crate::settings::{Data, Settings, said};
use crate::store::Store;
use axum::http::HeaderMap;
use sas_psc::base::{Clock, Random, ServerKey, Timestamp};
use sas_psc::drive::tokio::{Http, Psc};
use sas_psc::drive::{ClientCertificate, GuardedCiba, SystemClock, SystemRandom};
use sas_psc::id::IdNat;
use sas_psc::psc::proxy::server::{Backends, Rules, Session, SessionMark, WorkstationKey, session_cookie};
use sas_psc::psc::{CibaGuard, GuardAlarm, GuardKey, GuardRules, KeyRing, Service, Thumbprint};
use sas_psc::store::Sqlite;
use sas_psc::{Code, Error, Result};
use std::collections::{HashMap, HashSet};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

pub const COOKIE: &str = "proxy_session_id";

pub struct App {
    pub settings: Settings,
    pub rules: Rules,
    pub software: Vec<String>,
    pub backends: Backends,
    pub psc: Psc,
    /// To the APIs and their authorization servers, with the proxy's certificate.
    pub http: Http,
    /// What it presents, where it does: tokens of the APIs may be bound to it.
    pub certificate: Option<Thumbprint>,
    pub store: Store,
    pub guarded: Guard,
    /// What a store knows sessions and codes by: the key of today first, then the one before.
    pub hashing: Vec<ServerKey>,
    pub keys: KeyRing,
    /// One change of a session's tokens at a time, however many requests ask for it.
    changing: Mutex<HashMap<SessionMark, Arc<tokio::sync::Mutex<()>>>>,
    /// The people whose answer a workstation waits for, on an open connection of this process.
    pub waiting: Arc<Mutex<HashSet<GuardKey>>>,
}

/// Nobody bombards a phone through this proxy; every instance that shares the guard's file keeps the same count.
pub struct Guard {
    rules: CibaGuard,
    pub ciba: GuardedCiba<Sqlite>,
}

impl Guard {
    fn open(data: &Data, key: ServerKey, life: Duration) -> Start<Guard> {
        let mut rules = GuardRules::default();
        rules.life = life;
        let rules = CibaGuard::new(key, rules);
        let store = Sqlite::open(data.store.with_extension("guard.sqlite")).map_err(said)?;
        let alarm = |alarm: &GuardAlarm| eprintln!("{} {} {}", alarm.kind.name(), alarm.person, alarm.count);
        Ok(Guard { ciba: GuardedCiba::new(rules.clone(), store).on_alarm(alarm), rules })
    }

    pub fn station(&self, service: &Service, person: &IdNat, workstation: &[u8]) -> GuardKey {
        self.rules.station(service, person, workstation)
    }
}

pub type Shared = Arc<App>;

impl App {
    pub fn new(settings: Settings) -> Start<Shared> {
        let (software, backends) = settings.apis()?;
        let http = settings.http()?;
        let (hashing, keys) = keys(&settings.data)?;
        let life = Duration::from_secs(settings.ciba_seconds);
        Ok(Arc::new(App {
            rules: settings.rules(),
            software,
            backends,
            psc: Psc::new(settings.environment()?, settings.client()?, &http).map_err(said)?,
            http: Http::new(&http).map_err(said)?,
            certificate: http.certificate().map(ClientCertificate::thumbprint),
            store: Store::open(&settings.data.store).map_err(said)?,
            guarded: Guard::open(&settings.data, hashing[0].clone(), life)?,
            hashing,
            keys,
            changing: Mutex::default(),
            waiting: Arc::default(),
            settings,
        }))
    }

    pub fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    /// The session that a request names, if it is one of this workstation's and lives.
    pub fn session(&self, headers: &[(String, String)], key: &WorkstationKey) -> Result<(SessionMark, Session)> {
        let unknown = || Error::new(Code::PROXY_SESSION_UNKNOWN);
        let name = session_cookie(headers, COOKIE)?.filter(|name| name.len() <= 128).ok_or_else(unknown)?;
        let mut marks = self.hashing.iter().map(|key| SessionMark::of(name, key));
        let (mark, mut session) =
            marks.find_map(|mark| self.find(&mark).transpose()).unwrap_or_else(|| Err(unknown()))?;
        match session.admit(key, &self.rules, self.now()) {
            Ok(true) => self.save(&mark, &session)?,
            Ok(false) => {}
            Err(error) => return Err(error),
        }
        Ok((mark, session))
    }

    pub fn load(&self, mark: &SessionMark) -> Result<Session> {
        self.find(mark)?.map(|(_, session)| session).ok_or_else(|| Error::new(Code::PROXY_SESSION_UNKNOWN))
    }

    fn find(&self, mark: &SessionMark) -> Result<Option<(SessionMark, Session)>> {
        let row = self.store.session(mark)?;
        row.map(|row| Ok((*mark, Session::open(mark, &self.keys, &row)?))).transpose()
    }

    pub fn save(&self, mark: &SessionMark, session: &Session) -> Result<()> {
        self.store.save_session(mark, &session.seal(mark, &self.keys, &mut SystemRandom)?, session.ends_at(&self.rules))
    }

    /// The right to change a session's tokens: whoever has it loads the session again.
    pub async fn changing(&self, mark: SessionMark) -> OwnedMutexGuard<()> {
        let lock = {
            let mut all = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() > 1024 {
                all.retain(|_, lock| Arc::strong_count(lock) > 1);
            }
            all.entry(mark).or_default().clone()
        };
        lock.lock_owned().await
    }

    /// Forgets what is over. PSC's session is left alone: a timeout of ours is no sign-out, as ANS asks.
    pub async fn sweep(self: Shared) {
        loop {
            let _ = self.store.sweep(self.now());
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    }
}

/// Headers as the SDK's rules read them. One that is no text comes through as text that no rule lets pass.
pub fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// What the commands share with the server: the store, and the key of today.
pub fn open(data: &Data) -> Start<(Store, ServerKey)> {
    let key = ServerKey::new(&key_file(&data.key)?).map_err(said)?;
    Ok((Store::open(&data.store).map_err(said)?, key))
}

/// The key of today and, while what it made is about, the one before: what both hash, what both open.
fn keys(data: &Data) -> Start<(Vec<ServerKey>, KeyRing)> {
    let newest = key_file(&data.key)?;
    let mut hashing = vec![ServerKey::new(&newest).map_err(said)?];
    let mut ring = KeyRing::new(&newest).map_err(said)?;
    if let Some(older) = &data.older_key {
        let older = fs::read(older).map_err(|error| format!("{}: {error}", older.display()))?;
        hashing.push(ServerKey::new(&older).map_err(said)?);
        ring = ring.with_older(&older).map_err(said)?;
    }
    Ok((hashing, ring))
}

/// Reads the key, or makes it, readable by its owner alone.
fn key_file(path: &Path) -> Start<Vec<u8>> {
    let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Ok(bytes) = fs::read(path) {
        return Ok(bytes);
    }
    let mut bytes = vec![0; 32];
    SystemRandom.fill(&mut bytes).map_err(said)?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(wrong)?;
    file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(wrong)?;
    Ok(bytes)
}
