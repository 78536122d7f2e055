//! The folder of a consent log: how it is made, its keys, and everything that reads it while another program appends.
//!
//! It holds `checkpoint` and `tile/…` for everybody; `key.vkey`, the public keys; and for its owner alone `key.private`,
//! `key.principal` (the key of the hashes that stand for people) and `private.sqlite`.

use super::core::Core;
use super::files::{CHECKPOINT, Files, create_private, not_written, read, replace, sync_folder};
use super::private::{KeptRow, Private};
use super::steps::Steps;
use super::{ConsentLog, LogWorld};
use crate::base::{ExposeSecret, Random, SecretString, ServerKey, Timestamp};
use crate::consent::tile::{TileSource, TileTree};
use crate::consent::{
    self, Audit, Continuation, Growth, Leaf, Opening, Receipt, Record, RecordId, Sha256, SignedCheckpoint, SigningKey,
    TermsDifference, TermsVersion, VerifierKey,
};
use crate::error::{Code, Error, Result};
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

pub(super) const PRIVATE: &str = "private.sqlite";
const SIGNING: &str = "key.private";
const PUBLIC: &str = "key.vkey";
const PRINCIPAL: &str = "key.principal";
const CONTINUES: &str = "continues";
const LOCK: &str = "lock";

/// How a log is made.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct LogOptions {
    /// A file, on another disk, where the last checkpoint is kept too: before a record is acknowledged, so that a log
    /// restored from a backup knows that it is behind.
    pub elsewhere: Option<PathBuf>,
    /// The last known checkpoint of a log that was lost in part, which this one continues under another name.
    pub continues: Option<String>,
}

/// A record as the log holds it.
#[derive(Clone)]
#[non_exhaustive]
pub struct LoggedRecord {
    /// Its entry's index.
    pub leaf_index: u64,
    /// When it was logged.
    pub logged_at: Timestamp,
    /// The record.
    pub record: Record,
    /// What lies sealed beside it in this log: as [`Fields::evidence_names`] says what it names.
    ///
    /// [`Fields::evidence_names`]: crate::consent::Fields::evidence_names
    pub evidence_kept: String,
}

impl fmt::Debug for LoggedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoggedRecord").field("leaf_index", &self.leaf_index).finish_non_exhaustive()
    }
}

impl LoggedRecord {
    fn of(row: &KeptRow) -> Result<LoggedRecord> {
        let (logged_at, record) = (Leaf::logged_at(&row.entry)?, Record::parse(&row.record)?);
        let evidence_kept = row.evidence.clone().unwrap_or_else(|| "none".to_owned());
        Ok(LoggedRecord { leaf_index: row.position, logged_at, record, evidence_kept })
    }
}

/// The folder of a log. Its `Debug` does not show the path.
#[derive(Clone)]
pub struct LogFolder {
    pub(super) files: Files,
}

impl fmt::Debug for LogFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogFolder(•••)")
    }
}

impl TileSource for LogFolder {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.files.read(name)
    }
}

impl LogFolder {
    /// Names a folder; nothing is touched yet.
    pub fn new(path: impl Into<PathBuf>) -> LogFolder {
        LogFolder { files: Files { path: path.into(), steps: Steps::default() } }
    }

    /// Makes an empty log called `origin`, such as `exemple.fr/consentements`, with new keys; gives the public one.
    ///
    /// # Errors
    /// `log-exists`; `log-behind` when a checkpoint is kept elsewhere already: the log it is of was lost, so bring it back,
    /// or continue it; `log-name-invalid`, also when a log that continues another has its name; `log-not-written`,
    /// `no-randomness`; `note-unreadable`, `checkpoint-unreadable` for the log it continues; those of the store.
    pub fn init(&self, origin: &str, options: &LogOptions, random: &mut dyn Random) -> Result<VerifierKey> {
        let key = SigningKey::generate(origin, random)?;
        let continues = options.continues.as_ref().map(|old| Continuation::sign(old, &key)).transpose()?;
        let mut principal = Zeroizing::new([0; 32]);
        random.fill(&mut *principal)?;
        fs::create_dir_all(&self.files.path).map_err(not_written)?;
        let lock = self.lock()?;
        if self.file(PRIVATE).exists() && Private::open(&self.file(PRIVATE), Steps::default())?.head()?.is_some() {
            return Err(Error::new(Code::LOG_EXISTS));
        }
        let kept = options.elsewhere.as_ref().map(|place| read(place)).transpose()?.flatten();
        if kept.is_some_and(|note| options.continues.as_ref().is_none_or(|old| old.as_bytes() != note)) {
            return Err(Error::new(Code::LOG_BEHIND));
        }
        let elsewhere = options.elsewhere.as_ref().map(std::path::absolute).transpose().map_err(not_written)?;
        let elsewhere = elsewhere.as_ref().map(|path| path.to_str().ok_or(Error::field(Code::NOT_UTF8, "elsewhere")));
        let elsewhere = elsewhere.transpose()?;
        let principal = Zeroizing::new(Sha256(*principal).to_string());
        let write = |name: &str, bytes: &[u8]| {
            // What a making that was cut short has left serves nobody.
            let _ = fs::remove_file(self.file(name));
            create_private(&self.file(name), bytes)
        };
        write(SIGNING, key.to_secret().expose_secret().as_bytes())
            .and_then(|()| write(PRINCIPAL, principal.as_bytes()))
            .and_then(|()| {
                replace(&self.file(PUBLIC), format!("{}\n", key.verifier()).as_bytes(), true, &self.files.steps)
            })
            .and_then(|()| match &continues {
                Some(note) => replace(&self.file(CONTINUES), note.as_bytes(), true, &self.files.steps),
                None => Ok(()),
            })
            .map_err(not_written)?;
        let head = SignedCheckpoint::sign(0, Growth::new().root(), &[&key])?;
        self.files.write_checkpoint(head.as_str(), true)?;
        // The head comes last: a folder without one is no log yet.
        Private::open(&self.file(PRIVATE), Steps::default())?.begin_log(head.as_str(), elsewhere)?;
        if let Some(place) = elsewhere {
            replace(Path::new(place), head.as_str().as_bytes(), true, &self.files.steps).map_err(not_written)?;
        }
        sync_folder(&self.files.path).map_err(not_written)?;
        drop(lock);
        Ok(key.verifier())
    }

