//! Links of the application's accounts in the SQLite file.

use super::{Failure, Sqlite, count, integer, log};
use crate::error::{Code, Result};
use crate::id::IdNat;
use crate::onboarding::LogEntry;
use crate::onboarding::link::{LinkChange, LinkStore, LocalAccount, StoredLink};
use crate::store::distinct;
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::BTreeSet;

fn load(db: &Transaction<'_>, account: &str) -> Result<Option<StoredLink>, Failure> {
    let mut statement = db.prepare_cached("SELECT version, state FROM account_link WHERE account = ?1")?;
    let found = statement.query_row([account], |row| Ok((count(row)?, row.get(1)?))).optional()?;
    let Some((version, state)) = found else { return Ok(None) };
    let account = LocalAccount::new(account).map_err(|_| Code::STORE_CORRUPT)?;
    let mut link = StoredLink { account, version, state, issuer: String::new(), identities: Vec::new() };
    let sql = "SELECT issuer, identity FROM account_link_identity WHERE account = ?1 ORDER BY position";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([link.account.as_str()], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    for row in rows {
        let (issuer, identity) = row?;
        link.issuer = issuer;
        link.identities.push(IdNat::parse(&identity).map_err(|_| Code::STORE_CORRUPT)?);
    }
    Ok(Some(link))
}

fn holder(db: &Transaction<'_>, issuer: &str, identity: &IdNat) -> Result<Option<String>, Failure> {
    let sql = "SELECT account FROM account_link_identity WHERE issuer = ?1 AND identity = ?2";
    Ok(db.prepare_cached(sql)?.query_row(params![issuer, identity.as_str()], |row| row.get(0)).optional()?)
}

fn write(db: &Transaction<'_>, link: &StoredLink) -> Result<(), Failure> {
    let account = link.account.as_str();
    let mut statement = db.prepare_cached("SELECT version FROM account_link WHERE account = ?1")?;
    let version: Option<u64> = statement.query_row([account], count).optional()?;
    if version.unwrap_or(0) != link.version {
        return Err(Code::STORE_CONFLICT.into());
    }
    let sql = "INSERT INTO account_link (account, version, state) VALUES (?1, ?2, ?3)
               ON CONFLICT (account) DO UPDATE SET version = excluded.version, state = excluded.state";
    db.prepare_cached(sql)?.execute(params![account, integer(link.version + 1), link.state])?;
    db.prepare_cached("DELETE FROM account_link_identity WHERE account = ?1")?.execute([account])?;
    Ok(())
}

fn write_identities(db: &Transaction<'_>, link: &StoredLink) -> Result<(), Failure> {
    let sql = "INSERT INTO account_link_identity (issuer, identity, account, position) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = db.prepare_cached(sql)?;
    for (position, identity) in (0i64..).zip(distinct(&link.identities)) {
        if holder(db, &link.issuer, &identity)?.is_some() {
            return Err(Code::STORE_IDENTITY_TAKEN.into());
        }
        insert.execute(params![link.issuer, identity.as_str(), link.account.as_str(), position])?;
    }
    Ok(())
}

impl LinkStore for Sqlite {
    async fn link(&self, account: &LocalAccount) -> Result<Option<StoredLink>> {
        self.read(|db| load(db, account.as_str()))
    }

    async fn links_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredLink>> {
        self.read(|db| {
            let mut found = BTreeSet::new();
            for identity in identities {
                found.extend(holder(db, issuer, identity)?);
            }
            found.iter().filter_map(|account| load(db, account).transpose()).collect()
        })
    }

    async fn commit_links(&self, LinkChange { links, entries }: LinkChange) -> Result<()> {
        self.write(|db| {
            // All that is given up first, so that one link may take what another gives.
            links.iter().try_for_each(|link| write(db, link))?;
            links.iter().try_for_each(|link| write_identities(db, link))?;
            log(db, &entries)
        })
    }

    async fn forget_link(&self, account: &LocalAccount, version: u64, entry: LogEntry) -> Result<()> {
        self.write(|db| {
            let sql = "DELETE FROM account_link WHERE account = ?1 AND version = ?2"; // its identities go with it
            match db.prepare_cached(sql)?.execute(params![account.as_str(), integer(version)])? {
                1 => log(db, &[entry]),
                _ => Err(Code::STORE_CONFLICT.into()),
            }
        })
    }
}
