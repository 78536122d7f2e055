//! One account's life: where it stands, what is due, and what was done.

use super::{LifeRules, days, months_after};
use crate::base::{Timestamp, from_stored, to_stored};
use crate::consent::RecordId;
use crate::error::{Code, Error, Result};
use LifeEvent as E;
use LifeState as S;
use serde::{Deserialize, Serialize};

const STORED_VERSION: u32 = 1;

/// Where an account's life stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum LifeState {
    /// Its address was never proven.
    Draft,
    /// In use.
    Open,
    /// The first notice of inactivity left.
    Noticed,
    /// The last one left.
    LastNoticed,
    /// Closed: it opens nothing, and is erased in the end.
    Closed,
}

/// What can happen to an account's life. Erasure ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum LifeEvent {
    /// The address was proven.
    Proven,
    /// The person signed in.
    SignedIn,
    /// The first notice left, or its mailbox is gone.
    FirstNotice,
    /// The last notice left, or its mailbox is gone.
    LastNotice,
    /// Closed, as nobody signed in.
    ClosedForInactivity,
    /// Closed by the person.
    ClosedByPerson,
    /// Opened again by the person.
    Reopened,
}

/// From a state, by an event, to a state. What is not here is `lifecycle-out-of-order`.
pub const LIFE_TRANSITIONS: &[(LifeState, LifeEvent, LifeState)] = &[
    (S::Draft, E::Proven, S::Open),
    (S::Draft, E::SignedIn, S::Draft),
    (S::Draft, E::ClosedByPerson, S::Closed),
    (S::Open, E::SignedIn, S::Open),
    (S::Open, E::FirstNotice, S::Noticed),
    (S::Open, E::ClosedByPerson, S::Closed),
    (S::Noticed, E::SignedIn, S::Open),
    (S::Noticed, E::LastNotice, S::LastNoticed),
    (S::Noticed, E::ClosedByPerson, S::Closed),
    (S::LastNoticed, E::SignedIn, S::Open),
    (S::LastNoticed, E::ClosedForInactivity, S::Closed),
    (S::LastNoticed, E::ClosedByPerson, S::Closed),
    (S::Closed, E::Reopened, S::Open),
];

/// Why an account was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Closing {
    /// Nobody signed in.
    Inactivity,
    /// The person closed it.
    Person,
}

/// What has to be done for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Due {
    /// Send the first notice.
    FirstNotice,
    /// Send the last notice.
    LastNotice,
    /// Close it.
    Close,
    /// Erase a draft.
    EraseDraft,
    /// Erase a closed account.
    EraseClosed,
}

impl Due {
    /// `first-notice`, `last-notice`, `close`, `erase-draft`, `erase-closed`.
    pub const fn word(self) -> &'static str {
        match self {
            Due::FirstNotice => "first-notice",
            Due::LastNotice => "last-notice",
            Due::Close => "close",
            Due::EraseDraft => "erase-draft",
            Due::EraseClosed => "erase-closed",
        }
    }

    /// What has this word.
    pub fn of_word(word: &str) -> Option<Due> {
        let all = [Due::FirstNotice, Due::LastNotice, Due::Close, Due::EraseDraft, Due::EraseClosed];
        all.into_iter().find(|due| due.word() == word)
    }
}

/// What came of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoticeOutcome {
    /// The mail server took it.
    HandedOver,
    /// The mail server refuses the address for good: the life goes on as if it had been read, and the record says so.
    Refused,
}

/// An account's life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Life {
    begun_at: Timestamp,
    /// The latest sign-in, to the day.
    active_at: Timestamp,
    pub(super) draft: bool,
    pub(super) first_notice_at: Option<Timestamp>,
    pub(super) last_notice_at: Option<Timestamp>,
    pub(super) closed: Option<(Timestamp, Closing)>,
    last_record: Option<RecordId>,
}

impl Life {
    /// Begins with a draft, at the person's first sign-in.
    pub fn begin(now: Timestamp) -> Life {
        Life {
            begun_at: now,
            active_at: now,
            draft: true,
            first_notice_at: None,
            last_notice_at: None,
            closed: None,
            last_record: None,
        }
    }

    /// Where it stands.
    pub fn state(&self) -> LifeState {
        match self {
            Life { closed: Some(_), .. } => S::Closed,
            Life { draft: true, .. } => S::Draft,
            Life { last_notice_at: Some(_), .. } => S::LastNoticed,
            Life { first_notice_at: Some(_), .. } => S::Noticed,
            _ => S::Open,
        }
    }

