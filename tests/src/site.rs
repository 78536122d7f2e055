//! A site and the simulator in one process, on one clock that a test moves: two minutes of CIBA in a millisecond.
//!
//! The drivers are those of every program; only their waits move the clock instead of passing. There is no page here:
//! `examples/rust/web` and its tests have those.

use crate::platform::{Draws, NOW, policy, settings};
use sas_psc::base::{Clock, Random, Request, Response, Timestamp};
use sas_psc::drive::blocking::Http;
use sas_psc::drive::{Account, HttpConfig, Psc, SignUp, Smtp, SmtpConfig, World, block_on};
use sas_psc::email::{Address, LimitStore, LinkPage};
use sas_psc::id::IdNat;
use sas_psc::onboarding::{AccountId, State, Store, StoredAccount};
use sas_psc::psc::{
    Authorization, Channel, CibaPoll, Client, ClientAuth, Environment, SignIn, SignInOptions, SignedIn, danger,
};
use sas_psc::store::Memory;
use sas_psc::{Lang, Result};
use sas_psc_sim::{Config, Mail, Person, Rule, Running, Simulator, VirtualClock};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The browser session in which a test plays, unless it needs a second one.
pub const TAB: &str = "tab-1";
/// The page that the link of a mail opens.
pub const LINK_BASE: &str = "https://compte.plateforme.invalid/courriel";
const CALLBACK: &str = "http://127.0.0.1:1/retour";

/// The simulator, and a site that signs people in with it.
pub struct Site<S = Memory> {
    pub sim: Running,
    pub clock: VirtualClock,
    pub psc: Psc<Loopback>,
    pub sign_up: SignUp<S, Smtp>,
}

impl Site {
    /// With a store in memory and everybody of the simulator.
    #[allow(clippy::new_without_default)] // a server that starts is no default
    pub fn new() -> Site {
        Site::over(Memory::new())
    }

    /// With these people only.
    pub fn of(people: Vec<Person>) -> Site {
        Site::start(Memory::new(), Config { people, ..Config::default() })
    }
}

impl<S: Store + LimitStore> Site<S> {
    /// Over this store.
    pub fn over(store: S) -> Site<S> {
        Site::start(store, Config::default())
    }

