//! When local sign-in is open, by whom and until when.

use super::rules::FallbackRules;
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A provider that cannot be reached, as a driver has seen it. With the feature `http` it is made from `psc::Outage`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutageSeen {
    /// The first try that failed of those that all failed since.
    pub since: Timestamp,
    /// What the last try came to.
    pub cause: Code,
}

/// By what local sign-in was opened. Its `Debug` names no administrator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by")]
#[non_exhaustive]
pub enum OpenedBy {
    /// A person of the service's.
    Administrator {
        /// Who, as the application names its administrators.
        name: String,
        /// Why.
        reason: String,
    },
    /// An outage that lasted.
    Outage {
        /// Since when.
        since: Timestamp,
        /// The number of the error that its tries came to.
        cause: u32,
    },
}

impl std::fmt::Debug for OpenedBy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OpenedBy::Administrator { .. } => f.write_str("Administrator(•••)"),
            OpenedBy::Outage { since, cause } => write!(f, "Outage({since}, {cause})"),
        }
    }
}

/// A time during which people may sign in locally.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    #[serde(flatten)]
    by: OpenedBy,
    from: Timestamp,
    until: Timestamp,
}

impl Opening {
    pub(super) fn by_administrator(
        rules: &FallbackRules,
        name: &str,
        reason: &str,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Opening> {
        for (field, text) in [("administrator", name), ("reason", reason)] {
            if text.trim().is_empty() || text.len() > 255 || text.chars().any(char::is_control) {
                return Err(Error::field(Code::FALLBACK_OPENING, field));
            }
        }
        if until <= now || until > now + rules.longest {
            return Err(Error::field(Code::FALLBACK_OPENING, "until"));
        }
        let by = OpenedBy::Administrator { name: name.to_owned(), reason: reason.to_owned() };
        Ok(Opening { by, from: now, until })
    }

    pub(super) fn by_outage(rules: &FallbackRules, seen: OutageSeen, now: Timestamp) -> Opening {
        let by = OpenedBy::Outage { since: seen.since, cause: seen.cause.number() };
        Opening { by, from: now, until: now + rules.longest }
    }

    pub(super) fn is_of(&self, seen: OutageSeen) -> bool {
        matches!(self.by, OpenedBy::Outage { since, .. } if since == seen.since)
    }

    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }

    pub(super) fn within(mut self, longest: Duration) -> Opening {
        self.until = self.until.min(self.from + longest);
        self
    }

    /// By what.
    pub fn by(&self) -> &OpenedBy {
        &self.by
    }

    /// Since when.
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// Until when.
    pub fn until(&self) -> Timestamp {
        self.until
    }
}
