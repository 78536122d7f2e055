//! The life of the account, call by call: closed, opened again, erased, all its data given, and what is due.

use super::{TimedSignUp, at};
use crate::base::Timestamp;
use crate::consent::RecordId;
use crate::drive::{Account, LivesTaken};
use crate::email::LimitStore;
use crate::error::Result;
use crate::onboarding::AccountId;
use crate::onboarding::lifecycle::{Due, Erased, LifeStore, NoticeOutcome, PersonExport};
use crate::psc::SignIn;

impl<S: LifeStore + LimitStore + Clone> TimedSignUp<S> {
    /// The person closes their account, which withdraws their acceptance of the terms; both are recorded.
    ///
    /// # Errors
    /// `account-unknown`; `lifecycle-out-of-order` when it is closed already.
    pub fn close(&self, id: AccountId, now: Timestamp) -> Result<()> {
        at(now, self.lives.close(id))
    }

    /// Opens the closed account of a person who signed in again. Its terms ask for a new answer.
    ///
    /// # Errors
    /// As [`SignUp::welcome`](crate::drive::SignUp::welcome); `lifecycle-out-of-order` when it is not closed.
    pub fn reopen(&self, sign_in: &SignIn, now: Timestamp) -> Result<Account> {
        at(now, async {
            let id = self.sign_up.welcome(sign_in).await?.id;
            self.lives.reopen(id).await?;
            self.sign_up.account(id).await
        })
    }

    /// As [`Lives::erase`](crate::drive::Lives::erase).
    ///
    /// # Errors
    /// `account-unknown`, `store-conflict`.
    pub fn erase(&self, id: AccountId, now: Timestamp) -> Result<Erased> {
        at(now, self.lives.erase(id))
    }

    /// As [`Lives::export`](crate::drive::Lives::export), of an account that is open or closed.
    ///
    /// # Errors
    /// `account-unknown`, `store-conflict`.
    pub fn export(
        &self,
        id: AccountId,
        receipt: impl Fn(RecordId) -> Option<(String, String)> + Send,
        now: Timestamp,
    ) -> Result<PersonExport> {
        at(now, self.lives.export(id, receipt))
    }

    /// As [`Lives::take_due`](crate::drive::Lives::take_due).
    ///
    /// # Errors
    /// Those of the store that find nothing out.
    pub fn take_due(&self, limit: u32, now: Timestamp) -> Result<LivesTaken> {
        at(now, self.lives.take_due(limit))
    }

    /// As [`Lives::noticed`](crate::drive::Lives::noticed).
    ///
    /// # Errors
    /// `lifecycle-out-of-order` when no such notice is due; `account-unknown`, `store-conflict`.
    pub fn noticed(&self, id: AccountId, due: Due, outcome: NoticeOutcome, now: Timestamp) -> Result<()> {
        at(now, self.lives.noticed(id, due, outcome))
    }
}
