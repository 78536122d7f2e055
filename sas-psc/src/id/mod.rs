//! The numbers of French health: one file each, parsed once, then held as a type.
//!
//! `parse` is the only door: a number you hold is a number that passed. Each kind has the same verbs: `check` (bytes in,
//! no allocation where the number has a fixed length), `parse`, `as_str`, `is_test_number`, `Display`, `FromStr` and
//! serde as a string. Identifiers mask themselves in `Debug`. [`check()`] does any kind by name and tells the reason;
//! [`judge`] is the same without allocating; with the feature `arrow`, `column` does whole columns.
//!
//! | what users of the directory and of PSC trip over | here |
//! |---|---|
//! | an RPPS number given where the national identifier is wanted, or the other way round | two types, [`Rpps::to_id_nat`] and [`IdNat::rpps`]; [`IdNat::typed`] takes both from a person; the `8` is no digit of the key |
//! | «identifier-type» of a FHIR search filled with a number | [`fhir::token`] writes `system\|value`, [`fhir::FhirIdentifier`] reads it |
//! | `http://rpps.fr` in v1, `https://rpps.esante.gouv.fr` in v2, and the latter on activities too | [`fhir::FhirIdentifier::read`]: type code first, then system and shape |
//! | test cards with letters (`0B6077602`) that no Luhn accepts | taken for their form, told by `test_number`, refused on demand |
//! | identities that are no number (PSI, sandbox) breaking the sign-in | [`IdNat::parse`] lets them through, [`IdNat::kind`] says `Other` |
//! | leading zeros lost by a spreadsheet or a data frame | `column::Column::Integer` reads them back |
//! | professionals' numbers in logs | `Debug` masks, errors hold none |
//! | «invalid» without a reason | [`Reason`], and an error code for each |
//!
//! Refusals come in one order for every kind: a character that the kind never holds, then the length, then a letter
//! where a digit stands, then zeros only, then the key.

mod adeli;
mod card_number;
mod check;
#[cfg(feature = "arrow")]
pub mod column;
mod digits;
pub mod fhir;
mod finess;
mod id_nat;
mod ins;
mod luhn;
mod rpps;
mod siren;
mod siret;
mod structure;
mod structure_technical;
mod verdict;

pub use adeli::Adeli;
pub use card_number::CardNumber;
pub use check::{Checked, Depth, Kind, Reason, check, grouped, normalized};
pub use finess::Finess;
pub use id_nat::{IdNat, IdNatKind};
pub use ins::Ins;
pub use rpps::Rpps;
pub use siren::Siren;
pub use siret::Siret;
pub use structure::{StructureId, StructureKind};
pub use structure_technical::StructureTechnicalId;
pub use verdict::{Verdict, judge};

/// A number with all but its last four characters hidden, for `Debug`.
pub(crate) fn masked(text: &str, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let tail = text.char_indices().rev().nth(3).filter(|(at, _)| *at > 0).map_or("", |(at, _)| &text[at..]);
    write!(f, "•••{tail}")
}
