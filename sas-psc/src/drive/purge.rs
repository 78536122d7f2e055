//! The runner of the purge: class by class, in batches, each with its record in the same write.
//!
//! What belongs to an account goes with its life (`drive::Lives`); what other programs keep, they delete.

use crate::base::{Clock, Random, ServerKey, Timestamp};
use crate::consent::{AccountEvent, AccountFact, AccountParty, Keeping, PLATFORM, Recorder};
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
        let party = AccountParty { issuer: PLATFORM, subject: "purge", signed_in: None };
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

#[cfg(feature = "psc")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Counter;
    use crate::consent::Record;
    use crate::drive::block_on;
    use crate::error::{Code, Error};
    use crate::onboarding::{Store, VisitKey};
    use crate::psc::{GuardKey, GuardStore, OnceStore, SessionKey, SessionStore, StoredSession};
    use crate::store::Memory;
    use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

    struct Watch(AtomicI64);

    impl Clock for Watch {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix(self.0.load(Ordering::SeqCst))
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    fn purge<S: PurgeStore>(store: S) -> (Purge<S>, Arc<Watch>) {
        let clock = Arc::new(Watch(AtomicI64::new(0)));
        let keeping = Keeping { controller: "Plateforme".into(), exit: "Page".into(), retention_until: None };
        let key = ServerKey::new(&[7; 32]).unwrap();
        (Purge::new(store, (key, keeping), clock.clone(), Counter(1)), clock)
    }

    fn visit(store: &Memory, n: u16, ends: i64) {
        let mut key = [0; 32];
        key[..2].copy_from_slice(&n.to_be_bytes());
        block_on(store.save_visit(VisitKey(key), None, Vec::new(), at(ends), at(0))).unwrap();
    }

    /// What the records say: the class, and how many.
    fn told(store: &Memory) -> Vec<(String, u64)> {
        let entries = block_on(store.log_entries(0, 999)).unwrap();
        let fact = |entry: &LogEntry| Record::parse(&entry.record).unwrap().fields().account.clone().unwrap();
        entries.iter().map(fact).map(|fact| (fact.proofs[0].clone(), fact.count.unwrap())).collect()
    }

    #[test]
    fn each_class_goes_when_its_time_is_over_and_every_batch_has_its_record() {
        let store = Arc::new(Memory::new());
        (0..1100).for_each(|n| visit(&store, n, 10));
        visit(&store, 2000, 30);
        let session =
            StoredSession { key: SessionKey([1; 32]), version: 0, sealed: vec![], ends: at(20), marks: vec![] };
        block_on(store.save_session(session)).unwrap();
        block_on(store.swap_guard_row(GuardKey([1; 32]), 0, vec![], at(20))).unwrap();
        block_on(store.first_time([1; 32], at(20), at(0))).unwrap();

        let (purge, clock) = purge(store.clone());
        let all =
            |purge: &Purge<_>| block_on(purge.run()).unwrap().into_iter().filter(|(_, n)| *n > 0).collect::<Vec<_>>();
        clock.0.store(9, Ordering::SeqCst);
        assert_eq!((all(&purge), told(&store)), (vec![], vec![]), "nothing before its time, and no record of nothing");
        clock.0.store(10, Ordering::SeqCst);
        assert_eq!(all(&purge), [(DataClass::Visits, 1100)]);
        let visits = |count| ("visits".to_owned(), count);
        assert_eq!(told(&store), [visits(500), visits(500), visits(100)]);
        clock.0.store(20, Ordering::SeqCst);
        assert_eq!(all(&purge), [(DataClass::Sessions, 1), (DataClass::SeenOnce, 1), (DataClass::LimiterKeys, 1)]);
        clock.0.store(99, Ordering::SeqCst);
        assert_eq!(all(&purge), [(DataClass::Visits, 1)]);
        assert_eq!(told(&store).len(), 7);
    }

    #[test]
    fn a_platform_may_keep_a_class_for_longer() {
        let store = Arc::new(Memory::new());
        visit(&store, 1, 0);
        let (purge, clock) = purge(store.clone());
        let purge = purge.keep(DataClass::Visits, 2);
        clock.0.store(2 * 24 * 3600 - 1, Ordering::SeqCst);
        assert!(block_on(purge.run()).unwrap().iter().all(|(_, count)| *count == 0));
        clock.0.store(2 * 24 * 3600, Ordering::SeqCst);
        assert!(block_on(purge.run()).unwrap().contains(&(DataClass::Visits, 1)));
    }

    /// Fails at a batch.
    struct Failing(Arc<Memory>, AtomicU32);

    impl PurgeStore for Failing {
        async fn purge(
            &self,
            class: DataClass,
            before: Timestamp,
            limit: u32,
            record: crate::onboarding::retention::PurgeRecord<'_>,
        ) -> Result<u64> {
            if self.1.load(Ordering::SeqCst) == 0 {
                return Err(Error::new(Code::STORE_UNAVAILABLE));
            }
            self.1.fetch_sub(1, Ordering::SeqCst);
            self.0.purge(class, before, limit, record).await
        }
    }

    #[test]
    fn a_purge_that_failed_at_any_batch_is_finished_by_the_next() {
        for batches in 0..4 {
            let store = Arc::new(Memory::new());
            (0..1100).for_each(|n| visit(&store, n, 0));
            let (purge, _) = purge(Failing(store.clone(), AtomicU32::new(batches)));
            assert_eq!(block_on(purge.run()).unwrap_err().code(), Code::STORE_UNAVAILABLE);
            let recorded: u64 = told(&store).iter().map(|(_, count)| count).sum();
            assert_eq!(recorded, u64::from(batches.min(2)) * 500 + u64::from(batches == 3) * 100);
            purge.store.1.store(99, Ordering::SeqCst);
            block_on(purge.run()).unwrap();
            assert_eq!(told(&store).iter().map(|(_, count)| count).sum::<u64>(), 1100, "{batches}");
        }
    }
}
