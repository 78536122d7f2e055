//! The terms (CGU) a person is shown, their answer, and the record that proves it.
//!
//! 1. [`Terms`] holds every [`TermsVersion`]; [`Terms::needed`] says at each sign-in what to ask;
//! 2. [`Presented`] is the text as shown, [`Presented::accept`] gives [`TermsAcceptance`];
//! 3. a [`Recorder`] makes the [`Record`], a [`Leaf`] commits to it: the log holds the leaf's entry, a private place
//!    the record and the salt.

mod answer;
mod encoding;
mod hash;
mod leaf;
pub mod merkle;
mod record;
mod terms;
#[cfg(test)]
mod tests;
mod tlv;

pub use answer::{ConsentAnswer, Presented, TermsAcceptance, TermsRefusal};
pub use hash::Sha256;
pub use leaf::Leaf;
pub use record::{Event, Fields, Keeping, Kind, Record, RecordId, Recorder, SignedIn, principal};
pub use terms::{Change, Document, Need, Shown, Terms, TermsVersion};
