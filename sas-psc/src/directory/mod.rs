//! The national directory on disk: the extract of ANS becomes an index that answers in microseconds, offline.
//!
//! [`Builder`] reads `PS_LibreAcces_Personne_activite` and `PS_LibreAcces_SavoirFaire` (data.gouv.fr, Licence Ouverte 2.0)
//! and writes an index; [`Index`] opens one over any bytes; [`compare`] tells two apart. All of it works over `Read`,
//! `Write` and `&[u8]`: files, folders and the swap are the store's. The bytes are described in `FORMAT.md`.
//!
//! A [`Record`] borrows from the index and cuts a field out when it is asked; [`Record::to_professional`] makes the value
//! that PSC and the card describe too. Diplomas, cards and MSSanté addresses are other files, not read here. The online
//! directory is asked by [`fhir`].
//!
//! ```
//! use sas_psc::directory::{Builder, Index, Origin, Query, Quiet};
//!
//! let mut builder = Builder::new(Vec::new())?;
//! builder.read(&include_bytes!("../../../vectors/directory/extract.txt")[..], &mut Quiet)?;
//! let (bytes, built) = builder.finish(&Origin { date: "2026-09-23".into() })?;
//! let index = Index::open(bytes)?;
//! assert_eq!(u64::from(index.len()), built.people);
//! let found = index.search(&Query { name: "de la tour", ..Query::default() })?;
//! assert_eq!(found[0].family_name(), "DE LA TOUR D'ARGENT");
//! # Ok::<(), sas_psc::Error>(())
//! ```

mod archive;
mod assembly;
mod builder;
mod columns;
pub mod danger;
mod delta;
pub mod fhir;
mod fold;
mod index;
mod key;
mod layout;
mod meta;
mod record;
mod reject;
mod rows;
mod search;
mod summary;
mod texts;
mod view;
mod writer;

pub use archive::extract_size;
pub use builder::{Builder, Built, Observer, Progress, Quiet};
pub use columns::Column;
pub use delta::{Change, compare};
pub use index::Index;
pub use meta::{Meta, Origin};
pub use record::{Cells, Record, Row};
pub use reject::{Reason, Reject};
pub use search::Query;
pub use summary::{Summary, SummaryActivity, SummaryPractice};

#[cfg(test)]
mod tests;
