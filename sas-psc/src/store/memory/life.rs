//! Lives, erasures and purges in memory.

use super::Memory;
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use crate::onboarding::lifecycle::{Erased, Erasure, LifeChange, LifeStore, StoredLife};
use crate::onboarding::retention::{DataClass, PurgeRecord, PurgeStore};
use crate::onboarding::{AccountId, LogEntry};
use std::collections::BTreeMap;

impl LifeStore for Memory {
    async fn life(&self, account: AccountId) -> Result<Option<StoredLife>> {
        Ok(self.state().lives.get(&account).cloned())
    }

    async fn lives_due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        let state = self.state();
        let waiting = state.lives.values().filter_map(|life| Some((life.due_at?, life.account)));
        let mut due: Vec<_> = waiting.filter(|(at, _)| *at <= now).collect();
        due.sort();
        Ok(due.into_iter().take(limit as usize).map(|(_, id)| id).collect())
    }

    async fn lifeless(&self, limit: u32) -> Result<Vec<AccountId>> {
        let state = self.state();
        let without = state.accounts.keys().filter(|id| !state.lives.contains_key(id));
        Ok(without.take(limit as usize).copied().collect())
    }

    async fn commit_life(&self, LifeChange { mut life, entries }: LifeChange) -> Result<u64> {
        let mut state = self.state();
        if state.lives.get(&life.account).map_or(0, |found| found.version) != life.version {
            return Err(Error::new(Code::STORE_CONFLICT));
        }
        state.check_entries(&entries)?;
        life.version += 1;
        let version = life.version;
        state.lives.insert(life.account, life);
        state.log.extend(entries);
        Ok(version)
    }

    async fn erase(&self, erasure: Erasure) -> Result<Erased> {
        let mut state = self.state();
        let Erasure { account, version, life_version, records, tombstones, entries } = erasure;
        let found = state.accounts.get(&account).map(|found| found.version);
        let life = state.lives.get(&account).map_or(0, |life| life.version);
        if found != Some(version) || life != life_version {
            return Err(Error::new(Code::STORE_CONFLICT));
        }
        state.check_entries(&entries)?;
        state.accounts.remove(&account);
        state.lives.remove(&account);
        let mut forgotten = 0;
        for entry in state.log.iter_mut().filter(|entry| records.contains(&entry.record_id)) {
            forgotten += u64::from(!entry.record.is_empty());
            (entry.record, entry.salt) = (Vec::new(), [0; 32]);
        }
        state.tombstones.extend(tombstones);
        state.log.extend(entries);
        Ok(Erased::of(forgotten))
    }

    async fn is_erased(&self, names: &[[u8; 32]], now: Timestamp) -> Result<bool> {
        let state = self.state();
        Ok(names.iter().any(|name| state.tombstones.get(name).is_some_and(|ends| *ends > now)))
    }
}

/// The keys of up to `limit` whose end has come, the oldest first.
fn over<K: Copy + Ord>(ends: impl Iterator<Item = (K, Timestamp)>, before: Timestamp, limit: u32) -> Vec<K> {
    let mut over: Vec<(Timestamp, K)> = ends.filter(|(_, at)| *at <= before).map(|(key, at)| (at, key)).collect();
    over.sort();
    over.into_iter().take(limit as usize).map(|(_, key)| key).collect()
}

fn drop_all<K: Ord, V>(from: &mut BTreeMap<K, V>, keys: &[K]) {
    for key in keys {
        from.remove(key);
    }
}

/// The number deleted, once its record is made; nothing is deleted when there is none to make.
fn recorded(count: usize, record: PurgeRecord<'_>, log: &mut Vec<LogEntry>) -> Result<u64> {
    let count = count as u64;
    if count > 0 {
        log.push(record(count)?);
    }
    Ok(count)
}

impl PurgeStore for Memory {
    async fn purge(&self, class: DataClass, before: Timestamp, limit: u32, record: PurgeRecord<'_>) -> Result<u64> {
        let mut state = self.state();
        let state = &mut *state;
        match class {
            DataClass::Visits => {
                let keys = over(state.visits.iter().map(|(key, (ends, _))| (*key, *ends)), before, limit);
                let count = recorded(keys.len(), record, &mut state.log)?;
                drop_all(&mut state.visits, &keys);
                Ok(count)
            }
            DataClass::Tombstones => {
                let keys = over(state.tombstones.iter().map(|(key, ends)| (*key, *ends)), before, limit);
                let count = recorded(keys.len(), record, &mut state.log)?;
                drop_all(&mut state.tombstones, &keys);
                Ok(count)
            }
            DataClass::MailLimits => {
                let keys = over(state.limits.iter().map(|(key, (_, ends))| (*key, *ends)), before, limit);
                let count = recorded(keys.len(), record, &mut state.log)?;
                drop_all(&mut state.limits, &keys);
                Ok(count)
            }
            #[cfg(feature = "psc")]
            DataClass::Sessions => {
                let keys = over(state.sessions.iter().map(|(key, session)| (*key, session.ends)), before, limit);
                let count = recorded(keys.len(), record, &mut state.log)?;
                drop_all(&mut state.sessions, &keys);
                Ok(count)
            }
            #[cfg(feature = "psc")]
            DataClass::SeenOnce => {
                let keys = over(state.seen.iter().map(|(key, ends)| (*key, *ends)), before, limit);
                let count = recorded(keys.len(), record, &mut state.log)?;
                drop_all(&mut state.seen, &keys);
                Ok(count)
            }
            #[cfg(feature = "psc")]
            DataClass::LimiterKeys => {
                let mut guard = self.guard();
                let keys = over(guard.iter().map(|(key, (_, ends))| (*key, *ends)), before, limit);
                let count = recorded(keys.len(), record, &mut state.log)?;
                drop_all(&mut guard, &keys);
                Ok(count)
            }
            #[cfg(feature = "card")]
            DataClass::LocalSignIns => {
                let compared = state.local_sign_ins.iter().filter(|kept| kept.reconciled.is_some());
                let ids = over(compared.map(|kept| (kept.id, kept.at)), before, limit);
                let count = recorded(ids.len(), record, &mut state.log)?;
                state.local_sign_ins.retain(|kept| !ids.contains(&kept.id));
                Ok(count)
            }
            _ => Ok(0),
        }
    }
}
