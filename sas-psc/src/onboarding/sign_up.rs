//! One person's sign-up: what they have done, from which where they stand is derived.
//!
//! A transition takes the evidence of its step: [`SignIn`], [`EmailControl`](crate::email::EmailControl),
//! [`TermsAnswer`], [`ValidSettings`]. None of them can be made without the check it stands for, so a skipped check does
//! not compile. On an error nothing has changed, except that a wrong code was counted.

use super::policy::Policy;
use super::state::{Event, State};
use super::store::LogEntry;
use crate::base::{Random, Timestamp, from_stored, to_stored};
use crate::consent::{Fields, Need, Presented, Record, RecordId, Sha256, SignedIn, TermsAcceptance, TermsVersion};
use crate::email::{Address, Answer, Challenge, Dispatch, EmailControl, LinkPage, Status};
use crate::error::{Code, Error, Lang, Result};
use crate::id::IdNat;
use crate::participation::ValidSettings;
use crate::person::{Activity, Binding, OtherId, Professional};
use crate::psc::{Acr, AuthMode, SignIn};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

const STORED_VERSION: u32 = 1;
/// Longer than any mail driver's time-out.
const HAND_OVER_TIME: Duration = Duration::from_secs(60);
const FIRST_RETRY: Duration = Duration::from_secs(5);
const LAST_RETRY: Duration = Duration::from_secs(120);

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
}

/// When the mail is tried again by itself.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Retry {
    failures: u32,
    at: Option<Timestamp>,
}

/// What is kept of the latest sign-in: to whom a step belongs, and on what it rests.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInFacts {
    /// The provider.
    pub issuer: String,
    /// The person at that provider.
    pub subject: String,
    /// The service they signed in to.
    pub client_id: String,
    /// The level.
    pub acr: Option<Acr>,
    /// By card or by phone.
    pub auth_mode: Option<AuthMode>,
    /// When the person proved who they are.
    pub auth_time: Timestamp,
    /// SHA-256 of the ID token.
    pub id_token_sha256: Sha256,
}

impl SignInFacts {
    fn of(sign_in: &SignIn) -> SignInFacts {
        SignInFacts {
            issuer: sign_in.issuer().to_owned(),
            subject: sign_in.subject().to_owned(),
            client_id: sign_in.client_id().to_owned(),
            acr: sign_in.acr().into(),
            auth_mode: sign_in.auth_mode().cloned(),
            auth_time: sign_in.auth_time(),
            id_token_sha256: Sha256(sign_in.id_token_sha256()),
        }
    }

    /// As a consent record names it.
    fn for_record(&self) -> SignedIn {
        SignedIn {
            acr: self.acr.map_or("absent", Acr::as_str).to_owned(),
            amr: self.auth_mode.iter().map(|mode| mode.as_str().to_owned()).collect(),
            auth_time: self.auth_time,
            id_token_sha256: self.id_token_sha256,
            client: self.client_id.clone(),
        }
    }
}

