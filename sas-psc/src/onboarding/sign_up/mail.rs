//! The steps around the mailbox: the address, its mail, the answer that comes back.

use super::{Account, Event, Onboarding, Policy, Retry};
use crate::base::{Random, Timestamp, below};
use crate::email::{Address, Answer, Challenge, Dispatch, EmailControl, LinkPage};
use crate::error::{Code, Error, Lang, Result};
use std::time::Duration;

/// Longer than any mail driver's time-out.
pub(super) const HAND_OVER_TIME: Duration = Duration::from_secs(60);
const FIRST_RETRY: Duration = Duration::from_secs(5);
const LAST_RETRY: Duration = Duration::from_secs(120);

impl Onboarding {
    /// Gives the address to link, or another one, in the browser session `attempt`.
    ///
    /// # Errors
    /// `step-out-of-order`, `email-resend-too-early`, `no-randomness`.
    pub fn give_address(
        &mut self,
        address: Address,
        attempt: &str,
        lang: Lang,
        policy: &Policy,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<()> {
        self.expect(Event::AddressGiven, policy, now)?;
        let mut challenge = match &self.challenge {
            Some(challenge) => self.continued(challenge, attempt, random)?,
            None => {
                let binding = self.binding(attempt);
                self.challenge = Some(Challenge::new(binding, address, policy.mail_lifetime, random, now)?);
                (self.lang, self.retry) = (lang, Retry::default());
                return Ok(());
            }
        };
        challenge.change_address(address, now)?;
        self.challenge = Some(challenge);
        (self.lang, self.retry) = (lang, Retry::default());
        Ok(())
    }

    /// Asks for the mail again, in the browser session `attempt`. In a session that did not start, a new one starts.
    ///
    /// # Errors
    /// `step-out-of-order`, `email-resend-too-early`, `no-randomness`.
    pub fn ask_resend(
        &mut self,
        attempt: &str,
        policy: &Policy,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<()> {
        if !self.changes_address() {
            self.expect(Event::ResendAsked, policy, now)?;
        }
        let challenge = self.in_proof().ok_or_else(|| Error::new(Code::STEP_OUT_OF_ORDER))?;
        let mut challenge = self.continued(challenge, attempt, random)?;
        challenge.resend(now)?;
        *self.challenge_mut()? = challenge;
        *self.retry_mut() = Retry::default();
        Ok(())
    }

    /// Writes the mail that is due: a fresh link, code and end.
    ///
    /// # Errors
    /// `step-out-of-order`; those of [`Challenge::write`].
    pub fn write_mail(&mut self, policy: &Policy, random: &mut dyn Random, now: Timestamp) -> Result<Dispatch> {
        if !self.changes_address() {
            self.expect(Event::MailHandedOver, policy, now)?;
        }
        let dispatch = self.challenge_mut()?.write(&policy.key, random, now)?;
        // If the program is killed before it says what came of it, another try follows after this.
        self.retry_mut().at = Some(now + HAND_OVER_TIME);
        Ok(dispatch)
    }

    /// The mail is not to leave before this.
    pub fn hold_mail(&mut self, not_before: Timestamp, now: Timestamp) {
        if not_before > now {
            self.retry_mut().at = Some(not_before);
        }
    }

    /// Mail `number` could not be handed over, but another try may succeed: 5 s later, then doubled up to 2 minutes; up
    /// to half of it is taken off by chance, so that those who met one outage do not come back together.
    ///
    /// # Errors
    /// As [`Onboarding::mail_handed_over`]; `no-randomness`.
    pub fn mail_failed(&mut self, number: u32, random: &mut dyn Random, now: Timestamp) -> Result<()> {
        if !self.challenge_mut()?.is_sending(number) {
            return Err(Error::new(Code::EMAIL_SUPERSEDED));
        }
        let retry = self.retry_mut();
        retry.at = Some(now + backoff(retry.failures, random)?);
        retry.failures += 1;
        Ok(())
    }

    /// Gives up a mail that could not be sent in time; says whether it was this call.
    pub fn mail_given_up(&mut self, now: Timestamp) -> bool {
        self.challenge_mut().is_ok_and(|challenge| challenge.give_up(now))
    }

    /// The mail server refuses mail `number` for good, for a reason that is not its address: the person may ask again.
    ///
    /// # Errors
    /// As [`Onboarding::mail_handed_over`].
    pub fn mail_rejected(&mut self, number: u32) -> Result<()> {
        self.challenge_mut()?.rejected(number)
    }

    /// The mail server took mail `number`.
    ///
    /// # Errors
    /// `email-superseded` when a later one was asked for meanwhile; `step-out-of-order`.
    pub fn mail_handed_over(&mut self, number: u32, now: Timestamp) -> Result<()> {
        self.challenge_mut()?.handed_over(number, now).map(|_| ())
    }

    /// The mail server refuses the address of mail `number` for good.
    ///
    /// # Errors
    /// As [`Onboarding::mail_handed_over`].
    pub fn mail_refused(&mut self, number: u32) -> Result<()> {
        self.challenge_mut()?.refused(number)
    }

    /// Takes the code that was typed in the browser session `attempt`. A wrong one is counted: store the sign-up.
    ///
    /// # Errors
    /// Those of [`Challenge::answer_code`], `email-code-wrong`, `email-tries-used-up`; `step-out-of-order`.
    pub fn answer_code(&mut self, code: &str, attempt: &str, policy: &Policy, now: Timestamp) -> Result<()> {
        let binding = self.binding(attempt);
        match self.challenge_mut()?.answer_code(&policy.key, code, &binding, now)? {
            Answer::Proven(control) => self.email_proven(&control),
            Answer::Wrong(error) => Err(error),
        }
    }

    /// What to show to whoever opened the link, in the browser session `attempt` if there is one.
    ///
    /// # Errors
    /// Those of [`Challenge::open_link`].
    pub fn open_link(&self, token: &str, attempt: &str, now: Timestamp) -> Result<LinkPage> {
        let binding = self.binding(attempt);
        self.in_proof().map_or(Ok(LinkPage::Elsewhere), |challenge| challenge.open_link(token, Some(&binding), now))
    }

    /// Takes the link's token, confirmed by the button in the browser session `attempt`.
    ///
    /// # Errors
    /// Those of [`Challenge::answer_link`]; `step-out-of-order`.
    pub fn answer_link(&mut self, token: &str, attempt: &str, now: Timestamp) -> Result<()> {
        let binding = self.binding(attempt);
        let control = self.challenge_mut()?.answer_link(token, &binding, now)?;
        self.email_proven(&control)
    }

    /// The address is proven: the account is initialised, or its address changes. Proving it again changes nothing.
    ///
    /// # Errors
    /// `another-person` when the evidence belongs to someone else; `step-out-of-order`.
    pub fn email_proven(&mut self, control: &EmailControl) -> Result<()> {
        if control.issuer() != self.sign_in.issuer || control.subject() != self.sign_in.subject {
            return Err(Error::new(Code::ANOTHER_PERSON));
        }
        if self.new_address_proven(control) {
            return Ok(());
        }
        if let Some(account) = &self.account {
            let same = account.email.canonical() == control.address().canonical();
            return if same { Ok(()) } else { Err(Error::new(Code::STEP_OUT_OF_ORDER)) };
        }
        if self.challenge.is_none() {
            return Err(Error::new(Code::STEP_OUT_OF_ORDER));
        }
        self.account = Some(Account {
            email: control.address().clone(),
            email_proven_at: control.proven_at(),
            presented: None,
            terms: None,
            settings: None,
            settings_saved_at: None,
            former: Vec::new(),
            told: None,
            declared: Vec::new(),
            evidence: Vec::new(),
        });
        Ok(())
    }

    /// The address that the challenge in progress is about.
    pub fn address_in_proof(&self) -> Option<&Address> {
        self.in_proof().map(Challenge::address)
    }

    /// The challenge, in the browser session `attempt`: the same, or moved there with its waits, so that signing in
    /// again is no way around them.
    pub(super) fn continued(&self, challenge: &Challenge, attempt: &str, random: &mut dyn Random) -> Result<Challenge> {
        let binding = self.binding(attempt);
        if challenge.binding().is(&binding) { Ok(challenge.clone()) } else { challenge.moved_to(binding, random) }
    }
}

/// The wait after so many failures.
pub(super) fn backoff(failures: u32, random: &mut dyn Random) -> Result<Duration> {
    let whole = FIRST_RETRY.saturating_mul(1 << failures.min(8)).min(LAST_RETRY);
    let half = u32::try_from(whole.as_millis() / 2).unwrap_or(u32::MAX - 1);
    Ok(whole - Duration::from_millis(below(random, half + 1)?.into()))
}
