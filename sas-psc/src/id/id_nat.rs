//! IdNat_PS: the national identifier of a person, one type digit and a value (TRE_G08, OID 1.2.250.1.71.1.2.15).
//!
//! The same string stands in `SubjectNameID` of a PSC token and in the CN of a card certificate. [`IdNat::parse`] is
//! tolerant: foreign identities (`ANS2021010716`, a PSI UUID) and numbers with a wrong key come through as received,
//! since it is eligibility that decides what one may do. [`IdNat::check`] is for what a person types.

use super::{Adeli, Rpps, digits, masked};
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// What kind of number an [`IdNat`] holds: its first digit, when the rest has that kind's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdNatKind {
    /// 0: ADELI number.
    Adeli,
    /// 1: staff of an ADELI practice (cabinet), `1cabinet/internal`.
    AdeliPractice,
    /// 2: DRASS number of an intern, withdrawn on 2020-05-29.
    Drass,
    /// 3: staff of a health establishment, `3finess/internal`.
    Finess,
    /// 4: staff of a company, `4siren/internal`.
    Siren,
    /// 5: staff of a company's site, `5siret/internal`.
    Siret,
    /// 6: staff of an RPPS practice (cabinet), `6rpps-and-rank/internal`.
    RppsPractice,
    /// 8: RPPS number.
    Rpps,
    /// 9: student number, withdrawn on 2020-05-29.
    Student,
    /// Anything else: a PSI UUID, an identity of the PSC sandbox, a kind to come.
    Other,
}

impl IdNatKind {
    /// The type digit; none for [`IdNatKind::Other`].
    pub const fn digit(self) -> Option<u8> {
        Some(match self {
            IdNatKind::Adeli => 0,
            IdNatKind::AdeliPractice => 1,
            IdNatKind::Drass => 2,
            IdNatKind::Finess => 3,
            IdNatKind::Siren => 4,
            IdNatKind::Siret => 5,
            IdNatKind::RppsPractice => 6,
            IdNatKind::Rpps => 8,
            IdNatKind::Student => 9,
            IdNatKind::Other => return None,
        })
    }

    /// Whether no new number of this kind has been given since 2020.
    pub const fn is_withdrawn(self) -> bool {
        matches!(self, IdNatKind::Drass | IdNatKind::Student)
    }

    /// Whether the number is a professional's own; else it is a staff number of a structure, withdrawn or unknown.
    pub const fn is_professional(self) -> bool {
        matches!(self, IdNatKind::Rpps | IdNatKind::Adeli)
    }
}

/// A national identifier as its source spells it: 1 to 64 bytes, printable, without spaces.
///
/// ```
/// use sas_psc::id::{IdNat, IdNatKind};
///
/// let staff = IdNat::parse("30B0057881/CPET0002")?;
/// assert_eq!(staff.kind(), IdNatKind::Finess);
/// assert_eq!((staff.structure(), staff.internal()), (Some("0B0057881"), Some("CPET0002")));
///
/// let psi = IdNat::parse("019c5172-a5c0-7188-b81f-5c16807b9140")?;
/// assert_eq!(psi.kind(), IdNatKind::Other);
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdNat(String);

impl IdNat {
    /// Takes an identifier from a token or a certificate, known or not, its key right or not.
    ///
    /// # Errors
    /// `id-length` when empty or longer than 64 bytes; `id-character` for a space, or what is no visible ASCII character.
    pub fn parse(text: &str) -> Result<IdNat> {
        opaque(text).map_err(Error::new)?;
        Ok(IdNat(text.to_owned()))
    }

