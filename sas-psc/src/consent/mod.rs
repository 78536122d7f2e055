//! The terms (CGU) a person is shown, their answer, and the record that proves it.
//!
//! 1. [`Terms`] holds every [`TermsVersion`]; [`Terms::needed`] says at each sign-in what to ask;
//! 2. [`Presented`] is the text as shown, [`Presented::accept`] gives [`TermsAcceptance`];
//! 3. a [`Declaration`] answers one exact [`Statement`], an [`Evidence`] lies sealed beside its record;
//! 4. a [`Recorder`] makes the [`Record`], a [`Leaf`] commits to it: the log holds the leaf's entry, a private place
//!    the record and the salt.
//!
//! With feature `log`, the log itself as values: [`Growth`] makes its files, [`SignedCheckpoint`] signs its head,
//! [`Receipt`] and [`Opening`] are what a person keeps, [`audit()`] reads all of it. `store` keeps it on disk.

mod account;
mod answer;
#[cfg(feature = "log")]
mod audit;
#[cfg(feature = "log")]
mod checkpoint;
#[cfg(feature = "log")]
mod continuation;
mod declaration;
#[cfg(feature = "log")]
mod diagnosis;
mod difference;
mod encoding;
mod evidence;
#[cfg(feature = "log")]
mod growth;
mod hash;
mod iso27560;
mod leaf;
pub mod merkle;
#[cfg(feature = "log")]
mod note;
#[cfg(feature = "receipt-page")]
mod page;
#[cfg(feature = "log")]
#[cfg_attr(docsrs, doc(cfg(feature = "log")))]
pub mod proof;
mod readable;
#[cfg(feature = "log")]
mod receipt;
mod record;
mod terms;
#[cfg(test)]
mod tests;
#[cfg(feature = "log")]
#[cfg_attr(docsrs, doc(cfg(feature = "log")))]
pub mod tile;
#[cfg(feature = "log")]
mod timestamp;
mod title;
mod tlv;

pub use account::{AccountEvent, AccountFact, AccountParty, PLATFORM, account_hash};
pub use answer::{ConsentAnswer, Presented, TermsAcceptance, TermsRefusal};
#[cfg(feature = "log")]
pub use audit::{Audit, AuditReport, Held, HeldRecords, Problem, ProblemKind, Where, audit};
#[cfg(feature = "log")]
pub use checkpoint::{Checkpoint, SignedCheckpoint};
#[cfg(feature = "log")]
pub use continuation::Continuation;
pub use declaration::{Declaration, Declared, Statement, Writer, WrittenBy};
pub use difference::{DifferenceLine, DocumentChange, LineChange, TermsDifference};
#[cfg(any(feature = "psc", feature = "card"))]
pub use evidence::SealedEvidence;
pub use evidence::{Evidence, EvidenceKind, NamedEvidence};
#[cfg(feature = "log")]
pub use growth::Growth;
pub use hash::Sha256;
pub use leaf::Leaf;
#[cfg(feature = "log")]
pub use note::{SigningKey, VerifierKey};
#[cfg(feature = "log")]
pub use receipt::{Logged, Opening, Proven, Receipt, verify_receipt};
pub use record::{Event, Fields, Keeping, Kind, Record, RecordId, Recorder, SignedIn, principal};
pub use terms::{Change, Document, Need, Shown, Terms, TermsVersion};
