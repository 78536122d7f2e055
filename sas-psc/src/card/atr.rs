//! What a card says when it is powered, ISO/IEC 7816-3 clause 8, and which generation of the CPS says so.
//!
//! It is a hint: a card is a CPS when its serial number has ANS's issuer prefix, which a dialogue asks for. Sources: the
//! ATR tables of ANS's Cryptolib CPS 5.2 and of OpenSC 0.23, whose masks this follows.

use std::fmt;

/// The bytes of an answer to reset.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Atr(Vec<u8>);

/// What kind of card is in the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CardKind {
    /// CPS3 (IAS-ECC) in a contact reader.
    Cps3,
    /// CPS3 over the air: the card's own technical certificate, and nothing of the holder's.
    Cps3Contactless,
    /// CPS4 (ChipDoc).
    Cps4,
    /// Another card, or one that is not known yet.
    Unknown,
}

impl CardKind {
    /// The word in JSON, C and Python: `cps3`, `cps3-contactless`, `cps4`, `unknown`.
    pub const fn name(self) -> &'static str {
        match self {
            CardKind::Cps3 => "cps3",
            CardKind::Cps3Contactless => "cps3-contactless",
            CardKind::Cps4 => "cps4",
            CardKind::Unknown => "unknown",
        }
    }
}

/// At most this many bytes (ISO/IEC 7816-3, 8.2.1: 32 and the initial character).
const MAX: usize = 33;
/// The first of the historical bytes of every CPS read by contact; what follows tells the generation.
const FAMILY: [u8; 6] = [0x00, 0x12, 0x25, 0x00, 0x64, 0x80];
/// CPS3 contactless, as PC/SC makes it of an ISO 14443-4 card: bytes 9 and 10 are the chip's type, free.
const CONTACTLESS: [u8; 20] =
    [0x3B, 0x8F, 0x80, 0x01, 0x00, 0x31, 0xB8, 0x64, 0, 0, 0xEC, 0xC0, 0x73, 0x94, 0x01, 0x80, 0x82, 0x90, 0x00, 0x0E];
const CONTACTLESS_MASK: [u8; 20] =
    [255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 255, 0xC0, 255, 255, 255, 255, 255, 255, 255, 255];

impl Atr {
    /// The ATR as a reader gives it; what is beyond 33 bytes is not one's.
    pub fn new(bytes: &[u8]) -> Atr {
        Atr(bytes[..bytes.len().min(MAX)].to_vec())
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The generation it announces.
    ///
    /// ```
    /// use sas_psc::card::{Atr, CardKind};
    ///
    /// let atr = [0x3B, 0xAC, 0, 0x40, 0x2A, 0, 0x12, 0x25, 0, 0x64, 0x80, 0, 3, 0x10, 0, 0x90, 0];
    /// assert_eq!(Atr::new(&atr).kind(), CardKind::Cps3);
    /// ```
    pub fn kind(&self) -> CardKind {
        let masked = |(at, byte): (usize, &u8)| byte & CONTACTLESS_MASK[at] == CONTACTLESS[at] & CONTACTLESS_MASK[at];
        if self.0.len() == CONTACTLESS.len() && self.0.iter().enumerate().all(masked) {
            return CardKind::Cps3Contactless;
        }
        match self.historical().and_then(|bytes| bytes.strip_prefix(&FAMILY)) {
            Some([0x00, 0x03, 0x10, ..]) => CardKind::Cps3,
            // The second is the release candidates', ANS's test cards.
            Some([0x04, 0x01, 0x00, ..] | [0x00, 0x04, 0x01, ..]) => CardKind::Cps4,
            _ => CardKind::Unknown,
        }
    }

    /// The historical bytes; none when the ATR is not one (ISO/IEC 7816-3, 8.2.2 and 8.2.3).
    pub fn historical(&self) -> Option<&[u8]> {
        let [0x3B | 0x3F, t0, ..] = self.0[..] else { return None };
        let (mut at, mut present) = (2, t0 >> 4);
        loop {
            at += (present & 0x07).count_ones() as usize;
            if present & 0x08 == 0 {
                break;
            }
            present = *self.0.get(at)? >> 4;
            at += 1;
        }
        self.0.get(at..at + usize::from(t0 & 0x0F))
    }

    /// In hexadecimal with spaces: `3B AC 00 …`.
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Debug for Atr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Atr({})", self.to_hex())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atr(hex: &str) -> Atr {
        Atr::new(&hex.split(' ').map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect::<Vec<_>>())
    }

    #[test]
    fn every_published_atr_is_known() {
        for (hex, kind) in [
            ("3B AC 00 40 2A 00 12 25 00 64 80 00 03 10 00 90 00", CardKind::Cps3),
            ("3B 8F 80 01 00 31 B8 64 04 B0 EC C1 73 94 01 80 82 90 00 0E", CardKind::Cps3Contactless),
            ("3B 8F 80 01 00 31 B8 64 07 77 EC C2 73 94 01 80 82 90 00 0E", CardKind::Cps3Contactless),
            ("3B 9B 18 80 01 00 12 25 00 64 80 04 01 00 00 90 44", CardKind::Cps4),
            ("3B 9B 18 80 01 00 12 25 00 64 80 00 04 01 00 90 44", CardKind::Cps4),
            // OpenSC's mask takes this one for a CPS3.
            ("3B DC 18 FF 00 00 12 25 00 64 80 00 04 01 00 90 00", CardKind::Cps4),
        ] {
            assert_eq!(atr(hex).kind(), kind, "{hex}");
            assert_eq!(atr(hex).to_hex(), hex);
        }
    }

    #[test]
    fn another_card_and_what_is_no_atr_are_unknown() {
        for hex in [
            "3B 8F 80 01 00 31 B8 64 04 B0 2C C1 73 94 01 80 82 90 00 0E",
            "2B 8F 80 01 00 31 B8 64 04 B0 EC C1 73 94 01 80 82 90 00 0E",
            "3B AC 00 40 2A 00 12 25 00 64 80 00 05 10 00 90 00",
            "3B AC 00 40 2A 00 12 25",
            "3B 6E 00 00 80 31 80 66 B0 84 0C 01 6E 01 83 00 90 00",
            "3B",
            "3B FF",
            "FF",
        ] {
            assert_eq!(atr(hex).kind(), CardKind::Unknown, "{hex}");
        }
        assert_eq!(Atr::new(&[]).kind(), CardKind::Unknown);
        assert_eq!(Atr::new(&[0x3B; 99]).as_bytes().len(), 33);
    }
}
