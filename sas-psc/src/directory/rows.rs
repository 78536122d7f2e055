//! Lines of the extract out of any reader, in memory that does not grow: no line is longer than 64 KiB.
//!
//! `\n` or `\r\n`, UTF-8 (a byte order mark is dropped) or Windows-1252. There is no quoting: `"` is a letter like any
//! other. The header, which has accents, tells the encoding; when it has none, the first row that has any does.

use super::reject::Reason;
use std::io::{self, ErrorKind, Read};
use std::ops::Range;

/// No row of the extract is longer than a few thousand bytes.
const LONGEST: usize = 1 << 16;
const BUFFER: usize = 1 << 18;

/// A line, without its end.
pub(super) struct Line {
    /// Where [`Lines::bytes`] finds it; nothing of a line that is too long.
    range: Range<usize>,
    pub number: u64,
    /// Whether it ended as lines do, and not with the file.
    pub ended: bool,
    pub too_long: bool,
}

/// Reads lines.
pub(super) struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    number: u64,
    /// Bytes read from the source.
    pub read: u64,
    largest: u64,
    drained: bool,
}

impl<R: Read> Lines<R> {
    /// Lines of a source of at most `largest` bytes: more is [`ErrorKind::FileTooLarge`], however it is cut into lines.
    pub fn new(source: R, largest: u64) -> Lines<R> {
        Lines { source, buffer: vec![0; BUFFER], start: 0, end: 0, number: 0, read: 0, largest, drained: false }
    }

    /// The next line; none at the end.
    pub fn next(&mut self) -> io::Result<Option<Line>> {
        let (mut seen, mut too_long) = (0, false);
        loop {
            let open = &self.buffer[self.start + seen..self.end];
            if let Some(at) = memchr::memchr(b'\n', open) {
                let range = self.start..self.start + seen + at;
                self.start = range.end + 1;
                return Ok(Some(self.line(range, true, too_long)));
            }
            seen = self.end - self.start;
            if seen > LONGEST {
                // Nobody keeps it: what was read of it makes room for the rest.
                (too_long, seen, self.start) = (true, 0, self.end);
            }
            if self.drained {
                let range = self.start..self.end;
                self.start = self.end;
                return Ok((!range.is_empty() || too_long).then(|| self.line(range, false, too_long)));
            }
            self.fill()?;
        }
    }

    pub fn bytes(&self, line: &Line) -> &[u8] {
        &self.buffer[line.range.clone()]
    }

    fn line(&mut self, range: Range<usize>, ended: bool, too_long: bool) -> Line {
        self.number += 1;
        let too_long = too_long || range.len() > LONGEST;
        let carriage_return = range.end > range.start && self.buffer[range.end - 1] == b'\r';
        let range = if too_long { 0..0 } else { range.start..range.end - usize::from(carriage_return) };
        Line { range, number: self.number, ended, too_long }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.drained = true,
                Ok(count) => {
                    self.end += count;
                    self.read += count as u64;
                    if self.read > self.largest {
                        return Err(ErrorKind::FileTooLarge.into());
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            }
            return Ok(());
        }
    }
}

/// What a source is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Undecided,
    Utf8,
    Windows1252,
}

/// Turns lines into text.
pub(super) struct Decoder {
    encoding: Encoding,
    scratch: String,
}

impl Decoder {
    pub fn new() -> Decoder {
        Decoder { encoding: Encoding::Undecided, scratch: String::new() }
    }

    /// The text of a line.
    pub fn text<'a>(&'a mut self, line: &'a [u8]) -> Result<&'a str, Reason> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        // The smallest byte, without a branch: a control character is one below the blank.
        if line.iter().fold(u8::MAX, |least, byte| least.min(*byte)) < b' '
            && line.iter().any(|b| *b < b' ' && *b != b'\t')
        {
            return Err(Reason::ControlCharacter);
        }
        let utf8 = simdutf8::basic::from_utf8(line);
        if self.encoding == Encoding::Undecided && !line.is_ascii() {
            self.encoding = if utf8.is_ok() { Encoding::Utf8 } else { Encoding::Windows1252 };
        }
        match utf8 {
            // In Windows-1252, ASCII is the same; anything else has to be turned even where it looks like UTF-8.
            Ok(text) if self.encoding != Encoding::Windows1252 || line.is_ascii() => Ok(text),
            _ if self.encoding == Encoding::Windows1252 => {
                self.scratch.clear();
                for byte in line {
                    self.scratch.push(windows_1252(*byte).ok_or(Reason::Encoding)?);
                }
                Ok(&self.scratch)
            }
            _ => Err(Reason::Encoding),
        }
    }
}

