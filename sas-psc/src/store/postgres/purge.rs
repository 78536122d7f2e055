//! What its time is over is deleted with its record.
//!
//! What will go is looked up first, so that the record can say how many; then exactly that goes, or nothing.

use super::core::{Work, begin, finish, give_up};
use super::log::{Append, Entries};
use super::{Postgres, count, integer};
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use crate::onboarding::LogEntry;
use crate::onboarding::retention::{DataClass, PurgeRecord, PurgeStore};
use deadpool_postgres::Client;
use futures_util::future::join;

/// How often something else may have deleted of it meanwhile.
const ROUNDS: u32 = 8;

/// Table, key, end, and what else must hold.
type Place = (&'static str, &'static str, &'static str, &'static str);

fn place(class: DataClass) -> Option<Place> {
    Some(match class {
        DataClass::Visits => ("sas_visit", "key", "ends", "true"),
        DataClass::Tombstones => ("sas_tombstone", "name", "ends", "true"),
        DataClass::Sessions => ("sas_session", "key", "ends", "true"),
        DataClass::SeenOnce => ("sas_once", "name", "until", "true"),
        DataClass::LimiterKeys => ("sas_guard", "key", "ends", "true"),
        DataClass::MailLimits => ("sas_mail_limit", "key", "ends", "true"),
        DataClass::LocalSignIns => ("sas_local_sign_in", "id", "at", "compared"),
        _ => return None,
    })
}

fn over<'a>(db: &'a Client, params: &'a (Place, i64, i64)) -> Work<'a, Vec<Vec<u8>>> {
    let ((table, key, end, more), before, limit) = params;
    Box::pin(async move {
        let sql = format!("SELECT {key} FROM {table} WHERE {end} <= $1 AND {more} ORDER BY {end}, {key} LIMIT $2");
        let statement = db.prepare_cached(&sql).await?;
        db.query(&statement, &[before, limit]).await?.iter().map(|row| Ok(row.try_get(0)?)).collect()
    })
}

/// Whether it was done: all of these keys were still there, or the record is there already.
fn delete<'a>(db: &'a Client, params: &'a (Place, i64, Vec<Vec<u8>>, LogEntry)) -> Work<'a, bool> {
    let ((table, key, end, more), before, keys, entry) = params;
    Box::pin(async move {
        let here = format!("SELECT count(*) FROM {table} WHERE {key} = ANY($1) AND {end} <= $2 AND {more}");
        let here = db.prepare_cached(&here).await?;
        let known = db.prepare_cached("SELECT 1 FROM sas_log WHERE record_id = $1").await?;
        let delete = db.prepare_cached(&format!("DELETE FROM {table} WHERE {key} = ANY($1)")).await?;
        let unmark = db.prepare_cached("DELETE FROM sas_session_mark WHERE session = ANY($1)").await?;
        let append = Append::prepare(db).await?;
        let entries = std::slice::from_ref(entry);
        let look = async {
            let record = Entries::of(entries).ids[0];
            let (here, known) = join(db.query_one(&here, &[keys, before]), db.query_opt(&known, &[&record])).await;
            Ok((here?, known?))
        };
        let (here, known) = begin(db, look).await?;
        if known.is_some() || count(&here, 0)? != keys.len() as u64 {
            give_up(db).await?;
            return Ok(known.is_some());
        }
        let write = async {
            let (deleted, logged) = join(db.execute(&delete, &[keys]), append.run(db, entries)).await;
            deleted?;
            if *table == "sas_session" {
                db.execute(&unmark, &[keys]).await?;
            }
            logged
        };
        finish(db, write).await.map(|()| true)
    })
}

impl PurgeStore for Postgres {
    async fn purge(&self, class: DataClass, before: Timestamp, limit: u32, record: PurgeRecord<'_>) -> Result<u64> {
        let Some(place) = place(class) else { return Ok(0) };
        let (before, limit) = (before.unix_millis(), integer(u64::from(limit)));
        for _ in 0..ROUNDS {
            let params = (place, before, limit);
            let keys = self.run(|core| async move { core.read(params, over).await }).await?;
            if keys.is_empty() {
                return Ok(0);
            }
            let found = keys.len() as u64;
            let params = (place, before, keys, record(found)?);
            if self.run(|core| async move { core.write(params, delete).await }).await? {
                return Ok(found);
            }
        }
        Err(Error::new(Code::STORE_CONFLICT))
    }
}
