//! What appends: records become entries, a batch becomes one transaction, and the tree grows with it.
//!
//! Nothing is acknowledged before its transaction is committed, and with a place elsewhere before the checkpoint over it
//! is kept there. After a failure whose outcome is not known, everything is read again from the disk.

use super::LogWorld;
use super::evidence::{Attached, keep};
use super::files::{Files, not_written, read, replace};
use super::private::{Head, NewRow, Private, failed, insert, same, set_head};
use super::publisher::Published;
use crate::base::{Clock, Random, Timestamp};
use crate::consent::tile::{TileSource, WIDTH};
use crate::consent::{Growth, Leaf, Record, Sha256, SignedCheckpoint, SigningKey, VerifierKey};
use crate::error::{Code, Error, Result};
use crate::store::sqlite::Failure;
use std::path::PathBuf;
use std::time::Duration;
use zeroize::Zeroizing;

/// How far the clock of whoever made a record may be ahead of ours.
const SKEW: Duration = Duration::from_secs(60);

/// The place of a record in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Place {
    /// Its entry's index.
    pub leaf_index: u64,
    /// How many entries the log had, at least, when it was acknowledged.
    pub tree_size: u64,
}

/// A record to be logged, as much of it as the log needs.
pub(super) struct Request {
    id: [u8; 16],
    principal: [u8; 32],
    at: Timestamp,
    record: Vec<u8>,
    attached: Attached,
    /// The salt that it has elsewhere; else one is drawn.
    salt: Option<Zeroizing<[u8; 32]>>,
}

impl Request {
    pub(super) fn new(record: &Record, attached: Attached) -> Request {
        let fields = record.fields();
        let (id, principal, at) = (fields.id.0, fields.principal.0, fields.at);
        Request { id, principal, at, record: record.as_bytes().to_vec(), attached, salt: None }
    }

    pub(super) fn salted(record: &Record, salt: [u8; 32]) -> Request {
        Request { salt: Some(Zeroizing::new(salt)), ..Request::new(record, Attached::default()) }
    }
}

/// The log as it is being written.
pub(super) struct Core {
    files: Files,
    private: Private,
    keys: Vec<SigningKey>,
    clock: Box<dyn Clock>,
    random: Box<dyn Random + Send>,
    live: Live,
    elsewhere: Option<PathBuf>,
    /// A write failed, and what it left is to be read first.
    stale: bool,
}

/// What is read from the disk when a log is opened, and again after a failure.
struct Live {
    growth: Growth,
    head: SignedCheckpoint,
    last: Option<Timestamp>,
    /// Full files under so many entries are on the disk.
    settled: u64,
    /// The size whose checkpoint is kept elsewhere.
    kept: u64,
}

impl Core {
    pub(super) fn open(
        files: Files,
        private: Private,
        keys: Vec<SigningKey>,
        LogWorld { clock, random }: LogWorld,
    ) -> Result<Core> {
        let head = private.head()?.ok_or_else(|| Error::new(Code::LOG_MISSING))?;
        let elsewhere = head.elsewhere.clone().map(PathBuf::from);
        let verifiers: Vec<VerifierKey> = keys.iter().map(SigningKey::verifier).collect();
        let live = Live::read(&files, &private, head, &verifiers)?;
        let mut core = Core { files, private, keys, clock, random, live, elsewhere, stale: false };
        core.compare_elsewhere(&verifiers)?;
        core.keep_elsewhere()?;
        Ok(core)
    }

    pub(super) fn head(&self) -> &SignedCheckpoint {
        &self.live.head
    }

