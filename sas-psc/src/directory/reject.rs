//! A row that is not taken: which line, and why. Never what stood in it.

use std::fmt;

/// Why a row was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// More or fewer columns than the header.
    Columns,
    /// Longer than any row can be; nothing of it was kept.
    TooLong,
    /// Not UTF-8, in a file that is; or no character of Windows-1252.
    Encoding,
    /// A NUL or another control character.
    ControlCharacter,
    /// The identifier has a wrong length.
    IdLength,
    /// The identifier holds a character that its kind never has.
    IdCharacter,
    /// The identifier's key is wrong.
    IdKey,
    /// The identifier was never allocated.
    IdNeverAllocated,
    /// Type, identifier and national identifier contradict each other.
    IdMismatch,
}

impl Reason {
    /// The word in the file of rejects.
    pub const fn name(self) -> &'static str {
        match self {
            Reason::Columns => "columns",
            Reason::TooLong => "too-long",
            Reason::Encoding => "encoding",
            Reason::ControlCharacter => "control-character",
            Reason::IdLength => "id-length",
            Reason::IdCharacter => "id-character",
            Reason::IdKey => "id-key",
            Reason::IdNeverAllocated => "id-never-allocated",
            Reason::IdMismatch => "id-mismatch",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A row that was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reject {
    /// The source, counted from 1 in the order given.
    pub source: u32,
    /// The line in it, counted from 1; the header is line 1.
    pub line: u64,
    /// Why.
    pub reason: Reason,
}
