//! The public files of a log on disk: tiles, entry bundles, the checkpoint; and how each is written.
//!
//! A file is written beside and renamed, so a reader sees it whole or not at all. All of them can be made again from the
//! private side, which is where a record is safe; so only full files are synced, and late (`publisher.rs`).

use super::steps::Steps;
use crate::consent::tile::{Tile, TileSource};
use crate::error::{Code, Error, Result};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

pub(super) const CHECKPOINT: &str = "checkpoint";
/// What a file is called until it is whole.
const BESIDE: &str = "new";

/// The folder of a log.
#[derive(Clone)]
pub(super) struct Files {
    pub(super) path: PathBuf,
    pub(super) steps: Steps,
}

impl Files {
    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Writes a tile, makes its folder when it is the first in it, and asks the disk to keep it when `settle`.
    pub(super) fn write_tile(&self, tile: Tile, bytes: &[u8], settle: bool) -> Result<()> {
        let path = self.at(&tile.to_string());
        let written = match replace(&path, bytes, settle, &self.steps) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let parent = path.parent().unwrap_or(&self.path);
                fs::create_dir_all(parent).and_then(|()| replace(&path, bytes, settle, &self.steps))
            }
            other => other,
        };
        written.map_err(not_written)?;
        if !tile.is_partial() {
            // The partial files that this one replaces; what cannot be removed does no harm.
            let _ = fs::remove_dir_all(self.at(&format!("{tile}.p")));
        }
        Ok(())
    }

    pub(super) fn write_checkpoint(&self, note: &str, settle: bool) -> Result<()> {
        replace(&self.at(CHECKPOINT), note.as_bytes(), settle, &self.steps).map_err(not_written)
    }

    pub(super) fn has_tiles(&self) -> bool {
        self.at("tile").is_dir()
    }
}

impl TileSource for Files {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        read(&self.at(name))
    }
}

/// A whole file; none when there is none.
pub(super) fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(Error::field(Code::FILE_UNREADABLE, "log").caused_by(error)),
    }
}

/// Puts a file in the place of another, whole.
pub(super) fn replace(path: &Path, bytes: &[u8], settle: bool, steps: &Steps) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{BESIDE}"));
    let beside = PathBuf::from(beside);
    steps.step()?;
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    if settle {
        steps.step()?;
        file.sync_all()?;
    }
    drop(file);
    steps.step()?;
    fs::rename(&beside, path)?;
    if settle {
        path.parent().map_or(Ok(()), sync_folder)?;
    }
    Ok(())
}

/// Writes a new file that only its owner may read; fails when there is one.
pub(super) fn create_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Asks the disk to keep the names in a folder.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened as a file.
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}

pub(super) fn not_written(error: io::Error) -> Error {
    Error::new(Code::LOG_NOT_WRITTEN).caused_by(error)
}