    /// Opens the log to append to it; one program at a time.
    ///
    /// # Errors
    /// `log-missing`; `log-busy` when another program has it open; `log-behind` when the checkpoint kept elsewhere, or
    /// beside the log, is over more entries than are here: a backup was restored, and the facts say which are missing;
    /// `log-fork`, `log-damaged`, `log-incomplete`; `log-key-unreadable`, `log-not-written`; those of the store.
    pub fn open(&self, world: LogWorld) -> Result<ConsentLog> {
        self.open_counting(world, Steps::default())
    }

    pub(super) fn open_counting(&self, world: LogWorld, steps: Steps) -> Result<ConsentLog> {
        let path = self.file(PRIVATE);
        if !path.exists() {
            return Err(Error::new(Code::LOG_MISSING));
        }
        let lock = self.lock()?;
        let files = Files { steps: steps.clone(), ..self.files.clone() };
        let core = Core::open(files.clone(), Private::open(&path, steps)?, self.signing_keys()?, world)?;
        ConsentLog::start(LogFolder { files }, core, lock)
    }

    /// The public keys, today's first.
    ///
    /// # Errors
    /// `log-missing`, `log-key-unreadable`.
    pub fn keys(&self) -> Result<Vec<VerifierKey>> {
        let text = read(&self.file(PUBLIC))?.ok_or_else(|| Error::new(Code::LOG_MISSING))?;
        VerifierKey::parse_all(&String::from_utf8_lossy(&text))
    }

    /// The key under which people stand in the records.
    ///
    /// # Errors
    /// `log-missing`, `log-key-unreadable`.
    pub fn principal_key(&self) -> Result<ServerKey> {
        let text = read(&self.file(PRINCIPAL))?.ok_or_else(|| Error::new(Code::LOG_MISSING))?;
        let text = Zeroizing::new(String::from_utf8(text).unwrap_or_default());
        let key: Sha256 = text.trim().parse().map_err(|_| Error::new(Code::LOG_KEY_UNREADABLE))?;
        ServerKey::new(&key.0)
    }

    /// The checkpoint as it is published, verified with the log's own keys.
    ///
    /// # Errors
    /// `log-missing`; those of [`SignedCheckpoint::verify`].
    pub fn checkpoint(&self) -> Result<SignedCheckpoint> {
        let note = self.files.read(CHECKPOINT)?.ok_or_else(|| Error::new(Code::LOG_MISSING))?;
        SignedCheckpoint::verify(&String::from_utf8_lossy(&note), &self.keys()?)
    }

    /// The statement that this log continues another one, if it does.
    ///
    /// # Errors
    /// `log-missing`; those of [`Continuation::verify`].
    pub fn continues(&self) -> Result<Option<Continuation>> {
        let Some(note) = self.files.read(CONTINUES)? else { return Ok(None) };
        Continuation::verify(&String::from_utf8_lossy(&note), &self.keys()?).map(Some)
    }

    /// The records of a person, or of everybody, in the order of the log.
    ///
    /// # Errors
    /// `log-missing`; those of the store and of the records; what `each` fails with.
    pub fn records(&self, principal: Option<&Sha256>, mut each: impl FnMut(LoggedRecord) -> Result<()>) -> Result<()> {
        self.private()?.kept(principal, |row| each(LoggedRecord::of(&row)?))
    }

    /// One record; none when it is unknown, or its person was forgotten.
    ///
    /// # Errors
    /// As [`LogFolder::records`].
    pub fn record(&self, id: RecordId) -> Result<Option<LoggedRecord>> {
        self.private()?.by_id(id)?.as_ref().map(LoggedRecord::of).transpose()
    }

