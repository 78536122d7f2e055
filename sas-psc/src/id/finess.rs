//! FINESS: the number of a health establishment. 9 characters, Luhn over 9 digits.
//!
//! Source: the FINESS open-data schema (`[0-9][0-9A-Z][0-9]{7}`); the key is computed over public samples. A letter in
//! second place is Corsica (2A, 2B) or a test number (`0B0057881`): such a number has no key that anyone published, so
//! its form alone is checked. Site and legal entity share the form and are not told apart.

use super::digits;
use crate::error::Code;
use serde::{Deserialize, Serialize};

/// A FINESS number.
///
/// ```
/// use sas_psc::{Code, id::Finess};
///
/// assert_eq!(Finess::parse("540002698")?.to_string(), "540002698");
/// assert_eq!(Finess::parse("458174839").unwrap_err().code(), Code::ID_KEY);
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Finess([u8; 9]);

impl Finess {
    /// Reads `[0-9][0-9A-Z][0-9]{7}`, without allocating.
    ///
    /// # Errors
    /// `id-character`, `id-length`, `id-never-allocated` (zeros only), `id-key`.
    pub const fn check(text: &[u8]) -> Result<Finess, Code> {
        match digits::nine_with_luhn(text) {
            Ok(found) => Ok(Finess(found)),
            Err(code) => Err(code),
        }
    }

    /// The 9 characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `540 002 698`, with no-break spaces.
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
}

digits::verbs!(Finess);
