//! The check of a number of any kind, without allocating: what columns of millions and small machines use.
//!
//! The same answer as [`check`](super::check()), which adds the texts. Nothing here keeps the value: a verdict says where
//! in it the number stands. [`judge`] itself needs `core` alone.

use super::check::{Depth, Kind, Reason};
use super::{
    Adeli, CardNumber, Finess, IdNat, IdNatKind, Ins, Rpps, Siren, Siret, digits, id_nat, structure,
    structure_technical,
};
use crate::error::Code;
use std::borrow::Cow;
use std::ops::Range;

/// No number of any kind is longer, in bytes.
const LONGEST: usize = 64;

/// What a check found, apart from the value itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// The kind asked for; with [`Kind::Auto`] the one found, still `auto` when none was.
    pub kind: Kind,
    /// How far the check went.
    pub checked: Depth,
    /// Whether it is a test number, accepted or not.
    pub test_number: bool,
    /// Why it is refused, when it is.
    pub reason: Option<Reason>,
    /// Where in the value the number stands: white space at both ends is no part of it.
    at: Range<usize>,
    /// Whether it holds a small letter that its kind has in capitals.
    small: bool,
}

impl Verdict {
    /// Whether the number is accepted.
    pub const fn is_valid(&self) -> bool {
        self.reason.is_none()
    }

    /// The error code that says it, when the number is refused.
    pub fn code(&self) -> Option<Code> {
        self.reason.map(|reason| reason.code(self.test_number))
    }

    /// The number as it should be stored, out of the same `value`, when it is valid. It is borrowed unless a letter has
    /// to be capitalised.
    pub fn normalized<'value>(&self, value: &'value str) -> Option<Cow<'value, str>> {
        let number = self.is_valid().then(|| value.get(self.at.clone())).flatten()?;
        Some(if self.small { Cow::Owned(number.to_ascii_uppercase()) } else { Cow::Borrowed(number) })
    }

    /// Whether the value of this length, in bytes, is already as it should be stored.
    #[cfg(feature = "arrow")]
    pub(super) fn is_normal(&self, length: usize) -> bool {
        !self.small && self.at == (0..length)
    }
}

/// Checks `value` as a number of this kind, as [`check`](super::check()) does, without allocating or keeping it.
///
/// ```
/// use sas_psc::id::{judge, Kind, Reason};
///
/// let verdict = judge(Kind::Rpps, " 99700218896", false);
/// assert!(verdict.is_valid() && verdict.test_number);
/// assert_eq!(verdict.normalized(" 99700218896").unwrap(), "99700218896");
/// assert_eq!(judge(Kind::Rpps, "99700218896", true).reason, Some(Reason::NeverAllocated));
/// ```
pub fn judge(kind: Kind, value: &str, refuse_test_numbers: bool) -> Verdict {
    let number = value.trim();
    let start = number.as_ptr() as usize - value.as_ptr() as usize;
    let at = start..start + number.len();
    let mut place = [0; LONGEST];
    let Some(capitals) = place.get_mut(..number.len()) else {
        let (kind, reason) = too_long(kind, number);
        return Verdict { kind, checked: Depth::Format, test_number: false, reason: Some(reason), at, small: false };
    };
    capitals.copy_from_slice(number.as_bytes());
    capitals.make_ascii_uppercase();
    let kind = if kind == Kind::Auto { found(capitals) } else { kind };
    let as_typed = matches!(kind, Kind::IdNat | Kind::Opaque);
    let (checked, test_number, reason) =
        match examine(kind, number, if as_typed { number.as_bytes() } else { capitals }) {
            Ok((checked, test)) => (checked, test, (test && refuse_test_numbers).then_some(Reason::NeverAllocated)),
            Err(code) => {
                let (depth, reason) = reason(code);
                (depth, false, Some(reason))
            }
        };
    let small = !as_typed && capitals != number.as_bytes();
    Verdict { kind, checked, test_number, reason, at, small }
}

