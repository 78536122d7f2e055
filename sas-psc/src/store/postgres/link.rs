//! Links of the application's accounts, with the records that a step makes.

use super::core::{Tag, Work, begin, finish, give_up};
use super::failure::Failure;
use super::log::{Append, Entries};
use super::{Postgres, count, integer, number_list};
use crate::error::{Code, Result};
use crate::id::IdNat;
use crate::onboarding::LogEntry;
use crate::onboarding::link::{LinkChange, LinkStore, LocalAccount, StoredLink};
use crate::store::distinct;
use deadpool_postgres::Client;
use futures_util::future::{join, join3, join4};
use std::collections::{BTreeMap, BTreeSet};
use tokio_postgres::Row;

const COLUMNS: &str = "account, version, state, issuer, numbers";

fn stored(row: &Row) -> Result<StoredLink, Failure> {
    let numbers: &str = row.try_get(4)?;
    let identities = numbers.lines().map(IdNat::parse).collect::<Result<_>>().map_err(|_| Code::STORE_CORRUPT)?;
    let account = LocalAccount::new(row.try_get::<_, &str>(0)?).map_err(|_| Code::STORE_CORRUPT)?;
    Ok(StoredLink { account, version: count(row, 1)?, state: row.try_get(2)?, issuer: row.try_get(3)?, identities })
}

fn link<'a>(db: &'a Client, account: &'a LocalAccount) -> Work<'a, Option<StoredLink>> {
    Box::pin(async move {
        let statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM sas_link WHERE account = $1")).await?;
        db.query_opt(&statement, &[&account.as_str()]).await?.as_ref().map(stored).transpose()
    })
}

fn links_of<'a>(db: &'a Client, (issuer, numbers): &'a (String, Vec<String>)) -> Work<'a, Vec<StoredLink>> {
    Box::pin(async move {
        let sql = format!(
            "SELECT {COLUMNS} FROM sas_link WHERE account IN
                 (SELECT account FROM sas_link_identity WHERE issuer = $1 AND identity = ANY($2)) ORDER BY account"
        );
        let statement = db.prepare_cached(&sql).await?;
        db.query(&statement, &[issuer, numbers]).await?.iter().map(stored).collect()
    })
}

/// The identifiers that the links claim, each with its issuer and its link.
fn claims(links: &[StoredLink]) -> Vec<(&str, String, &str)> {
    let mut claims = Vec::new();
    for StoredLink { issuer, identities, account, .. } in links {
        let named = distinct(identities).into_iter();
        claims.extend(named.map(|identity| (issuer.as_str(), identity.as_str().to_owned(), account.as_str())));
    }
    claims
}

