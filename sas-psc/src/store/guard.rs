//! The rows of the CIBA guard in memory, and a shared store behind an `Arc`.

use super::Memory;
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use crate::psc::{GuardKey, GuardRow, GuardStore};
use std::sync::Arc;

impl GuardStore for Memory {
    async fn guard_row(&self, key: GuardKey) -> Result<Option<GuardRow>> {
        Ok(self.guard().get(&key).map(|(row, _)| row.clone()))
    }

    async fn swap_guard_row(&self, key: GuardKey, expected: u64, state: Vec<u8>, ends: Timestamp) -> Result<()> {
        let mut rows = self.guard();
        if rows.get(&key).map_or(0, |(row, _)| row.version) != expected {
            return Err(Error::new(Code::STORE_CONFLICT));
        }
        rows.insert(key, (GuardRow { version: expected + 1, state }, ends));
        Ok(())
    }

    async fn sweep_guard_rows(&self, now: Timestamp) -> Result<u64> {
        let mut rows = self.guard();
        let before = rows.len();
        rows.retain(|_, (_, ends)| *ends > now);
        Ok((before - rows.len()) as u64)
    }
}

impl<S: GuardStore> GuardStore for Arc<S> {
    async fn guard_row(&self, key: GuardKey) -> Result<Option<GuardRow>> {
        S::guard_row(self, key).await
    }

    async fn swap_guard_row(&self, key: GuardKey, expected: u64, state: Vec<u8>, ends: Timestamp) -> Result<()> {
        S::swap_guard_row(self, key, expected, state, ends).await
    }

    async fn sweep_guard_rows(&self, now: Timestamp) -> Result<u64> {
        S::sweep_guard_rows(self, now).await
    }
}