/// What is wrong with a number that is too long for any kind: a character that its kind never holds comes first.
fn too_long(kind: Kind, number: &str) -> (Kind, Reason) {
    let all = |holds: fn(&u8) -> bool| number.as_bytes().iter().all(holds);
    let held = match kind {
        Kind::Auto if number.contains('/') => return (Kind::IdNat, Reason::Length),
        Kind::Auto => return (Kind::Auto, Reason::KindUnknown),
        Kind::Rpps | Kind::Siren | Kind::Siret | Kind::CardNumber => all(u8::is_ascii_digit),
        Kind::Ins => all(|byte| matches!(byte, b'0'..=b'9' | b'A' | b'B' | b'a' | b'b')),
        Kind::Adeli | Kind::Finess | Kind::Structure | Kind::StructureTechnical => all(u8::is_ascii_alphanumeric),
        Kind::IdNat | Kind::Opaque => true,
    };
    (kind, if held { Reason::Length } else { Reason::Character })
}

/// How far the check of an accepted number went, and whether it is a test number; `bytes` is what the kind holds of it.
fn examine(kind: Kind, number: &str, bytes: &[u8]) -> Result<(Depth, bool), Code> {
    let depth = |key| if key { Depth::Key } else { Depth::Format };
    match kind {
        Kind::Rpps => Rpps::check(bytes).map(|n| (Depth::Key, n.is_test_number())),
        Kind::Adeli => Adeli::check(bytes).map(|n| (depth(n.has_key()), n.is_test_number())),
        Kind::Finess => Finess::check(bytes).map(|n| (depth(n.has_key()), n.is_test_number())),
        Kind::Siren => Siren::check(bytes).map(|n| (Depth::Key, n.is_test_number())),
        Kind::Siret => Siret::check(bytes).map(|n| (Depth::Key, n.is_test_number())),
        Kind::Ins => Ins::check(bytes).map(|_| (Depth::Key, false)),
        Kind::IdNat => IdNat::check(bytes).map(|kind| {
            let key = kind == IdNatKind::Rpps || kind == IdNatKind::Adeli && bytes[2].is_ascii_digit();
            (depth(key), id_nat::is_test(bytes))
        }),
        Kind::Structure => structure::shape(bytes).map(|_| (Depth::Format, structure::is_test(bytes))),
        Kind::StructureTechnical => {
            structure_technical::shape(bytes).map(|()| (Depth::Format, structure_technical::is_test(bytes)))
        }
        Kind::CardNumber => CardNumber::check(bytes).map(|_| (Depth::Format, false)),
        Kind::Opaque => id_nat::opaque(number).map(|()| (Depth::Format, false)),
        Kind::Auto => Err(Code::ID_KIND_UNKNOWN),
    }
}

fn reason(code: Code) -> (Depth, Reason) {
    match code {
        Code::ID_LENGTH => (Depth::Format, Reason::Length),
        Code::ID_CHARACTER => (Depth::Format, Reason::Character),
        Code::ID_KEY => (Depth::Key, Reason::Key),
        Code::ID_WITHDRAWN => (Depth::Format, Reason::Withdrawn),
        Code::ID_NEVER_ALLOCATED => (Depth::Format, Reason::NeverAllocated),
        _ => (Depth::Format, Reason::KindUnknown),
    }
}

/// The kind whose shape a text of at most [`LONGEST`] bytes has, its letters in capitals.
fn found(bytes: &[u8]) -> Kind {
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    let nine = |bytes: &[u8]| digits::nine(bytes).is_ok();
    match bytes {
        _ if id_nat::is_uuid(bytes) => Kind::Opaque,
        [b'A', b'N', b'S', rest @ ..] if !rest.is_empty() && digits(rest) => Kind::Opaque,
        _ if bytes.contains(&b'/') => Kind::IdNat,
        [b'F' | b'C' | b'R', rest @ ..] if digits(rest) || nine(rest) => Kind::StructureTechnical,
        [b'0', rest @ ..] if nine(rest) => Kind::IdNat,
        [b'1', rest @ ..] if nine(rest) && !digits(rest) => Kind::Structure,
        _ if nine(bytes) => Kind::Finess,
        _ if bytes.len() == 15 && bytes[5] == b'2' && matches!(bytes[6], b'A' | b'B') => Kind::Ins,
        _ if !digits(bytes) => Kind::Auto,
        _ => match (bytes.len(), bytes.first()) {
            (10, Some(b'2'..=b'8')) => Kind::CardNumber,
            (11, _) => Kind::Rpps,
            (12, Some(b'0')) => Kind::Structure,
            (12, _) => Kind::IdNat,
            (14, _) => Kind::Siret,
            (15, Some(b'3' | b'4')) => Kind::Structure,
            (15, _) => Kind::Ins,
            _ => Kind::Auto,
        },
    }
}
