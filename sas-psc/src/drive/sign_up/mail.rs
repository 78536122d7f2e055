//! The outbox: a mail is asked for, waits in its account, is written, handed over, tried again, given up.
//!
//! Mails are not stored: a try writes a fresh link and code. What waits is `wake_at` of the account, so that any instance
//! goes on after a kill. Tries follow after about 5 s, doubled up to 2 minutes, each shortened by chance so that those of
//! an outage do not come back together; after ten minutes, or a refusal for good, the mail is a dead letter: the operator
//! is told, and the person may ask again.

use super::{Account, MailEvent, MailEventKind, MailToSend, Mailer, SignUp, no_record};
use crate::base::{Random, Timestamp};
use crate::drive::mail_limits;
use crate::email::{Address, Dispatch, LimitStore, MailAsk, MailKind, Message};
use crate::error::{Code, Error, Lang, Result};
use crate::onboarding::{AccountId, Onboarding, Policy, Store};
use core::net::IpAddr;

impl<S: Store + LimitStore, M: Send + Sync> SignUp<S, M> {
    /// Gives the address to link, in the browser session `attempt`, and the language of the mail; `from` is where the
    /// browser asks from, when that is known. Then [`deliver`].
    ///
    /// Whether the address belongs to another account is not told here, nor by the time this takes.
    ///
    /// [`deliver`]: SignUp::deliver
    ///
    /// # Errors
    /// Those of [`Onboarding::give_address`]; `email-too-many` with `retry_after`.
    pub async fn give_address(
        &self,
        id: AccountId,
        attempt: &str,
        address: &Address,
        lang: Lang,
        from: Option<IpAddr>,
    ) -> Result<Account> {
        self.ask_mail(id, from, |sign_up, now, random| {
            sign_up.give_address(address.clone(), attempt, lang, &self.policy, random, now)
        })
        .await
    }

    /// Asks for the mail again. Then [`SignUp::deliver`].
    ///
    /// # Errors
    /// Those of [`Onboarding::ask_resend`]; `email-too-many` with `retry_after`.
    pub async fn resend(&self, id: AccountId, attempt: &str, from: Option<IpAddr>) -> Result<Account> {
        self.ask_mail(id, from, |sign_up, now, random| sign_up.ask_resend(attempt, &self.policy, random, now)).await
    }

    /// Counts a mail, then asks for it. What the journey itself refuses is not counted.
    pub(super) async fn ask_mail(
        &self,
        id: AccountId,
        from: Option<IpAddr>,
        mut apply: impl FnMut(&mut Onboarding, Timestamp, &mut dyn Random) -> Result<()> + Send,
    ) -> Result<Account> {
        let now = self.clock.now();
        let mut tried = Onboarding::from_stored(&self.load(id).await?.state)?;
        self.with_random(|random| apply(&mut tried, now, random))?;
        let address = tried.address_in_proof().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        let ask = MailAsk { person: &id.0, address, network: from };
        let not_before = match mail_limits::take(&self.limiter, &self.store, &ask, now).await {
            Ok(at) if at > now => {
                self.tell(MailEventKind::Late, address, None, now);
                at
            }
            Ok(at) => at,
            Err(error) => {
                if error.code() == Code::EMAIL_TOO_MANY {
                    self.tell(MailEventKind::HeldBack, address, None, now);
                }
                return Err(error);
            }
        };
        self.step(id, |sign_up, now, random| {
            apply(sign_up, now, random)?;
            sign_up.hold_mail(not_before, now);
            Ok(Vec::new())
        })
        .await
    }

    /// None: the mail is in other hands, or waits for its next try.
    pub(super) async fn mail_of_challenge(&self, id: AccountId) -> Result<Option<MailToSend>> {
        let (mut mail, mut given_up) = (None, false);
        let written = self
            .step(id, |sign_up, now, random| {
                (mail, given_up) = (None, false);
                let at = sign_up.mail_at(&self.policy, now);
                if at.is_some_and(|at| at > now) || (at.is_none() && sign_up.notice_at(now).is_some()) {
                    return Ok(Vec::new());
                }
                let dispatch = sign_up.write_mail(&self.policy, random, now);
                given_up = dispatch.is_err() && sign_up.mail_given_up(now);
                mail = Some((dispatch?, sign_up.lang()));
                Ok(Vec::new())
            })
            .await;
        if given_up {
            let account = self.account(id).await?;
            if let Some(address) = account.onboarding.address_in_proof() {
                self.tell(MailEventKind::DeadLetter, address, Some(Code::EMAIL_SEND_WINDOW_OVER), self.clock.now());
            }
        }
        let account = written?;
        let Some((dispatch, lang)) = mail else { return Ok(None) };
        let address = account.onboarding.address_in_proof().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        let changes = account.onboarding.proven_address().is_some();
        let kind = if changes { MailKind::NewAddress } else { MailKind::Verification };
        let message = self.message(id, kind, address, lang, &dispatch).await?;
        Ok(Some(MailToSend { account: id, number: dispatch.number(), is_notice: false, to: address.clone(), message }))
    }

