//! A receipt: proof, verified offline with the log's public key, that a record was logged (C2SP tlog-proof@v1).
//!
//! Two files. The proof (`F.tlog-proof`) holds the log's entry, its place, the way to the root and the signed checkpoint,
//! and tells nobody anything about the person. The opening (`F.json`) holds the record and its salt, as bytes and in
//! words: it says what the entry commits to. Both have one form only, so no byte of either can be changed unseen.

use super::checkpoint::number;
use super::note::{decode, encode};
use super::proof::{Subtrees, inclusion, verify_inclusion};
use super::readable::Readable;
use super::{Leaf, Record, Sha256, SignedCheckpoint, VerifierKey, merkle};
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use zeroize::Zeroizing;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";
/// No path is longer than the tree is high.
const HIGHEST: usize = 64;

/// The proof that an entry is in a log. Its `Display` is the file.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    entry: Vec<u8>,
    index: u64,
    path: Vec<Sha256>,
    checkpoint: String,
}

/// What a verified receipt proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The place in the log.
    pub index: u64,
    /// When it was logged, by the clock of the machine that logged it.
    pub logged_at: Timestamp,
    /// The checkpoint that covers it.
    pub checkpoint: SignedCheckpoint,
}

impl Receipt {
    /// Makes the receipt of an entry out of the log's tree and a checkpoint of it.
    ///
    /// # Errors
    /// Those of `tree`; `proof-wrong` when the three do not belong together.
    pub fn new(entry: &[u8], index: u64, tree: &impl Subtrees, checkpoint: &SignedCheckpoint) -> Result<Receipt> {
        let head = checkpoint.checkpoint();
        let path = inclusion(tree, index, head.size)?;
        verify_inclusion(&merkle::leaf_hash(entry), index, head.size, &path, &head.root)?;
        Ok(Receipt { entry: entry.to_vec(), index, path, checkpoint: checkpoint.as_str().to_owned() })
    }

    /// The log's entry: 41 bytes of version 1.
    pub fn entry(&self) -> &[u8] {
        &self.entry
    }

    /// The place it claims.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Verifies that the log of these keys holds the entry.
    ///
    /// # Errors
    /// Those of [`SignedCheckpoint::verify`]; `proof-wrong`; `record-newer`, `record-unreadable`.
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Logged> {
        let checkpoint = SignedCheckpoint::verify(&self.checkpoint, keys)?;
        let head = checkpoint.checkpoint();
        verify_inclusion(&merkle::leaf_hash(&self.entry), self.index, head.size, &self.path, &head.root)?;
        Ok(Logged { index: self.index, logged_at: Leaf::logged_at(&self.entry)?, checkpoint })
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}\nextra {}\nindex {}", BASE64_STANDARD.encode(&self.entry), self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", encode(hash)))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for Receipt {
    type Err = Error;

    /// Reads the file.
    ///
    /// # Errors
    /// `receipt-unreadable`.
    fn from_str(text: &str) -> Result<Receipt> {
        let read = || {
            let (head, checkpoint) = text.split_once("\n\n")?;
            let mut lines = head.split('\n');
            let entry = (lines.next()? == FIRST_LINE).then_some(lines.next()?.strip_prefix("extra ")?)?;
            let entry = BASE64_STANDARD.decode(entry).ok()?;
            let index = number(lines.next()?.strip_prefix("index ")?)?;
            let path = lines.map(decode).collect::<Option<Vec<Sha256>>>()?;
            (path.len() <= HIGHEST).then(|| Receipt { entry, index, path, checkpoint: checkpoint.to_owned() })
        };
        let receipt = read().ok_or_else(unreadable)?;
        if receipt.to_string() == text { Ok(receipt) } else { Err(unreadable()) }
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt").field("index", &self.index).finish_non_exhaustive()
    }
}

/// The record and the salt that open an entry: what a person keeps beside the proof. Whoever holds it knows the answer
/// that was given, and can show that it was logged.
#[derive(Clone)]
pub struct Opening {
    record: Record,
    salt: Zeroizing<[u8; 32]>,
}

const FORMAT: &str = "sas-psc consent receipt v1";

#[derive(Serialize)]
struct Write<'a> {
    format: &'static str,
    what: Readable<'a>,
    record: String,
    salt: Sha256,
}