    fn start(store: S, config: Config) -> Site<S> {
        let clock = VirtualClock::still(NOW);
        let config = Config { clock: clock.clone(), seed: Some(7), ..config };
        let sim = Simulator::start(config).expect("ports of 127.0.0.1");
        let psc = Psc::over(Loopback::new(&clock, 2), environment(&sim.issuer()), client());
        let smtp = mailer(sim.mail_addr().port());
        let sign_up = SignUp::new(store, smtp, policy(), LINK_BASE, Arc::new(clock.clone()), Draws(1));
        Site { sim, clock, psc, sign_up }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Makes this go wrong, once.
    pub fn once(&self, rule: Rule) {
        self.sim.inject(rule.once());
    }

    /// Begins a sign-in: what the site keeps, and where it sends the browser.
    pub fn begin(&self) -> (Authorization, String) {
        self.begin_with(&SignInOptions::default())
    }

    pub fn begin_with(&self, options: &SignInOptions) -> (Authorization, String) {
        block_on(self.psc.begin(options)).expect("a sign-in begins")
    }

    /// The browser came back.
    pub fn back(&self, pending: &mut Authorization, callback: &str) -> Result<SignedIn> {
        block_on(self.psc.finish(pending, callback))
    }

    /// Signs in by card.
    pub fn by_card(&self, person: &str) -> Result<SignedIn> {
        let (mut pending, url) = self.begin();
        self.back(&mut pending, &self.sim.sign_in_by_card(&url, person))
    }

    /// Signs in by e-CPS on PSC's own pages.
    pub fn by_ecps(&self, person: &str) -> Result<SignedIn> {
        let (mut pending, url) = self.begin();
        self.back(&mut pending, &self.sim.sign_in_by_ecps(&url, person))
    }

    /// Asks the phone of the person with this national identifier, from our own page (CIBA).
    pub fn ring(&self, id_nat: &str) -> Result<CibaPoll> {
        self.ring_on(id_nat, Channel::Mobile)
    }

    pub fn ring_on(&self, id_nat: &str, channel: Channel) -> Result<CibaPoll> {
        block_on(self.psc.ciba(&IdNat::parse(id_nat)?, channel))
    }

    /// One look whether the person answered; none while they have not.
    pub fn look(&self, poll: &mut CibaPoll) -> Result<Option<SignedIn>> {
        block_on(self.psc.poll_ciba(poll))
    }

    /// Waits for the answer; the two minutes pass at once.
    pub fn answer(&self, poll: &mut CibaPoll) -> Result<SignedIn> {
        block_on(self.psc.wait_ciba(poll, |_, _| ()))
    }

    /// The person enters: their account, found or begun.
    pub fn welcome(&self, sign_in: &SignIn) -> Result<Account> {
        block_on(self.sign_up.welcome(sign_in))
    }

    /// Signs in by card and enters.
    pub fn enter(&self, person: &str) -> Account {
        self.welcome(&self.by_card(person).expect("signed in").sign_in).expect("welcome")
    }

    pub fn account(&self, id: AccountId) -> Account {
        block_on(self.sign_up.account(id)).expect("the account is there")
    }

    pub fn state(&self, id: AccountId) -> State {
        self.account(id).state
    }

    pub fn stored(&self, id: AccountId) -> StoredAccount {
        block_on(self.sign_up.store().account(id)).expect("the store answers").expect("the account is there")
    }

    pub fn give(&self, id: AccountId, tab: &str, address: &str) -> Result<Account> {
        self.give_from(id, tab, address, None)
    }

    /// The same, from this address of the network.
    pub fn give_from(&self, id: AccountId, tab: &str, address: &str, from: Option<&str>) -> Result<Account> {
        let from = from.map(|ip| ip.parse().expect("an IP address"));
        block_on(self.sign_up.give_address(id, tab, &Address::parse(address)?, Lang::Fr, from))
    }

    pub fn deliver(&self, id: AccountId) -> Result<Account> {
        block_on(self.sign_up.deliver(id))
    }

    /// Gives the address, and hands the mail over.
    pub fn mail_to(&self, id: AccountId, address: &str) -> Mail {
        self.give(id, TAB, address).expect("the address is taken");
        self.deliver(id).expect("the mail leaves");
        self.newest(address)
    }

    /// Asks for the mail again, and hands it over.
    pub fn mail_again(&self, id: AccountId, tab: &str) -> Result<()> {
        block_on(self.sign_up.resend(id, tab, None))?;
        self.deliver(id).map(drop)
    }

    pub fn newest(&self, address: &str) -> Mail {
        self.sim.mailbox().last(address).expect("a mail came")
    }

    pub fn code(&self, id: AccountId, tab: &str, code: &str) -> Result<State> {
        block_on(self.sign_up.answer_code(id, tab, code)).map(|account| account.state)
    }

    /// The button of the link's page.
    pub fn confirm(&self, id: AccountId, tab: &str, token: &str) -> Result<State> {
        block_on(self.sign_up.answer_link(id, tab, token)).map(|account| account.state)
    }

    /// The link, opened by whoever.
    pub fn open(&self, visitor: Option<(AccountId, &str)>, token: &str) -> Result<LinkPage> {
        block_on(self.sign_up.open_link(visitor, token))
    }

    /// Shows the terms; the hash that their form carries.
    pub fn terms(&self, id: AccountId, tab: &str) -> Result<String> {
        Ok(block_on(self.sign_up.present_terms(id, tab, Lang::Fr))?.hash().to_string())
    }

    pub fn accept(&self, id: AccountId, tab: &str) -> Result<State> {
        let hash = self.terms(id, tab)?;
        block_on(self.sign_up.accept_terms(id, tab, &hash, true)).map(|account| account.state)
    }

    pub fn refuse(&self, id: AccountId, tab: &str) -> Result<State> {
        let hash = self.terms(id, tab)?;
        block_on(self.sign_up.refuse_terms(id, tab, &hash)).map(|account| account.state)
    }

    pub fn save(&self, id: AccountId) -> Result<State> {
        block_on(self.sign_up.save_settings(id, &settings())).map(|account| account.state)
    }

    pub fn log_size(&self) -> u64 {
        block_on(self.sign_up.store().log_size()).expect("the store answers")
    }

    /// From an account just begun to an active one.
    pub fn complete(&self, id: AccountId, address: &str) -> State {
        if self.state(id) == State::PlacesWanted {
            block_on(self.sign_up.choose_places(id, &[0])).expect("the place exists");
        }
        let code = self.mail_to(id, address).code().expect("a code");
        self.code(id, TAB, &code).expect("the right code");
        self.accept(id, TAB).expect("accepted");
        self.save(id).expect("saved")
    }

    /// Signs in by card and opens the account.
    pub fn open_account(&self, person: &str, address: &str) -> AccountId {
        let id = self.enter(person).id;
        assert_eq!(self.complete(id, address), State::Active);
        id
    }
}

/// The token of a mail's link.
pub trait LinkToken {
    fn link_token(&self) -> String;
}

impl LinkToken for Mail {
    fn link_token(&self) -> String {
        let link = self.link().expect("a link");
        link.strip_prefix(&format!("{LINK_BASE}?c=")).expect("a link to our page").to_owned()
    }
}

/// Our side of the network: real requests over loopback, the simulator's clock; to wait is to move it.
pub struct Loopback {
    clock: VirtualClock,
    drawn: AtomicU64,
}

impl Loopback {
    /// What is drawn repeats with `seed`.
    pub fn new(clock: &VirtualClock, seed: u64) -> Loopback {
        Loopback { clock: clock.clone(), drawn: AtomicU64::new(seed) }
    }
}

impl World for Loopback {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn random(&self) -> impl Random + Send {
        Draws(self.drawn.fetch_add(1 << 32, Ordering::Relaxed))
    }

    async fn send(&self, request: Request) -> Result<Response> {
        // One for all tests: to read the system's certificates takes a while.
        static HTTP: LazyLock<Http> = LazyLock::new(|| Http::new(&HttpConfig::default()).expect("no setting is wrong"));
        HTTP.send(request)
    }

    async fn sleep(&self, wait: Duration) {
        self.clock.advance(wait);
    }
}

/// The provider that the simulator is, named as such.
pub fn environment(issuer: &str) -> Environment {
    danger::allow_simulator(danger::insecure_loopback(issuer).expect("loopback"))
}

/// The service registered at the simulator.
pub fn client() -> Client {
    Client::new("plateforme-sas", ClientAuth::SecretBasic("secret-de-simulateur".to_owned().into()), CALLBACK)
}

/// The simulator's mail server.
pub fn mailer(port: u16) -> Smtp {
    let sender = Address::parse("nepasrepondre@sante.fr").expect("an address");
    let config = SmtpConfig::new("127.0.0.1", sender, "Service d'accès aux soins").plaintext_on_loopback();
    Smtp::new(config.port(port)).expect("the settings are right")
}
