//! How changes of accounts are written.
//!
//! Most changes move an account on whose numbers stay, with or without records, and one in ten begins an account: many of
//! those are one statement, which writes those it may and names them. It reads no row but those it writes, under their locks,
//! and the log's head is the last of them: so instances queue for the head, and none is turned away. Any other change (refused,
//! of other numbers, met by another one, or whose answer was lost) is looked at by itself, in a serializable transaction and in
//! the order that every store keeps: the version, the numbers, the address, the records.

use super::core::{Tag, Work, begin, finish, give_up, on_rows};
use super::failure::{Failure, Rule};
use super::log::{Append, Entries};
use super::{integer, lone, number_list};
use crate::error::Code;
use crate::onboarding::{AccountId, Change, StoredAccount};
use crate::store::distinct;
use deadpool_postgres::Client;
use futures_util::future::{join, join4};
use std::collections::BTreeSet;
use tokio_postgres::Row;

/// A change with the name of the call.
pub(super) type Named = (Change, Tag);

const MOVE: &str = "
    WITH given AS (
        SELECT * FROM unnest($1::BYTEA[], $2::BIGINT[], $3::BYTEA[], $4::TEXT[], $5::TEXT[], $6::TEXT[], $7::BIGINT[], $8::BYTEA[])
            AS given (id, version, state, issuer, numbers, email, wake_at, tag))
    UPDATE sas_account a SET version = given.version + 1, state = given.state, email = given.email,
        wake_at = given.wake_at, earlier = a.tag, tag = given.tag
    FROM given WHERE a.id = given.id AND a.version = given.version AND a.issuer = given.issuer AND a.numbers = given.numbers
    RETURNING a.id";

const MOVE_AND_LOG: &str = "
    WITH given AS (
        SELECT * FROM unnest($1::BYTEA[], $2::BIGINT[], $3::BYTEA[], $4::TEXT[], $5::TEXT[], $6::TEXT[], $7::BIGINT[], $8::BYTEA[])
            AS given (id, version, state, issuer, numbers, email, wake_at, tag)),
    moved AS (
        UPDATE sas_account a SET version = given.version + 1, state = given.state, email = given.email,
            wake_at = given.wake_at, earlier = a.tag, tag = given.tag
        FROM given WHERE a.id = given.id AND a.version = given.version AND a.issuer = given.issuer AND a.numbers = given.numbers
        RETURNING a.id),
    entry AS (
        SELECT e.record_id, e.leaf, e.record, e.salt, row_number() OVER (ORDER BY e.place) AS place
        FROM unnest($9::BYTEA[], $10::BYTEA[], $11::BYTEA[], $12::BYTEA[], $13::BYTEA[]) WITH ORDINALITY
            AS e (account, record_id, leaf, record, salt, place)
        JOIN moved ON moved.id = e.account),
    head AS (
        UPDATE sas_log_head SET size = size + more FROM (SELECT count(*) AS more FROM entry) AS counted
        WHERE name = 'log' AND more > 0
        RETURNING size - more AS first),
    logged AS (
        INSERT INTO sas_log (position, record_id, leaf, record, salt)
        SELECT head.first + entry.place - 1, entry.record_id, entry.leaf, entry.record, entry.salt FROM head, entry)
    SELECT id FROM moved";

const START: &str = "
    WITH begun AS (
        INSERT INTO sas_account (id, version, state, issuer, numbers, email, wake_at, tag, earlier)
        SELECT given.id, 1, given.state, given.issuer, given.numbers, given.email, given.wake_at, given.tag, given.tag
        FROM unnest($1::BYTEA[], $2::BYTEA[], $3::TEXT[], $4::TEXT[], $5::TEXT[], $6::BIGINT[], $7::BYTEA[])
            AS given (id, state, issuer, numbers, email, wake_at, tag)
        ON CONFLICT (id) DO NOTHING RETURNING id),
    known AS (
        INSERT INTO sas_identity (issuer, identity, account)
        SELECT named.issuer, named.identity, named.account
        FROM unnest($8::BYTEA[], $9::TEXT[], $10::TEXT[]) AS named (account, issuer, identity)
        WHERE named.account IN (SELECT id FROM begun))
    SELECT id FROM begun";

/// Columns of the accounts of some changes.
#[derive(Default)]
struct Columns<'a> {
    ids: Vec<&'a [u8]>,
    versions: Vec<i64>,
    states: Vec<&'a [u8]>,
    issuers: Vec<&'a str>,
    numbers: Vec<String>,
    emails: Vec<Option<&'a str>>,
    wakes: Vec<Option<i64>>,
    tags: Vec<&'a [u8]>,
}

