//! The private side of a log: `private.sqlite`, with every entry, its record and salt, the head and the terms.
//!
//! A record is safe once its transaction is committed (WAL, `synchronous=FULL`): entry, record, salt and the checkpoint
//! that covers them are in it together.

use super::people;
use super::steps::Steps;
use crate::base::Timestamp;
use crate::consent::{Change, Document, Held, HeldRecords, RecordId, Sha256, TermsVersion};
use crate::error::{Code, Error, Result};
use crate::store::sqlite::{Failure, count, integer, open_file};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, Rows, Transaction, TransactionBehavior, params};
use std::path::Path;

const SCRIPTS: &[&str] = &[include_str!("1.sql"), include_str!("2.sql"), include_str!("3.sql")];
/// The first version with evidence.
const WITH_EVIDENCE: i64 = 2;
/// "sPCL", in the header of the file.
const APPLICATION: i64 = 0x7350_434c;

/// So many pages, 32 MiB, wait in the database's own log before they are copied to their places: each once, whatever changed
/// it meanwhile.
const WAL_PAGES: i64 = 8192;

pub(super) struct Private {
    pub(super) db: Connection,
    pub(super) steps: Steps,
    /// How many scripts had been applied when it was opened: an older file that is read alone lacks what later ones make.
    version: i64,
}

/// The last checkpoint that was signed.
pub(super) struct Head {
    pub(super) size: u64,
    pub(super) note: String,
    pub(super) settled: u64,
    pub(super) elsewhere: Option<String>,
}

/// A row to be logged.
pub(super) struct NewRow<'a> {
    pub(super) position: u64,
    pub(super) entry: &'a [u8],
    pub(super) id: &'a [u8; 16],
    pub(super) principal: &'a [u8; 32],
    pub(super) salt: &'a [u8; 32],
    pub(super) record: &'a [u8],
}

/// What is kept of a record.
pub(super) struct KeptRow {
    pub(super) position: u64,
    pub(super) entry: Vec<u8>,
    pub(super) salt: [u8; 32],
    pub(super) record: Vec<u8>,
    /// The kinds of evidence beside it, with commas between them.
    pub(super) evidence: Option<String>,
}

impl KeptRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<KeptRow> {
        let (entry, salt, record, evidence) = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?);
        Ok(KeptRow { position: count(row)?, entry, salt, record, evidence })
    }
}

impl Private {
    /// Opens the file to write, and makes it when it is missing.
    pub(super) fn open(path: &Path, steps: Steps) -> Result<Private> {
        let db = open_file(path, SCRIPTS, APPLICATION)?;
        db.pragma_update(None, "wal_autocheckpoint", WAL_PAGES).map_err(Failure::from)?;
        Ok(Private { db, steps, version: SCRIPTS.len() as i64 })
    }

    /// Opens the file to read.
    pub(super) fn read(path: &Path) -> Result<Private> {
        let open = |flag| Connection::open_with_flags(path, flag | OpenFlags::SQLITE_OPEN_NO_MUTEX);
        // Who may write leaves no file of the database's own log behind.
        let db = open(OpenFlags::SQLITE_OPEN_READ_WRITE).or_else(|_| open(OpenFlags::SQLITE_OPEN_READ_ONLY));
        let db = db.map_err(Failure::from)?;
        let version = checked(&db)?;
        Ok(Private { db, steps: Steps::default(), version })
    }

