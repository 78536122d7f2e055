//! Columns of numbers checked where they are: taken and given back over the Arrow C Data Interface.
//!
//! Source: Apache Arrow, «The Arrow C data interface» and «The Arrow C stream interface» (format version 1.3). The faces
//! for C and Python both stand on this crate, so that the one place where foreign memory is believed is written once.
//! The checks are `sas_psc::id::column`'s; nothing here decides what a number is.
//!
//! What is believed, and cannot be checked: that pointers are valid, as long as the interface says, for the lengths that
//! an array states. Everything else is checked: formats, counts, signs, alignment; offsets by the checks themselves.
//!
//! It uses no Arrow library: the interface is three C structures that never change, a library is 30 crates whose major
//! version moves every three months and would bind every user to ours.
#![deny(clippy::undocumented_unsafe_blocks)]

mod abi;
mod answer;
mod check;
mod give;
mod take;

pub use abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
pub use answer::Answer;
pub use check::{Ask, check_array, check_stream};

#[cfg(test)]
mod tests;