    pub(super) fn private(&mut self) -> &mut Private {
        &mut self.private
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn random(&mut self) -> &mut dyn Random {
        &mut *self.random
    }

    /// Logs a batch; one result for each, in order.
    pub(super) fn log(&mut self, batch: &[Request]) -> Vec<Result<Place>> {
        let outcome = self.try_log(batch).and_then(|places| self.keep_elsewhere().map(|()| places));
        match outcome {
            Ok(places) => places,
            Err(error) => {
                // Perhaps the commit happened and its answer did not come. Whoever asks again gets the same place.
                self.stale = true;
                let mut errors: Vec<Result<Place>> = batch.iter().map(|_| Err(Error::new(error.code()))).collect();
                // The first one gets the cause.
                if let Some(first) = errors.first_mut() {
                    *first = Err(error);
                }
                errors
            }
        }
    }

    fn try_log(&mut self, batch: &[Request]) -> Result<Vec<Result<Place>>> {
        self.refresh()?;
        let mut salts = Zeroizing::new(vec![0; 32 * batch.len()]);
        self.random.fill(&mut salts)?;
        let now = self.clock.now();
        // An entry is never dated before the one that precedes it, whatever the clock does.
        let at = self.live.last.map_or(now, |last| last.max(now));
        let Core { live, private, keys, .. } = self;
        let growth = &mut live.growth;
        let places = private.write(|tx, steps| {
            let mut places = Vec::with_capacity(batch.len());
            for (request, drawn) in batch.iter().zip(salts.as_chunks::<32>().0) {
                let salt = request.salt.as_deref().unwrap_or(drawn);
                if request.at > now + SKEW {
                    places.push(Err(Error::new(Code::RECORD_TIME)));
                    continue;
                }
                steps.step().map_err(failed)?;
                let entry = Leaf::entry_of(&request.record, salt, at);
                let Request { id, principal, record, attached, .. } = request;
                let row = NewRow { position: growth.size(), entry: &entry, id, principal, salt, record };
                let placed = if insert(tx, &row)? {
                    Ok((growth.append(&entry)?, *salt))
                } else {
                    same(tx, id, record).map_err(Error::from)
                };
                if let Ok((position, salt)) = &placed {
                    keep(tx, attached, *id, *position, salt)?;
                }
                places.push(placed.map(|(position, _)| position));
            }
            if growth.size() > live.head.checkpoint().size {
                let keys: Vec<&SigningKey> = keys.iter().collect();
                live.head = SignedCheckpoint::sign(growth.size(), growth.root(), &keys)?;
                set_head(tx, growth.size(), live.head.as_str(), live.settled)?;
            }
            Ok::<_, Failure>(places)
        })?;
        self.live.last = Some(at);
        let tree_size = self.live.head.checkpoint().size;
        Ok(places.into_iter().map(|place| place.map(|leaf_index| Place { leaf_index, tree_size })).collect())
    }

    /// After a failure, what is on the disk counts.
    fn refresh(&mut self) -> Result<()> {
        if !self.stale {
            return Ok(());
        }
        let head = self.private.head()?.ok_or_else(|| Error::new(Code::LOG_MISSING))?;
        let kept = self.live.kept;
        self.live = Live::read(&self.files, &self.private, head, &self.verifiers())?;
        self.live.kept = kept;
        self.stale = false;
        Ok(())
    }

    fn verifiers(&self) -> Vec<VerifierKey> {
        self.keys.iter().map(SigningKey::verifier).collect()
    }

    /// Signs the head with these keys from here on.
    pub(super) fn use_keys(&mut self, keys: Vec<SigningKey>) -> Result<()> {
        self.refresh()?;
        let signers: Vec<&SigningKey> = keys.iter().collect();
        let head = SignedCheckpoint::sign(self.live.growth.size(), self.live.growth.root(), &signers)?;
        let (size, settled) = (self.live.growth.size(), self.live.settled);
        self.stale = true;
        self.private.write(|tx, _| set_head(tx, size, head.as_str(), settled))?;
        (self.keys, self.live.head, self.stale) = (keys, head, false);
        self.keep_elsewhere()
    }

    /// Refuses a log that is behind the checkpoint kept elsewhere, or beside this log, or that contradicts it.
    fn compare_elsewhere(&mut self, verifiers: &[VerifierKey]) -> Result<()> {
        let places = [Some(self.files.at(super::files::CHECKPOINT)), self.elsewhere.clone()];
        for place in places.into_iter().flatten() {
            let Some(note) = read(&place)? else { continue };
            // A file cut short by a power failure is no checkpoint; the next one takes its place.
            let Ok(kept) = SignedCheckpoint::verify(&String::from_utf8_lossy(&note), verifiers) else {
                if self.elsewhere.as_ref() == Some(&place) && !note.is_empty() {
                    return Err(Error::field(Code::CHECKPOINT_UNREADABLE, "elsewhere"));
                }
                continue;
            };
            let (kept, size) = (kept.checkpoint(), self.live.growth.size());
            if kept.size > size {
                return Err(Error::new(Code::LOG_BEHIND).with(|facts| {
                    facts.first_missing = Some(size);
                    facts.missing = Some(kept.size - size);
                }));
            }
            if self.root_at(kept.size)? != kept.root {
                return Err(Error::new(Code::LOG_FORK));
            }
            if self.elsewhere.as_ref() == Some(&place) {
                self.live.kept = kept.size;
            }
        }
        Ok(())
    }

    /// The root that the log had at a size, whatever is left of its files.
    fn root_at(&self, size: u64) -> Result<Sha256> {
        if size == self.live.growth.size() {
            return Ok(self.live.growth.root());
        }
        Ok(grown(&self.files, &self.private, size, self.live.settled)?.root())
    }

    fn keep_elsewhere(&mut self) -> Result<()> {
        let (Some(place), size) = (&self.elsewhere, self.live.growth.size()) else { return Ok(()) };
        let note = self.live.head.as_str();
        if self.live.kept != size || read(place)?.as_deref() != Some(note.as_bytes()) {
            replace(place, note.as_bytes(), true, &self.files.steps).map_err(not_written)?;
            self.live.kept = size;
        }
        Ok(())
    }

    /// What the publisher writes next.
    pub(super) fn take_published(&mut self) -> Result<Published> {
        self.refresh()?;
        let growth = &mut self.live.growth;
        Ok(Published { full: growth.take_full(), partial: growth.partial(), head: self.live.head.clone() })
    }

    /// The full files under so many entries are on the disk.
    pub(super) fn settle(&mut self, size: u64) {
        self.live.settled = self.live.settled.max(size / WIDTH * WIDTH);
    }

    /// Everything is on the disk: the next one who opens the log need not write it again.
    pub(super) fn write_settled(&mut self) -> Result<()> {
        self.refresh()?;
        let Live { head, settled, .. } = &self.live;
        let (size, note, settled) = (head.checkpoint().size, head.as_str().to_owned(), *settled);
        self.private.write(|tx, _| set_head(tx, size, &note, settled))
    }
}

impl Live {
    fn read(files: &Files, private: &Private, head: Head, verifiers: &[VerifierKey]) -> Result<Live> {
        let damaged = || Error::new(Code::LOG_DAMAGED);
        let signed = SignedCheckpoint::verify(&head.note, verifiers).map_err(|_| damaged())?;
        // Without a folder of tiles, all of them are made again.
        let settled = if files.has_tiles() { head.settled } else { 0 };
        let growth = grown(files, private, head.size, settled)?;
        if signed.checkpoint().size != growth.size() || signed.checkpoint().root != growth.root() {
            return Err(damaged());
        }
        let mut last = None;
        private.entries(head.size.saturating_sub(1), head.size, |_, entry| {
            last = Leaf::logged_at(entry).ok();
            Ok(())
        })?;
        Ok(Live { growth, head: signed, last, settled, kept: 0 })
    }
}

/// The files without the partial ones, which a power failure may have left half written.
struct FullOnly<'a>(&'a Files);

impl TileSource for FullOnly<'_> {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        if name.contains(".p/") { Ok(None) } else { self.0.read(name) }
    }
}

/// The log of the first `size` entries: from its full files as far as they are settled, then from the private side.
fn grown(files: &Files, private: &Private, size: u64, settled: u64) -> Result<Growth> {
    let from = settled.min(size) / WIDTH * WIDTH;
    let mut growth = Growth::resume(&FullOnly(files), from)?;
    private.entries(from, size, |position, entry| {
        if growth.append(entry)? == position { Ok(()) } else { Err(Error::new(Code::LOG_DAMAGED)) }
    })?;
    if growth.size() == size { Ok(growth) } else { Err(Error::new(Code::LOG_DAMAGED)) }
}
