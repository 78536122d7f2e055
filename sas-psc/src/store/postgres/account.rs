//! Accounts and the entries of the consent log.

use super::core::Work;
use super::failure::Failure;
use super::writer::{Waiting, thrown_away};
use super::{Postgres, array, change, count, integer};
use crate::base::Timestamp;
use crate::error::{Code, Result};
use crate::id::IdNat;
use crate::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};
use deadpool_postgres::Client;
use tokio::sync::oneshot;
use tokio_postgres::Row;

const COLUMNS: &str = "id, version, state, issuer, numbers, email, wake_at";

fn stored(row: &Row) -> Result<StoredAccount, Failure> {
    let numbers: &str = row.try_get(4)?;
    let identities = numbers.lines().map(IdNat::parse).collect::<Result<_>>().map_err(|_| Code::STORE_CORRUPT)?;
    Ok(StoredAccount {
        id: change::account_id(row)?,
        version: count(row, 1)?,
        state: row.try_get(2)?,
        issuer: row.try_get(3)?,
        identities,
        email: row.try_get(5)?,
        wake_at: row.try_get::<_, Option<i64>>(6)?.map(Timestamp::from_unix_millis),
    })
}

fn account<'a>(db: &'a Client, id: &'a AccountId) -> Work<'a, Option<StoredAccount>> {
    let id = id.0;
    Box::pin(async move {
        let statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM sas_account WHERE id = $1")).await?;
        db.query_opt(&statement, &[&&id[..]]).await?.as_ref().map(stored).transpose()
    })
}

fn accounts_of<'a>(db: &'a Client, (issuer, numbers): &'a (String, Vec<String>)) -> Work<'a, Vec<StoredAccount>> {
    Box::pin(async move {
        let sql = format!(
            "SELECT {COLUMNS} FROM sas_account WHERE id IN
                 (SELECT account FROM sas_identity WHERE issuer = $1 AND identity = ANY($2)) ORDER BY id"
        );
        let statement = db.prepare_cached(&sql).await?;
        db.query(&statement, &[issuer, numbers]).await?.iter().map(stored).collect()
    })
}

fn with_email<'a>(db: &'a Client, email: &'a String) -> Work<'a, Option<AccountId>> {
    Box::pin(async move {
        let statement = db.prepare_cached("SELECT id FROM sas_account WHERE email = $1").await?;
        db.query_opt(&statement, &[email]).await?.as_ref().map(change::account_id).transpose()
    })
}

/// Those that another instance is writing at this moment are left to it.
fn due<'a>(db: &'a Client, (now, limit): &'a (Timestamp, u32)) -> Work<'a, Vec<AccountId>> {
    let (now, limit) = (now.unix_millis(), i64::from(*limit));
    Box::pin(async move {
        let sql = "SELECT id FROM sas_account WHERE wake_at <= $1 ORDER BY wake_at, id LIMIT $2 FOR UPDATE SKIP LOCKED";
        let statement = db.prepare_cached(sql).await?;
        db.query(&statement, &[&now, &limit]).await?.iter().map(change::account_id).collect()
    })
}

fn log_size<'a>(db: &'a Client, (): &'a ()) -> Work<'a, u64> {
    Box::pin(async move {
        let statement = db.prepare_cached("SELECT size FROM sas_log_head WHERE name = 'log'").await?;
        count(&db.query_one(&statement, &[]).await?, 0)
    })
}

fn log_entries<'a>(db: &'a Client, (first, most): &'a (u64, u64)) -> Work<'a, Vec<LogEntry>> {
    let (first, most) = (integer(*first), integer(*most));
    Box::pin(async move {
        let sql = "SELECT record_id, leaf, record, salt FROM sas_log WHERE position >= $1 ORDER BY position LIMIT $2";
        let statement = db.prepare_cached(sql).await?;
        let rows = db.query(&statement, &[&first, &most]).await?;
        let entry = |row: &Row| {
            Ok(LogEntry {
                record_id: array(row, 0)?,
                leaf: row.try_get(1)?,
                record: row.try_get(2)?,
                salt: array(row, 3)?,
            })
        };
        rows.iter().map(entry).collect()
    })
}

impl Store for Postgres {
    async fn account(&self, id: AccountId) -> Result<Option<StoredAccount>> {
        self.run(|core| async move { core.read(id, account).await }).await
    }

    async fn accounts_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredAccount>> {
        let numbers = identities.iter().map(|identity| identity.as_str().to_owned()).collect();
        let params = (issuer.to_owned(), numbers);
        self.run(|core| async move { core.read(params, accounts_of).await }).await
    }

    async fn account_with_email(&self, email: &str) -> Result<Option<AccountId>> {
        let email = email.to_owned();
        self.run(|core| async move { core.read(email, with_email).await }).await
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        self.run(|core| async move { core.read((now, limit), due).await }).await
    }

    async fn commit(&self, change: Change) -> Result<u64> {
        let (answer, told) = oneshot::channel();
        self.line.send(Waiting { change, answer }).map_err(thrown_away)?;
        told.await.map_err(thrown_away)?
    }

    async fn log_size(&self) -> Result<u64> {
        self.run(|core| async move { core.read((), log_size).await }).await
    }

    async fn log_entries(&self, first: u64, count: u64) -> Result<Vec<LogEntry>> {
        self.run(|core| async move { core.read((first, count), log_entries).await }).await
    }

    async fn visit(&self, key: VisitKey, now: Timestamp) -> Result<Option<Vec<u8>>> {
        self.read_visit(key, now).await
    }

    async fn save_visit(
        &self,
        key: VisitKey,
        was: Option<Vec<u8>>,
        visit: Vec<u8>,
        ends: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        self.write_visit(key, was, visit, ends, now).await
    }

    async fn end_visit(&self, key: VisitKey) -> Result<()> {
        self.delete_visit(key).await
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.sweep_visits(now).await
    }
}
