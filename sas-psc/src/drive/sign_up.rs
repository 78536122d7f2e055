//! The driver of the journey: it loads an account, applies a step, commits what changed, and hands mails over.
//!
//! Generic over the store and the mailer, so that it names neither. Nothing is held in memory between two calls: a
//! program killed at any point, or another instance, goes on from the store. When two calls meet on one account, the
//! loser reads again and applies its step to what it then finds.

mod address;
mod event;
mod mail;
mod outbox;
mod report;
#[cfg(test)]
mod tests;

pub use event::{MailEvent, MailEventKind};
pub use outbox::MailToSend;

use crate::base::{Clock, Random, Timestamp};
use crate::consent::TermsVersion;
use crate::email::{Address, LimitStore, Limiter, LinkPage, Message};
use crate::error::{Code, Error, Lang, Result};
use crate::onboarding::{
    AccountId, Author, Change, LogEntry, Onboarding, Policy, State, Store, StoredAccount, identities,
};
use crate::participation::ValidSettings;
use crate::psc::SignIn;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex};

/// How often a step is applied again after it lost against another one.
const ROUNDS: u32 = 8;

/// Who hands a mail over to a mail server.
pub trait Mailer: Send + Sync {
    /// Hands `message` over.
    ///
    /// # Errors
    /// `mail-refused` when the server refuses the address for good; any other error is worth another try.
    fn hand_over(&self, message: &Message, to: &Address) -> impl Future<Output = Result<()>> + Send;
}

/// An account as a page needs it.
#[derive(Clone)]
pub struct Account {
    /// The key.
    pub id: AccountId,
    /// Where the sign-up stands.
    pub state: State,
    /// The sign-up itself.
    pub onboarding: Onboarding,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("state", &self.state).finish_non_exhaustive()
    }
}

/// The journey from a sign-in to an active account, over a store and a mailer. With `()` for a mailer, mails are taken and
/// sent by the program: [`SignUp::next_mail`].
pub struct SignUp<S, M> {
    store: S,
    mailer: M,
    policy: Policy,
    limiter: Limiter,
    link_base: String,
    objection_base: String,
    clock: Arc<dyn Clock>,
    random: Mutex<Box<dyn Random + Send>>,
    on_event: OnEvent,
}

type OnEvent = Box<dyn Fn(&MailEvent) + Send + Sync>;

impl<S: Store + LimitStore, M: Send + Sync> SignUp<S, M> {
    /// Joins the parts. `link_base` is the address of the page that the mail's link opens.
    pub fn new(
        store: S,
        mailer: M,
        policy: Policy,
        link_base: impl Into<String>,
        clock: Arc<dyn Clock>,
        random: impl Random + Send + 'static,
    ) -> SignUp<S, M> {
        let limiter = Limiter::new(policy.key.clone(), policy.mail_limits.clone());
        let (link_base, random) = (link_base.into(), Mutex::new(Box::new(random) as Box<_>));
        let objection_base = link_base.clone();
        let on_event = Box::new(|_: &MailEvent| ());
        SignUp { store, mailer, policy, limiter, link_base, objection_base, clock, random, on_event }
    }

    /// The address of the page that the link of a mail to an old address opens: [`SignUp::open_objection`],
    /// [`SignUp::object`]. Without it, such links open the page of the others.
    pub fn objections_at(mut self, page: impl Into<String>) -> SignUp<S, M> {
        self.objection_base = page.into();
        self
    }

    /// Tells the operator what becomes of mails.
    pub fn on_event(mut self, tell: impl Fn(&MailEvent) + Send + Sync + 'static) -> SignUp<S, M> {
        self.on_event = Box::new(tell);
        self
    }

