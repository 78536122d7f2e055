//! The rows of the mail limiter in memory.

use super::Memory;
use crate::base::Timestamp;
use crate::email::{LimitKey, LimitRow, LimitStore, LimitSwap};
use crate::error::{Code, Error, Result};

impl LimitStore for Memory {
    async fn limit_rows(&self, keys: &[LimitKey]) -> Result<Vec<Option<LimitRow>>> {
        let state = self.state();
        Ok(keys.iter().map(|key| state.limits.get(key).map(|(row, _)| row.clone())).collect())
    }

    async fn swap_limit_rows(&self, swaps: &[LimitSwap]) -> Result<()> {
        let mut state = self.state();
        let version = |key: &LimitKey| state.limits.get(key).map_or(0, |(row, _)| row.version);
        if swaps.iter().any(|swap| version(&swap.key) != swap.expected) {
            return Err(Error::new(Code::STORE_CONFLICT));
        }
        for LimitSwap { key, expected, state: row, ends } in swaps {
            state.limits.insert(*key, (LimitRow { version: expected + 1, state: row.clone() }, *ends));
        }
        Ok(())
    }

    async fn sweep_limit_rows(&self, now: Timestamp) -> Result<u64> {
        let mut state = self.state();
        let before = state.limits.len();
        state.limits.retain(|_, (_, ends)| *ends > now);
        Ok((before - state.limits.len()) as u64)
    }
}
