//! SIREN: the number of a company or an administration. 9 digits, Luhn over all 9.
//!
//! Source: INSEE; python-stdnum `stdnum.fr.siren`. Whether the company exists is not asked here.

use super::digits;
use crate::error::Code;
use serde::{Deserialize, Serialize};

/// A SIREN number.
///
/// ```
/// use sas_psc::id::Siren;
///
/// assert_eq!(Siren::parse("187512751")?.grouped(), "187\u{a0}512\u{a0}751");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Siren([u8; 9]);

impl Siren {
    /// Reads 9 digits, without allocating.
    ///
    /// # Errors
    /// `id-character`, `id-length`, `id-never-allocated` (zeros only), `id-key`.
    pub const fn check(text: &[u8]) -> Result<Siren, Code> {
        match digits::with_luhn(text) {
            Ok(digits) => Ok(Siren(digits)),
            Err(code) => Err(code),
        }
    }

    /// The 9 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Whether this is a test number: six leading zeros, as on ANS's test cards.
    pub const fn is_test_number(&self) -> bool {
        digits::siren_is_test(&self.0)
    }

    /// `187 512 751`, with no-break spaces.
    pub fn grouped(&self) -> String {
        digits::grouped(self.as_str(), &[3, 3, 3])
    }
}

digits::verbs!(Siren);