    /// The store.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The rules of the platform.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Receives a person who signed in: finds their account, or begins one.
    ///
    /// # Errors
    /// Those of the eligibility rule; `number-claimed-twice`; those of the store.
    pub async fn welcome(&self, sign_in: &SignIn) -> Result<Account> {
        for _ in 0..ROUNDS {
            let numbers = identities(sign_in.professional());
            let mut found = self.store.accounts_of(sign_in.issuer(), &numbers).await?;
            let result = match (found.pop(), found.is_empty()) {
                (_, false) => return Err(Error::new(Code::NUMBER_CLAIMED_TWICE)),
                (Some(stored), true) => {
                    let mut onboarding = Onboarding::from_stored(&stored.state)?;
                    onboarding.signed_in_again(sign_in, &self.policy)?;
                    self.commit(stored, onboarding, Vec::new()).await
                }
                (None, true) => {
                    let onboarding = Onboarding::begin(sign_in, &self.policy, self.clock.now())?;
                    let mut id = [0; 16];
                    self.with_random(|random| random.fill(&mut id))?;
                    self.commit(StoredAccount::new(AccountId(id), sign_in.issuer()), onboarding, Vec::new()).await
                }
            };
            // Another call may have begun the same account a moment ago: look again.
            match result {
                Err(error) if [Code::STORE_CONFLICT, Code::STORE_IDENTITY_TAKEN].contains(&error.code()) => {}
                other => return other,
            }
        }
        Err(Error::new(Code::STORE_CONFLICT))
    }

    /// The account, as it stands.
    ///
    /// # Errors
    /// `account-unknown`; those of the store.
    pub async fn account(&self, id: AccountId) -> Result<Account> {
        let onboarding = Onboarding::from_stored(&self.load(id).await?.state)?;
        Ok(Account { id, state: onboarding.state(&self.policy, self.clock.now()), onboarding })
    }

    /// Chooses the places that take part, by their rank among the person's activities.
    ///
    /// # Errors
    /// Those of [`Onboarding::choose_places`] and of the store; so for each step below.
    pub async fn choose_places(&self, id: AccountId, ranks: &[usize]) -> Result<Account> {
        self.step(id, |sign_up, now, _| sign_up.choose_places(ranks, &self.policy, now).map(no_record)).await
    }

    /// Takes the code of the mail, typed in the browser session `attempt`.
    ///
    /// # Errors
    /// Those of [`Onboarding::answer_code`]; `store-email-taken` when another account proved the address meanwhile.
    pub async fn answer_code(&self, id: AccountId, attempt: &str, code: &str) -> Result<Account> {
        self.step(id, |sign_up, now, _| sign_up.answer_code(code, attempt, &self.policy, now).map(no_record)).await
    }

    /// What to show to whoever opened the link: `visitor` is the account and browser session that the cookie names.
    /// Changes nothing.
    ///
    /// # Errors
    /// Those of [`Onboarding::open_link`] and of the store.
    pub async fn open_link(&self, visitor: Option<(AccountId, &str)>, token: &str) -> Result<LinkPage> {
        let Some((id, attempt)) = visitor else { return Ok(LinkPage::Elsewhere) };
        self.account(id).await?.onboarding.open_link(token, attempt, self.clock.now())
    }

    /// Takes the link's token, confirmed by the button in the browser session `attempt`.
    ///
    /// # Errors
    /// As [`SignUp::answer_code`].
    pub async fn answer_link(&self, id: AccountId, attempt: &str, token: &str) -> Result<Account> {
        self.step(id, |sign_up, now, _| sign_up.answer_link(token, attempt, now).map(no_record)).await
    }

    /// The terms in force, to show in `lang` in the browser session `attempt`; when they were shown is kept.
    ///
    /// # Errors
    /// Those of [`Onboarding::present_terms`].
    pub async fn present_terms(&self, id: AccountId, attempt: &str, lang: Lang) -> Result<&TermsVersion> {
        self.step(id, |sign_up, now, _| sign_up.present_terms(lang, attempt, &self.policy, now).map(no_record)).await?;
        self.policy.current_terms(lang, self.clock.now())
    }

    /// Accepts the terms that were shown: `form_hash` is the one the page's form carried, `ticked` its box.
    ///
    /// # Errors
    /// Those of [`Onboarding::accept_terms`].
    pub async fn accept_terms(&self, id: AccountId, attempt: &str, form_hash: &str, ticked: bool) -> Result<Account> {
        self.step(id, |sign_up, now, random| {
            sign_up.accept_terms(ticked, form_hash, attempt, &self.policy, random, now).map(|entry| vec![entry])
        })
        .await
    }

