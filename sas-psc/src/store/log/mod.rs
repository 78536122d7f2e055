//! The consent log on disk: one program appends, for many callers; any number read.
//!
//! What is true, and by which order of writes:
//!
//! 1. a batch of records, with their salts, entries and the signed checkpoint over them, is one transaction of
//!    `private.sqlite`, synced (WAL, `synchronous=FULL`);
//! 2. with a place elsewhere, the checkpoint is written there and synced;
//! 3. then, and only then, the callers are told. Nothing that was acknowledged can be lost by a death of the process or a
//!    power failure after that;
//! 4. a thread writes the public files: full tiles (synced), partial ones, and the checkpoint last, each beside and
//!    renamed. All of it follows from 1 and is made again when the log is opened.
//!
//! A record is known by its identity: logged again it gets the place that it has, and another one under the same identity
//! is refused. So who has not heard an answer asks again.

mod answer;
mod core;
mod evidence;
mod feed;
mod files;
mod folder;
mod group;
mod people;
mod private;
mod publisher;
mod steps;
#[cfg(test)]
mod tests;
mod writer;

pub use self::core::Place;
pub use answer::{LogAnswer, LogPerson, Recorded};
pub use folder::{LogFolder, LogOptions, LoggedRecord};

use self::core::{Core, Request};
use crate::base::{Clock, Random, Timestamp};
use crate::consent::{Record, RecordId, Sha256, SignedCheckpoint, SigningKey, TermsVersion};
use crate::error::{Code, Error, Result};
use group::{Group, lock};
use publisher::{Publisher, Unwritten, publish};
use std::fmt;
use std::fs::File;
use std::sync::{Arc, Mutex};
use writer::Writer;

/// The clock and the randomness of a log: `drive::SystemClock` and `drive::SystemRandom`, or those of a test.
pub struct LogWorld {
    clock: Box<dyn Clock>,
    random: Box<dyn Random + Send>,
}

impl LogWorld {
    /// These two.
    pub fn new(clock: impl Clock + 'static, random: impl Random + Send + 'static) -> LogWorld {
        LogWorld { clock: Box::new(clock), random: Box::new(random) }
    }
}

impl fmt::Debug for LogWorld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogWorld(•••)")
    }
}

/// A log open for appending. Any number of threads may share it.
///
/// ```
/// # use sas_psc::{base::{Clock, Random, Timestamp}, store::{LogFolder, LogOptions, LogWorld}};
/// # #[derive(Clone)] struct World;
/// # impl Clock for World { fn now(&self) -> Timestamp { Timestamp::from_unix(1_795_420_800) } }
/// # impl Random for World { fn fill(&mut self, bytes: &mut [u8]) -> sas_psc::Result<()> { bytes.fill(7); Ok(()) } }
/// # let directory = tempfile::tempdir()?;
/// let folder = LogFolder::new(directory.path().join("consents"));
/// folder.init("example.com/consents", &LogOptions::default(), &mut World)?;
/// let log = folder.open(LogWorld::new(World, World))?;
/// assert_eq!(log.head().checkpoint().size, 0);
/// log.close()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ConsentLog {
    folder: LogFolder,
    core: Arc<Mutex<Core>>,
    group: Group<Request, Place>,
    writer: Writer<Request, Place>,
    unwritten: Arc<Mutex<Unwritten>>,
    publisher: Option<Publisher>,
    /// Held as long as the log is open.
    _lock: File,
}

impl ConsentLog {
    fn start(folder: LogFolder, core: Core, lock: File) -> Result<ConsentLog> {
        let (core, unwritten) = (Arc::new(Mutex::new(core)), Arc::new(Mutex::new(Unwritten::default())));
        // What a death left unpublished, or half on the disk.
        publish(&core, &folder.files, &unwritten, false)?;
        let (thread_core, thread_files, thread_unwritten) = (core.clone(), folder.files.clone(), unwritten.clone());
        let publisher = Publisher::start(move || {
            // What fails is tried again with the next record, and told to who publishes or closes.
            let _ = publish(&thread_core, &thread_files, &thread_unwritten, false);
        });
        let publisher = Some(publisher);
        let (group, writer) = (Group::default(), Writer::default());
        Ok(ConsentLog { folder, core, group, writer, unwritten, publisher, _lock: lock })
    }

    /// Where it is.
    pub fn folder(&self) -> &LogFolder {
        &self.folder
    }

    /// Logs a record, and returns once it is safe. Callers that come together share one sync of the disk.
    ///
    /// # Errors
    /// `record-differs` when another record has this identity; `record-time` when it lies in the future;
    /// `log-not-written`, `no-randomness`; those of the store. Whether the record was logged is then not known: ask again
    /// with the same record.
    pub fn append(&self, record: &Record) -> Result<Place> {
        self.append_attached(record, evidence::Attached::default())
    }

    fn append_attached(&self, record: &Record, attached: evidence::Attached) -> Result<Place> {
        let place = self.group.run(Request::new(record, attached), |batch| lock(&self.core).log(batch))?;
        self.logged();
        Ok(place)
    }

    /// As [`ConsentLog::append`], for a program that must not block: a thread of the log writes for all such callers, and
    /// those that come together share one sync of the disk. Any runtime will do. A caller that gives up has asked all the
    /// same: the record is logged, and asking again tells its place.
    ///
    /// # Errors
    /// As [`ConsentLog::append`].
    pub async fn append_async(&self, record: &Record) -> Result<Place> {
        self.append_attached_async(record, evidence::Attached::default()).await
    }

