//! Another address for an active account: proven like the first one, while the old one stays and is told.
//!
//! The old address is the account's until the new one is proven. Its reader may object, until a week (settable) after
//! the change was asked for: a change in progress is then dropped, one that was made is undone. As long as an objection
//! is possible, and for as long after one, no other change is taken, so that a chain of changes cannot outrun it.
//! Terms, settings and records are untouched; former addresses are kept with their times.

use super::{Account, Event, Onboarding, Policy, Retry, mail::backoff};
use crate::base::{Random, Timestamp};
use crate::email::{Address, Challenge, EmailControl, Notice, Objection};
use crate::error::{Code, Error, Lang, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Former addresses that are kept.
const FORMER: usize = 8;
/// Longer than a mail server may take; then the old mailbox is taken to be out of reach.
const NOTICE_TRIES: u32 = 40;

/// A change of address, in progress or made lately.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressChange {
    /// The proof of the new address.
    pub(super) challenge: Challenge,
    pub(super) lang: Lang,
    pub(super) retry: Retry,
    asked_at: Timestamp,
    objection: Objection,
    /// The mail to the old address; none when it left or was given up.
    notice: Option<Retry>,
    end: End,
}

/// What became of it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum End {
    Open,
    /// The new address is the account's; this was the old one.
    Made {
        old: Address,
        old_proven_at: Timestamp,
    },
    /// The reader of the old mailbox objected: no other change before this.
    Objected {
        until: Timestamp,
    },
}

/// An address that was an account's.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormerAddress {
    /// The address.
    pub address: Address,
    /// When it was proven.
    pub proven_at: Timestamp,
    /// When another took its place.
    pub until: Timestamp,
}

impl fmt::Debug for FormerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FormerAddress").field("until", &self.until).finish_non_exhaustive()
    }
}

impl AddressChange {
    /// The address that is to be the account's, or is.
    pub fn address(&self) -> &Address {
        self.challenge.address()
    }

    /// The challenge of the new address, for the page that waits for its answer.
    pub fn challenge(&self) -> &Challenge {
        &self.challenge
    }

    /// Whether the new address is still to be proven.
    pub fn is_open(&self) -> bool {
        matches!(self.end, End::Open)
    }

    /// Until when the reader of the old mailbox may object.
    pub fn objection_until(&self) -> Timestamp {
        self.objection.until()
    }
}

impl fmt::Debug for AddressChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AddressChange").field("open", &self.is_open()).finish_non_exhaustive()
    }
}

/// What an objection brought about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Objected {
    /// The change was not made: the old address stays.
    Dropped,
    /// The change was made: the old address is the account's again.
    Undone,
    /// An objection was taken before; nothing more happens.
    Before,
}

impl Objected {
    /// `dropped`, `undone`, `before`.
    pub const fn name(self) -> &'static str {
        match self {
            Objected::Dropped => "dropped",
            Objected::Undone => "undone",
            Objected::Before => "before",
        }
    }
}

