//! The network cut in the middle of a sign-in, of a wait for a phone, of a refresh: each ends in time with a code that
//! names it, nothing is sent twice that counts once, and what can go on goes on when the network is back.
//!
//! A network that fails on purpose stands before every endpoint that our server calls ([`Network`]). Where this machine
//! allows namespaces, a link is also taken down for real (`src/bin/cut-link.rs`).

use sas_psc::base::{Clock, Random, Request, Response, Timestamp};
use sas_psc::drive::blocking::Http;
use sas_psc::drive::{HttpConfig, Psc, Sessions, SystemRandom, World, block_on};
use sas_psc::id::IdNat;
use sas_psc::psc::{Channel, CibaPoll, Endpoint, KeyRing, SessionRules, SessionState, SignInOptions, SignedIn};
use sas_psc::store::Memory;
use sas_psc::{Code, Result};
use sas_psc_sim::{Config, Running, Simulator, VirtualClock};
use sas_psc_tests::fault::{Fault, Network};
use sas_psc_tests::{NOW, client, environment};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

const CALLED: [Endpoint; 4] = [Endpoint::Token, Endpoint::Userinfo, Endpoint::Jwks, Endpoint::Ciba];
const DOCTOR: &str = "899700218896";
/// How long our server waits for an answer while the network fails. It waits longer for one that comes: a busy machine is
/// not what is tried.
const PATIENCE: Duration = Duration::from_millis(700);
const IN_TIME: Duration = Duration::from_secs(10);

/// Real requests; to wait is to move the clock.
struct Impatient {
    clock: VirtualClock,
    network: Arc<Network>,
    patient: Http,
    hasty: Http,
}

impl Impatient {
    fn new(clock: &VirtualClock, network: &Arc<Network>) -> Impatient {
        let http = |time| Http::new(&HttpConfig::default().with_timeouts(time, time)).unwrap();
        let (patient, hasty) = (http(Duration::from_secs(30)), http(PATIENCE));
        Impatient { clock: clock.clone(), network: network.clone(), patient, hasty }
    }
}

impl World for Impatient {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn random(&self) -> impl Random + Send {
        SystemRandom
    }

    async fn send(&self, request: Request) -> Result<Response> {
        let http = if self.network.is_failing() { &self.hasty } else { &self.patient };
        http.send(request)
    }

    async fn sleep(&self, wait: Duration) {
        self.clock.advance(wait);
    }
}

struct Place {
    sim: Running,
    network: Arc<Network>,
    clock: VirtualClock,
    psc: Arc<Psc<Impatient>>,
}

impl Place {
    fn new() -> Place {
        let clock = VirtualClock::still(NOW);
        let sim = Simulator::start(Config { clock: clock.clone(), ..Config::default() }).unwrap();
        let network = Arc::new(Network::before(sim.auth_base()));
        let mut environment = environment(&sim.issuer());
        let straight = Psc::over(Impatient::new(&clock, &network), environment.clone(), client());
        let told = block_on(straight.service()).unwrap();
        for endpoint in CALLED {
            let through = network.through(told.metadata().endpoint(endpoint).unwrap());
            environment = environment.with_endpoint(endpoint, &through).unwrap();
        }
        let psc = Arc::new(Psc::over(Impatient::new(&clock, &network), environment, client()));
        Place { sim, network, clock, psc }
    }

    /// Signs in by card; the fault strikes after the person was at the provider.
    fn by_card(&self, fault: Option<(Fault, u32)>) -> Result<SignedIn> {
        let (mut pending, url) = block_on(self.psc.begin(&SignInOptions::default()))?;
        let callback = self.sim.sign_in_by_card(&url, "physician");
        if let Some((fault, times)) = fault {
            self.network.fails(fault, times);
        }
        in_time(|| block_on(self.psc.finish(&mut pending, &callback)))
    }

    fn ring(&self) -> Result<CibaPoll> {
        in_time(|| block_on(self.psc.ciba(&IdNat::parse(DOCTOR).unwrap(), Channel::Mobile)))
    }

    /// One poll when it is due.
    fn look(&self, poll: &mut CibaPoll) -> Result<Option<SignedIn>> {
        self.clock.advance(poll.next_poll_at().since(self.clock.now()));
        in_time(|| block_on(self.psc.poll_ciba(poll)))
    }

    fn accepts(&self, poll: &CibaPoll) {
        assert!(self.sim.phone().choose("physician", poll.digits()));
    }
}

#[allow(clippy::disallowed_methods)] // the time that passes is what is tested
fn in_time<T>(call: impl FnOnce() -> T) -> T {
    let since = Instant::now();
    let result = call();
    assert!(since.elapsed() < IN_TIME, "{:?}", since.elapsed());
    result
}

