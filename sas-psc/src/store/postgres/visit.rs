//! The visits of browsers. Each write is one statement that may be repeated: what it finds written already is its own.

use super::Postgres;
use super::core::Work;
use crate::base::Timestamp;
use crate::error::{Code, Result};
use crate::onboarding::VisitKey;
use deadpool_postgres::Client;

fn read<'a>(db: &'a Client, (key, now): &'a (VisitKey, Timestamp)) -> Work<'a, Option<Vec<u8>>> {
    let (key, now) = (key.0, now.unix_millis());
    Box::pin(async move {
        let statement = db.prepare_cached("SELECT visit FROM sas_visit WHERE key = $1 AND ends > $2").await?;
        let row = db.query_opt(&statement, &[&&key[..], &now]).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    })
}

/// A visit in the place of another, or of none.
struct Swap {
    key: VisitKey,
    was: Option<Vec<u8>>,
    visit: Vec<u8>,
    ends: Timestamp,
    now: Timestamp,
}

fn write<'a>(db: &'a Client, swap: &'a Swap) -> Work<'a, ()> {
    let Swap { key, was, visit, ends, now } = swap;
    let (key, ends, now) = (&key.0[..], ends.unix_millis(), now.unix_millis());
    Box::pin(async move {
        let written = match was {
            Some(was) => {
                let sql = "UPDATE sas_visit SET ends = $2, visit = $3 WHERE key = $1 AND (visit = $4 OR visit = $3)";
                db.execute(&db.prepare_cached(sql).await?, &[&key, &ends, visit, was]).await?
            }
            None => {
                let sql = "INSERT INTO sas_visit AS v (key, ends, visit) VALUES ($1, $2, $3)
                           ON CONFLICT (key) DO UPDATE SET ends = excluded.ends, visit = excluded.visit
                           WHERE v.ends <= $4 OR v.visit = excluded.visit";
                db.execute(&db.prepare_cached(sql).await?, &[&key, &ends, visit, &now]).await?
            }
        };
        if written == 1 { Ok(()) } else { Err(Code::STORE_CONFLICT.into()) }
    })
}

fn delete<'a>(db: &'a Client, key: &'a VisitKey) -> Work<'a, ()> {
    Box::pin(async move {
        let statement = db.prepare_cached("DELETE FROM sas_visit WHERE key = $1").await?;
        db.execute(&statement, &[&&key.0[..]]).await?;
        Ok(())
    })
}

fn sweep<'a>(db: &'a Client, now: &'a Timestamp) -> Work<'a, u64> {
    let now = now.unix_millis();
    Box::pin(async move {
        let statement = db.prepare_cached("DELETE FROM sas_visit WHERE ends <= $1").await?;
        Ok(db.execute(&statement, &[&now]).await?)
    })
}

impl Postgres {
    pub(super) async fn read_visit(&self, key: VisitKey, now: Timestamp) -> Result<Option<Vec<u8>>> {
        self.run(|core| async move { core.read((key, now), read).await }).await
    }

    pub(super) async fn write_visit(
        &self,
        key: VisitKey,
        was: Option<Vec<u8>>,
        visit: Vec<u8>,
        ends: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let swap = Swap { key, was, visit, ends, now };
        self.run(|core| async move { core.write(swap, write).await }).await
    }

    pub(super) async fn delete_visit(&self, key: VisitKey) -> Result<()> {
        self.run(|core| async move { core.write(key, delete).await }).await
    }

    pub(super) async fn sweep_visits(&self, now: Timestamp) -> Result<u64> {
        self.run(|core| async move { core.write(now, sweep).await }).await
    }
}
