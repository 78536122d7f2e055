//! The CIBA guard over stores that instances share: what an attacker and a doctor get, minute by minute and in a storm.

mod crash;
#[path = "../sign_in/fake.rs"]
#[allow(dead_code)]
mod fake;
#[path = "../id_token/minting.rs"]
#[allow(dead_code)]
mod minting;
mod same;
mod storm;

use fake::{Fake, PERSON, psc};
use sas_psc::base::ServerKey;
use sas_psc::drive::{GuardedCiba, Psc, World, block_on};
use sas_psc::id::IdNat;
use sas_psc::psc::{Channel, CibaGuard, CibaPoll, Endpoint, GuardRules, GuardStore, Service, SignedIn};
use sas_psc::store::Memory;
use sas_psc::{Code, Result};
use serde_json::json;

fn person() -> IdNat {
    IdNat::parse(PERSON).unwrap()
}

fn guard() -> CibaGuard {
    CibaGuard::new(ServerKey::new(&[7; 32]).unwrap(), GuardRules::default())
}

/// One instance of a platform, at the fake provider.
struct Instance<'a, S> {
    psc: &'a Psc<Fake>,
    service: Service,
    guarded: GuardedCiba<S>,
}

impl<'a, S: GuardStore> Instance<'a, S> {
    fn new(psc: &'a Psc<Fake>, store: S) -> Instance<'a, S> {
        Instance { psc, service: block_on(psc.service()).unwrap(), guarded: GuardedCiba::new(guard(), store) }
    }

    fn start(&self, channel: Channel, workstation: &str) -> Result<CibaPoll> {
        self.start_for(&person(), channel, workstation)
    }

    fn start_for(&self, person: &IdNat, channel: Channel, workstation: &str) -> Result<CibaPoll> {
        let world = self.psc.world();
        block_on(self.guarded.start(world, &self.service, person, channel, workstation.as_bytes()))
    }

    fn start_showing(&self, digits: &str, workstation: &str) -> Result<CibaPoll> {
        let (world, workstation) = (self.psc.world(), workstation.as_bytes());
        block_on(self.guarded.start_showing(world, &self.service, &person(), Channel::Mobile, digits, workstation))
    }

    fn wait(&self, poll: &mut CibaPoll) -> Result<SignedIn> {
        block_on(self.guarded.wait(self.psc.world(), &self.service, poll, |_, _| ()))
    }

    fn leave(&self, poll: &mut CibaPoll, workstation: &str) -> Result<()> {
        block_on(self.guarded.leave(self.psc.world().now(), &self.service, poll, workstation.as_bytes()))
    }

    fn switch(&self, poll: &mut CibaPoll, channel: Channel, workstation: &str) -> Result<()> {
        block_on(self.guarded.switch(self.psc.world(), &self.service, poll, channel, workstation.as_bytes()))
    }

    /// How often the provider was asked to ask somebody.
    fn rung(&self) -> usize {
        self.psc.world().asked(Endpoint::Ciba).len()
    }
}

fn pending(fake: &Fake, times: usize) {
    (0..times).for_each(|_| fake.answer(Endpoint::Token, 400, json!({"error": "authorization_pending"})));
}

fn refused(fake: &Fake) {
    fake.answer(Endpoint::Token, 400, json!({"error": "access_denied"}));
}

#[test]
fn a_person_signs_in_through_the_guard() {
    let psc = psc();
    let here = Instance::new(&psc, Memory::new());
    let mut poll = here.start(Channel::Mobile, "office").unwrap();
    let begun = psc.world().now();
    assert_eq!(poll.seconds_left(begun), 120, "counted from when it is shown");
    assert_eq!(here.wait(&mut poll).unwrap().sign_in.professional().id_nat, person());
    assert_eq!(here.rung(), 1);
}

#[test]
fn the_same_workstation_sees_the_running_one_through_any_instance_and_can_finish_it() {
    let (psc, store) = (psc(), std::sync::Arc::new(Memory::new()));
    let (here, there) = (Instance::new(&psc, store.clone()), Instance::new(&psc, store));
    let first = here.start(Channel::Mobile, "office").unwrap();
    psc.world().advance(20);
    let mut again = there.start(Channel::Mobile, "office").unwrap();
    assert_eq!((again.digits(), again.attempt()), (first.digits(), first.attempt()));
    assert!(again.seconds_left(psc.world().now()) < 101);
    assert_eq!(there.wait(&mut again).unwrap().sign_in.professional().id_nat, person());
    assert_eq!(here.rung(), 1, "the phone rang once");
}

#[test]
fn digits_that_a_workstation_drew_go_on_with_its_own_request_and_with_no_other() {
    let (psc, store) = (psc(), std::sync::Arc::new(Memory::new()));
    let (here, there) = (Instance::new(&psc, store.clone()), Instance::new(&psc, store));
    let first = here.start_showing("07", "office").unwrap();
    assert_eq!(first.digits(), "07");
    assert!(psc.world().form(Endpoint::Ciba).contains("binding_message=07"));
    psc.world().advance(20);
    // The connection broke, or the instance: the same digits go on. Others would be shown in vain.
    let mut again = there.start_showing("07", "office").unwrap();
    assert_eq!((again.attempt(), again.digits()), (first.attempt(), "07"));
    let error = there.start_showing("08", "office").unwrap_err();
    assert_eq!(error.code(), Code::CIBA_STILL_RUNNING);
    assert!(error.facts().retry_after.is_some_and(|wait| wait.as_secs() <= 101));
    // Another workstation gets a decoy that shows what it drew itself.
    assert_eq!(here.start_showing("09", "elsewhere").unwrap().digits(), "09");
    assert_eq!(there.wait(&mut again).unwrap().sign_in.professional().id_nat, person());
    assert_eq!(here.rung(), 1, "the phone rang once");
    assert_eq!(here.start_showing("7", "office").unwrap_err().code(), Code::CIBA_DIGITS);
    // Two requests of one name would be one: each has its own.
    assert_ne!(here.start_showing("07", "office").unwrap().attempt(), first.attempt());
}

#[test]
fn a_request_that_was_spent_elsewhere_gives_its_place_back() {
    let psc = psc();
    let here = Instance::new(&psc, Memory::new());
    let mut poll = here.start_showing("07", "office").unwrap();
    psc.world().answer(Endpoint::Token, 400, json!({"error": "invalid_grant"}));
    assert_eq!(here.wait(&mut poll).unwrap_err().code(), Code::CIBA_SPENT);
    let mut next = here.start_showing("08", "office").unwrap();
    assert_eq!(here.wait(&mut next).unwrap().sign_in.professional().id_nat, person());
    assert_eq!(here.rung(), 2);
}

#[test]
fn another_workstation_gets_a_decoy_that_runs_out_and_sends_nothing() {
    let psc = psc();
    let here = Instance::new(&psc, Memory::new());
    let first = here.start(Channel::Mobile, "office").unwrap();
    let mut other = here.start(Channel::Mobile, "elsewhere").unwrap();
    assert_ne!(other.attempt(), first.attempt());
    let mut again = here.start(Channel::Mobile, "elsewhere").unwrap();
    assert_eq!((again.digits(), again.attempt()), (other.digits(), other.attempt()), "it looks like a running one");
    assert_eq!(here.wait(&mut other).unwrap_err().code(), Code::CIBA_EXPIRED);
    assert_eq!(here.wait(&mut again).unwrap_err().code(), Code::CIBA_EXPIRED);
    assert_eq!((here.rung(), psc.world().asked(Endpoint::Token).len()), (1, 0));
}

#[test]
fn what_was_left_is_told_to_its_own_workstation_and_never_wins() {
    let psc = psc();
    let here = Instance::new(&psc, Memory::new());
    let mut poll = here.start(Channel::Mobile, "office").unwrap();
    let mut copy = block_on(psc.resume_ciba(&poll.to_stored().unwrap())).unwrap();
    here.leave(&mut poll, "office").unwrap();
    let error = here.start(Channel::Mobile, "office").unwrap_err();
    assert_eq!(error.code(), Code::CIBA_STILL_RUNNING);
    assert!((100..=120).contains(&error.facts().retry_after.unwrap().as_secs()));
    assert_eq!(here.wait(&mut poll).unwrap_err().code(), Code::CIBA_CANCELLED);
    assert_eq!(here.wait(&mut copy).unwrap_err().code(), Code::CIBA_REPLACED, "another process still had it");
    psc.world().advance(140);
    assert!(here.start(Channel::Mobile, "office").is_ok());
    assert_eq!(here.rung(), 2);
}

#[test]
fn a_refusal_frees_the_place_and_two_hold_back_strangers() {
    let psc = psc();
    let here = Instance::new(&psc, Memory::new());
    for rung in 1..=2 {
        refused(psc.world());
        let mut poll = here.start(Channel::Mobile, "office").unwrap();
        assert_eq!(here.wait(&mut poll).unwrap_err().code(), Code::CIBA_REFUSED);
        assert_eq!(here.rung(), rung);
    }
    let mut held = here.start(Channel::Mobile, "office").unwrap();
    assert_eq!((here.wait(&mut held).unwrap_err().code(), here.rung()), (Code::CIBA_EXPIRED, 2));
    assert!(here.start(Channel::Mobile, "office").is_ok());
    assert_eq!(here.rung(), 3, "the minute is over");
}

#[test]
fn the_card_goes_on_with_the_attempt_and_the_phone_can_win_no_more() {
    let psc = psc();
    let here = Instance::new(&psc, Memory::new());
    let mut poll = here.start(Channel::Mobile, "office").unwrap();
    let (attempt, digits) = (poll.attempt().to_owned(), poll.digits().to_owned());
    let mut phone = block_on(psc.resume_ciba(&poll.to_stored().unwrap())).unwrap();
    here.switch(&mut poll, Channel::Card, "office").unwrap();
    assert_eq!((poll.channel(), poll.attempt()), (Channel::Card, attempt.as_str()));
    assert_ne!(poll.digits(), digits);
    assert!(psc.world().form(Endpoint::Ciba).contains("channel=CARD"));
    assert_eq!(here.wait(&mut phone).unwrap_err().code(), Code::CIBA_REPLACED, "accepted on the phone after all");
    let mut shown = here.start(Channel::Mobile, "office").unwrap();
    assert_eq!(shown.channel(), Channel::Card, "the workstation is shown its attempt");
    assert_eq!(here.wait(&mut shown).unwrap().sign_in.professional().id_nat, person());
    assert_eq!(here.rung(), 2);
}

#[test]
fn a_card_that_cannot_be_asked_leaves_the_phone_as_it_was() {
    let psc = psc();
    let here = Instance::new(&psc, Memory::new());
    let mut poll = here.start(Channel::Mobile, "office").unwrap();
    psc.world().answer(Endpoint::Ciba, 502, json!(null));
    let error = here.switch(&mut poll, Channel::Card, "office").unwrap_err();
    assert_eq!((error.code(), poll.channel()), (Code::PROVIDER_UNAVAILABLE, Channel::Mobile));
    assert_eq!(here.wait(&mut poll).unwrap().sign_in.professional().id_nat, person());
}

#[test]
fn what_is_not_the_persons_affair_is_told_and_costs_nothing() {
    let psc = psc();
    let here = Instance::new(&psc, Memory::new());
    for _ in 0..15 {
        psc.world().answer(Endpoint::Ciba, 502, json!(null));
        assert_eq!(here.start(Channel::Mobile, "office").unwrap_err().code(), Code::PROVIDER_UNAVAILABLE);
    }
    psc.world().answer(Endpoint::Ciba, 401, json!({"error": "invalid_client"}));
    assert_eq!(here.start(Channel::Mobile, "office").unwrap_err().code(), Code::CLIENT_REFUSED);
    let mut poll = here.start(Channel::Mobile, "office").unwrap();
    assert!(here.wait(&mut poll).is_ok());
    // Without an answer, the phone may ring: the place stays taken.
    psc.world().cut(Endpoint::Ciba);
    assert_eq!(here.start(Channel::Mobile, "office").unwrap_err().code(), Code::CONNECTION_LOST);
    let rung = here.rung();
    here.start(Channel::Mobile, "office").unwrap();
    assert_eq!(here.rung(), rung);
}

#[test]
fn alarms_name_nobody() {
    use std::sync::{Arc, Mutex};
    let psc = psc();
    let mut here = Instance::new(&psc, Memory::new());
    let told = Arc::new(Mutex::new(Vec::new()));
    let copy = told.clone();
    let tell = move |alarm: &sas_psc::psc::GuardAlarm| copy.lock().unwrap().push(alarm.clone());
    here.guarded = GuardedCiba::new(guard(), Memory::new()).on_alarm(tell);
    for _ in 0..2 {
        refused(psc.world());
        let mut poll = here.start(Channel::Mobile, "office").unwrap();
        here.wait(&mut poll).unwrap_err();
    }
    here.start(Channel::Mobile, "elsewhere").unwrap();
    let told = told.lock().unwrap();
    let kinds: Vec<_> = told.iter().map(|alarm| (alarm.kind.name(), alarm.count)).collect();
    assert_eq!(kinds, [("in-a-row", 2), ("held-back", 1)]);
    assert!(!format!("{told:?}").contains(PERSON) && told[0].person == told[1].person);
}
