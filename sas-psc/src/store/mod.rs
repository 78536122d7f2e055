//! Where accounts, consent records and visits are kept, the rows of the CIBA guard, and sealed sessions: implementations
//! of [`onboarding::Store`](crate::onboarding::Store), [`email::LimitStore`](crate::email::LimitStore),
//! [`psc::GuardStore`](crate::psc::GuardStore), [`psc::SessionStore`](crate::psc::SessionStore) and
//! [`psc::OnceStore`](crate::psc::OnceStore).
//!
//! [`Memory`] forgets everything when it is dropped; `Sqlite` (feature `sqlite`) keeps it in one file; `Postgres` (feature
//! `postgres`) in a database that many instances share. All pass the suite in `tests/contract/`, which is what a store of
//! your own should pass too. Nothing here is logged.
//!
//! [`AnyStore`] is one of them, chosen by an address when a program starts.
//!
//! [`ConsentLog`] (features `log` and `sqlite`) is the folder of a consent log.

mod any;
#[cfg(feature = "postgres")]
pub mod danger;
#[cfg(feature = "directory")]
mod directory;
#[cfg(feature = "psc")]
mod guard;
#[cfg(all(feature = "log", feature = "sqlite"))]
mod log;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod shared;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use any::AnyStore;
#[cfg(feature = "directory")]
pub use directory::{Delta, Directory, DirectoryFolder, ImportOptions, Imported, Mapped};
#[cfg(all(feature = "log", feature = "sqlite"))]
pub use log::{ConsentLog, LogAnswer, LogFolder, LogOptions, LogPerson, LogWorld, LoggedRecord, Place, Recorded};
pub use memory::Memory;
#[cfg(feature = "postgres")]
pub use postgres::{Postgres, PostgresSettings};
#[cfg(feature = "sqlite")]
pub use sqlite::Sqlite;

use crate::id::IdNat;

/// The identifiers, each once, in their order.
fn distinct(identities: &[IdNat]) -> Vec<IdNat> {
    let mut found: Vec<IdNat> = Vec::with_capacity(identities.len());
    for identity in identities {
        if !found.contains(identity) {
            found.push(identity.clone());
        }
    }
    found
}
