//! A reader with keys of its own, PC/SC part 10 v2.02.09: it takes codes from a person and sends them to the card; the program
//! that asked sees the card's answer only.
//!
//! Read from the specification (clauses 2.5.2 and 2.5.3), not from the SDK: what it is told is checked field by field, and
//! anything else is `6B80`. Time is not spent: who types nothing has waited `bTimeOut`. No real reader was at hand.

use super::{Handle, ReaderError};
use crate::lock;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// FEATURE_VERIFY_PIN_DIRECT.
const VERIFY: u8 = 0x06;
/// FEATURE_MODIFY_PIN_DIRECT.
const MODIFY: u8 = 0x07;

/// What a person does when the reader asks for a code.
#[derive(Clone, PartialEq, Eq)]
pub enum Press {
    /// Types these digits, and confirms.
    Code(String),
    /// Presses the red key.
    Cancel,
    /// Nothing, until the reader gives up.
    Nothing,
}

impl Press {
    /// Types these digits.
    pub fn code(digits: &str) -> Press {
        Press::Code(digits.to_owned())
    }
}

#[derive(Default)]
struct Desk {
    presses: VecDeque<Press>,
    asked: u64,
    waited: u64,
}

/// The keys of a reader, with a person before them. Clones are the same.
#[derive(Clone, Default)]
pub struct Pinpad(Arc<Mutex<Desk>>);

/// One of the two structures, read.
struct Order {
    time_out: u8,
    block: usize,
    shortest: usize,
    longest: usize,
    /// Where each code that is asked for goes; a second new one goes nowhere.
    places: Vec<Option<usize>>,
    command: Vec<u8>,
}

impl Pinpad {
    /// Keys that nobody touches yet.
    pub fn new() -> Pinpad {
        Pinpad::default()
    }

    /// What the person does from now on, one for each code that is asked for; afterwards nothing.
    pub fn will(&self, presses: impl IntoIterator<Item = Press>) {
        lock(&self.0).presses = presses.into_iter().collect();
    }

    /// How many codes were asked for so far.
    pub fn asked(&self) -> u64 {
        lock(&self.0).asked
    }

    /// How many seconds it has waited for nothing.
    pub fn waited(&self) -> u64 {
        lock(&self.0).waited
    }

    /// A control code of the reader: a feature with its structure. The card's answer, or the reader's own status word: `6400`
    /// time out, `6401` cancelled, `6402` two new codes that differ, `6403` too short or too long, `6B80` a structure that
    /// it does not take.
    ///
    /// # Errors
    ///
    /// Those of [`Handle::transmit`].
    pub fn control(&self, feature: u8, structure: &[u8], card: &mut Handle) -> Result<Vec<u8>, ReaderError> {
        let Some(order) = read(feature, structure) else { return Ok(vec![0x6B, 0x80]) };
        let mut codes = Vec::new();
        for _ in &order.places {
            match self.ask(order.time_out) {
                Press::Nothing => return Ok(vec![0x64, 0x00]),
                Press::Cancel => return Ok(vec![0x64, 0x01]),
                Press::Code(code) if code.len() < order.shortest || code.len() > order.longest => {
                    return Ok(vec![0x64, 0x03]);
                }
                Press::Code(code) => codes.push(code.into_bytes()),
            }
        }
        let mut command = order.command;
        let (mut written, mut new) = (0, None);
        for (code, place) in codes.iter().zip(&order.places) {
            match place {
                Some(place) => {
                    write(&mut command, *place, code, order.block);
                    (written, new) = (written + 1, Some(code));
                }
                None if new != Some(code) => return Ok(vec![0x64, 0x02]),
                None => {}
            }
        }
        debug_assert!(written > 0);
        card.transmit(&command)
    }

    fn ask(&self, time_out: u8) -> Press {
        let mut desk = lock(&self.0);
        desk.asked += 1;
        let press = desk.presses.pop_front().unwrap_or(Press::Nothing);
        if press == Press::Nothing {
            desk.waited += u64::from(time_out);
        }
        press
    }
}

/// Writes a code into the command: over its block, or behind what is there, its length with it.
fn write(command: &mut Vec<u8>, place: usize, code: &[u8], block: usize) {
    if block > 0 {
        command[5 + place..5 + place + code.len()].copy_from_slice(code);
        return;
    }
    if command.len() == 4 {
        command.push(0);
    }
    command.extend_from_slice(code);
    command[4] += code.len() as u8; // 15 digits at most, twice
}

