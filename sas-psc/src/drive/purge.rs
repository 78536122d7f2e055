//! The runner of the purge: class by class, in batches, each with its record in the same write.
//!
//! What belongs to an account goes with its life (`drive::Lives`); what other programs keep, they delete.

use crate::base::{Clock, Random, ServerKey, Timestamp};
use crate::consent::{AccountEvent, AccountFact, AccountParty, Keeping, Recorder};
use crate::error::Result;
use crate::onboarding::LogEntry;
use crate::onboarding::retention::{DataClass, Keeper, PurgeStore, RETENTION};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Things deleted by one write.
const BATCH: u32 = 500;

/// The purge of a store.
pub struct Purge<S> {
    store: S,
    key: ServerKey,
    keeping: Keeping,
    days: BTreeMap<DataClass, u16>,
    clock: Arc<dyn Clock>,
    random: Mutex<Box<dyn Random + Send>>,
}

impl<S: PurgeStore> Purge<S> {
    /// With the periods of the table; `key` and `keeping` are those of the platform's consent records.
    pub fn new(
        store: S,
        (key, keeping): (ServerKey, Keeping),
        clock: Arc<dyn Clock>,
        random: impl Random + Send + 'static,
    ) -> Purge<S> {
        let days = RETENTION.iter().map(|row| (row.class, row.days)).collect();
        Purge { store, key, keeping, days, clock, random: Mutex::new(Box::new(random)) }
    }

    /// Keeps a class so many days after its end, instead of the table's.
    #[must_use]
    pub fn keep(mut self, class: DataClass, days: u16) -> Purge<S> {
        self.days.insert(class, days);
        self
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Deletes all whose time is over, and says how many of each class. Call it once a day. One that was killed goes on
    /// with the next.
    ///
    /// # Errors
    /// Those of the store; `no-randomness`. What was deleted before stays deleted, with its records.
    pub async fn run(&self) -> Result<Vec<(DataClass, u64)>> {
        let now = self.clock.now();
        let mut all = Vec::new();
        for row in RETENTION.iter().filter(|row| row.keeper == Keeper::Purge) {
            let days = self.days.get(&row.class).copied().unwrap_or(row.days);
            let before = now - Duration::from_secs(u64::from(days) * 24 * 3600);
            let mut deleted = 0;
            loop {
                let batch =
                    self.store.purge(row.class, before, BATCH, &|count| self.record(row.word, count, now)).await?;
                deleted += batch;
                if batch < u64::from(BATCH) {
                    break;
                }
            }
            all.push((row.class, deleted));
        }
        Ok(all)
    }

    fn record(&self, class: &str, count: u64, now: Timestamp) -> Result<LogEntry> {
        let recorder = Recorder { key: &self.key, keeping: &self.keeping };
        let mut fact = AccountFact::new(AccountEvent::Purged, recorder.account_hash(class)).by(class);
        fact.count = Some(count);
        let party = AccountParty { issuer: "sas-psc:platform", subject: "purge", signed_in: None };
        // A thread that panicked while drawing left no half-drawn state behind.
        let mut random = self.random.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let record = recorder.account(fact, party, "system", None, &mut **random, now)?;
        LogEntry::of(&record, &mut **random, now)
    }
}

impl<S> fmt::Debug for Purge<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purge").field("days", &self.days).finish_non_exhaustive()
    }
}