    /// The head; none in a log whose making was cut short.
    pub(super) fn head(&self) -> Result<Option<Head>> {
        let mut statement = self.prepare("SELECT size, note, settled, elsewhere FROM head")?;
        let head = statement.query_row([], |row| {
            let settled: i64 = row.get(2)?;
            let settled = u64::try_from(settled).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(2, settled))?;
            Ok(Head { size: count(row)?, note: row.get(1)?, settled, elsewhere: row.get(3)? })
        });
        Ok(head.optional().map_err(Failure::from)?)
    }

    pub(super) fn begin_log(&mut self, note: &str, elsewhere: Option<&str>) -> Result<()> {
        self.write(|tx, _| {
            tx.execute(
                "INSERT INTO head (one, size, note, settled, elsewhere) VALUES (1, 0, ?1, 0, ?2)",
                params![note, elsewhere],
            )?;
            Ok(())
        })
    }

    /// Does all that `work` does, or nothing; whether it was done is not known when the commit itself fails.
    pub(super) fn write<T>(&mut self, work: impl FnOnce(&Transaction<'_>, &Steps) -> Result<T, Failure>) -> Result<T> {
        let whole = || {
            self.steps.step().map_err(Failed)?;
            let transaction = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction, &self.steps)?;
            self.steps.step().map_err(Failed)?;
            transaction.commit()?;
            self.steps.step().map_err(Failed)?;
            Ok::<T, Failure>(value)
        };
        Ok(whole()?)
    }

    fn prepare(&self, sql: &str) -> Result<rusqlite::CachedStatement<'_>, Failure> {
        Ok(self.db.prepare_cached(sql)?)
    }

    /// Entries from `from` on, in their order.
    pub(super) fn entries(&self, from: u64, to: u64, mut each: impl FnMut(u64, &[u8]) -> Result<()>) -> Result<()> {
        let mut statement =
            self.prepare("SELECT position, entry FROM log WHERE position >= ?1 AND position < ?2 ORDER BY position")?;
        let mut rows = statement.query(params![integer(from), integer(to)]).map_err(Failure::from)?;
        while let Some(row) = rows.next().map_err(Failure::from)? {
            each(count(row).map_err(Failure::from)?, blob(row, 1)?)?;
        }
        Ok(())
    }

    /// What a [`KeptRow`] is read from.
    fn select_kept(&self) -> String {
        let kinds = "SELECT kind FROM evidence WHERE evidence.position = log.position ORDER BY kind";
        let evidence = match self.version < WITH_EVIDENCE {
            true => "NULL".to_owned(),
            false => format!("(SELECT group_concat(kind) FROM ({kinds}))"),
        };
        format!("SELECT position, entry, salt, record, {evidence} FROM log")
    }

    /// The record with this identity.
    pub(super) fn by_id(&self, id: RecordId) -> Result<Option<KeptRow>> {
        let mut statement = self.prepare(&format!("{} WHERE id = ?1", self.select_kept()))?;
        Ok(statement.query_row([id.0], KeptRow::read).optional().map_err(Failure::from)?)
    }

    /// The records of a person, or of everybody.
    pub(super) fn kept(&self, principal: Option<&Sha256>, mut each: impl FnMut(KeptRow) -> Result<()>) -> Result<()> {
        let positions = if self.version < people::VERSION { people::POSITIONS_BEFORE } else { people::POSITIONS };
        let kept = self.select_kept();
        let some = format!("{kept} WHERE position IN ({positions}) ORDER BY position");
        let all = format!("{kept} WHERE id IS NOT NULL ORDER BY position");
        let mut statement = self.prepare(if principal.is_some() { &some } else { &all })?;
        let rows = match principal {
            Some(principal) => statement.query([principal.0]),
            None => statement.query([]),
        };
        let mut rows = rows.map_err(Failure::from)?;
        while let Some(row) = rows.next().map_err(Failure::from)? {
            each(KeptRow::read(row).map_err(Failure::from)?)?;
        }
        Ok(())
    }

    /// The evidence of a kind that lies sealed beside the entry at a place.
    #[cfg(any(feature = "psc", feature = "card"))]
    pub(super) fn evidence(&self, position: u64, kind: &str) -> Result<Option<Vec<u8>>> {
        // A log that no program of today has opened to write has no such table yet.
        if self.version < WITH_EVIDENCE {
            return Ok(None);
        }
        let mut statement = self.prepare("SELECT sealed FROM evidence WHERE position = ?1 AND kind = ?2")?;
        let row = statement.query_row(params![integer(position), kind], |row| row.get(0));
        Ok(row.optional().map_err(Failure::from)?)
    }

    /// Every row, for the auditor.
    pub(super) fn audited<T>(&self, use_it: impl FnOnce(&mut dyn HeldRecords) -> Result<T>) -> Result<T> {
        let mut statement = self.prepare("SELECT position, entry, record, salt FROM log ORDER BY position")?;
        let rows = statement.query([]).map_err(Failure::from)?;
        use_it(&mut Audited(rows))
    }

    /// Forgets a person: records, salts and identities of their rows; the entries stay. Overwritten in the file, and the
    /// file's log emptied.
    pub(super) fn forget(&mut self, principal: &Sha256) -> Result<u64> {
        let forgotten = self.write(|tx, _| {
            let theirs = |what| format!("{what} WHERE position IN ({})", people::POSITIONS);
            tx.execute(&theirs("DELETE FROM evidence"), [principal.0])?;
            let empty = theirs("UPDATE log SET id = NULL, principal = NULL, salt = NULL, record = NULL");
            let forgotten = tx.execute(&empty, [principal.0])? as u64;
            people::forget(tx, principal)?;
            Ok(forgotten)
        })?;
        let busy: Result<i64, Failure> =
            self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).map_err(Failure::from);
        // Somebody still reads the older state, in which the person is: not forgotten yet.
        if busy? == 0 { Ok(forgotten) } else { Err(Error::new(Code::LOG_BUSY)) }
    }

    pub(super) fn add_terms(&mut self, terms: &TermsVersion) -> Result<()> {
        self.write(|tx, _| {
            let known = "SELECT hash FROM terms WHERE slug = ?1 AND version = ?2 AND lang = ?3";
            let name = params![terms.slug(), terms.version(), terms.lang()];
            let known: Option<[u8; 32]> = tx.query_row(known, name, |row| row.get(0)).optional()?;
            match known {
                Some(hash) if hash == terms.hash().0 => return Ok(()),
                Some(_) => return Err(Code::TERMS_INVALID.into()), // a published version never changes
                None => {}
            }
            let change = serde_json::to_value(terms.change()).map_err(|_| Code::BROKEN_INVARIANT)?;
            tx.execute(
                "INSERT INTO terms VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    terms.hash().0,
                    terms.slug(),
                    terms.version(),
                    terms.lang(),
                    terms.effective_from().unix_millis(),
                    change.as_str(),
                    terms.url()
                ],
            )?;
            for (place, document) in terms.documents().iter().enumerate() {
                let row =
                    params![terms.hash().0, place as i64, document.title(), document.media_type(), document.bytes()];
                tx.execute("INSERT INTO document VALUES (?1, ?2, ?3, ?4, ?5)", row)?;
            }
            Ok(())
        })
    }

    pub(super) fn terms(&self, hash: &Sha256) -> Result<Option<TermsVersion>> {
        let mut statement =
            self.prepare("SELECT title, media_type, bytes FROM document WHERE terms = ?1 ORDER BY place")?;
        let document = |row: &Row<'_>| -> rusqlite::Result<Document> {
            let (title, media_type, bytes): (String, String, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok(Document::new(title, media_type, bytes))
        };
        let documents = statement.query_map([hash.0], document).map_err(Failure::from)?;
        let documents: Vec<Document> = documents.collect::<rusqlite::Result<_>>().map_err(Failure::from)?;
        let mut statement =
            self.prepare("SELECT slug, version, lang, effective_from, change, url FROM terms WHERE hash = ?1")?;
        let row = statement.query_row([hash.0], |row| {
            let (slug, version, lang): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (from, change, url): (i64, String, Option<String>) = (row.get(3)?, row.get(4)?, row.get(5)?);
            Ok((slug, version, lang, Timestamp::from_unix_millis(from), change, url))
        });
        let Some((slug, version, lang, from, change, url)) = row.optional().map_err(Failure::from)? else {
            return Ok(None);
        };
        let corrupt = || Error::new(Code::STORE_CORRUPT);
        let change: Change = serde_json::from_value(change.into()).map_err(|_| corrupt())?;
        let terms = TermsVersion::new(slug, version, lang, from, change, documents).map_err(|_| corrupt())?;
        let terms = terms.at_url(url.unwrap_or_default());
        if terms.hash() == *hash { Ok(Some(terms)) } else { Err(corrupt()) }
    }
}

