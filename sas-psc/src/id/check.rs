//! Checks a number of any kind and tells why it is refused: what the command, C and Python show as it is.
//!
//! Unlike the `parse` of each kind, this is for what people type and files hold: white space at both ends is dropped
//! and letters are capitalised where the kind has only capitals. Separators inside are never dropped. [`judge`] is the
//! same without the texts.

use super::verdict::judge;
use super::{Adeli, CardNumber, Finess, IdNat, Ins, Rpps, Siren, Siret, StructureId, StructureTechnicalId};
use crate::error::{Code, Error, Result};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
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
        /// [`StructureId`]
        Structure "structure",
        /// [`StructureTechnicalId`]
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

impl Reason {
    /// The error code that says it, of a test number or another.
    pub(super) const fn code(self, test_number: bool) -> Code {
        match self {
            Reason::Length => Code::ID_LENGTH,
            Reason::Character => Code::ID_CHARACTER,
            Reason::Key => Code::ID_KEY,
            Reason::Withdrawn => Code::ID_WITHDRAWN,
            Reason::NeverAllocated if test_number => Code::ID_TEST_NUMBER,
            Reason::NeverAllocated => Code::ID_NEVER_ALLOCATED,
            Reason::KindUnknown => Code::ID_KIND_UNKNOWN,
        }
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
        self.reason.map(|reason| reason.code(self.test_number))
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
    let verdict = judge(kind, value, refuse_test_numbers);
    Checked {
        value: value.to_owned(),
        kind: verdict.kind,
        valid: verdict.is_valid(),
        checked: verdict.checked,
        normalized: verdict.normalized(value).map(Cow::into_owned),
        test_number: verdict.test_number,
        reason: verdict.reason,
    }
}

/// The number as it should be stored: what [`check`] finds, or why it is refused.
///
/// # Errors
/// `id-length`, `id-character`, `id-key`, `id-withdrawn`, `id-never-allocated`, `id-kind-unknown`.
pub fn normalized(kind: Kind, value: &str) -> Result<String> {
    let verdict = judge(kind, value, false);
    match verdict.normalized(value) {
        Some(number) => Ok(number.into_owned()),
        None => Err(Error::new(verdict.code().unwrap_or(Code::ID_KIND_UNKNOWN))),
    }
}

/// The number as people read it, in the usual groups of its kind, with no-break spaces. A kind without groups stays whole.
///
/// ```
/// use sas_psc::id::{grouped, Kind};
///
/// assert_eq!(grouped(Kind::Auto, "18751275100020")?, "187\u{a0}512\u{a0}751\u{a0}00020");
/// # Ok::<(), sas_psc::Error>(())
/// ```
///
/// # Errors
/// Those of [`normalized`].
pub fn grouped(kind: Kind, value: &str) -> Result<String> {
    let number = normalized(kind, value)?;
    match judge(kind, value, false).kind {
        Kind::Rpps => Rpps::parse(&number).map(|number| number.grouped()),
        Kind::Adeli => Adeli::parse(&number).map(|number| number.grouped()),
        Kind::Finess => Finess::parse(&number).map(|number| number.grouped()),
        Kind::Siren => Siren::parse(&number).map(|number| number.grouped()),
        Kind::Siret => Siret::parse(&number).map(|number| number.grouped()),
        Kind::IdNat => IdNat::parse(&number).map(|number| number.grouped()),
        Kind::Structure => StructureId::parse(&number).map(|number| number.grouped()),
        Kind::StructureTechnical => StructureTechnicalId::parse(&number).map(|number| number.grouped()),
        Kind::Ins => Ins::parse(&number).map(|number| number.grouped()),
        Kind::CardNumber => CardNumber::parse(&number).map(|number| number.grouped()),
        Kind::Opaque | Kind::Auto => Ok(number),
    }
}
