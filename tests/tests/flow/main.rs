//! Core and simulator in one process on a virtual clock: the whole journey, and each unhappy sibling that needs no page.

mod address;
mod ecps;
mod journey;
mod limits;
mod mail;
mod person;
mod sign_in;
mod terms;

/// The code of an error that must have come.
fn refusal<T>(result: sas_psc::Result<T>) -> sas_psc::Code {
    result.map(drop).unwrap_err().code()
}
