//! IdNat_Struct: the national identifier of a structure, a type and a value (TRE_G07, OID 1.2.250.1.71.1.2.14).
//!
//! It stands in the OU of certificates (`318751275100020`: SIRET). Its source is a certificate or the directory, never
//! a keyboard, so the form is checked and the key is not: [`StructureId::value`] parsed as its own type tells the key.

use super::digits;
use crate::error::Code;
use serde::{Deserialize, Serialize};

/// What kind of number a [`StructureId`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StructureKind {
    /// 0: ADELI practice (cabinet), 11 digits.
    AdeliPractice,
    /// 1: FINESS.
    Finess,
    /// 2: SIREN.
    Siren,
    /// 3: SIRET.
    Siret,
    /// 4: RPPS practice (cabinet): an RPPS number and a rank of 3 digits.
    RppsPractice,
    /// 40: national structure number.
    National,
}

impl StructureKind {
    /// The type as it stands in front of the value.
    pub const fn prefix(self) -> &'static str {
        match self {
            StructureKind::AdeliPractice => "0",
            StructureKind::Finess => "1",
            StructureKind::Siren => "2",
            StructureKind::Siret => "3",
            StructureKind::RppsPractice => "4",
            StructureKind::National => "40",
        }
    }
}

/// The national identifier of a structure.
///
/// ```
/// use sas_psc::id::{StructureId, StructureKind};
///
/// let practice = StructureId::parse("499700366240007")?;
/// assert_eq!((practice.kind(), practice.value()), (StructureKind::RppsPractice, "99700366240007"));
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StructureId {
    text: String,
}

impl StructureId {
    /// Reads an identifier of a kind in use; the form of its value is checked, the key is not.
    ///
    /// # Errors
    /// `id-character`, `id-length`, `id-withdrawn` (5 and 6, ended in 2016), `id-kind-unknown`.
    pub fn check(text: &[u8]) -> Result<StructureId, Code> {
        shape(text)?;
        Ok(StructureId { text: String::from_utf8_lossy(text).into_owned() })
    }

    /// The identifier, type and value.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The kind of number.
    pub fn kind(&self) -> StructureKind {
        // The text was read by `shape`, so the last arm is never taken.
        shape(self.text.as_bytes()).unwrap_or(StructureKind::National)
    }

    /// The number without its type.
    pub fn value(&self) -> &str {
        &self.text[self.kind().prefix().len()..]
    }

    /// The type apart, then the number in its usual groups: `3 187 512 751 00020`, with no-break spaces. Numbers without
    /// usual groups stay whole.
    pub fn grouped(&self) -> String {
        let value = self.value();
        let number = match self.kind() {
            StructureKind::Finess | StructureKind::Siren => digits::in_threes(value),
            StructureKind::Siret => digits::grouped(value, &[3, 3, 3, 5]),
            StructureKind::RppsPractice => digits::grouped(value, &[2, 3, 3, 3, 3]),
            StructureKind::AdeliPractice | StructureKind::National => value.to_owned(),
        };
        format!("{}\u{a0}{number}", self.kind().prefix())
    }

    /// Whether the number in it is a test number.
    pub fn is_test_number(&self) -> bool {
        is_test(self.text.as_bytes())
    }
}

digits::verbs!(StructureId);

/// The kind, by type and form. An RPPS number never starts with 0, so `40` is never a practice's.
pub(super) fn shape(text: &[u8]) -> Result<StructureKind, Code> {
    let national = |value: &[u8]| if value.len() > 62 { Err(Code::ID_LENGTH) } else { digits::word(value) };
    match text {
        [b'4', b'0', value @ ..] => national(value).map(|()| StructureKind::National),
        [b'0', value @ ..] => digits::exactly::<11>(value).map(|_| StructureKind::AdeliPractice),
        [b'1', value @ ..] => digits::nine(value).map(|_| StructureKind::Finess),
        [b'2', value @ ..] => digits::exactly::<9>(value).map(|_| StructureKind::Siren),
        [b'3', value @ ..] => digits::exactly::<14>(value).map(|_| StructureKind::Siret),
        [b'4', value @ ..] => digits::exactly::<14>(value).map(|_| StructureKind::RppsPractice),
        [b'5' | b'6', ..] => Err(Code::ID_WITHDRAWN),
        [] => Err(Code::ID_LENGTH),
        _ => Err(Code::ID_KIND_UNKNOWN),
    }
}

pub(super) fn is_test(text: &[u8]) -> bool {
    match (shape(text), text.get(1..).unwrap_or_default()) {
        (Ok(StructureKind::Finess), value) => digits::nine_is_test(value),
        (Ok(StructureKind::Siren | StructureKind::Siret), value) => digits::siren_is_test(value),
        (Ok(StructureKind::RppsPractice), value) => digits::rpps_is_test(value),
        _ => false,
    }
}
