//! Writes the frame of an index: sections one after another, a CRC-32 for each block, the table and the trailer.
//!
//! Front to back through any `Write`: nothing is sought, nothing written twice.

use super::layout::{BLOCK, HEADER, MAGIC, SECTIONS, Section, VERSION};
use std::io::{self, Write};

/// An index being written.
pub(super) struct Writer<W> {
    out: W,
    /// The block that is not full yet.
    block: Vec<u8>,
    checksums: Vec<u8>,
    written: u64,
    sections: [(u64, u64); SECTIONS],
    open: Section,
}

impl<W: Write> Writer<W> {
    /// Starts with the first section open.
    pub fn new(out: W) -> io::Result<Writer<W>> {
        let mut writer = Writer {
            out,
            block: Vec::with_capacity(BLOCK),
            checksums: Vec::new(),
            written: 0,
            sections: [(0, 0); SECTIONS],
            open: Section::StructureText,
        };
        let mut header = [0; HEADER];
        header[..8].copy_from_slice(MAGIC);
        header[8..12].copy_from_slice(&VERSION.to_le_bytes());
        writer.bytes(&header)?;
        writer.begin(Section::StructureText)?;
        Ok(writer)
    }

    /// Ends the open section and starts another, on a multiple of 8.
    pub fn begin(&mut self, section: Section) -> io::Result<()> {
        self.close();
        while !self.written.is_multiple_of(8) {
            self.bytes(&[0])?;
        }
        self.open = section;
        self.sections[section as usize] = (self.written, 0);
        Ok(())
    }

    /// Adds bytes to the open section.
    pub fn bytes(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        self.written += bytes.len() as u64;
        while self.block.len() + bytes.len() >= BLOCK {
            let (now, later) = bytes.split_at(BLOCK - self.block.len());
            self.block.extend_from_slice(now);
            self.flush()?;
            bytes = later;
        }
        self.block.extend_from_slice(bytes);
        Ok(())
    }

    pub fn u32(&mut self, number: u32) -> io::Result<()> {
        self.bytes(&number.to_le_bytes())
    }

    pub fn u64(&mut self, number: u64) -> io::Result<()> {
        self.bytes(&number.to_le_bytes())
    }

    /// A section of its own.
    pub fn section(&mut self, section: Section, bytes: &[u8]) -> io::Result<()> {
        self.begin(section)?;
        self.bytes(bytes)
    }

    /// A section of its own, of numbers.
    pub fn numbers(&mut self, section: Section, numbers: impl IntoIterator<Item = u32>) -> io::Result<()> {
        self.begin(section)?;
        numbers.into_iter().try_for_each(|number| self.u32(number))
    }

    /// Writes what follows the sections, and gives back what was written to, with the length of the file.
    pub fn finish(mut self) -> io::Result<(W, u64)> {
        self.close();
        let data = self.written;
        if !self.block.is_empty() {
            self.flush()?;
        }
        let mut tail = std::mem::take(&mut self.checksums);
        for (number, (start, length)) in self.sections.iter().enumerate() {
            tail.extend((number as u32).to_le_bytes());
            tail.extend([0; 4]);
            tail.extend(start.to_le_bytes());
            tail.extend(length.to_le_bytes());
        }
        let mut trailer = Vec::new();
        trailer.extend(data.to_le_bytes());
        trailer.extend((BLOCK as u32).to_le_bytes());
        trailer.extend((SECTIONS as u32).to_le_bytes());
        trailer.extend(crc32fast::hash(&tail).to_le_bytes());
        trailer.extend(crc32fast::hash(&trailer).to_le_bytes());
        trailer.extend(VERSION.to_le_bytes());
        trailer.extend(MAGIC);
        self.out.write_all(&tail)?;
        self.out.write_all(&trailer)?;
        self.out.flush()?;
        Ok((self.out, data + (tail.len() + trailer.len()) as u64))
    }

    fn close(&mut self) {
        let (start, length) = &mut self.sections[self.open as usize];
        *length = self.written.saturating_sub(*start);
    }

    fn flush(&mut self) -> io::Result<()> {
        self.checksums.extend(crc32fast::hash(&self.block).to_le_bytes());
        self.out.write_all(&self.block)?;
        self.block.clear();
        Ok(())
    }
}
