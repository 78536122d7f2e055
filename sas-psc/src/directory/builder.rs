//! Makes an index out of extracts, row by row, into any `Write`.
//!
//! Structures' texts are written as they come; the rest is at most some 25 bytes a row in memory until the end. Every
//! row is checked: columns, encoding, identifier and key. What is refused is told with its line and a reason, and the
//! import goes on; when too much is refused, or the file breaks off, the import fails as a whole.

use super::assembly;
use super::columns::{Column, Cut, Group, Header, Plan};
use super::key::{self, Key};
use super::layout::{NONE, Place, place_key};
use super::meta::Origin;
use super::reject::{Reason, Reject};
use super::rows::{Decoder, Lines};
use super::texts::{Numbers, Texts};
use super::writer::Writer;
use crate::error::{Code, Error, Result};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::io::{self, ErrorKind, Read, Write};
use std::ops::ControlFlow;

/// Rows between two reports of progress.
const REPORT: u64 = 1 << 14;
/// What is refused without making the whole import doubtful: this many rows, and one in a hundred of the rest.
const REFUSED: u64 = 100;
/// Texts of one kind have at most this many bytes.
const FULL: usize = u32::MAX as usize - (1 << 20);

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Progress {
    /// Bytes read of all sources, after unpacking; what was passed over in a zip counts as read.
    pub bytes: u64,
    /// Rows read.
    pub rows: u64,
}

/// Who is told of an import while it runs.
pub trait Observer {
    /// A row was not taken.
    fn rejected(&mut self, reject: Reject);
    /// Some rows later; `Break` stops the import with `user-cancelled`.
    fn progress(&mut self, progress: Progress) -> ControlFlow<()>;
}

/// An observer that does not look.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl Observer for Quiet {
    fn rejected(&mut self, _: Reject) {}
    fn progress(&mut self, _: Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

/// A row that was taken.
#[derive(Clone, Copy)]
pub(super) struct Pending {
    pub key: u64,
    /// Where its name starts in [`Parts::names`].
    pub name: u32,
    pub structure: u32,
    pub profile: u32,
}

/// What has been collected.
#[derive(Default)]
pub(super) struct Parts {
    pub rows: Vec<Pending>,
    /// `civility|family|given\n`, the first one a number.
    pub names: String,
    pub civilities: Texts,
    pub practices: Texts,
    pub activities: Texts,
    /// Practice and activity of each profile.
    pub profiles: Vec<(u32, u32)>,
    pub structures: Numbers,
    pub structure_ends: Vec<u32>,
    /// Keys of structures.
    pub places: Vec<(u64, u32)>,
    /// Identifiers that are neither RPPS nor ADELI, with the order in which they came.
    pub others: BTreeMap<String, u32>,
}

/// An index being made.
pub struct Builder<W> {
    writer: Writer<W>,
    parts: Parts,
    profiles: HashMap<(u32, u32), u32>,
    /// The row before's practice and activity, and their number.
    profile: ((u32, u32), u32),
    sources: u32,
    rejected: u64,
    /// Bytes and rows of the sources before the current one.
    pub(super) progress: Progress,
    pub(super) largest: u64,
    unended: bool,
}

/// An index that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Built {
    /// Rows that were taken.
    pub rows: u64,
    /// Distinct people.
    pub people: u64,
    /// Distinct structures.
    pub structures: u64,
    /// Rows that were not taken.
    pub rejected: u64,
    /// Bytes of the index.
    pub bytes: u64,
}

impl<W: Write> Builder<W> {
    /// Starts an index in `out`, empty so far.
    ///
    /// # Errors
    /// `directory-not-written`.
    pub fn new(out: W) -> Result<Builder<W>> {
        Ok(Builder {
            writer: Writer::new(out).map_err(not_written)?,
            parts: Parts::default(),
            profiles: HashMap::new(),
            profile: ((NONE, NONE), 0),
            sources: 0,
            rejected: 0,
            progress: Progress::default(),
            largest: 8 << 30,
            unended: false,
        })
    }

    /// Refuses a source of more bytes than this, after unpacking; 8 GiB at first.
    pub fn largest(mut self, bytes: u64) -> Builder<W> {
        self.largest = bytes;
        self
    }

    /// Takes a last row that ends in the middle, as a file cut short does: it is a reject then.
    pub fn allow_cut(mut self) -> Builder<W> {
        self.unended = true;
        self
    }

