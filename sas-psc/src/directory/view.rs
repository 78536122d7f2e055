//! Reads the frame of an index out of its bytes: no byte is believed before its block's checksum was computed.
//!
//! A block is checked when it is first read, and that it was is remembered; opening looks at the trailer and the table
//! only. Every access is checked against its section: a damaged or hostile file gives an error, never a wrong answer.

use super::layout::{BLOCK, HEADER, MAGIC, SECTIONS, Section, TABLE_ROW, TRAILER, VERSION};
use crate::error::{Code, Error, Result};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where things lie in an index, and which blocks were checked.
pub(super) struct Frame {
    /// How many bytes the blocks cover; the checksums follow.
    data: usize,
    sections: [(usize, usize); SECTIONS],
    checked: Box<[AtomicU64]>,
    /// Every [`STRIDE`]th key and 1; 0 as long as nobody met it.
    milestones: Box<[AtomicU64]>,
}

/// Keys between two that are remembered: one kilobyte, a hundred kilobytes of memory for the country.
const STRIDE: u32 = 128;

pub(super) fn damaged() -> Error {
    Error::new(Code::DIRECTORY_DAMAGED)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32> {
    let four = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
    four.map(|four| u32::from_le_bytes(*four)).ok_or_else(damaged)
}

fn u64_at(bytes: &[u8], at: usize) -> Result<u64> {
    let eight = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>());
    eight.map(|eight| u64::from_le_bytes(*eight)).ok_or_else(damaged)
}

fn size_at(bytes: &[u8], at: usize) -> Result<usize> {
    usize::try_from(u64_at(bytes, at)?).map_err(|_| damaged())
}

impl Frame {
    /// Reads header, trailer, checksums' own checksum and table.
    ///
    /// # Errors
    /// `directory-foreign`, `directory-version`, `directory-damaged`.
    pub fn read(bytes: &[u8]) -> Result<Frame> {
        if !bytes.starts_with(MAGIC) {
            return Err(Error::new(Code::DIRECTORY_FOREIGN));
        }
        if u32_at(bytes, 8)? != VERSION {
            return Err(Error::new(Code::DIRECTORY_VERSION));
        }
        let end = bytes.len().checked_sub(TRAILER).filter(|end| *end >= HEADER).ok_or_else(damaged)?;
        let (body, trailer) = bytes.split_at(end);
        // A file cut short ends in the middle of something else.
        if !trailer.ends_with(MAGIC) || u32_at(trailer, 24)? != VERSION {
            return Err(damaged());
        }
        let (data, block, sections) = (size_at(trailer, 0)?, u32_at(trailer, 8)?, u32_at(trailer, 12)?);
        if u32_at(trailer, 20)? != crc32fast::hash(&trailer[..20]) {
            return Err(damaged());
        }
        let blocks = data.div_ceil(BLOCK);
        let tail = body.get(data..).ok_or_else(damaged)?;
        let fits = tail.len() == blocks * 4 + SECTIONS * TABLE_ROW;
        if !fits || block as usize != BLOCK || sections as usize != SECTIONS {
            return Err(damaged());
        }
        if u32_at(trailer, 16)? != crc32fast::hash(tail) {
            return Err(damaged());
        }
        let mut places = [(0, 0); SECTIONS];
        for (number, place) in places.iter_mut().enumerate() {
            let row = blocks * 4 + number * TABLE_ROW;
            let (start, length) = (size_at(tail, row + 8)?, size_at(tail, row + 16)?);
            let inside = start.checked_add(length).is_some_and(|end| end <= data);
            if u32_at(tail, row)? as usize != number || !inside || !start.is_multiple_of(8) {
                return Err(damaged());
            }
            *place = (start, length);
        }
        let unknown = |count: usize| (0..count).map(|_| AtomicU64::new(0)).collect();
        let keys = places[Section::Key as usize].1 / 8;
        let (checked, milestones) = (unknown(blocks.div_ceil(64)), unknown(keys.div_ceil(STRIDE as usize)));
        Ok(Frame { data, sections: places, checked, milestones })
    }
}

/// An index as its readers see it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    bytes: &'a [u8],
    frame: &'a Frame,
}

