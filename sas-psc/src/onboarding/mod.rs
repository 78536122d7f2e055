//! The journey from sign-in to an active account.

mod store;

pub use store::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};