    /// Reads an extract of activities or of savoir-faire, as text.
    ///
    /// # Errors
    /// `extract-header`, `extract-column-twice`, `extract-cut`, `extract-rejected`, `extract-too-large`,
    /// `file-unreadable`, `directory-not-written`, `user-cancelled`.
    pub fn read(&mut self, source: impl Read, observer: &mut dyn Observer) -> Result<()> {
        match self.read_up_to(self.largest, source, observer)? {
            None => Ok(()),
            Some(missing) => Err(missing.is_missing()),
        }
    }

    /// Reads a source of at most `largest` bytes; when it is another file, tells a column that it lacks.
    pub(super) fn read_up_to(
        &mut self,
        largest: u64,
        source: impl Read,
        observer: &mut dyn Observer,
    ) -> Result<Option<Column>> {
        self.sources += 1;
        let unreadable = |error: io::Error| match error.kind() {
            ErrorKind::FileTooLarge => Error::new(Code::EXTRACT_TOO_LARGE),
            _ => Error::field(Code::FILE_UNREADABLE, "source").caused_by(error),
        };
        let (mut lines, mut decoder) = (Lines::new(source, largest), Decoder::new());
        let header = match lines.next().map_err(unreadable)? {
            Some(line) if !line.too_long => decoder.text(lines.bytes(&line)).ok().map(Plan::read).transpose()?,
            _ => None,
        };
        let plan = match header {
            Some(Header::Extract(plan)) => plan,
            Some(Header::Other(missing)) => return Ok(Some(missing)),
            None => return Ok(Some(Column::IdType)),
        };
        let mut scratch = Scratch::default();
        let (mut taken, mut refused) = (0, 0);
        while let Some(line) = lines.next().map_err(unreadable)? {
            let bytes = lines.bytes(&line);
            if bytes.is_empty() && !line.too_long {
                continue;
            }
            let outcome = match decoder.text(bytes) {
                _ if line.too_long => Err(Reason::TooLong),
                Ok(text) => self.take(&plan, text, &mut scratch)?,
                Err(reason) => Err(reason),
            };
            match outcome {
                Ok(()) => taken += 1,
                // What breaks off in the middle is a file that was not copied whole.
                Err(_) if !line.ended && !self.unended => return Err(Error::new(Code::EXTRACT_CUT)),
                Err(reason) => {
                    refused += 1;
                    observer.rejected(Reject { source: self.sources, line: line.number, reason });
                }
            }
            if (taken + refused) % REPORT == 0 {
                self.report(lines.read, taken + refused, observer)?;
                within(taken, refused, 100 * REFUSED)?;
            }
        }
        self.report(lines.read, taken + refused, observer)?;
        within(taken, refused, REFUSED)?;
        self.rejected += refused;
        self.progress =
            Progress { bytes: self.progress.bytes + lines.read, rows: self.progress.rows + taken + refused };
        Ok(None)
    }

    /// Writes what is left and gives back what was written to.
    ///
    /// # Errors
    /// `extract-empty`, `extract-too-large`, `directory-not-written`.
    pub fn finish(self, origin: &Origin) -> Result<(W, Built)> {
        if self.parts.rows.is_empty() {
            return Err(Error::new(Code::EXTRACT_EMPTY));
        }
        assembly::assemble(self.writer, self.parts, self.rejected, origin)
    }

    /// Takes a row, or tells why not.
    fn take(&mut self, plan: &Plan, text: &str, scratch: &mut Scratch) -> Result<std::result::Result<(), Reason>> {
        let Scratch { starts, text: joined } = scratch;
        let cut = Cut::new(text, starts);
        if !plan.fits(&cut) {
            return Ok(Err(Reason::Columns));
        }
        let key = match self.key(plan, &cut) {
            Ok(key) => key,
            Err(reason) => return Ok(Err(reason)),
        };
        let parts = &mut self.parts;
        let civility = parts.civilities.of(plan.group(Group::Civility, &cut, joined));
        let practice = parts.practices.of(plan.group(Group::Practice, &cut, joined));
        let activity = parts.activities.of(plan.group(Group::Activity, &cut, joined));
        if self.profile.0 != (practice, activity) {
            let next = parts.profiles.len() as u32;
            let profile = *self.profiles.entry((practice, activity)).or_insert(next);
            if profile == next {
                parts.profiles.push((practice, activity));
            }
            self.profile = ((practice, activity), profile);
        }
        let name = parts.name(key, civility, plan.group(Group::Name, &cut, joined));
        let place = plan.group(Group::Structure, &cut, joined);
        let structure = if place.bytes().all(|byte| byte == b'|') { NONE } else { self.structure(place)? };
        self.parts.rows.push(Pending { key, name, structure, profile: self.profile.1 });
        // What the file counts with 32 bits: a hundred times the country.
        let parts = &self.parts;
        let texts =
            [parts.names.len(), parts.practices.text.len(), parts.activities.text.len(), parts.civilities.text.len()];
        if texts.iter().any(|length| *length > FULL) || parts.rows.len() > FULL / 2 {
            return Err(Error::new(Code::EXTRACT_TOO_LARGE));
        }
        Ok(Ok(()))
    }

