//! The terms, call by call, as JSON shows them.

use super::TimedSignUp;
use crate::base::Timestamp;
use crate::consent::TermsVersion;
use crate::drive::Account;
use crate::email::LimitStore;
use crate::error::{Lang, Result};
use crate::onboarding::AccountId;
use crate::onboarding::lifecycle::LifeStore;
use serde::Serialize;

impl<S: LifeStore + LimitStore + Clone> TimedSignUp<S> {
    /// The terms to show, for JSON: `{"slug","version","lang","effective_from","change","hash","documents":[{"title",
    /// "media_type","text"}],"difference"}`. The answer's form carries `hash`; `difference` is the text of what changed since
    /// the version that the person answered last ([`TermsDifference::to_text`](crate::consent::TermsDifference::to_text)),
    /// or null.
    ///
    /// # Errors
    /// Those of [`SignUp::present_terms`](crate::drive::SignUp::present_terms).
    pub fn present_terms(
        &self,
        id: AccountId,
        attempt: &str,
        lang: Lang,
        now: Timestamp,
    ) -> Result<impl Serialize + use<'_, S>> {
        self.step(id, now, async {
            let terms = self.sign_up.present_terms(id, attempt, lang).await?;
            Ok(self.shown(terms, &self.sign_up.account(id).await?, lang, now))
        })
    }

    /// The terms in force when a change asks for no new answer and has to be told, as [`TimedSignUp::present_terms`] shows
    /// them; none when there is nothing to tell. Then [`TimedSignUp::terms_noticed`].
    ///
    /// # Errors
    /// Those of [`TimedSignUp::account`].
    pub fn terms_notice(
        &self,
        id: AccountId,
        lang: Lang,
        now: Timestamp,
    ) -> Result<Option<impl Serialize + use<'_, S>>> {
        let account = self.account(id, now)?;
        let terms = account.onboarding.terms_notice(lang, self.policy(), now);
        Ok(terms.map(|terms| self.shown(terms, &account, lang, now)))
    }

    /// As [`SignUp::terms_noticed`](crate::drive::SignUp::terms_noticed).
    ///
    /// # Errors
    /// Those of the step of that name.
    pub fn terms_noticed(&self, id: AccountId, now: Timestamp) -> Result<Account> {
        self.step(id, now, self.sign_up.terms_noticed(id))
    }

    /// As [`SignUp::accept_terms`](crate::drive::SignUp::accept_terms).
    ///
    /// # Errors
    /// Those of the step of that name, here and below.
    pub fn accept_terms(
        &self,
        id: AccountId,
        attempt: &str,
        hash: &str,
        ticked: bool,
        now: Timestamp,
    ) -> Result<Account> {
        self.step(id, now, self.sign_up.accept_terms(id, attempt, hash, ticked))
    }

    /// As [`SignUp::refuse_terms`](crate::drive::SignUp::refuse_terms).
    ///
    /// # Errors
    /// Those of the step of that name.
    pub fn refuse_terms(&self, id: AccountId, attempt: &str, hash: &str, now: Timestamp) -> Result<Account> {
        self.step(id, now, self.sign_up.refuse_terms(id, attempt, hash))
    }

    fn shown<'a>(&self, terms: &'a TermsVersion, to: &Account, lang: Lang, now: Timestamp) -> ShownTerms<'a> {
        let changed = to.onboarding.terms_changed(lang, self.policy(), now);
        ShownTerms::of(terms, changed.map(|it| it.to_text(lang)))
    }
}

#[derive(Serialize)]
struct ShownTerms<'a> {
    slug: &'a str,
    version: &'a str,
    lang: &'a str,
    effective_from: String,
    change: crate::consent::Change,
    hash: String,
    documents: Vec<ShownDocument<'a>>,
    difference: Option<String>,
}

#[derive(Serialize)]
struct ShownDocument<'a> {
    title: &'a str,
    media_type: &'a str,
    text: std::borrow::Cow<'a, str>,
}

impl<'a> ShownTerms<'a> {
    fn of(terms: &'a TermsVersion, difference: Option<String>) -> ShownTerms<'a> {
        let document = |it: &'a crate::consent::Document| ShownDocument {
            title: it.title(),
            media_type: it.media_type(),
            text: String::from_utf8_lossy(it.bytes()),
        };
        ShownTerms {
            slug: terms.slug(),
            version: terms.version(),
            lang: terms.lang(),
            effective_from: terms.effective_from().to_string(),
            change: terms.change(),
            hash: terms.hash().to_string(),
            documents: terms.documents().iter().map(document).collect(),
            difference,
        }
    }
}