    /// Refuses the terms that were shown.
    ///
    /// # Errors
    /// Those of [`Onboarding::refuse_terms`].
    pub async fn refuse_terms(&self, id: AccountId, attempt: &str, form_hash: &str) -> Result<Account> {
        self.step(id, |sign_up, now, random| {
            sign_up.refuse_terms(form_hash, attempt, &self.policy, random, now).map(|entry| vec![entry])
        })
        .await
    }

    /// The person has seen the notice of terms that changed without asking for a new answer.
    ///
    /// # Errors
    /// Those of [`Onboarding::terms_noticed`].
    pub async fn terms_noticed(&self, id: AccountId) -> Result<Account> {
        self.step(id, |sign_up, now, _| sign_up.terms_noticed(&self.policy, now).map(no_record)).await
    }

    /// Saves settings that passed the rules, as the person wrote them in the language of their mails.
    ///
    /// # Errors
    /// Those of [`Onboarding::save_settings`].
    pub async fn save_settings(&self, id: AccountId, settings: &ValidSettings) -> Result<Account> {
        let lang = self.account(id).await?.onboarding.lang();
        self.save_settings_as(id, settings, &Author::person(lang)).await
    }

    /// Saves settings that passed the rules, written by this author; each declaration that changes is recorded.
    ///
    /// # Errors
    /// Those of [`Onboarding::save_settings`].
    pub async fn save_settings_as(&self, id: AccountId, settings: &ValidSettings, author: &Author) -> Result<Account> {
        self.step(id, |sign_up, now, random| sign_up.save_settings(settings.clone(), author, &self.policy, random, now))
            .await
    }

    /// Applies one step and commits what changed: also when the step failed, for a wrong code counts.
    async fn step(
        &self,
        id: AccountId,
        mut apply: impl FnMut(&mut Onboarding, Timestamp, &mut dyn Random) -> Result<Vec<LogEntry>> + Send,
    ) -> Result<Account> {
        for _ in 0..ROUNDS {
            let stored = self.load(id).await?;
            let mut onboarding = Onboarding::from_stored(&stored.state)?;
            let done = self.with_random(|random| apply(&mut onboarding, self.clock.now(), random));
            let (entries, failed) = match done {
                Ok(entries) => (entries, None),
                Err(error) => (Vec::new(), Some(error)),
            };
            match (self.commit(stored, onboarding, entries).await, failed) {
                (Err(error), _) if error.code() == Code::STORE_CONFLICT => {}
                (Ok(_), Some(error)) => return Err(error),
                (result, _) => return result,
            }
        }
        Err(Error::new(Code::STORE_CONFLICT))
    }

    async fn load(&self, id: AccountId) -> Result<StoredAccount> {
        self.store.account(id).await?.ok_or_else(|| Error::new(Code::ACCOUNT_UNKNOWN))
    }

    /// Writes what changed, if anything did.
    async fn commit(&self, stored: StoredAccount, onboarding: Onboarding, entries: Vec<LogEntry>) -> Result<Account> {
        let now = self.clock.now();
        let account = StoredAccount {
            state: onboarding.to_stored()?,
            identities: identities(onboarding.person()),
            email: onboarding.proven_address().map(|address| address.canonical().to_owned()),
            wake_at: onboarding.wake_at(&self.policy, now),
            ..stored.clone()
        };
        if account != stored || !entries.is_empty() {
            self.store.commit(Change { account, entries }).await?;
        }
        Ok(Account { id: stored.id, state: onboarding.state(&self.policy, now), onboarding })
    }

    fn with_random<T>(&self, draw: impl FnOnce(&mut dyn Random) -> T) -> T {
        // A thread that panicked while drawing left no half-drawn state behind.
        let mut random = self.random.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        draw(&mut **random)
    }
}

fn no_record((): ()) -> Vec<LogEntry> {
    Vec::new()
}
