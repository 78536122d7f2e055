//! A person's answer to a text that was shown: to the terms (accepted or refused), to a request for consent in the
//! sense of the GDPR (given or not).
//!
//! The two never mix: accepting the CGU is no consent (CRPA L.112-9 makes them binding), and a consent is never a
//! condition of the account. An answer is valid for the text shown, to the person it was shown to, and only while
//! that text is the one in force.

use super::{Sha256, Shown, TermsVersion};
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use crate::person::Binding;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// How far apart the clocks of two instances may be.
const SKEW: Duration = Duration::from_secs(60);

/// A text as it was shown to a person. Kept with the session; it proves nothing by itself.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presented {
    pub(super) binding: Binding,
    pub(super) slug: String,
    pub(super) version: String,
    pub(super) lang: String,
    pub(super) documents: Vec<Shown>,
    pub(super) hash: Sha256,
    pub(super) effective_from: Timestamp,
    pub(super) url: Option<String>,
    pub(super) ui_build: Sha256,
    pub(super) at: Timestamp,
}

impl Presented {
    /// `terms` is shown to `to` now, by a program whose build has the hash `ui_build`. The page's form carries
    /// [`TermsVersion::hash`] back.
    pub fn new(terms: &TermsVersion, to: Binding, ui_build: Sha256, now: Timestamp) -> Presented {
        Presented {
            binding: to,
            slug: terms.slug().to_owned(),
            version: terms.version().to_owned(),
            lang: terms.lang().to_owned(),
            documents: terms.shown().to_vec(),
            hash: terms.hash(),
            effective_from: terms.effective_from(),
            url: terms.url().map(str::to_owned),
            ui_build,
            at: now,
        }
    }

    /// The hash of what was shown.
    pub fn hash(&self) -> Sha256 {
        self.hash
    }

    /// The language it was shown in.
    pub fn lang(&self) -> &str {
        &self.lang
    }

    /// Whether it was shown to this person in this attempt.
    pub fn was_to(&self, someone: &Binding) -> bool {
        self.binding.is(someone)
    }

    /// When it was shown.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The person accepts: `form_hash` is the hash that the form carried, `current` the version in force.
    ///
    /// # Errors
    /// `terms-not-ticked`; `terms-changed` when the form, the text shown and the version in force are not one;
    /// `consent-other-session`; `consent-clock-went-back`.
    pub fn accept(
        &self,
        ticked: bool,
        form_hash: &str,
        current: &TermsVersion,
        by: &Binding,
        now: Timestamp,
    ) -> Result<TermsAcceptance> {
        let decision = self.decide(form_hash, current, by, now)?;
        if ticked { Ok(TermsAcceptance(decision)) } else { Err(Error::new(Code::TERMS_NOT_TICKED)) }
    }

    /// The person refuses.
    ///
    /// # Errors
    /// As [`Presented::accept`], without the box.
    pub fn refuse(
        &self,
        form_hash: &str,
        current: &TermsVersion,
        by: &Binding,
        now: Timestamp,
    ) -> Result<TermsRefusal> {
        self.decide(form_hash, current, by, now).map(TermsRefusal)
    }

    /// The person gives or withholds consent for `purpose`, which the text explains; it is no acceptance of terms.
    ///
    /// # Errors
    /// As [`Presented::refuse`].
    pub fn consent(
        &self,
        purpose: impl Into<String>,
        given: bool,
        form_hash: &str,
        current: &TermsVersion,
        by: &Binding,
        now: Timestamp,
    ) -> Result<ConsentAnswer> {
        let decision = self.decide(form_hash, current, by, now)?;
        Ok(ConsentAnswer { decision, purpose: purpose.into(), given })
    }

    fn decide(&self, form_hash: &str, current: &TermsVersion, by: &Binding, now: Timestamp) -> Result<Decision> {
        if !by.is(&self.binding) {
            return Err(Error::new(Code::CONSENT_OTHER_SESSION));
        }
        let same = self.slug == current.slug() && self.version == current.version() && self.lang == current.lang();
        if !same || self.hash != current.hash() || form_hash != self.hash.to_string() {
            return Err(Error::new(Code::TERMS_CHANGED));
        }
        if now + SKEW < self.at {
            return Err(Error::new(Code::CONSENT_CLOCK_WENT_BACK));
        }
        Ok(Decision { presented: self.clone(), at: now.max(self.at) })
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented").field("hash", &self.hash).field("at", &self.at).finish_non_exhaustive()
    }
}

/// An answer, whatever it was.
#[derive(Debug, Clone)]
pub(super) struct Decision {
    pub(super) presented: Presented,
    pub(super) at: Timestamp,
}

/// Evidence that a person accepted a version of the terms, in this attempt.
#[derive(Debug, Clone)]
pub struct TermsAcceptance(pub(super) Decision);

impl TermsAcceptance {
    /// Who, and in which attempt.
    pub fn binding(&self) -> &Binding {
        &self.0.presented.binding
    }

