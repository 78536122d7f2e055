//! Where a guard keeps its states: rows under keyed hashes, each changed only by who has read its last version.
//!
//! Compare-and-set is all that is asked, so that SQLite, PostgreSQL or a key-value store can do it. A contract test runs
//! the same suite on every implementation.

use super::GuardKey;
use crate::base::Timestamp;
use crate::error::Result;
use std::fmt;
use std::future::Future;

/// A row as it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct GuardRow {
    /// Counts the changes from 1.
    pub version: u64,
    /// The stored form.
    pub state: Vec<u8>,
}

impl fmt::Debug for GuardRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardRow").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Where a guard keeps its states; all instances of a platform share one.
pub trait GuardStore: Send + Sync {
    /// The row of a key.
    ///
    /// # Errors
    /// Those of the store (block 11), here and below.
    fn guard_row(&self, key: GuardKey) -> impl Future<Output = Result<Option<GuardRow>>> + Send;

    /// Writes a row whose version is still `expected` (0: there is none), to be kept until `ends` at least.
    ///
    /// # Errors
    /// `store-conflict` when the version is another. Nothing is written then.
    fn swap_guard_row(
        &self,
        key: GuardKey,
        expected: u64,
        state: Vec<u8>,
        ends: Timestamp,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Deletes the rows whose time ended before `now`, and says how many.
    fn sweep_guard_rows(&self, now: Timestamp) -> impl Future<Output = Result<u64>> + Send;
}
