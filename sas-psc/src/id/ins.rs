//! INS: the national health identity of a patient. NIR or NIA of 13 characters and a key of 2 digits.
//!
//! Source: python-stdnum `stdnum.fr.nir`: key = 97 − (number mod 97), where 2A counts as 19 and 2B as 18. Whether the
//! identity was verified with the teleservice (INSi), and its OID, are not looked at.

use super::digits;
use crate::error::Code;
use serde::{Deserialize, Serialize};

/// An INS with its key: 15 characters, digits but for Corsica's `2A` and `2B`.
///
/// ```
/// use sas_psc::id::Ins;
///
/// assert_eq!(Ins::parse("279035121518989")?.grouped(), "2\u{a0}79\u{a0}03\u{a0}51\u{a0}215\u{a0}189\u{a0}89");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Ins([u8; 15]);

impl Ins {
    /// Reads 15 characters, without allocating.
    ///
    /// # Errors
    /// `id-character`, `id-length`, `id-never-allocated` (zeros before the key), `id-key`.
    pub const fn check(text: &[u8]) -> Result<Ins, Code> {
        let mut at = 0;
        while at < text.len() {
            if !matches!(text[at], b'0'..=b'9' | b'A' | b'B') {
                return Err(Code::ID_CHARACTER);
            }
            at += 1;
        }
        let Some((found, [])) = text.split_first_chunk::<15>() else {
            return Err(Code::ID_LENGTH);
        };
        let mut plain = *found;
        // The department is the sixth and seventh character.
        if plain[5] == b'2' && !plain[6].is_ascii_digit() {
            plain[5] = b'1';
            plain[6] = if plain[6] == b'A' { b'9' } else { b'8' };
        }
        let (mut number, mut key) = (0u64, 0u64);
        at = 0;
        while at < 15 {
            if !plain[at].is_ascii_digit() {
                return Err(Code::ID_CHARACTER);
            }
            let digit = (plain[at] - b'0') as u64;
            if at < 13 {
                number = number * 10 + digit
            } else {
                key = key * 10 + digit
            }
            at += 1;
        }
        if number == 0 {
            return Err(Code::ID_NEVER_ALLOCATED);
        }
        if key == 97 - number % 97 { Ok(Ins(*found)) } else { Err(Code::ID_KEY) }
    }

    /// The 15 characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `2 79 03 51 215 189 89`, with no-break spaces.
    pub fn grouped(&self) -> String {
        digits::grouped(self.as_str(), &[1, 2, 2, 2, 3, 3, 2])
    }
}

digits::verbs!(Ins);