/// The character of a byte; 0x80 to 0x9f are those that ISO 8859-1 has not, and five of them are nothing.
fn windows_1252(byte: u8) -> Option<char> {
    const HIGH: &str = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";
    match byte {
        0x80..=0x9f => HIGH.chars().nth(usize::from(byte) - 0x80).filter(|c| *c != '\0'),
        _ => Some(char::from(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(source: impl Read) -> Vec<(String, u64, bool, bool)> {
        let mut lines = Lines::new(source, u64::MAX);
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            let text = String::from_utf8(lines.bytes(&line).to_vec()).unwrap();
            found.push((text, line.number, line.ended, line.too_long));
        }
        found
    }

    #[test]
    fn lines_come_whole_out_of_any_pieces_and_the_last_says_how_it_ended() {
        let text = "a|b\r\n\nlast";
        let wanted = [("a|b", 1, true, false), ("", 2, true, false), ("last", 3, false, false)];
        let wanted = wanted.map(|(text, number, ended, long)| (text.to_owned(), number, ended, long));
        struct Drops<'a>(&'a [u8]);
        impl Read for Drops<'_> {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                self.0.read(&mut into[..1])
            }
        }
        assert_eq!(lines(text.as_bytes()), wanted);
        assert_eq!(lines(Drops(text.as_bytes())), wanted);
        assert_eq!(lines(&b""[..]), []);
    }

    #[test]
    fn a_line_of_ten_megabytes_is_one_that_is_too_long_and_the_next_is_read() {
        let mut text = vec![b'x'; 10 << 20];
        text.extend(b"\nnext\n");
        let found = lines(&text[..]);
        assert_eq!(found[0], (String::new(), 1, true, true));
        assert_eq!(found[1], ("next".to_owned(), 2, true, false));
        assert_eq!(lines(&vec![b'x'; 1 << 20][..]), [(String::new(), 1, false, true)]);
        assert!(lines(&vec![b'x'; LONGEST + 1][..])[0].3 && !lines(&vec![b'x'; LONGEST][..])[0].3);
    }

    #[test]
    fn a_source_that_is_too_large_is_an_error_however_few_lines_it_has() {
        for text in [vec![b'x'; 1 << 20], vec![b'\n'; 1 << 20]] {
            let mut lines = Lines::new(&text[..], 1 << 19);
            let error = loop {
                match lines.next() {
                    Ok(line) => assert!(line.is_some(), "read to its end"),
                    Err(error) => break error,
                }
            };
            assert_eq!(error.kind(), ErrorKind::FileTooLarge);
            assert!(lines.read <= (1 << 19) + BUFFER as u64);
        }
    }

    #[test]
    fn the_first_accent_tells_the_encoding() {
        let mut utf8 = Decoder::new();
        assert_eq!(utf8.text("\u{feff}Prénom".as_bytes()), Ok("Prénom"));
        assert_eq!(utf8.text(b"Pr\xe9nom"), Err(Reason::Encoding));
        let mut other = Decoder::new();
        assert_eq!(other.text(b"Nom"), Ok("Nom"));
        assert_eq!(other.text(b"Pr\xe9nom \x80 \x9c"), Ok("Prénom € œ"));
        assert_eq!(other.text(b"\x81"), Err(Reason::Encoding));
        assert_eq!(other.text("é".as_bytes()), Ok("Ã©"));
        assert_eq!(other.text(b"a\0b"), Err(Reason::ControlCharacter));
        assert_eq!(other.text(b"a\tb"), Ok("a\tb"));
    }
}
