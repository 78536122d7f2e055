//! Mails for a program that sends them itself: it takes one, hands it over, and says what came of it.
//!
//! Taking a mail writes it into its account, as `deliver` does: nobody else is given the same one, and who dies with it in
//! hand costs a second mail, never a wrong state.

use super::{Account, SignUp};
use crate::email::{Address, LimitStore, Message};
use crate::error::{Code, Result};
use crate::onboarding::{AccountId, Store};
use std::fmt;

/// A mail to hand over. It carries the link and the code: it is not to be kept.
pub struct MailToSend {
    pub(super) account: AccountId,
    pub(super) number: u32,
    /// To an address that is to be replaced, not of a challenge.
    pub(super) is_notice: bool,
    pub(super) to: Address,
    pub(super) message: Message,
}

impl MailToSend {
    /// Whose.
    pub fn account(&self) -> AccountId {
        self.account
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

impl fmt::Debug for MailToSend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailToSend(•••)")
    }
}

impl<S: Store + LimitStore, M: Send + Sync> SignUp<S, M> {
    /// The next mail of this account whose time has come; none when there is none, or it is in other hands. Then
    /// [`SignUp::handed_over`] or [`SignUp::not_handed_over`].
    ///
    /// # Errors
    /// `email-send-window-over` when it was tried for too long: the person may ask again. `account-unknown`; those of the
    /// store.
    pub async fn next_mail(&self, id: AccountId) -> Result<Option<MailToSend>> {
        let now = self.clock.now();
        let due = self.account(id).await?.onboarding.mail_at(&self.policy, now).is_some_and(|at| at <= now);
        if due && let Some(mail) = self.mail_of_challenge(id).await? {
            return Ok(Some(mail));
        }
        self.mail_of_notice(id).await
    }

    /// The next mail of any account: for a loop that sends what waits, after a failure or a kill too.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn next_mail_of_any(&self) -> Result<Option<MailToSend>> {
        for id in self.store.due(self.clock.now(), 16).await? {
            if let Ok(Some(mail)) = self.next_mail(id).await {
                return Ok(Some(mail));
            }
        }
        Ok(None)
    }

    /// The mail server took the mail: the life of its link and code begins.
    ///
    /// # Errors
    /// `email-superseded` when another mail was asked for meanwhile; those of the store.
    pub async fn handed_over(&self, mail: &MailToSend) -> Result<Account> {
        if mail.is_notice { self.notice_handed_over(mail).await } else { self.challenge_handed_over(mail).await }
    }

    /// The mail did not leave: `mail-refused` when the server refuses the address for good, `mail-rejected` the mail for
    /// another reason for good; anything else is tried again later, for ten minutes.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn not_handed_over(&self, mail: &MailToSend, why: Code) -> Result<()> {
        if mail.is_notice {
            self.notice_not_handed_over(mail, why).await
        } else {
            self.challenge_not_handed_over(mail, why).await
        }
    }
}
