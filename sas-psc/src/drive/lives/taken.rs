//! The round of a program that sends its mails itself: it takes those that are due, sends them, and says what came of each.
//!
//! A notice that nobody says anything of is due again at the next round: one may be sent twice, none is lost.

use super::Lives;
use crate::email::{Address, Message};
use crate::error::{Code, Error, Result};
use crate::onboarding::AccountId;
use crate::onboarding::lifecycle::{Due, LifeStore, NoticeOutcome};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::fmt;

/// A mail about an account that is not used, to hand over.
pub struct LifeMail {
    account: AccountId,
    due: Due,
    to: Address,
    message: Message,
}

impl LifeMail {
    /// Whose.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Of what: a notice, of which [`Lives::noticed`] is to be told, or the closing, of which nothing is.
    pub fn due(&self) -> Due {
        self.due
    }

    /// Where it goes.
    pub fn to(&self) -> &Address {
        &self.to
    }

    /// What it says.
    pub fn message(&self) -> &Message {
        &self.message
    }
}

/// `{"account","due","to","message"}`, the message as [`Message::parts`] gives it.
impl Serialize for LifeMail {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        let mut mail = serializer.serialize_struct("LifeMail", 4)?;
        mail.serialize_field("account", &self.account.to_hex())?;
        mail.serialize_field("due", &self.due)?;
        mail.serialize_field("to", self.to.as_typed())?;
        mail.serialize_field("message", &self.message.parts())?;
        mail.end()
    }
}

impl fmt::Debug for LifeMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LifeMail").field("due", &self.due).finish_non_exhaustive()
    }
}

/// What a round of [`Lives::take_due`] did, and the mails that it leaves to send.
#[derive(Debug, Default, Serialize)]
#[non_exhaustive]
pub struct LivesTaken {
    /// Accounts of before that got a life.
    pub begun: u32,
    /// Accounts closed.
    pub closed: u32,
    /// Accounts erased.
    pub erased: u32,
    /// What could not be done now, and is tried again by the next round.
    pub failed: u32,
    /// What is to be sent.
    pub mails: Vec<LifeMail>,
}

impl<S: LifeStore> Lives<S, ()> {
    /// Does what is due, for up to `limit` accounts, and gives the mails to send. Call it every few hours.
    ///
    /// # Errors
    /// As [`Lives::run_due`].
    pub async fn take_due(&self, limit: u32) -> Result<LivesTaken> {
        let mut taken = LivesTaken { begun: self.begin_lives(limit).await?, ..LivesTaken::default() };
        for id in self.store.lives_due(self.clock.now(), limit).await? {
            if self.take_one(id, &mut taken).await.is_err() {
                taken.failed += 1;
            }
        }
        Ok(taken)
    }

    async fn take_one(&self, id: AccountId, taken: &mut LivesTaken) -> Result<()> {
        let Some(mut it) = self.due_of(id).await? else { return Ok(()) };
        match it.due {
            Due::FirstNotice | Due::LastNotice => {}
            Due::Close => {
                it = self.close_unused(it).await?;
                taken.closed += 1;
            }
            Due::EraseDraft | Due::EraseClosed => {
                self.erase_due(&it).await?;
                taken.erased += 1;
                return Ok(());
            }
        }
        let (message, to) = self.mail_of(&it)?;
        taken.mails.push(LifeMail { account: id, due: it.due, to: to.clone(), message });
        Ok(())
    }

    /// A notice of [`Lives::take_due`] left, or its mailbox is gone for good; of any other failure say nothing.
    ///
    /// # Errors
    /// `lifecycle-out-of-order` when no such notice is due, any more or at all; `account-unknown`, `store-conflict`.
    pub async fn noticed(&self, id: AccountId, due: Due, outcome: NoticeOutcome) -> Result<()> {
        self.account(id).await?;
        match self.due_of(id).await? {
            Some(it) if it.due == due && matches!(due, Due::FirstNotice | Due::LastNotice) => {
                self.note(it, outcome).await
            }
            _ => Err(Error::new(Code::LIFECYCLE_OUT_OF_ORDER)),
        }
    }
}
