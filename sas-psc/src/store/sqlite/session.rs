//! The sessions of a service in the file, and the names seen once.

use super::{Sqlite, count, integer};
use crate::base::Timestamp;
use crate::error::{Code, Result};
use crate::psc::{OnceStore, SessionKey, SessionStore, StoredSession};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeSet;

impl SessionStore for Sqlite {
    async fn session(&self, key: SessionKey) -> Result<Option<StoredSession>> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT version, sealed, ends FROM psc_session WHERE key = ?1")?;
            let session = statement.query_row([key.0], |row| {
                let (sealed, ends) = (row.get(1)?, Timestamp::from_unix_millis(row.get(2)?));
                Ok(StoredSession { key, version: count(row)?, sealed, ends, marks: Vec::new() })
            });
            let Some(mut session) = session.optional()? else { return Ok(None) };
            let mut statement =
                db.prepare_cached("SELECT mark FROM psc_session_mark WHERE session = ?1 ORDER BY position")?;
            for mark in statement.query_map([key.0], |row| row.get(0))? {
                session.marks.push(mark?);
            }
            Ok(Some(session))
        })
    }

    async fn save_session(&self, session: StoredSession) -> Result<u64> {
        self.write(|db| {
            let key = session.key.0;
            let mut statement = db.prepare_cached("SELECT version FROM psc_session WHERE key = ?1")?;
            let version: Option<u64> = statement.query_row([key], count).optional()?;
            if version.unwrap_or(0) != session.version {
                return Err(Code::STORE_CONFLICT.into());
            }
            let version = session.version + 1;
            let sql = "INSERT INTO psc_session (key, version, ends, sealed) VALUES (?1, ?2, ?3, ?4)
                       ON CONFLICT (key) DO UPDATE SET version = excluded.version, ends = excluded.ends,
                           sealed = excluded.sealed";
            let values = params![key, integer(version), session.ends.unix_millis(), session.sealed];
            db.prepare_cached(sql)?.execute(values)?;
            db.prepare_cached("DELETE FROM psc_session_mark WHERE session = ?1")?.execute([key])?;
            let mut insert =
                db.prepare_cached("INSERT INTO psc_session_mark (mark, session, position) VALUES (?1, ?2, ?3)")?;
            for (position, mark) in (0i64..).zip(&session.marks) {
                insert.execute(params![mark, key, position])?;
            }
            Ok(version)
        })
    }

    async fn sessions_marked(&self, marks: &[[u8; 32]]) -> Result<Vec<SessionKey>> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT session FROM psc_session_mark WHERE mark = ?1")?;
            let mut found = BTreeSet::new();
            for mark in marks {
                for key in statement.query_map([mark], |row| row.get(0).map(SessionKey))? {
                    found.insert(key?);
                }
            }
            Ok(found.into_iter().collect())
        })
    }

    async fn sweep_sessions(&self, now: Timestamp) -> Result<u64> {
        self.write(|db| {
            let sql = "DELETE FROM psc_session WHERE ends <= ?1"; // its marks go with it
            Ok(db.prepare_cached(sql)?.execute([now.unix_millis()])? as u64)
        })
    }
}

impl OnceStore for Sqlite {
    async fn first_time(&self, name: [u8; 32], until: Timestamp, now: Timestamp) -> Result<bool> {
        self.write(|db| {
            db.prepare_cached("DELETE FROM seen_once WHERE until <= ?1")?.execute([now.unix_millis()])?;
            let sql = "INSERT INTO seen_once (name, until) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING";
            Ok(db.prepare_cached(sql)?.execute(params![name, until.unix_millis()])? == 1)
        })
    }
}
