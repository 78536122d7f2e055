//! The journey from sign-in to an active account.

mod eligibility;
mod store;

pub use eligibility::{Eligibility, professionals_only};
pub use store::{AccountId, Change, LogEntry, Store, StoredAccount, VisitKey};
