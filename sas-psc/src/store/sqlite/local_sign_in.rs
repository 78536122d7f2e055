//! Local sign-ins in the SQLite file.

use super::{Failure, Sqlite};
use crate::base::{Timestamp, from_stored, to_stored};
use crate::card::fallback::{LocalSignInRecord, LocalSignInStore, Reconciled};
use crate::error::{Code, Result};
use crate::id::IdNat;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::BTreeSet;

const VERSION: u32 = 1;

fn written(record: &LocalSignInRecord) -> Result<String, Failure> {
    String::from_utf8(to_stored(VERSION, record)?).map_err(|_| Code::BROKEN_INVARIANT.into())
}

fn read(text: &str) -> Result<LocalSignInRecord, Failure> {
    from_stored(VERSION, text.as_bytes()).map_err(|error| match error.code() {
        Code::STORED_FORM_NEWER => Code::STORE_NEWER.into(),
        _ => Code::STORE_CORRUPT.into(),
    })
}

fn open_of(db: &Transaction<'_>, person: &IdNat) -> Result<Vec<LocalSignInRecord>, Failure> {
    let sql = "SELECT record FROM local_sign_in WHERE person = ?1 AND compared = 0 ORDER BY at";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([person.as_str()], |row| row.get::<_, String>(0))?;
    rows.map(|row| read(&row?)).collect()
}

impl LocalSignInStore for Sqlite {
    async fn keep_local_sign_in(&self, record: LocalSignInRecord) -> Result<()> {
        self.write(|db| {
            let sql = "INSERT INTO local_sign_in (id, at, person, compared, record) VALUES (?1, ?2, ?3, 0, ?4)
                       ON CONFLICT DO NOTHING";
            let (at, person) = (record.at.unix_millis(), record.professional.id_nat.as_str());
            let kept = db.prepare_cached(sql)?.execute(params![record.id, at, person, written(&record)?])?;
            if kept == 1 { Ok(()) } else { Err(Code::STORE_CONFLICT.into()) }
        })
    }

    async fn local_sign_ins_of(&self, people: &[IdNat]) -> Result<Vec<LocalSignInRecord>> {
        self.read(|db| {
            let mut found = Vec::new();
            for person in people.iter().collect::<BTreeSet<_>>() {
                found.extend(open_of(db, person)?);
            }
            found.sort_by_key(|record| record.at);
            Ok(found)
        })
    }

    async fn local_sign_ins_open(&self, before: Timestamp) -> Result<Vec<LocalSignInRecord>> {
        self.read(|db| {
            let sql = "SELECT record FROM local_sign_in WHERE at < ?1 AND compared = 0 ORDER BY at";
            let mut statement = db.prepare_cached(sql)?;
            let rows = statement.query_map([before.unix_millis()], |row| row.get::<_, String>(0))?;
            rows.map(|row| read(&row?)).collect()
        })
    }

    async fn reconcile_local_sign_in(&self, id: [u8; 32], reconciled: Reconciled) -> Result<()> {
        self.write(|db| {
            let mut statement = db.prepare_cached("SELECT record FROM local_sign_in WHERE id = ?1 AND compared = 0")?;
            let found = statement.query_row([id], |row| row.get::<_, String>(0)).optional()?;
            let mut record = read(&found.ok_or(Code::STORE_CONFLICT)?)?;
            record.reconciled = Some(reconciled);
            let sql = "UPDATE local_sign_in SET compared = 1, record = ?2 WHERE id = ?1";
            db.prepare_cached(sql)?.execute(params![id, written(&record)?])?;
            Ok(())
        })
    }
}
