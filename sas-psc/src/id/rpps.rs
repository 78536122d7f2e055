//! RPPS: the number of a health professional in the Répertoire partagé. 11 digits, Luhn over all 11, for life.
//!
//! Source: ANS, Annuaire Santé FAQ (length, uniqueness); the key is computed over every public sample, no official
//! text names it. Numbers that start with 997 or 999 are test numbers.

use super::{IdNat, luhn, masked};
use crate::error::{Code, Error, Result};
use std::fmt;
use std::str::FromStr;

/// An RPPS number: 11 digits with a right key.
///
/// ```
/// use sas_psc::{Code, id::Rpps};
///
/// let rpps = Rpps::parse("99700218896")?;
/// assert_eq!(rpps.as_str(), "99700218896");
/// assert!(rpps.is_test_number());
/// assert_eq!(Rpps::parse("9970021889").unwrap_err().code(), Code::ID_LENGTH);
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Rpps([u8; 11]);

impl Rpps {
    /// Reads 11 digits. Nothing is trimmed or repaired.
    ///
    /// # Errors
    /// `id-length`, `id-character`, `id-key`.
    pub const fn check(text: &[u8]) -> std::result::Result<Rpps, Code> {
        let mut at = 0;
        while at < text.len() {
            if !text[at].is_ascii_digit() {
                return Err(Code::ID_CHARACTER);
            }
            at += 1;
        }
        let Some((digits, [])) = text.split_first_chunk::<11>() else {
            return Err(Code::ID_LENGTH);
        };
        if luhn::is_valid(digits) { Ok(Rpps(*digits)) } else { Err(Code::ID_KEY) }
    }

    /// Reads 11 digits. Nothing is trimmed or repaired.
    ///
    /// # Errors
    /// `id-length`, `id-character`, `id-key`.
    pub fn parse(text: &str) -> Result<Rpps> {
        Rpps::check(text.as_bytes()).map_err(Error::new)
    }

    /// The 11 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether the number is one of ANS's test numbers (997…, 999…).
    pub const fn is_test_number(&self) -> bool {
        matches!(self.0, [b'9', b'9', b'7' | b'9', ..])
    }

    /// The national identifier: `8` and the number.
    pub fn to_id_nat(&self) -> IdNat {
        IdNat::of_rpps(self)
    }
}

impl fmt::Display for Rpps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Rpps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        masked(self.as_str(), f)
    }
}

impl FromStr for Rpps {
    type Err = Error;
    fn from_str(text: &str) -> Result<Rpps> {
        Rpps::parse(text)
    }
}
