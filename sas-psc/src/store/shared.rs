//! A store behind an `Arc`, so that the drivers of one program share it.

use crate::base::Timestamp;
use crate::error::Result;
use crate::id::IdNat;
use crate::onboarding::lifecycle::{Erased, Erasure, LifeChange, LifeStore, StoredLife};
use crate::onboarding::link::{LinkChange, LinkStore, LocalAccount, StoredLink};
use crate::onboarding::retention::{DataClass, PurgeRecord, PurgeStore};
use crate::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};
use std::sync::Arc;

impl<S: Store> Store for Arc<S> {
    async fn account(&self, id: AccountId) -> Result<Option<StoredAccount>> {
        S::account(self, id).await
    }
    async fn accounts_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredAccount>> {
        S::accounts_of(self, issuer, identities).await
    }
    async fn account_with_email(&self, email: &str) -> Result<Option<AccountId>> {
        S::account_with_email(self, email).await
    }
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        S::due(self, now, limit).await
    }
    async fn commit(&self, change: Change) -> Result<u64> {
        S::commit(self, change).await
    }
    async fn log_size(&self) -> Result<u64> {
        S::log_size(self).await
    }
    async fn log_entries(&self, first: u64, count: u64) -> Result<Vec<LogEntry>> {
        S::log_entries(self, first, count).await
    }
    async fn visit(&self, key: VisitKey, now: Timestamp) -> Result<Option<Vec<u8>>> {
        S::visit(self, key, now).await
    }
    async fn save_visit(
        &self,
        key: VisitKey,
        was: Option<Vec<u8>>,
        visit: Vec<u8>,
        ends: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        S::save_visit(self, key, was, visit, ends, now).await
    }
    async fn end_visit(&self, key: VisitKey) -> Result<()> {
        S::end_visit(self, key).await
    }
    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        S::sweep(self, now).await
    }
}

impl<S: LinkStore> LinkStore for Arc<S> {
    async fn link(&self, account: &LocalAccount) -> Result<Option<StoredLink>> {
        S::link(self, account).await
    }
    async fn links_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredLink>> {
        S::links_of(self, issuer, identities).await
    }
    async fn commit_links(&self, change: LinkChange) -> Result<()> {
        S::commit_links(self, change).await
    }
    async fn forget_link(&self, account: &LocalAccount, version: u64, entry: LogEntry) -> Result<()> {
        S::forget_link(self, account, version, entry).await
    }
}

impl<S: LifeStore> LifeStore for Arc<S> {
    async fn life(&self, account: AccountId) -> Result<Option<StoredLife>> {
        S::life(self, account).await
    }
    async fn lives_due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        S::lives_due(self, now, limit).await
    }
    async fn lifeless(&self, limit: u32) -> Result<Vec<AccountId>> {
        S::lifeless(self, limit).await
    }
    async fn commit_life(&self, change: LifeChange) -> Result<u64> {
        S::commit_life(self, change).await
    }
    async fn erase(&self, erasure: Erasure) -> Result<Erased> {
        S::erase(self, erasure).await
    }
    async fn is_erased(&self, names: &[[u8; 32]], now: Timestamp) -> Result<bool> {
        S::is_erased(self, names, now).await
    }
}

impl<S: PurgeStore> PurgeStore for Arc<S> {
    async fn purge(&self, class: DataClass, before: Timestamp, limit: u32, record: PurgeRecord<'_>) -> Result<u64> {
        S::purge(self, class, before, limit, record).await
    }
}
