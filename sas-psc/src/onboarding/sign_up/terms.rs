//! The steps around the terms: shown, accepted or refused, each answer a record.

use super::{Answered, Event, Onboarding, Policy, proof};
use crate::base::{Random, Timestamp};
use crate::consent::{
    Fields, Need, Presented, Record, RecordId, Sha256, TermsAcceptance, TermsDifference, TermsVersion,
};
use crate::error::{Code, Error, Lang, Result};
use crate::onboarding::LogEntry;

impl Onboarding {
    /// The terms in force are shown in `lang`, in the browser session `attempt`. Showing them again changes nothing.
    ///
    /// # Errors
    /// `step-out-of-order`; `terms-not-current`.
    pub fn present_terms(&mut self, lang: Lang, attempt: &str, policy: &Policy, now: Timestamp) -> Result<()> {
        self.expect(Event::TermsAccepted, policy, now)?;
        let (terms, binding) = (policy.current_terms(lang, now)?, self.binding(attempt));
        let account = self.account.as_mut().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        if !account.presented.as_ref().is_some_and(|shown| shown.hash() == terms.hash() && shown.was_to(&binding)) {
            account.presented = Some(Presented::new(terms, binding, policy.ui_build, now));
        }
        Ok(())
    }

    /// The terms on the screen of the browser session `attempt`, awaiting their answer; none when they were answered,
    /// or shown to another session since. Newer ones may be in force by now.
    pub fn terms_shown(&self, attempt: &str) -> Option<&Presented> {
        let shown = self.account.as_ref()?.presented.as_ref()?;
        shown.was_to(&self.binding(attempt)).then_some(shown)
    }

    /// The terms in force when a change that asks for no new answer has to be told: show it with [`Onboarding::terms_changed`],
    /// on any page, until [`Onboarding::terms_noticed`].
    pub fn terms_notice<'a>(&self, lang: Lang, policy: &'a Policy, now: Timestamp) -> Option<&'a TermsVersion> {
        let account = self.account.as_ref()?;
        let accepted = account.terms.as_ref().filter(|answer| answer.accepted)?.hash;
        let untold = |known: Sha256| policy.terms.needed(Some(&known), now) == Need::Notify;
        let due = untold(accepted) && untold(account.told.unwrap_or(accepted));
        policy.terms.current(lang.tag(), now).filter(|_| due)
    }

    /// The person has seen the notice.
    ///
    /// # Errors
    /// `step-out-of-order` when there is none.
    pub fn terms_noticed(&mut self, policy: &Policy, now: Timestamp) -> Result<()> {
        let seen = self.terms_notice(self.lang, policy, now).map(TermsVersion::hash);
        let account = self.account.as_mut().filter(|_| seen.is_some());
        account.ok_or_else(|| Error::new(Code::STEP_OUT_OF_ORDER))?.told = seen;
        Ok(())
    }

    /// What changed since the text that the person accepted last, to show beside the terms or the notice.
    pub fn terms_changed(&self, lang: Lang, policy: &Policy, now: Timestamp) -> Option<TermsDifference> {
        let answer = self.account.as_ref()?.terms.as_ref()?;
        policy.terms.difference(&answer.hash, lang.tag(), now)
    }

    /// The person accepts the terms shown: `form_hash` is what the form carried. Returns the record to append.
    ///
    /// # Errors
    /// `step-out-of-order`; those of [`Presented::accept`]; `no-randomness`.
    pub fn accept_terms(
        &mut self,
        ticked: bool,
        form_hash: &str,
        attempt: &str,
        policy: &Policy,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<LogEntry> {
        self.expect(Event::TermsAccepted, policy, now)?;
        let (presented, terms) = self.presented(policy, now)?;
        let acceptance = presented.accept(ticked, form_hash, terms, &self.binding(attempt), now)?;
        self.terms_accepted(&acceptance, policy, random, now)
    }

    /// The person refuses the terms shown. Returns the record to append.
    ///
    /// # Errors
    /// `step-out-of-order`; those of [`Presented::refuse`]; `no-randomness`.
    pub fn refuse_terms(
        &mut self,
        form_hash: &str,
        attempt: &str,
        policy: &Policy,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<LogEntry> {
        self.expect(Event::TermsRefused, policy, now)?;
        let (presented, terms) = self.presented(policy, now)?;
        let refusal = presented.refuse(form_hash, terms, &self.binding(attempt), now)?;
        let record = policy.recorder().refused(&refusal, self.sign_in.for_record(), self.last_record(), random)?;
        self.answered(false, record, policy, random, now)
    }

    /// The person accepted a version of the terms that asks for nothing more. Returns the record to append.
    ///
    /// # Errors
    /// `another-person` when the evidence belongs to someone else; `terms-not-current` when newer terms ask again;
    /// `step-out-of-order`; `no-randomness`.
    pub fn terms_accepted(
        &mut self,
        acceptance: &TermsAcceptance,
        policy: &Policy,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<LogEntry> {
        self.expect(Event::TermsAccepted, policy, now)?;
        let by = acceptance.binding();
        if by.issuer != self.sign_in.issuer || by.subject != self.sign_in.subject {
            return Err(Error::new(Code::ANOTHER_PERSON));
        }
        if policy.terms.needed(Some(&acceptance.hash()), now) == Need::Accept {
            return Err(Error::new(Code::TERMS_NOT_CURRENT));
        }
        let record = policy.recorder().accepted(acceptance, self.sign_in.for_record(), self.last_record(), random)?;
        self.answered(true, record, policy, random, now)
    }

    /// The person left the terms that they had accepted: the next page asks again. Whether there was an answer.
    pub fn terms_left(&mut self) -> bool {
        self.account.as_mut().and_then(|account| account.terms.take()).is_some()
    }

    /// The text on the screen and the version in force in its language.
    fn presented<'a>(&self, policy: &'a Policy, now: Timestamp) -> Result<(&Presented, &'a TermsVersion)> {
        let presented = self.account.as_ref().and_then(|account| account.presented.as_ref());
        let presented = presented.ok_or_else(|| Error::new(Code::STEP_OUT_OF_ORDER))?;
        let current = policy.terms.current(presented.lang(), now).ok_or_else(|| Error::new(Code::TERMS_NOT_CURRENT))?;
        Ok((presented, current))
    }

    fn last_record(&self) -> Option<RecordId> {
        Some(self.account.as_ref()?.terms.as_ref()?.record_id)
    }

    fn answered(
        &mut self,
        accepted: bool,
        record: Record,
        policy: &Policy,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<LogEntry> {
        let rests_on = proof::waiting(self.evidence.as_ref(), &self.sign_in, &policy.key);
        let account = self.account.as_mut().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        let (record, entry) = proof::entry(record, rests_on.as_ref(), &mut account.evidence, random, now)?;
        let Fields { terms_hash: hash, at, id: record_id, .. } = *record.fields();
        account.terms = Some(Answered { hash, accepted, at, record_id });
        account.presented = None;
        Ok(entry)
    }
}
