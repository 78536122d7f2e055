//! The auditor: reads a whole log and says which entries were changed, removed, reordered or back-dated, and whether the
//! log contradicts an earlier checkpoint.
//!
//! What it goes by: the signed checkpoint, the tiles under it, and where the auditor may read them the private records.
//! One pass rebuilds every file of the tree from the entries; only when one differs is it found out where
//! (`diagnosis.rs`). Opening files is the store's matter.

use super::diagnosis::Diagnosis;
use super::growth::Growth;
use super::proof;
use super::tile::{Holds, Tile, TileSource, TileTree, WIDTH, entries};
use super::{Checkpoint, Leaf, Record, Sha256, SignedCheckpoint, VerifierKey};
use crate::base::Timestamp;
use crate::error::{Code, Error, Lang, Result};
use serde::Serialize;
use std::fmt;
use std::time::Duration;

/// How far the clock of a sign-in and that of the log may be apart.
const SKEW: Duration = Duration::from_secs(60);

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// It is not what was logged.
    Changed,
    /// It was logged and is not there.
    Removed,
    /// It is there, in another place.
    Reordered,
    /// It says that it was logged before the one that precedes it, or before it happened.
    BackDated,
    /// The log contradicts a checkpoint that it signed before.
    Fork,
}

/// Where it is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Where {
    /// The log's entries, from `index` to this one.
    Entries(u64),
    /// The private record of the entry.
    Record,
    /// A file of the tree; the entries under it are right.
    Tile(Tile),
    /// The checkpoint.
    Checkpoint,
    /// The earlier checkpoint that the log is compared with.
    Since,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The first entry that is concerned, when entries are.
    pub index: Option<u64>,
    /// What is wrong.
    pub kind: ProblemKind,
    /// Where.
    pub place: Where,
}

impl Problem {
    /// One sentence for a person.
    pub fn message(&self, lang: Lang) -> String {
        let (fr, from) = (lang == Lang::Fr, self.index.unwrap_or_default());
        let subject = match self.place {
            Where::Entries(to) if to > from && fr => format!("Entrées {from} à {to}"),
            Where::Entries(to) if to > from => format!("Entries {from} to {to}"),
            Where::Entries(_) if fr => format!("Entrée {from}"),
            Where::Entries(_) => format!("Entry {from}"),
            Where::Record if fr => format!("Enregistrement privé de l'entrée {from}"),
            Where::Record => format!("Private record of entry {from}"),
            Where::Tile(tile) if fr => format!("Fichier {tile} (les entrées qu'il résume sont intactes)"),
            Where::Tile(tile) => format!("File {tile} (the entries under it are intact)"),
            Where::Checkpoint if fr => "Point de contrôle signé".to_owned(),
            Where::Checkpoint => "Signed checkpoint".to_owned(),
            Where::Since if fr => "Point de contrôle antérieur".to_owned(),
            Where::Since => "Earlier checkpoint".to_owned(),
        };
        let says = match (self.kind, fr) {
            (ProblemKind::Changed, true) => "contenu différent de ce qui a été inscrit",
            (ProblemKind::Changed, false) => "not what was logged",
            (ProblemKind::Removed, true) => "absence de ce que le journal a compté",
            (ProblemKind::Removed, false) => "missing, though the log counted it",
            (ProblemKind::Reordered, true) => "place différente de celle de l'inscription",
            (ProblemKind::Reordered, false) => "no longer in its place",
            (ProblemKind::BackDated, true) => "date antérieure à ce qui précède",
            (ProblemKind::BackDated, false) => "dated before what precedes it",
            (ProblemKind::Fork, true) => "contradiction avec le journal, deux journaux ont été montrés",
            (ProblemKind::Fork, false) => "contradicts the log, two logs were shown",
        };
        let colon = if fr { " :" } else { ":" };
        format!("{subject}{colon} {says}.")
    }
}

