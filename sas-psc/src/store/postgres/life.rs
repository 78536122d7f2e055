//! Lives of accounts, and erasures.

use super::core::{Tag, Work, begin, finish, give_up};
use super::log::{Append, Entries};
use super::{Postgres, array, count, integer};
use crate::base::Timestamp;
use crate::error::{Code, Result};
use crate::onboarding::AccountId;
use crate::onboarding::lifecycle::{Erased, Erasure, LifeChange, LifeStore, StoredLife};
use deadpool_postgres::Client;
use futures_util::future::{join3, join5};
use tokio_postgres::Row;

fn life<'a>(db: &'a Client, account: &'a AccountId) -> Work<'a, Option<StoredLife>> {
    Box::pin(async move {
        let statement = db.prepare_cached("SELECT version, state, due_at FROM sas_life WHERE account = $1").await?;
        let Some(row) = db.query_opt(&statement, &[&&account.0[..]]).await? else { return Ok(None) };
        let due_at = row.try_get::<_, Option<i64>>(2)?.map(Timestamp::from_unix_millis);
        Ok(Some(StoredLife { account: *account, version: count(&row, 0)?, state: row.try_get(1)?, due_at }))
    })
}

fn due<'a>(db: &'a Client, (now, limit): &'a (Timestamp, u32)) -> Work<'a, Vec<AccountId>> {
    let (now, limit) = (now.unix_millis(), i64::from(*limit));
    Box::pin(async move {
        let sql = "SELECT account FROM sas_life WHERE due_at <= $1 ORDER BY due_at, account LIMIT $2";
        let statement = db.prepare_cached(sql).await?;
        db.query(&statement, &[&now, &limit]).await?.iter().map(|row| array(row, 0).map(AccountId)).collect()
    })
}

fn lifeless<'a>(db: &'a Client, limit: &'a i64) -> Work<'a, Vec<AccountId>> {
    Box::pin(async move {
        let sql = "SELECT id FROM sas_account a WHERE NOT EXISTS (SELECT 1 FROM sas_life l WHERE l.account = a.id)
                   ORDER BY id LIMIT $1";
        let statement = db.prepare_cached(sql).await?;
        db.query(&statement, &[limit]).await?.iter().map(|row| array(row, 0).map(AccountId)).collect()
    })
}

fn erased<'a>(db: &'a Client, (names, now): &'a (Vec<[u8; 32]>, Timestamp)) -> Work<'a, bool> {
    let (names, now): (Vec<&[u8]>, _) = (names.iter().map(|name| &name[..]).collect(), now.unix_millis());
    Box::pin(async move {
        let sql = "SELECT 1 FROM sas_tombstone WHERE name = ANY($1) AND ends > $2 LIMIT 1";
        let statement = db.prepare_cached(sql).await?;
        Ok(db.query_opt(&statement, &[&names, &now]).await?.is_some())
    })
}

/// The version of a row that was found; 0 for none.
fn version(row: Option<&Row>) -> Result<u64, super::failure::Failure> {
    row.map_or(Ok(0), |row| count(row, 0))
}

fn commit<'a>(db: &'a Client, (change, tag): &'a (LifeChange, Tag)) -> Work<'a, ()> {
    Box::pin(async move {
        let LifeChange { life, entries } = change;
        let last = db.prepare_cached("SELECT version, tag FROM sas_life WHERE account = $1").await?;
        let known = db.prepare_cached("SELECT 1 FROM sas_log WHERE record_id = ANY($1) LIMIT 1").await?;
        let upsert = "INSERT INTO sas_life (account, version, state, due_at, tag) VALUES ($1, $2, $3, $4, $5)
                      ON CONFLICT (account) DO UPDATE SET version = excluded.version, state = excluded.state,
                          due_at = excluded.due_at, tag = excluded.tag";
        let upsert = db.prepare_cached(upsert).await?;
        let append = Append::prepare(db).await?;
        let (account, tag, records) = (&life.account.0[..], &tag[..], Entries::of(entries));
        let look = async {
            let (last, known) =
                futures_util::future::join(db.query_opt(&last, &[&account]), db.query_opt(&known, &[&records.ids]))
                    .await;
            Ok((last?, known?))
        };
        let (last, known) = begin(db, look).await?;
        let ours = match &last {
            Some(row) => row.try_get::<_, &[u8]>(1)? == tag,
            None => false,
        };
        let fits = version(last.as_ref())? == life.version && known.is_none() && !records.repeat();
        if ours || !fits {
            give_up(db).await?;
            return if ours { Ok(()) } else { Err(Code::STORE_CONFLICT.into()) };
        }
        let (next, due_at) = (integer(life.version + 1), life.due_at.map(Timestamp::unix_millis));
        let write = async {
            let (upserted, logged) = futures_util::future::join(
                db.execute(&upsert, &[&account, &next, &life.state, &due_at, &tag]),
                append.run(db, entries),
            )
            .await;
            upserted?;
            logged
        };
        finish(db, write).await
    })
}