/// Whether this program may read the file; and its version.
fn checked(db: &Connection) -> Result<i64, Failure> {
    db.busy_timeout(std::time::Duration::from_secs(5))?;
    let application: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if application != APPLICATION {
        return Err(Code::STORE_CORRUPT.into());
    }
    if version > SCRIPTS.len() as i64 { Err(Code::STORE_NEWER.into()) } else { Ok(version) }
}

/// Adds a row; false when a record with this identity is there already.
pub(super) fn insert(tx: &Transaction<'_>, row: &NewRow<'_>) -> Result<bool, Failure> {
    let sql = "INSERT INTO log VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) WHERE id IS NOT NULL DO NOTHING";
    let row = params![integer(row.position), row.entry, row.id, row.principal, row.salt, row.record];
    Ok(tx.prepare_cached(sql)?.execute(row)? == 1)
}

/// Keeps evidence beside an entry; what is there already stays.
#[cfg(any(feature = "psc", feature = "card"))]
pub(super) fn keep_evidence(tx: &Transaction<'_>, position: u64, kind: &str, sealed: &[u8]) -> Result<(), Failure> {
    let sql = "INSERT INTO evidence VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    tx.prepare_cached(sql)?.execute(params![integer(position), kind, sealed])?;
    Ok(())
}

