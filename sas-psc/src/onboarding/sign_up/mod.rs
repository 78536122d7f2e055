//! One person's sign-up: what they have done, from which where they stand is derived.
//!
//! A transition takes the evidence of its step: [`SignIn`], [`EmailControl`](crate::email::EmailControl),
//! [`TermsAcceptance`](crate::consent::TermsAcceptance), [`ValidSettings`]. None of them can be made without the check it stands for, so a skipped check does
//! not compile. On an error nothing has changed, except that a wrong code was counted.

mod address;
mod export;
mod facts;
mod mail;
mod proof;
mod settings;
mod terms;

pub use address::{AddressChange, FormerAddress, Objected};
pub use facts::SignInFacts;
pub use settings::Author;

use super::policy::Policy;
use super::state::{Event, State};
use crate::base::{Timestamp, from_stored, to_stored};
use crate::consent::{Need, Presented, RecordId, Sha256};
use crate::email::{Address, Challenge, Status};
use crate::error::{Code, Error, Lang, Result};
use crate::id::IdNat;
use crate::participation::ValidSettings;
use crate::person::{Activity, Binding, FORMER, OtherId, Professional};
use crate::psc::SignIn;
use serde::{Deserialize, Serialize};
use std::fmt;

/// 2: a mail that was given up; a change of address.
const STORED_VERSION: u32 = 2;

/// A sign-up in progress, or done.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Onboarding {
    person: Professional,
    sign_in: SignInFacts,
    begun_at: Timestamp,
    /// The places that take part; none when there is nothing to choose, or not chosen yet.
    places: Option<Vec<Activity>>,
    challenge: Option<Challenge>,
    lang: Lang,
    retry: Retry,
    account: Option<Account>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    change: Option<AddressChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    evidence: Option<proof::Waiting>,
}

/// When the mail is tried again by itself.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Retry {
    failures: u32,
    at: Option<Timestamp>,
}

/// What exists once the e-mail is proven.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    email: Address,
    email_proven_at: Timestamp,
    /// The text on the screen, awaiting its answer.
    presented: Option<Presented>,
    terms: Option<Answered>,
    settings: Option<ValidSettings>,
    settings_saved_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    former: Vec<FormerAddress>,
    /// The version that the person was last told of without being asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told: Option<Sha256>,
    /// The last answer to each declaration of the settings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    declared: Vec<settings::LastDeclared>,
    /// The evidence of the records, each sealed under its record's salt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<proof::Kept>,
}

/// The latest answer to the terms.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    hash: Sha256,
    accepted: bool,
    at: Timestamp,
    record_id: RecordId,
}

impl Onboarding {
    /// Begins for a person who has no account.
    ///
    /// # Errors
    /// Those of the eligibility rule of `policy`.
    pub fn begin(sign_in: &SignIn, policy: &Policy, now: Timestamp) -> Result<Onboarding> {
        (policy.eligibility)(sign_in.professional())?;
        let facts = SignInFacts::of(sign_in);
        Ok(Onboarding {
            person: sign_in.professional().clone(),
            evidence: proof::wait(sign_in, &facts, &policy.key)?,
            sign_in: facts,
            begun_at: now,
            places: None,
            challenge: None,
            lang: Lang::default(),
            retry: Retry::default(),
            account: None,
            change: None,
        })
    }

    /// Goes on for a person who came back: the names and places are those that PSC gives today.
    ///
    /// # Errors
    /// `another-person` when they share no identifier at the same provider; those of the eligibility rule.
    pub fn signed_in_again(&mut self, sign_in: &SignIn, policy: &Policy) -> Result<()> {
        let person = sign_in.professional();
        let known = identities(&self.person);
        if sign_in.issuer() != self.sign_in.issuer || !identities(person).iter().any(|id| known.contains(id)) {
            return Err(Error::new(Code::ANOTHER_PERSON));
        }
        (policy.eligibility)(person)?;
        let facts = SignInFacts::of(sign_in);
        self.evidence = proof::wait(sign_in, &facts, &policy.key)?;
        self.sign_in = facts;
        self.person = person.clone();
        // An ADELI number that became an RPPS, an identifier that PSC no longer lists: the account stays findable by it.
        for id in known.into_iter().filter(|id| !identities(person).contains(id)) {
            self.person.other_ids.push(OtherId { id, origin: FORMER.to_owned(), quality: None });
        }
        Ok(())
    }

    /// Where the sign-up stands.
    pub fn state(&self, policy: &Policy, now: Timestamp) -> State {
        let Some(account) = &self.account else {
            return match self.challenge.as_ref().map(|challenge| challenge.status(now)) {
                None if self.places.is_none() && self.has_places_to_choose() => State::PlacesWanted,
                None | Some(Status::AddressRefused) => State::EmailWanted,
                Some(Status::Sending | Status::SendFailed) => State::MailDue,
                Some(_) => State::MailSent,
            };
        };
        match &account.terms {
            Some(answer) if policy.terms.needed(Some(&answer.hash), now) != Need::Accept => {
                match (answer.accepted, &account.settings) {
                    (false, _) => State::TermsRefused,
                    (true, None) => State::SettingsWanted,
                    (true, Some(_)) => State::Active,
                }
            }
            _ => State::TermsWanted,
        }
    }

