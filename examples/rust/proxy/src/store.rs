//! The store: workstations, sessions and traces in one SQLite file. What the guard knows lies beside it (`app.rs`). Each change is whole or not there.
//!
//! It knows sessions and codes by keyed hashes and holds what it keeps of them sealed; the traces are the
//! operator's record and name people. The calls are short and do not leave the thread.

use rusqlite::{Connection, OptionalExtension, params};
use sas_psc::base::Timestamp;
use sas_psc::psc::proxy::server::{Enrolment, SessionMark, Trace, WorkstationKey};
use sas_psc::{Code, Error, Result};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

const SCHEMA: &str = "
    create table if not exists workstation (
        name text primary key, key blob unique, code blob unique, record blob not null) strict;
    create table if not exists session (mark blob primary key, sealed blob not null, ends integer not null) strict;
    drop table if exists ringing; -- of before the guard
    create table if not exists trace (id integer primary key, at integer not null, line text not null) strict;
    create index if not exists trace_at on trace (at);
    pragma user_version = 1;";

pub struct Store(Mutex<Connection>);

fn failed(error: rusqlite::Error) -> Error {
    Error::new(Code::STORE_UNAVAILABLE).caused_by(error)
}

impl Store {
    pub fn open(path: &Path) -> Result<Store> {
        let store = Connection::open(path).map_err(failed)?;
        store.busy_timeout(Duration::from_secs(5)).map_err(failed)?;
        store.pragma_update(None, "journal_mode", "wal").map_err(failed)?;
        store.pragma_update(None, "synchronous", "full").map_err(failed)?;
        let version: i64 = store.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
        if version > 1 {
            return Err(Error::new(Code::STORE_NEWER));
        }
        store.execute_batch(SCHEMA).map_err(failed)?;
        Ok(Store(Mutex::new(store)))
    }

    fn sql(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a workstation, or replaces one that was not enrolled.
    pub fn invite(&self, record: &Enrolment, code: [u8; 32]) -> Result<bool> {
        let sql = "insert into workstation (name, code, record) values (?1, ?2, ?3)
                   on conflict (name) do update set code = ?2, record = ?3, key = null where key is null";
        Ok(self.sql().execute(sql, params![record.name(), code, record.to_stored()?]).map_err(failed)? == 1)
    }

    pub fn enrolments(&self) -> Result<Vec<Enrolment>> {
        let store = self.sql();
        let mut query = store.prepare("select record from workstation order by name").map_err(failed)?;
        let rows = query.query_map([], |row| row.get::<_, Vec<u8>>(0)).map_err(failed)?;
        rows.map(|row| Enrolment::resume(&row.map_err(failed)?)).collect()
    }

    pub fn enrolment_of(&self, key: &WorkstationKey) -> Result<Option<Enrolment>> {
        self.enrolment("select record from workstation where key = ?1", key.as_bytes())
    }

    pub fn enrolment_by_code(&self, code: &[u8; 32]) -> Result<Option<Enrolment>> {
        self.enrolment("select record from workstation where code = ?1", code)
    }

    fn enrolment(&self, sql: &str, by: &[u8; 32]) -> Result<Option<Enrolment>> {
        let row: Option<Vec<u8>> = self.sql().query_row(sql, [by], |row| row.get(0)).optional().map_err(failed)?;
        row.map(|row| Enrolment::resume(&row)).transpose()
    }

    /// Keeps what became of the record of this code; false when the code was used meanwhile.
    pub fn enrolled(&self, record: &Enrolment, code: &[u8; 32]) -> Result<bool> {
        let sql = "update or ignore workstation set record = ?1, key = ?2, code = null where code = ?3";
        let key = record.key().map(WorkstationKey::as_bytes);
        Ok(self.sql().execute(sql, params![record.to_stored()?, key, code]).map_err(failed)? == 1)
    }

    pub fn revoked(&self, record: &Enrolment) -> Result<()> {
        let sql = "update workstation set record = ?1, code = null where name = ?2";
        self.sql().execute(sql, params![record.to_stored()?, record.name()]).map(drop).map_err(failed)
    }

    pub fn session(&self, mark: &SessionMark) -> Result<Option<Vec<u8>>> {
        let sql = "select sealed from session where mark = ?1";
        self.sql().query_row(sql, [mark.0], |row| row.get(0)).optional().map_err(failed)
    }

    /// Keeps a session that is there: one that was ended meanwhile stays ended.
    pub fn save_session(&self, mark: &SessionMark, sealed: &[u8], ends: Timestamp) -> Result<()> {
        let sql = "update session set sealed = ?2, ends = ?3 where mark = ?1";
        self.sql().execute(sql, params![mark.0, sealed, ends.unix_millis()]).map(drop).map_err(failed)
    }

    /// The person answered: a session begins, in one step with its trace.
    pub fn connected(&self, mark: &SessionMark, sealed: &[u8], ends: Timestamp, trace: &Trace) -> Result<()> {
        let mut store = self.sql();
        let change = store.transaction().map_err(failed)?;
        let sql = "insert into session (mark, sealed, ends) values (?1, ?2, ?3)";
        change.execute(sql, params![mark.0, sealed, ends.unix_millis()]).map_err(failed)?;
        write(&change, trace)?;
        change.commit().map_err(failed)
    }

    /// Ends a session with its trace; false when somebody else has.
    pub fn disconnected(&self, mark: &SessionMark, trace: &Trace) -> Result<bool> {
        let mut store = self.sql();
        let change = store.transaction().map_err(failed)?;
        let ended = change.execute("delete from session where mark = ?1", [mark.0]).map_err(failed)? == 1;
        if ended {
            write(&change, trace)?;
        }
        change.commit().map_err(failed)?;
        Ok(ended)
    }

    pub fn trace(&self, trace: &Trace) -> Result<()> {
        write(&self.sql(), trace)
    }

    pub fn traces(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Trace>> {
        let store = self.sql();
        let sql = "select line from trace where at >= ?1 and at <= ?2 order by id limit 10000";
        let mut query = store.prepare(sql).map_err(failed)?;
        let rows = query.query_map([from.unix_millis(), to.unix_millis()], |row| row.get::<_, String>(0));
        let read = |line: String| serde_json::from_str(&line).map_err(|_| Error::new(Code::STORE_CORRUPT));
        rows.map_err(failed)?.map(|line| read(line.map_err(failed)?)).collect()
    }

    /// Forgets sessions that are over.
    pub fn sweep(&self, now: Timestamp) -> Result<()> {
        let sql = "delete from session where ends <= ?1";
        self.sql().execute(sql, [now.unix_millis()]).map(drop).map_err(failed)
    }
}

fn write(store: &Connection, trace: &Trace) -> Result<()> {
    let line = serde_json::to_string(trace).map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
    let sql = "insert into trace (at, line) values (?1, ?2)";
    store.execute(sql, params![trace.at().unix_millis(), line]).map(drop).map_err(failed)
}
