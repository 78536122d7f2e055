//! A person's identifier as one number, so that a table of them is small and sorted.
//!
//! The upper byte is the type digit of the IdNat: 8 RPPS, 0 ADELI; 0xff is any other identifier, by its rank among them.

use crate::error::Code;
use crate::id::{Adeli, IdNat, Rpps};

const OTHER: u64 = 0xff << 56;
const RPPS: u64 = 8 << 56;
const VALUE: u64 = (1 << 56) - 1;
const TEN_MILLION: u64 = 10_000_000;

/// What an identifier became.
pub(super) enum Key {
    Number(u64),
    /// Neither RPPS nor ADELI: its text is looked up among the others.
    Other,
}

pub(super) fn of_rpps(rpps: &Rpps) -> u64 {
    RPPS | decimal(rpps.as_str().as_bytes())
}

pub(super) fn of_adeli(adeli: &Adeli) -> u64 {
    let text = adeli.as_str().as_bytes();
    // `[0-9][0-9A-Z][0-9]{7}`: the second one has 36 values.
    let second = char::from(text[1]).to_digit(36).unwrap_or(0);
    (u64::from(text[0] - b'0') * 36 + u64::from(second)) * TEN_MILLION + decimal(&text[2..])
}

pub(super) fn of_other(rank: u32) -> u64 {
    OTHER | u64::from(rank)
}

/// The rank of an identifier that is neither RPPS nor ADELI.
pub(super) fn rank(key: u64) -> Option<u32> {
    (key >= OTHER).then_some(key as u32)
}

/// The identifier of a key that is a number.
pub(super) fn text(key: u64) -> String {
    let value = key & VALUE;
    if key >> 56 == RPPS >> 56 {
        return format!("8{value:011}");
    }
    let (head, tail) = (value / TEN_MILLION, value % TEN_MILLION);
    let second = char::from_digit((head % 36) as u32, 36).unwrap_or('0').to_ascii_uppercase();
    format!("0{}{second}{tail:07}", head / 36)
}

/// Reads a national identifier strictly: its key digit has to be right.
pub(super) fn of_id_nat(text: &[u8]) -> Result<Key, Code> {
    match text {
        [b'8', value @ ..] if value.len() == 11 => Rpps::check(value).map(|rpps| Key::Number(of_rpps(&rpps))),
        [b'0', value @ ..] if value.len() == 9 => Adeli::check(value).map(|adeli| Key::Number(of_adeli(&adeli))),
        // `check` knows the staff numbers; what it does not know (a kind to come, a UUID) is kept as it is.
        _ => match IdNat::check(text) {
            Ok(_) | Err(Code::ID_KIND_UNKNOWN | Code::ID_WITHDRAWN) => {
                let text = std::str::from_utf8(text).map_err(|_| Code::ID_CHARACTER)?;
                IdNat::parse(text).map(|_| Key::Other).map_err(|error| error.code())
            }
            Err(code) => Err(code),
        },
    }
}

fn decimal(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_comes_back_as_it_went_in() {
        for id in ["899700218896", "0B06077602", "00B6077602", "0540002698"] {
            match of_id_nat(id.as_bytes()) {
                Ok(Key::Number(key)) => assert_eq!(text(key), id),
                Ok(Key::Other) => panic!("{id}"),
                Err(code) => assert_eq!((id, code), ("0B06077602", Code::ID_CHARACTER)),
            }
        }
        for id in ["30B0057881/CPET0002", "019c5172-a5c0-7188-b81f-5c16807b9140"] {
            assert!(matches!(of_id_nat(id.as_bytes()), Ok(Key::Other)));
        }
        assert_eq!(of_id_nat(b"899700218897").err(), Some(Code::ID_KEY));
        assert_eq!(of_id_nat(b"89970021889").err(), Some(Code::ID_LENGTH));
        assert_eq!(of_id_nat(b"").err(), Some(Code::ID_LENGTH));
    }
}
