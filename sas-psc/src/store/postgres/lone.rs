//! The change of a lone caller: what `change.rs` writes for many, as one statement of plain values.
//!
//! It spares the server the columns that are unrolled, joined, numbered and counted, a third of the work. What it cannot
//! write, it does not; then the change is looked at by itself, as any other.

use super::change::{Named, account_id};
use super::failure::Failure;
use super::{integer, number_list};
use crate::onboarding::{AccountId, Change, LogEntry, StoredAccount};
use deadpool_postgres::Client;
use std::collections::BTreeSet;
use tokio_postgres::types::ToSql;

const MOVE: &str = "
    UPDATE sas_account SET version = version + 1, state = $3, email = $6, wake_at = $7, earlier = tag, tag = $8
    WHERE id = $1 AND version = $2 AND issuer = $4 AND numbers = $5
    RETURNING id";

const MOVE_AND_LOG: &str = "
    WITH moved AS (
        UPDATE sas_account SET version = version + 1, state = $3, email = $6, wake_at = $7, earlier = tag, tag = $8
        WHERE id = $1 AND version = $2 AND issuer = $4 AND numbers = $5
        RETURNING id),
    head AS (
        UPDATE sas_log_head SET size = size + 1 FROM moved WHERE name = 'log' RETURNING size - 1 AS position),
    logged AS (
        INSERT INTO sas_log (position, record_id, leaf, record, salt)
        SELECT position, $9::BYTEA, $10::BYTEA, $11::BYTEA, $12::BYTEA FROM head)
    SELECT id FROM moved";

/// The only one of these changes, when it moves an account on with one record or none.
pub(super) fn lone(changes: &[Named]) -> Option<&Named> {
    let [named @ (Change { account, entries }, _)] = changes else { return None };
    (account.version > 0 && entries.len() <= 1).then_some(named)
}

/// Writes it if it may be, and then names its account.
pub(super) async fn write(db: &Client, (change, tag): &Named) -> Result<BTreeSet<AccountId>, Failure> {
    let Change { account, entries } = change;
    let StoredAccount { id, version, state, issuer, identities, email, wake_at } = account;
    let (id, version, wake_at) = (&id.0[..], integer(*version), wake_at.map(|at| at.unix_millis()));
    let (numbers, tag) = (number_list(identities), &tag[..]);
    let moved: [&(dyn ToSql + Sync); 8] = [&id, &version, state, issuer, &numbers, email, &wake_at, &tag];
    let row = match entries.first() {
        None => db.query_opt(&db.prepare_cached(MOVE).await?, &moved).await?,
        Some(LogEntry { record_id, leaf, record, salt }) => {
            let (record_id, salt) = (&record_id[..], &salt[..]);
            let logged: [&(dyn ToSql + Sync); 4] = [&record_id, leaf, record, &salt];
            db.query_opt(&db.prepare_cached(MOVE_AND_LOG).await?, &[&moved[..], &logged].concat()).await?
        }
    };
    row.iter().map(account_id).collect()
}
