//! The sessions of a service, and the names seen once.

use super::core::{Tag, Work, transaction};
use super::{Postgres, array, bears, count, integer};
use crate::base::Timestamp;
use crate::error::{Code, Result};
use crate::psc::{OnceStore, SessionKey, SessionStore, StoredSession};
use deadpool_postgres::Client;
use futures_util::future::{join, join4};
use std::collections::BTreeSet;

fn session<'a>(db: &'a Client, key: &'a SessionKey) -> Work<'a, Option<StoredSession>> {
    Box::pin(async move {
        let statement =
            db.prepare_cached("SELECT version, sealed, ends, marks FROM sas_session WHERE key = $1").await?;
        let Some(row) = db.query_opt(&statement, &[&&key.0[..]]).await? else { return Ok(None) };
        let (marks, rest) = row.try_get::<_, &[u8]>(3)?.as_chunks();
        if !rest.is_empty() {
            return Err(Code::STORE_CORRUPT.into());
        }
        Ok(Some(StoredSession {
            key: *key,
            version: count(&row, 0)?,
            sealed: row.try_get(1)?,
            ends: Timestamp::from_unix_millis(row.try_get(2)?),
            marks: marks.to_vec(),
        }))
    })
}

/// Replaces the session, then the marks where it is ours now: a session that was not replaced keeps its own.
fn save<'a>(db: &'a Client, (session, tag): &'a (StoredSession, Tag)) -> Work<'a, u64> {
    Box::pin(async move {
        let sql = match session.version {
            0 => {
                "INSERT INTO sas_session (key, version, ends, sealed, marks, tag) VALUES ($1, $2::BIGINT + 1, $3, $4, $5, $6)
                 ON CONFLICT DO NOTHING"
            }
            _ => {
                "UPDATE sas_session SET version = version + 1, ends = $3, sealed = $4, marks = $5, tag = $6
                 WHERE key = $1 AND version = $2"
            }
        };
        let replace = db.prepare_cached(sql).await?;
        let unmark = "DELETE FROM sas_session_mark WHERE session = $1 AND mark <> ALL($2)
                          AND EXISTS (SELECT 1 FROM sas_session WHERE key = $1 AND tag = $3)";
        let unmark = db.prepare_cached(unmark).await?;
        let mark = "INSERT INTO sas_session_mark (mark, session) SELECT m.mark, s.key
                        FROM sas_session s, unnest($2::BYTEA[]) AS m (mark) WHERE s.key = $1 AND s.tag = $3
                    ON CONFLICT DO NOTHING";
        let mark = db.prepare_cached(mark).await?;
        let look = db.prepare_cached("SELECT tag FROM sas_session WHERE key = $1").await?;
        let all = async {
            let (key, tag) = (&session.key.0[..], &tag[..]);
            let (version, ends) = (integer(session.version), session.ends.unix_millis());
            let (whole, marks) =
                (session.marks.concat(), session.marks.iter().map(|m| &m[..]).collect::<BTreeSet<_>>());
            let marks: Vec<&[u8]> = marks.into_iter().collect();
            let (replaced, unmarked, marked, found) = join4(
                db.execute(&replace, &[&key, &version, &ends, &session.sealed, &whole, &tag]),
                db.execute(&unmark, &[&key, &marks, &tag]),
                db.execute(&mark, &[&key, &marks, &tag]),
                db.query_opt(&look, &[&key]),
            )
            .await;
            for done in [replaced, unmarked, marked] {
                done?;
            }
            bears(found?.as_ref(), tag)
        };
        if transaction(db, all).await? { Ok(session.version + 1) } else { Err(Code::STORE_CONFLICT.into()) }
    })
}

fn marked<'a>(db: &'a Client, (marks,): &'a (Vec<[u8; 32]>,)) -> Work<'a, Vec<SessionKey>> {
    Box::pin(async move {
        let sql = "SELECT DISTINCT session FROM sas_session_mark WHERE mark = ANY($1) ORDER BY session";
        let statement = db.prepare_cached(sql).await?;
        let marks: Vec<&[u8]> = marks.iter().map(|mark| &mark[..]).collect();
        let rows = db.query(&statement, &[&marks]).await?;
        rows.iter().map(|row| array(row, 0).map(SessionKey)).collect()
    })
}

fn sweep<'a>(db: &'a Client, now: &'a Timestamp) -> Work<'a, u64> {
    let now = now.unix_millis();
    Box::pin(async move {
        let sql = "WITH ended AS (DELETE FROM sas_session WHERE ends <= $1 RETURNING key),
                   unmarked AS (DELETE FROM sas_session_mark WHERE session IN (SELECT key FROM ended))
                   SELECT count(*) FROM ended";
        let statement = db.prepare_cached(sql).await?;
        let swept = async { Ok(db.query_one(&statement, &[&now]).await?) };
        count(&transaction(db, swept).await?, 0)
    })
}

/// The name is ours when our tag is there.
fn first<'a>(db: &'a Client, name: &'a ([u8; 32], Timestamp, Timestamp, Tag)) -> Work<'a, bool> {
    let (name, until, now, tag) = name;
    let (name, until, now, tag) = (&name[..], until.unix_millis(), now.unix_millis(), &tag[..]);
    Box::pin(async move {
        let take = "INSERT INTO sas_once (name, until, tag) VALUES ($1, $2, $3)
                    ON CONFLICT (name) DO UPDATE SET until = excluded.until, tag = excluded.tag
                    WHERE sas_once.until <= $4";
        let take = db.prepare_cached(take).await?;
        let look = db.prepare_cached("SELECT tag FROM sas_once WHERE name = $1").await?;
        let both = async {
            let (taken, found) =
                join(db.execute(&take, &[&name, &until, &tag, &now]), db.query_opt(&look, &[&name])).await;
            taken?;
            bears(found?.as_ref(), tag)
        };
        transaction(db, both).await
    })
}

/// Names whose time is over; some at a time, so that nobody waits for it.
fn forget<'a>(db: &'a Client, now: &'a Timestamp) -> Work<'a, ()> {
    let now = now.unix_millis();
    Box::pin(async move {
        let sql = "DELETE FROM sas_once WHERE name IN
                       (SELECT name FROM sas_once WHERE until <= $1 ORDER BY until LIMIT 64 FOR UPDATE SKIP LOCKED)";
        let statement = db.prepare_cached(sql).await?;
        db.execute(&statement, &[&now]).await?;
        Ok(())
    })
}

impl SessionStore for Postgres {
    async fn session(&self, key: SessionKey) -> Result<Option<StoredSession>> {
        self.run(|core| async move { core.read(key, session).await }).await
    }

    async fn save_session(&self, session: StoredSession) -> Result<u64> {
        let params = (session, self.core.tag());
        self.run(|core| async move { core.write(params, save).await }).await
    }

    async fn sessions_marked(&self, marks: &[[u8; 32]]) -> Result<Vec<SessionKey>> {
        let marks = (marks.to_vec(),);
        self.run(|core| async move { core.read(marks, marked).await }).await
    }

    async fn sweep_sessions(&self, now: Timestamp) -> Result<u64> {
        self.run(|core| async move { core.write(now, sweep).await }).await
    }
}

impl OnceStore for Postgres {
    async fn first_time(&self, name: [u8; 32], until: Timestamp, now: Timestamp) -> Result<bool> {
        let params = (name, until, now, self.core.tag());
        let first = self.run(|core| async move { core.write(params, first).await }).await?;
        if first {
            // As many are forgotten as come.
            self.run(|core| async move { core.write(now, forget).await }).await?;
        }
        Ok(first)
    }
}
