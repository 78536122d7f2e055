//! A store in memory, for tests and demonstrations: one process, nothing kept.
//!
//! A change is checked whole before any of it is written, under one lock.

mod life;
mod limit;
mod link;
#[cfg(feature = "card")]
mod local_sign_in;
#[cfg(feature = "psc")]
mod session;

use super::distinct;
use crate::base::Timestamp;
use crate::email::{LimitKey, LimitRow};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::onboarding::lifecycle::StoredLife;
use crate::onboarding::link::{LocalAccount, StoredLink};
use crate::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Accounts, consent records, visits and the rows of the CIBA guard in memory.
#[derive(Default)]
pub struct Memory {
    state: Mutex<State>,
    #[cfg(feature = "psc")]
    guard: Mutex<Guarded>,
}

#[cfg(feature = "psc")]
type Guarded = BTreeMap<crate::psc::GuardKey, (crate::psc::GuardRow, Timestamp)>;

#[derive(Default)]
struct State {
    accounts: BTreeMap<AccountId, StoredAccount>,
    log: Vec<LogEntry>,
    visits: BTreeMap<VisitKey, (Timestamp, Vec<u8>)>,
    links: BTreeMap<LocalAccount, StoredLink>,
    limits: BTreeMap<LimitKey, (LimitRow, Timestamp)>,
    lives: BTreeMap<AccountId, StoredLife>,
    tombstones: BTreeMap<[u8; 32], Timestamp>,
    #[cfg(feature = "psc")]
    sessions: BTreeMap<crate::psc::SessionKey, crate::psc::StoredSession>,
    #[cfg(feature = "psc")]
    seen: BTreeMap<[u8; 32], Timestamp>,
    #[cfg(feature = "card")]
    local_sign_ins: Vec<crate::card::fallback::LocalSignInRecord>,
}

impl Memory {
    /// An empty store.
    pub fn new() -> Memory {
        Memory::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock panics between two writes.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(feature = "psc")]
    pub(super) fn guard(&self) -> MutexGuard<'_, Guarded> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("accounts", &self.state().accounts.len()).finish_non_exhaustive()
    }
}

impl State {
    fn check(&self, Change { account, entries }: &Change) -> Result<()> {
        if self.accounts.get(&account.id).map_or(0, |found| found.version) != account.version {
            return Err(Error::new(Code::STORE_CONFLICT));
        }
        let others = || self.accounts.values().filter(|other| other.id != account.id);
        let shares = |other: &StoredAccount| {
            other.issuer == account.issuer && other.identities.iter().any(|id| account.identities.contains(id))
        };
        if others().any(shares) {
            return Err(Error::new(Code::STORE_IDENTITY_TAKEN));
        }
        if account.email.is_some() && others().any(|other| other.email == account.email) {
            return Err(Error::new(Code::STORE_EMAIL_TAKEN));
        }
        self.check_entries(entries)
    }

    fn check_entries(&self, entries: &[LogEntry]) -> Result<()> {
        for (at, entry) in entries.iter().enumerate() {
            if self.log.iter().chain(&entries[..at]).any(|logged| logged.record_id == entry.record_id) {
                return Err(Error::new(Code::STORE_CONFLICT));
            }
        }
        Ok(())
    }
}

impl Store for Memory {
    async fn account(&self, id: AccountId) -> Result<Option<StoredAccount>> {
        Ok(self.state().accounts.get(&id).cloned())
    }

    async fn accounts_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredAccount>> {
        let holds = |account: &&StoredAccount| {
            account.issuer == issuer && account.identities.iter().any(|id| identities.contains(id))
        };
        Ok(self.state().accounts.values().filter(holds).cloned().collect())
    }

    async fn account_with_email(&self, email: &str) -> Result<Option<AccountId>> {
        let state = self.state();
        Ok(state.accounts.values().find(|account| account.email.as_deref() == Some(email)).map(|account| account.id))
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        let state = self.state();
        let waiting = state.accounts.values().filter_map(|account| Some((account.wake_at?, account.id)));
        let mut due: Vec<_> = waiting.filter(|(wake_at, _)| *wake_at <= now).collect();
        due.sort();
        Ok(due.into_iter().take(limit as usize).map(|(_, id)| id).collect())
    }

    async fn commit(&self, change: Change) -> Result<u64> {
        let mut state = self.state();
        state.check(&change)?;
        let Change { mut account, entries } = change;
        account.version += 1;
        account.identities = distinct(&account.identities);
        let version = account.version;
        state.accounts.insert(account.id, account);
        state.log.extend(entries);
        Ok(version)
    }

    async fn log_size(&self) -> Result<u64> {
        Ok(self.state().log.len() as u64)
    }

    async fn log_entries(&self, first: u64, count: u64) -> Result<Vec<LogEntry>> {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        Ok(self.state().log.iter().skip(number(first)).take(number(count)).cloned().collect())
    }

    async fn visit(&self, key: VisitKey, now: Timestamp) -> Result<Option<Vec<u8>>> {
        let state = self.state();
        Ok(state.visits.get(&key).filter(|(ends, _)| *ends > now).map(|(_, visit)| visit.clone()))
    }

    async fn save_visit(
        &self,
        key: VisitKey,
        was: Option<Vec<u8>>,
        visit: Vec<u8>,
        ends: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        let mut state = self.state();
        let there = state.visits.get(&key).filter(|(ends, _)| was.is_some() || *ends > now).map(|(_, there)| there);
        if there.is_some_and(|there| *there == visit) || there == was.as_ref() {
            state.visits.insert(key, (ends, visit));
            return Ok(());
        }
        Err(Error::new(Code::STORE_CONFLICT))
    }

    async fn end_visit(&self, key: VisitKey) -> Result<()> {
        self.state().visits.remove(&key);
        Ok(())
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        let mut state = self.state();
        let before = state.visits.len();
        state.visits.retain(|_, (ends, _)| *ends > now);
        Ok((before - state.visits.len()) as u64)
    }
}