    /// The name of the terms.
    pub fn slug(&self) -> &str {
        &self.0.presented.slug
    }

    /// The version.
    pub fn version(&self) -> &str {
        &self.0.presented.version
    }

    /// The language read.
    pub fn lang(&self) -> &str {
        &self.0.presented.lang
    }

    /// The identity of the text.
    pub fn hash(&self) -> Sha256 {
        self.0.presented.hash
    }

    /// When.
    pub fn accepted_at(&self) -> Timestamp {
        self.0.at
    }
}

/// A person refused a version of the terms.
#[derive(Debug, Clone)]
pub struct TermsRefusal(pub(super) Decision);

/// A person answered a request for consent.
#[derive(Debug, Clone)]
pub struct ConsentAnswer {
    pub(super) decision: Decision,
    pub(super) purpose: String,
    pub(super) given: bool,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::consent::{Change, Document};

    pub(in crate::consent) fn terms(text: &str) -> TermsVersion {
        let cgu = Document::new("Conditions générales d'utilisation", "text/plain; charset=utf-8", text);
        let privacy = Document::new("Politique de confidentialité", "text/plain; charset=utf-8", "Vie privée");
        TermsVersion::new("cgu-sas", "1", "fr", Timestamp::from_unix(0), Change::Material, vec![cgu, privacy]).unwrap()
    }

    pub(in crate::consent) fn me() -> Binding {
        Binding::new("https://psc.example", "f:1:899700218896", "attempt-1")
    }

    pub(in crate::consent) const SHOWN_AT: Timestamp = Timestamp::from_unix(1_795_419_000);

    pub(in crate::consent) fn presented() -> (TermsVersion, Presented) {
        let terms = terms("Article 1");
        let presented = Presented::new(&terms, me(), Sha256([0xb1; 32]), SHOWN_AT);
        (terms, presented)
    }

    fn later(seconds: u64) -> Timestamp {
        SHOWN_AT + Duration::from_secs(seconds)
    }

    #[test]
    fn a_ticked_box_under_the_text_in_force_is_an_acceptance() {
        let (terms, presented) = presented();
        let accepted = presented.accept(true, &terms.hash().to_string(), &terms, &me(), later(90)).unwrap();
        assert_eq!((accepted.hash(), accepted.accepted_at()), (terms.hash(), later(90)));
        assert_eq!((accepted.slug(), accepted.version(), accepted.lang()), ("cgu-sas", "1", "fr"));
        assert!(accepted.binding().is(&me()));
    }

    #[test]
    fn an_empty_box_accepts_nothing() {
        let (terms, presented) = presented();
        let result = presented.accept(false, &terms.hash().to_string(), &terms, &me(), later(1));
        assert_eq!(result.unwrap_err().code(), Code::TERMS_NOT_TICKED);
    }

    #[test]
    fn a_text_that_changed_since_it_was_shown_is_not_accepted_nor_refused() {
        let (terms, presented) = presented();
        let (shown, new) = (terms.hash().to_string(), super::tests::terms("Article 1 bis"));
        let changed = [(shown.as_str(), &new), (&*new.hash().to_string(), &terms), (&*new.hash().to_string(), &new)];
        for (form, current) in changed.into_iter().chain([("", &terms), ("zz", &terms)]) {
            let accepted = presented.accept(true, form, current, &me(), later(1));
            assert_eq!(accepted.unwrap_err().code(), Code::TERMS_CHANGED);
            let refused = presented.refuse(form, current, &me(), later(1));
            assert_eq!(refused.unwrap_err().code(), Code::TERMS_CHANGED);
        }
    }

    #[test]
    fn another_person_or_attempt_does_not_answer_for_this_one() {
        let (terms, presented) = presented();
        for other in [
            Binding::new("https://psc.example", "f:1:899700218896", "attempt-2"),
            Binding::new("https://psc.example", "f:1:899700245667", "attempt-1"),
        ] {
            let result = presented.accept(true, &terms.hash().to_string(), &terms, &other, later(1));
            assert_eq!(result.unwrap_err().code(), Code::CONSENT_OTHER_SESSION);
        }
    }

    #[test]
    fn no_answer_is_older_than_its_question() {
        let (terms, presented) = presented();
        let accept = |now| presented.accept(true, &terms.hash().to_string(), &terms, &me(), now);
        assert_eq!(accept(SHOWN_AT - Duration::from_secs(59)).unwrap().accepted_at(), SHOWN_AT);
        let result = accept(SHOWN_AT - Duration::from_secs(61));
        assert_eq!(result.unwrap_err().code(), Code::CONSENT_CLOCK_WENT_BACK);
    }

    #[test]
    fn what_was_shown_survives_a_restart() {
        let (_, presented) = presented();
        let json = serde_json::to_string(&presented).unwrap();
        assert_eq!(serde_json::from_str::<Presented>(&json).unwrap(), presented);
        assert!(!format!("{presented:?}").contains("8997"));
    }
}