    /// The person, as PSC named them at the latest sign-in.
    pub fn person(&self) -> &Professional {
        &self.person
    }

    /// The latest sign-in.
    pub fn sign_in(&self) -> &SignInFacts {
        &self.sign_in
    }

    /// The places that were chosen; the only one, where there was no choice.
    pub fn places(&self) -> Vec<&Activity> {
        self.places.as_ref().map_or_else(|| self.person.activities().collect(), |places| places.iter().collect())
    }

    /// The address being proven, or proven.
    pub fn address(&self) -> Option<&Address> {
        self.proven_address().or_else(|| self.challenge.as_ref().map(Challenge::address))
    }

    /// The address, once it is proven.
    pub fn proven_address(&self) -> Option<&Address> {
        self.account.as_ref().map(|account| &account.email)
    }

    /// The challenge of the first address, for the page that waits for its answer; a later one is that of
    /// [`Onboarding::address_change`].
    pub fn challenge(&self) -> Option<&Challenge> {
        self.challenge.as_ref()
    }

    /// The saved settings.
    pub fn settings(&self) -> Option<&ValidSettings> {
        self.account.as_ref()?.settings.as_ref()
    }

    /// The record of the latest answer to the terms, by which its owner finds it in the log.
    pub fn terms_record(&self) -> Option<RecordId> {
        self.account.as_ref()?.terms.as_ref().map(|answer| answer.record_id)
    }

    /// When a driver must act by itself: a mail is to be handed over.
    pub fn wake_at(&self, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
        [self.mail_at(policy, now), self.notice_at(now)].into_iter().flatten().min()
    }

    /// When the mail of a challenge is due, or is to be given up.
    pub fn mail_at(&self, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
        let change = self.change.as_ref().filter(|change| change.is_open());
        let (challenge, retry) = match change {
            Some(change) => (&change.challenge, change.retry),
            None => (self.challenge.as_ref().filter(|_| self.state(policy, now) == State::MailDue)?, self.retry),
        };
        let due = challenge.status(now) == Status::Sending || challenge.is_overdue(now);
        due.then(|| retry.at.unwrap_or(now))
    }

    /// The language of the mails.
    pub fn lang(&self) -> Lang {
        self.change.as_ref().map_or(self.lang, |change| change.lang)
    }

    /// Chooses the places that take part, by their rank in [`Professional::activities`].
    ///
    /// # Errors
    /// `step-out-of-order`; `places-unknown` when there is none, or one that does not exist.
    pub fn choose_places(&mut self, ranks: &[usize], policy: &Policy, now: Timestamp) -> Result<()> {
        self.expect(Event::PlacesChosen, policy, now)?;
        let all: Vec<&Activity> = self.person.activities().collect();
        let chosen: Option<Vec<Activity>> = ranks.iter().map(|rank| all.get(*rank).copied().cloned()).collect();
        let places = chosen.filter(|places| !places.is_empty()).ok_or_else(|| Error::new(Code::PLACES_UNKNOWN))?;
        self.places = Some(places);
        Ok(())
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// `stored-form-newer`, `stored-form-unreadable`.
    pub fn from_stored(bytes: &[u8]) -> Result<Onboarding> {
        from_stored(STORED_VERSION, bytes)
    }

    /// Writes the stored form.
    ///
    /// # Errors
    /// `broken-invariant`, which no sign-up causes.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        to_stored(STORED_VERSION, self)
    }

    fn expect(&self, event: Event, policy: &Policy, now: Timestamp) -> Result<()> {
        let may = self.state(policy, now).allows(event);
        if may { Ok(()) } else { Err(Error::new(Code::STEP_OUT_OF_ORDER)) }
    }

    fn has_places_to_choose(&self) -> bool {
        self.person.activities().nth(1).is_some()
    }

    fn binding(&self, attempt: &str) -> Binding {
        Binding::new(&self.sign_in.issuer, &self.sign_in.subject, attempt)
    }

    fn challenge_mut(&mut self) -> Result<&mut Challenge> {
        if let Some(change) = self.change.as_mut().filter(|change| change.is_open()) {
            return Ok(&mut change.challenge);
        }
        self.challenge.as_mut().ok_or_else(|| Error::new(Code::STEP_OUT_OF_ORDER))
    }

    /// When the mail in progress is tried again.
    fn retry_mut(&mut self) -> &mut Retry {
        self.change.as_mut().filter(|change| change.is_open()).map_or(&mut self.retry, |change| &mut change.retry)
    }

    fn changes_address(&self) -> bool {
        self.change.as_ref().is_some_and(AddressChange::is_open)
    }
}

/// What an account is found by: the person's national identifier, then the others that are numbers of a register
/// (TRE_G08), an RPPS or ADELI number listed without its type digit in its full form. An opaque value that PSC lists
/// beside them may stand at several people, and joins nobody; one that was the national identifier itself still counts.
pub fn identities(person: &Professional) -> Vec<IdNat> {
    person.identities()
}

impl fmt::Debug for Onboarding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let opened = self.account.is_some();
        f.debug_struct("Onboarding").field("sign_in", &self.sign_in).field("opened", &opened).finish_non_exhaustive()
    }
}
