//! The folder of a directory index: opened by any number of programs while another one imports.
//!
//! An import writes beside, asks the disk to keep it, and renames: who opens sees the old index or the new one, whole.
//! One import at a time holds a lock; what a killed one left is swept by the next. A failed import leaves the old index
//! where it was. The folder holds `directory.index`, `rejects.csv` of the last import, `delta.csv` when asked, and the lock.

use crate::directory::{self, Builder, Change, Index, Meta, Observer, Origin, Progress, Reject};
use crate::error::{Code, Error, Result};
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

const INDEX: &str = "directory.index";
const REJECTS: &str = "rejects.csv";
const DELTA: &str = "delta.csv";
const LOCK: &str = "import.lock";
/// What a file is called until it is whole.
const BESIDE: &str = "new";

/// The bytes of an index file, mapped; the system reads them when they are looked at.
#[derive(Debug)]
pub struct Mapped(sas_psc_sys::Map);

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref()
    }
}

/// An index open for reading: see [`directory::Index`].
pub type Directory = Index<Mapped>;

/// The folder of an index. Its `Debug` does not show the path.
pub struct DirectoryFolder {
    path: PathBuf,
}

impl fmt::Debug for DirectoryFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DirectoryFolder(•••)")
    }
}

/// How an import is done.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ImportOptions {
    /// Takes an extract that is much smaller than the one before, or that ends in the middle of a line.
    pub allow_shrink: bool,
    /// The day of the extract, when no name of a file tells it.
    pub origin: Option<Origin>,
}

/// What an import did. As JSON it is one object: the members of [`Meta`], `index_bytes` and `rejects_file`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Imported {
    /// What the new index says of itself.
    #[serde(flatten)]
    pub meta: Meta,
    /// Bytes of the index on disk.
    pub index_bytes: u64,
    /// The list of rows that were not taken: `source,line,reason`.
    pub rejects_file: PathBuf,
}

/// How many people changed between two indexes.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
#[non_exhaustive]
pub struct Delta {
    /// Only in the newer one.
    pub arrived: u64,
    /// Only in the older one.
    pub left: u64,
    /// In both, and not the same.
    pub changed: u64,
    /// The list of them: `change,id_nat`.
    pub file: PathBuf,
}

impl DirectoryFolder {
    /// Names a folder; nothing is touched yet.
    pub fn new(path: impl Into<PathBuf>) -> DirectoryFolder {
        DirectoryFolder { path: path.into() }
    }

