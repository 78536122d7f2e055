//! The file: how it is opened, and how an older one is brought to today's tables.
//!
//! `PRAGMA user_version` counts the scripts that were applied; each runs in one transaction with its count, so that a
//! program killed in the middle leaves the version before. A script that was published is never changed.

use super::Failure;
use crate::error::{Code, Error};
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

/// The scripts, in order; the first makes version 1.
const SCRIPTS: &[&str] = &[
    include_str!("1.sql"),
    include_str!("2.sql"),
    include_str!("3.sql"),
    include_str!("4.sql"),
    include_str!("5.sql"),
    include_str!("6.sql"),
];

/// "sPSC", in the header of the file: which program it belongs to.
const APPLICATION: i64 = 0x7350_5343;

/// How long a writer waits for another one.
const BUSY: Duration = Duration::from_secs(5);

/// Opens the file of accounts, made if it is missing, with today's tables.
pub(super) fn open(path: &Path) -> Result<Connection, Failure> {
    open_with(path, SCRIPTS, APPLICATION)
}

/// Opens a file whose tables these scripts make.
pub(in crate::store) fn open_with(path: &Path, scripts: &[&str], application: i64) -> Result<Connection, Failure> {
    create_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(BUSY)?;
    // Every statement of the store is prepared once, not each time that its turn comes.
    db.set_prepared_statement_cache_capacity(128);
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "secure_delete", true)?; // what is deleted is overwritten
    db.pragma_update(None, "synchronous", "FULL")?; // a consent that was acknowledged survives a power cut
    migrate(&mut db, scripts, application)?;
    // After the tables, under whose lock several programs that open a new file wait for one another.
    use_wal(&db)?;
    Ok(db)
}

/// The first of several programs that open a new file switches it; SQLite lets the others not wait for that by themselves.
fn use_wal(db: &Connection) -> Result<(), Failure> {
    const EACH: Duration = Duration::from_millis(10);
    let mut tries = BUSY.as_millis() / EACH.as_millis();
    loop {
        match db.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())) {
            Err(rusqlite::Error::SqliteFailure(cause, _)) if cause.code == ErrorCode::DatabaseBusy && tries > 0 => {
                tries -= 1;
                std::thread::sleep(EACH);
            }
            other => return Ok(other?),
        }
    }
}

/// Makes an empty file that only its owner may read; SQLite gives the files beside it the same mode. A file that exists
/// keeps the mode its operator chose.
fn create_private(path: &Path) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(Error::new(Code::STORE_UNAVAILABLE).caused_by(error).into()),
    }
}

/// Applies the scripts that the file has not seen.
fn migrate(db: &mut Connection, scripts: &[&str], ours: i64) -> Result<(), Failure> {
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let pragma = |name| transaction.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (version, application) = (pragma("user_version")?, pragma("application_id")?);
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != ours && (application != 0 || version != 0 || tables != 0) {
        return Err(Code::STORE_CORRUPT.into()); // another program's database
    }
    let newer = || Failure::from(Code::STORE_NEWER);
    let missing = usize::try_from(version).ok().and_then(|done| scripts.get(done..)).ok_or_else(newer)?;
    for script in missing {
        transaction.execute_batch(script)?;
    }
    if !missing.is_empty() {
        transaction.pragma_update(None, "user_version", scripts.len() as i64)?;
        transaction.pragma_update(None, "application_id", ours)?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(db: &Connection) -> i64 {
        db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_older_file_gets_the_scripts_it_has_not_seen() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, &["CREATE TABLE a (n); INSERT INTO a VALUES (1)"], 7).unwrap();
        let scripts = ["fail if run again", "CREATE TABLE b (n); INSERT INTO b SELECT n + 1 FROM a"];
        for _ in 0..2 {
            migrate(&mut db, &scripts, 7).unwrap();
            assert_eq!((version(&db), db.query_row("SELECT n FROM b", [], |row| row.get(0))), (2, Ok(2)));
        }
    }

    #[test]
    fn a_script_that_fails_leaves_the_version_before() {
        let mut db = Connection::open_in_memory().unwrap();
        migrate(&mut db, &["CREATE TABLE a (n)"], 7).unwrap();
        assert!(migrate(&mut db, &["", "CREATE TABLE b (n); CREATE TABLE a (n)"], 7).is_err());
        assert_eq!(version(&db), 1);
        assert!(db.prepare("SELECT * FROM b").is_err());
    }
}
