//! The numbers of French health: one file each, parsed once, then held as a type.
//!
//! `parse` is the only door: a number you hold is a number that passed. Each kind has the same verbs: `check` (bytes in,
//! no allocation where the number has a fixed length), `parse`, `as_str`, `is_test_number`, `Display`, `FromStr` and
//! serde as a string. Identifiers mask themselves in `Debug`. [`check()`] does any kind by name and tells the reason.
//!
//! Refusals come in one order for every kind: a character that the kind never holds, then the length, then a letter
//! where a digit stands, then zeros only, then the key.

mod adeli;
mod card_number;
mod check;
mod digits;
mod finess;
mod id_nat;
mod ins;
mod luhn;
mod rpps;
mod siren;
mod siret;
mod structure;
mod structure_technical;

pub use adeli::Adeli;
pub use card_number::CardNumber;
pub use check::{Checked, Depth, Kind, Reason, check};
pub use finess::Finess;
pub use id_nat::{IdNat, IdNatKind};
pub use ins::Ins;
pub use rpps::Rpps;
pub use siren::Siren;
pub use siret::Siret;
pub use structure::{StructureId, StructureKind};
pub use structure_technical::StructureTechnicalId;

/// A number with all but its last four characters hidden, for `Debug`.
pub(crate) fn masked(text: &str, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let tail = text.char_indices().rev().nth(3).filter(|(at, _)| *at > 0).map_or("", |(at, _)| &text[at..]);
    write!(f, "•••{tail}")
}
