//! What is known of a person when the online directory may be away: its answer, or an index's.

use super::Person;
use crate::directory::Index;
use crate::error::{Blame, Error, Result};
use crate::id::IdNat;
use crate::person::Professional;

/// Who answered, and what.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer {
    /// The online directory; none when it knows nobody of that identifier.
    Online(Option<Box<Person>>),
    /// An index, because the online directory could not answer.
    Offline {
        /// Whom it knows under that identifier.
        professional: Option<Box<Professional>>,
        /// The day of its extract: `2026-09-23`.
        source_date: String,
        /// Why the online directory did not answer.
        why: Error,
    },
}

impl Answer {
    /// The answer of an index instead of a failure of the server's or of the way there; a failure of the caller's own (a
    /// key that is refused) is given back, so that nobody works from an index for months without knowing.
    ///
    /// # Errors
    /// `why`, when it is the caller's; `directory-damaged`.
    pub fn offline<B: AsRef<[u8]>>(id: &IdNat, index: &Index<B>, why: Error) -> Result<Answer> {
        if !matches!(why.blame(), Blame::Provider | Blame::Environment) {
            return Err(why);
        }
        let found = index.by_id_nat(id.as_str())?;
        let professional = found.map(|record| record.to_professional().map(Box::new)).transpose()?;
        Ok(Answer::Offline { professional, source_date: index.meta().source_date.clone(), why })
    }

    /// The person, whoever answered.
    pub fn professional(&self) -> Option<&Professional> {
        match self {
            Answer::Online(person) => person.as_deref().map(|person| &person.professional),
            Answer::Offline { professional, .. } => professional.as_deref(),
        }
    }
}
