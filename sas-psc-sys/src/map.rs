//! A file mapped read-only: its bytes as a slice, read by the system when they are looked at.

use std::fmt;
use std::fs::File;
use std::io;

/// The bytes of a file, mapped read-only. It stays valid when the file's name is replaced or deleted.
///
/// The file must never be changed in place while it is mapped: who writes a new version writes another file and renames
/// it. One that is cut short meanwhile ends the program (SIGBUS) when the missing part is read.
pub struct Map(memmap2::Mmap);

impl Map {
    /// Maps the whole file, an empty one too.
    ///
    /// # Errors
    /// Those of the system: not a regular file, no memory for the mapping.
    pub fn new(file: &File) -> io::Result<Map> {
        // A device or a pipe has no bytes that stay.
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        // SAFETY: the mapping is private and read-only, and its length is the file's at this moment. The one promise
        // left is that nobody changes the bytes while `&[u8]` borrows them; the only user, the directory index, is
        // written beside and renamed, never in place. Each of its blocks is checked against a checksum when it is first
        // read, and every access after that is bounds-checked: bytes that changed all the same give wrong text, and
        // text is checked to be UTF-8 where it is handed out.
        unsafe { memmap2::Mmap::map(file) }.map(Map)
    }
}

impl AsRef<[u8]> for Map {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Map({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_bytes_are_the_files_even_after_its_name_is_gone() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"0123456789").unwrap();
        let map = Map::new(file.as_file()).unwrap();
        file.close().unwrap();
        assert_eq!(map.as_ref(), b"0123456789");
        assert_eq!(format!("{map:?}"), "Map(10 bytes)");
    }

    #[test]
    fn an_empty_file_has_no_bytes_and_a_device_is_no_file() {
        assert_eq!(Map::new(&tempfile::tempfile().unwrap()).unwrap().as_ref(), b"");
        #[cfg(unix)]
        assert_eq!(Map::new(&File::open("/dev/null").unwrap()).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