/// What an audit found. As JSON: `{"valid","tree_size","problems":[{"index","kind","message"}]}` by [`Audit::report`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// How many entries the checkpoint covers; 0 when there is none that can be believed.
    pub tree_size: u64,
    /// What is wrong, by place; nothing in a log that is whole.
    pub problems: Vec<Problem>,
}

/// An audit in words.
#[derive(Debug, Clone, Serialize)]
pub struct AuditReport {
    valid: bool,
    tree_size: u64,
    problems: Vec<ProblemReport>,
}

#[derive(Debug, Clone, Serialize)]
struct ProblemReport {
    index: Option<u64>,
    kind: ProblemKind,
    message: String,
}

impl Audit {
    /// Whether nothing is wrong.
    pub fn is_valid(&self) -> bool {
        self.problems.is_empty()
    }

    /// For JSON, with sentences in one language.
    pub fn report(&self, lang: Lang) -> AuditReport {
        let problem = |problem: &Problem| ProblemReport {
            index: problem.index,
            kind: problem.kind,
            message: problem.message(lang),
        };
        let problems = self.problems.iter().map(problem).collect();
        AuditReport { valid: self.is_valid(), tree_size: self.tree_size, problems }
    }
}

/// What the private side keeps of an entry.
#[derive(Clone, Copy)]
pub struct Held<'a> {
    /// The place.
    pub index: u64,
    /// The entry as it was logged.
    pub entry: &'a [u8],
    /// The record and its salt; none when the person was forgotten.
    pub opening: Option<(&'a [u8], &'a [u8; 32])>,
}

impl fmt::Debug for Held<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("index", &self.index).finish_non_exhaustive()
    }
}

/// The private records of a log, in the order of their places.
pub trait HeldRecords {
    /// Shows the next one; false when there is none left.
    ///
    /// # Errors
    /// Those of the store.
    fn next(&mut self, see: &mut dyn FnMut(Held<'_>)) -> Result<bool>;
}

/// Audits a log: its files, against keys of the log, an earlier checkpoint, and its private records.
///
/// # Errors
/// Those of the sources. What is wrong with the log is no error but a [`Problem`].
pub fn audit(
    source: &impl TileSource,
    keys: &[VerifierKey],
    since: Option<&SignedCheckpoint>,
    private: Option<&mut dyn HeldRecords>,
) -> Result<Audit> {
    let at_checkpoint =
        |kind| Audit { tree_size: 0, problems: vec![Problem { index: None, kind, place: Where::Checkpoint }] };
    let Some(note) = source.read("checkpoint")? else { return Ok(at_checkpoint(ProblemKind::Removed)) };
    let note = String::from_utf8(note).map_err(|_| Error::new(Code::NOTE_UNREADABLE));
    let Ok(head) = note.and_then(|note| SignedCheckpoint::verify(&note, keys)) else {
        return Ok(at_checkpoint(ProblemKind::Changed));
    };
    let mut auditor = Auditor {
        source,
        size: head.checkpoint().size,
        growth: Growth::new(),
        found: Vec::new(),
        wrong: Vec::new(),
        last: None,
        since: since.map(|since| since.checkpoint()).map(|since| (since.size, since.root, None)),
        problems: Vec::new(),
    };
    auditor.entries(private)?;
    auditor.tree(&head.checkpoint().root)?;
    auditor.since(since, &head);
    let Auditor { size: tree_size, mut problems, .. } = auditor;
    problems.sort();
    problems.dedup();
    Ok(Audit { tree_size, problems })
}

struct Auditor<'a, S> {
    source: &'a S,
    size: u64,
    /// The tree as the entries that were found make it.
    growth: Growth,
    /// The bundles that were found short or long, or whose lowest tile differs, from the first on.
    found: Vec<u64>,
    /// The tiles that differ from those that the entries make.
    wrong: Vec<Tile>,
    /// When the entry before was logged.
    last: Option<Timestamp>,
    /// Size and root of the earlier checkpoint, and the root that the entries make at that size.
    since: Option<(u64, Sha256, Option<Sha256>)>,
    problems: Vec<Problem>,
}

impl<S: TileSource> Auditor<'_, S> {
    fn problem(&mut self, index: u64, kind: ProblemKind, place: Where) {
        self.problems.push(Problem { index: Some(index), kind, place });
    }

