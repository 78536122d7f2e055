//! Readers and cards through a real pcscd, with the simulator's card in its virtual reader: `tools/parts/counterpart-readers`.
//!
//! One test after the other: they share the one daemon, and the last one stops it.

mod desk;
mod faces;

use desk::{Desk, openssl_verifies, sas_psc};
use sas_psc::Code;
use sas_psc::card::{CardEvent, Pin, PinEntry, PinStatus, PinpadUse, Puk, SignRequest, SignatureScheme, Usage};
use sas_psc::drive::Readers;
use sas_psc_sim::card::{Fault, Generation, Profile, VirtualCard};
use std::process::Command;
use std::thread;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);

fn typed(pin: &str) -> PinEntry {
    PinEntry::typed(Pin::parse(pin).unwrap())
}

fn request(usage: Usage) -> SignRequest {
    SignRequest::new(usage, SignatureScheme::Pkcs1Sha256, b"a message")
}

#[test]
fn a_card_is_listed_read_and_signs_in_8_exchanges_and_its_pin_is_dropped() {
    for generation in Generation::ALL {
        let desk = Desk::with(Profile::of(generation));
        let readers = Readers::new();
        let states = readers.list().wait_for(SOON).unwrap();
        let here: Vec<_> = states.iter().filter(|state| state.atr.is_some()).collect();
        assert_eq!((here.len(), here[0].name.as_str()), (1, "Virtual PCD 00 00"), "{}", generation.name());
        let contents = readers.read(None).wait_for(SOON).unwrap();
        assert_eq!(contents.kind.name(), generation.name());
        let (usage, warm) = match generation {
            Generation::Cps3 => (Usage::Authentication, 8),
            Generation::Cps4 => (Usage::Authentication, 9),
            _ => (Usage::Technical, 5),
        };
        desk.reader().take_counts();
        let signed = readers.sign(None, request(usage), typed("1234")).wait_for(SOON).unwrap();
        assert_eq!(desk.reader().take_counts().exchanges, warm, "{}", generation.name());
        openssl_verifies(&contents.find(usage).unwrap().to_pem(), b"a message", &signed.signature);
        assert!(!desk.card(|card| card.is_verified()), "{}: the PIN is dropped", generation.name());
        assert!(!readers.pinpad(None, PinpadUse::Verify).wait_for(SOON).unwrap(), "vpcd has no keys");
        let status = readers.pin_status(None).wait_for(SOON);
        match generation {
            Generation::Cps3Contactless => assert_eq!(status.unwrap_err().code(), Code::CARD_CONTACTLESS),
            _ => assert_eq!(status.unwrap(), PinStatus::Needed { tries_left: 3 }),
        }
    }
}

#[test]
fn a_wrong_pin_costs_one_try_and_the_last_is_refused() {
    let desk = Desk::with(Profile::of(Generation::Cps3));
    let readers = Readers::new();
    let refused = |pin: PinEntry| {
        let error = readers.sign(None, request(Usage::Signature), pin).wait_for(SOON).unwrap_err();
        (error.code(), error.facts().pin_tries_left, desk.card(|card| card.tries()))
    };
    assert_eq!(refused(typed("0000")), (Code::CARD_PIN_WRONG, Some(2), 2));
    assert_eq!(refused(typed("0000")), (Code::CARD_PIN_WRONG, Some(1), 1));
    assert_eq!(refused(typed("1234")), (Code::CARD_PIN_LAST_TRY, Some(1), 1));
    assert_eq!(refused(typed("0000").spending_the_last_try()), (Code::CARD_PIN_BLOCKED, Some(0), 0));
    let (puk, new) = (Puk::parse("12345678").unwrap(), Pin::parse("4321").unwrap());
    readers.unblock(None, puk, new, false).wait_for(SOON).unwrap();
    readers.change_pin(None, typed("4321"), Pin::parse("1234").unwrap()).wait_for(SOON).unwrap();
    readers.sign(None, request(Usage::Signature), typed("1234")).wait_for(SOON).unwrap();
}

