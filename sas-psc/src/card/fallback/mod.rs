//! Local sign-in with the card while Pro Santé Connect cannot be reached: off by default, opened for a time, recorded.
//!
//! An alternative must be planned for an outage; this is one, and a weaker one: nobody but the card, its authorities and a
//! revocation list that may be days old vouch for the person. So it is open only between an opening (an administrator's, or
//! an outage that lasts) and its end, every use is kept before it counts, and each is compared with the person's next
//! sign-in at Pro Santé Connect. What it gives is no ID token, and nothing that wants one takes it.

mod described;
mod opening;
mod record;
mod rules;

pub use described::{DescribedOpening, DescribedRecord};
pub use opening::{OpenedBy, Opening, OutageSeen};
pub use record::{LocalSignInRecord, LocalSignInStore, Reconciled, reconcile};
pub use rules::{DirectoryAnswer, FallbackRules};

use super::certificate::{CardCertificate, SignatureScheme};
use super::possession::{CardChallenge, CardPossession};
use super::trust::{Realm, RevocationPolicy, RevocationStatus, TrustedCertificate};
use crate::base::{Random, Timestamp, from_stored, to_stored};
use crate::error::{Code, Error, Result};
use crate::person::{Crosscheck, DifferenceKind, Professional, SamePerson};
use std::fmt;

const VERSION: u32 = 1;
/// What the challenges of a local sign-in are for.
const PURPOSE: &str = "local sign-in while Pro Santé Connect is unreachable";

/// Whether people may sign in locally now. Keep it where every instance finds it ([`Fallback::to_stored`]).
#[derive(Debug, Clone, Default)]
pub struct Fallback {
    rules: Option<FallbackRules>,
    opening: Option<Opening>,
    /// Cards of other authorities than IGC-Santé's production; see [`crate::card::danger`].
    pub(super) any_realm: bool,
}

impl Fallback {
    /// Off: nothing opens it. The default.
    pub fn off() -> Fallback {
        Fallback::default()
    }

    /// Allowed under these rules, and closed.
    pub fn on(rules: FallbackRules) -> Fallback {
        Fallback { rules: Some(rules), ..Fallback::default() }
    }

    fn rules(&self) -> Result<&FallbackRules> {
        self.rules.as_ref().ok_or_else(|| Code::FALLBACK_OFF.into())
    }

    /// Sets a rule by its name; see [`FallbackRules::set`].
    ///
    /// # Errors
    /// `fallback-off`; those of [`FallbackRules::set`].
    pub fn set(&mut self, name: &str, value: u64) -> Result<()> {
        self.rules.as_mut().ok_or_else(|| Error::new(Code::FALLBACK_OFF))?.set(name, value)
    }

    /// An administrator opens it, with their name or number and the reason, both kept in every record.
    ///
    /// # Errors
    /// `fallback-off`; `fallback-opening` (`administrator`, `reason`, `until`) for a text of no or more than 255 bytes or of
    /// several lines, and for an end that is past or later than the rules' longest.
    pub fn open(&mut self, administrator: &str, reason: &str, until: Timestamp, now: Timestamp) -> Result<()> {
        let opening = Opening::by_administrator(self.rules()?, administrator, reason, until, now)?;
        self.opening = Some(opening);
        Ok(())
    }

    /// An outage is seen: it opens by itself once it has lasted as long as the rules want, until it is over or the rules'
    /// longest time has passed. Says whether it is open. An administrator's opening is left as it is.
    ///
    /// # Errors
    /// `fallback-off`.
    pub fn outage(&mut self, seen: OutageSeen, now: Timestamp) -> Result<bool> {
        let rules = self.rules()?;
        let long = rules.opens_after.is_some_and(|after| now.since(seen.since) >= after);
        // One outage opens once: it is not opened anew for ever by trying on.
        let opened = self.opening.as_ref().is_some_and(|opening| opening.is_of(seen));
        if self.opening(now).is_none() && long && !opened {
            self.opening = Some(Opening::by_outage(rules, seen, now));
        }
        Ok(self.opening(now).is_some())
    }

    /// Pro Santé Connect answers: what an outage opened is closed at once; what an administrator opened stays.
    pub fn answered(&mut self) {
        self.opening = self.opening.take().filter(|opening| matches!(opening.by(), OpenedBy::Administrator { .. }));
    }

    /// Closes it.
    pub fn close(&mut self) {
        self.opening = None;
    }

    /// The opening, while it lasts.
    pub fn opening(&self, now: Timestamp) -> Option<&Opening> {
        self.opening.as_ref().filter(|opening| opening.is_open(now))
    }

    /// What to want of revocation lists when the certificate is believed: [`super::Trust::verify`].
    ///
    /// # Errors
    /// `fallback-off`.
    pub fn revocation_policy(&self) -> Result<RevocationPolicy> {
        Ok(self.rules()?.revocation_policy())
    }

    /// A challenge for the card, at this service.
    ///
    /// # Errors
    /// `fallback-off`, `fallback-closed`; those of [`CardChallenge::new`].
    pub fn challenge(&self, service: &str, random: &mut dyn Random, now: Timestamp) -> Result<CardChallenge> {
        self.rules()?;
        self.opening(now).ok_or_else(|| Error::new(Code::FALLBACK_CLOSED))?;
        CardChallenge::new(PURPOSE, service, random, now)
    }

