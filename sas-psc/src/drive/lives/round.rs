//! A round through the lives: what is due of each is done, one account after the other.

use super::{Lives, Mailer, current};
use crate::base::Timestamp;
use crate::consent::{AccountEvent, Sha256};
use crate::email::{Address, InactivityMail, Message};
use crate::error::{Code, Error, Result};
use crate::onboarding::lifecycle::{Closing, Due, Life, LifeStore, NoticeOutcome};
use crate::onboarding::{AccountId, Onboarding, StoredAccount};

/// What a round of [`Lives::run_due`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LivesRan {
    /// Accounts of before that got a life.
    pub begun: u32,
    /// Notices that left, or whose mailbox is gone.
    pub noticed: u32,
    /// Accounts closed.
    pub closed: u32,
    /// Accounts erased.
    pub erased: u32,
    /// What could not be done now, and is tried again by the next round.
    pub failed: u32,
}

/// An account of which something is due, as it was read.
pub(super) struct DueLife {
    pub stored: StoredAccount,
    pub onboarding: Onboarding,
    life: Life,
    version: u64,
    pub due: Due,
}

impl<S: LifeStore, M: Mailer> Lives<S, M> {
    /// Does what is due, for up to `limit` accounts. Call it every few hours. A program that sends its mails itself calls
    /// [`Lives::take_due`].
    ///
    /// # Errors
    /// Those of the store that find nothing out. What fails for one account is counted and tried again.
    pub async fn run_due(&self, limit: u32) -> Result<LivesRan> {
        let mut ran = LivesRan { begun: self.begin_lives(limit).await?, ..LivesRan::default() };
        for id in self.store.lives_due(self.clock.now(), limit).await? {
            match self.run_one(id).await {
                Ok(Some(Due::FirstNotice | Due::LastNotice)) => ran.noticed += 1,
                Ok(Some(Due::Close)) => ran.closed += 1,
                Ok(Some(Due::EraseDraft | Due::EraseClosed)) => ran.erased += 1,
                Ok(None) => {}
                Err(_) => ran.failed += 1,
            }
        }
        Ok(ran)
    }

    async fn run_one(&self, id: AccountId) -> Result<Option<Due>> {
        let Some(it) = self.due_of(id).await? else { return Ok(None) };
        let due = it.due;
        match due {
            Due::FirstNotice | Due::LastNotice => {
                let (message, to) = self.mail_of(&it)?;
                let outcome = match self.mailer.hand_over(&message, to).await {
                    Ok(()) => NoticeOutcome::HandedOver,
                    Err(error) if error.code() == Code::MAIL_REFUSED => NoticeOutcome::Refused,
                    Err(error) => return Err(error),
                };
                self.note(it, outcome).await?;
            }
            Due::Close => {
                let it = self.close_unused(it).await?;
                // The account is closed whether this mail leaves or not: the two before it said when.
                if let Ok((message, to)) = self.mail_of(&it) {
                    let _ = self.mailer.hand_over(&message, to).await;
                }
            }
            Due::EraseDraft | Due::EraseClosed => self.erase_due(&it).await?,
        }
        Ok(Some(due))
    }
}

impl<S: LifeStore, M: Send + Sync> Lives<S, M> {
    /// Gives a life to accounts of before, and says to how many.
    pub(super) async fn begin_lives(&self, limit: u32) -> Result<u32> {
        let mut begun = 0;
        for id in self.store.lifeless(limit).await? {
            let (_, onboarding) = self.account(id).await?;
            let mut life = Life::begin(onboarding.sign_in().auth_time);
            life.signed_in(onboarding.proven_address().is_some(), onboarding.sign_in().auth_time)?;
            begun += u32::from(self.commit(id, &life, 0, Vec::new()).await.is_ok());
        }
        Ok(begun)
    }

    /// What is due of an account, when something is.
    pub(super) async fn due_of(&self, id: AccountId) -> Result<Option<DueLife>> {
        let Some((written, version)) = self.load(id).await? else { return Ok(None) };
        let (stored, onboarding) = self.account(id).await?;
        let life = current(written.clone(), &onboarding)?;
        if life != written {
            self.commit(id, &life, version, Vec::new()).await?;
            return Ok(None);
        }
        let due = life.due(&self.rules, self.clock.now());
        Ok(due.map(|due| DueLife { stored, onboarding, life, version, due }))
    }

    /// The mail of what is due: a notice, or the word that it was closed.
    pub(super) fn mail_of<'a>(&self, it: &'a DueLife) -> Result<(Message, &'a Address)> {
        let now = self.clock.now();
        let (mail, what) = match it.due {
            Due::FirstNotice => (InactivityMail::Notice { closes_at: self.rules.closes_at(now) }, it.due.word()),
            Due::LastNotice => {
                (InactivityMail::LastNotice { closes_at: now + self.rules.closing_time() }, it.due.word())
            }
            _ => (InactivityMail::Closed { erased_at: self.rules.erased_at(now) }, "closed"),
        };
        self.written(&it.onboarding, mail, what, now)
    }

    /// A notice left, or its mailbox is gone: the life goes on, and the record says which.
    pub(super) async fn note(&self, mut it: DueLife, outcome: NoticeOutcome) -> Result<()> {
        it.life.noticed(it.due, &self.rules, self.clock.now())?;
        let event = if it.due == Due::FirstNotice { AccountEvent::FirstNotice } else { AccountEvent::LastNotice };
        let proof = if outcome == NoticeOutcome::HandedOver { "mail-handed-over" } else { "mail-refused" };
        let (id, event) = (it.stored.id, (event, &[proof][..], "system", None));
        self.step(id, &it.onboarding, &mut it.life, it.version, event).await
    }

    pub(super) async fn close_unused(&self, mut it: DueLife) -> Result<DueLife> {
        it.life.close(Closing::Inactivity, &self.rules, self.clock.now())?;
        let event = (AccountEvent::ClosedForInactivity, &["last-notice"][..], "system", None);
        self.step(it.stored.id, &it.onboarding, &mut it.life, it.version, event).await?;
        Ok(it)
    }

    pub(super) async fn erase_due(&self, it: &DueLife) -> Result<()> {
        let erased = self.erase_account(&it.stored, &it.onboarding, it.version, it.due.word(), "system");
        erased.await.map(drop)
    }

    fn written<'a>(
        &self,
        onboarding: &'a Onboarding,
        mail: InactivityMail,
        what: &str,
        now: Timestamp,
    ) -> Result<(Message, &'a Address)> {
        let address = onboarding.proven_address().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        let mut drawn = [0; 16];
        self.with_random(|random| random.fill(&mut drawn))?;
        let id = format!("{what}.{}", Sha256(crate::base::sha256(&drawn)));
        Ok((Message::inactivity(onboarding.lang(), &self.policy.service, &self.site, mail, id, now), address))
    }
}
