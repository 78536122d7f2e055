//! A store in one SQLite file: several programs on one machine may share it.
//!
//! Each commit is one `BEGIN IMMEDIATE` transaction, in WAL mode and synced: it is there whole or not at all, whatever
//! kills the process. The file must be on a local disk, as WAL requires. It is not encrypted: the disk should be.

mod file;
#[cfg(feature = "psc")]
mod guard;
mod life;
mod limit;
mod link;
#[cfg(feature = "card")]
mod local_sign_in;
#[cfg(feature = "psc")]
mod session;

#[cfg(feature = "log")]
pub(super) use file::open_with as open_file;

use super::distinct;
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Accounts, consent records and visits in one SQLite file.
pub struct Sqlite(Mutex<Connection>);

impl Sqlite {
    /// Opens the file and brings its tables up to date. A missing one is made, for its owner alone (mode 0600).
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("accounts.sqlite");
    /// let store = sas_psc::store::Sqlite::open(path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `store-unavailable` (path, permission, lock), `store-corrupt` (not a file of ours, or damaged), `store-newer`.
    pub fn open(path: impl AsRef<Path>) -> Result<Sqlite> {
        Ok(Sqlite(Mutex::new(file::open(path.as_ref())?)))
    }

    /// Sees one state of the file throughout.
    fn read<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>) -> Result<T> {
        self.run(TransactionBehavior::Deferred, work)
    }

    /// Writes all that `work` does, or nothing when it fails.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>) -> Result<T> {
        self.run(TransactionBehavior::Immediate, work)
    }

    fn run<T>(
        &self,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>,
    ) -> Result<T> {
        // A panic while the lock was held has rolled its transaction back.
        let mut db = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let whole = || {
            let transaction = db.transaction_with_behavior(behavior)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok::<T, Failure>(value)
        };
        Ok(whole()?)
    }
}

impl fmt::Debug for Sqlite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sqlite(•••)")
    }
}

/// Why a piece of work failed. SQLite's message stays out: its code says enough, and holds no data.
#[derive(Debug)]
pub(super) struct Failure(Error);

impl From<Failure> for Error {
    fn from(Failure(error): Failure) -> Error {
        error
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure(error)
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Failure {
        Failure(Error::new(code))
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Failure {
        let rusqlite::Error::SqliteFailure(cause, _) = error else {
            return Code::STORE_CORRUPT.into(); // a value of a kind or size that we never wrote
        };
        let code = match cause.code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TypeMismatch => Code::STORE_CORRUPT,
            ErrorCode::ConstraintViolation => Code::STORE_CONFLICT,
            _ => Code::STORE_UNAVAILABLE,
        };
        Failure(Error::new(code).caused_by(cause))
    }
}

fn load(db: &Transaction<'_>, id: AccountId) -> Result<Option<StoredAccount>, Failure> {
    let mut statement =
        db.prepare_cached("SELECT version, state, issuer, email, wake_at FROM account WHERE id = ?1")?;
    let account = statement.query_row([id.0], |row| {
        Ok(StoredAccount {
            id,
            version: count(row)?,
            state: row.get(1)?,
            issuer: row.get(2)?,
            identities: Vec::new(),
            email: row.get(3)?,
            wake_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_unix_millis),
        })
    });
    let Some(mut account) = account.optional()? else { return Ok(None) };
    let mut statement = db.prepare_cached("SELECT identity FROM identity WHERE account = ?1 ORDER BY position")?;
    for identity in statement.query_map([id.0], |row| row.get::<_, String>(0))? {
        account.identities.push(IdNat::parse(&identity?).map_err(|_| Code::STORE_CORRUPT)?);
    }
    Ok(Some(account))
}

fn holder(db: &Transaction<'_>, issuer: &str, identity: &IdNat) -> Result<Option<AccountId>, Failure> {
    let mut statement = db.prepare_cached("SELECT account FROM identity WHERE issuer = ?1 AND identity = ?2")?;
    Ok(statement.query_row(params![issuer, identity.as_str()], account_id).optional()?)
}