    /// Reads the entries and the private records beside them, and rebuilds the tree.
    fn entries(&mut self, private: Option<&mut dyn HeldRecords>) -> Result<()> {
        let mut held = private.map(Beside::new);
        for bundle in 0..self.size.div_ceil(WIDTH) {
            let Some(tile) = Tile::of(Holds::Entries, bundle, self.size) else { break };
            let bytes = tile.read(self.source)?.unwrap_or_default();
            let mut at = bundle * WIDTH;
            let end = at + u64::from(tile.width);
            for entry in entries(&bytes) {
                let Ok(entry) = entry else { break };
                self.growth.append(entry)?;
                if at < end {
                    self.time(at, entry);
                    if let Some(held) = &mut held {
                        held.compare(at, entry, self.last, &mut self.problems)?;
                    }
                }
                at += 1;
                self.at_since();
            }
            if at != end {
                self.found.push(bundle);
            }
            for (tile, bytes) in self.growth.take_full() {
                self.compare(tile, &bytes)?;
            }
        }
        for (tile, bytes) in self.growth.partial() {
            self.compare(tile, &bytes)?;
        }
        held.map_or(Ok(()), |held| held.finish(self.size, &mut self.problems))
    }

    fn at_since(&mut self) {
        if let Some((size, _, found)) = &mut self.since
            && *size == self.growth.size()
        {
            *found = Some(self.growth.root());
        }
    }

    /// No entry is logged before the one that precedes it.
    fn time(&mut self, index: u64, entry: &[u8]) {
        match Leaf::logged_at(entry) {
            Ok(at) if self.last.is_some_and(|last| at < last) => {
                self.problem(index, ProblemKind::BackDated, Where::Entries(index));
            }
            Ok(at) => self.last = Some(at),
            Err(error) if error.code() == Code::RECORD_NEWER => {}
            Err(_) => self.problem(index, ProblemKind::Changed, Where::Entries(index)),
        }
    }

    fn compare(&mut self, tile: Tile, made: &[u8]) -> Result<()> {
        if tile.holds != Holds::Entries && tile.read(self.source)?.as_deref() != Some(made) {
            self.wrong.push(tile);
        }
        Ok(())
    }

    /// Where the tree differs from the signed one.
    fn tree(&mut self, root: &Sha256) -> Result<()> {
        let whole = self.growth.size() == self.size && self.growth.root() == *root && self.found.is_empty();
        if whole {
            // The entries are those that were signed, so a tile that differs is itself wrong.
            for tile in std::mem::take(&mut self.wrong) {
                self.problem(tile.first_entry(), ProblemKind::Changed, Where::Tile(tile));
            }
            return Ok(());
        }
        let tree = TileTree::new(self.source, self.size);
        let signed = proof::root(&tree, self.size).is_ok_and(|found| found == *root);
        self.problems.extend(Diagnosis::new(self.source, self.size, signed).run()?);
        if !self.problems.iter().any(|problem| problem.place != Where::Record) {
            // The entries make their tiles, and another root than the one signed.
            self.problems.push(Problem { index: None, kind: ProblemKind::Changed, place: Where::Checkpoint });
        }
        Ok(())
    }

    fn since(&mut self, since: Option<&SignedCheckpoint>, head: &SignedCheckpoint) {
        let (Some(since), Some((size, root, found))) = (since, self.since) else { return };
        let (old, new) = (since.checkpoint(), head.checkpoint());
        if old.origin == new.origin && size > self.size {
            self.problem(self.size, ProblemKind::Removed, Where::Entries(size - 1));
            return;
        }
        if old.origin != new.origin || (size > 0 && found != Some(root) && self.contradicts(old, new)) {
            self.problems.push(Problem { index: None, kind: ProblemKind::Fork, place: Where::Since });
        }
    }

