//! One of the stores, chosen by an address when a program starts: for programs whose operator decides, and for C and Python.

use super::Memory;
use crate::base::Timestamp;
use crate::email::{LimitKey, LimitRow, LimitStore, LimitSwap};
use crate::error::Result;
use crate::id::IdNat;
use crate::onboarding::lifecycle::{Erased, Erasure, LifeChange, LifeStore, StoredLife};
use crate::onboarding::link::{LinkChange, LinkStore, LocalAccount, StoredLink};
use crate::onboarding::retention::{DataClass, PurgeRecord, PurgeStore};
use crate::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};
use std::path::Path;
use std::sync::Arc;

/// A store in memory, in a file or in a database. Cloning gives the same store.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum AnyStore {
    /// Nothing is kept.
    Memory(Arc<Memory>),
    /// In one file of this machine.
    #[cfg(feature = "sqlite")]
    Sqlite(Arc<super::Sqlite>),
    /// In a database that many instances share.
    #[cfg(feature = "postgres")]
    Postgres(super::Postgres),
}

impl AnyStore {
    /// Opens `postgres://…` ([`PostgresSettings`](super::PostgresSettings)) as `Postgres::open` does, anything else as the
    /// path of a SQLite file.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")] {
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("accounts.sqlite");
    /// let store = sas_psc::store::AnyStore::open(path)?;
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Those of opening it; `store-address` when this program was built without that kind of store.
    pub fn open(place: impl AsRef<Path>) -> Result<AnyStore> {
        let place = place.as_ref();
        if AnyStore::is_shared(place) {
            return shared(place);
        }
        #[cfg(feature = "sqlite")]
        return Ok(AnyStore::Sqlite(Arc::new(super::Sqlite::open(place)?)));
        #[cfg(not(feature = "sqlite"))]
        Err(crate::error::Error::field(crate::error::Code::STORE_ADDRESS, "path"))
    }

    /// Whether this is the address of a database that other machines share, not the path of a file.
    pub fn is_shared(place: impl AsRef<Path>) -> bool {
        let place = place.as_ref().to_str().unwrap_or_default();
        ["postgres://", "postgresql://"].iter().any(|scheme| place.starts_with(scheme))
    }
}

#[cfg(feature = "postgres")]
fn shared(place: &Path) -> Result<AnyStore> {
    let address = secrecy::SecretString::from(place.to_str().unwrap_or_default());
    let settings = super::PostgresSettings::new(&address)?;
    Ok(AnyStore::Postgres(super::Postgres::open(&settings)?))
}

#[cfg(not(feature = "postgres"))]
fn shared(_: &Path) -> Result<AnyStore> {
    Err(crate::error::Error::field(crate::error::Code::STORE_ADDRESS, "postgres"))
}

/// The same call on whichever it is.
macro_rules! on {
    ($any:ident, $store:ident => $call:expr) => {
        match $any {
            AnyStore::Memory($store) => {
                let $store: &Memory = $store;
                $call.await
            }
            #[cfg(feature = "sqlite")]
            AnyStore::Sqlite($store) => {
                let $store: &crate::store::Sqlite = $store;
                $call.await
            }
            #[cfg(feature = "postgres")]
            AnyStore::Postgres($store) => $call.await,
        }
    };
}

impl Store for AnyStore {
    async fn account(&self, id: AccountId) -> Result<Option<StoredAccount>> {
        on!(self, store => store.account(id))
    }

    async fn accounts_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredAccount>> {
        on!(self, store => store.accounts_of(issuer, identities))
    }

    async fn account_with_email(&self, email: &str) -> Result<Option<AccountId>> {
        on!(self, store => store.account_with_email(email))
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        on!(self, store => store.due(now, limit))
    }

    async fn commit(&self, change: Change) -> Result<u64> {
        on!(self, store => store.commit(change))
    }

    async fn log_size(&self) -> Result<u64> {
        on!(self, store => store.log_size())
    }

    async fn log_entries(&self, first: u64, count: u64) -> Result<Vec<LogEntry>> {
        on!(self, store => store.log_entries(first, count))
    }

    async fn visit(&self, key: VisitKey, now: Timestamp) -> Result<Option<Vec<u8>>> {
        on!(self, store => store.visit(key, now))
    }

    async fn save_visit(
        &self,
        key: VisitKey,
        was: Option<Vec<u8>>,
        visit: Vec<u8>,
        ends: Timestamp,
        now: Timestamp,
    ) -> Result<()> {
        on!(self, store => store.save_visit(key, was, visit, ends, now))
    }

    async fn end_visit(&self, key: VisitKey) -> Result<()> {
        on!(self, store => store.end_visit(key))
    }

    async fn sweep(&self, now: Timestamp) -> Result<u64> {
        on!(self, store => store.sweep(now))
    }
}

impl LimitStore for AnyStore {
    async fn limit_rows(&self, keys: &[LimitKey]) -> Result<Vec<Option<LimitRow>>> {
        on!(self, store => store.limit_rows(keys))
    }

