//! The rows of the CIBA guard: a compare-and-set is one statement, and a look at whose tag is there now.

use super::core::{Tag, Work, transaction};
use super::{Postgres, bears, count, integer};
use crate::base::Timestamp;
use crate::error::{Code, Result};
use crate::psc::{GuardKey, GuardRow, GuardStore};
use deadpool_postgres::Client;
use futures_util::future::join;

type Swap = (GuardKey, u64, Vec<u8>, Timestamp, Tag);

fn row<'a>(db: &'a Client, key: &'a GuardKey) -> Work<'a, Option<GuardRow>> {
    Box::pin(async move {
        let statement = db.prepare_cached("SELECT version, state FROM sas_guard WHERE key = $1").await?;
        let row = db.query_opt(&statement, &[&&key.0[..]]).await?;
        row.map(|row| Ok(GuardRow { version: count(&row, 0)?, state: row.try_get(1)? })).transpose()
    })
}

fn swap<'a>(db: &'a Client, (key, expected, state, ends, tag): &'a Swap) -> Work<'a, ()> {
    let (key, version, ends) = (&key.0[..], integer(*expected), ends.unix_millis());
    Box::pin(async move {
        let sql = match expected {
            0 => {
                "INSERT INTO sas_guard (key, version, ends, state, tag) VALUES ($1, $2::BIGINT + 1, $3, $4, $5)
                 ON CONFLICT DO NOTHING"
            }
            _ => {
                "UPDATE sas_guard SET version = version + 1, ends = $3, state = $4, tag = $5
                 WHERE key = $1 AND version = $2"
            }
        };
        let swap = db.prepare_cached(sql).await?;
        let look = db.prepare_cached("SELECT tag FROM sas_guard WHERE key = $1").await?;
        let both = async {
            let tag = &tag[..];
            let (swapped, found) =
                join(db.execute(&swap, &[&key, &version, &ends, state, &tag]), db.query_opt(&look, &[&key])).await;
            swapped?;
            bears(found?.as_ref(), tag)
        };
        if transaction(db, both).await? { Ok(()) } else { Err(Code::STORE_CONFLICT.into()) }
    })
}

fn sweep<'a>(db: &'a Client, now: &'a Timestamp) -> Work<'a, u64> {
    let now = now.unix_millis();
    Box::pin(async move {
        let statement = db.prepare_cached("DELETE FROM sas_guard WHERE ends <= $1").await?;
        Ok(db.execute(&statement, &[&now]).await?)
    })
}

impl GuardStore for Postgres {
    async fn guard_row(&self, key: GuardKey) -> Result<Option<GuardRow>> {
        self.run(|core| async move { core.read(key, row).await }).await
    }

    async fn swap_guard_row(&self, key: GuardKey, expected: u64, state: Vec<u8>, ends: Timestamp) -> Result<()> {
        let params = (key, expected, state, ends, self.core.tag());
        self.run(|core| async move { core.write(params, swap).await }).await
    }

    async fn sweep_guard_rows(&self, now: Timestamp) -> Result<u64> {
        self.run(|core| async move { core.write(now, sweep).await }).await
    }
}
