//! What a local sign-in wants, as settings, and what a directory said.

use crate::base::Timestamp;
use crate::card::trust::{RevocationPolicy, RevocationStatus};
use crate::error::{Code, Error, Result};
use crate::person::Professional;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// The rules of local sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FallbackRules {
    /// The oldest revocation list that counts: 7 days.
    pub list_max_age: Duration,
    /// Whether to go on without one, or with an older one, the record saying so: no.
    pub accept_unknown_revocation: bool,
    /// Whether a local directory must know the holder: no; one that is there must, whatever this says.
    pub directory_required: bool,
    /// How long an outage must last before it opens local sign-in by itself: 15 minutes. None: only an administrator opens it.
    pub opens_after: Option<Duration>,
    /// The longest opening: 12 hours.
    pub longest: Duration,
    /// The longest session that a local sign-in gives: 4 hours.
    pub session: Duration,
}

impl Default for FallbackRules {
    fn default() -> FallbackRules {
        FallbackRules {
            list_max_age: HOUR * 24 * 7,
            accept_unknown_revocation: false,
            directory_required: false,
            opens_after: Some(HOUR / 4),
            longest: HOUR * 12,
            session: HOUR * 4,
        }
    }
}

impl FallbackRules {
    /// Sets a rule by its name, a time in seconds, a yes as 1: `list_max_age`, `accept_unknown_revocation`,
    /// `directory_required`, `opens_after` (0: only an administrator opens it), `longest`, `session`.
    ///
    /// # Errors
    /// `fallback-rule` when there is none of this name.
    pub fn set(&mut self, name: &str, value: u64) -> Result<()> {
        let time = Duration::from_secs(value);
        match name {
            "list_max_age" => self.list_max_age = time,
            "accept_unknown_revocation" => self.accept_unknown_revocation = value > 0,
            "directory_required" => self.directory_required = value > 0,
            "opens_after" => self.opens_after = (value > 0).then_some(time),
            "longest" => self.longest = time,
            "session" => self.session = time,
            _ => return Err(Code::FALLBACK_RULE.into()),
        }
        Ok(())
    }

    pub(super) fn revocation_policy(&self) -> RevocationPolicy {
        // An outage may outlast the list: its age is what counts here.
        RevocationPolicy {
            max_age: Some(self.list_max_age),
            past_end: true,
            accept_unknown: self.accept_unknown_revocation,
        }
    }

    pub(super) fn accepts(&self, status: RevocationStatus, now: Timestamp) -> Result<()> {
        let why = match status {
            RevocationStatus::Good(as_of) if now.since(as_of) <= self.list_max_age => return Ok(()),
            RevocationStatus::Good(_) => "old",
            _ => "missing",
        };
        if self.accept_unknown_revocation { Ok(()) } else { Err(Error::field(Code::REVOCATION_UNKNOWN, why)) }
    }
}

/// What the local directory says of the holder.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum DirectoryAnswer<'a> {
    /// There is none here.
    NoDirectory,
    /// It does not know the number: who has stopped is no longer in the extract.
    NotFound,
    /// It knows them.
    Found {
        /// As the directory describes them.
        professional: &'a Professional,
        /// Whether it says that they practise, when it says so apart.
        active: Option<bool>,
    },
}

impl<'a> DirectoryAnswer<'a> {
    /// Nobody was found: in a directory that does not know the number (`unknown`), or for want of one.
    pub fn without(unknown: bool) -> DirectoryAnswer<'a> {
        if unknown { DirectoryAnswer::NotFound } else { DirectoryAnswer::NoDirectory }
    }

    /// The directory knows them.
    pub fn found(professional: &'a Professional, active: Option<bool>) -> DirectoryAnswer<'a> {
        DirectoryAnswer::Found { professional, active }
    }
}