    async fn swap_limit_rows(&self, swaps: &[LimitSwap]) -> Result<()> {
        on!(self, store => store.swap_limit_rows(swaps))
    }

    async fn sweep_limit_rows(&self, now: Timestamp) -> Result<u64> {
        on!(self, store => store.sweep_limit_rows(now))
    }
}

impl LifeStore for AnyStore {
    async fn life(&self, account: AccountId) -> Result<Option<StoredLife>> {
        on!(self, store => store.life(account))
    }

    async fn lives_due(&self, now: Timestamp, limit: u32) -> Result<Vec<AccountId>> {
        on!(self, store => store.lives_due(now, limit))
    }

    async fn lifeless(&self, limit: u32) -> Result<Vec<AccountId>> {
        on!(self, store => store.lifeless(limit))
    }

    async fn commit_life(&self, change: LifeChange) -> Result<u64> {
        on!(self, store => store.commit_life(change))
    }

    async fn erase(&self, erasure: Erasure) -> Result<Erased> {
        on!(self, store => store.erase(erasure))
    }

    async fn is_erased(&self, names: &[[u8; 32]], now: Timestamp) -> Result<bool> {
        on!(self, store => store.is_erased(names, now))
    }
}

impl PurgeStore for AnyStore {
    async fn purge(&self, class: DataClass, before: Timestamp, limit: u32, record: PurgeRecord<'_>) -> Result<u64> {
        on!(self, store => store.purge(class, before, limit, record))
    }
}

impl LinkStore for AnyStore {
    async fn link(&self, account: &LocalAccount) -> Result<Option<StoredLink>> {
        on!(self, store => store.link(account))
    }

    async fn links_of(&self, issuer: &str, identities: &[IdNat]) -> Result<Vec<StoredLink>> {
        on!(self, store => store.links_of(issuer, identities))
    }

    async fn commit_links(&self, change: LinkChange) -> Result<()> {
        on!(self, store => store.commit_links(change))
    }

    async fn forget_link(&self, account: &LocalAccount, version: u64, entry: LogEntry) -> Result<()> {
        on!(self, store => store.forget_link(account, version, entry))
    }
}

#[cfg(feature = "psc")]
mod psc {
    use super::*;
    use crate::psc::{GuardKey, GuardRow, GuardStore, OnceStore, SessionKey, SessionStore, StoredSession};

    impl GuardStore for AnyStore {
        async fn guard_row(&self, key: GuardKey) -> Result<Option<GuardRow>> {
            on!(self, store => store.guard_row(key))
        }

        async fn swap_guard_row(&self, key: GuardKey, expected: u64, state: Vec<u8>, ends: Timestamp) -> Result<()> {
            on!(self, store => store.swap_guard_row(key, expected, state, ends))
        }

        async fn sweep_guard_rows(&self, now: Timestamp) -> Result<u64> {
            on!(self, store => store.sweep_guard_rows(now))
        }
    }

    impl SessionStore for AnyStore {
        async fn session(&self, key: SessionKey) -> Result<Option<StoredSession>> {
            on!(self, store => store.session(key))
        }

        async fn save_session(&self, session: StoredSession) -> Result<u64> {
            on!(self, store => store.save_session(session))
        }

        async fn sessions_marked(&self, marks: &[[u8; 32]]) -> Result<Vec<SessionKey>> {
            on!(self, store => store.sessions_marked(marks))
        }

        async fn sweep_sessions(&self, now: Timestamp) -> Result<u64> {
            on!(self, store => store.sweep_sessions(now))
        }
    }

    impl OnceStore for AnyStore {
        async fn first_time(&self, name: [u8; 32], until: Timestamp, now: Timestamp) -> Result<bool> {
            on!(self, store => store.first_time(name, until, now))
        }
    }
}

#[cfg(feature = "card")]
mod card {
    use super::*;
    use crate::card::fallback::{LocalSignInRecord, LocalSignInStore, Reconciled};

    impl LocalSignInStore for AnyStore {
        async fn keep_local_sign_in(&self, record: LocalSignInRecord) -> Result<()> {
            on!(self, store => store.keep_local_sign_in(record))
        }

        async fn local_sign_ins_of(&self, people: &[IdNat]) -> Result<Vec<LocalSignInRecord>> {
            on!(self, store => store.local_sign_ins_of(people))
        }

        async fn local_sign_ins_open(&self, before: Timestamp) -> Result<Vec<LocalSignInRecord>> {
            on!(self, store => store.local_sign_ins_open(before))
        }

        async fn reconcile_local_sign_in(&self, id: [u8; 32], reconciled: Reconciled) -> Result<()> {
            on!(self, store => store.reconcile_local_sign_in(id, reconciled))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn an_address_is_told_from_a_path() {
        for (place, shared) in
            [("postgres://u@h/d", true), ("postgresql://h/d", true), ("accounts.sqlite", false), ("postgres:", false)]
        {
            assert_eq!(AnyStore::is_shared(place), shared, "{place}");
        }
        let error = AnyStore::open("postgres:///d").unwrap_err();
        assert_eq!(error.code(), Code::STORE_ADDRESS);
    }
}
