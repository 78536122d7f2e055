//! A reader with keys through a PC/SC library that is loaded as the system's is: the question for features, VERIFY and MODIFY by
//! SCardControl, and a reader that lies. What the keys ask for is in `tests/card/pinpad.rs`; the daemon itself in
//! `counterpart_readers`.
#![cfg(target_os = "linux")]

use sas_psc::card::{Pin, PinEntry, PinStatus, PinpadUse, SignRequest, SignatureScheme, Signer, Usage};
use sas_psc::drive::Readers;
use sas_psc::{Code, Error};
use sas_psc_sim::card::{Fault, Generation, Press};
use sas_psc_tests::pcsc::{CHANGE, Desk, LIST, NAME, Said, VERIFY};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);
const PIN: &str = "1234";

fn sign(readers: &Readers, pin: PinEntry) -> Result<(), Error> {
    let request = SignRequest::new(Usage::Authentication, SignatureScheme::Pkcs1Sha256, b"a message");
    readers.sign(None, request, pin).wait_for(SOON).map(drop)
}

fn change(readers: &Readers) -> Result<(), Error> {
    readers.change_pin_on_pinpad(None, false).wait_for(SOON)
}

fn has(readers: &Readers, purpose: PinpadUse) -> bool {
    readers.pinpad(None, purpose).wait_for(SOON).unwrap()
}

/// Nothing of a code was spent, and none stays verified.
fn nothing_spent(desk: &Desk) {
    assert_eq!(desk.card(|card| (card.tries(), card.is_verified())), (3, false));
}

#[test]
fn the_readers_keys_are_found_and_take_the_code_and_the_change_of_it() {
    for generation in [Generation::Cps3, Generation::Cps4] {
        let desk = Desk::here(generation);
        let readers = Readers::new();
        assert_eq!(readers.list().wait_for(SOON).unwrap()[0].name.as_str(), NAME);
        assert!(has(&readers, PinpadUse::Verify));
        desk.pad().will([Press::code(PIN)]);
        sign(&readers, PinEntry::on_pinpad_if_any()).unwrap();
        assert_eq!(desk.take_asked(), [VERIFY]);
        nothing_spent(&desk);
    }
    let desk = Desk::here(Generation::Cps3);
    let readers = Readers::new();
    assert!(has(&readers, PinpadUse::Change));
    desk.pad().will([PIN, "4321", "4321"].map(Press::code));
    change(&readers).unwrap();
    assert_eq!(desk.take_asked(), [CHANGE]);
    nothing_spent(&desk);
    sign(&readers, PinEntry::typed(Pin::parse("4321").unwrap())).unwrap();
    let key = readers.key(None, PinEntry::on_pinpad()).unwrap();
    desk.pad().will([Press::code("4321")]);
    key.sign(SignatureScheme::Pkcs1Sha256, b"a handshake").unwrap();
    assert_eq!(desk.take_asked(), [VERIFY]);
}

#[test]
fn who_is_slow_cancels_or_types_two_new_ones_that_differ_loses_nothing() {
    let desk = Desk::here(Generation::Cps3);
    let readers = Readers::new();
    for (press, word) in [(Press::Nothing, 0x6400), (Press::Cancel, 0x6401), (Press::code("1"), 0x6403)] {
        desk.pad().will([press]);
        let error = sign(&readers, PinEntry::on_pinpad()).unwrap_err();
        assert_eq!((error.code(), error.facts().status_word), (Code::CARD_PIN_NOT_ENTERED, Some(word)));
        nothing_spent(&desk);
    }
    desk.pad().will([PIN, "4321", "1111"].map(Press::code));
    let error = change(&readers).unwrap_err();
    assert_eq!((error.code(), error.facts().status_word), (Code::CARD_PIN_NOT_ENTERED, Some(0x6402)));
    nothing_spent(&desk);
    desk.pad().will(["0000", "4321", "4321"].map(Press::code));
    let error = change(&readers).unwrap_err();
    assert_eq!((error.code(), error.facts().pin_tries_left), (Code::CARD_PIN_WRONG, Some(2)));
    assert_eq!(readers.pin_status(None).wait_for(SOON).unwrap(), PinStatus::Needed { tries_left: 2 });
}