/// The place and the salt of a record that is there already, when it is the same.
pub(super) fn same(tx: &Transaction<'_>, id: &[u8; 16], record: &[u8]) -> Result<(u64, [u8; 32]), Failure> {
    let mut statement = tx.prepare_cached("SELECT position, record, salt FROM log WHERE id = ?1")?;
    let (position, kept, salt): (u64, Vec<u8>, [u8; 32]) =
        statement.query_row([id], |row| Ok((count(row)?, row.get(1)?, row.get(2)?)))?;
    if kept == record { Ok((position, salt)) } else { Err(Code::RECORD_DIFFERS.into()) }
}

pub(super) fn set_head(tx: &Transaction<'_>, size: u64, note: &str, settled: u64) -> Result<(), Failure> {
    let sql = "UPDATE head SET size = ?1, note = ?2, settled = max(settled, ?3) RETURNING indexed";
    let indexed = tx.prepare_cached(sql)?.query_row(params![integer(size), note, integer(settled)], count)?;
    people::follow(tx, indexed, size)
}

struct Audited<'a>(Rows<'a>);

impl HeldRecords for Audited<'_> {
    fn next(&mut self, see: &mut dyn FnMut(Held<'_>)) -> Result<bool> {
        let Some(row) = self.0.next().map_err(Failure::from)? else { return Ok(false) };
        let record = row.get_ref(2).map_err(Failure::from)?;
        let opening = match record {
            rusqlite::types::ValueRef::Null => None,
            _ => {
                let salt = blob(row, 3)?.try_into().map_err(|_| Error::new(Code::STORE_CORRUPT))?;
                Some((blob(row, 2)?, salt))
            }
        };
        see(Held { index: count(row).map_err(Failure::from)?, entry: blob(row, 1)?, opening });
        Ok(true)
    }
}

fn blob<'a>(row: &'a Row<'_>, at: usize) -> Result<&'a [u8]> {
    let value = row.get_ref(at).map_err(Failure::from)?;
    value.as_blob().map_err(|_| Error::new(Code::STORE_CORRUPT))
}

/// A write that a test let fail.
struct Failed(std::io::Error);

impl From<Failed> for Failure {
    fn from(Failed(error): Failed) -> Failure {
        Error::new(Code::STORE_UNAVAILABLE).caused_by(error).into()
    }
}

pub(super) fn failed(error: std::io::Error) -> Failure {
    Failed(error).into()
}
