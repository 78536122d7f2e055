//! The runner that brings the records of the accounts' store into the consent log, in the order in which they were made,
//! each once: receipts come from there.
//!
//! An erasure travels the same way: what the store forgot of a person, the log forgets when it meets the record of it.

use crate::consent::{AccountEvent, Record, RecordId};
use crate::error::{Code, Error, Result};
use crate::onboarding::{Fed, RecordLog, Store};
use std::fmt;

/// Entries that are brought at once.
const BATCH: u64 = 256;

/// What a run brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LogFed {
    /// Records that the log has now.
    pub records: u64,
    /// Entries whose person was forgotten before they were brought: nothing of them is left to log.
    pub forgotten: u64,
    /// Records that the log forgot, with their person.
    pub erased: u64,
}

/// The feed from a store into a log.
pub struct LogFeed<S, L> {
    store: S,
    log: L,
}

impl<S: Store, L: RecordLog> LogFeed<S, L> {
    /// Joins a store and its log, and compares them.
    ///
    /// # Errors
    /// `store-behind` when the store does not hold what the log was fed: it was restored from a backup, or is another
    /// one. The facts `first_missing` and `missing` say which entries. Those of the store and of the log.
    pub async fn open(store: S, log: L) -> Result<LogFeed<S, L>> {
        let feed = LogFeed { store, log };
        feed.compare().await?;
        Ok(feed)
    }

    /// As [`LogFeed::open`], after an operator accepted that what the store lost stays lost. The log keeps its records; the
    /// feed goes on behind the last entry of the store that the log holds. Who was erased after the backup is there again:
    /// erase them again, as the log's records of kind `erased` say.
    ///
    /// # Errors
    /// Those of the store and of the log.
    pub async fn open_after_loss(store: S, log: L) -> Result<LogFeed<S, L>> {
        let feed = LogFeed { store, log };
        match feed.compare().await {
            Err(error) if error.code() == Code::STORE_BEHIND => {
                let place = feed.last_held().await?;
                feed.log.feed(&[], place)?;
                Ok(feed)
            }
            other => other.map(|()| feed),
        }
    }

    /// The place behind the last entry of the store that the log holds.
    async fn last_held(&self) -> Result<Fed> {
        let mut end = self.store.log_size().await?;
        while end > 0 {
            let start = end.saturating_sub(BATCH);
            let entries = self.store.log_entries(start, end - start).await?;
            for (at, entry) in entries.iter().enumerate().rev() {
                if self.log.holds(RecordId(entry.record_id))? {
                    return Ok(Fed { entries: start + at as u64 + 1, last: Some(entry.record_id) });
                }
            }
            end = start;
        }
        Ok(Fed::default())
    }

    /// The log.
    pub fn log(&self) -> &L {
        &self.log
    }

    async fn compare(&self) -> Result<()> {
        let fed = self.log.fed()?;
        let size = self.store.log_size().await?;
        let behind = |first: u64| {
            Err(Error::new(Code::STORE_BEHIND).with(|facts| {
                facts.first_missing = Some(first);
                facts.missing = Some(fed.entries.saturating_sub(first));
            }))
        };
        if size < fed.entries {
            return behind(size);
        }
        let Some(at) = fed.entries.checked_sub(1) else { return Ok(()) };
        let found = self.store.log_entries(at, 1).await?;
        // As many entries, and others: something was written after the backup was restored.
        if found.first().map(|entry| entry.record_id) == fed.last { Ok(()) } else { behind(at) }
    }

    /// Brings all that is new. Call it after each step that made a record, or every few seconds.
    ///
    /// # Errors
    /// As [`LogFeed::open`]. What was brought stays, and the next run goes on from there.
    pub async fn run(&self) -> Result<LogFed> {
        self.compare().await?;
        self.bring(self.log.fed()?.entries).await
    }

    async fn bring(&self, mut first: u64) -> Result<LogFed> {
        let mut done = LogFed::default();
        loop {
            let entries = self.store.log_entries(first, BATCH).await?;
            let Some(last) = entries.last().map(|entry| entry.record_id) else { return Ok(done) };
            let (size, mut batch) = (entries.len() as u64, Vec::with_capacity(entries.len()));
            for entry in entries {
                if entry.record.is_empty() {
                    done.forgotten += 1;
                    continue;
                }
                let record = Record::parse(&entry.record)?;
                let fact = record.fields().account.as_ref();
                let erased = fact.filter(|fact| fact.event == AccountEvent::Erased).and_then(|fact| fact.other);
                if let Some(person) = erased
                    && !self.log.holds(record.id())?
                {
                    // First what came before it, then the forgetting, then its proof; once, for the same person may come
                    // back afterwards.
                    self.log.feed(&batch, self.log.fed()?)?;
                    done.records += batch.len() as u64;
                    batch.clear();
                    done.erased += self.log.forget_person(&person)?;
                }
                batch.push(entry);
            }
            first += size;
            self.log.feed(&batch, Fed { entries: first, last: Some(last) })?;
            done.records += batch.len() as u64;
        }
    }
}

impl<S, L> fmt::Debug for LogFeed<S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogFeed(•••)")
    }
}