    /// The receipt of a record, for the person.
    ///
    /// # Errors
    /// `record-unknown`; `record-not-published` when the files do not cover it yet; `log-missing`, `log-incomplete`,
    /// `proof-wrong`; those of the store.
    pub fn receipt(&self, id: RecordId) -> Result<(Receipt, Opening)> {
        let row = self.private()?.by_id(id)?.ok_or_else(|| Error::new(Code::RECORD_UNKNOWN))?;
        let head = self.checkpoint()?;
        let size = head.checkpoint().size;
        if row.position >= size {
            return Err(Error::new(Code::RECORD_NOT_PUBLISHED));
        }
        let tree = TileTree::new(&self.files, size);
        let receipt = Receipt::new(&row.entry, row.position, &tree, &head)?;
        Ok((receipt, Opening::new(Record::parse(&row.record)?, &row.salt)))
    }

    /// The terms with this hash, as they were shown.
    ///
    /// # Errors
    /// `log-missing`; those of the store.
    pub fn terms(&self, hash: &Sha256) -> Result<Option<TermsVersion>> {
        self.private()?.terms(hash)
    }

    /// What changed between two versions of the terms that the log keeps.
    ///
    /// # Errors
    /// `terms-unknown`; those of [`LogFolder::terms`].
    pub fn terms_difference(&self, old: &Sha256, new: &Sha256) -> Result<TermsDifference> {
        let kept = |hash| self.terms(hash)?.ok_or_else(|| Error::new(Code::TERMS_UNKNOWN));
        Ok(kept(new)?.difference_since(&kept(old)?))
    }

    /// Audits the log, with its private side when that is here.
    ///
    /// # Errors
    /// `log-missing` when this is no log; those of the files and of the store. What is wrong with the log is in the
    /// [`Audit`].
    pub fn audit(&self, keys: &[VerifierKey], since: Option<&SignedCheckpoint>) -> Result<Audit> {
        let path = self.file(PRIVATE);
        if path.exists() {
            return self.private()?.audited(|rows| consent::audit(&self.files, keys, since, Some(rows)));
        }
        if !self.files.has_tiles() && self.files.read(CHECKPOINT)?.is_none() {
            return Err(Error::new(Code::LOG_MISSING));
        }
        consent::audit(&self.files, keys, since, None)
    }

    /// Audits the log with keys given as text, one a line, and an earlier checkpoint as it was published.
    ///
    /// # Errors
    /// `log-key-unreadable`; those of [`SignedCheckpoint::verify`] for the earlier checkpoint, and of
    /// [`LogFolder::audit`].
    pub fn verify(&self, keys: &str, since: Option<&str>) -> Result<Audit> {
        let keys = VerifierKey::parse_all(keys)?;
        let since = since.map(|note| SignedCheckpoint::verify(note, &keys)).transpose()?;
        self.audit(&keys, since.as_ref())
    }

    pub(super) fn private(&self) -> Result<Private> {
        let path = self.file(PRIVATE);
        if path.exists() { Private::read(&path) } else { Err(Error::new(Code::LOG_MISSING)) }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.files.at(name)
    }

    pub(super) fn signing_keys(&self) -> Result<Vec<SigningKey>> {
        let text = read(&self.file(SIGNING))?.ok_or_else(|| Error::new(Code::LOG_MISSING))?;
        let text = Zeroizing::new(String::from_utf8(text).unwrap_or_default());
        let keys: Vec<SigningKey> =
            text.lines().map(|line| SigningKey::parse(&SecretString::from(line))).collect::<Result<_>>()?;
        if keys.is_empty() { Err(Error::new(Code::LOG_KEY_UNREADABLE)) } else { Ok(keys) }
    }

    /// Writes the signing keys, and adds their public ones before those that are known.
    pub(super) fn write_keys(&self, keys: &[SigningKey]) -> Result<()> {
        let mut public = keys.iter().map(SigningKey::verifier).collect::<Vec<_>>();
        let known = self.keys()?;
        public.extend(known.into_iter().filter(|key| !keys.iter().any(|signing| signing.verifier() == *key)));
        let public: String = public.iter().map(|key| format!("{key}\n")).collect();
        replace(&self.file(PUBLIC), public.as_bytes(), true, &self.files.steps).map_err(not_written)?;
        let secret: Zeroizing<String> =
            Zeroizing::new(keys.iter().map(|key| format!("{}\n", key.to_secret().expose_secret())).collect());
        self.replace_private(&self.file(SIGNING), secret.as_bytes())
    }

    fn replace_private(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let beside = path.with_extension("new");
        let _ = fs::remove_file(&beside);
        let written = create_private(&beside, bytes).and_then(|()| fs::rename(&beside, path));
        written.and_then(|()| sync_folder(&self.files.path)).map_err(not_written)
    }

    /// Whoever holds the file appends; it stays, empty, so that two never hold two files of one name.
    fn lock(&self) -> Result<File> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(self.file(LOCK));
        let file = file.map_err(not_written)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(Error::new(Code::LOG_BUSY)),
            Err(TryLockError::Error(error)) => Err(not_written(error)),
        }
    }
}
