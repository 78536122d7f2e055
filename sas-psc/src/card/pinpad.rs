//! Readers with keys of their own, PC/SC part 10: what to tell them, so that no program ever sees the code.
//!
//! The reader fills the digits into the command and sends it. The two structures are those of PC/SC 10 v2.02.09,
//! clauses 2.5.2 and 2.5.3; sending them is a driver's work.

use super::{Apdu, Command, Protocol};
use std::fmt;

/// The person has this long, in seconds, for the first key; and for each after it the reader's own time.
const TIME_OUT: u8 = 30;
/// ASCII digits, left justified, no PIN block format: clause 2.5.2, bmFormatString.
const FORMAT: u8 = 0x82;
/// The entry ends when the person confirms.
const VALIDATED_BY_KEY: u8 = 0x02;
/// French (France), as USB language identifiers have it.
const LANGUAGE: u16 = 0x040C;

/// What the reader's keys are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PinpadUse {
    /// VERIFY: the code once.
    Verify,
    /// CHANGE REFERENCE DATA: the old code, then the new one twice.
    Change,
}

impl PinpadUse {
    /// The tag of the feature that does it, PC/SC part 10, 2.2: FEATURE_VERIFY_PIN_DIRECT, FEATURE_MODIFY_PIN_DIRECT.
    pub const fn feature(self) -> u8 {
        match self {
            PinpadUse::Verify => 0x06,
            PinpadUse::Change => 0x07,
        }
    }
}

/// What a reader's keys can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ReaderKeys {
    pub(super) verify: bool,
    pub(super) change: bool,
}

/// A code that the reader is to take and send.
#[derive(Clone)]
pub struct PinpadRequest {
    purpose: PinpadUse,
    template: Apdu,
    length: (u8, u8),
    /// How long the card wants each code, filled up; 0 for as long as it is.
    block: u8,
}

impl PinpadRequest {
    /// The longest block that keys fill up: clause 2.5.2, bmPINBlockString.
    pub(super) const LONGEST_BLOCK: u8 = 15;

    pub(super) fn verify(command: Command, length: (u8, u8), filled: Option<(u8, u8)>) -> PinpadRequest {
        PinpadRequest::new(PinpadUse::Verify, command, length, filled)
    }

    pub(super) fn change(command: Command, length: (u8, u8), filled: Option<(u8, u8)>) -> PinpadRequest {
        PinpadRequest::new(PinpadUse::Change, command, length, filled)
    }

    fn new(purpose: PinpadUse, command: Command, length: (u8, u8), filled: Option<(u8, u8)>) -> PinpadRequest {
        let (block, filler) = filled.filter(|(block, _)| *block <= Self::LONGEST_BLOCK).unwrap_or_default();
        let codes = if purpose == PinpadUse::Change { 2 } else { 1 };
        // The header alone, or filled blocks that the reader writes the digits into.
        let command = command.with_data(&vec![filler; codes * usize::from(block)]);
        PinpadRequest { purpose, template: command.to_apdus(Protocol::T0).remove(0), length, block }
    }

    /// What the keys are for.
    pub fn purpose(&self) -> PinpadUse {
        self.purpose
    }

    /// The structure for the reader's FEATURE_VERIFY_PIN_DIRECT or FEATURE_MODIFY_PIN_DIRECT.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (shortest, longest) = self.length;
        // The length of the block, and no length inserted anywhere.
        let mut bytes = vec![TIME_OUT, 0, FORMAT, self.block, 0x00];
        if self.purpose == PinpadUse::Change {
            // Where the old and the new code begin in the data: one after the other.
            bytes.extend([0, self.block.max(shortest)]);
        }
        // wPINMaxExtraDigit: the shortest in the high byte, the longest in the low one.
        bytes.extend(u16::from_be_bytes([shortest, longest]).to_le_bytes());
        match self.purpose {
            PinpadUse::Verify => {
                bytes.extend([VALIDATED_BY_KEY, 0x01]);
                bytes.extend(LANGUAGE.to_le_bytes());
                bytes.push(0);
            }
            PinpadUse::Change => {
                // Confirm the new one, and ask for the old one: three messages.
                bytes.extend([0x03, VALIDATED_BY_KEY, 0x03]);
                bytes.extend(LANGUAGE.to_le_bytes());
                bytes.extend([0, 1, 2]);
            }
        }
        bytes.extend([0, 0, 0]); // bTeoPrologue
        let template = self.template.expose();
        bytes.extend(u32::try_from(template.len()).unwrap_or(0).to_le_bytes());
        bytes.extend_from_slice(template);
        bytes
    }
}

impl fmt::Debug for PinpadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PinpadRequest").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_structures_are_those_of_pc_sc_part_10() {
        let verify = PinpadRequest::verify(Command::new(0, 0x20, 0, 1), (4, 4), None);
        let bytes = verify.to_bytes();
        // bTimeOut, bTimeOut2, bmFormatString, bmPINBlockString, bmPINLengthFormat, wPINMaxExtraDigit,
        // bEntryValidationCondition, bNumberMessage, wLangId, bMsgIndex, bTeoPrologue, ulDataLength, abData
        assert_eq!(bytes[..5], [30, 0, 0x82, 0, 0]);
        assert_eq!(bytes[5..7], 0x0404u16.to_le_bytes());
        assert_eq!(bytes[7..15], [2, 1, 0x0C, 0x04, 0, 0, 0, 0]);
        assert_eq!(bytes[15..], [4, 0, 0, 0, 0, 0x20, 0, 1]);
        let change = PinpadRequest::change(Command::new(0, 0x24, 0, 1), (4, 8), None);
        let bytes = change.to_bytes();
        // … bInsertionOffsetOld, bInsertionOffsetNew, wPINMaxExtraDigit, bConfirmPIN, bEntryValidationCondition,
        // bNumberMessage, wLangId, bMsgIndex1 to 3, bTeoPrologue, ulDataLength, abData
        assert_eq!(bytes[5..9], [0, 4, 8, 4]);
        assert_eq!(bytes[9..20], [3, 2, 3, 0x0C, 0x04, 0, 1, 2, 0, 0, 0]);
        assert_eq!(bytes[20..], [4, 0, 0, 0, 0, 0x24, 0, 1]);
    }

    #[test]
    fn a_code_that_is_filled_up_has_its_place_in_a_filled_block() {
        let verify = PinpadRequest::verify(Command::new(0, 0x20, 0, 1), (4, 8), Some((8, 0xFF)));
        let bytes = verify.to_bytes();
        assert_eq!((bytes[3], &bytes[15..19]), (8, &[13, 0, 0, 0][..]));
        assert_eq!(bytes[19..], [0, 0x20, 0, 1, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        let change = PinpadRequest::change(Command::new(0, 0x24, 0, 1), (4, 8), Some((8, 0xFF)));
        let bytes = change.to_bytes();
        assert_eq!((bytes[3], &bytes[5..7], bytes.len()), (8, &[0, 8][..], 20 + 4 + 5 + 16));
        let long = PinpadRequest::verify(Command::new(0, 0x20, 0, 1), (4, 8), Some((16, 0xFF)));
        assert_eq!(long.to_bytes()[3], 0, "no reader has such a block");
    }
}
