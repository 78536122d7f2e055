//! People by their identifiers: their professions in one request, their activities and places in another.
//!
//! Both may take several pages. Under version 2 the places of activities are not in the first answer, whatever is asked.

use super::ask::Ask;
use super::people::{self, Person};
use super::resource::Found;
use super::{Search, Server};
use crate::base::{Exchange, Next, Random, Response, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use std::fmt;

const MOST: usize = 50;
/// More pages than 50 people can fill: a server that always has a next one is stopped.
const PAGES: u8 = 40;

/// A look-up on its way. It comes to those who were found; who is in no answer is not in the directory.
/// Its `Debug` shows nothing.
#[derive(Clone)]
pub struct Lookup {
    ask: Ask,
    ids: Vec<IdNat>,
    /// Whether the activities were asked for.
    roles_asked: bool,
    found: Found,
    pages: u8,
    done: bool,
}

impl Lookup {
    pub(super) fn new(server: Server, ids: &[IdNat], random: &mut dyn Random) -> Result<Lookup> {
        if ids.is_empty() || ids.len() > MOST {
            return Err(Error::field(Code::FHIR_QUESTION, "ids"));
        }
        let ask = Ask::search(server, Search::practitioners().identified_by(ids), random)?;
        Ok(Lookup { ask, ids: ids.to_vec(), roles_asked: false, found: Found::default(), pages: 0, done: false })
    }

    /// Those who were asked for: a server that does not know a parameter may answer with everybody.
    fn people(&self) -> Result<Vec<Person>> {
        let met = people::merged(&self.found);
        let unread = self.found.unreadable > 0 || !self.found.practitioners.is_empty();
        if met.is_empty() && unread {
            return Err(Error::new(Code::FHIR_ANSWER));
        }
        Ok(met.into_iter().filter(|person| self.ids.iter().any(|id| person.has(id))).collect())
    }

    /// After the last page: to the activities, or to the end.
    fn go_on(&mut self) {
        let practitioners = self.found.practitioner_ids();
        if !self.roles_asked && !practitioners.is_empty() {
            self.roles_asked = true;
            self.ask = self.ask.then(Search::roles().of_practitioners(&practitioners).with_places());
        } else {
            self.done = true;
        }
    }
}

/// # Errors
/// `fhir-answer`, `fhir-unavailable`, `fhir-timed-out`, `fhir-key-refused`, `fhir-query-refused`, `fhir-too-many-calls`,
/// `fhir-page-gone`, `fhir-link-elsewhere`, and those of the network. None of them says that nobody is found.
impl Exchange for Lookup {
    type Output = Vec<Person>;

    fn next(&mut self, now: Timestamp) -> Result<Next<Vec<Person>>> {
        loop {
            if self.done {
                return self.people().map(Next::Done);
            }
            let bundle = match self.ask.next(now)? {
                Next::Send(request) => return Ok(Next::Send(request)),
                Next::Wait(until) => return Ok(Next::Wait(until)),
                Next::Done(bundle) => bundle,
            };
            let cursor = self.ask.cursor(&bundle)?;
            self.found.add(bundle.resources());
            self.pages += 1;
            match cursor {
                Some(_) if self.pages == PAGES => return Err(Error::new(Code::FHIR_ANSWER)),
                Some(cursor) => self.ask = self.ask.on(&cursor)?,
                None => self.go_on(),
            }
        }
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        self.ask.answered(response, now)
    }

    fn failed(&mut self, error: Error, now: Timestamp) -> Result<()> {
        self.ask.failed(error, now)
    }
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lookup(•••, {} pages)", self.pages)
    }
}
