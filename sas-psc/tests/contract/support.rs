//! Accounts, records and the means to call a store, for the tests of the stores.

use sas_psc::base::Timestamp;
use sas_psc::id::IdNat;
use sas_psc::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};

pub const ISSUER: &str = "https://psc.test/realms/esante-wallet";
pub const ANNE: &str = "899700218896";
pub const PAUL: &str = "899700245667";
pub const ANNE_PSI: &str = "ANS2021010716";

/// The answer of a store, waited for on this thread.
pub fn now<T>(future: impl Future<Output = T>) -> T {
    sas_psc::drive::block_on(future)
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(seconds)
}

pub fn key(n: u8) -> VisitKey {
    VisitKey([n; 32])
}

/// A new account; tests change what they are about.
pub fn account(n: u8, identities: &[&str]) -> StoredAccount {
    StoredAccount {
        id: AccountId([n; 16]),
        version: 0,
        state: format!("état {n}").into_bytes(),
        issuer: ISSUER.into(),
        identities: identities.iter().map(|id| IdNat::parse(id).unwrap()).collect(),
        email: None,
        wake_at: None,
    }
}

pub fn entry(n: u8) -> LogEntry {
    LogEntry { record_id: [n; 16], leaf: vec![n, 0, 255], record: format!("record {n}").into_bytes(), salt: [n; 32] }
}

pub fn change(account: StoredAccount, entries: &[u8]) -> Change {
    Change { account, entries: entries.iter().copied().map(entry).collect() }
}

/// Commits, and gives the account as it must now be read.
pub fn commit(store: &impl Store, mut account: StoredAccount, entries: &[u8]) -> StoredAccount {
    account.version = now(store.commit(change(account.clone(), entries))).unwrap();
    account
}

/// All that a store holds for the accounts 0 to 9 and the visits 0 to 9, to compare.
#[derive(Debug, PartialEq, Eq)]
pub struct Everything {
    accounts: Vec<StoredAccount>,
    log: Vec<LogEntry>,
    visits: Vec<Option<Vec<u8>>>,
}

pub fn everything(store: &impl Store) -> Everything {
    let log = now(store.log_entries(0, u64::MAX)).unwrap();
    assert_eq!(now(store.log_size()).unwrap(), log.len() as u64);
    Everything {
        accounts: (0..10).filter_map(|n| now(store.account(AccountId([n; 16]))).unwrap()).collect(),
        log,
        visits: (0..10).map(|n| now(store.visit(key(n), at(0))).unwrap()).collect(),
    }
}
