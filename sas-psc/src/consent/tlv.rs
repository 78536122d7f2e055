//! The bytes of a record's fields: tag, length, value, in the order of the tags; one way to write, one to read.
//!
//! A tag is 2 bytes and a length 4, both big-endian. Tags grow strictly, a value is never empty, an absent field is not
//! written: so equal fields give equal bytes, and a record read back is written back the same.

use super::Sha256;
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};

/// A text field at most this long, in bytes.
pub(super) const MAX_TEXT: usize = 1024;
/// Items of a list, at most.
pub(super) const MAX_ITEMS: usize = 16;

#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn new(header: &[u8]) -> Writer {
        Writer(header.to_vec())
    }

    pub(super) fn bytes(&mut self, tag: u16, value: &[u8]) {
        self.0.extend_from_slice(&tag.to_be_bytes());
        self.0.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.0.extend_from_slice(value);
    }

    pub(super) fn time(&mut self, tag: u16, value: Timestamp) {
        self.bytes(tag, &value.unix_millis().to_be_bytes());
    }

    /// `field` names the text in the error.
    ///
    /// # Errors
    /// `record-field` when the text is empty or too long.
    pub(super) fn text(&mut self, tag: u16, field: &'static str, value: &str) -> Result<()> {
        if !(1..=MAX_TEXT).contains(&value.len()) {
            return Err(Error::field(Code::RECORD_FIELD, field));
        }
        self.bytes(tag, value.as_bytes());
        Ok(())
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// A list of items, each with its length before it in 4 bytes.
pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    for item in items {
        out.extend_from_slice(&u32::try_from(item.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend_from_slice(item);
    }
    out
}

/// Reads fields in order. A tag that is skipped by the caller is one it does not know.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    next: Option<(u16, &'a [u8])>,
    last: Option<u16>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Reader<'a>> {
        let mut reader = Reader { rest: bytes, next: None, last: None };
        reader.advance()?;
        Ok(reader)
    }

    fn advance(&mut self) -> Result<()> {
        self.next = None;
        if self.rest.is_empty() {
            return Ok(());
        }
        let (tag, rest) = self.rest.split_first_chunk().ok_or_else(unreadable)?;
        let (value, rest) = counted(rest)?;
        let tag = u16::from_be_bytes(*tag);
        if self.last.is_some_and(|last| tag <= last) {
            return Err(unreadable());
        }
        (self.rest, self.last, self.next) = (rest, Some(tag), Some((tag, value)));
        Ok(())
    }

    /// The value of `tag` if it comes next.
    pub(super) fn optional(&mut self, tag: u16) -> Result<Option<&'a [u8]>> {
        match self.next {
            Some((found, value)) if found == tag => {
                self.advance()?;
                Ok(Some(value))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn required(&mut self, tag: u16) -> Result<&'a [u8]> {
        let newer = self.is_unknown_to(tag);
        self.optional(tag)?.ok_or_else(|| if newer { Error::new(Code::RECORD_NEWER) } else { unreadable() })
    }

    /// A tag below the one that is awaited was skipped: this program does not know it.
    fn is_unknown_to(&self, awaited: u16) -> bool {
        self.next.is_some_and(|(found, _)| found < awaited)
    }

    /// Nothing is left.
    pub(super) fn finish(mut self) -> Result<()> {
        if self.next.is_none() {
            return Ok(());
        }
        while self.next.is_some() {
            self.advance()?;
        }
        Err(Error::new(Code::RECORD_NEWER))
    }
}

/// A length in 4 bytes and that many bytes; and what follows.
fn counted(bytes: &[u8]) -> Result<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk().ok_or_else(unreadable)?;
    let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| unreadable())?;
    rest.split_at_checked(length).ok_or_else(unreadable)
}

pub(super) fn unreadable() -> Error {
    Error::new(Code::RECORD_UNREADABLE)
}

pub(super) fn text(value: &[u8]) -> Result<String> {
    if value.len() > MAX_TEXT {
        return Err(unreadable());
    }
    String::from_utf8(value.to_vec()).map_err(|_| unreadable())
}

pub(super) fn time(value: &[u8]) -> Result<Timestamp> {
    value.try_into().map(|bytes| Timestamp::from_unix_millis(i64::from_be_bytes(bytes))).map_err(|_| unreadable())
}

pub(super) fn hash(value: &[u8]) -> Result<Sha256> {
    value.try_into().map(Sha256).map_err(|_| unreadable())
}

pub(super) fn items(mut value: &[u8]) -> Result<Vec<&[u8]>> {
    let mut items = Vec::new();
    while !value.is_empty() {
        let (item, rest) = counted(value)?;
        if item.is_empty() || items.len() == MAX_ITEMS * 4 {
            return Err(unreadable());
        }
        items.push(item);
        value = rest;
    }
    Ok(items)
}
