//! The journey for a program that gives the time of each call and sends the mails itself: what C and Python stand on.
//!
//! A sign-in comes in as the evidence [`SignIn`], which nobody can write by hand. All else comes as the text of a form. A
//! closed account answers `account-closed` to every step, until its person signs in and opens it again.

mod life;
mod terms;

use super::{Account, Lives, LogFed, LogFeed, MailToSend, SignUp, SystemRandom, block_on};
use crate::base::{Clock, Timestamp};
use crate::email::{Address, LimitStore, LinkPage, check_link_base};
use crate::error::{Code, Error, Lang, Result};
use crate::onboarding::lifecycle::{LifeRules, LifeState, LifeStore};
use crate::onboarding::{AccountId, Author, Objected, Policy, RecordLog};
use crate::participation::{Mode, Problem, Sentence, Settings, ValidSettings, members};
use crate::psc::SignIn;
use serde::Serialize;
use std::cell::Cell;
use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

thread_local! {
    static NOW: Cell<Timestamp> = const { Cell::new(Timestamp::from_unix(0)) };
}

/// The time that the call on this thread was given.
struct CallClock;

impl Clock for CallClock {
    fn now(&self) -> Timestamp {
        NOW.get()
    }
}

/// Runs a call at `now`, on this thread from its first step to its last.
fn at<T>(now: Timestamp, call: impl Future<Output = T>) -> T {
    NOW.set(now);
    block_on(call)
}

/// The journey, call by call. Any number of threads may use it.
///
/// `attempt` names the browser session: a secret of your cookie. `lang` is that of the page.
pub struct TimedSignUp<S> {
    sign_up: SignUp<S, ()>,
    lives: Lives<S, ()>,
}

impl<S: LifeStore + LimitStore + Clone> TimedSignUp<S> {
    /// Over a store, which is cheap to clone, by a policy. `link_page` is the address of the page that the mails' links
    /// open, `objection_page` that of the page for the mail to an address that is replaced; none is the same one.
    ///
    /// # Errors
    /// `email-link-base` when a page is no https address.
    pub fn new(store: S, policy: Policy, link_page: &str, objection_page: Option<&str>) -> Result<TimedSignUp<S>> {
        [Some(link_page), objection_page].into_iter().flatten().try_for_each(check_link_base)?;
        let clock: Arc<dyn Clock> = Arc::new(CallClock);
        let parts = (store.clone(), ());
        let lives = Lives::new(parts, policy.clone(), LifeRules::default(), link_page, clock.clone(), SystemRandom)?;
        let sign_up = SignUp::new(store, (), policy, link_page, clock, SystemRandom);
        Ok(TimedSignUp { sign_up: sign_up.objections_at(objection_page.unwrap_or(link_page)), lives })
    }

    /// The store.
    pub fn store(&self) -> &S {
        self.sign_up.store()
    }

    /// The rules of the platform.
    pub fn policy(&self) -> &Policy {
        self.sign_up.policy()
    }

    /// Receives a person who signed in: finds their account, or begins one.
    ///
    /// # Errors
    /// As [`SignUp::welcome`]; `account-closed`: offer [`TimedSignUp::reopen`].
    pub fn welcome(&self, sign_in: &SignIn, now: Timestamp) -> Result<Account> {
        at(now, async {
            let account = self.sign_up.welcome(sign_in).await?;
            self.lives.signed_in(account.id).await?;
            Ok(account)
        })
    }

    /// The account, as it stands.
    ///
    /// # Errors
    /// `account-unknown`, `account-closed`; so for every step below.
    pub fn account(&self, id: AccountId, now: Timestamp) -> Result<Account> {
        self.step(id, now, self.sign_up.account(id))
    }

    /// As [`SignUp::choose_places`].
    ///
    /// # Errors
    /// Those of the step of that name, here and below.
    pub fn choose_places(&self, id: AccountId, ranks: &[usize], now: Timestamp) -> Result<Account> {
        self.step(id, now, self.sign_up.choose_places(id, ranks))
    }