    /// Reads what a person types to say who they are: a national identifier, or the RPPS number alone.
    ///
    /// ```
    /// use sas_psc::id::IdNat;
    ///
    /// assert_eq!(IdNat::typed("99700218896")?, IdNat::typed("899700218896")?);
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`IdNat::parse`].
    pub fn typed(text: &str) -> Result<IdNat> {
        Rpps::parse(text).map(|rpps| rpps.to_id_nat()).or_else(|_| IdNat::parse(text))
    }

    /// Checks an identifier strictly, without allocating: a kind in use, its shape, and the key of an RPPS or ADELI
    /// number. The structure in kinds 1 and 3 to 6 is checked for its form only.
    ///
    /// # Errors
    /// `id-kind-unknown`, `id-withdrawn`, `id-character`, `id-length` (also for the 11 digits of an RPPS without its
    /// `8`, and for a staff number without `/`), `id-never-allocated`, `id-key`.
    pub fn check(text: &[u8]) -> std::result::Result<IdNatKind, Code> {
        let kind = shape(text)?;
        match (kind, &text[1..]) {
            (IdNatKind::Rpps, value) => Rpps::check(value).map(|_| kind),
            (IdNatKind::Adeli, value) => Adeli::check(value).map(|_| kind),
            _ if kind.is_withdrawn() => Err(Code::ID_WITHDRAWN),
            _ => Ok(kind),
        }
    }

    pub(super) fn of_rpps(rpps: &Rpps) -> IdNat {
        IdNat(format!("8{rpps}"))
    }

    pub(super) fn of_adeli(adeli: &Adeli) -> IdNat {
        IdNat(format!("0{adeli}"))
    }

    /// The identifier as received.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The kind of number, by type digit and shape; the key is not looked at.
    pub fn kind(&self) -> IdNatKind {
        shape(self.0.as_bytes()).unwrap_or(IdNatKind::Other)
    }

    /// The RPPS number, when the identifier is `8` and a valid one.
    pub fn rpps(&self) -> Option<Rpps> {
        self.0.strip_prefix('8').and_then(|value| Rpps::parse(value).ok())
    }

    /// The ADELI number, when the identifier is `0` and a valid one.
    pub fn adeli(&self) -> Option<Adeli> {
        self.0.strip_prefix('0').and_then(|value| Adeli::parse(value).ok())
    }

    /// The type digit apart, then the number in its usual groups: `8 99 700 218 896`, with no-break spaces. Staff numbers
    /// and what is not known stay as they are.
    ///
    /// ```
    /// use sas_psc::id::IdNat;
    ///
    /// assert_eq!(IdNat::parse("899700218896")?.grouped(), "8\u{a0}99\u{a0}700\u{a0}218\u{a0}896");
    /// assert_eq!(IdNat::parse("30B0057881/CPET0002")?.grouped(), "30B0057881/CPET0002");
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    pub fn grouped(&self) -> String {
        match self.kind() {
            IdNatKind::Rpps | IdNatKind::Adeli => {
                let (digit, number) = self.0.split_at(1);
                format!("{digit}\u{a0}{}", digits::in_threes(number))
            }
            _ => self.0.clone(),
        }
    }

    /// The structure of a staff number: what stands between the type digit and `/`.
    pub fn structure(&self) -> Option<&str> {
        self.staff().map(|(structure, _)| structure)
    }

    /// The number inside the structure: what stands after `/`.
    pub fn internal(&self) -> Option<&str> {
        self.staff().map(|(_, internal)| internal)
    }

    /// Whether this is a test identity: the RPPS, ADELI, FINESS, SIREN or SIRET in it is a test number.
    pub fn is_test_number(&self) -> bool {
        is_test(self.0.as_bytes())
    }

    fn staff(&self) -> Option<(&str, &str)> {
        match self.kind() {
            IdNatKind::Other | IdNatKind::Drass | IdNatKind::Student => None,
            _ => self.0[1..].split_once('/'),
        }
    }
}

/// Takes what a token may carry: 1 to 64 bytes, printable, without spaces.
pub(super) fn opaque(text: &str) -> std::result::Result<(), Code> {
    if text.is_empty() || text.len() > 64 {
        return Err(Code::ID_LENGTH);
    }
    // A key of accounts: a letter that looks like another, or cannot be seen, would make two people one.
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Code::ID_CHARACTER);
    }
    Ok(())
}

/// The kind that the type digit names, if the rest has its shape.
fn shape(text: &[u8]) -> std::result::Result<IdNatKind, Code> {
    if text.is_empty() || text.len() > 64 || digits::exactly::<11>(text).is_ok() {
        return Err(Code::ID_LENGTH);
    }
    if is_uuid(text) {
        return Err(Code::ID_KIND_UNKNOWN);
    }
    let value = &text[1..];
    match text[0] {
        b'0' => digits::nine(value).map(|_| IdNatKind::Adeli),
        b'1' => staff(value, digits::word).map(|()| IdNatKind::AdeliPractice),
        b'2' => digits::word(value).map(|()| IdNatKind::Drass),
        b'3' => staff(value, |finess| digits::nine(finess).map(drop)).map(|()| IdNatKind::Finess),
        b'4' => staff(value, |siren| digits::exactly::<9>(siren).map(drop)).map(|()| IdNatKind::Siren),
        b'5' => staff(value, |siret| digits::exactly::<14>(siret).map(drop)).map(|()| IdNatKind::Siret),
        b'6' => staff(value, |rank| digits::exactly::<14>(rank).map(drop)).map(|()| IdNatKind::RppsPractice),
        b'8' => digits::exactly::<11>(value).map(|_| IdNatKind::Rpps),
        b'9' => digits::word(value).map(|()| IdNatKind::Student),
        _ => Err(Code::ID_KIND_UNKNOWN),
    }
}

/// `structure/internal`, the structure as its kind wants it.
fn staff(value: &[u8], structure: fn(&[u8]) -> std::result::Result<(), Code>) -> std::result::Result<(), Code> {
    let mut parts = value.splitn(2, |byte| *byte == b'/');
    structure(parts.next().unwrap_or_default())?;
    digits::word(parts.next().unwrap_or_default())
}

/// Whether the text has the form of a UUID, as PSI identities have.
pub(super) fn is_uuid(text: &[u8]) -> bool {
    let dash = |at| matches!(at, 8 | 13 | 18 | 23);
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| if dash(at) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}

pub(super) fn is_test(text: &[u8]) -> bool {
    match (shape(text), text.get(1..).unwrap_or_default()) {
        (Ok(IdNatKind::Rpps | IdNatKind::RppsPractice), value) => digits::rpps_is_test(value),
        (Ok(IdNatKind::Adeli | IdNatKind::Finess), value) => digits::nine_is_test(value),
        (Ok(IdNatKind::Siren | IdNatKind::Siret), value) => digits::siren_is_test(value),
        _ => false,
    }
}

impl fmt::Display for IdNat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for IdNat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        masked(&self.0, f)
    }
}

impl FromStr for IdNat {
    type Err = Error;
    fn from_str(text: &str) -> Result<IdNat> {
        IdNat::parse(text)
    }
}

impl TryFrom<String> for IdNat {
    type Error = Error;
    fn try_from(text: String) -> Result<IdNat> {
        IdNat::parse(&text)
    }
}

impl From<IdNat> for String {
    fn from(id: IdNat) -> String {
        id.0
    }
}
