//! Another address for an active account, and the objection of whoever reads the old one.
//!
//! Two people who race for one address are judged by the store: one commit wins, as at a sign-up. What finds an account
//! by an objection's link is a visit under the hash of its token, which ends by itself.

use super::{Account, MailEventKind, MailToSend, SignUp, no_record};
use crate::base::{Timestamp, digest};
use crate::email::{Address, LimitStore};
use crate::error::{Code, Error, Lang, Result};
use crate::onboarding::{AccountId, Objected, Store, VisitKey};
use core::net::IpAddr;

impl<S: Store + LimitStore, M: Send + Sync> SignUp<S, M> {
    /// Asks that `address` take the place of an active account's, in the browser session `attempt`. The answer is proven
    /// as at the sign-up: [`SignUp::deliver`], [`SignUp::answer_code`], [`SignUp::open_link`], [`SignUp::answer_link`],
    /// [`SignUp::resend`]. The old address is told; it stays the account's until then.
    ///
    /// Whether the address belongs to another account is not told here, nor by the time this takes.
    ///
    /// # Errors
    /// Those of [`Onboarding::ask_address_change`](crate::onboarding::Onboarding::ask_address_change); `email-too-many`
    /// with `retry_after`.
    pub async fn change_address(
        &self,
        id: AccountId,
        attempt: &str,
        address: &Address,
        lang: Lang,
        from: Option<IpAddr>,
    ) -> Result<Account> {
        self.ask_mail(id, from, |sign_up, now, random| {
            sign_up.ask_address_change(address.clone(), attempt, lang, &self.policy, random, now)
        })
        .await
    }

    /// The person no longer wants the change in progress.
    ///
    /// # Errors
    /// `address-change-none`; those of the store.
    pub async fn drop_address_change(&self, id: AccountId) -> Result<Account> {
        self.step(id, |sign_up, _, _| sign_up.drop_address_change().map(no_record)).await
    }

    /// Whether the link of the mail to an old address has something to offer. Changes nothing; anybody may open it.
    ///
    /// # Errors
    /// `email-link-wrong`, `email-expired`, `email-tries-used-up`, `address-change-none`; those of the store.
    pub async fn open_objection(&self, token: &str) -> Result<()> {
        let id = self.objector(token).await?;
        self.account(id).await?.onboarding.open_objection(token, self.clock.now())
    }

    /// Takes an objection to a change of address: the link's token and the code of the same mail, from anybody who reads
    /// that mailbox.
    ///
    /// # Errors
    /// `email-code-wrong` with the tries left, `email-code-form`, and those of [`SignUp::open_objection`];
    /// `store-email-taken` when the old address is another account's by now: the operator is told.
    pub async fn object(&self, token: &str, code: &str) -> Result<Objected> {
        let id = self.objector(token).await?;
        let mut done = None;
        let account = self
            .step(id, |sign_up, now, _| {
                done = Some(sign_up.object(token, code, &self.policy, now)?);
                Ok(Vec::new())
            })
            .await;
        let now = self.clock.now();
        let failed = account.as_ref().err().map(Error::code);
        if failed.is_none() || failed == Some(Code::STORE_EMAIL_TAKEN) {
            let account = self.account(id).await?;
            if let Some(address) = account.onboarding.proven_address() {
                self.tell(MailEventKind::Objected, address, failed, now);
            }
        }
        account?;
        done.ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))
    }

    /// The mail to the old address; none when it is in other hands, or waits for its next try.
    pub(super) async fn mail_of_notice(&self, id: AccountId) -> Result<Option<MailToSend>> {
        let mut written = None;
        let account = self
            .step(id, |sign_up, now, random| {
                written = None;
                if sign_up.notice_at(now).is_some_and(|at| at <= now) {
                    written = Some((sign_up.write_notice(&self.policy, random, now)?, sign_up.lang()));
                }
                Ok(Vec::new())
            })
            .await?;
        let Some((notice, lang)) = written else { return Ok(None) };
        let to = account.onboarding.notice_address().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?.clone();
        let policy = &self.policy;
        let message = policy.templates.address_change(lang, &policy.service, &self.objection_base, &notice)?;
        let key = objection_key(crate::base::ExposeSecret::expose_secret(notice.link_token()));
        self.store.save_visit(key, None, id.0.to_vec(), notice.until(), self.clock.now()).await?;
        Ok(Some(MailToSend { account: id, number: notice.number(), is_notice: true, to, message }))
    }

    pub(super) async fn notice_handed_over(&self, mail: &MailToSend) -> Result<Account> {
        self.step(mail.account, |sign_up, _, _| sign_up.notice_ended(mail.number).map(no_record)).await
    }

    pub(super) async fn notice_not_handed_over(&self, mail: &MailToSend, why: Code) -> Result<()> {
        let for_good = matches!(why, Code::MAIL_REFUSED | Code::MAIL_REJECTED);
        let mut given_up = for_good;
        let told = self.step(mail.account, |sign_up, now, random| {
            if for_good {
                return sign_up.notice_ended(mail.number).map(no_record);
            }
            given_up = sign_up.notice_failed(mail.number, random, now)?;
            Ok(Vec::new())
        });
        told.await?;
        let kind = if given_up { MailEventKind::DeadLetter } else { MailEventKind::Deferred };
        self.tell(kind, &mail.to, Some(why), self.clock.now());
        Ok(())
    }

    async fn objector(&self, token: &str) -> Result<AccountId> {
        let now: Timestamp = self.clock.now();
        let found = self.store.visit(objection_key(token), now).await?;
        let id = found.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
        id.map(AccountId).ok_or_else(|| Error::new(Code::EMAIL_LINK_WRONG))
    }
}

fn objection_key(token: &str) -> VisitKey {
    VisitKey(digest("sas-psc objection link v1", &[token.as_bytes()]))
}
