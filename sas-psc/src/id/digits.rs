//! What the fixed-length numbers share: one order of refusals, and the shape of ADELI and FINESS numbers.
//!
//! The order is the same for every kind: a character that the kind never holds is `id-character`; then a wrong count
//! is `id-length`; then a letter where a digit stands is `id-character`; then zeros only is `id-never-allocated`; then
//! the key. So «12 digits» is told as a length, and «11 characters, one of them a dash» as a character.

use super::luhn;
use crate::error::Code;

/// Takes exactly `N` digits.
pub(super) const fn exactly<const N: usize>(text: &[u8]) -> Result<[u8; N], Code> {
    let mut at = 0;
    while at < text.len() {
        if !text[at].is_ascii_digit() {
            return Err(Code::ID_CHARACTER);
        }
        at += 1;
    }
    match text.split_first_chunk::<N>() {
        Some((digits, [])) => Ok(*digits),
        _ => Err(Code::ID_LENGTH),
    }
}

/// Takes an RPPS number: what [`with_luhn`] takes of 11 digits, with the same refusals.
#[inline]
pub(super) const fn rpps(text: &[u8]) -> Result<[u8; 11], Code> {
    match text.split_first_chunk::<11>() {
        Some((digits, [])) => {
            let words = luhn::Eleven::of(digits);
            match words.are_digits() {
                false => Err(Code::ID_CHARACTER),
                true if words.are_zeros() => Err(Code::ID_NEVER_ALLOCATED),
                true if words.is_valid() => Ok(*digits),
                true => Err(Code::ID_KEY),
            }
        }
        _ => exactly::<11>(text),
    }
}

/// Takes exactly `N` digits, not all zero, with a right Luhn key.
pub(super) const fn with_luhn<const N: usize>(text: &[u8]) -> Result<[u8; N], Code> {
    match exactly::<N>(text) {
        Ok(digits) if only_zeros(&digits) => Err(Code::ID_NEVER_ALLOCATED),
        Ok(digits) if !luhn::is_valid(&digits) => Err(Code::ID_KEY),
        other => other,
    }
}

/// Takes the form of ADELI and FINESS: `[0-9][0-9A-Z][0-9]{7}`. A letter is Corsica (2A, 2B) or a test number.
pub(super) const fn nine(text: &[u8]) -> Result<[u8; 9], Code> {
    let mut at = 0;
    while at < text.len() {
        if !text[at].is_ascii_digit() && !text[at].is_ascii_uppercase() {
            return Err(Code::ID_CHARACTER);
        }
        at += 1;
    }
    let Some((found, [])) = text.split_first_chunk::<9>() else {
        return Err(Code::ID_LENGTH);
    };
    at = 0;
    while at < 9 {
        if at != 1 && !found[at].is_ascii_digit() {
            return Err(Code::ID_CHARACTER);
        }
        at += 1;
    }
    Ok(*found)
}

/// Takes [`nine`], and checks the Luhn key where there is one: on nine digits.
pub(super) const fn nine_with_luhn(text: &[u8]) -> Result<[u8; 9], Code> {
    match nine(text) {
        Ok(found) if !found[1].is_ascii_digit() => Ok(found),
        Ok(found) => with_luhn::<9>(&found),
        refused => refused,
    }
}

/// Whether a number of the form [`nine`] is a test number: a letter, and not Corsica's.
pub(super) const fn nine_is_test(text: &[u8]) -> bool {
    matches!(text, [first, second, ..] if second.is_ascii_uppercase() && !matches!((*first, *second), (b'2', b'A' | b'B')))
}

/// Takes one or more ASCII letters and digits.
pub(super) fn word(text: &[u8]) -> Result<(), Code> {
    match text {
        [] => Err(Code::ID_LENGTH),
        _ if text.iter().all(u8::is_ascii_alphanumeric) => Ok(()),
        _ => Err(Code::ID_CHARACTER),
    }
}

/// Whether digits that start with an RPPS number start with a test one: 997…, 999….
pub(super) const fn rpps_is_test(digits: &[u8]) -> bool {
    matches!(digits, [b'9', b'9', b'7' | b'9', ..])
}

/// Whether digits that start with a SIREN start with a test one: six zeros, as on the public ANS test cards.
pub(super) const fn siren_is_test(digits: &[u8]) -> bool {
    matches!(digits, [b'0', b'0', b'0', b'0', b'0', b'0', ..])
}

pub(super) const fn only_zeros(digits: &[u8]) -> bool {
    let mut at = 0;
    while at < digits.len() {
        if digits[at] != b'0' {
            return false;
        }
        at += 1;
    }
    true
}

/// The sum of digits.
pub(super) const fn sum(digits: &[u8]) -> u32 {
    let (mut sum, mut at) = (0, 0);
    while at < digits.len() {
        sum += (digits[at] - b'0') as u32;
        at += 1;
    }
    sum
}

/// `text` in groups of three from its end, with no-break spaces.
pub(super) fn in_threes(text: &str) -> String {
    let (first, rest) = text.split_at(text.len() % 3);
    let mut sizes = vec![3; rest.len() / 3];
    if !first.is_empty() {
        sizes.insert(0, first.len());
    }
    grouped(text, &sizes)
}

/// `text` in groups of these sizes, with no-break spaces.
pub(super) fn grouped(text: &str, sizes: &[usize]) -> String {
    let mut rest = text;
    let groups = sizes.iter().map(|size| {
        let (group, after) = rest.split_at(*size);
        rest = after;
        group
    });
    groups.collect::<Vec<_>>().join("\u{a0}")
}

/// Gives a number type the verbs that all share, over its own `check` and `as_str`.
macro_rules! verbs {
    ($name:ident) => {
        impl $name {
            /// Reads the number. Nothing is trimmed or repaired; [`check`](super::check()) does that for what people type.
            ///
            /// # Errors
            /// Those of [`check`](Self::check).
            pub fn parse(text: &str) -> $crate::error::Result<$name> {
                Self::check(text.as_bytes()).map_err($crate::error::Error::new)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                super::masked(self.as_str(), f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::Error;
            fn from_str(text: &str) -> $crate::error::Result<$name> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::error::Error;
            fn try_from(text: String) -> $crate::error::Result<$name> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> String {
                number.as_str().to_owned()
            }
        }
    };
}
pub(super) use verbs;
