//! A page of a search: people and places, and where the next page is.

use super::Cursor;
use super::ask::Ask;
use super::people::{self, Person};
use super::places::{self, Organization};
use super::resource::Bundle;
use crate::base::{Exchange, Next, Response, Timestamp};
use crate::error::{Error, Result};
use std::fmt;

/// What a page tells. Its `Debug` shows counts only.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// People, each once, by their identifiers. A person's other profession may stand on another page.
    pub people: Vec<Person>,
    /// Places.
    pub organizations: Vec<Organization>,
    /// How many matches there are on all pages, when the server counted them.
    pub total: Option<u64>,
    /// Where the next page is; none after the last.
    pub next: Option<Cursor>,
    /// Resources that could not be read, of kinds that are.
    pub unreadable: usize,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page")
            .field("people", &self.people.len())
            .field("organizations", &self.organizations.len())
            .field("total", &self.total)
            .field("last", &self.next.is_none())
            .finish_non_exhaustive()
    }
}

/// A page being asked for. Its `Debug` shows nothing.
#[derive(Clone)]
pub struct PageRequest {
    ask: Ask,
}

impl PageRequest {
    pub(super) fn new(ask: Ask) -> PageRequest {
        PageRequest { ask }
    }

    fn page(&self, bundle: Bundle) -> Result<Page> {
        let (next, total) = (self.ask.cursor(&bundle)?, bundle.total);
        let found = bundle.resources();
        Ok(Page {
            people: people::merged(&found),
            organizations: places::list(&found),
            total,
            next,
            unreadable: found.unreadable,
        })
    }
}

/// # Errors
/// `fhir-answer`, `fhir-unavailable`, `fhir-timed-out`, `fhir-key-refused`, `fhir-query-refused`, `fhir-too-many-calls`,
/// `fhir-page-gone`, `fhir-link-elsewhere`, and those of the network.
impl Exchange for PageRequest {
    type Output = Page;

    fn next(&mut self, now: Timestamp) -> Result<Next<Page>> {
        Ok(match self.ask.next(now)? {
            Next::Send(request) => Next::Send(request),
            Next::Wait(until) => Next::Wait(until),
            Next::Done(bundle) => Next::Done(self.page(bundle)?),
        })
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        self.ask.answered(response, now)
    }

    fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        self.ask.failed(error, now)
    }
}

impl fmt::Debug for PageRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PageRequest(•••)")
    }
}