    fn key(&mut self, plan: &Plan, cut: &Cut<'_>) -> std::result::Result<u64, Reason> {
        let [kind, id, national] = plan.identity.map(|at| cut.column(at).trim());
        let composed;
        let national = match national {
            "" => {
                composed = format!("{kind}{id}");
                &composed
            }
            _ if national.strip_prefix(kind) != Some(id) && !id.is_empty() => return Err(Reason::IdMismatch),
            _ => national,
        };
        match key::of_id_nat(national.as_bytes()) {
            Ok(Key::Number(key)) => Ok(key),
            Ok(Key::Other) => {
                let others = &mut self.parts.others;
                let next = others.len() as u32;
                Ok(key::of_other(*others.entry(national.to_owned()).or_insert(next)))
            }
            Err(Code::ID_LENGTH) => Err(Reason::IdLength),
            Err(Code::ID_KEY) => Err(Reason::IdKey),
            Err(Code::ID_NEVER_ALLOCATED) => Err(Reason::IdNeverAllocated),
            Err(_) => Err(Reason::IdCharacter),
        }
    }

    fn structure(&mut self, text: &str) -> Result<u32> {
        let (structure, new) = self.parts.structures.of(text);
        if new {
            self.writer.bytes(text.as_bytes()).map_err(not_written)?;
            let end = self.parts.structure_ends.last().copied().unwrap_or(0) as usize + text.len();
            if end > FULL {
                return Err(Error::new(Code::EXTRACT_TOO_LARGE));
            }
            self.parts.structure_ends.push(end as u32);
            for (column, value) in Group::Structure.columns().zip(text.split('|')) {
                if let (Some(place), false) = (place_of(column), value.is_empty()) {
                    self.parts.places.push((place_key(place, value.trim()), structure));
                }
            }
        }
        Ok(structure)
    }

    fn report(&self, bytes: u64, rows: u64, observer: &mut dyn Observer) -> Result<()> {
        let now = Progress { bytes: self.progress.bytes + bytes, rows: self.progress.rows + rows };
        match observer.progress(now) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::new(Code::USER_CANCELLED)),
        }
    }
}

/// Memory that a row uses and the next one uses again.
#[derive(Default)]
struct Scratch {
    starts: Vec<u32>,
    text: String,
}

impl Parts {
    /// Where a row's name starts; the name of the row before is used again when it is the same person's.
    fn name(&mut self, key: u64, civility: u32, name: &str) -> u32 {
        if let Some(last) = self.rows.last().filter(|last| last.key == key) {
            let (known, rest) = split_name(self.entry(last.name));
            if known == civility && rest == name {
                return last.name;
            }
        }
        let start = self.names.len() as u32;
        // Writing to a String cannot fail.
        let _ = writeln!(self.names, "{civility}|{name}");
        start
    }

    /// The entry of [`Parts::names`] that starts at a place.
    pub(super) fn entry(&self, start: u32) -> &str {
        entry(&self.names, start)
    }
}

/// The same, of the names alone.
pub(super) fn entry(names: &str, start: u32) -> &str {
    let rest = &names[start as usize..];
    &rest[..memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len())]
}

/// The civility's number and the name of an entry of [`Parts::names`].
pub(super) fn split_name(entry: &str) -> (u32, &str) {
    let (civility, name) = entry.split_once('|').unwrap_or_default();
    (civility.parse().unwrap_or(0), name)
}

/// The kind of key that a column of a structure is.
fn place_of(column: Column) -> Option<Place> {
    Place::ALL.into_iter().find(|place| place.columns().contains(&column))
}

/// Fails when more is refused than `always` rows and one in a hundred.
fn within(taken: u64, refused: u64, always: u64) -> Result<()> {
    if refused > always + taken / 100 { Err(Error::new(Code::EXTRACT_REJECTED)) } else { Ok(()) }
}

pub(super) fn not_written(error: io::Error) -> Error {
    Error::new(Code::DIRECTORY_NOT_WRITTEN).caused_by(error)
}
