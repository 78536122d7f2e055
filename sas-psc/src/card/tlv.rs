//! Tag, length, value: the form of everything a card says about itself (ISO/IEC 7816-4 clause 5.2.2, BER of X.690).
//!
//! Read laxly where real cards break X.690: lengths longer than they need be, filling (`00`, `FF`) between and after
//! objects, BIT STRINGs with a wrong count of unused bits. Never beyond the bytes that are there, and without recursion.
//! What a tag means is not known here.

use crate::error::{Code, Error, Result};

/// The longest value that is read: a certificate is 2 kB, an EF has at most 32 kB.
const MAX_LENGTH: usize = 0x7FFF;

/// One object.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The tag as its bytes are written, at most three: `0x62`, `0x7F41`, `0xBF8101`.
    pub tag: u32,
    /// The value.
    pub value: &'a [u8],
}

impl<'a> Tlv<'a> {
    /// Reads the first object of `bytes`, and tells how many bytes it takes.
    ///
    /// ```
    /// use sas_psc::card::Tlv;
    ///
    /// let (object, length) = Tlv::first(&[0x80, 0x02, 0x05, 0x86, 0xFF]).unwrap();
    /// assert_eq!((object.tag, object.value, length), (0x80, &[0x05, 0x86][..], 4));
    /// ```
    ///
    /// # Errors
    /// `card-answer`: cut short, longer than what is there, a tag of more than three bytes, an indefinite length.
    pub fn first(bytes: &'a [u8]) -> Result<(Tlv<'a>, usize)> {
        let (tag, at) = tag(bytes)?;
        let (length, at) = length(bytes, at)?;
        let value = bytes.get(at..at + length).ok_or_else(unreadable)?;
        Ok((Tlv { tag, value }, at + length))
    }

    /// How long the first object is with its header, when `bytes` holds the header only or more: what a certificate's
    /// first bytes tell before the rest is read.
    ///
    /// # Errors
    /// `card-answer`, as [`Tlv::first`].
    pub fn announced(bytes: &[u8]) -> Result<usize> {
        let (_, at) = tag(bytes)?;
        let (length, at) = length(bytes, at)?;
        Ok(at + length)
    }

    /// The objects within.
    pub fn inner(&self) -> Tlvs<'a> {
        Tlvs(self.value)
    }

    /// The first object within that has this tag.
    pub fn find(&self, tag: u32) -> Option<Tlv<'a>> {
        self.inner().tagged(tag)
    }
}

/// Objects one after the other; it ends at the first that cannot be read.
#[derive(Clone, Copy)]
pub struct Tlvs<'a>(&'a [u8]);

impl<'a> Tlvs<'a> {
    /// The objects of these bytes.
    pub fn new(bytes: &'a [u8]) -> Tlvs<'a> {
        Tlvs(bytes)
    }

    /// The next object that has this tag, of those left.
    pub fn tagged(mut self, tag: u32) -> Option<Tlv<'a>> {
        self.find(|object| object.tag == tag)
    }
}

impl<'a> Iterator for Tlvs<'a> {
    type Item = Tlv<'a>;

    fn next(&mut self) -> Option<Tlv<'a>> {
        // An EF is often longer than what it holds, and filled up.
        while let [0x00 | 0xFF, rest @ ..] = self.0 {
            self.0 = rest;
        }
        let Ok((object, length)) = Tlv::first(self.0) else {
            self.0 = &[];
            return None;
        };
        self.0 = &self.0[length..];
        Some(object)
    }
}

/// The named bits of a BIT STRING's value, bit 0 the least of the result, of the first 32. A count of unused bits that
/// makes no sense is taken for none.
///
/// ```
/// use sas_psc::card::bits;
///
/// assert_eq!(bits(&[0x05, 0x60]), 0b110);
/// assert_eq!(bits(&[0x08]), 0, "seen on real cards");
/// ```
pub fn bits(value: &[u8]) -> u32 {
    let Some((&unused, bytes)) = value.split_first() else { return 0 };
    let unused = if unused > 7 { 0 } else { usize::from(unused) };
    let count = (bytes.len() * 8).saturating_sub(unused).min(32);
    (0..count).filter(|bit| bytes[bit / 8] & (0x80 >> (bit % 8)) != 0).fold(0, |found, bit| found | 1 << bit)
}