impl fmt::Debug for SignInFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInFacts").field("issuer", &self.issuer).field("acr", &self.acr).finish_non_exhaustive()
    }
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
        Ok(Onboarding {
            person: sign_in.professional().clone(),
            sign_in: SignInFacts::of(sign_in),
            begun_at: now,
            places: None,
            challenge: None,
            lang: Lang::default(),
            retry: Retry::default(),
            account: None,
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
        self.person = person.clone();
        // An ADELI number that became an RPPS, an identifier that PSC no longer lists: the account stays findable by it.
        for id in known.into_iter().filter(|id| !identities(person).contains(id)) {
            self.person.other_ids.push(OtherId { id, origin: String::from("former"), quality: None });
        }
        self.sign_in = SignInFacts::of(sign_in);
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

    /// The challenge of the address, for the page that waits for its answer.
    pub fn challenge(&self) -> Option<&Challenge> {
        self.challenge.as_ref()
    }

    /// The saved settings.
    pub fn settings(&self) -> Option<&ValidSettings> {
        self.account.as_ref()?.settings.as_ref()
    }

    /// When a driver must act by itself: a mail is to be handed over.
    pub fn wake_at(&self, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
        let challenge = self.challenge.as_ref().filter(|_| self.state(policy, now) == State::MailDue)?;
        (challenge.status(now) == Status::Sending).then(|| self.retry.at.unwrap_or(now))
    }

    /// The language of the mails.
    pub fn lang(&self) -> Lang {
        self.lang
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
        let binding = self.binding(attempt);
        match &mut self.challenge {
            Some(challenge) if challenge.binding().is(&binding) => challenge.change_address(address, now)?,
            _ => self.challenge = Some(Challenge::new(binding, address, policy.mail_lifetime, random, now)?),
        }
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
        self.expect(Event::ResendAsked, policy, now)?;
        let binding = self.binding(attempt);
        let Some(challenge) = &mut self.challenge else { return Err(Error::new(Code::STEP_OUT_OF_ORDER)) };
        // The wait belongs to the mailbox, not to the session: another browser does not shorten it.
        challenge.resend(now)?;
        if !challenge.binding().is(&binding) {
            let address = challenge.address().clone();
            self.challenge = Some(Challenge::new(binding, address, policy.mail_lifetime, random, now)?);
        }
        self.retry = Retry::default();
        Ok(())
    }

    /// Writes the mail that is due: a fresh link, code and end.
    ///
    /// # Errors
    /// `step-out-of-order`; those of [`Challenge::write`].
    pub fn write_mail(&mut self, policy: &Policy, random: &mut dyn Random, now: Timestamp) -> Result<Dispatch> {
        self.expect(Event::MailHandedOver, policy, now)?;
        let dispatch = self.challenge_mut()?.write(&policy.key, random, now)?;
        // If the program is killed before it says what came of it, another try follows after this.
        self.retry.at = Some(now + HAND_OVER_TIME);
        Ok(dispatch)
    }

    /// The mail could not be handed over, but another try may succeed: 5 s later, then doubled up to 2 minutes.
    ///
    /// # Errors
    /// `step-out-of-order`.
    pub fn mail_failed(&mut self, now: Timestamp) -> Result<()> {
        self.challenge_mut()?;
        self.retry.at = Some(now + FIRST_RETRY.saturating_mul(1 << self.retry.failures.min(8)).min(LAST_RETRY));
        self.retry.failures += 1;
        Ok(())
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
        self.challenge
            .as_ref()
            .map_or(Ok(LinkPage::Elsewhere), |challenge| challenge.open_link(token, Some(&binding), now))
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

    /// The address is proven: the account is initialised. Proving it again changes nothing.
    ///
    /// # Errors
    /// `another-person` when the evidence belongs to someone else; `step-out-of-order`.
    pub fn email_proven(&mut self, control: &EmailControl) -> Result<()> {
        if control.issuer() != self.sign_in.issuer || control.subject() != self.sign_in.subject {
            return Err(Error::new(Code::ANOTHER_PERSON));
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
        });
        Ok(())
    }

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
        self.answered(false, record, random, now)
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
        self.answered(true, record, random, now)
    }

    /// Saves settings that passed the rules. The first time, the account becomes active.
    ///
    /// # Errors
    /// `step-out-of-order`.
    pub fn save_settings(&mut self, settings: ValidSettings, policy: &Policy, now: Timestamp) -> Result<()> {
        self.expect(Event::SettingsSaved, policy, now)?;
        let account = self.account.as_mut().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        account.settings = Some(settings);
        account.settings_saved_at = Some(now);
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
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<LogEntry> {
        let entry = LogEntry::of(&record, random, now)?;
        let account = self.account.as_mut().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        let Fields { terms_hash: hash, at, id: record_id, .. } = *record.fields();
        account.terms = Some(Answered { hash, accepted, at, record_id });
        account.presented = None;
        Ok(entry)
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
        self.challenge.as_mut().ok_or_else(|| Error::new(Code::STEP_OUT_OF_ORDER))
    }
}

/// Every identifier of a person, the national one first, each once.
pub fn identities(person: &Professional) -> Vec<IdNat> {
    let mut all = vec![person.id_nat.clone()];
    for id in person.other_ids.iter().map(|other| &other.id).chain(person.rpps().map(|rpps| rpps.to_id_nat()).iter()) {
        if !all.contains(id) {
            all.push(id.clone());
        }
    }
    all
}

impl fmt::Debug for Onboarding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let opened = self.account.is_some();
        f.debug_struct("Onboarding").field("sign_in", &self.sign_in).field("opened", &opened).finish_non_exhaustive()
    }
}