    /// Whether the signed tree itself is another one. When entries were touched after they were signed, its tiles tell;
    /// when those were too, nothing can be told of it, and the log is wrong already.
    fn contradicts(&self, old: &Checkpoint, new: &Checkpoint) -> bool {
        if self.growth.size() == self.size && self.growth.root() == new.root {
            return true;
        }
        let tree = TileTree::new(self.source, self.size);
        let root = |size| proof::root(&tree, size).ok();
        root(new.size) == Some(new.root) && root(old.size).is_some_and(|found| found != old.root)
    }
}

/// The private records, read in step with the entries.
struct Beside<'a> {
    records: &'a mut dyn HeldRecords,
    /// The place of the next row, read ahead, with what it holds.
    next: Option<Row>,
    /// Rows that do not open their entries.
    closed: Vec<(Row, Vec<u8>)>,
}

struct Row {
    index: u64,
    entry: Vec<u8>,
    opening: Option<(Vec<u8>, [u8; 32])>,
}

/// How many rows that do not open their entries are tried against one another.
const TRIED: usize = 256;

impl<'a> Beside<'a> {
    fn new(records: &'a mut dyn HeldRecords) -> Beside<'a> {
        Beside { records, next: None, closed: Vec::new() }
    }

    fn advance(&mut self) -> Result<bool> {
        let next = &mut self.next;
        self.records.next(&mut |held| {
            // The buffers of the row before are used again.
            let row = next.get_or_insert_with(|| Row { index: 0, entry: Vec::new(), opening: None });
            row.index = held.index;
            row.entry.clear();
            row.entry.extend_from_slice(held.entry);
            match (held.opening, &mut row.opening) {
                (Some((record, salt)), Some((buffer, kept))) => {
                    buffer.clear();
                    buffer.extend_from_slice(record);
                    *kept = *salt;
                }
                (Some((record, salt)), none) => *none = Some((record.to_vec(), *salt)),
                (None, kept) => *kept = None,
            }
        })
    }

    fn compare(&mut self, index: u64, entry: &[u8], at: Option<Timestamp>, problems: &mut Vec<Problem>) -> Result<()> {
        if self.next.as_ref().is_none_or(|row| row.index < index) && !self.advance()? {
            self.next = None;
        }
        let problem = |kind, place| Problem { index: Some(index), kind, place };
        let Some(row) = self.next.as_ref().filter(|row| row.index == index) else {
            problems.push(problem(ProblemKind::Removed, Where::Record));
            return Ok(());
        };
        if row.entry != entry {
            problems.push(problem(ProblemKind::Changed, Where::Entries(index)));
        }
        let Some((record, salt)) = &row.opening else { return Ok(()) };
        if !Leaf::opens(entry, salt, record).unwrap_or(false) {
            let row = Row { index, entry: row.entry.clone(), opening: row.opening.clone() };
            self.closed.push((row, entry.to_vec()));
            return Ok(());
        }
        match Record::parse(record) {
            Ok(record) if at.is_some_and(|at| record.fields().at > at + SKEW) => {
                problems.push(problem(ProblemKind::BackDated, Where::Record));
            }
            Ok(_) => {}
            Err(error) if error.code() == Code::RECORD_NEWER => {}
            Err(_) => problems.push(problem(ProblemKind::Changed, Where::Record)),
        }
        Ok(())
    }

    /// Rows that open each other's entries changed places; the others were changed.
    fn finish(self, size: u64, problems: &mut Vec<Problem>) -> Result<()> {
        let opens_another = |row: &Row| {
            let Some((record, salt)) = &row.opening else { return false };
            self.closed.iter().take(TRIED).any(|(_, entry)| Leaf::opens(entry, salt, record).unwrap_or(false))
        };
        for (row, _) in self.closed.iter().filter(|(row, _)| row.index < size) {
            let moved = self.closed.len() <= TRIED && opens_another(row);
            let kind = if moved { ProblemKind::Reordered } else { ProblemKind::Changed };
            problems.push(Problem { index: Some(row.index), kind, place: Where::Record });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
