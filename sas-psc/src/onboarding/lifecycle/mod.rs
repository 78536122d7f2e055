//! The life of an account after it was opened: notices when it is not used, closing, opening again, erasure, and what a
//! person is given of it.
//!
//! SAS writes at 8 months without a sign-in, again at 9, and takes every role back 7 days after that. Those are the
//! defaults of [`LifeRules`]; nobody is closed without two notices that left, each with its full time. A draft, an account
//! whose address was never proven, is erased without one. Every step is a record in the log.
//!
//! [`Life`] is the value: it says what is due and takes what was done. [`LifeStore`] keeps it; `drive::Lives` plays it.
//!
#![doc = concat!("```text\n", include_str!("life.mmd"), "```")]
//!
//! Source: ansforge/SAS-moteur-recherche `SasUserCronAccountExpiration.php` (8 months, 9 months, 9 months + 7 days). The
//! lives of drafts and closed accounts are settings of ours.

mod export;
mod facts;
mod life;
mod months;
mod store;

#[cfg(test)]
mod tests;

pub use export::{EXPORT_FORMAT, ExportedRecord, PersonExport};
pub use life::{Closing, Due, LIFE_TRANSITIONS, Life, LifeEvent, LifeState, NoticeOutcome};
pub use months::months_after;
pub use store::{Erased, Erasure, LifeChange, LifeStore, StoredLife, tombstone};

use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use std::time::Duration;

/// When what is due. The first three are SAS's, the others settings of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LifeRules {
    /// Months without a sign-in until the first notice.
    pub first_notice_months: u8,
    /// Months without a sign-in until the last notice.
    pub last_notice_months: u8,
    /// Days from the last notice to the closing.
    pub closing_days: u8,
    /// Days that an account lives whose address was never proven.
    pub draft_days: u16,
    /// Months in which a closed account can be opened again; then it is erased.
    pub closed_months: u8,
    /// Months in which erased identifiers stay known as keyed hashes; 0 keeps none.
    pub tombstone_months: u8,
}

impl Default for LifeRules {
    fn default() -> LifeRules {
        LifeRules {
            first_notice_months: 8,
            last_notice_months: 9,
            closing_days: 7,
            draft_days: 30,
            closed_months: 12,
            tombstone_months: 0,
        }
    }
}

impl LifeRules {
    /// The rules, if they leave a person time: the last notice comes after the first, and the closing after it.
    ///
    /// # Errors
    /// `lifecycle-rules` with the field.
    pub fn checked(self) -> Result<LifeRules> {
        let refuse = |field| Err(Error::field(Code::LIFECYCLE_RULES, field));
        match self {
            LifeRules { first_notice_months: 0, .. } => refuse("first_notice_months"),
            rules if rules.last_notice_months <= rules.first_notice_months => refuse("last_notice_months"),
            LifeRules { closing_days: 0, .. } => refuse("closing_days"),
            LifeRules { draft_days: 0, .. } => refuse("draft_days"),
            rules => Ok(rules),
        }
    }

    /// The time from the last notice to the closing.
    pub fn closing_time(&self) -> Duration {
        days(u64::from(self.closing_days))
    }

    /// When a closed account is erased.
    pub fn erased_at(&self, closed_at: Timestamp) -> Timestamp {
        months_after(closed_at, u32::from(self.closed_months))
    }

    /// The earliest time at which an account would be closed that gets its first notice at `now`.
    pub fn closes_at(&self, noticed_at: Timestamp) -> Timestamp {
        let between = u32::from(self.last_notice_months) - u32::from(self.first_notice_months);
        months_after(noticed_at, between) + self.closing_time()
    }
}

fn days(days: u64) -> Duration {
    Duration::from_secs(days * 24 * 3600)
}