fn read(feature: u8, bytes: &[u8]) -> Option<Order> {
    // bTimeOut, bTimeOut2, bmFormatString, bmPINBlockString, bmPINLengthFormat
    let [time_out, _, 0x82, block, 0, rest @ ..] = bytes else { return None };
    let (places, most, least, rest) = match (feature, rest) {
        // wPINMaxExtraDigit, bEntryValidationCondition, bNumberMessage, wLangId, bMsgIndex, bTeoPrologue
        (VERIFY, [most, least, 0x02, 0x01, _, _, 0, 0, 0, 0, rest @ ..]) => (vec![Some(0)], most, least, rest),
        // bInsertionOffsetOld, bInsertionOffsetNew, wPINMaxExtraDigit, bConfirmPIN, bEntryValidationCondition,
        // bNumberMessage, wLangId, bMsgIndex1 to 3, bTeoPrologue
        (MODIFY, [old, new, most, least, 0x03, 0x02, 0x03, _, _, 0, 1, 2, 0, 0, 0, rest @ ..]) => {
            (vec![Some(usize::from(*old)), Some(usize::from(*new)), None], most, least, rest)
        }
        _ => return None,
    };
    let (length, command) = rest.split_first_chunk::<4>()?;
    let (block, shortest, longest) = (usize::from(*block), usize::from(*least), usize::from(*most));
    let written = places.iter().flatten().count();
    // A header, or one with a block for each code.
    let data = command.get(4).map_or(0, |length| usize::from(*length));
    let whole = if block == 0 { 4 } else { 5 + block * written };
    let right = u32::from_le_bytes(*length) as usize == command.len()
        && command.len() == whole
        && data == block * written
        && block < 16
        && 0 < shortest
        && shortest <= longest
        && (block == 0 || longest <= block);
    right.then(|| Order { time_out: *time_out, block, shortest, longest, places, command: command.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Generation, Profile, Reader, VirtualCard};

    const HEAD: [u8; 15] = [30, 0, 0x82, 0, 0, 4, 4, 2, 1, 0x0C, 0x04, 0, 0, 0, 0];

    fn verify(pad: &Pinpad, structure: &[u8]) -> (Vec<u8>, u8) {
        let reader = Reader::with(VirtualCard::new(Profile::of(Generation::Cps3)));
        let mut handle = reader.connect().unwrap();
        handle.transmit(&[0, 0xA4, 9, 0x0C, 4, 0x3F, 0, 0, 1]).unwrap();
        let answer = pad.control(VERIFY, structure, &mut handle).unwrap();
        (answer, reader.card(|card| card.tries()).unwrap())
    }

    #[test]
    fn a_code_reaches_the_card_with_its_length_or_in_its_block() {
        let pad = Pinpad::new();
        let plain = [&HEAD[..], &[4, 0, 0, 0, 0, 0x20, 0, 1]].concat();
        pad.will([Press::code("1234")]);
        assert_eq!(verify(&pad, &plain), (vec![0x90, 0], 3));
        pad.will([Press::code("0000")]);
        assert_eq!(verify(&pad, &plain), (vec![0x63, 0xC2], 2));
        let mut block = [&HEAD[..], &[9, 0, 0, 0, 0, 0x20, 0, 1, 4, 0xFF, 0xFF, 0xFF, 0xFF]].concat();
        block[3] = 4;
        pad.will([Press::code("1234")]);
        assert_eq!(verify(&pad, &block), (vec![0x90, 0], 3));
    }

    #[test]
    fn who_types_nothing_too_much_or_cancels_costs_no_try_and_a_wrong_structure_asks_nobody() {
        let pad = Pinpad::new();
        let plain = [&HEAD[..], &[4, 0, 0, 0, 0, 0x20, 0, 1]].concat();
        for (press, word) in [(Press::Nothing, 0), (Press::Cancel, 1), (Press::code("12345"), 3), (Press::code("1"), 3)]
        {
            pad.will([press]);
            assert_eq!(verify(&pad, &plain), (vec![0x64, word], 3));
        }
        assert_eq!((pad.asked(), pad.waited()), (4, 30));
        for wrong in 0..plain.len() {
            let mut structure = plain.clone();
            structure[wrong] ^= 0x10;
            pad.will([Press::code("1234")]);
            // Times, the longest code, the language and the command's own bytes are not the keys' to judge.
            if ![0, 1, 5, 9, 10].contains(&wrong) && wrong < 19 {
                assert_eq!(verify(&pad, &structure).0, [0x6B, 0x80], "byte {wrong}");
            }
        }
        assert_eq!(verify(&pad, &plain[..18]).0, [0x6B, 0x80]);
        assert_eq!(pad.asked(), 4);
    }
}