impl<'a> Columns<'a> {
    fn of(changes: &[&'a Named]) -> Columns<'a> {
        let mut columns = Columns::default();
        for (Change { account, .. }, tag) in changes {
            columns.ids.push(&account.id.0);
            columns.versions.push(integer(account.version));
            columns.states.push(&account.state);
            columns.issuers.push(&account.issuer);
            columns.numbers.push(number_list(&account.identities));
            columns.emails.push(account.email.as_deref());
            columns.wakes.push(account.wake_at.map(|at| at.unix_millis()));
            columns.tags.push(tag);
        }
        columns
    }
}

/// Writes those of the changes that one statement each way can, and names their accounts; of each account there is one.
pub(super) fn many<'a>(db: &'a Client, changes: &'a Vec<Named>) -> Work<'a, BTreeSet<AccountId>> {
    Box::pin(async move {
        if let Some(named) = lone::lone(changes) {
            return lone::write(db, named).await;
        }
        let (mut starts, mut moves, mut logs) = (Vec::new(), Vec::new(), Vec::new());
        for named @ (Change { account, entries }, _) in changes {
            match (account.version, entries.is_empty()) {
                (0, true) => starts.push(named),
                (0, false) => {}
                (_, true) => moves.push(named),
                (_, false) => logs.push(named),
            }
        }
        let kinds = [&starts, &moves, &logs].iter().filter(|kind| !kind.is_empty()).count();
        let (starting, moving, logging) = (
            if starts.is_empty() { None } else { Some(db.prepare_cached(START).await?) },
            if moves.is_empty() { None } else { Some(db.prepare_cached(MOVE).await?) },
            if logs.is_empty() { None } else { Some(db.prepare_cached(MOVE_AND_LOG).await?) },
        );
        let start = async {
            let Some(statement) = starting else { return Ok(Vec::new()) };
            let c = Columns::of(&starts);
            let (mut accounts, mut issuers, mut identities) = (Vec::new(), Vec::new(), Vec::new());
            for (Change { account, .. }, _) in &starts {
                for identity in distinct(&account.identities) {
                    accounts.push(&account.id.0[..]);
                    issuers.push(account.issuer.as_str());
                    identities.push(identity.as_str().to_owned());
                }
            }
            db.query(
                &statement,
                &[
                    &c.ids,
                    &c.states,
                    &c.issuers,
                    &c.numbers,
                    &c.emails,
                    &c.wakes,
                    &c.tags,
                    &accounts,
                    &issuers,
                    &identities,
                ],
            )
            .await
        };
        let moved = async {
            let Some(statement) = moving else { return Ok(Vec::new()) };
            let c = Columns::of(&moves);
            db.query(
                &statement,
                &[&c.ids, &c.versions, &c.states, &c.issuers, &c.numbers, &c.emails, &c.wakes, &c.tags],
            )
            .await
        };
        let logged = async {
            let Some(statement) = logging else { return Ok(Vec::new()) };
            let (c, mut accounts, mut e) = (Columns::of(&logs), Vec::new(), Entries::default());
            for (Change { account, entries }, _) in &logs {
                accounts.extend(entries.iter().map(|_| &account.id.0[..]));
                entries.iter().for_each(|entry| e.push(entry));
            }
            db.query(
                &statement,
                &[
                    &c.ids,
                    &c.versions,
                    &c.states,
                    &c.issuers,
                    &c.numbers,
                    &c.emails,
                    &c.wakes,
                    &c.tags,
                    &accounts,
                    &e.ids,
                    &e.leaves,
                    &e.records,
                    &e.salts,
                ],
            )
            .await
        };
        let all = async {
            let (start, (moved, logged)) = join(start, join(moved, logged)).await;
            let mut done = BTreeSet::new();
            for row in start?.into_iter().chain(moved?).chain(logged?) {
                done.insert(account_id(&row)?);
            }
            Ok(done)
        };
        // One statement is a transaction by itself.
        if kinds > 1 { on_rows(db, all).await } else { all.await }
    })
}

/// Writes one change, or says why it may not be written.
pub(super) fn one<'a>(db: &'a Client, (change, tag): &'a Named) -> Work<'a, u64> {
    Box::pin(async move {
        let account = &change.account;
        if let Some(verdict) = begin(db, look(db, change, tag).await?).await? {
            give_up(db).await?;
            return verdict.map(|()| account.version + 1).map_err(Failure::from);
        }
        match finish(db, write(db, change, tag).await?).await {
            Ok(()) => Ok(account.version + 1),
            Err(failure) => Err(raced(failure)),
        }
    })
}

/// What another one took between the look and the deed.
fn raced(failure: Failure) -> Failure {
    match failure.rule {
        Some(Rule::Identity) => Code::STORE_IDENTITY_TAKEN.into(),
        Some(Rule::Email) => Code::STORE_EMAIL_TAKEN.into(),
        _ => failure,
    }
}

/// Nothing when the change may be written; else that it was written before, or why it may not.
type Verdict = Option<Result<(), Code>>;

async fn look<'a>(
    db: &'a Client,
    change: &'a Change,
    tag: &'a Tag,
) -> Result<impl Future<Output = Result<Verdict, Failure>> + use<'a>, Failure> {
    let Change { account, entries } = change;
    let version = db.prepare_cached("SELECT version, tag, earlier FROM sas_account WHERE id = $1").await?;
    let taken = "SELECT 1 FROM sas_identity WHERE issuer = $1 AND identity = ANY($2) AND account <> $3 LIMIT 1";
    let taken = db.prepare_cached(taken).await?;
    let linked = db.prepare_cached("SELECT 1 FROM sas_account WHERE email = $1 AND id <> $2 LIMIT 1").await?;
    let known = db.prepare_cached("SELECT 1 FROM sas_log WHERE record_id = ANY($1) LIMIT 1").await?;
    Ok(async move {
        let id = &account.id.0[..];
        let identities: Vec<&str> = account.identities.iter().map(|identity| identity.as_str()).collect();
        let records = Entries::of(entries);
        let (found, taken, linked, known) = join4(
            db.query_opt(&version, &[&id]),
            db.query_opt(&taken, &[&account.issuer, &identities, &id]),
            db.query_opt(&linked, &[&account.email, &id]),
            db.query_opt(&known, &[&records.ids]),
        )
        .await;
        let mut last = 0;
        if let Some(row) = found? {
            last = super::count(&row, 0)?;
            let tags: [&[u8]; 2] = [row.try_get(1)?, row.try_get(2)?];
            if tags.contains(&&tag[..]) {
                return Ok(Some(Ok(())));
            }
        }
        let refused = if last != account.version {
            Some(Code::STORE_CONFLICT)
        } else if taken?.is_some() {
            Some(Code::STORE_IDENTITY_TAKEN)
        } else if linked?.is_some() {
            Some(Code::STORE_EMAIL_TAKEN)
        } else if records.repeat() || known?.is_some() {
            Some(Code::STORE_CONFLICT)
        } else {
            None
        };
        Ok(refused.map(Err))
    })
}