    pub(super) async fn challenge_handed_over(&self, mail: &MailToSend) -> Result<Account> {
        self.step(mail.account, |sign_up, now, _| sign_up.mail_handed_over(mail.number, now).map(no_record)).await
    }

    /// What became of a mail of a challenge that did not leave. A newer one may have been asked for meanwhile: then it no
    /// longer matters to the account.
    pub(super) async fn challenge_not_handed_over(&self, mail: &MailToSend, why: Code) -> Result<()> {
        let kind = match why {
            Code::MAIL_REFUSED => MailEventKind::Refused,
            Code::MAIL_REJECTED => MailEventKind::DeadLetter,
            _ => MailEventKind::Deferred,
        };
        let told = self.step(mail.account, |sign_up, now, random| {
            match kind {
                MailEventKind::Refused => sign_up.mail_refused(mail.number),
                MailEventKind::DeadLetter => sign_up.mail_rejected(mail.number),
                _ => sign_up.mail_failed(mail.number, random, now),
            }
            .map(no_record)
        });
        match told.await {
            Ok(_) => self.tell(kind, &mail.to, Some(why), self.clock.now()),
            Err(error) if error.code() == Code::EMAIL_SUPERSEDED => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The mail of a challenge. Both kinds cost the same look-up and are handed over alike.
    async fn message(
        &self,
        id: AccountId,
        kind: MailKind,
        to: &Address,
        lang: Lang,
        dispatch: &Dispatch,
    ) -> Result<Message> {
        let Policy { service, templates, .. } = &self.policy;
        let owner = self.store.account_with_email(to.canonical()).await?;
        if owner.is_some_and(|owner| owner != id) {
            return Ok(templates.already_linked(lang, service, dispatch));
        }
        templates.challenge(kind, lang, service, &self.link_base, dispatch)
    }

    pub(super) fn tell(&self, kind: MailEventKind, to: &Address, cause: Option<Code>, at: Timestamp) {
        (self.on_event)(&MailEvent { kind, mailbox: self.limiter.mailbox(to), cause, at });
    }
}

impl<S: Store + LimitStore, M: Mailer> SignUp<S, M> {
    /// Hands the mail that is due over. What was written is stored before it leaves, so that a kill in between costs a
    /// second mail, never a wrong state. A temporary failure is tried again by [`SignUp::run_due`]. A mail that another
    /// call, or another instance, is handing over is left to it; one that is to leave later is left to its time.
    ///
    /// # Errors
    /// `step-out-of-order` when no mail is due; `email-send-window-over`; those of the mailer.
    pub async fn deliver(&self, id: AccountId) -> Result<Account> {
        let (mail, notice) = self.hand_both_over(id).await;
        match (mail?, notice) {
            (_, Some(account)) | (Some(account), None) => Ok(account),
            (None, None) => self.account(id).await,
        }
    }

    /// The mail of the challenge first, which somebody waits for; then the one to an address that is to be replaced.
    async fn hand_both_over(&self, id: AccountId) -> (Result<Option<Account>>, Option<Account>) {
        let mail = async { self.hand_over(self.mail_of_challenge(id).await?).await }.await;
        // What becomes of it is told to the operator, and no affair of who asks for the change: it is said of the old mailbox
        // alone that it cannot be reached.
        let notice = async { self.hand_over(self.mail_of_notice(id).await?).await }.await.ok().flatten();
        (mail, notice)
    }

    /// Hands over the mails whose time has come, after a temporary failure or a kill. Call it every few seconds.
    /// Returns how many left.
    ///
    /// # Errors
    /// Those of the store. A mail that fails again is not an error here: it waits for its next try.
    pub async fn run_due(&self) -> Result<u32> {
        let mut left = 0;
        for id in self.store.due(self.clock.now(), 16).await? {
            let (mail, notice) = self.hand_both_over(id).await;
            left += u32::from(matches!(mail, Ok(Some(_)))) + u32::from(notice.is_some());
        }
        Ok(left)
    }

    async fn hand_over(&self, mail: Option<MailToSend>) -> Result<Option<Account>> {
        let Some(mail) = mail else { return Ok(None) };
        match self.mailer.hand_over(&mail.message, &mail.to).await {
            Ok(()) => self.handed_over(&mail).await.map(Some),
            Err(error) => {
                self.not_handed_over(&mail, error.code()).await?;
                Err(error)
            }
        }
    }
}