/// Each way a request fails, and what it is called.
const FAILURES: [(Fault, Code); 5] = [
    (Fault::Stalls, Code::TIMED_OUT),
    (Fault::Resets, Code::CONNECTION_LOST),
    (Fault::LosesTheAnswer, Code::CONNECTION_LOST),
    (Fault::CutsTheAnswer, Code::CONNECTION_LOST),
    (Fault::Drips, Code::TIMED_OUT),
];

#[test]
fn a_sign_in_whose_network_fails_ends_by_its_name_and_the_next_one_succeeds() {
    let place = Place::new();
    for (fault, code) in FAILURES {
        let before = place.network.reached("grant_type=authorization_code");
        let error = place.by_card(Some((fault, 1))).unwrap_err();
        assert_eq!(error.code(), code, "{fault:?}");
        // A code counts once: it is never sent again, for nobody knows whether it arrived.
        let arrived = usize::from(!matches!(fault, Fault::Stalls | Fault::Resets));
        assert_eq!(place.network.reached("grant_type=authorization_code"), before + arrived, "{fault:?}");
        place.by_card(None).unwrap();
    }
    place.by_card(Some((Fault::Delays(Duration::from_millis(200)), 3))).unwrap();
}

#[test]
fn what_a_sign_in_may_ask_again_it_asks_again() {
    let place = Place::new();
    // The code is exchanged already: what fails is the answer of userinfo, which may be asked as often as one likes.
    for fault in [Fault::Resets, Fault::LosesTheAnswer, Fault::CutsTheAnswer] {
        let (mut pending, url) = block_on(place.psc.begin(&SignInOptions::default())).unwrap();
        let callback = place.sim.sign_in_by_card(&url, "physician");
        let exchange =
            block_on(place.psc.service()).unwrap().finish(&mut pending, &callback, place.clock.now()).unwrap();
        let signed_in =
            in_time(|| block_on(place.psc.run(Faulty { exchange, network: &place.network, fault, sent: 0 })));
        assert_eq!(signed_in.unwrap().sign_in.professional().rpps().unwrap().to_string(), "99700218896", "{fault:?}");
    }
}

/// An exchange whose network fails from its second request on, twice.
struct Faulty<'a, E> {
    exchange: E,
    network: &'a Network,
    fault: Fault,
    sent: u32,
}

impl<E: sas_psc::psc::Exchange> sas_psc::psc::Exchange for Faulty<'_, E> {
    type Output = E::Output;

    fn next(&mut self, now: Timestamp) -> Result<sas_psc::psc::Next<E::Output>> {
        let next = self.exchange.next(now);
        if matches!(next, Ok(sas_psc::psc::Next::Send(_))) {
            self.sent += 1;
            if self.sent == 2 {
                self.network.fails(self.fault, 2);
            }
        }
        next
    }

    fn answered(&mut self, response: &Response, now: Timestamp) -> Result<()> {
        self.exchange.answered(response, now)
    }

    fn failed(&mut self, error: sas_psc::Error, now: Timestamp) -> Result<()> {
        self.exchange.failed(error, now)
    }
}

#[test]
fn a_wait_goes_on_over_every_failure_and_the_person_signs_in() {
    let place = Place::new();
    for (fault, _) in FAILURES {
        let mut poll = place.ring().unwrap();
        place.network.fails(fault, 2);
        for _ in 0..3 {
            assert!(place.look(&mut poll).unwrap().is_none(), "{fault:?}");
        }
        place.accepts(&poll);
        let signed_in = in_time(|| block_on(place.psc.wait_ciba(&mut poll, |_, _| ()))).unwrap();
        assert_eq!(signed_in.sign_in.professional().id_nat.as_str(), DOCTOR, "{fault:?}");
    }
}

#[test]
fn a_request_to_the_phone_that_fails_is_named_and_the_next_one_rings() {
    let place = Place::new();
    block_on(place.psc.service()).unwrap();
    for (fault, code) in FAILURES {
        // As often as it is tried again.
        place.network.fails(fault, 9);
        assert_eq!(place.ring().unwrap_err().code(), code, "{fault:?}");
        place.network.mends();
        let mut poll = place.ring().unwrap();
        place.accepts(&poll);
        block_on(place.psc.wait_ciba(&mut poll, |_, _| ())).unwrap();
    }
}

