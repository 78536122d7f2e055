//! A site and the simulator in one process, on one clock that a test moves: two minutes of CIBA in a millisecond.
//!
//! The protocol's requests go over loopback to the simulator, its waits move the clock; the mails leave by SMTP. There
//! is no page here: `examples/rust/web` and its tests have those.

use crate::platform::{Draws, NOW, policy, settings};
use sas_psc::base::{Clock, Request, Response, Timestamp};
use sas_psc::drive::{Account, SignUp, Smtp, SmtpConfig, block_on};
use sas_psc::email::{Address, LinkPage};
use sas_psc::id::IdNat;
use sas_psc::onboarding::{AccountId, State, Store, StoredAccount};
use sas_psc::psc::{
    Authorization, Channel, CibaPoll, Client, ClientAuth, Exchange, Next, Service, SignIn, SignInOptions, SignedIn,
    danger,
};
use sas_psc::store::Memory;
use sas_psc::{Code, Error, Lang, Result};
use sas_psc_sim::{Browser, Config, Mail, Person, Rule, Running, Simulator, VirtualClock};
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

/// The browser session in which a test plays, unless it needs a second one.
pub const TAB: &str = "tab-1";
/// The page that the link of a mail opens.
pub const LINK_BASE: &str = "https://compte.plateforme.invalid/courriel";
const CALLBACK: &str = "http://127.0.0.1:1/retour";

/// The simulator, and a site that signs people in with it.
pub struct World<S = Memory> {
    pub sim: Running,
    pub clock: VirtualClock,
    pub service: Service,
    pub sign_up: SignUp<S, Smtp>,
    draws: RefCell<Draws>,
}

impl World {
    /// With a store in memory and everybody of the simulator.
    #[allow(clippy::new_without_default)] // a server that starts is no default
    pub fn new() -> World {
        World::over(Memory::new())
    }

    /// With these people only.
    pub fn of(people: Vec<Person>) -> World {
        World::start(Memory::new(), Config { people, ..Config::default() })
    }
}

impl<S: Store> World<S> {
    /// Over this store.
    pub fn over(store: S) -> World<S> {
        World::start(store, Config::default())
    }

    fn start(store: S, config: Config) -> World<S> {
        let clock = VirtualClock::still(NOW);
        let config = Config { clock: clock.clone(), seed: Some(7), ..config };
        let sim = Simulator::start(config).expect("ports of 127.0.0.1");
        let service = service(&sim.issuer(), &clock).expect("the simulator tells its metadata");
        let smtp = mailer(sim.mail_addr().port());
        let sign_up = SignUp::new(store, smtp, policy(), LINK_BASE, Arc::new(clock.clone()), Draws(1));
        World { sim, clock, service, sign_up, draws: RefCell::new(Draws(2)) }
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
        self.service.begin(options, &mut *self.draws.borrow_mut(), self.now()).expect("a sign-in begins")
    }

    /// The browser came back.
    pub fn back(&self, pending: &mut Authorization, callback: &str) -> Result<SignedIn> {
        run(&self.clock, self.service.finish(pending, callback, self.now())?)
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
        let person = IdNat::parse(id_nat)?;
        run(&self.clock, self.service.ciba(&person, channel, &mut *self.draws.borrow_mut())?)
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
        block_on(self.sign_up.give_address(id, tab, &Address::parse(address)?, Lang::Fr))
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
        block_on(self.sign_up.resend(id, tab))?;
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

/// The service registered at the simulator with this issuer.
pub fn service(issuer: &str, clock: &VirtualClock) -> Result<Service> {
    let environment = danger::allow_simulator(danger::insecure_loopback(issuer)?);
    let secret = ClientAuth::SecretBasic("secret-de-simulateur".to_owned().into());
    let client = Client::new("plateforme-sas", secret, CALLBACK);
    Service::new(client, run(clock, Service::discover(&environment))?)
}

/// The simulator's mail server.
pub fn mailer(port: u16) -> Smtp {
    let sender = Address::parse("nepasrepondre@sante.fr").expect("an address");
    let config = SmtpConfig::new("127.0.0.1", sender, "Service d'accès aux soins").plaintext_on_loopback();
    Smtp::new(config.port(port)).expect("the settings are right")
}

/// Runs an exchange to its end; its waits move the clock.
///
/// # Errors
/// Those of the exchange.
pub fn run<E: Exchange>(clock: &VirtualClock, mut exchange: E) -> Result<E::Output> {
    loop {
        match step(clock, &mut exchange)? {
            Next::Done(output) => return Ok(output),
            Next::Wait(until) => clock.advance(until.since(clock.now())),
            _ => unreachable!("a step sends what is to be sent"),
        }
    }
}

/// Runs an exchange as far as it goes now: to its end, or to a wait.
///
/// # Errors
/// Those of the exchange.
pub fn step<E: Exchange>(clock: &VirtualClock, exchange: &mut E) -> Result<Next<E::Output>> {
    loop {
        match exchange.next(clock.now())? {
            Next::Send(request) => match send(&request) {
                Ok(response) => exchange.answered(&response, clock.now())?,
                Err(error) => exchange.failed(error, clock.now())?,
            },
            next => return Ok(next),
        }
    }
}

fn send(request: &Request) -> Result<Response> {
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let body = std::str::from_utf8(&request.body).expect("forms are text");
    let answer = Browser::new().send(request.method.as_str(), &request.url, &headers, body);
    let answer = answer.map_err(|error| Error::new(Code::CONNECT_FAILED).caused_by(error))?;
    Ok(Response { status: answer.status, headers: answer.headers, body: answer.body.into_bytes() })
}
