//! Checks a number of any kind and tells why it is refused: what the command, C and Python show as it is.
//!
//! Unlike the `parse` of each kind, this is for what people type and files hold: white space at both ends is dropped
//! and letters are capitalised where the kind has only capitals. Separators inside are never dropped.

use super::{
    Adeli, CardNumber, Finess, IdNat, IdNatKind, Ins, Rpps, Siren, Siret, id_nat, structure, structure_technical,
};
use crate::error::{Code, Error, Result};
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$item])* $variant,)* }

        impl $name {
            /// All of them, in the order of the documentation.
            pub const ALL: &[$name] = &[$($name::$variant),*];

            /// The word for it in commands, JSON, C and Python.
            pub const fn name(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    };
}

words! {
    /// A kind of number. `FromStr` reads its [`name`](Kind::name).
    Kind {
        /// Find the kind by the shape of the value, see [`check`].
        Auto "auto",
        /// [`Rpps`]
        Rpps "rpps",
        /// [`Adeli`]
        Adeli "adeli",
        /// [`Finess`]
        Finess "finess",
        /// [`Siren`]
        Siren "siren",
        /// [`Siret`]
        Siret "siret",
        /// [`IdNat`], of a kind in use
        IdNat "id-nat",
        /// [`StructureId`](super::StructureId)
        Structure "structure",
        /// [`StructureTechnicalId`](super::StructureTechnicalId)
        StructureTechnical "structure-technical",
        /// [`Ins`]
        Ins "ins",
        /// [`CardNumber`]
        CardNumber "card-number",
        /// Anything a token may carry: 1 to 64 bytes, printable, without spaces
        Opaque "opaque",
    }
}

words! {
    /// How far a check went.
    Depth {
        /// The check key was computed.
        Key "key",
        /// Only the form was looked at: the kind or this value has no key, or the form is already wrong.
        Format "format",
    }
}

words! {
    /// Why a number is refused.
    Reason {
        /// Too short or too long.
        Length "length",
        /// A character that the kind does not have there.
        Character "character",
        /// The check key is wrong.
        Key "key",
        /// The kind was withdrawn.
        Withdrawn "withdrawn",
        /// Never given to anyone: zeros only, or a test number where those are refused.
        NeverAllocated "never-allocated",
        /// No kind that we know.
        KindUnknown "kind-unknown",
    }
}

impl FromStr for Kind {
    type Err = Error;

    /// # Errors
    /// `id-kind-unknown`.
    fn from_str(word: &str) -> Result<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.name() == word).ok_or_else(|| Error::new(Code::ID_KIND_UNKNOWN))
    }
}

/// What a check found. Its JSON is the line that `sas-psc id check --json` prints.
///
/// It holds the number as given, for the caller to match its rows: it masks itself in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Checked {
    /// The value as given.
    pub value: String,
    /// The kind asked for; with [`Kind::Auto`] the one found, still `auto` when none was.
    pub kind: Kind,
    /// Whether the number is accepted.
    pub valid: bool,
    /// How far the check went.
    pub checked: Depth,
    /// The number as it should be stored, when it is valid.
    pub normalized: Option<String>,
    /// Whether it is a test number, accepted or not.
    pub test_number: bool,
    /// Why it is refused, when it is.
    pub reason: Option<Reason>,
}

impl Checked {
    /// The error code that says it, when the number is refused.
    pub fn code(&self) -> Option<Code> {
        Some(match self.reason? {
            Reason::Length => Code::ID_LENGTH,
            Reason::Character => Code::ID_CHARACTER,
            Reason::Key => Code::ID_KEY,
            Reason::Withdrawn => Code::ID_WITHDRAWN,
            Reason::NeverAllocated if self.test_number => Code::ID_TEST_NUMBER,
            Reason::NeverAllocated => Code::ID_NEVER_ALLOCATED,
            Reason::KindUnknown => Code::ID_KIND_UNKNOWN,
        })
    }
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked")
            .field("kind", &self.kind)
            .field("valid", &self.valid)
            .field("checked", &self.checked)
            .field("test_number", &self.test_number)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// Checks `value` as a number of this kind.
///
/// With [`Kind::Auto`] the shape alone decides, never the key, so that a mistyped number is told as mistyped:
///
/// | shape | kind |
/// |---|---|
/// | 11 digits | `rpps` |
/// | 9 characters, the second a digit or a letter | `finess`: an ADELI or SIREN number looks the same and has the same key |
/// | 10 characters from `0` | `id-nat` (ADELI) |
/// | 10 characters from `1`, the third a letter | `structure` (FINESS) |
/// | 10 digits from `2` to `8` | `card-number`; from `1` or `9` it is rather an RPPS number short of a digit: refused |
/// | 12 digits from `0` | `structure` (ADELI practice) |
/// | 12 other digits | `id-nat` |
/// | 14 digits | `siret` |
/// | 15 digits from `3` or `4` | `structure` (SIRET, RPPS practice) |
/// | 15 other characters, digits but for `A` or `B` | `ins` |
/// | a `/` inside | `id-nat` |
/// | `F`, `C` or `R` and digits | `structure-technical` |
/// | a UUID (PSI identity), `ANS` and digits (PSC sandbox) | `opaque` |
/// | anything else | stays `auto`, refused as `kind-unknown` |
///
/// ```
/// use sas_psc::id::{check, Kind, Reason};
///
/// assert!(check(Kind::Auto, "99700218896", false).valid);
/// let refused = check(Kind::Rpps, "99700218897", false);
/// assert_eq!(refused.reason, Some(Reason::Key));
/// ```
pub fn check(kind: Kind, value: &str, refuse_test_numbers: bool) -> Checked {
    let trimmed = value.trim();
    let capitals = trimmed.to_ascii_uppercase();
    let kind = if kind == Kind::Auto { found(trimmed, &capitals) } else { kind };
    let text = match kind {
        Kind::IdNat | Kind::Opaque => trimmed,
        _ => &capitals,
    };
    let (checked, test_number, refused) = match examine(kind, text) {
        Ok((checked, test)) => (checked, test, (test && refuse_test_numbers).then_some(Reason::NeverAllocated)),
        Err(code) => {
            let (depth, reason) = reason(code);
            (depth, false, Some(reason))
        }
    };
    Checked {
        value: value.to_owned(),
        kind,
        valid: refused.is_none(),
        checked,
        normalized: refused.is_none().then(|| text.to_owned()),
        test_number,
        reason: refused,
    }
}

/// How far the check of an accepted number went, and whether it is a test number.
fn examine(kind: Kind, text: &str) -> std::result::Result<(Depth, bool), Code> {
    let bytes = text.as_bytes();
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
        Kind::Opaque => IdNat::parse(text).map(|_| (Depth::Format, false)).map_err(|error| error.code()),
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

/// The kind whose shape `text` has; `capitals` is the same in capitals.
fn found(text: &str, capitals: &str) -> Kind {
    let bytes = capitals.as_bytes();
    let digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    let nine = |bytes: &[u8]| super::digits::nine(bytes).is_ok();
    match bytes {
        _ if id_nat::is_uuid(bytes) => Kind::Opaque,
        [b'A', b'N', b'S', rest @ ..] if !rest.is_empty() && digits(rest) => Kind::Opaque,
        _ if text.contains('/') => Kind::IdNat,
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
