//! What the journey needs of a store: accounts committed whole, and the visits of browsers.
//!
//! The futures of an embedded store are ready at once; a remote one may wait. A contract test runs the same suite on
//! every implementation. Identifiers and addresses are data here: a store keeps them, it never logs them.

use crate::base::{Random, Timestamp};
use crate::consent::{Leaf, Record};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use std::fmt;
use std::future::Future;

/// The key of an account: 16 random bytes, told to nobody outside.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct AccountId(pub [u8; 16]);

impl AccountId {
    /// As 32 hexadecimal digits, for a session of the application.
    pub fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads [`AccountId::to_hex`].
    ///
    /// # Errors
    /// `account-unknown` for anything else.
    pub fn from_hex(text: &str) -> Result<AccountId> {
        let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
        let digits = digits.filter(|digits| digits.len() == 32).ok_or_else(|| Error::new(Code::ACCOUNT_UNKNOWN))?;
        Ok(AccountId(std::array::from_fn(|at| digits[2 * at] << 4 | digits[2 * at + 1])))
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountId(•••)")
    }
}

/// The key of a browser's visit: the SHA-256 of the token in its cookie, so that a stolen database opens no session.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct VisitKey(pub [u8; 32]);

impl fmt::Debug for VisitKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VisitKey(•••)")
    }
}

/// An account as a store keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredAccount {
    /// The key.
    pub id: AccountId,
    /// Counts the commits of this account from 1. In a [`Change`]: the version that was read, 0 for a new account.
    pub version: u64,
    /// The stored form of the journey.
    pub state: Vec<u8>,
    /// The PSC issuer that the identifiers belong to.
    pub issuer: String,
    /// Every national identifier of the person: each belongs to one account per issuer.
    pub identities: Vec<IdNat>,
    /// The proven address, canonical: it belongs to one account. None until it is proven.
    pub email: Option<String>,
    /// When a driver must act on the account by itself (a mail to hand over), if it must.
    pub wake_at: Option<Timestamp>,
}

impl StoredAccount {
    /// A new account, to be filled and committed.
    pub fn new(id: AccountId, issuer: impl Into<String>) -> StoredAccount {
        let (state, identities) = (Vec::new(), Vec::new());
        StoredAccount { id, version: 0, state, issuer: issuer.into(), identities, email: None, wake_at: None }
    }
}

impl fmt::Debug for StoredAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredAccount").field("version", &self.version).finish_non_exhaustive()
    }
}

/// A consent record to append to the log, with what stays private.
#[derive(Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// UUIDv7 of the record.
    pub record_id: [u8; 16],
    /// What the log's leaf holds: the salted commitment, in its final encoding.
    pub leaf: Vec<u8>,
    /// The record, in its canonical encoding. Private.
    pub record: Vec<u8>,
    /// The salt of the commitment. Private; deleting it and the record forgets the person.
    pub salt: [u8; 32],
}

impl LogEntry {
    /// Commits to a record as it is logged at `now`.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn of(record: &Record, random: &mut dyn Random, now: Timestamp) -> Result<LogEntry> {
        let leaf = Leaf::new(record, random, now)?;
        let (record_id, record) = (record.id().0, record.as_bytes().to_vec());
        Ok(LogEntry { record_id, leaf: leaf.entry().to_vec(), record, salt: *leaf.salt() })
    }
}

impl fmt::Debug for LogEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogEntry(•••)")
    }
}

/// What one step changes: all of it or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The account, new or changed.
    pub account: StoredAccount,
    /// The records that the step made, in order.
    pub entries: Vec<LogEntry>,
}

/// Where accounts, consent records and visits are kept.
pub trait Store: Send + Sync {
    /// The account with this key.
    ///
    /// # Errors
    /// Those of the store (block 11), here and below.
    fn account(&self, id: AccountId) -> impl Future<Output = Result<Option<StoredAccount>>> + Send;

    /// The accounts, none, one or several, that hold any of these identifiers for this issuer, each once.
    fn accounts_of(
        &self,
        issuer: &str,
        identities: &[IdNat],
    ) -> impl Future<Output = Result<Vec<StoredAccount>>> + Send;

    /// The account to which this canonical address is linked.
    fn account_with_email(&self, email: &str) -> impl Future<Output = Result<Option<AccountId>>> + Send;

    /// Up to `limit` accounts whose `wake_at` has come, the longest waiting first.
    fn due(&self, now: Timestamp, limit: u32) -> impl Future<Output = Result<Vec<AccountId>>> + Send;

    /// Writes a change whole, and returns the new version of the account.
    ///
    /// # Errors
    /// `store-conflict` when the account's version is no longer the one read; `store-identity-taken`,
    /// `store-email-taken` when another account holds one of them. Nothing is written then.
    fn commit(&self, change: Change) -> impl Future<Output = Result<u64>> + Send;

    /// How many entries the consent log holds.
    fn log_size(&self) -> impl Future<Output = Result<u64>> + Send;

    /// Up to `count` entries of the consent log from `first`, in order. A forgotten entry has an empty record and a
    /// zero salt; its leaf stays.
    fn log_entries(&self, first: u64, count: u64) -> impl Future<Output = Result<Vec<LogEntry>>> + Send;

    /// A visit that has not ended at `now`.
    fn visit(&self, key: VisitKey, now: Timestamp) -> impl Future<Output = Result<Option<Vec<u8>>>> + Send;

    /// Writes a visit that ends at `ends`, in the place of the one that was read at `now`: none for a new one.
    ///
    /// # Errors
    /// `store-conflict` when another request has changed, ended or begun it meanwhile; nothing is written then.
    fn save_visit(
        &self,
        key: VisitKey,
        was: Option<Vec<u8>>,
        visit: Vec<u8>,
        ends: Timestamp,
        now: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Ends a visit; nothing happens when there is none.
    fn end_visit(&self, key: VisitKey) -> impl Future<Output = Result<()>> + Send;

    /// Deletes the visits that ended before `now`, and says how many.
    fn sweep(&self, now: Timestamp) -> impl Future<Output = Result<u64>> + Send;
}