#[test]
fn a_list_of_features_that_lies_is_no_keys() {
    let desk = Desk::here(Generation::Cps3);
    let readers = Readers::new();
    let lists: [(&str, Said); 9] = [
        ("none", Said::bytes(&[])),
        ("a tag alone", Said::bytes(&LIST[6..7])),
        ("a code cut off", Said::bytes(&LIST[6..10])),
        ("a length too long", Said::bytes(&[0x06, 200, 0x42, 0x33, 0, 6])),
        ("a length of nothing before", Said::bytes(&[&[0x0A, 0][..], &LIST[6..]].concat())),
        ("a length too short before", Said::bytes(&[&[0x0A, 3, 0x42, 0x33, 0, 0x0A][..], &LIST[6..]].concat())),
        ("more than there is room for", Said { claimed: 60_000, ..Said::bytes(&LIST) }),
        ("the question is not known", Said::error(0x8010_001F)),
        ("noise", Said::bytes(&[0xFF; 512])),
    ];
    for (name, said) in lists {
        desk.features(said);
        assert!(!has(&readers, PinpadUse::Verify) && !has(&readers, PinpadUse::Change), "{name}");
        assert_eq!(sign(&readers, PinEntry::on_pinpad()).unwrap_err().code(), Code::CARD_PINPAD_MISSING, "{name}");
        assert_eq!(sign(&readers, PinEntry::on_pinpad_if_any()).unwrap_err().code(), Code::CARD_PIN_REQUIRED, "{name}");
        assert_eq!(change(&readers).unwrap_err().code(), Code::CARD_PINPAD_MISSING, "{name}");
        sign(&readers, PinEntry::typed(Pin::parse(PIN).unwrap())).unwrap();
        nothing_spent(&desk);
    }
    assert!(desk.take_asked().is_empty());
    drop(desk);
    // A CPS4 takes the old code and the new one apart.
    let desk = Desk::here(Generation::Cps4);
    assert!(has(&readers, PinpadUse::Verify) && !has(&readers, PinpadUse::Change));
    assert_eq!(change(&readers).unwrap_err().code(), Code::CARD_PINPAD_MISSING);
    // One that verifies only.
    drop(desk);
    let desk = Desk::here(Generation::Cps3);
    desk.features(Said::bytes(&LIST[6..12]));
    assert!(has(&readers, PinpadUse::Verify) && !has(&readers, PinpadUse::Change));
    assert_eq!(change(&readers).unwrap_err().code(), Code::CARD_PINPAD_MISSING);
}

#[test]
fn whatever_the_keys_answer_is_an_error_of_ours_and_the_code_is_asked_for_once() {
    let desk = Desk::here(Generation::Cps3);
    let readers = Readers::new();
    sign(&readers, PinEntry::typed(Pin::parse(PIN).unwrap())).unwrap();
    let word = |word: u16| Said::bytes(&word.to_be_bytes());
    let answers: [(Said, Code); 16] = [
        (Said::bytes(&[]), Code::CARD_ANSWER),
        (Said::bytes(&[0x90]), Code::CARD_ANSWER),
        (Said::bytes(&[0x90; 400]), Code::CARD_ANSWER),
        (Said { claimed: 600, ..word(0x9000) }, Code::CARD_ANSWER),
        (Said { claimed: u32::MAX, ..word(0x9000) }, Code::CARD_ANSWER),
        // It says that the code was right, and the card was never asked.
        (word(0x9000), Code::CARD_LOCKED),
        (word(0x6110), Code::CARD_ANSWER),
        (word(0x6C04), Code::CARD_ANSWER),
        (word(0x6282), Code::CARD_ANSWER),
        (word(0x63C0), Code::CARD_PIN_BLOCKED),
        (word(0x6983), Code::CARD_PIN_BLOCKED),
        (word(0x6B80), Code::CARD_STATUS),
        (word(0x6D00), Code::CARD_DIALECT),
        (Said::error(0x8010_006E), Code::USER_CANCELLED),
        (Said::error(0x8010_000A), Code::READER_TIMED_OUT),
        (Said::error(0x8010_0069), Code::CARD_REMOVED),
    ];
    for (said, code) in answers {
        let shown = format!("{said:?}").chars().take(60).collect::<String>();
        desk.say([said.clone()]);
        assert_eq!(sign(&readers, PinEntry::on_pinpad()).unwrap_err().code(), code, "{shown}");
        assert_eq!(desk.take_asked(), [VERIFY], "{shown}");
        nothing_spent(&desk);
    }
    desk.say([Said::error(0x8010_0068)]);
    assert_eq!(change(&readers).unwrap_err().code(), Code::CARD_RESET, "and it is not asked for again");
    assert_eq!(desk.take_asked(), [CHANGE]);
}

