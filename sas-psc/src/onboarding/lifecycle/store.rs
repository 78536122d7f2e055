//! What lives need of a store: changed by compare-and-set, found when something is due, and erasure whole or not at all.

use super::{Life, LifeRules};
use crate::base::{ServerKey, Timestamp};
use crate::error::Result;
use crate::id::IdNat;
use crate::onboarding::{AccountId, LogEntry, Store};
use std::fmt;
use std::future::Future;

/// A life as a store keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredLife {
    /// The account.
    pub account: AccountId,
    /// Counts the commits of this life from 1. In a [`LifeChange`]: the version that was read, 0 for a new one.
    pub version: u64,
    /// The stored form of the [`Life`].
    pub state: Vec<u8>,
    /// When something is due.
    pub due_at: Option<Timestamp>,
}

impl StoredLife {
    /// The row of a life that was read at `version`.
    ///
    /// # Errors
    /// `broken-invariant`, which no life causes.
    pub fn of(account: AccountId, life: &Life, version: u64, rules: &LifeRules) -> Result<StoredLife> {
        Ok(StoredLife { account, version, state: life.to_stored()?, due_at: Some(life.next(rules).1) })
    }
}

impl fmt::Debug for StoredLife {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredLife")
            .field("version", &self.version)
            .field("due_at", &self.due_at)
            .finish_non_exhaustive()
    }
}

/// What one step changes: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifeChange {
    /// The life, new or changed.
    pub life: StoredLife,
    /// The records that the step made, in order; they join the log of [`Store`].
    pub entries: Vec<LogEntry>,
}

/// The erasure of an account: its row, its numbers, its address and its life go; of the records named, everything but the
/// entry in the log; what proves the erasure comes.
#[derive(Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The account.
    pub account: AccountId,
    /// The version of its row that was read.
    pub version: u64,
    /// The version of its life that was read; 0 when it has none.
    pub life_version: u64,
    /// The records to forget: their salt and their content are overwritten.
    pub records: Vec<[u8; 16]>,
    /// Names under which the person stays known as erased, and until when. See [`tombstone`].
    pub tombstones: Vec<([u8; 32], Timestamp)>,
    /// The record of the erasure.
    pub entries: Vec<LogEntry>,
}

impl fmt::Debug for Erasure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Erasure").field("records", &self.records.len()).finish_non_exhaustive()
    }
}

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erased {
    /// How many records were forgotten.
    pub records: u64,
}

impl Erased {
    /// So many records.
    pub fn of(records: u64) -> Erased {
        Erased { records }
    }
}

/// The name under which an erased identifier stays known: a keyed hash, which tells nobody without the key who it was.
pub fn tombstone(key: &ServerKey, issuer: &str, identity: &IdNat) -> [u8; 32] {
    key.mac("sas-psc erased identity v1", &[issuer.as_bytes(), identity.as_str().as_bytes()])
}

/// Where lives are kept, beside the accounts.
pub trait LifeStore: Store {
    /// The life of an account.
    ///
    /// # Errors
    /// Those of the store (block 11), here and below.
    fn life(&self, account: AccountId) -> impl Future<Output = Result<Option<StoredLife>>> + Send;

    /// Up to `limit` accounts whose `due_at` has come, the longest waiting first.
    fn lives_due(&self, now: Timestamp, limit: u32) -> impl Future<Output = Result<Vec<AccountId>>> + Send;

    /// Up to `limit` accounts that have no life yet: those of before there were any.
    fn lifeless(&self, limit: u32) -> impl Future<Output = Result<Vec<AccountId>>> + Send;

    /// Writes a change whole, and returns the new version of the life.
    ///
    /// # Errors
    /// `store-conflict` when its version is no longer the one read. Nothing is written then.
    fn commit_life(&self, change: LifeChange) -> impl Future<Output = Result<u64>> + Send;

    /// Erases whole.
    ///
    /// # Errors
    /// `store-conflict` when a version is no longer the one read. Nothing is written then.
    fn erase(&self, erasure: Erasure) -> impl Future<Output = Result<Erased>> + Send;

    /// Whether any of these names is one of an erased person at `now`.
    fn is_erased(&self, names: &[[u8; 32]], now: Timestamp) -> impl Future<Output = Result<bool>> + Send;
}