    async fn append_attached_async(&self, record: &Record, attached: evidence::Attached) -> Result<Place> {
        let answer = self.writer.run(Request::new(record, attached), || {
            let (core, signal) = (self.core.clone(), self.publisher.as_ref().map(Publisher::signal));
            Box::new(move |batch| {
                let places = lock(&core).log(batch);
                signal.iter().for_each(|signal| signal.logged());
                places
            })
        });
        answer.await
    }

    /// Logs many records, with one sync of the disk; one result for each.
    ///
    /// # Errors
    /// Each as [`ConsentLog::append`].
    pub fn append_all<'a>(&self, records: impl IntoIterator<Item = &'a Record>) -> Vec<Result<Place>> {
        let batch: Vec<Request> =
            records.into_iter().map(|record| Request::new(record, evidence::Attached::default())).collect();
        self.append_batch(&batch)
    }

    fn append_batch(&self, batch: &[Request]) -> Vec<Result<Place>> {
        let places = lock(&self.core).log(batch);
        self.logged();
        places
    }

    /// The time, and randomness for one record.
    fn draw(&self) -> Result<(Timestamp, Drawn)> {
        let (mut core, mut drawn) = (lock(&self.core), Drawn([0; 16]));
        core.random().fill(&mut drawn.0)?;
        Ok((core.now(), drawn))
    }

    fn logged(&self) {
        if let Some(publisher) = &self.publisher {
            publisher.signal().logged();
        }
    }

    /// The checkpoint over everything that was logged; the published one follows it.
    pub fn head(&self) -> SignedCheckpoint {
        lock(&self.core).head().clone()
    }

    /// Keeps a version of the terms, with its bytes, for as long as the log lives.
    ///
    /// # Errors
    /// `terms-invalid` when this version in this language is known with another text; those of the store.
    pub fn add_terms(&self, terms: &TermsVersion) -> Result<()> {
        lock(&self.core).private().add_terms(terms)
    }

    /// Forgets a person: their records and salts are deleted and overwritten, the entries stay and tell nobody anything.
    /// Says how many. Copies elsewhere, such as backups and receipts, are for whoever has them.
    ///
    /// # Errors
    /// `log-busy` when another program reads the records at this moment: ask again. Those of the store.
    pub fn forget(&self, principal: &Sha256) -> Result<u64> {
        lock(&self.core).private().forget(principal)
    }

    /// Makes a new signing key. From here on checkpoints bear the signatures of both, until
    /// [`ConsentLog::retire_old_key`]: whoever knows only the old key still follows.
    ///
    /// # Errors
    /// `log-not-written`, `no-randomness`; those of the store.
    pub fn replace_key(&self) -> Result<()> {
        let mut core = lock(&self.core);
        let mut keys = self.folder.signing_keys()?;
        let new = SigningKey::generate(keys[0].name(), core.random())?;
        keys.truncate(1);
        keys.insert(0, new);
        self.folder.write_keys(&keys)?;
        core.use_keys(keys)?;
        drop(core);
        self.publish()
    }

    /// Stops signing with the key before today's. Its public part stays in `key.vkey`, for receipts of its time.
    ///
    /// # Errors
    /// As [`ConsentLog::replace_key`].
    pub fn retire_old_key(&self) -> Result<()> {
        let mut core = lock(&self.core);
        let mut keys = self.folder.signing_keys()?;
        keys.truncate(1);
        self.folder.write_keys(&keys)?;
        core.use_keys(keys)?;
        drop(core);
        self.publish()
    }

    /// Writes the public files up to what is logged now, and waits for the disk.
    ///
    /// # Errors
    /// `log-not-written`; those of the store.
    pub fn publish(&self) -> Result<()> {
        publish(&self.core, &self.folder.files, &self.unwritten, true)
    }

    /// The two files of a record's receipt, `.tlog-proof` and `.json`, what is logged now being published first.
    ///
    /// # Errors
    /// As [`LogFolder::receipt`] and [`ConsentLog::publish`].
    pub fn receipt_files(&self, id: RecordId) -> Result<(String, String)> {
        self.publish()?;
        let (receipt, opening) = self.folder.receipt(id)?;
        Ok((receipt.to_string(), opening.to_json()?))
    }

    /// Publishes and closes. A log that is dropped does the same, and cannot say what went wrong.
    ///
    /// # Errors
    /// As [`ConsentLog::publish`].
    pub fn close(mut self) -> Result<()> {
        self.end()
    }

    fn end(&mut self) -> Result<()> {
        self.writer.stop();
        let Some(publisher) = self.publisher.take() else { return Ok(()) };
        drop(publisher);
        self.publish()?;
        lock(&self.core).write_settled()
    }
}

/// Bytes drawn for one use.
struct Drawn([u8; 16]);

impl Random for Drawn {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        let drawn = self.0.get(..bytes.len()).ok_or_else(|| Error::new(Code::NO_RANDOMNESS))?;
        bytes.copy_from_slice(drawn);
        Ok(())
    }
}

impl Drop for ConsentLog {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

impl fmt::Debug for ConsentLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConsentLog(•••)")
    }
}
