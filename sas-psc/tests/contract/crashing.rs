//! A store whose process dies at a chosen write, before it happens or after, when nobody was told.
//!
//! What a program does after such a death is the same for every store: open again, and repeat the write. A commit that
//! had happened is then refused as a conflict, so that no record is logged twice.

use crate::support::*;
use sas_psc::base::Timestamp;
use sas_psc::id::IdNat;
use sas_psc::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};
use sas_psc::{Code, Error, Result};
use std::sync::atomic::{AtomicU32, Ordering};

/// When the process dies, relative to the write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    Before,
    After,
}

/// Dies at the write number `at`, counted from 0; dead, it answers nothing any more.
pub struct Crashing<'a, S> {
    pub inner: &'a S,
    pub at: u32,
    pub death: Death,
    pub writes: AtomicU32,
}

impl<'a, S: Store> Crashing<'a, S> {
    pub fn new(inner: &'a S, at: u32, death: Death) -> Crashing<'a, S> {
        Crashing { inner, at, death, writes: AtomicU32::new(0) }
    }

    fn alive(&self) -> Result<&'a S> {
        let dead = self.writes.load(Ordering::SeqCst) > self.at;
        if dead { Err(Error::new(Code::STORE_UNAVAILABLE)) } else { Ok(self.inner) }
    }

    async fn write<T: Send>(&self, write: impl Future<Output = Result<T>> + Send) -> Result<T> {
        let number = self.writes.fetch_add(1, Ordering::SeqCst);
        if number > self.at || (number == self.at && self.death == Death::Before) {
            return Err(Error::new(Code::STORE_UNAVAILABLE));
        }
        let done = write.await;
        if number == self.at { Err(Error::new(Code::STORE_UNAVAILABLE)) } else { done }
    }
}

impl<S: Store> Store for Crashing<'_, S> {
    async fn account(&self, id: AccountId) -> Result<Option<StoredAccount>> {
        self.alive()?.account(id).await
    }
    async fn accounts_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredAccount>> {
        self.alive()?.accounts_of(issuer, identities).await
    }
    async fn account_with_email(&self, email: &str) -> Result<Option<AccountId>> {
        self.alive()?.account_with_email(email).await
    }
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        self.alive()?.due(now, limit).await
    }
    async fn commit(&self, change: Change) -> Result<u64> {
        self.write(self.inner.commit(change)).await
    }
    async fn log_size(&self) -> Result<u64> {
        self.alive()?.log_size().await
    }
    async fn log_entries(&self, first: u64, count: u64) -> Result<Vec<LogEntry>> {
        self.alive()?.log_entries(first, count).await
    }
    async fn visit(&self, key: VisitKey, now: Timestamp) -> Result<Option<Vec<u8>>> {
        self.alive()?.visit(key, now).await
    }
    async fn save_visit(
        &self,
        key: VisitKey,
        was: Option<Vec<u8>>,
        visit: Vec<u8>,
        ends: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        self.write(self.inner.save_visit(key, was, visit, ends, now)).await
    }
    async fn end_visit(&self, key: VisitKey) -> Result<()> {
        self.write(self.inner.end_visit(key)).await
    }
    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        self.write(self.inner.sweep(now)).await
    }
}

/// A short life of a platform, step by step; each step is one write that may be repeated.
const STEPS: u32 = 7;

fn step(store: &impl Store, number: u32) -> Result<()> {
    let anne = |version| StoredAccount { version, ..account(1, &[ANNE]) };
    let email = Some("anne@exemple.fr".to_owned());
    match number {
        0 => now(store.save_visit(key(1), None, b"anonymous".to_vec(), at(900), at(0))),
        1 => now(store.commit(change(anne(0), &[]))).map(drop),
        2 => now(store.commit(change(StoredAccount { email: email.clone(), ..anne(1) }, &[1]))).map(drop),
        3 => now(store.save_visit(key(1), Some(b"anonymous".to_vec()), b"signed in".to_vec(), at(900), at(0))),
        4 => now(store.commit(change(StoredAccount { email, wake_at: Some(at(5)), ..anne(2) }, &[2, 3]))).map(drop),
        5 => now(store.end_visit(key(1))),
        _ => now(store.sweep(at(1000))).map(drop),
    }
}

pub fn a_crash_at_any_write_leaves_all_of_it_or_nothing(store: &impl Store) {
    // What an unbroken life leaves after each step, from a store that cannot crash.
    let model = sas_psc::store::Memory::new();
    let mut after = vec![everything(&model)];
    for number in 0..STEPS {
        step(&model, number).unwrap();
        after.push(everything(&model));
    }

    for number in 0..STEPS {
        // Dying before the write leaves nothing of it; dying after it, all.
        for (death, left) in [(Death::Before, number), (Death::After, number + 1)] {
            let dying = Crashing::new(store, 0, death);
            assert_eq!(step(&dying, number).unwrap_err().code(), Code::STORE_UNAVAILABLE);
            assert_eq!(now(dying.log_size()).unwrap_err().code(), Code::STORE_UNAVAILABLE, "dead, it answers nothing");
            assert_eq!(everything(store), after[left as usize], "step {number}, death {death:?}");
        }
        // The next process repeats the write, for it cannot know.
        match step(store, number) {
            Ok(()) => {}
            Err(error) => assert_eq!(error.code(), Code::STORE_CONFLICT),
        }
        assert_eq!(everything(store), after[number as usize + 1], "step {number} repeated");
    }
}
