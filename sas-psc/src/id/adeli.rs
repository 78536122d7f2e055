//! ADELI: the number of a professional in the former ADELI register. 9 characters, Luhn over 9 digits.
//!
//! Source: TRE_G08 (type 0); the key is computed over public samples. The register closed on 20 September 2024, people
//! moved to RPPS; old files and test cards still hold it. A letter in second place is Corsica (2A, 2B) or a test card
//! (`0B6077602`): such a number has no key that anyone published, so its form alone is checked.

use super::{IdNat, digits};
use crate::error::Code;
use serde::{Deserialize, Serialize};

/// An ADELI number.
///
/// ```
/// use sas_psc::{Code, id::Adeli};
///
/// assert_eq!(Adeli::parse("0B6077602")?.to_string(), "0B6077602");
/// assert_eq!(Adeli::parse("069111665").unwrap_err().code(), Code::ID_KEY);
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Adeli([u8; 9]);

impl Adeli {
    /// Reads `[0-9][0-9A-Z][0-9]{7}`, without allocating.
    ///
    /// # Errors
    /// `id-character`, `id-length`, `id-never-allocated` (zeros only), `id-key`.
    pub const fn check(text: &[u8]) -> Result<Adeli, Code> {
        match digits::nine_with_luhn(text) {
            Ok(found) => Ok(Adeli(found)),
            Err(code) => Err(code),
        }
    }

    /// The 9 characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `0B6 077 602`, with no-break spaces.
    pub fn grouped(&self) -> String {
        digits::in_threes(self.as_str())
    }

    /// Whether the number has a key; one with a letter has none.
    pub const fn has_key(&self) -> bool {
        self.0[1].is_ascii_digit()
    }

    /// Whether this is a test number: a letter that is not Corsica's.
    pub const fn is_test_number(&self) -> bool {
        digits::nine_is_test(&self.0)
    }

    /// The national identifier: `0` and the number.
    pub fn to_id_nat(&self) -> IdNat {
        IdNat::of_adeli(self)
    }

    /// The last four characters behind five dots, to show someone which number is theirs.
    pub fn masked(&self) -> String {
        format!("•••••{}", &self.as_str()[5..])
    }
}

digits::verbs!(Adeli);