fn tag(bytes: &[u8]) -> Result<(u32, usize)> {
    let first = *bytes.first().ok_or_else(unreadable)?;
    let mut tag = u32::from(first);
    if first & 0x1F != 0x1F {
        return Ok((tag, 1));
    }
    for at in 1..3 {
        let next = *bytes.get(at).ok_or_else(unreadable)?;
        tag = tag << 8 | u32::from(next);
        if next & 0x80 == 0 {
            return Ok((tag, at + 1));
        }
    }
    Err(unreadable())
}

fn length(bytes: &[u8], at: usize) -> Result<(usize, usize)> {
    let first = *bytes.get(at).ok_or_else(unreadable)?;
    let (length, at) = match first {
        0..=0x7F => (usize::from(first), at + 1),
        // Up to four bytes: leading zeros are a waste, not an error.
        0x81..=0x84 => {
            let end = at + 1 + usize::from(first & 0x7F);
            let written = bytes.get(at + 1..end).ok_or_else(unreadable)?;
            (written.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), end)
        }
        _ => return Err(unreadable()),
    };
    if length > MAX_LENGTH { Err(unreadable()) } else { Ok((length, at)) }
}

fn unreadable() -> Error {
    Error::new(Code::CARD_ANSWER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_lengths_of_every_width_are_read() {
        let (object, used) = Tlv::first(&[0xBF, 0x81, 0x01, 0x82, 0x00, 0x02, 7, 8, 9]).unwrap();
        assert_eq!((object.tag, object.value, used), (0xBF8101, &[7, 8][..], 8));
        assert_eq!(Tlv::first(&[0x7F, 0x41, 0x84, 0, 0, 0, 1, 5]).unwrap().0.tag, 0x7F41);
        assert_eq!(Tlv::announced(&[0x30, 0x82, 0x05, 0x82]).unwrap(), 0x586);
    }

    #[test]
    fn an_object_that_lies_about_its_length_is_refused() {
        for bytes in [
            &[][..],
            &[0x30],
            &[0x30, 0x80, 0, 0],
            &[0x30, 0x85, 0, 0, 0, 0, 0],
            &[0x30, 0x02, 1],
            &[0x30, 0x82, 0x01],
            &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
            &[0x1F],
            &[0x1F, 0x81, 0x81, 0x01, 0x00],
        ] {
            assert_eq!(Tlv::first(bytes).err().map(|e| e.code()), Some(Code::CARD_ANSWER), "{bytes:?}");
            assert_eq!(Tlvs::new(bytes).count(), 0, "{bytes:?}");
        }
        assert_eq!(Tlv::announced(&[0x30, 0x84, 0, 1, 0, 0]).unwrap_err().code(), Code::CARD_ANSWER, "64 kB");
    }

    #[test]
    fn filling_between_objects_is_passed_over() {
        let objects: Vec<u32> =
            Tlvs::new(&[0, 0xFF, 0x80, 1, 5, 0xFF, 0x81, 0, 0, 0]).map(|object| object.tag).collect();
        assert_eq!(objects, [0x80, 0x81]);
        let outer = Tlv { tag: 0x62, value: &[0x80, 1, 5, 0x83, 1, 6] };
        assert_eq!(outer.find(0x83).unwrap().value, [6]);
        assert!(outer.find(0x84).is_none());
    }

    #[test]
    fn bits_that_break_the_standard_are_read_all_the_same() {
        assert_eq!(bits(&[]), 0);
        assert_eq!(bits(&[0]), 0);
        assert_eq!(bits(&[6, 0, 0x40]), 1 << 9);
        assert_eq!(bits(&[9, 0x80]), 1, "nine unused bits are none");
        assert_eq!(bits(&[7, 0x80]), 1);
        assert_eq!(bits(&[0, 0, 0, 0, 1, 0xFF]), 1 << 31, "what is beyond 32 bits is left");
    }
}