    /// Opens the index. It stays as it is, also when a newer one takes its place; open again to see that one.
    ///
    /// # Errors
    /// `directory-missing`, `file-unreadable`, `directory-foreign`, `directory-version`, `directory-damaged`.
    pub fn open(&self) -> Result<Directory> {
        let file = File::open(self.path.join(INDEX)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::new(Code::DIRECTORY_MISSING),
            _ => Error::field(Code::FILE_UNREADABLE, "index").caused_by(error),
        })?;
        let map = sas_psc_sys::Map::new(&file);
        Index::open(Mapped(map.map_err(|error| Error::field(Code::FILE_UNREADABLE, "index").caused_by(error))?))
    }

    /// Makes an index out of extracts, plain or zip, and puts it in the place of the one before. The folder is made when
    /// it is missing. Progress goes to `observer`, rejects to it and to a file.
    ///
    /// # Errors
    /// `file-unreadable`, `directory-busy`, `directory-not-written`, `extract-shrunk` (rows, people or structures are
    /// fewer than nine in ten of the index before), those of [`Builder::read_file`] and [`Builder::finish`]. The index
    /// before is untouched after any of them.
    pub fn import(
        &self,
        sources: &[PathBuf],
        options: &ImportOptions,
        observer: &mut dyn Observer,
    ) -> Result<Imported> {
        self.import_with(options, observer, |builder, origin, observer| {
            for source in sources {
                let unreadable = |error| Error::field(Code::FILE_UNREADABLE, "source").caused_by(error);
                let file = File::open(source).map_err(unreadable)?;
                let name = source.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                let named = Origin::of_file_name(name);
                *origin = origin.take().or(named);
                builder.read_file(file, observer)?;
            }
            Ok(())
        })
    }

    /// The same from one stream of text, such as stdin.
    ///
    /// # Errors
    /// Those of [`import`](DirectoryFolder::import).
    pub fn import_stream(
        &self,
        source: impl Read,
        options: &ImportOptions,
        observer: &mut dyn Observer,
    ) -> Result<Imported> {
        self.import_with(options, observer, |builder, _, observer| builder.read(source, observer))
    }

    fn import_with(
        &self,
        options: &ImportOptions,
        observer: &mut dyn Observer,
        read: impl FnOnce(&mut Builder<BufWriter<File>>, &mut Option<Origin>, &mut dyn Observer) -> Result<()>,
    ) -> Result<Imported> {
        fs::create_dir_all(&self.path).map_err(not_written)?;
        let _lock = self.lock()?;
        let (beside, rejects_beside) = (self.beside(INDEX), self.beside(REJECTS));
        let mut rejects = Rejects::new(observer, create(&rejects_beside)?);
        let mut builder = Builder::new(create(&beside)?)?;
        if options.allow_shrink {
            builder = builder.allow_cut();
        }
        let mut origin = options.origin.clone();
        let outcome = read(&mut builder, &mut origin, &mut rejects);
        // The list of rejects is there to tell why, so it is kept whatever comes of the import.
        rejects.finish().and_then(|()| fs::rename(&rejects_beside, self.path.join(REJECTS))).map_err(not_written)?;
        outcome?;
        let (file, built) = builder.finish(&origin.unwrap_or(Origin { date: String::new() }))?;
        file.into_inner().map_err(|error| not_written(error.into_error()))?.sync_all().map_err(not_written)?;
        let meta = Index::open(map(&beside)?)?.meta().clone();
        if !options.allow_shrink {
            self.compare_size(&meta)?;
        }
        fs::rename(&beside, self.path.join(INDEX)).map_err(not_written)?;
        self.sync().map_err(not_written)?;
        Ok(Imported { meta, index_bytes: built.bytes, rejects_file: self.path.join(REJECTS) })
    }

    /// Compares this index with an older one, and lists who changed in `delta.csv`: `change,id_nat`.
    ///
    /// # Errors
    /// Those of [`open`](DirectoryFolder::open); `directory-not-written`.
    pub fn delta(&self, older: &Directory) -> Result<Delta> {
        let newer = self.open()?;
        let _lock = self.lock()?;
        let (beside, place) = (self.beside(DELTA), self.path.join(DELTA));
        let mut list = create(&beside)?;
        let mut delta = Delta { file: place, ..Delta::default() };
        writeln!(list, "change,id_nat").map_err(not_written)?;
        directory::compare(older, &newer, |change| {
            match change {
                Change::Arrived(_) => delta.arrived += 1,
                Change::Left(_) => delta.left += 1,
                Change::Changed(_) => delta.changed += 1,
            }
            let id = change.record().id_nat()?;
            writeln!(list, "{},{}", change.name(), id.as_str()).map_err(not_written)
        })?;
        list.flush().and_then(|()| fs::rename(&beside, &delta.file)).map_err(not_written)?;
        Ok(delta)
    }

    /// Whoever holds the file imports; it stays, empty, so that two never hold two files of one name.
    fn lock(&self) -> Result<Lock> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(self.path.join(LOCK));
        let file = file.map_err(not_written)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::new(Code::DIRECTORY_BUSY)),
            Err(TryLockError::Error(error)) => return Err(not_written(error)),
        }
        let lock = Lock { _file: file, unfinished: [INDEX, REJECTS, DELTA].map(|name| self.beside(name)) };
        lock.sweep();
        Ok(lock)
    }

    /// The name under which a file is written.
    fn beside(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.{BESIDE}"))
    }

    /// Fails when the new index holds much less than the one before. One that cannot be read is no measure.
    fn compare_size(&self, new: &Meta) -> Result<()> {
        let Ok(before) = self.open() else { return Ok(()) };
        let before = before.meta();
        let pairs = [(before.rows, new.rows), (before.people, new.people), (before.structures, new.structures)];
        let shrunk = |(before, new): (u64, u64)| new < before - before / 10;
        if pairs.into_iter().any(shrunk) { Err(Error::new(Code::EXTRACT_SHRUNK)) } else { Ok(()) }
    }

    /// Asks the disk to keep the new name.
    fn sync(&self) -> io::Result<()> {
        // Elsewhere a folder cannot be opened as a file.
        if cfg!(unix) { File::open(&self.path)?.sync_all() } else { Ok(()) }
    }
}

/// The right to import. What is not finished when it ends is removed.
struct Lock {
    _file: File,
    unfinished: [PathBuf; 3],
}

impl Lock {
    fn sweep(&self) {
        for path in &self.unfinished {
            // Mostly there is none; one that cannot be removed is overwritten by the next import.
            let _ = fs::remove_file(path);
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.sweep();
    }
}

/// Writes the rejects on their way to the caller's observer.
struct Rejects<'a> {
    inner: &'a mut dyn Observer,
    list: BufWriter<File>,
    failed: io::Result<()>,
}

impl<'a> Rejects<'a> {
    fn new(inner: &'a mut dyn Observer, mut list: BufWriter<File>) -> Rejects<'a> {
        let failed = writeln!(list, "source,line,reason");
        Rejects { inner, list, failed }
    }

    fn finish(self) -> io::Result<()> {
        let Rejects { mut list, failed, .. } = self;
        failed?;
        list.flush()
    }
}

impl Observer for Rejects<'_> {
    fn rejected(&mut self, reject: Reject) {
        if self.failed.is_ok() {
            self.failed = writeln!(self.list, "{},{},{}", reject.source, reject.line, reject.reason);
        }
        self.inner.rejected(reject);
    }

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        self.inner.progress(progress)
    }
}

/// A new file, in the place of what an import that was killed left there.
fn create(path: &Path) -> Result<BufWriter<File>> {
    File::create(path).map(|file| BufWriter::with_capacity(1 << 18, file)).map_err(not_written)
}

fn map(path: &Path) -> Result<Mapped> {
    File::open(path).and_then(|file| sas_psc_sys::Map::new(&file)).map(Mapped).map_err(not_written)
}

fn not_written(error: io::Error) -> Error {
    Error::new(Code::DIRECTORY_NOT_WRITTEN).caused_by(error)
}