impl Onboarding {
    /// Asks that `address` take the place of the account's, in the browser session `attempt`; or another one than was
    /// asked for before, whose waits go on.
    ///
    /// # Errors
    /// `step-out-of-order` unless the account is active; `email-already-proven` when it is the account's address;
    /// `address-changed-lately` with `retry_after`; `email-resend-too-early`, `no-randomness`.
    pub fn ask_address_change(
        &mut self,
        address: Address,
        attempt: &str,
        lang: Lang,
        policy: &Policy,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<()> {
        self.expect(Event::AddressChangeAsked, policy, now)?;
        let account = self.account.as_ref().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        if account.email.envelope() == address.envelope() {
            return Err(Error::new(Code::EMAIL_ALREADY_PROVEN));
        }
        let binding = self.binding(attempt);
        let change = match &self.change {
            Some(change) if change.is_open() => {
                let mut challenge = self.continued(&change.challenge, attempt, random)?;
                challenge.change_address(address, now)?;
                // Whoever may object to the first may object to the last: the mail to them named neither.
                AddressChange { challenge, lang, retry: Retry::default(), ..change.clone() }
            }
            earlier => {
                let until = earlier.as_ref().map(AddressChange::locked_until).filter(|until| *until > now);
                if let Some(until) = until {
                    let wait = Some(until.since(now));
                    return Err(Error::new(Code::ADDRESS_CHANGED_LATELY).with(|facts| facts.retry_after = wait));
                }
                AddressChange {
                    challenge: Challenge::new(binding, address, policy.mail_lifetime, random, now)?,
                    lang,
                    retry: Retry::default(),
                    asked_at: now,
                    objection: Objection::new(now + policy.objection, random)?,
                    notice: Some(Retry::default()),
                    end: End::Open,
                }
            }
        };
        self.change = Some(change);
        Ok(())
    }

    /// The person no longer wants the change that is in progress. The old address was told, and may still be written to.
    ///
    /// # Errors
    /// `address-change-none`.
    pub fn drop_address_change(&mut self) -> Result<()> {
        self.open_change()?;
        self.change = None;
        Ok(())
    }

    /// The change of address in progress, or the one to which an objection is still possible.
    pub fn address_change(&self) -> Option<&AddressChange> {
        self.change.as_ref()
    }

    /// The addresses that were the account's, oldest first.
    pub fn former_addresses(&self) -> &[FormerAddress] {
        self.account.as_ref().map_or(&[], |account| &account.former)
    }

    /// When the mail to the old address is due.
    pub fn notice_at(&self, now: Timestamp) -> Option<Timestamp> {
        let change = self.change.as_ref()?;
        change.notice.as_ref().map(|retry| retry.at.unwrap_or(now))
    }

    /// The address that is told of the change: the one that was the account's when it was asked for.
    pub fn notice_address(&self) -> Option<&Address> {
        match &self.change.as_ref()?.end {
            End::Made { old, .. } => Some(old),
            _ => self.proven_address(),
        }
    }

    /// Writes the mail to the old address: a fresh link and code.
    ///
    /// # Errors
    /// `email-nothing-to-send`, `no-randomness`.
    pub fn write_notice(&mut self, policy: &Policy, random: &mut dyn Random, now: Timestamp) -> Result<Notice> {
        let change = self.change.as_mut().filter(|change| change.notice.is_some());
        let change = change.ok_or_else(|| Error::new(Code::EMAIL_NOTHING_TO_SEND))?;
        let notice = change.objection.write(&policy.key, random, now)?;
        if let Some(retry) = &mut change.notice {
            retry.at = Some(now + super::mail::HAND_OVER_TIME);
        }
        Ok(notice)
    }

    /// The mail server took notice `number`, or refuses it for good: no other will be written.
    ///
    /// # Errors
    /// `email-superseded` when a later one was written.
    pub fn notice_ended(&mut self, number: u32) -> Result<()> {
        self.newest_notice(number)?.notice = None;
        Ok(())
    }

    /// Notice `number` could not be handed over, but another try may succeed. Says whether it is given up.
    ///
    /// # Errors
    /// As [`Onboarding::notice_ended`]; `no-randomness`.
    pub fn notice_failed(&mut self, number: u32, random: &mut dyn Random, now: Timestamp) -> Result<bool> {
        let change = self.newest_notice(number)?;
        let Some(retry) = change.notice.filter(|retry| retry.failures < NOTICE_TRIES) else {
            change.notice = None;
            return Ok(true);
        };
        let at = Some(now + backoff(retry.failures, random)?);
        change.notice = Some(Retry { failures: retry.failures + 1, at });
        Ok(false)
    }

    /// Whether the page of an objection's link has something to offer. Changes nothing.
    ///
    /// # Errors
    /// `address-change-none`; those of [`Objection::open`].
    pub fn open_objection(&self, token: &str, now: Timestamp) -> Result<()> {
        self.change.as_ref().ok_or_else(none)?.objection.open(token, now)
    }

    /// Takes an objection: the link's token, and the code of the same mail. A wrong code is counted: store the sign-up.
    ///
    /// # Errors
    /// `address-change-none`; those of [`Objection::object`].
    pub fn object(&mut self, token: &str, code: &str, policy: &Policy, now: Timestamp) -> Result<Objected> {
        let change = self.change.as_mut().ok_or_else(none)?;
        change.objection.object(&policy.key, token, code, now)?;
        let account = self.account.as_mut().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        let until = now + policy.objection;
        let was = std::mem::replace(&mut change.end, End::Objected { until });
        change.notice = None;
        Ok(match was {
            End::Open => Objected::Dropped,
            End::Made { old, old_proven_at } => {
                account.move_to(old, old_proven_at, now);
                Objected::Undone
            }
            End::Objected { until } => {
                change.end = End::Objected { until };
                Objected::Before
            }
        })
    }

    /// The challenge that is to be answered: of a change in progress, else of the sign-up.
    pub(super) fn in_proof(&self) -> Option<&Challenge> {
        let change = self.change.as_ref().filter(|change| change.is_open());
        change.map(|change| &change.challenge).or(self.challenge.as_ref())
    }

    /// The new address is proven.
    pub(super) fn new_address_proven(&mut self, control: &EmailControl) -> bool {
        let (Some(account), Some(change)) = (&mut self.account, &mut self.change) else { return false };
        let proves = change.is_open() && change.address().envelope() == control.address().envelope();
        if proves {
            let (old, old_proven_at) = (account.email.clone(), account.email_proven_at);
            account.move_to(control.address().clone(), control.proven_at(), control.proven_at());
            change.end = End::Made { old, old_proven_at };
        }
        proves
    }

    pub(super) fn open_change(&mut self) -> Result<&mut AddressChange> {
        self.change.as_mut().filter(|change| change.is_open()).ok_or_else(none)
    }

    fn newest_notice(&mut self, number: u32) -> Result<&mut AddressChange> {
        let newest = self.change.as_mut().filter(|change| change.objection.is_newest(number));
        newest.ok_or_else(|| Error::new(Code::EMAIL_SUPERSEDED))
    }
}

impl AddressChange {
    fn locked_until(&self) -> Timestamp {
        match self.end {
            End::Objected { until } => until,
            End::Open | End::Made { .. } => self.objection.until(),
        }
    }
}

impl Account {
    fn move_to(&mut self, address: Address, proven_at: Timestamp, now: Timestamp) {
        let old = std::mem::replace(&mut self.email, address);
        let was = std::mem::replace(&mut self.email_proven_at, proven_at);
        if self.former.len() >= FORMER {
            self.former.remove(0);
        }
        self.former.push(FormerAddress { address: old, proven_at: was, until: now });
    }
}

fn none() -> Error {
    Error::new(Code::ADDRESS_CHANGE_NONE)
}