    /// As [`SignUp::give_address`]; `network` is the IP address that the browser asks from, when it is known. Then
    /// [`TimedSignUp::next_mail`].
    ///
    /// # Errors
    /// `usage` when `network` is no IP address.
    pub fn give_address(
        &self,
        id: AccountId,
        attempt: &str,
        address: &str,
        lang: Lang,
        network: Option<&str>,
        now: Timestamp,
    ) -> Result<Account> {
        let (address, network) = (Address::parse(address)?, ip(network)?);
        self.step(id, now, self.sign_up.give_address(id, attempt, &address, lang, network))
    }

    /// As [`SignUp::change_address`].
    ///
    /// # Errors
    /// As [`TimedSignUp::give_address`].
    pub fn change_address(
        &self,
        id: AccountId,
        attempt: &str,
        address: &str,
        lang: Lang,
        network: Option<&str>,
        now: Timestamp,
    ) -> Result<Account> {
        let (address, network) = (Address::parse(address)?, ip(network)?);
        self.step(id, now, self.sign_up.change_address(id, attempt, &address, lang, network))
    }

    /// As [`SignUp::drop_address_change`].
    ///
    /// # Errors
    /// Those of the step of that name.
    pub fn drop_address_change(&self, id: AccountId, now: Timestamp) -> Result<Account> {
        self.step(id, now, self.sign_up.drop_address_change(id))
    }

    /// As [`SignUp::resend`].
    ///
    /// # Errors
    /// As [`TimedSignUp::give_address`].
    pub fn resend(&self, id: AccountId, attempt: &str, network: Option<&str>, now: Timestamp) -> Result<Account> {
        let network = ip(network)?;
        self.step(id, now, self.sign_up.resend(id, attempt, network))
    }

    /// The next mail to send, of this account or of any ([`SignUp::next_mail`], [`SignUp::next_mail_of_any`]).
    ///
    /// # Errors
    /// Those of the two.
    pub fn next_mail(&self, id: Option<AccountId>, now: Timestamp) -> Result<Option<MailToSend>> {
        at(now, async {
            match id {
                Some(id) => self.sign_up.next_mail(id).await,
                None => self.sign_up.next_mail_of_any().await,
            }
        })
    }

    /// As [`SignUp::handed_over`].
    ///
    /// # Errors
    /// Those of the step of that name, here and below.
    pub fn handed_over(&self, mail: &MailToSend, now: Timestamp) -> Result<Account> {
        at(now, self.sign_up.handed_over(mail))
    }

    /// As [`SignUp::not_handed_over`].
    ///
    /// # Errors
    /// Those of the store.
    pub fn not_handed_over(&self, mail: &MailToSend, why: Code, now: Timestamp) -> Result<()> {
        at(now, self.sign_up.not_handed_over(mail, why))
    }

    /// As [`SignUp::answer_code`].
    ///
    /// # Errors
    /// Those of the step of that name, here and below.
    pub fn answer_code(&self, id: AccountId, attempt: &str, code: &str, now: Timestamp) -> Result<Account> {
        self.step(id, now, self.sign_up.answer_code(id, attempt, code))
    }

    /// As [`SignUp::open_link`]: `visitor` is the account and browser session that the cookie names.
    ///
    /// # Errors
    /// Those of the step of that name.
    pub fn open_link(&self, visitor: Option<(AccountId, &str)>, token: &str, now: Timestamp) -> Result<LinkPage> {
        at(now, self.sign_up.open_link(visitor, token))
    }

    /// As [`SignUp::answer_link`].
    ///
    /// # Errors
    /// Those of the step of that name.
    pub fn answer_link(&self, id: AccountId, attempt: &str, token: &str, now: Timestamp) -> Result<Account> {
        self.step(id, now, self.sign_up.answer_link(id, attempt, token))
    }

    /// As [`SignUp::open_objection`].
    ///
    /// # Errors
    /// Those of the step of that name.
    pub fn open_objection(&self, token: &str, now: Timestamp) -> Result<()> {
        at(now, self.sign_up.open_objection(token))
    }

