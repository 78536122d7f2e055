//! The numbers of French health: one file each, parsed once, then held as a type.
//!
//! `parse` is the only door: a number you hold is a number that passed. Identifiers mask themselves in `Debug`.

mod id_nat;
mod luhn;
mod rpps;

pub use id_nat::IdNat;
pub use rpps::Rpps;

/// A number with all but its last four characters hidden, for `Debug`.
pub(crate) fn masked(text: &str, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let tail = text.char_indices().rev().nth(3).filter(|(at, _)| *at > 0).map_or("", |(at, _)| &text[at..]);
    write!(f, "•••{tail}")
}