impl<'a> View<'a> {
    /// The bytes that the frame was read from.
    pub fn new(bytes: &'a [u8], frame: &'a Frame) -> View<'a> {
        View { bytes, frame }
    }

    /// How many bytes a section has.
    pub fn length(self, section: Section) -> usize {
        self.frame.sections[section as usize].1
    }

    /// How many numbers of 4 bytes a section has.
    pub fn count(self, section: Section) -> u32 {
        u32::try_from(self.length(section) / 4).unwrap_or(u32::MAX)
    }

    /// Bytes `from` to `to` of a section.
    pub fn bytes(self, section: Section, from: usize, to: usize) -> Result<&'a [u8]> {
        let (start, length) = self.frame.sections[section as usize];
        if from > to || to > length {
            return Err(damaged());
        }
        let (from, to) = (start + from, start + to);
        if from < to {
            for block in from / BLOCK..=(to - 1) / BLOCK {
                self.check(block)?;
            }
        }
        self.bytes.get(from..to).ok_or_else(damaged)
    }

    /// Bytes `from` to `to` of a section, as text.
    pub fn text(self, section: Section, from: u32, to: u32) -> Result<&'a str> {
        simdutf8::basic::from_utf8(self.bytes(section, from as usize, to as usize)?).map_err(|_| damaged())
    }

    /// The number at a place of a section of numbers.
    pub fn u32(self, section: Section, at: u32) -> Result<u32> {
        let from = at as usize * 4;
        u32_at(self.bytes(section, from, from + 4)?, 0)
    }

    /// The same, of numbers of 8 bytes.
    pub fn u64(self, section: Section, at: u32) -> Result<u64> {
        let from = at as usize * 8;
        u64_at(self.bytes(section, from, from + 8)?, 0)
    }

    /// Two numbers that stand together.
    pub fn pair(self, section: Section, at: u32) -> Result<[u32; 2]> {
        let from = at as usize * 8;
        let both = self.bytes(section, from, from + 8)?;
        Ok([u32_at(both, 0)?, u32_at(both, 4)?])
    }

    /// Where item `at` lies, when the section holds where each one ends.
    pub fn item(self, ends: Section, at: u32) -> Result<(u32, u32)> {
        let start = match at.checked_sub(1) {
            Some(before) => self.u32(ends, before)?,
            None => 0,
        };
        Ok((start, self.u32(ends, at)?))
    }

    /// Item `at` of a section of texts.
    pub fn entry(self, texts: Section, ends: Section, at: u32) -> Result<&'a str> {
        let (start, end) = self.item(ends, at)?;
        self.text(texts, start, end)
    }

    /// Where a person's key stands, if it does. Every [`STRIDE`]th key that was met is remembered in one small table, so
    /// that what is read of the file lies together: a place that nobody read lately costs a hundred steps in the table.
    pub fn find(self, wanted: u64) -> Result<Option<u32>> {
        let count = (self.length(Section::Key) / 8) as u32;
        // The first one beyond.
        let after = self.partition(count.div_ceil(STRIDE), |at| Ok(self.milestone(at)? <= wanted))?;
        let Some(before) = after.checked_sub(1) else { return Ok(None) };
        let (start, end) = (before * STRIDE, count.min(after * STRIDE));
        // Numbers of people lie close together: where it should stand is guessed, and it is not far from there.
        let low = self.milestone(before)?;
        let high = if end < count { self.milestone(after)? } else { self.u64(Section::Key, count - 1)? };
        let share = (wanted - low) as f64 / high.saturating_sub(low).max(1) as f64;
        let mut at = start + ((share * f64::from(end - start)) as u32).min(end - 1 - start);
        let mut key = self.u64(Section::Key, at)?;
        while key > wanted && at > start {
            at -= 1;
            key = self.u64(Section::Key, at)?;
        }
        while key < wanted && at + 1 < end {
            at += 1;
            key = self.u64(Section::Key, at)?;
        }
        Ok((key == wanted).then_some(at))
    }

    /// Key number `at` × [`STRIDE`].
    fn milestone(self, at: u32) -> Result<u64> {
        // No key is so large that one more is none. As in `check`, what is seen is what the file says.
        let known = &self.frame.milestones[at as usize];
        match known.load(Ordering::Relaxed) {
            0 => {
                let key = self.u64(Section::Key, at * STRIDE)?;
                known.store(key.wrapping_add(1), Ordering::Relaxed);
                Ok(key)
            }
            next => Ok(next - 1),
        }
    }

    /// The first of `count` items for which `before` is false, when it is true for those in front.
    pub fn partition(self, count: u32, mut before: impl FnMut(u32) -> Result<bool>) -> Result<u32> {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if before(middle)? { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }

    /// Computes every checksum.
    pub fn verify(self) -> Result<()> {
        (0..self.frame.data.div_ceil(BLOCK)).try_for_each(|block| self.compute(block))
    }

    fn check(self, block: usize) -> Result<()> {
        let (word, bit) = (&self.frame.checked[block / 64], 1 << (block % 64));
        // The bytes do not change, so whoever sees the bit may read them whatever else it has seen.
        if word.load(Ordering::Relaxed) & bit != 0 {
            return Ok(());
        }
        self.compute(block)?;
        word.fetch_or(bit, Ordering::Relaxed);
        Ok(())
    }

    #[cold]
    fn compute(self, block: usize) -> Result<()> {
        let data = self.frame.data;
        let bytes = self.bytes.get(block * BLOCK..data.min((block + 1) * BLOCK)).ok_or_else(damaged)?;
        let wanted = u32_at(self.bytes, data + block * 4)?;
        if crc32fast::hash(bytes) == wanted { Ok(()) } else { Err(damaged()) }
    }
}
