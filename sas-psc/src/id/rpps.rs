//! RPPS: the number of a health professional in the Répertoire partagé. 11 digits, Luhn over all 11, for life.
//!
//! Source: ANS, Annuaire Santé FAQ (length, uniqueness); the key is computed over every public sample, no official
//! text names it. Numbers that start with 997 or 999 are test numbers. Whether a number is in the directory is not
//! asked here.

use super::{IdNat, digits};
use crate::error::Code;
use serde::{Deserialize, Serialize};

/// An RPPS number: 11 digits with a right key.
///
/// ```
/// use sas_psc::{Code, id::Rpps};
///
/// let rpps = Rpps::parse("99700218896")?;
/// assert_eq!(rpps.as_str(), "99700218896");
/// assert!(rpps.is_test_number());
/// assert_eq!(rpps.masked(), "•••••••8896");
/// assert_eq!(Rpps::parse("9970021889").unwrap_err().code(), Code::ID_LENGTH);
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rpps([u8; 11]);

impl Rpps {
    /// Reads 11 digits, without allocating.
    ///
    /// # Errors
    /// `id-character`, `id-length`, `id-never-allocated` (zeros only), `id-key`.
    #[inline]
    pub const fn check(text: &[u8]) -> Result<Rpps, Code> {
        match digits::rpps(text) {
            Ok(digits) => Ok(Rpps(digits)),
            Err(code) => Err(code),
        }
    }

    /// The 11 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether the number is one of ANS's test numbers (997…, 999…).
    pub const fn is_test_number(&self) -> bool {
        digits::rpps_is_test(&self.0)
    }

    /// The national identifier: `8` and the number.
    pub fn to_id_nat(&self) -> IdNat {
        IdNat::of_rpps(self)
    }

    /// `99 700 218 896`, with no-break spaces.
    pub fn grouped(&self) -> String {
        digits::in_threes(self.as_str())
    }

    /// The last four digits behind seven dots, to show someone which number is theirs.
    pub fn masked(&self) -> String {
        format!("•••••••{}", &self.as_str()[7..])
    }
}

digits::verbs!(Rpps);