/// An erasure that was done is known by its record, since nothing else of it is left.
fn erase<'a>(db: &'a Client, erasure: &'a Erasure) -> Work<'a, Erased> {
    Box::pin(async move {
        let account = db.prepare_cached("SELECT version FROM sas_account WHERE id = $1").await?;
        let life = db.prepare_cached("SELECT version FROM sas_life WHERE account = $1").await?;
        let known = db.prepare_cached("SELECT 1 FROM sas_log WHERE record_id = ANY($1) LIMIT 1").await?;
        let gone = "SELECT count(*) FROM sas_log WHERE record_id = ANY($1) AND octet_length(record) = 0";
        let gone = db.prepare_cached(gone).await?;
        let numbers = db.prepare_cached("DELETE FROM sas_identity WHERE account = $1").await?;
        let lived = db.prepare_cached("DELETE FROM sas_life WHERE account = $1").await?;
        let row = db.prepare_cached("DELETE FROM sas_account WHERE id = $1").await?;
        let forget = "UPDATE sas_log SET record = ''::BYTEA, salt = $2
                      WHERE record_id = ANY($1) AND octet_length(record) > 0";
        let forget = db.prepare_cached(forget).await?;
        // A name that comes twice has the later end.
        let bury = "INSERT INTO sas_tombstone (name, ends)
                    SELECT t.name, max(t.ends) FROM unnest($1::BYTEA[], $2::BIGINT[]) AS t (name, ends) GROUP BY t.name
                    ON CONFLICT (name) DO UPDATE SET ends = greatest(sas_tombstone.ends, excluded.ends)";
        let bury = db.prepare_cached(bury).await?;
        let append = Append::prepare(db).await?;

        let (id, entries) = (&erasure.account.0[..], Entries::of(&erasure.entries));
        let records: Vec<&[u8]> = erasure.records.iter().map(|record| &record[..]).collect();
        let names: Vec<&[u8]> = erasure.tombstones.iter().map(|(name, _)| &name[..]).collect();
        let ends: Vec<i64> = erasure.tombstones.iter().map(|(_, ends)| ends.unix_millis()).collect();
        let look = async {
            let (account, life, known) = join3(
                db.query_opt(&account, &[&id]),
                db.query_opt(&life, &[&id]),
                db.query_opt(&known, &[&entries.ids]),
            )
            .await;
            Ok((account?, life?, known?))
        };
        let (account, life, known) = begin(db, look).await?;
        let fits = account.is_some()
            && version(account.as_ref())? == erasure.version
            && version(life.as_ref())? == erasure.life_version
            && known.is_none()
            && !entries.repeat();
        if !fits {
            let done = account.is_none() && known.is_some();
            let forgotten = if done { count(&db.query_one(&gone, &[&records]).await?, 0)? } else { 0 };
            give_up(db).await?;
            return if done { Ok(Erased::of(forgotten)) } else { Err(Code::STORE_CONFLICT.into()) };
        }
        let salt = [0_u8; 32];
        let write = async {
            let (rows, forgotten, lived, buried, logged) = join5(
                futures_util::future::join(db.execute(&numbers, &[&id]), db.execute(&row, &[&id])),
                db.execute(&forget, &[&records, &&salt[..]]),
                db.execute(&lived, &[&id]),
                db.execute(&bury, &[&names, &ends]),
                append.run(db, &erasure.entries),
            )
            .await;
            for done in [rows.0, rows.1, lived, buried] {
                done?;
            }
            logged?;
            Ok(Erased::of(forgotten?))
        };
        finish(db, write).await
    })
}

impl LifeStore for Postgres {
    async fn life(&self, account: AccountId) -> Result<Option<StoredLife>> {
        self.run(|core| async move { core.read(account, life).await }).await
    }

    async fn lives_due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        self.run(|core| async move { core.read((now, limit), due).await }).await
    }

    async fn lifeless(&self, limit: u32) -> Result<Vec<AccountId>> {
        self.run(|core| async move { core.read(i64::from(limit), lifeless).await }).await
    }

    async fn commit_life(&self, change: LifeChange) -> Result<u64> {
        let (next, params) = (change.life.version.saturating_add(1), (change, self.core.tag()));
        self.run(|core| async move { core.write(params, commit).await }).await?;
        Ok(next)
    }

    async fn erase(&self, erasure: Erasure) -> Result<Erased> {
        self.run(|core| async move { core.write(erasure, erase).await }).await
    }

    async fn is_erased(&self, names: &[[u8; 32]], now: Timestamp) -> Result<bool> {
        let params = (names.to_vec(), now);
        self.run(|core| async move { core.read(params, erased).await }).await
    }
}