fn owner(db: &Transaction<'_>, email: &str) -> Result<Option<AccountId>, Failure> {
    let mut statement = db.prepare_cached("SELECT id FROM account WHERE email = ?1")?;
    Ok(statement.query_row([email], account_id).optional()?)
}

fn account_id(row: &Row<'_>) -> rusqlite::Result<AccountId> {
    row.get(0).map(AccountId)
}

fn log_size(db: &Transaction<'_>) -> Result<u64, Failure> {
    Ok(db.prepare_cached("SELECT coalesce(max(position) + 1, 0) FROM log")?.query_row([], count)?)
}

/// Appends to the log.
fn log(db: &Transaction<'_>, entries: &[LogEntry]) -> Result<(), Failure> {
    let sql = "INSERT INTO log (position, record_id, leaf, record, salt) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut insert = db.prepare_cached(sql)?;
    for (position, entry) in (log_size(db)?..).zip(entries) {
        insert.execute(params![integer(position), entry.record_id, entry.leaf, entry.record, entry.salt])?;
    }
    Ok(())
}

/// The count in the first column; SQL's integers are signed.
pub(super) fn count(row: &Row<'_>) -> rusqlite::Result<u64> {
    let number = row.get(0)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(0, number))
}

/// A count for SQL.
pub(super) fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Refuses the change, in the order that every store keeps: the version, the numbers, the address.
fn check(db: &Transaction<'_>, account: &StoredAccount) -> Result<(), Failure> {
    let mut statement = db.prepare_cached("SELECT version FROM account WHERE id = ?1")?;
    let version: Option<u64> = statement.query_row([account.id.0], count).optional()?;
    if version.unwrap_or(0) != account.version {
        return Err(Code::STORE_CONFLICT.into());
    }
    for identity in &account.identities {
        if holder(db, &account.issuer, identity)?.is_some_and(|other| other != account.id) {
            return Err(Code::STORE_IDENTITY_TAKEN.into());
        }
    }
    if let Some(email) = &account.email
        && owner(db, email)?.is_some_and(|other| other != account.id)
    {
        return Err(Code::STORE_EMAIL_TAKEN.into());
    }
    Ok(())
}

/// Writes the numbers of an account, in their order, where they are others than before: most steps change none.
fn identify(db: &Transaction<'_>, account: &StoredAccount) -> Result<(), Failure> {
    let named = distinct(&account.identities);
    let sql = "SELECT issuer = ?2, identity FROM identity WHERE account = ?1 ORDER BY position";
    let mut statement = db.prepare_cached(sql)?;
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, bool>(0)?, row.get::<_, String>(1)?));
    let kept: Vec<(bool, String)> =
        statement.query_map(params![account.id.0, account.issuer], row)?.collect::<rusqlite::Result<_>>()?;
    let same = |((ours, kept), named): ((bool, String), &IdNat)| ours && kept == named.as_str();
    if kept.len() == named.len() && kept.into_iter().zip(&named).all(same) {
        return Ok(());
    }
    db.prepare_cached("DELETE FROM identity WHERE account = ?1")?.execute([account.id.0])?;
    let sql = "INSERT INTO identity (issuer, identity, account, position) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = db.prepare_cached(sql)?;
    for (position, identity) in (0i64..).zip(&named) {
        insert.execute(params![account.issuer, identity.as_str(), account.id.0, position])?;
    }
    Ok(())
}

impl Store for Sqlite {
    async fn account(&self, id: AccountId) -> Result<Option<StoredAccount>> {
        self.read(|db| load(db, id))
    }

    async fn accounts_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredAccount>> {
        self.read(|db| {
            let mut found = BTreeSet::new();
            for identity in identities {
                found.extend(holder(db, issuer, identity)?);
            }
            found.into_iter().filter_map(|id| load(db, id).transpose()).collect()
        })
    }