#[test]
fn a_word_after_which_the_code_may_be_verified_ends_with_a_reset() {
    let desk = Desk::here(Generation::Cps3);
    let readers = Readers::new();
    for answer in [[0x61, 0x10], [0x62, 0x00], [0x65, 0x81], [0x6F, 0x00]] {
        let resets = desk.card(|card| card.resets());
        desk.say([Said::bytes(&answer)]);
        sign(&readers, PinEntry::on_pinpad()).unwrap_err();
        assert_eq!(desk.card(|card| card.resets()), resets + 1, "{answer:02x?}");
    }
    for answer in [[0x63, 0xC2], [0x64, 0x01], [0x69, 0x82], [0x6D, 0x00]] {
        let resets = desk.card(|card| card.resets());
        desk.say([Said::bytes(&answer)]);
        sign(&readers, PinEntry::on_pinpad()).unwrap_err();
        assert_eq!(desk.card(|card| card.resets()), resets, "{answer:02x?}: others are left alone");
    }
}

/// SCARD_W_RESET_CARD, SCARD_W_REMOVED_CARD: the first question of all says it.
#[test]
fn a_card_that_another_program_resets_while_it_is_opened_is_opened_again() {
    let desk = Desk::here(Generation::Cps3);
    let readers = Readers::new();
    desk.state(Said::error(0x8010_0068));
    sign(&readers, PinEntry::typed(Pin::parse(PIN).unwrap())).unwrap();
    desk.state(Said::error(0x8010_0069));
    let error = sign(&readers, PinEntry::typed(Pin::parse(PIN).unwrap())).unwrap_err();
    assert_eq!(error.code(), Code::CARD_REMOVED);
    nothing_spent(&desk);
}

#[test]
fn an_answer_of_the_card_longer_than_it_may_be_is_told() {
    let desk = Desk::here(Generation::Cps3);
    let readers = Readers::new();
    for claimed in [513, 70_000, u32::MAX] {
        desk.answer(Said { claimed, ..Said::bytes(&[0x90, 0x00]) });
        assert_eq!(readers.read(None).wait_for(SOON).unwrap_err().code(), Code::CARD_ANSWER, "{claimed}");
    }
    readers.read(None).wait_for(SOON).unwrap();
}

#[test]
fn a_card_pulled_while_the_person_types_is_told_and_put_back_it_works() {
    let desk = Desk::here(Generation::Cps3);
    let readers = Readers::new();
    desk.pad().will([Press::code(PIN)]);
    sign(&readers, PinEntry::on_pinpad()).unwrap();
    for fault in [Fault::Remove, Fault::RemoveAfter] {
        // The serial number, the application, the state of the code: four; the fifth is the keys' own.
        desk.card(|card| card.at(5, fault.clone()));
        desk.pad().will([Press::code(PIN)]);
        let code = sign(&readers, PinEntry::on_pinpad()).unwrap_err().code();
        assert_eq!(code, Code::CARD_REMOVED, "{fault:?}");
        let card = desk.reader().remove().unwrap();
        desk.reader().insert(card);
        nothing_spent(&desk);
    }
    desk.pad().will([Press::code(PIN)]);
    sign(&readers, PinEntry::on_pinpad()).unwrap();
}
