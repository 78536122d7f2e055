//! The process is killed (SIGKILL) between any two things it does, and started again over its SQLite file: the journey
//! goes on and ends active, with one record for each answer, no mail lost, and nothing twice that must not be.

use sas_psc::consent::{Event, Kind, Leaf, Record};
use sas_psc::drive::block_on;
use sas_psc::id::IdNat;
use sas_psc::onboarding::Store;
use sas_psc::store::Sqlite;
use sas_psc_sim::{Config, Running, Simulator, VirtualClock};
use sas_psc_tests::{Means, NOW, Person, Process};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

fn simulator() -> Running {
    Simulator::start(Config { clock: VirtualClock::still(NOW), seed: Some(7), ..Config::default() }).unwrap()
}

fn physician(sim: &Running) -> Person<'_> {
    Person::new(sim, "physician", "899700218896", "kit@cabinet.invalid", Means::Card)
}

/// Two places to choose between, the phone, the link of the mail, and a refusal before the acceptance.
fn hesitant(sim: &Running) -> Person<'_> {
    Person::new(sim, "physician-two-places", "899700366240", "kit@hopital.invalid", Means::Phone).hesitating()
}

/// Plays the journey to its end, starting the process again whenever `kill` says at a stop that it dies there. Gives
/// the stops where it died.
fn play(person: &mut Person<'_>, store: &Path, mut kill: impl FnMut(&str) -> bool) -> Vec<String> {
    let mut deaths = Vec::new();
    loop {
        let mut process = Process::start(&mut Command::new(env!("CARGO_BIN_EXE_site")), person.sim, store, true);
        let mut watch = |stop: &str| {
            let dies = kill(stop);
            deaths.extend(dies.then(|| stop.to_owned()));
            dies
        };
        if person.go_on(&mut process, &mut watch).is_ok() {
            return deaths;
        }
    }
}

/// What must be true in the end, wherever the process died.
fn judge(person: &Person<'_>, store: &Path, deaths: &[String]) {
    let store = Sqlite::open(store).unwrap();
    let number = [IdNat::parse(person.id_nat).unwrap()];
    let accounts = block_on(store.accounts_of(&person.sim.issuer(), &number)).unwrap();
    assert_eq!(accounts.len(), 1, "{deaths:?}");
    assert_eq!(accounts[0].email.as_deref(), Some(person.address.as_str()));
    assert_eq!(accounts[0].wake_at, None);

    let log = block_on(store.log_entries(0, u64::MAX)).unwrap();
    let records: Vec<Record> = log.iter().map(|entry| Record::parse(&entry.record).unwrap()).collect();
    let events = |kind| -> Vec<Event> {
        let of_kind = records.iter().map(Record::fields).filter(|fields| fields.kind == kind);
        of_kind.map(|fields| fields.event).collect()
    };
    let answers: &[Event] = if person.hesitates { &[Event::Refused, Event::Accepted] } else { &[Event::Accepted] };
    assert_eq!(events(Kind::Terms), answers, "{deaths:?}");
    // The settings hold one declaration.
    assert_eq!((events(Kind::Declaration), records.len()), (vec![Event::Accepted], answers.len() + 1), "{deaths:?}");
    assert!(log.iter().all(|entry| Leaf::opens(&entry.leaf, &entry.salt, &entry.record).unwrap()));

    // A mail that the server took while nobody noted it is written again; no other one is.
    let unnoted = deaths.iter().filter(|stop| stop.starts_with("address:") || stop.starts_with("due:")).count();
    let mails = person.sim.mailbox().all(&person.address).len();
    assert!((1..=1 + unnoted).contains(&mails), "{mails} mails, {deaths:?}");
}

/// Kills the process once, at each stop of an unbroken journey in turn.
fn once_at_each_stop(person: fn(&Running) -> Person<'_>) {
    let directory = tempfile::tempdir().unwrap();
    let sim = simulator();
    let (mut unbroken, store) = (person(&sim), directory.path().join("unbroken.sqlite"));
    let mut stops = Vec::new();
    let deaths = play(&mut unbroken, &store, |stop| {
        stops.push(stop.to_owned());
        false
    });
    judge(&unbroken, &store, &deaths);
    assert!(stops.len() > 40, "{stops:#?}");

    for dying in 0..stops.len() {
        let sim = simulator();
        let (mut person, store) = (person(&sim), directory.path().join(format!("{dying}.sqlite")));
        let mut passed = 0..;
        let deaths = play(&mut person, &store, |_| passed.next() == Some(dying));
        assert_eq!(deaths, stops[dying..=dying]);
        judge(&person, &store, &deaths);
    }
}

#[test]
fn once_at_each_stop_by_card() {
    once_at_each_stop(physician);
}

#[test]
fn once_at_each_stop_by_phone() {
    once_at_each_stop(hesitant);
}

#[test]
fn at_every_stop_of_one_journey() {
    for person in [physician, hesitant] {
        let (directory, sim) = (tempfile::tempdir().unwrap(), simulator());
        let (mut person, store) = (person(&sim), directory.path().join("accounts.sqlite"));
        let mut seen = BTreeSet::new();
        let deaths = play(&mut person, &store, |stop| seen.insert(stop.to_owned()));
        assert!(deaths.len() > 25, "{deaths:#?}");
        judge(&person, &store, &deaths);
    }
}
