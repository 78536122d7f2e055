//! The tables: made when they are missing, brought forward when they are older; any number of instances may start at once.
//!
//! Each script is one transaction with the row that says so, and that row is the lock: who comes second waits for it, finds
//! it, and looks again. A script that was published is never changed; what is up to date is only read.

use super::core::{Core, Work};
use super::failure::{Failure, Then};
use crate::error::{Code, Result};
use deadpool_postgres::Client;
use tokio_postgres::error::SqlState;

/// The scripts, in order; the first makes version 1.
const SCRIPTS: &[&str] = &[include_str!("1.sql"), include_str!("2.sql"), include_str!("3.sql"), include_str!("4.sql")];

pub(super) async fn migrate(core: &Core) -> Result<()> {
    core.read((), |db, ()| forward(db, SCRIPTS)).await
}

fn forward<'a>(db: &'a Client, scripts: &'static [&'static str]) -> Work<'a, ()> {
    Box::pin(async move {
        loop {
            let done = match version(db).await {
                Ok(version) => version,
                Err(failure) if failure.state == Some(SqlState::UNDEFINED_TABLE) => {
                    begin(db).await?;
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            let missing = usize::try_from(done).ok().and_then(|done| scripts.get(done..));
            match missing.ok_or(Code::STORE_NEWER)?.first() {
                None => return Ok(()),
                Some(script) => apply(db, done + 1, script).await?,
            }
        }
    })
}

async fn version(db: &Client) -> Result<i64, Failure> {
    let row = db.query_one("SELECT coalesce(max(version), 0) FROM sas_migration", &[]).await?;
    Ok(row.try_get(0)?)
}

/// Makes the table of versions. Another instance may be at it too: then look again.
async fn begin(db: &Client) -> Result<(), Failure> {
    let sql = "CREATE TABLE IF NOT EXISTS sas_migration (version BIGINT PRIMARY KEY)";
    let Err(error) = db.batch_execute(sql).await else { return Ok(()) };
    // What the server says when two make one table at once: its own catalogues clash.
    let busy = [SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_TABLE, SqlState::DUPLICATE_OBJECT];
    if error.code().is_some_and(|state| busy.contains(state)) { Err(again()) } else { Err(error.into()) }
}

async fn apply(db: &Client, version: i64, script: &str) -> Result<(), Failure> {
    let ours = format!("INSERT INTO sas_migration (version) VALUES ({version})");
    db.batch_execute("BEGIN").await?;
    let claimed = db.batch_execute(&ours).await;
    let failure = match &claimed {
        Ok(()) => match db.batch_execute(script).await {
            Ok(()) => return Ok(db.batch_execute("COMMIT").await?),
            Err(error) => Failure::from(error),
        },
        Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => again(),
        Err(_) => claimed.map_err(Failure::from).err().unwrap_or_else(again),
    };
    if failure.then != Then::Elsewhere {
        db.batch_execute("ROLLBACK").await?;
    }
    Err(failure)
}

fn again() -> Failure {
    Failure::new(Code::STORE_CONTENDED, Then::Again)
}
