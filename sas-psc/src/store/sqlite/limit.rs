//! The rows of the mail limiter in the SQLite file: a compare-and-set of all of them is one transaction.

use super::{Failure, Sqlite, count, integer};
use crate::base::Timestamp;
use crate::email::{LimitKey, LimitRow, LimitStore, LimitSwap};
use crate::error::{Code, Result};
use rusqlite::{OptionalExtension, params};

impl LimitStore for Sqlite {
    async fn limit_rows(&self, keys: &[LimitKey]) -> Result<Vec<Option<LimitRow>>> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT version, state FROM mail_limit WHERE key = ?1")?;
            let mut row = |key: &LimitKey| {
                let row = |row: &rusqlite::Row<'_>| Ok(LimitRow { version: count(row)?, state: row.get(1)? });
                Ok(statement.query_row([key.0], row).optional()?)
            };
            keys.iter().map(&mut row).collect()
        })
    }

    async fn swap_limit_rows(&self, swaps: &[LimitSwap]) -> Result<()> {
        self.write(|db| {
            for LimitSwap { key, expected, state, ends } in swaps {
                let sql = match expected {
                    0 => {
                        "INSERT INTO mail_limit (key, version, ends, state) VALUES (?1, ?2 + 1, ?3, ?4)
                         ON CONFLICT DO NOTHING"
                    }
                    _ => {
                        "UPDATE mail_limit SET version = ?2 + 1, ends = ?3, state = ?4 WHERE key = ?1 AND version = ?2"
                    }
                };
                let values = params![key.0, integer(*expected), ends.unix_millis(), state];
                if db.prepare_cached(sql)?.execute(values)? != 1 {
                    return Err(Failure::from(Code::STORE_CONFLICT));
                }
            }
            Ok(())
        })
    }

    async fn sweep_limit_rows(&self, now: Timestamp) -> Result<u64> {
        self.write(|db| {
            let sql = "DELETE FROM mail_limit WHERE ends <= ?1";
            Ok(db.prepare_cached(sql)?.execute([now.unix_millis()])? as u64)
        })
    }
}