async fn write<'a>(
    db: &'a Client,
    change: &'a Change,
    tag: &'a Tag,
) -> Result<impl Future<Output = Result<(), Failure>> + use<'a>, Failure> {
    let Change { account, entries } = change;
    let upsert = db
        .prepare_cached(
            "INSERT INTO sas_account (id, version, state, issuer, numbers, email, wake_at, tag, earlier)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
             ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state, issuer = excluded.issuer,
                 numbers = excluded.numbers, email = excluded.email, wake_at = excluded.wake_at,
                 earlier = sas_account.tag, tag = excluded.tag",
        )
        .await?;
    let forget = db.prepare_cached("DELETE FROM sas_identity WHERE account = $1").await?;
    let know = "INSERT INTO sas_identity (issuer, identity, account) SELECT $1, named.identity, $2
                FROM unnest($3::TEXT[]) AS named (identity)";
    let know = db.prepare_cached(know).await?;
    let append = Append::prepare(db).await?;
    Ok(async move {
        let StoredAccount { id, version, state, issuer, identities, email, wake_at } = account;
        let id = &id.0[..];
        let (version, wake_at) = (integer(*version).saturating_add(1), wake_at.map(|at| at.unix_millis()));
        let numbers = number_list(identities);
        let identities = distinct(identities);
        let identities: Vec<&str> = identities.iter().map(|identity| identity.as_str()).collect();
        let (upsert, forget, know, logged) = join4(
            db.execute(&upsert, &[&id, &version, state, issuer, &numbers, email, &wake_at, &&tag[..]]),
            db.execute(&forget, &[&id]),
            db.execute(&know, &[issuer, &id, &identities]),
            append.run(db, entries),
        )
        .await;
        for done in [upsert, forget, know] {
            done?;
        }
        logged
    })
}

/// The key in the first column.
pub(super) fn account_id(row: &Row) -> Result<AccountId, Failure> {
    Ok(AccountId(super::array(row, 0)?))
}
