//! How the records of the accounts' store reach the consent log, in order, each once: the place of the feed, kept with the
//! log and so apart from the store.
//!
//! A store restored from yesterday's backup is behind that place: it is found at the start, and nothing is fed until an
//! operator says that the loss is accepted. The log then holds records whose accounts are gone, and it says which.

use super::LogEntry;
use crate::consent::{RecordId, Sha256};
use crate::error::Result;
use serde::{Deserialize, Serialize};

/// How far a log was fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fed {
    /// How many entries of the store were seen.
    pub entries: u64,
    /// The identity of the last one.
    pub last: Option<[u8; 16]>,
}

/// A log that is fed: `store::ConsentLog`, or one of your own.
pub trait RecordLog: Send + Sync {
    /// How far it was fed. Also when a program died in the middle: then the place of before is told, and the same records
    /// come again.
    ///
    /// # Errors
    /// Those of the log, here and below.
    fn fed(&self) -> Result<Fed>;

    /// Whether the log has this record, forgotten or not.
    fn holds(&self, record: RecordId) -> Result<bool>;

    /// Logs the records of these entries, in order, each under the salt that it has in the store, then keeps the place. A
    /// record that the log has already is not logged again. So what the account keeps sealed under a salt opens with the
    /// receipt too.
    fn feed(&self, entries: &[LogEntry], fed: Fed) -> Result<()>;

    /// Forgets the records of a person, as their erasure asks. Says how many.
    fn forget_person(&self, principal: &Sha256) -> Result<u64>;
}

impl<L: RecordLog + ?Sized> RecordLog for &L {
    fn fed(&self) -> Result<Fed> {
        (**self).fed()
    }
    fn holds(&self, record: RecordId) -> Result<bool> {
        (**self).holds(record)
    }
    fn feed(&self, entries: &[LogEntry], fed: Fed) -> Result<()> {
        (**self).feed(entries, fed)
    }
    fn forget_person(&self, principal: &Sha256) -> Result<u64> {
        (**self).forget_person(principal)
    }
}
