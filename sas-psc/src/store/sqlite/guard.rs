//! The rows of the CIBA guard in the SQLite file: a compare-and-set is one statement in one transaction.

use super::{Failure, Sqlite, count, integer};
use crate::base::Timestamp;
use crate::error::{Code, Result};
use crate::psc::{GuardKey, GuardRow, GuardStore};
use rusqlite::{OptionalExtension, params};

impl GuardStore for Sqlite {
    async fn guard_row(&self, key: GuardKey) -> Result<Option<GuardRow>> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT version, state FROM guard WHERE key = ?1")?;
            let row = statement.query_row([key.0], |row| Ok(GuardRow { version: count(row)?, state: row.get(1)? }));
            Ok(row.optional()?)
        })
    }

    async fn swap_guard_row(&self, key: GuardKey, expected: u64, state: Vec<u8>, ends: Timestamp) -> Result<()> {
        self.write(|db| {
            let sql = match expected {
                0 => "INSERT INTO guard (key, version, ends, state) VALUES (?1, ?2 + 1, ?3, ?4) ON CONFLICT DO NOTHING",
                _ => "UPDATE guard SET version = ?2 + 1, ends = ?3, state = ?4 WHERE key = ?1 AND version = ?2",
            };
            let changed =
                db.prepare_cached(sql)?.execute(params![key.0, integer(expected), ends.unix_millis(), state])?;
            if changed == 1 { Ok(()) } else { Err(Failure::from(Code::STORE_CONFLICT)) }
        })
    }

    async fn sweep_guard_rows(&self, now: Timestamp) -> Result<u64> {
        self.write(|db| {
            Ok(db.prepare_cached("DELETE FROM guard WHERE ends <= ?1")?.execute([now.unix_millis()])? as u64)
        })
    }
}
