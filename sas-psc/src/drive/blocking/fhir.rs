//! The online directory, blocking: each call of [`drive::Fhir`](crate::drive::Fhir) without its `await`.

use super::Http;
use crate::directory::Index;
use crate::directory::fhir::{Answer, Cursor, Pace, Page, Person, Search, Server};
use crate::drive::{HttpConfig, block_on, fhir};
use crate::error::Result;
use crate::id::IdNat;
use std::ops::ControlFlow;

/// The online directory, for a program that waits. It may not be used on a thread of an asynchronous runtime.
///
/// ```no_run
/// use sas_psc::directory::fhir::{Search, Server};
/// use sas_psc::drive::{HttpConfig, blocking::Fhir};
/// use sas_psc::id::Rpps;
/// use std::ops::ControlFlow;
///
/// # fn example(key: String) -> sas_psc::Result<()> {
/// let fhir = Fhir::new(Server::ans(key.into())?, &HttpConfig::default())?;
/// let person = fhir.lookup(&Rpps::parse("99700218896")?.to_id_nat())?;
/// println!("{}", if person.is_some() { "in the directory" } else { "not in the directory" });
///
/// fhir.each(&Search::practitioners().with("qualification-code", "10")?.active(true), |page| {
///     println!("{} people", page.people.len());
///     ControlFlow::Continue(())
/// })
/// # }
/// ```
#[derive(Debug)]
pub struct Fhir(fhir::Fhir<Http>);

impl Fhir {
    /// A server, asked with these settings; an answer may take 35 seconds. Nothing is sent yet.
    ///
    /// # Errors
    /// `http-settings`.
    pub fn new(server: Server, http: &HttpConfig) -> Result<Fhir> {
        Ok(Fhir(fhir::Fhir::over(Http::new(&fhir::patient(http))?, server)))
    }

    /// See [`drive::Fhir::with_pace`](crate::drive::Fhir::with_pace).
    pub fn with_pace(self, pace: Pace) -> Fhir {
        Fhir(self.0.with_pace(pace))
    }

    /// See [`drive::Fhir::lookup`](crate::drive::Fhir::lookup).
    pub fn lookup(&self, id: &IdNat) -> Result<Option<Person>> {
        block_on(self.0.lookup(id))
    }

    /// See [`drive::Fhir::lookup_all`](crate::drive::Fhir::lookup_all).
    pub fn lookup_all(&self, ids: &[IdNat]) -> Result<Vec<Person>> {
        block_on(self.0.lookup_all(ids))
    }

    /// See [`drive::Fhir::lookup_or`](crate::drive::Fhir::lookup_or).
    pub fn lookup_or<B: AsRef<[u8]> + Sync>(&self, id: &IdNat, index: &Index<B>) -> Result<Answer> {
        block_on(self.0.lookup_or(id, index))
    }

    /// See [`drive::Fhir::page`](crate::drive::Fhir::page).
    pub fn page(&self, search: &Search) -> Result<Page> {
        block_on(self.0.page(search))
    }

    /// See [`drive::Fhir::page_after`](crate::drive::Fhir::page_after).
    pub fn page_after(&self, cursor: &Cursor) -> Result<Page> {
        block_on(self.0.page_after(cursor))
    }

    /// See [`drive::Fhir::each`](crate::drive::Fhir::each).
    pub fn each(&self, search: &Search, on_page: impl FnMut(&Page) -> ControlFlow<()> + Send) -> Result<()> {
        block_on(self.0.each(search, on_page))
    }

    /// See [`drive::Fhir::each_after`](crate::drive::Fhir::each_after).
    pub fn each_after(&self, from: Cursor, on_page: impl FnMut(&Page) -> ControlFlow<()> + Send) -> Result<()> {
        block_on(self.0.each_after(from, on_page))
    }
}
