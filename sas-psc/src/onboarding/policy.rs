//! What a platform decides: who may enter, how long a link lives, which terms are in force.

use super::Eligibility;
use super::eligibility::professionals_only;
use crate::base::{ServerKey, Timestamp};
use crate::consent::{Keeping, Recorder, Sha256, Terms, TermsVersion};
use crate::email::{Lifetime, LimitRules, SERVICE, Templates};
use crate::error::{Code, Error, Lang, Result};
use std::time::Duration;

/// The rules of a platform. The defaults are those of SAS.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Who may open an account.
    pub eligibility: Eligibility,
    /// How long the link and the code of a mail live.
    pub mail_lifetime: Lifetime,
    /// How many mails may be asked for.
    pub mail_limits: LimitRules,
    /// The words of its mails.
    pub templates: Templates,
    /// How long the reader of an address that was replaced may object: a week.
    pub objection: Duration,
    /// The platform's name in its mails.
    pub service: String,
    /// The platform's secret, one for all its instances.
    pub key: ServerKey,
    /// The terms, every version.
    pub terms: Terms,
    /// The hash of the program that shows them, named in the records.
    pub ui_build: Sha256,
    /// Who keeps the records, until when, and how a person leaves.
    pub keeping: Keeping,
}

impl Policy {
    /// SAS's rules with these terms.
    pub fn new(key: ServerKey, terms: Terms, ui_build: Sha256, keeping: Keeping) -> Policy {
        Policy {
            eligibility: professionals_only,
            mail_lifetime: Lifetime::default(),
            mail_limits: LimitRules::default(),
            templates: Templates::default(),
            objection: Duration::from_secs(7 * 86_400),
            service: SERVICE.to_owned(),
            key,
            terms,
            ui_build,
            keeping,
        }
    }

    /// The terms in force, in `lang` when they exist in it.
    ///
    /// # Errors
    /// `terms-not-current` before the first version takes effect.
    pub fn current_terms(&self, lang: Lang, now: Timestamp) -> Result<&TermsVersion> {
        self.terms.current(lang.tag(), now).ok_or_else(|| Error::new(Code::TERMS_NOT_CURRENT))
    }

    pub(super) fn recorder(&self) -> Recorder<'_> {
        Recorder { key: &self.key, keeping: &self.keeping }
    }
}
