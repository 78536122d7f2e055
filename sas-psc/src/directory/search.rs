//! Search by name, given name, profession, speciality and postcode, all folded and by prefix where it is a name.
//!
//! People come in the order of their folded names, the shortest first; without a name in the order of their identifiers.
//! A particle that is typed and not in the directory («de Latour» for `LATOUR`) is left out when nobody is found with it.

use super::columns::Column;
use super::fold::{Folded, part_mark};
use super::index::{Index, no_question};
use super::layout::{Place, Section};
use super::record::Record;
use crate::error::Result;
use std::collections::HashSet;

/// The most people that one search gives.
const MOST: usize = 10_000;
/// Words before a name that a source may leave out.
const PARTICLES: [&str; 14] = ["d", "da", "de", "del", "den", "der", "des", "di", "du", "l", "la", "le", "les", "van"];

/// What is searched. What is empty is not asked; all that is asked has to hold.
///
/// ```
/// use sas_psc::directory::Query;
///
/// let query = Query { name: "de la tour", postcode: "75009", ..Query::default() };
/// assert_eq!(query.limit, 20);
/// ```
#[derive(Clone, Copy)]
pub struct Query<'a> {
    /// How the family name starts, from any of its parts on; accents, case, hyphens, apostrophes and particles do not matter.
    pub name: &'a str,
    /// How a given name starts.
    pub given: &'a str,
    /// The code of the profession, `10`.
    pub profession: &'a str,
    /// The code of the speciality, `SM26`.
    pub speciality: &'a str,
    /// The postcode of a place where the person is active.
    pub postcode: &'a str,
    /// At most this many people, and never more than 10,000.
    pub limit: usize,
}

impl Default for Query<'_> {
    fn default() -> Self {
        Query { name: "", given: "", profession: "", speciality: "", postcode: "", limit: 20 }
    }
}

impl std::fmt::Debug for Query<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Query(•••)")
    }
}

impl<B: AsRef<[u8]>> Index<B> {
    /// Searches people.
    ///
    /// # Errors
    /// `directory-question` when nothing is asked, or a name of which folding leaves nothing; `directory-damaged`.
    pub fn search(&self, query: &Query<'_>) -> Result<Vec<Record<'_>>> {
        let (name, given) = (Folded::new(query.name), Folded::new(query.given).text);
        let codes = [query.profession, query.speciality, query.postcode];
        let asked = [(query.name, &name.text), (query.given, &given)];
        let vanished = asked.iter().any(|(typed, folded)| !typed.trim().is_empty() && folded.is_empty());
        if vanished || (name.text.is_empty() && given.is_empty() && codes.iter().all(|code| code.is_empty())) {
            return Err(no_question());
        }
        let mut found = Found { index: self, query, given: &given, people: Vec::new(), limit: query.limit.min(MOST) };
        if found.limit == 0 {
            return Ok(Vec::new());
        }
        if !name.text.is_empty() {
            for start in name.without(&PARTICLES) {
                self.bearers(start, &mut found)?;
                if !found.people.is_empty() {
                    break;
                }
            }
        } else if !query.postcode.is_empty() {
            for person in self.at_places(&[Place::Postcode], query.postcode.trim())? {
                if found.take(person)? {
                    break;
                }
            }
        } else {
            for person in 0..self.len() {
                if found.take(person)? {
                    break;
                }
            }
        }
        Ok(found.people)
    }

    /// Goes through the people whose folded name, from one of its parts on, starts with `name`.
    fn bearers<'a>(&'a self, name: &str, found: &mut Found<'a, '_, B>) -> Result<()> {
        let view = self.view();
        let folded = |at| view.entry(Section::FoldedText, Section::FoldedEnd, at);
        let count = view.count(Section::FoldedEnd);
        let first = view.partition(count, |at| Ok(folded(at)? < name))?;
        let wanted = part_mark(found.given.as_bytes());
        let mut seen = HashSet::new();
        for at in first..count {
            if !folded(at)?.starts_with(name) {
                break;
            }
            let (start, end) = view.item(Section::BearerEnd, at)?;
            for bearer in start..end {
                let [person, mark] = view.pair(Section::Bearer, bearer)?;
                // The mark says no to most people of another given name, without a look at them.
                if mark & wanted == wanted && seen.insert(person) && found.take(person)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

struct Found<'a, 'q, B> {
    index: &'a Index<B>,
    query: &'q Query<'q>,
    given: &'q str,
    people: Vec<Record<'a>>,
    limit: usize,
}

impl<B: AsRef<[u8]>> Found<'_, '_, B> {
    /// Takes a person who is all that is asked; whether there are enough now.
    fn take(&mut self, person: u32) -> Result<bool> {
        let record = self.index.person(person)?;
        if self.holds(&record)? {
            self.people.push(record);
        }
        Ok(self.people.len() >= self.limit)
    }

    fn holds(&self, record: &Record<'_>) -> Result<bool> {
        let Query { profession, speciality, postcode, .. } = *self.query;
        // One row has to hold the profession and the speciality, one the profession and the place: specialities of the
        // other file have no place.
        let codes = [profession, speciality, postcode];
        let (mut skilled, mut placed) = (false, false);
        if codes.iter().any(|code| !code.is_empty()) {
            for row in record.rows() {
                let row = row?;
                let is =
                    |column, code: &str| -> Result<bool> { Ok(code.is_empty() || row.column(column)? == code.trim()) };
                if is(Column::Profession, profession)? {
                    skilled |= is(Column::Speciality, speciality)?;
                    placed |= is(Column::Postcode, postcode)?;
                }
            }
            if !(skilled && placed) {
                return Ok(false);
            }
        }
        if self.given.is_empty() || Folded::new(record.given_name()).has_prefix(self.given) {
            return Ok(true);
        }
        // A given name that another practice is exercised under.
        for row in record.rows() {
            let given = row?.column(Column::GivenName)?;
            if given != record.given_name() && Folded::new(given).has_prefix(self.given) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
