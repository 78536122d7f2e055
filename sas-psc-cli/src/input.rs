//! Files that a command reads; `-` is stdin.

use sas_psc::base::SecretString;
use sas_psc::{Code, Error};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

const LARGEST: u64 = 1 << 20;

/// Opens the file that the argument `field` names.
///
/// # Errors
/// `file-unreadable`.
pub fn open(field: &'static str, path: &Path) -> Result<Box<dyn BufRead>, Error> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).map_err(|e| unreadable(field, e))?;
    Ok(Box::new(BufReader::new(file)))
}

/// Reads a whole text file of at most 1 MiB.
///
/// # Errors
/// `file-unreadable`; `not-utf8`.
pub fn text(field: &'static str, path: &Path) -> Result<String, Error> {
    String::from_utf8(bytes(field, path)?).map_err(|_| Error::field(Code::NOT_UTF8, field))
}

/// Reads a whole file of at most 1 MiB.
///
/// # Errors
/// `file-unreadable`.
pub fn bytes(field: &'static str, path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = open(field, path)?.take(LARGEST + 1).read_to_end(&mut bytes);
    if read.map_err(|error| unreadable(field, error))? as u64 > LARGEST {
        return Err(unreadable(field, io::Error::other("larger than 1 MiB")));
    }
    Ok(bytes)
}

/// Reads a secret; the end of its line is no part of it.
///
/// # Errors
/// Those of [`text`].
pub fn secret(field: &'static str, path: &Path) -> Result<SecretString, Error> {
    text(field, path).map(|text| SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Writes a whole file; `-` is stdout.
///
/// # Errors
/// `file-not-written`.
pub fn write(field: &'static str, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let written = if path == Path::new("-") { io::stdout().write_all(bytes) } else { std::fs::write(path, bytes) };
    written.map_err(|error| Error::field(Code::FILE_NOT_WRITTEN, field).caused_by(error))
}

/// Writes a whole file that only its owner may read; `-` is stdout.
///
/// # Errors
/// `file-not-written`.
pub fn write_private(field: &'static str, path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if path == Path::new("-") {
        return write(field, path, bytes);
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| Error::field(Code::FILE_NOT_WRITTEN, field).caused_by(error))
}

/// How many bytes a file has; none for stdin and what has no size.
pub fn size(path: &Path) -> Option<u64> {
    std::fs::metadata(path).ok().filter(|data| data.is_file()).map(|data| data.len())
}

/// Reads the values of a file, with the bytes read so far: one a line, or the column of this name when the file is a CSV
/// with a header. Where `|` separates, as in the files of ANS, a `"` is a letter like any other.
///
/// # Errors
/// `file-unreadable`; `column-missing`.
pub fn values(path: &Path, column: Option<&str>, mut each: impl FnMut(&str, u64)) -> Result<(), Error> {
    let failed = |error| unreadable("file", error);
    let mut file = open("file", path)?;
    let Some(column) = column else {
        let mut read = 0;
        for line in file.split(b'\n') {
            let line = line.map_err(failed)?;
            read += line.len() as u64 + 1;
            // A byte order mark may stand before the first value.
            match String::from_utf8_lossy(&line).trim_end_matches('\r').trim_start_matches('\u{feff}') {
                "" => {}
                value => each(value, read),
            }
        }
        return Ok(());
    };
    let mut header = Vec::new();
    file.read_until(b'\n', &mut header).map_err(failed)?;
    let (separator, at) = b",;\t|"
        .iter()
        .find_map(|separator| Some((*separator, position(&header, *separator, column)?)))
        .ok_or_else(|| Error::field(Code::COLUMN_MISSING, "column"))?;
    let mut rows = csv_reader(separator).flexible(true).from_reader(file);
    let mut row = csv::ByteRecord::new();
    while rows.read_byte_record(&mut row).map_err(|e| failed(e.into()))? {
        let read = header.len() as u64 + row.position().map_or(0, csv::Position::byte);
        each(&String::from_utf8_lossy(row.get(at).unwrap_or_default()), read);
    }
    Ok(())
}

/// Where a header names a column; a byte order mark before it is dropped.
fn position(header: &[u8], separator: u8, column: &str) -> Option<usize> {
    let header = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header);
    let mut reader = csv_reader(separator).from_reader(header);
    let names = reader.byte_records().next()?.ok()?;
    names.iter().position(|name| name == column.as_bytes())
}

fn csv_reader(separator: u8) -> csv::ReaderBuilder {
    let mut reader = csv::ReaderBuilder::new();
    reader.delimiter(separator).has_headers(false).quoting(separator != b'|');
    reader
}

pub fn unreadable(field: &'static str, error: io::Error) -> Error {
    Error::field(Code::FILE_UNREADABLE, field).caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_hides_no_row_of_the_files_of_ans_and_holds_separators_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let read = |text: &str, column: &str| {
            std::fs::write(&file, text).unwrap();
            let mut found = Vec::new();
            values(&file, Some(column), |value, _| found.push(value.to_owned())).unwrap();
            found
        };
        let extract = "Raison sociale site|Identifiant PP|\n\"SCM|1|\nL'ÉTANG|2|\n\"|3|\n";
        assert_eq!(read(extract, "Identifiant PP"), ["1", "2", "3"]);
        assert_eq!(read("nom;rpps\n\"a;b\nc\";1\nd;2\n", "rpps"), ["1", "2"]);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_with_the_argument_that_named_it() {
        let error = write("out", Path::new("/nowhere/at/all"), b"bytes").unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::FILE_NOT_WRITTEN, Some("out")));
    }
}