    async fn account_with_email(&self, email: &str) -> Result<Option<AccountId>> {
        self.read(|db| owner(db, email))
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        self.read(|db| {
            let sql = "SELECT id FROM account WHERE wake_at <= ?1 ORDER BY wake_at, id LIMIT ?2";
            let mut statement = db.prepare_cached(sql)?;
            let due = statement.query_map(params![now.unix_millis(), limit], account_id)?;
            Ok(due.collect::<rusqlite::Result<_>>()?)
        })
    }

    async fn commit(&self, Change { account, entries }: Change) -> Result<u64> {
        self.write(|db| {
            check(db, &account)?;
            let version = account.version + 1;
            db.prepare_cached(
                "INSERT INTO account (id, version, state, issuer, email, wake_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state,
                     issuer = excluded.issuer, email = excluded.email, wake_at = excluded.wake_at",
            )?
            .execute(params![
                account.id.0,
                integer(version),
                account.state,
                account.issuer,
                account.email,
                account.wake_at.map(Timestamp::unix_millis)
            ])?;

            identify(db, &account)?;
            log(db, &entries)?;
            Ok(version)
        })
    }

    async fn log_size(&self) -> Result<u64> {
        self.read(log_size)
    }

    async fn log_entries(&self, first: u64, count: u64) -> Result<Vec<LogEntry>> {
        self.read(|db| {
            let sql = "SELECT record_id, leaf, record, salt FROM log WHERE position >= ?1 ORDER BY position LIMIT ?2";
            let mut statement = db.prepare_cached(sql)?;
            let entries = statement.query_map(params![integer(first), integer(count)], |row| {
                Ok(LogEntry { record_id: row.get(0)?, leaf: row.get(1)?, record: row.get(2)?, salt: row.get(3)? })
            })?;
            Ok(entries.collect::<rusqlite::Result<_>>()?)
        })
    }

    async fn visit(&self, key: VisitKey, now: Timestamp) -> Result<Option<Vec<u8>>> {
        self.read(|db| {
            // The plus keeps the time out of the plan: with STAT4 each new value would prepare the statement again.
            let mut statement = db.prepare_cached("SELECT visit FROM visit WHERE key = ?1 AND +ends > ?2")?;
            Ok(statement.query_row(params![key.0, now.unix_millis()], |row| row.get(0)).optional()?)
        })
    }

    async fn save_visit(
        &self,
        key: VisitKey,
        was: Option<Vec<u8>>,
        visit: Vec<u8>,
        ends: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        self.write(|db| {
            let (key, ends, now) = (key.0, ends.unix_millis(), now.unix_millis());
            let written = match &was {
                Some(was) => {
                    let sql = "UPDATE visit SET ends = ?2, visit = ?3 WHERE key = ?1 AND visit IN (?3, ?4)";
                    db.prepare_cached(sql)?.execute(params![key, ends, visit, was])?
                }
                None => {
                    let sql = "INSERT INTO visit (key, ends, visit) VALUES (?1, ?2, ?3)
                               ON CONFLICT (key) DO UPDATE SET ends = excluded.ends, visit = excluded.visit
                               WHERE visit.ends <= ?4 OR visit.visit = excluded.visit";
                    db.prepare_cached(sql)?.execute(params![key, ends, visit, now])?
                }
            };
            if written == 1 { Ok(()) } else { Err(Code::STORE_CONFLICT.into()) }
        })
    }

    async fn end_visit(&self, key: VisitKey) -> Result<()> {
        self.write(|db| {
            db.prepare_cached("DELETE FROM visit WHERE key = ?1")?.execute([key.0])?;
            Ok(())
        })
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.write(|db| {
            Ok(db.prepare_cached("DELETE FROM visit WHERE ends <= ?1")?.execute([now.unix_millis()])? as u64)
        })
    }
}