#[test]
fn an_acceptance_whose_answer_is_lost_is_said_to_be_spent_and_the_person_is_asked_again() {
    let place = Place::new();
    for fault in [Fault::LosesTheAnswer, Fault::CutsTheAnswer, Fault::Drips] {
        let mut poll = place.ring().unwrap();
        place.accepts(&poll);
        place.network.fails(fault, 1);
        assert!(place.look(&mut poll).unwrap().is_none(), "{fault:?}");
        let error = in_time(|| block_on(place.psc.wait_ciba(&mut poll, |_, _| ()))).unwrap_err();
        assert_eq!(error.code(), Code::CIBA_SPENT, "{fault:?}");
        let mut poll = place.ring().unwrap();
        place.accepts(&poll);
        block_on(place.psc.wait_ciba(&mut poll, |_, _| ())).unwrap();
    }
}

#[test]
fn a_network_that_never_comes_back_ends_the_wait_when_the_persons_time_is_over() {
    let place = Place::new();
    let mut poll = place.ring().unwrap();
    place.network.fails(Fault::Resets, u32::MAX);
    let error = in_time(|| block_on(place.psc.wait_ciba(&mut poll, |_, _| ()))).unwrap_err();
    assert_eq!(error.code(), Code::CIBA_EXPIRED);
    assert_eq!(place.network.reached("ciba"), 1, "the request alone reached the provider");
}

fn sessions(place: &Place, rules: SessionRules) -> Sessions<Impatient, Memory> {
    Sessions::new(place.psc.clone(), Memory::new(), KeyRing::new(&[7; 32]).unwrap(), rules)
}

#[test]
fn a_refresh_that_fails_signs_nobody_out_and_nothing_is_spent_twice() {
    let place = Place::new();
    for twice in [false, true] {
        let rules = SessionRules::default();
        let rules = if twice { rules.provider_takes_a_token_twice() } else { rules };
        for (fault, _) in FAILURES {
            let sessions = sessions(&place, rules);
            let id = block_on(sessions.begin(&place.by_card(None).unwrap())).unwrap();
            place.clock.advance(Duration::from_secs(121));
            let before = place.network.reached("grant_type=refresh_token");
            place.network.fails(fault, u32::MAX);
            let error = in_time(|| block_on(sessions.access_token(&id))).unwrap_err();
            assert_eq!(error.code(), Code::SESSION_UNREACHABLE, "{fault:?}");
            let state = block_on(sessions.state(&id)).unwrap();
            assert!(matches!(state, SessionState::Unreachable { .. }), "{fault:?}: {state:?}");

            place.network.mends();
            place.clock.advance(Duration::from_secs(60));
            let after = in_time(|| block_on(sessions.access_token(&id)));
            let sent = place.network.reached("grant_type=refresh_token") - before;
            if twice {
                after.unwrap();
                assert!(matches!(block_on(sessions.state(&id)).unwrap(), SessionState::Fresh { .. }), "{fault:?}");
            } else {
                // Nobody knows whether the token is spent: it is not sent again, and the person is not signed out.
                assert_eq!(after.unwrap_err().code(), Code::SESSION_UNREACHABLE, "{fault:?}");
                assert!(sent <= 1, "{fault:?}: {sent}");
                let state = block_on(sessions.state(&id)).unwrap();
                assert!(matches!(state, SessionState::Unreachable { retry_at: None, .. }), "{fault:?}: {state:?}");
            }
        }
    }
}

#[test]
fn a_refresh_that_reached_nobody_is_sent_again_when_there_is_a_way() {
    let place = Place::new();
    let sessions = sessions(&place, SessionRules::default());
    let id = block_on(sessions.begin(&place.by_card(None).unwrap())).unwrap();
    place.network.closes();
    // Due, and still good: callers go on with the token at hand.
    place.clock.advance(Duration::from_secs(100));
    in_time(|| block_on(sessions.access_token(&id))).unwrap();
    place.clock.advance(Duration::from_secs(21));
    assert_eq!(in_time(|| block_on(sessions.access_token(&id))).unwrap_err().code(), Code::SESSION_UNREACHABLE);
    place.network.opens();
    place.clock.advance(Duration::from_secs(60));
    in_time(|| block_on(sessions.access_token(&id))).unwrap();
    assert_eq!(place.network.reached("grant_type=refresh_token"), 1);
}

#[test]
fn a_link_taken_down_for_real_ends_each_request_in_time_and_loses_nobody() {
    let here = std::fs::read_link("/proc/self/ns/net").unwrap_or_default();
    let unshare = |program: &str| {
        let mut command = Command::new("unshare");
        command.args(["-rn", "sh", "-c", "ip link set lo up && exec \"$0\"", program]);
        command.env("SAS_PSC_NAMESPACE", &here).output()
    };
    if !unshare("true").is_ok_and(|output| output.status.success()) {
        println!("no network namespace here (unshare -rn, ip): the other tests of this file cut the network");
        return;
    }
    let output = unshare(env!("CARGO_BIN_EXE_cut-link")).unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.ends_with("all is well\n"), "{told}");
}
