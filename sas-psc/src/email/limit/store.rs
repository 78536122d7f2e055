//! Where a limiter counts: rows under keyed hashes, changed together by who has read the last version of each.
//!
//! One compare-and-set of up to three rows is all that is asked, so that SQLite, PostgreSQL or a key-value store with
//! transactions can do it. A contract test runs the same suite on every implementation.

use super::LimitKey;
use crate::base::Timestamp;
use crate::error::Result;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

/// A row as it was read.
#[derive(Clone, PartialEq, Eq)]
pub struct LimitRow {
    /// Counts the changes from 1.
    pub version: u64,
    /// The stored form.
    pub state: Vec<u8>,
}

impl fmt::Debug for LimitRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LimitRow").field("version", &self.version).finish_non_exhaustive()
    }
}

/// A row to write.
#[derive(Clone, PartialEq, Eq)]
pub struct LimitSwap {
    /// Which.
    pub key: LimitKey,
    /// The version that was read; 0: there was none.
    pub expected: u64,
    /// The stored form.
    pub state: Vec<u8>,
    /// To be kept until then at least.
    pub ends: Timestamp,
}

impl fmt::Debug for LimitSwap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LimitSwap").field("expected", &self.expected).finish_non_exhaustive()
    }
}

/// Where a limiter counts; all instances of a platform share one.
pub trait LimitStore: Send + Sync {
    /// The rows of these keys, in their order.
    ///
    /// # Errors
    /// Those of the store (block 11), here and below.
    fn limit_rows(&self, keys: &[LimitKey]) -> impl Future<Output = Result<Vec<Option<LimitRow>>>> + Send;

    /// Writes rows, each of another key, whose versions are still those expected: all of them or none.
    ///
    /// # Errors
    /// `store-conflict` when the version of one is another. Nothing is written then.
    fn swap_limit_rows(&self, swaps: &[LimitSwap]) -> impl Future<Output = Result<()>> + Send;

    /// Deletes the rows whose time ended before `now`, and says how many.
    fn sweep_limit_rows(&self, now: Timestamp) -> impl Future<Output = Result<u64>> + Send;
}

impl<S: LimitStore> LimitStore for Arc<S> {
    async fn limit_rows(&self, keys: &[LimitKey]) -> Result<Vec<Option<LimitRow>>> {
        S::limit_rows(self, keys).await
    }

    async fn swap_limit_rows(&self, swaps: &[LimitSwap]) -> Result<()> {
        S::swap_limit_rows(self, swaps).await
    }

    async fn sweep_limit_rows(&self, now: Timestamp) -> Result<u64> {
        S::sweep_limit_rows(self, now).await
    }
}
