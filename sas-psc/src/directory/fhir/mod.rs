//! The online directory: Annuaire Santé over FHIR R4, its requests and its answers as values.
//!
//! A [`Server`] asks: [`Server::lookup`] finds people by their identifiers with every practice and activity,
//! [`Server::page`] and [`Server::page_after`] read the pages of a [`Search`]. Both are [`Exchange`](crate::base::Exchange)s
//! that a driver sends (`drive::tokio::Fhir`, `drive::blocking::Fhir`), slowly enough for ANS ([`Pace`]). Version 2 of the
//! API is what is asked; what version 1 answered is read too.
//!
//! One Practitioner is one profession of a person: those of one person come as one [`Person`]. What an answer leaves out
//! stays unknown, and a reference to nowhere is counted, never an error. Devices and healthcare services are not read.
//!
//! Source: ansforge/annuaire-sante-fhir-documentation (guide, version 2), ansforge/IG-fhir-annuaire 1.2.

mod answer;
mod ask;
mod cursor;
mod lookup;
mod pace;
mod page;
mod people;
mod places;
mod resource;
mod search;
mod server;

pub use answer::Answer;
pub use cursor::Cursor;
pub use lookup::Lookup;
pub use pace::Pace;
pub use page::{Page, PageRequest};
pub use people::{Card, Person};
pub use places::Organization;
pub use search::{Resource, Search};
pub use server::Server;

#[cfg(test)]
mod tests;
