//! Card number: the 10 digits printed on a CPx card and held in its certificates, after the issuer's.
//!
//! Source: the private extension 1.2.250.1.71.1.2.3 of card certificates (`8025000001/2800262487`), of which this is
//! the second part. There is no key.

use super::digits;
use crate::error::Code;
use serde::{Deserialize, Serialize};

/// The number of a CPx card.
///
/// ```
/// use sas_psc::id::CardNumber;
///
/// assert_eq!(CardNumber::parse("2800636234")?.as_str(), "2800636234");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardNumber([u8; 10]);

impl CardNumber {
    /// Reads 10 digits, without allocating.
    ///
    /// # Errors
    /// `id-character`, `id-length`.
    pub const fn check(text: &[u8]) -> Result<CardNumber, Code> {
        match digits::exactly(text) {
            Ok(digits) => Ok(CardNumber(digits)),
            Err(code) => Err(code),
        }
    }

    /// The 10 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// `2 800 636 234`, with no-break spaces.
    pub fn grouped(&self) -> String {
        digits::in_threes(self.as_str())
    }
}

digits::verbs!(CardNumber);
