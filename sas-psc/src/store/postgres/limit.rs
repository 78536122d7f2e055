//! The rows of the mail limiter: all of a change or none, by who has read the last version of each.

use super::core::{Tag, Work, begin, finish, give_up};
use super::{Postgres, array, count, integer};
use crate::base::Timestamp;
use crate::email::{LimitKey, LimitRow, LimitStore, LimitSwap};
use crate::error::{Code, Result};
use deadpool_postgres::Client;
use std::collections::BTreeMap;

fn rows<'a>(db: &'a Client, (keys,): &'a (Vec<LimitKey>,)) -> Work<'a, Vec<Option<LimitRow>>> {
    Box::pin(async move {
        let statement = db.prepare_cached("SELECT key, version, state FROM sas_mail_limit WHERE key = ANY($1)").await?;
        let wanted: Vec<&[u8]> = keys.iter().map(|key| &key.0[..]).collect();
        let mut found = BTreeMap::new();
        for row in db.query(&statement, &[&wanted]).await? {
            let state = row.try_get(2)?;
            found.insert(array::<32>(&row, 0)?, LimitRow { version: count(&row, 1)?, state });
        }
        Ok(keys.iter().map(|key| found.get(&key.0).cloned()).collect())
    })
}

fn swap<'a>(db: &'a Client, (swaps, tag): &'a (Vec<LimitSwap>, Tag)) -> Work<'a, ()> {
    Box::pin(async move {
        let look = db.prepare_cached("SELECT key, version, tag FROM sas_mail_limit WHERE key = ANY($1)").await?;
        let upsert = "INSERT INTO sas_mail_limit (key, version, ends, state, tag)
                      SELECT s.key, s.expected + 1, s.ends, s.state, $5
                      FROM unnest($1::BYTEA[], $2::BIGINT[], $3::BIGINT[], $4::BYTEA[]) AS s (key, expected, ends, state)
                      ON CONFLICT (key) DO UPDATE SET version = excluded.version, ends = excluded.ends,
                          state = excluded.state, tag = excluded.tag";
        let upsert = db.prepare_cached(upsert).await?;
        let keys: Vec<&[u8]> = swaps.iter().map(|swap| &swap.key.0[..]).collect();
        let expected: Vec<i64> = swaps.iter().map(|swap| integer(swap.expected)).collect();
        let ends: Vec<i64> = swaps.iter().map(|swap| swap.ends.unix_millis()).collect();
        let states: Vec<&[u8]> = swaps.iter().map(|swap| &swap.state[..]).collect();
        let tag = &tag[..];
        let found = begin(db, async { Ok(db.query(&look, &[&keys]).await?) }).await?;
        let (mut versions, mut ours) = (BTreeMap::new(), false);
        for row in found {
            ours |= row.try_get::<_, &[u8]>(2)? == tag;
            versions.insert(array::<32>(&row, 0)?, count(&row, 1)?);
        }
        let last = |swap: &LimitSwap| versions.get(&swap.key.0).copied().unwrap_or(0) == swap.expected;
        if ours || !swaps.iter().all(last) {
            give_up(db).await?;
            return if ours { Ok(()) } else { Err(Code::STORE_CONFLICT.into()) };
        }
        let write = async { Ok(db.execute(&upsert, &[&keys, &expected, &ends, &states, &tag]).await?) };
        finish(db, write).await.map(drop)
    })
}

fn sweep<'a>(db: &'a Client, now: &'a Timestamp) -> Work<'a, u64> {
    let now = now.unix_millis();
    Box::pin(async move {
        let statement = db.prepare_cached("DELETE FROM sas_mail_limit WHERE ends <= $1").await?;
        Ok(db.execute(&statement, &[&now]).await?)
    })
}

impl LimitStore for Postgres {
    async fn limit_rows(&self, keys: &[LimitKey]) -> Result<Vec<Option<LimitRow>>> {
        let keys = (keys.to_vec(),);
        self.run(|core| async move { core.read(keys, rows).await }).await
    }

    async fn swap_limit_rows(&self, swaps: &[LimitSwap]) -> Result<()> {
        let params = (swaps.to_vec(), self.core.tag());
        self.run(|core| async move { core.write(params, swap).await }).await
    }

    async fn sweep_limit_rows(&self, now: Timestamp) -> Result<u64> {
        self.run(|core| async move { core.write(now, sweep).await }).await
    }
}
