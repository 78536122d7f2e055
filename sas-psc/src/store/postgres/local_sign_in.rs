//! Local sign-ins.

use super::Postgres;
use super::core::{Tag, Work, transaction};
use super::failure::Failure;
use crate::base::{Timestamp, from_stored, to_stored};
use crate::card::fallback::{LocalSignInRecord, LocalSignInStore, Reconciled};
use crate::error::{Code, Result};
use crate::id::IdNat;
use deadpool_postgres::Client;
use futures_util::future::join;
use tokio_postgres::Row;

const VERSION: u32 = 1;

fn written(record: &LocalSignInRecord) -> Result<String, Failure> {
    String::from_utf8(to_stored(VERSION, record)?).map_err(|_| Code::BROKEN_INVARIANT.into())
}

fn read(row: &Row) -> Result<LocalSignInRecord, Failure> {
    from_stored(VERSION, row.try_get::<_, &str>(0)?.as_bytes()).map_err(|error| match error.code() {
        Code::STORED_FORM_NEWER => Code::STORE_NEWER.into(),
        _ => Code::STORE_CORRUPT.into(),
    })
}

fn keep<'a>(db: &'a Client, (record, tag): &'a (LocalSignInRecord, Tag)) -> Work<'a, ()> {
    Box::pin(async move {
        let insert = "INSERT INTO sas_local_sign_in (id, at, person, compared, record, tag)
                      VALUES ($1, $2, $3, FALSE, $4, $5) ON CONFLICT DO NOTHING";
        let insert = db.prepare_cached(insert).await?;
        let look = db.prepare_cached("SELECT 1 FROM sas_local_sign_in WHERE id = $1 AND tag = $2").await?;
        let (id, at, text) = (&record.id[..], record.at.unix_millis(), written(record)?);
        let both = async {
            let (person, tag) = (record.professional.id_nat.as_str(), &tag[..]);
            let (kept, ours) =
                join(db.execute(&insert, &[&id, &at, &person, &text, &tag]), db.query_opt(&look, &[&id, &tag])).await;
            kept?;
            Ok(ours?.is_some())
        };
        if transaction(db, both).await? { Ok(()) } else { Err(Code::STORE_CONFLICT.into()) }
    })
}

fn of<'a>(db: &'a Client, people: &'a Vec<String>) -> Work<'a, Vec<LocalSignInRecord>> {
    Box::pin(async move {
        let sql = "SELECT record FROM sas_local_sign_in WHERE person = ANY($1) AND NOT compared ORDER BY at";
        let statement = db.prepare_cached(sql).await?;
        db.query(&statement, &[people]).await?.iter().map(read).collect()
    })
}

fn open<'a>(db: &'a Client, before: &'a Timestamp) -> Work<'a, Vec<LocalSignInRecord>> {
    let before = before.unix_millis();
    Box::pin(async move {
        let sql = "SELECT record FROM sas_local_sign_in WHERE at < $1 AND NOT compared ORDER BY at";
        let statement = db.prepare_cached(sql).await?;
        db.query(&statement, &[&before]).await?.iter().map(read).collect()
    })
}

fn reconcile<'a>(db: &'a Client, (id, reconciled, tag): &'a ([u8; 32], Reconciled, Tag)) -> Work<'a, ()> {
    Box::pin(async move {
        let find = db.prepare_cached("SELECT record, compared, tag FROM sas_local_sign_in WHERE id = $1").await?;
        let Some(row) = db.query_opt(&find, &[&&id[..]]).await? else { return Err(Code::STORE_CONFLICT.into()) };
        if row.try_get::<_, &[u8]>(2)? == tag {
            return Ok(());
        }
        if row.try_get(1)? {
            return Err(Code::STORE_CONFLICT.into());
        }
        let mut record = read(&row)?;
        record.reconciled = Some(reconciled.clone());
        let text = written(&record)?;
        let update =
            "UPDATE sas_local_sign_in SET compared = TRUE, record = $2, tag = $3 WHERE id = $1 AND NOT compared";
        let update = db.prepare_cached(update).await?;
        let done = async { Ok(db.execute(&update, &[&&id[..], &text, &&tag[..]]).await?) };
        if transaction(db, done).await? == 1 { Ok(()) } else { Err(Code::STORE_CONFLICT.into()) }
    })
}

impl LocalSignInStore for Postgres {
    async fn keep_local_sign_in(&self, record: LocalSignInRecord) -> Result<()> {
        let params = (record, self.core.tag());
        self.run(|core| async move { core.write(params, keep).await }).await
    }

    async fn local_sign_ins_of(&self, people: &[IdNat]) -> Result<Vec<LocalSignInRecord>> {
        let people = people.iter().map(|person| person.as_str().to_owned()).collect();
        self.run(|core| async move { core.read(people, of).await }).await
    }

    async fn local_sign_ins_open(&self, before: Timestamp) -> Result<Vec<LocalSignInRecord>> {
        self.run(|core| async move { core.read(before, open).await }).await
    }

    async fn reconcile_local_sign_in(&self, id: [u8; 32], reconciled: Reconciled) -> Result<()> {
        let params = (id, reconciled, self.core.tag());
        self.run(|core| async move { core.write(params, reconcile).await }).await
    }
}
