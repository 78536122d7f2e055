//! What the parts of a running simulator share: addresses, clock, people, keys, the world behind its lock.

use crate::config::{Client, Config};
use crate::conformance::Hostile;
use crate::keys::Keys;
use crate::mail::Mail;
use crate::people::Person;
use crate::random::Random;
use crate::scenario::{Endpoint, Fault, Rule, Scenario};
use crate::world::World;
use crate::{VirtualClock, lock};
use sas_psc::base::{Clock, Timestamp};
use std::sync::{Arc, Mutex};

pub(crate) type Shared = Arc<Sim>;

/// The realm's path, below the `auth` origin.
pub(crate) const REALM: &str = "/auth/realms/esante-wallet";

/// The scopes that the realm knows.
pub(crate) const SCOPES: &[&str] = &["openid", "scope_all", "identity", "profile", "rpps", "referentiel", "interop"];

/// Locks are taken in the order world, keys, scenario; mails alone.
pub(crate) struct Sim {
    /// Origins, without a final slash.
    pub auth: String,
    pub wallet: String,
    pub web: String,
    pub clock: VirtualClock,
    pub random: Random,
    pub clients: Vec<Client>,
    pub people: Vec<Person>,
    pub ciba_interval: u32,
    pub keys: Mutex<Keys>,
    pub world: Mutex<World>,
    pub scenario: Mutex<Scenario>,
    pub mails: Mutex<Vec<Mail>>,
    /// The case of the bench of clients, in a provider of it.
    pub hostile: Option<Hostile>,
    pub mtls: Option<Origin>,
}

/// The TLS origin.
pub(crate) struct Origin {
    pub base: String,
    pub hexadecimal: bool,
}

impl Sim {
    pub fn new(config: Config, ports: [u16; 3], mtls_port: Option<u16>) -> Sim {
        let [auth, wallet, web] = ports.map(|port| format!("http://127.0.0.1:{port}"));
        Sim {
            auth,
            wallet,
            web,
            clock: config.clock,
            random: Random::new(config.seed),
            clients: config.clients,
            people: config.people,
            ciba_interval: config.ciba_interval,
            keys: Mutex::new(Keys::new()),
            world: Mutex::default(),
            scenario: Mutex::new(config.scenario),
            mails: Mutex::default(),
            hostile: config.case.map(Hostile::new),
            mtls: config.mtls.zip(mtls_port).map(|(mtls, port)| Origin {
                base: format!("https://127.0.0.1:{port}"),
                hexadecimal: mtls.hexadecimal,
            }),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn issuer(&self) -> String {
        format!("{}{REALM}", self.auth)
    }

    pub fn client(&self, id: &str) -> Option<&Client> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// Where the holder of a number stands in the list of people: a national identifier, or a bare RPPS.
    pub fn holder(&self, number: &str) -> Option<usize> {
        let same = |person: &Person| person.id_nat == number || person.rpps().as_deref() == Some(number);
        self.people.iter().position(same)
    }

    /// The same, or by the short name of `people.json`: what tests and the simulator's own forms may say.
    pub fn person(&self, who: &str) -> Option<usize> {
        self.people.iter().position(|person| person.key == who).or_else(|| self.holder(who))
    }

    /// The fault, when it applies now.
    pub fn fault(&self, fault: Fault) -> Option<Rule> {
        lock(&self.scenario).take(fault, None)
    }

    /// What goes wrong at an endpoint, when something does now.
    pub fn fault_at(&self, endpoint: Endpoint) -> Option<Rule> {
        lock(&self.scenario).take(Fault::Answer, Some(endpoint))
    }
}
