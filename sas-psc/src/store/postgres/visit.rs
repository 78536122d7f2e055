//! The visits of browsers. Each write is one statement that may be repeated: the last one holds.

use super::Postgres;
use super::core::Work;
use crate::base::Timestamp;
use crate::error::Result;
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

fn write<'a>(db: &'a Client, (key, visit, ends): &'a (VisitKey, Vec<u8>, Timestamp)) -> Work<'a, ()> {
    let ends = ends.unix_millis();
    Box::pin(async move {
        let sql = "INSERT INTO sas_visit (key, ends, visit) VALUES ($1, $2, $3)
                   ON CONFLICT (key) DO UPDATE SET ends = excluded.ends, visit = excluded.visit";
        let statement = db.prepare_cached(sql).await?;
        db.execute(&statement, &[&&key.0[..], &ends, visit]).await?;
        Ok(())
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

    pub(super) async fn write_visit(&self, key: VisitKey, visit: Vec<u8>, ends: Timestamp) -> Result<()> {
        self.run(|core| async move { core.write((key, visit, ends), write).await }).await
    }

    pub(super) async fn delete_visit(&self, key: VisitKey) -> Result<()> {
        self.run(|core| async move { core.write(key, delete).await }).await
    }

    pub(super) async fn sweep_visits(&self, now: Timestamp) -> Result<u64> {
        self.run(|core| async move { core.write(now, sweep).await }).await
    }
}
