//! Lives, erasures and purges in the SQLite file.

use super::{Failure, Sqlite, account_id, count, integer, log};
use crate::base::Timestamp;
use crate::error::{Code, Result};
use crate::onboarding::AccountId;
use crate::onboarding::lifecycle::{Erased, Erasure, LifeChange, LifeStore, StoredLife};
use crate::onboarding::retention::{DataClass, PurgeRecord, PurgeStore};
use rusqlite::{OptionalExtension, Transaction, params};

fn version(db: &Transaction<'_>, sql: &str, account: AccountId) -> Result<u64, Failure> {
    Ok(db.prepare_cached(sql)?.query_row([account.0], count).optional()?.unwrap_or(0))
}

const LIFE_VERSION: &str = "SELECT version FROM account_life WHERE account = ?1";

impl LifeStore for Sqlite {
    async fn life(&self, account: AccountId) -> Result<Option<StoredLife>> {
        self.read(|db| {
            let sql = "SELECT version, state, due_at FROM account_life WHERE account = ?1";
            let found = db.prepare_cached(sql)?.query_row([account.0], |row| {
                let due_at = row.get::<_, Option<i64>>(2)?.map(Timestamp::from_unix_millis);
                Ok(StoredLife { account, version: count(row)?, state: row.get(1)?, due_at })
            });
            Ok(found.optional()?)
        })
    }

    async fn lives_due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        self.read(|db| {
            let sql = "SELECT account FROM account_life WHERE due_at <= ?1 ORDER BY due_at, account LIMIT ?2";
            let mut statement = db.prepare_cached(sql)?;
            let due = statement.query_map(params![now.unix_millis(), limit], account_id)?;
            Ok(due.collect::<rusqlite::Result<_>>()?)
        })
    }

    async fn lifeless(&self, limit: u32) -> Result<Vec<AccountId>> {
        self.read(|db| {
            let sql = "SELECT id FROM account WHERE NOT EXISTS
                       (SELECT 1 FROM account_life WHERE account = account.id) ORDER BY id LIMIT ?1";
            let mut statement = db.prepare_cached(sql)?;
            let found = statement.query_map([limit], account_id)?;
            Ok(found.collect::<rusqlite::Result<_>>()?)
        })
    }

    async fn commit_life(&self, LifeChange { life, entries }: LifeChange) -> Result<u64> {
        self.write(|db| {
            if version(db, LIFE_VERSION, life.account)? != life.version {
                return Err(Code::STORE_CONFLICT.into());
            }
            let sql = "INSERT INTO account_life (account, version, state, due_at) VALUES (?1, ?2, ?3, ?4)
                       ON CONFLICT (account) DO UPDATE SET version = excluded.version, state = excluded.state,
                           due_at = excluded.due_at";
            let due_at = life.due_at.map(Timestamp::unix_millis);
            db.prepare_cached(sql)?.execute(params![life.account.0, integer(life.version + 1), life.state, due_at])?;
            log(db, &entries)?;
            Ok(life.version + 1)
        })
    }

    async fn erase(&self, erasure: Erasure) -> Result<Erased> {
        self.write(|db| {
            let Erasure { account, version: expected, life_version, records, tombstones, entries } = &erasure;
            let found = version(db, "SELECT version FROM account WHERE id = ?1", *account)?;
            if found == 0 || found != *expected || version(db, LIFE_VERSION, *account)? != *life_version {
                return Err(Code::STORE_CONFLICT.into());
            }
            for sql in [
                "DELETE FROM identity WHERE account = ?1",
                "DELETE FROM account_life WHERE account = ?1",
                "DELETE FROM account WHERE id = ?1",
            ] {
                db.prepare_cached(sql)?.execute([account.0])?;
            }
            let sql = "UPDATE log SET record = x'', salt = zeroblob(32) WHERE record_id = ?1 AND length(record) > 0";
            let (mut forget, mut forgotten) = (db.prepare_cached(sql)?, 0);
            for record in records {
                forgotten += forget.execute([record])? as u64;
            }
            let sql = "INSERT INTO tombstone (name, ends) VALUES (?1, ?2)
                       ON CONFLICT (name) DO UPDATE SET ends = max(ends, excluded.ends)";
            for (name, ends) in tombstones {
                db.prepare_cached(sql)?.execute(params![name, ends.unix_millis()])?;
            }
            log(db, entries)?;
            Ok(Erased::of(forgotten))
        })
    }

    async fn is_erased(&self, names: &[[u8; 32]], now: Timestamp) -> Result<bool> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT 1 FROM tombstone WHERE name = ?1 AND +ends > ?2")?;
            for name in names {
                if statement.exists(params![name, now.unix_millis()])? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }
}

/// The statement that deletes of a class: `?1` the end, `?2` how many at most.
fn statement(class: DataClass) -> Option<&'static str> {
    Some(match class {
        DataClass::Visits => {
            "DELETE FROM visit WHERE key IN (SELECT key FROM visit WHERE ends <= ?1 ORDER BY ends, key LIMIT ?2)"
        }
        DataClass::Tombstones => {
            "DELETE FROM tombstone WHERE name IN
             (SELECT name FROM tombstone WHERE ends <= ?1 ORDER BY ends, name LIMIT ?2)"
        }
        DataClass::Sessions => {
            "DELETE FROM psc_session WHERE key IN
             (SELECT key FROM psc_session WHERE ends <= ?1 ORDER BY ends, key LIMIT ?2)"
        }
        DataClass::SeenOnce => {
            "DELETE FROM seen_once WHERE name IN
             (SELECT name FROM seen_once WHERE until <= ?1 ORDER BY until, name LIMIT ?2)"
        }
        DataClass::LimiterKeys => {
            "DELETE FROM guard WHERE key IN (SELECT key FROM guard WHERE ends <= ?1 ORDER BY ends, key LIMIT ?2)"
        }
        DataClass::MailLimits => {
            "DELETE FROM mail_limit WHERE key IN
             (SELECT key FROM mail_limit WHERE ends <= ?1 ORDER BY ends, key LIMIT ?2)"
        }
        DataClass::LocalSignIns => {
            "DELETE FROM local_sign_in WHERE id IN
             (SELECT id FROM local_sign_in WHERE at <= ?1 AND compared = 1 ORDER BY at, id LIMIT ?2)"
        }
        _ => return None,
    })
}

impl PurgeStore for Sqlite {
    async fn purge(&self, class: DataClass, before: Timestamp, limit: u32, record: PurgeRecord<'_>) -> Result<u64> {
        let Some(sql) = statement(class) else { return Ok(0) };
        self.write(|db| {
            let count = db.prepare_cached(sql)?.execute(params![before.unix_millis(), limit])? as u64;
            if count > 0 {
                log(db, &[record(count)?])?;
            }
            Ok(count)
        })
    }
}
