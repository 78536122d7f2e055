//! The place of the feed, in the folder of the log: how far the accounts' store was brought into it.

use super::ConsentLog;
use super::core::Request;
use super::files::{not_written, read, replace};
use crate::base::{from_stored, to_stored};
use crate::consent::{Record, RecordId, Sha256};
use crate::error::{Code, Error, Result};
use crate::onboarding::{Fed, LogEntry, RecordLog};

const FILE: &str = "feed.json";
const VERSION: u32 = 1;

impl RecordLog for ConsentLog {
    fn fed(&self) -> Result<Fed> {
        match read(&self.folder.files.at(FILE))? {
            Some(bytes) => from_stored(VERSION, &bytes).map_err(|error| match error.code() {
                Code::STORED_FORM_NEWER => error,
                _ => Error::field(Code::FILE_UNREADABLE, FILE),
            }),
            None => Ok(Fed::default()),
        }
    }

    fn holds(&self, record: RecordId) -> Result<bool> {
        Ok(self.folder.record(record)?.is_some())
    }

    fn feed(&self, entries: &[LogEntry], fed: Fed) -> Result<()> {
        let salted = |entry: &LogEntry| Ok(Request::salted(&Record::parse(&entry.record)?, entry.salt));
        let batch: Vec<Request> = entries.iter().map(salted).collect::<Result<_>>()?;
        self.append_batch(&batch).into_iter().try_for_each(|place| place.map(drop))?;
        if self.fed()? == fed {
            return Ok(());
        }
        let bytes = to_stored(VERSION, &fed)?;
        replace(&self.folder.files.at(FILE), &bytes, true, &self.folder.files.steps).map_err(not_written)
    }

    fn forget_person(&self, principal: &Sha256) -> Result<u64> {
        self.forget(principal)
    }
}

impl<L: RecordLog + ?Sized> RecordLog for std::sync::Arc<L> {
    fn fed(&self) -> Result<Fed> {
        L::fed(self)
    }
    fn holds(&self, record: RecordId) -> Result<bool> {
        L::holds(self, record)
    }
    fn feed(&self, entries: &[LogEntry], fed: Fed) -> Result<()> {
        L::feed(self, entries, fed)
    }
    fn forget_person(&self, principal: &Sha256) -> Result<u64> {
        L::forget_person(self, principal)
    }
}