#[test]
fn a_card_that_is_pulled_is_told_and_another_one_is_refused() {
    let desk = Desk::with(Profile::of(Generation::Cps3));
    let readers = Readers::new();
    let serial = readers.read(None).wait_for(SOON).unwrap().serial;
    let ours = readers.expecting(serial);
    // While it signs, and before.
    for at in [2, 5, 7] {
        desk.card(|card| card.at(at, Fault::Wait(Duration::from_secs(2))));
        let signing = ours.sign(None, request(Usage::Authentication), typed("1234"));
        thread::sleep(Duration::from_millis(700));
        let card = desk.pull();
        let code = signing.wait_for(SOON).unwrap_err().code();
        assert!([Code::CARD_REMOVED, Code::CARD_ANSWER].contains(&code), "{at}: {code}");
        let absent = ours.read(None).wait_for(SOON).unwrap_err().code();
        assert_eq!(absent, Code::CARD_ABSENT, "{at}");
        desk.put(card);
        assert_eq!(desk.card(|card| (card.tries(), card.is_verified())), (3, false), "{at}");
    }
    ours.sign(None, request(Usage::Authentication), typed("1234")).wait_for(SOON).unwrap();
    let first = desk.pull();
    desk.put(VirtualCard::new(Profile::other(Generation::Cps3)));
    let other = ours.sign(None, request(Usage::Authentication), typed("1234")).wait_for(SOON).unwrap_err();
    assert_eq!((other.code(), desk.card(|card| card.tries())), (Code::CARD_OTHER, 3));
    desk.pull();
    desk.put(first);
    ours.read(None).wait_for(SOON).unwrap();
}

#[test]
fn another_program_resets_the_card_and_nothing_is_lost() {
    let desk = Desk::with(Profile::of(Generation::Cps3));
    let readers = Readers::new();
    readers.read(None).wait_for(SOON).unwrap();
    let resets = desk.card(|card| card.resets());
    let other = thread::spawn(|| {
        for _ in 0..10 {
            assert!(Command::new("opensc-tool").args(["--reset", "-r", "0"]).output().unwrap().status.success());
        }
    });
    for _ in 0..20 {
        readers.sign(None, request(Usage::Authentication), typed("1234")).wait_for(SOON).unwrap();
    }
    other.join().unwrap();
    assert!(desk.card(|card| card.resets()) >= resets + 30, "ours and theirs");
    assert_eq!(desk.card(|card| (card.tries(), card.is_verified())), (3, false));
}

#[test]
fn who_stops_waiting_for_a_busy_card_spends_nothing() {
    let desk = Desk::with(Profile::of(Generation::Cps3));
    let readers = Readers::new();
    readers.read(None).wait_for(SOON).unwrap();
    desk.card(|card| card.at(1, Fault::Wait(Duration::from_secs(3))));
    // Another program, in a transaction for three seconds.
    let other = Readers::new().play(None, |card| card.serial());
    thread::sleep(Duration::from_millis(500));
    let ours = readers.sign(None, request(Usage::Authentication), typed("0000"));
    assert_eq!(ours.wait_for(Duration::from_millis(300)).unwrap_err().code(), Code::READER_TIMED_OUT);
    other.wait_for(SOON).unwrap();
    thread::sleep(Duration::from_millis(500));
    assert_eq!(desk.card(|card| card.tries()), 3, "given up before the card was free");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (read, ticks) = runtime.block_on(async {
        desk.card(|card| card.at(1, Fault::Wait(Duration::from_millis(600))));
        let mut ticks = 0;
        let reading = readers.read(None);
        tokio::pin!(reading);
        loop {
            tokio::select! {
                read = &mut reading => return (read, ticks),
                () = tokio::time::sleep(Duration::from_millis(50)) => ticks += 1,
            }
        }
    });
    assert!(read.is_ok() && ticks >= 5, "the runtime went on: {ticks}");
}

