//! What the log holds of a record: a salted commitment and the time of logging, 41 bytes that tell nobody anything.
//!
//! The record and its salt are kept apart, in private. Deleting both forgets the person and leaves the log whole: the
//! entry stays, and no guess can be checked against it. The bytes are final (docs/consent-format.md).

use super::{Record, Sha256, merkle};
use crate::base::{self, Random, Timestamp};
use crate::error::{Code, Error, Result};
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const VERSION: u8 = 1;

/// A record's place in the log, with the salt that opens it.
#[derive(Clone)]
pub struct Leaf {
    entry: [u8; Leaf::ENTRY_LENGTH],
    salt: Zeroizing<[u8; 32]>,
}

impl Leaf {
    /// The length of an entry of this version. A log may hold longer ones of later versions, under 65,536 bytes.
    pub const ENTRY_LENGTH: usize = 41;

    /// Commits to a record, with a fresh salt, as it is logged at `now`.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn new(record: &Record, random: &mut dyn Random, now: Timestamp) -> Result<Leaf> {
        let mut salt = Zeroizing::new([0; 32]);
        random.fill(&mut *salt)?;
        Ok(Leaf { entry: Leaf::entry_of(record.as_bytes(), &salt, now), salt })
    }

    /// The entry of a record's bytes under a salt.
    pub(crate) fn entry_of(record: &[u8], salt: &[u8; 32], now: Timestamp) -> [u8; Leaf::ENTRY_LENGTH] {
        let mut entry = [VERSION; Leaf::ENTRY_LENGTH];
        entry[1..9].copy_from_slice(&now.unix_millis().to_be_bytes());
        entry[9..].copy_from_slice(&commitment(salt, now, record));
        entry
    }

    /// The bytes of the log's entry.
    pub fn entry(&self) -> &[u8] {
        &self.entry
    }

    /// The leaf's hash in the tree.
    pub fn hash(&self) -> Sha256 {
        merkle::leaf_hash(&self.entry)
    }

    /// The salt: keep it with the record, delete it with the record.
    pub fn salt(&self) -> &[u8; 32] {
        &self.salt
    }

    /// Whether `entry` commits to these bytes of a record under this salt.
    ///
    /// # Errors
    /// `record-newer` for an entry of a later version; `record-unreadable` for what is no entry.
    pub fn opens(entry: &[u8], salt: &[u8; 32], record: &[u8]) -> Result<bool> {
        let (at, committed) = parts(entry)?;
        Ok(commitment(salt, at, record).ct_eq(committed).into())
    }

    /// When an entry was logged, by the clock of the machine that logged it.
    ///
    /// # Errors
    /// As [`Leaf::opens`].
    pub fn logged_at(entry: &[u8]) -> Result<Timestamp> {
        parts(entry).map(|(at, _)| at)
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaf").field("hash", &self.hash()).finish_non_exhaustive()
    }
}

fn commitment(salt: &[u8; 32], at: Timestamp, record: &[u8]) -> [u8; 32] {
    base::digest("sas-psc consent leaf v1", &[salt, &at.unix_millis().to_be_bytes(), record])
}

fn parts(entry: &[u8]) -> Result<(Timestamp, &[u8; 32])> {
    let unreadable = || Error::new(Code::RECORD_UNREADABLE);
    let (version, rest) = entry.split_first().ok_or_else(unreadable)?;
    if *version != VERSION {
        return Err(Error::new(if *version > VERSION { Code::RECORD_NEWER } else { Code::RECORD_UNREADABLE }));
    }
    let (at, committed) = rest.split_first_chunk().ok_or_else(unreadable)?;
    let committed = committed.try_into().map_err(|_| unreadable())?;
    Ok((Timestamp::from_unix_millis(i64::from_be_bytes(*at)), committed))
}