fn commit<'a>(db: &'a Client, (change, tag): &'a (LinkChange, Tag)) -> Work<'a, ()> {
    Box::pin(async move {
        let LinkChange { links, entries } = change;
        let last = db.prepare_cached("SELECT account, version, tag FROM sas_link WHERE account = ANY($1)").await?;
        let taken = "SELECT 1 FROM sas_link_identity x
                     JOIN unnest($1::TEXT[], $2::TEXT[]) AS c (issuer, identity)
                         ON x.issuer = c.issuer AND x.identity = c.identity
                     WHERE x.account <> ALL($3) LIMIT 1";
        let taken = db.prepare_cached(taken).await?;
        let known = db.prepare_cached("SELECT 1 FROM sas_log WHERE record_id = ANY($1) LIMIT 1").await?;
        let upsert = "INSERT INTO sas_link (account, version, state, issuer, numbers, tag)
                      SELECT l.account, l.version + 1, l.state, l.issuer, l.numbers, $6
                      FROM unnest($1::TEXT[], $2::BIGINT[], $3::BYTEA[], $4::TEXT[], $5::TEXT[])
                          AS l (account, version, state, issuer, numbers)
                      ON CONFLICT (account) DO UPDATE SET version = excluded.version, state = excluded.state,
                          issuer = excluded.issuer, numbers = excluded.numbers, tag = excluded.tag";
        let upsert = db.prepare_cached(upsert).await?;
        // All that is given up first, so that one link may take what another gives.
        let forget = db.prepare_cached("DELETE FROM sas_link_identity WHERE account = ANY($1)").await?;
        let know = "INSERT INTO sas_link_identity (issuer, identity, account)
                    SELECT * FROM unnest($1::TEXT[], $2::TEXT[], $3::TEXT[])";
        let know = db.prepare_cached(know).await?;
        let append = Append::prepare(db).await?;

        let accounts: Vec<&str> = links.iter().map(|link| link.account.as_str()).collect();
        let claims = claims(links);
        let issuers: Vec<&str> = claims.iter().map(|claim| claim.0).collect();
        let identities: Vec<&str> = claims.iter().map(|claim| claim.1.as_str()).collect();
        let holders: Vec<&str> = claims.iter().map(|claim| claim.2).collect();
        let (records, tag) = (Entries::of(entries), &tag[..]);

        let look = async {
            let (last, taken, known) = join3(
                db.query(&last, &[&accounts]),
                db.query_opt(&taken, &[&issuers, &identities, &accounts]),
                db.query_opt(&known, &[&records.ids]),
            )
            .await;
            Ok((last?, taken?, known?))
        };
        let (last, taken, known) = begin(db, look).await?;
        let (mut versions, mut ours) = (BTreeMap::new(), false);
        for row in &last {
            ours |= row.try_get::<_, &[u8]>(2)? == tag;
            versions.insert(row.try_get::<_, &str>(0)?, count(row, 1)?);
        }
        let current = |link: &StoredLink| versions.get(link.account.as_str()).copied().unwrap_or(0) == link.version;
        let named: BTreeSet<_> = issuers.iter().zip(&identities).collect();
        let verdict = if ours {
            Some(Ok(()))
        } else if !links.iter().all(current) || accounts.iter().collect::<BTreeSet<_>>().len() < links.len() {
            Some(Err(Code::STORE_CONFLICT))
        } else if taken.is_some() || named.len() < claims.len() {
            Some(Err(Code::STORE_IDENTITY_TAKEN))
        } else if known.is_some() || records.repeat() {
            Some(Err(Code::STORE_CONFLICT))
        } else {
            None
        };
        if let Some(verdict) = verdict {
            give_up(db).await?;
            return verdict.map_err(Failure::from);
        }
        let versions: Vec<i64> = links.iter().map(|link| integer(link.version)).collect();
        let states: Vec<&[u8]> = links.iter().map(|link| &link.state[..]).collect();
        let of: Vec<&str> = links.iter().map(|link| link.issuer.as_str()).collect();
        let numbers: Vec<String> = links.iter().map(|link| number_list(&link.identities)).collect();
        let write = async {
            let (upserted, forgotten, known, logged) = join4(
                db.execute(&upsert, &[&accounts, &versions, &states, &of, &numbers, &tag]),
                db.execute(&forget, &[&accounts]),
                db.execute(&know, &[&issuers, &identities, &holders]),
                append.run(db, entries),
            )
            .await;
            for done in [upserted, forgotten, known] {
                done?;
            }
            logged
        };
        finish(db, write).await
    })
}

/// What was forgotten is known by its record, since nothing else of it is left.
fn forget<'a>(db: &'a Client, (account, version, entry): &'a (LocalAccount, u64, LogEntry)) -> Work<'a, ()> {
    Box::pin(async move {
        let last = db.prepare_cached("SELECT version FROM sas_link WHERE account = $1").await?;
        let known = db.prepare_cached("SELECT 1 FROM sas_log WHERE record_id = $1").await?;
        let claims = db.prepare_cached("DELETE FROM sas_link_identity WHERE account = $1").await?;
        let link = db.prepare_cached("DELETE FROM sas_link WHERE account = $1").await?;
        let append = Append::prepare(db).await?;
        let (account, entries) = (account.as_str(), std::slice::from_ref(entry));
        let look = async {
            let record = Entries::of(entries).ids[0];
            let (last, known) = join(db.query_opt(&last, &[&account]), db.query_opt(&known, &[&record])).await;
            Ok((last?, known?))
        };
        let (last, known) = begin(db, look).await?;
        let done = last.is_none() && known.is_some();
        let last = last.map_or(Ok(0), |row| count(&row, 0))?;
        if done || known.is_some() || last == 0 || last != *version {
            give_up(db).await?;
            return if done { Ok(()) } else { Err(Code::STORE_CONFLICT.into()) };
        }
        let write = async {
            let (claims, link, logged) =
                join3(db.execute(&claims, &[&account]), db.execute(&link, &[&account]), append.run(db, entries)).await;
            claims?;
            link?;
            logged
        };
        finish(db, write).await
    })
}

impl LinkStore for Postgres {
    async fn link(&self, account: &LocalAccount) -> Result<Option<StoredLink>> {
        let account = account.clone();
        self.run(|core| async move { core.read(account, link).await }).await
    }

    async fn links_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredLink>> {
        let numbers = identities.iter().map(|identity| identity.as_str().to_owned()).collect();
        let params = (issuer.to_owned(), numbers);
        self.run(|core| async move { core.read(params, links_of).await }).await
    }

    async fn commit_links(&self, change: LinkChange) -> Result<()> {
        let params = (change, self.core.tag());
        self.run(|core| async move { core.write(params, commit).await }).await
    }

    async fn forget_link(&self, account: &LocalAccount, version: u64, entry: LogEntry) -> Result<()> {
        let params = (account.clone(), version, entry);
        self.run(|core| async move { core.write(params, forget).await }).await
    }
}
