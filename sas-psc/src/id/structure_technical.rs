//! Technical identifier of a structure: a letter and a number, the directory's own key (`R95141`).
//!
//! Source: «Identifiant technique de la structure» in the directory extract and in PSC's userinfo: `F` and a FINESS,
//! `C` and a SIRET or an ADELI practice, `R` and digits of any length. Form only: the directory is its only source.

use super::digits;
use crate::error::Code;
use serde::{Deserialize, Serialize};

/// The technical identifier of a structure.
///
/// ```
/// use sas_psc::id::StructureTechnicalId;
///
/// assert_eq!(StructureTechnicalId::parse("C39806996300013")?.as_str(), "C39806996300013");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StructureTechnicalId {
    text: String,
}

impl StructureTechnicalId {
    /// Reads `F`, `C` or `R` and its number.
    ///
    /// # Errors
    /// `id-character`, `id-length`, `id-kind-unknown` (another first character).
    pub fn check(text: &[u8]) -> Result<StructureTechnicalId, Code> {
        shape(text)?;
        Ok(StructureTechnicalId { text: String::from_utf8_lossy(text).into_owned() })
    }

    /// The identifier, letter and number.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The letter apart, then the number in its usual groups: `F 540 002 698`, with no-break spaces. Numbers without usual
    /// groups stay whole.
    pub fn grouped(&self) -> String {
        let (letter, value) = self.text.split_at(1);
        let number = match (letter, value.len()) {
            ("F", _) => digits::in_threes(value),
            ("C", 14) => digits::grouped(value, &[3, 3, 3, 5]),
            _ => value.to_owned(),
        };
        format!("{letter}\u{a0}{number}")
    }

    /// Whether the number in it is a test number: a FINESS or SIRET of that form.
    pub fn is_test_number(&self) -> bool {
        is_test(self.text.as_bytes())
    }
}

digits::verbs!(StructureTechnicalId);

pub(super) fn shape(text: &[u8]) -> Result<(), Code> {
    match text {
        [b'F', value @ ..] => digits::nine(value).map(drop),
        [b'C', value @ ..] if value.len() == 11 => digits::exactly::<11>(value).map(drop),
        [b'C', value @ ..] => digits::exactly::<14>(value).map(drop),
        [b'R', value @ ..] if value.iter().all(u8::is_ascii_digit) => match value.len() {
            1..=20 => Ok(()),
            _ => Err(Code::ID_LENGTH),
        },
        [b'R', ..] => Err(Code::ID_CHARACTER),
        [] => Err(Code::ID_LENGTH),
        _ => Err(Code::ID_KIND_UNKNOWN),
    }
}

pub(super) fn is_test(text: &[u8]) -> bool {
    match text {
        [b'F', value @ ..] => digits::nine_is_test(value),
        [b'C', value @ ..] if value.len() == 14 => digits::siren_is_test(value),
        _ => false,
    }
}