#[test]
fn a_card_is_waited_for_and_the_wait_is_given_up() {
    let desk = Desk::empty();
    let readers = Readers::new();
    let waiting = readers.wait_for_card(None);
    let cancel = waiting.cancel();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(300));
        cancel.cancel();
    });
    assert_eq!(waiting.wait_for(SOON).unwrap_err().code(), Code::USER_CANCELLED);
    let waiting = readers.wait_for_card(None);
    thread::sleep(Duration::from_millis(300));
    desk.put(VirtualCard::new(Profile::of(Generation::Cps4)));
    assert_eq!(waiting.wait_for(SOON).unwrap().name.as_str(), "Virtual PCD 00 00");
}

#[test]
fn the_command_keeps_its_contract() {
    let desk = Desk::with(Profile::of(Generation::Cps3));
    let (status, lines) = sas_psc(&["--json", "card", "list"], "");
    assert_eq!((status, lines.len()), (0, 2), "{lines:?}");
    let card = &lines[0];
    assert_eq!((&card["reader"], &card["card"]), (&"Virtual PCD 00 00".into(), &"cps3".into()));
    assert_eq!((&card["serial"], &card["pin_tries_left"]), (&"99000001".into(), &3.into()));
    assert_eq!(card["atr"], "3B AC 00 40 2A 00 12 25 00 64 80 00 03 10 00 90 00");
    let certificates = card["certificates"].as_array().unwrap();
    assert_eq!(certificates.len(), 2);
    for key in ["label", "usage", "subject_id_nat", "family_name", "given_name", "profession", "issuer", "sha256"] {
        assert!(certificates.iter().all(|one| one[key].as_str().is_some_and(|text| !text.is_empty())), "{key}");
    }
    assert_eq!((&lines[1]["card"], &lines[1]["atr"]), (&"none".into(), &serde_json::Value::Null));
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(at("file"), b"a message").unwrap();
    let sign = ["--json", "card", "sign", "--usage", "authentication", "--pin-stdin"];
    let files = ["--in", &at("file"), "--out", &at("sig"), "--reader", "pcd 00 00"].map(str::to_owned);
    let sign: Vec<&str> = sign.into_iter().chain(files.iter().map(String::as_str)).collect();
    let (status, lines) = sas_psc(&sign, "1234\n");
    assert_eq!((status, &lines[0]["algorithm"]), (0, &"pkcs1-sha256".into()));
    let authentication = certificates.iter().find(|one| one["usage"] == "authentication").unwrap();
    assert_eq!(lines[0]["certificate_sha256"], authentication["sha256"]);
    assert_eq!(sas_psc(&["card", "certificate", "--out", &at("pem")], "").0, 0);
    let pem = std::fs::read_to_string(at("pem")).unwrap();
    openssl_verifies(&pem, b"a message", &std::fs::read(at("sig")).unwrap());
    for (left, name, status) in [(2, "card-pin-wrong", 3), (1, "card-pin-wrong", 3), (1, "card-pin-last-try", 3)] {
        let (found, lines) = sas_psc(&sign, "0000\n");
        let error = &lines[0]["error"];
        assert_eq!((found, &error["name"]), (status, &name.into()));
        assert_eq!(error["facts"]["pin_tries_left"], left, "{error}");
        assert_eq!(desk.card(|card| card.tries()), left);
    }
    let spending: Vec<&str> = sign.iter().copied().chain(["--use-last-try"]).collect();
    let (found, lines) = sas_psc(&spending, "0000\n");
    assert_eq!((found, &lines[0]["error"]["name"]), (4, &"card-pin-blocked".into()));
    assert_eq!(sas_psc(&["card", "unblock", "--pin-stdin"], "12345678\n9753\n").0, 0);
    assert_eq!(sas_psc(&["card", "change-pin", "--pin-stdin"], "9753\n1234\n").0, 0);
    assert_eq!(sas_psc(&sign, "1234\n").0, 0);
    assert_eq!(sas_psc(&["card", "sign", "--usage", "authentication", "--in", &at("file"), "--out", "-"], "").0, 3);
    desk.pull();
    assert_eq!(sas_psc(&sign, "1234\n").0, 4);
}