    /// As [`SignUp::object`].
    ///
    /// # Errors
    /// Those of the step of that name.
    pub fn object(&self, token: &str, code: &str, now: Timestamp) -> Result<Objected> {
        at(now, self.sign_up.object(token, code))
    }

    /// The person saves their settings, written as SAS writes them, shown in `lang`: what [`declarations`] says of them is
    /// sworn and recorded.
    ///
    /// # Errors
    /// `settings-unreadable`; the code of the first rule that is broken, with its `field`; those of
    /// [`SignUp::save_settings_as`].
    pub fn save_settings(&self, id: AccountId, settings: &str, lang: Lang, now: Timestamp) -> Result<Account> {
        self.save_settings_as(id, settings, &Author::person(lang), now)
    }

    /// This author saves the person's settings, as [`TimedSignUp::save_settings`]. Whether they may is for the platform to
    /// say.
    ///
    /// # Errors
    /// As [`TimedSignUp::save_settings`]; `declaration-by-another` for what is sworn: that is the person's alone.
    pub fn save_settings_as(&self, id: AccountId, settings: &str, author: &Author, now: Timestamp) -> Result<Account> {
        let settings = valid(settings)?;
        self.step(id, now, self.sign_up.save_settings_as(id, &settings, author))
    }

    /// Brings the records that are new into a log: receipts come from there.
    ///
    /// # Errors
    /// Those of [`LogFeed::open`].
    pub fn feed<L: RecordLog>(&self, log: L, now: Timestamp) -> Result<LogFed> {
        at(now, async { LogFeed::open(self.store().clone(), log).await?.run().await })
    }

    /// A step of an account that is not closed.
    fn step<T>(&self, id: AccountId, now: Timestamp, step: impl Future<Output = Result<T>>) -> Result<T> {
        at(now, async {
            match self.lives.life(id).await? {
                Some(life) if life.state() == LifeState::Closed => Err(Error::new(Code::ACCOUNT_CLOSED)),
                _ => step.await,
            }
        })
    }
}

impl<S> fmt::Debug for TimedSignUp<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TimedSignUp(•••)")
    }
}

/// What settings say on the person's honour, for the page that they review before saving: `[{"name","sentence","sworn",
/// "answer"}]`, the exact sentences in `lang`.
///
/// # Errors
/// `settings-unreadable`; the code of the first rule that is broken, with its `field`.
///
/// ```
/// use sas_psc::{Lang, drive::declarations};
///
/// let settings = r#"{"participation_sas": true, "participation_sas_via": 1, "has_software": false, "hours_available": true}"#;
/// let sworn = serde_json::to_value(declarations(settings, Lang::Fr)?).unwrap();
/// assert_eq!(sworn[1]["name"], "sas-two-hours");
/// # Ok::<(), sas_psc::Error>(())
/// ```
pub fn declarations(settings: &str, lang: Lang) -> Result<impl Serialize + use<>> {
    let settings = valid(settings)?;
    let said = |it: Sentence| {
        let answer = settings.answer_to(it)?;
        Some(Declared { name: it.name(), sentence: it.text(lang), sworn: it.is_sworn(), answer })
    };
    Ok(Sentence::ALL.into_iter().filter_map(said).collect::<Vec<_>>())
}

#[derive(Serialize)]
struct Declared {
    name: &'static str,
    sentence: &'static str,
    sworn: bool,
    answer: bool,
}

fn ip(text: Option<&str>) -> Result<Option<IpAddr>> {
    text.map(str::parse).transpose().map_err(|_| Error::field(Code::USAGE, "network"))
}

fn valid(json: &str) -> Result<ValidSettings> {
    let settings = Settings::from_sas(&members(json)?);
    let checked = settings.and_then(|settings| settings.validate(Mode::Strict, |_| None));
    let first = |problems: Vec<Problem>| match problems.first() {
        Some(it) => Error::field(it.code(), it.field()),
        None => Error::new(Code::SETTINGS_UNREADABLE),
    };
    checked.map_err(first)
}