#[derive(Deserialize)]
struct Read {
    format: String,
    record: String,
    salt: Sha256,
}

impl Opening {
    /// A record and its salt.
    pub fn new(record: Record, salt: &[u8; 32]) -> Opening {
        Opening { record, salt: Zeroizing::new(*salt) }
    }

    /// The record.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// The salt: what lies sealed beside the record opens with it.
    pub fn salt(&self) -> &[u8; 32] {
        &self.salt
    }

    /// The file: JSON, with the record in words and as base64, and the salt in hexadecimal.
    ///
    /// # Errors
    /// `broken-invariant`, which no record causes.
    pub fn to_json(&self) -> Result<String> {
        let write = Write {
            format: FORMAT,
            what: self.record.fields().members(),
            record: BASE64_STANDARD.encode(self.record.as_bytes()),
            salt: Sha256(*self.salt),
        };
        let text = serde_json::to_string_pretty(&write).map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
        Ok(text + "\n")
    }

    /// Reads the file; no other bytes mean the same.
    ///
    /// # Errors
    /// `receipt-unreadable`, also when its words are not those of its record; `record-newer`, `record-unreadable`.
    pub fn parse(json: &[u8]) -> Result<Opening> {
        let read: Read = serde_json::from_slice(json).map_err(|_| unreadable())?;
        let bytes = BASE64_STANDARD.decode(&read.record).map_err(|_| unreadable())?;
        if read.format != FORMAT {
            return Err(unreadable());
        }
        let opening = Opening::new(Record::parse(&bytes)?, &read.salt.0);
        if opening.to_json()?.as_bytes() == json { Ok(opening) } else { Err(unreadable()) }
    }

    /// Verifies a receipt, and that its entry commits to this record.
    ///
    /// # Errors
    /// Those of [`Receipt::verify`]; `receipt-record` when the entry is about another record.
    pub fn verify(&self, receipt: &Receipt, keys: &[VerifierKey]) -> Result<Logged> {
        let logged = receipt.verify(keys)?;
        let opens = Leaf::opens(receipt.entry(), &self.salt, self.record.as_bytes())?;
        if opens { Ok(logged) } else { Err(Error::new(Code::RECEIPT_RECORD)) }
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").field("record", &self.record).finish_non_exhaustive()
    }
}

/// A record that was proved to be in a log.
#[derive(Debug, Clone)]
pub struct Proven {
    /// Where and when it was logged.
    pub logged: Logged,
    /// The record.
    pub record: Record,
}

impl Proven {
    /// For JSON: `{"origin","index","tree_size","logged_at","evidence","what":{ the record in words }}`; `evidence` says what
    /// lies sealed beside the record, or `none`.
    pub fn report(&self) -> impl Serialize {
        let (logged, head) = (&self.logged, self.logged.checkpoint.checkpoint());
        ProvenReport {
            origin: &head.origin,
            index: logged.index,
            tree_size: head.size,
            logged_at: logged.logged_at.to_string(),
            evidence: self.record.fields().evidence_names(),
            what: self.record.fields().members(),
        }
    }
}

#[derive(Serialize)]
struct ProvenReport<'a> {
    origin: &'a str,
    index: u64,
    tree_size: u64,
    logged_at: String,
    evidence: String,
    what: Readable<'a>,
}

/// Verifies the two files of a receipt with the keys of a log, one a line.
///
/// # Errors
/// `log-key-unreadable`, `receipt-unreadable`, `record-unreadable`, `record-newer`, those of [`Receipt::verify`] and
/// [`Opening::verify`].
pub fn verify_receipt(proof: &[u8], opening: &[u8], keys: &str) -> Result<Proven> {
    let keys = VerifierKey::parse_all(keys)?;
    let receipt: Receipt = std::str::from_utf8(proof).map_err(|_| unreadable())?.parse()?;
    // The proof is judged first: what is not in the log needs no opening.
    receipt.verify(&keys)?;
    let opening = Opening::parse(opening)?;
    let logged = opening.verify(&receipt, &keys)?;
    Ok(Proven { logged, record: opening.record })
}

fn unreadable() -> Error {
    Error::new(Code::RECEIPT_UNREADABLE)
}