    /// Why it was closed and when, if it was.
    pub fn closed(&self) -> Option<(Timestamp, Closing)> {
        self.closed
    }

    /// The latest sign-in, to the day.
    pub fn active_at(&self) -> Timestamp {
        self.active_at
    }

    /// Since when it is kept.
    pub fn begun_at(&self) -> Timestamp {
        self.begun_at
    }

    /// The latest record about it.
    pub fn last_record(&self) -> Option<RecordId> {
        self.last_record
    }

    /// What is due next, and when. A notice that left late gives its full time all the same.
    pub fn next(&self, rules: &LifeRules) -> (Due, Timestamp) {
        let (first, last) = (u32::from(rules.first_notice_months), u32::from(rules.last_notice_months));
        match (self.closed, self.first_notice_at, self.last_notice_at) {
            (Some((at, _)), ..) => (Due::EraseClosed, rules.erased_at(at)),
            _ if self.draft => (Due::EraseDraft, self.active_at + days(u64::from(rules.draft_days))),
            (None, None, _) => (Due::FirstNotice, months_after(self.active_at, first)),
            (None, Some(noticed), None) => {
                let full = months_after(noticed, last.saturating_sub(first));
                (Due::LastNotice, months_after(self.active_at, last).max(full))
            }
            (None, Some(_), Some(noticed)) => (Due::Close, noticed + rules.closing_time()),
        }
    }

    /// What is due now, if anything is.
    pub fn due(&self, rules: &LifeRules, now: Timestamp) -> Option<Due> {
        let (due, at) = self.next(rules);
        (at <= now).then_some(due)
    }

    /// The person signed in: notices are forgotten. `proven` says whether the account's address is. Whether anything
    /// changed: the same day again does not.
    ///
    /// # Errors
    /// `account-closed`.
    pub fn signed_in(&mut self, proven: bool, now: Timestamp) -> Result<bool> {
        if self.closed.is_some() {
            return Err(Error::new(Code::ACCOUNT_CLOSED));
        }
        let before = self.clone();
        if self.first_notice_at.is_some() || now >= self.active_at + days(1) {
            self.active_at = now;
        }
        (self.first_notice_at, self.last_notice_at) = (None, None);
        self.draft &= !proven;
        Ok(*self != before)
    }

    /// The notice that was due left, or cannot.
    ///
    /// # Errors
    /// `lifecycle-out-of-order` when it was not due.
    pub fn noticed(&mut self, due: Due, rules: &LifeRules, now: Timestamp) -> Result<()> {
        match (self.due(rules, now), due) {
            (Some(Due::FirstNotice), Due::FirstNotice) => self.first_notice_at = Some(now),
            (Some(Due::LastNotice), Due::LastNotice) => self.last_notice_at = Some(now),
            _ => return Err(Error::new(Code::LIFECYCLE_OUT_OF_ORDER)),
        }
        Ok(())
    }

    /// Closes it, as it was due or as the person wants.
    ///
    /// # Errors
    /// `lifecycle-out-of-order` for inactivity when it was not due, and when it is closed already.
    pub fn close(&mut self, why: Closing, rules: &LifeRules, now: Timestamp) -> Result<()> {
        let may = why == Closing::Person || self.due(rules, now) == Some(Due::Close);
        if self.closed.is_some() || !may {
            return Err(Error::new(Code::LIFECYCLE_OUT_OF_ORDER));
        }
        self.closed = Some((now, why));
        Ok(())
    }

    /// The person opens it again.
    ///
    /// # Errors
    /// `lifecycle-out-of-order` when it is not closed, or its erasure is due.
    pub fn reopen(&mut self, rules: &LifeRules, now: Timestamp) -> Result<()> {
        if self.closed.is_none() || self.due(rules, now) == Some(Due::EraseClosed) {
            return Err(Error::new(Code::LIFECYCLE_OUT_OF_ORDER));
        }
        (self.closed, self.first_notice_at, self.last_notice_at, self.active_at) = (None, None, None, now);
        Ok(())
    }

    /// Names the record of the latest step.
    pub fn recorded(&mut self, record: RecordId) {
        self.last_record = Some(record);
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// `stored-form-newer`, `stored-form-unreadable`.
    pub fn from_stored(bytes: &[u8]) -> Result<Life> {
        from_stored(STORED_VERSION, bytes)
    }

    /// Writes the stored form.
    ///
    /// # Errors
    /// `broken-invariant`, which no life causes.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        to_stored(STORED_VERSION, self)
    }
}