#[test]
fn the_companion_looks_whether_the_card_is_there() {
    let desk = Desk::with(Profile::of(Generation::Cps3));
    let looked = || -> Vec<String> {
        let (_, lines) = sas_psc(&["--json", "companion", "--no-open"], "");
        let looked = lines.iter().filter(|line| line["need"] == "reader" || line["need"] == "card");
        looked.map(|line| format!("{} {}", line["need"], line["presence"]).replace('"', "")).collect()
    };
    assert_eq!(looked(), ["reader ready", "card ready"]);
    desk.pull();
    assert_eq!(looked(), ["reader ready", "card missing"]);
    let (_, lines) = sas_psc(&["--json", "doctor", "--card", "--issuer", "https://127.0.0.1:1/a"], "");
    let readers = lines.iter().find(|line| line["check"] == "card-readers").unwrap();
    assert_eq!(readers["status"], "ok", "{readers}");
    let (_, lines) =
        desk::sas_psc_without_the_library(&["--json", "doctor", "--card", "--issuer", "https://127.0.0.1:1/a"]);
    let readers = lines.iter().find(|line| line["check"] == "card-readers").unwrap();
    assert_eq!((&readers["status"], &readers["code"]), (&"warning".into(), &4202.into()));
    let (status, lines) = desk::sas_psc_without_the_library(&["--json", "companion", "--no-open"]);
    assert_eq!((status, &lines[0]["need"], &lines[0]["presence"]), (1, &"reader".into(), &"missing".into()));
}

/// Last, since it stops the daemon: `alone` in its name keeps it for the end.
#[test]
fn alone_readers_and_cards_come_and_go_and_the_service_is_met_again() {
    let desk = Desk::empty();
    let readers = Readers::new();
    let mut watch = readers.watch();
    let mut until = |wanted: fn(&CardEvent) -> bool| {
        for _ in 0..40 {
            match watch.next_within(SOON) {
                Some(event) if wanted(&event) => return event,
                Some(_) => {}
                None => break,
            }
        }
        panic!("it never came");
    };
    until(|event| matches!(event, CardEvent::ReaderAdded(_)));
    desk.put(VirtualCard::new(Profile::of(Generation::Cps3)));
    let inserted = until(|event| matches!(event, CardEvent::CardInserted { .. }));
    assert!(matches!(inserted, CardEvent::CardInserted { reader, .. } if reader.as_str() == "Virtual PCD 00 00"));
    let card = desk.pull();
    until(|event| matches!(event, CardEvent::CardRemoved(_)));
    desk.put(card);
    until(|event| matches!(event, CardEvent::CardInserted { .. }));
    drop(desk);
    desk::stop_the_daemon();
    until(|event| *event == CardEvent::ServiceLost);
    assert_eq!(readers.list().wait_for(SOON).unwrap_err().code(), Code::READER_SERVICE_ABSENT);
    assert_eq!(sas_psc(&["--json", "card", "list"], "").1[0]["error"]["name"], "reader-service-absent");
    let _daemon = desk::start_the_daemon();
    until(|event| *event == CardEvent::ServiceFound);
    let desk = Desk::with(Profile::of(Generation::Cps3));
    until(|event| matches!(event, CardEvent::CardInserted { .. }));
    readers.sign(None, request(Usage::Authentication), typed("1234")).wait_for(SOON).unwrap();
    drop(desk);
}

/// The same program where the library cannot be loaded: it starts, and says so.
#[test]
fn without_the_library_the_command_starts_and_says_what_is_missing() {
    let (status, lines) = desk::sas_psc_without_the_library(&["--json", "card", "list"]);
    assert_eq!((status, &lines[0]["error"]["name"]), (6, &"reader-library-absent".into()));
    assert_eq!(desk::sas_psc_without_the_library(&["--json", "id", "check", "99700218896"]).0, 0);
}