    /// Takes the card's answer. The sign-in counts once it is kept: [`UnrecordedSignIn::keep`].
    ///
    /// # Errors
    /// `fallback-off`, `fallback-closed`; `fallback-realm` for a card that is not of IGC-Santé's production;
    /// `revocation-unknown`; `card-certificate-holder` for a card of a post; `fallback-directory` (`missing`, `not-found`),
    /// `crosscheck-person`, `crosscheck-inactive`; `challenge-text` for a challenge that is for something else; those of
    /// [`CardChallenge::prove`].
    pub fn finish(
        &self,
        challenge: &mut CardChallenge,
        certificate: &TrustedCertificate,
        answer: (SignatureScheme, &[u8]),
        found: DirectoryAnswer<'_>,
        now: Timestamp,
    ) -> Result<UnrecordedSignIn> {
        let rules = self.rules()?;
        let opening = self.opening(now).ok_or_else(|| Error::new(Code::FALLBACK_CLOSED))?;
        if certificate.realm() != Realm::Production && !self.any_realm {
            return Err(Code::FALLBACK_REALM.into());
        }
        rules.accepts(certificate.revocation(), now)?;
        if !challenge.is_for(PURPOSE) {
            return Err(Error::field(Code::CHALLENGE_TEXT, "purpose"));
        }
        let possession = challenge.prove(certificate, answer.0, answer.1, now)?;
        if possession.holder().is_post {
            return Err(Code::CARD_CERTIFICATE_HOLDER.into());
        }
        let professional = possession.holder().to_professional();
        let compared = active(&professional, found, rules)?;
        let ends = (now + rules.session).min(opening.until());
        let sign_in = LocalSignIn { possession, professional, opening: opening.clone(), compared, at: now, ends };
        Ok(UnrecordedSignIn(sign_in))
    }

    /// The state to keep, without the rules: those are settings.
    ///
    /// # Errors
    /// `broken-invariant`.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        to_stored(VERSION, &self.opening)
    }

    /// Takes back the state under today's rules: an opening that lasts longer than they allow ends where they say.
    ///
    /// # Errors
    /// `stored-form-unreadable`, `stored-form-newer`.
    pub fn resume(rules: FallbackRules, stored: &[u8]) -> Result<Fallback> {
        let opening: Option<Opening> = from_stored(VERSION, stored)?;
        let opening = opening.map(|opening| opening.within(rules.longest));
        Ok(Fallback { rules: Some(rules), opening, any_realm: false })
    }
}

/// Whether the directory has nothing against the holder, and what it says otherwise.
fn active(holder: &Professional, found: DirectoryAnswer<'_>, rules: &FallbackRules) -> Result<Option<Crosscheck>> {
    match found {
        DirectoryAnswer::NoDirectory if rules.directory_required => {
            Err(Error::field(Code::FALLBACK_DIRECTORY, "missing"))
        }
        DirectoryAnswer::NoDirectory => Ok(None),
        DirectoryAnswer::NotFound => Err(Error::field(Code::FALLBACK_DIRECTORY, "not-found")),
        DirectoryAnswer::Found { professional, active } => {
            let compared = holder.crosscheck(professional).with_active(None, active);
            compared.refuse(&[DifferenceKind::Person, DifferenceKind::Inactive])?;
            match compared.person {
                SamePerson::Same => Ok(Some(compared)),
                _ => Err(Error::field(Code::FALLBACK_DIRECTORY, "not-found")),
            }
        }
    }
}

/// A local sign-in that nobody has kept yet: it gives nothing but itself to a store.
#[must_use = "a sign-in counts once it is kept"]
pub struct UnrecordedSignIn(LocalSignIn);

impl UnrecordedSignIn {
    /// Keeps the record; then it counts.
    ///
    /// # Errors
    /// `possession-replayed` when this answer was kept before, by any instance; those of the store (block 11).
    pub async fn keep(self, store: &impl LocalSignInStore) -> Result<LocalSignIn> {
        store.keep_local_sign_in(LocalSignInRecord::of(&self.0)).await.map_err(|error| match error.code() {
            Code::STORE_CONFLICT => Code::POSSESSION_REPLAYED.into(),
            _ => error,
        })?;
        Ok(self.0)
    }
}

/// A sign-in with the card alone, kept in a record. Only [`UnrecordedSignIn::keep`] gives one.
///
/// It is no ID token, and nothing that wants one takes it:
///
/// ```compile_fail
/// # fn wants(_: &sas_psc::psc::VerifiedIdToken) {}
/// # fn of(sign_in: sas_psc::card::fallback::LocalSignIn) {
/// wants(&sign_in);
/// # }
/// ```
#[derive(Clone)]
pub struct LocalSignIn {
    possession: CardPossession,
    professional: Professional,
    opening: Opening,
    compared: Option<Crosscheck>,
    at: Timestamp,
    ends: Timestamp,
}

impl LocalSignIn {
    /// Who signed in, as their card says it.
    pub fn professional(&self) -> &Professional {
        &self.professional
    }

    /// The record that was kept.
    pub fn record(&self) -> LocalSignInRecord {
        LocalSignInRecord::of(self)
    }

    /// The proof that their card was there.
    pub fn possession(&self) -> &CardPossession {
        &self.possession
    }

    /// The card's certificate.
    pub fn certificate(&self) -> &CardCertificate {
        self.possession.card_certificate()
    }

    /// What is known of the card's revocation.
    pub fn revocation(&self) -> RevocationStatus {
        self.possession.certificate().revocation()
    }

    /// By what local sign-in was open.
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// The card beside the directory, when there is one: whose differences are for the application to judge.
    pub fn compared(&self) -> Option<&Crosscheck> {
        self.compared.as_ref()
    }

    /// When they signed in.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// When the session must end at the latest: by the rules, and with the opening.
    pub fn ends(&self) -> Timestamp {
        self.ends
    }
}

impl fmt::Debug for UnrecordedSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnrecordedSignIn").field(&self.0).finish()
    }
}

impl fmt::Debug for LocalSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSignIn")
            .field("opening", &self.opening)
            .field("at", &self.at)
            .field("ends", &self.ends)
            .finish_non_exhaustive()
    }
}
