//! The extract as ANS packs it: a zip of several text files. Nothing of it is written anywhere, and no name in it is
//! used as a path; an archive whose names leave its folder was not made by ANS and is refused.
//!
//! Deflate only. Members are told apart by their header, not by their name.

use super::builder::{Builder, Observer};
use crate::error::{Code, Error, Result};
use std::io::{self, Read, Seek, SeekFrom, Write};
use zip::ZipArchive;
use zip::result::ZipError;

/// An archive of ANS has three members; one of hundreds is something else.
const MEMBERS: usize = 64;
/// An extract is eight times as large as its zip, or ten. What grows more is a bomb, beyond a size that anybody has room for.
const GROWTH: u64 = 100;
const SMALL: u64 = 64 << 20;

/// How many bytes an extract has after unpacking: what [`Progress::bytes`](super::Progress) comes to.
///
/// # Errors
/// `file-unreadable`; `archive-refused` when it starts as a zip and is none.
pub fn extract_size(mut file: impl Read + Seek) -> Result<u64> {
    if !is_zip(&mut file)? {
        return file.seek(SeekFrom::End(0)).map_err(unreadable);
    }
    let mut archive = ZipArchive::new(file).map_err(refused)?;
    let mut sum = 0_u64;
    for at in 0..archive.len().min(MEMBERS) {
        sum = sum.saturating_add(archive.by_index_raw(at).map_err(refused)?.size());
    }
    Ok(sum)
}

/// Whether a file starts as a zip does; it is at its start afterwards.
fn is_zip(file: &mut (impl Read + Seek)) -> Result<bool> {
    let mut start = [0; 4];
    let zipped = match file.read_exact(&mut start) {
        Ok(()) => start.starts_with(b"PK"),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
        Err(error) => return Err(unreadable(error)),
    };
    file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
    Ok(zipped)
}

impl<W: Write> Builder<W> {
    /// Reads an extract out of a file, plain or zip. Of a zip, every member that is an extract we know is read; the
    /// others (diplomas) are passed over. `largest` holds for what comes out of it; a bomb ends early.
    ///
    /// # Errors
    /// Those of [`Builder::read`], `extract-header` also for an extract of several in a zip; `archive-refused` when the
    /// zip is damaged, encrypted, not deflate, holds a name that leaves its folder, no extract, or a bomb.
    pub fn read_file(&mut self, mut file: impl Read + Seek, observer: &mut dyn Observer) -> Result<()> {
        if !is_zip(&mut file)? {
            return self.read(file, observer);
        }
        let mut archive = ZipArchive::new(file).map_err(refused)?;
        if archive.len() > MEMBERS {
            return Err(Error::field(Code::ARCHIVE_REFUSED, "members"));
        }
        for at in 0..archive.len() {
            let member = archive.by_index_raw(at).map_err(refused)?;
            if !member.name().is_ok_and(|name| stays_inside(&name)) {
                return Err(Error::field(Code::ARCHIVE_REFUSED, "name"));
            }
        }
        let mut known = false;
        for at in 0..archive.len() {
            let member = archive.by_index(at).map_err(refused)?;
            if !member.is_file() {
                continue;
            }
            let size = member.size();
            let most = member.compressed_size().saturating_mul(GROWTH).max(SMALL);
            match self.read_up_to(most.min(self.largest), member, observer) {
                Ok(None) => known = true,
                // Another file of the same delivery: done with.
                Ok(Some(_)) => self.progress.bytes = self.progress.bytes.saturating_add(size),
                Err(error) if error.code() == Code::EXTRACT_TOO_LARGE && most < self.largest => {
                    return Err(Error::field(Code::ARCHIVE_REFUSED, "size"));
                }
                Err(error) if error.code() == Code::FILE_UNREADABLE => {
                    return Err(Error::field(Code::ARCHIVE_REFUSED, "content"));
                }
                Err(error) => return Err(error),
            }
        }
        if known { Ok(()) } else { Err(Error::field(Code::ARCHIVE_REFUSED, "members")) }
    }
}

fn unreadable(error: io::Error) -> Error {
    Error::field(Code::FILE_UNREADABLE, "source").caused_by(error)
}

fn refused(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) => unreadable(error),
        // Its text may hold a member's name.
        _ => Error::field(Code::ARCHIVE_REFUSED, "content"),
    }
}

/// Whether a name, were it used as a path, would stay in its folder on any system.
fn stays_inside(name: &str) -> bool {
    !name.starts_with('/') && !name.contains(['\\', ':', '\0']) && name.split('/').all(|part| part != "..")
}
