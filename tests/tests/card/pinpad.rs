//! A reader with keys: where the person types, and that no program sees what. The reader is the simulator's; a real one was not
//! at hand.

use sas_psc::card::{
    CardCache, CardKey, Pin, PinEntry, PinpadUse, SignRequest, SignatureScheme, Signer, Transport, Usage, play,
};
use sas_psc::{Blame, Code, Error};
use sas_psc_sim::card::{Fault, Generation, Pinpad, Press, Profile, Reader, VirtualCard};
use sas_psc_tests::slot::Slot;

const PIN: &str = "1234";

struct Desk {
    reader: Reader,
    pad: Pinpad,
    slot: Slot,
    cache: CardCache,
}

impl Desk {
    fn new(generation: Generation) -> Desk {
        let (reader, pad) = (Reader::with(VirtualCard::new(Profile::of(generation))), Pinpad::new());
        let slot = Slot::of(&reader).with_pinpad(&pad);
        Desk { reader, pad, slot, cache: CardCache::new() }
    }

    fn sign(&mut self, pin: PinEntry) -> Result<(), Error> {
        let request = SignRequest::new(Usage::Authentication, SignatureScheme::Pkcs1Sha256, b"a message");
        play(&mut self.slot, &self.cache, |card| card.sign(request.clone(), pin.clone())).map(drop)
    }

    fn change(&mut self) -> Result<(), Error> {
        play(&mut self.slot, &self.cache, |card| card.change_pin_on_pinpad(false))
    }

    fn tries(&self) -> u8 {
        self.reader.card(|card| card.tries()).unwrap()
    }

    /// No command with a code was sent by a program, and none of ours is still verified.
    fn seen_by_nobody(&self) {
        assert!(self.slot.trace.iter().all(|command| !command.contains("**")), "{:?}", self.slot.trace);
        assert!(!self.reader.card(|card| card.is_verified()).unwrap());
    }
}

#[test]
fn a_code_typed_on_the_readers_keys_signs_and_no_program_sees_it() {
    for generation in [Generation::Cps3, Generation::Cps4] {
        for entry in [PinEntry::on_pinpad(), PinEntry::on_pinpad_if_any()] {
            let mut desk = Desk::new(generation);
            desk.pad.will([Press::code(PIN)]);
            desk.sign(entry).unwrap();
            assert_eq!((desk.pad.asked(), desk.tries()), (1, 3));
            desk.seen_by_nobody();
        }
    }
}

#[test]
fn a_wrong_code_on_the_keys_costs_one_try_and_the_last_one_is_not_asked_for() {
    let mut desk = Desk::new(Generation::Cps3);
    for left in [2, 1] {
        desk.pad.will([Press::code("0000")]);
        let error = desk.sign(PinEntry::on_pinpad()).unwrap_err();
        assert_eq!((error.code(), error.facts().pin_tries_left), (Code::CARD_PIN_WRONG, Some(left)));
    }
    let asked = desk.pad.asked();
    let error = desk.sign(PinEntry::on_pinpad()).unwrap_err();
    assert_eq!((error.code(), error.facts().pin_tries_left), (Code::CARD_PIN_LAST_TRY, Some(1)));
    assert_eq!(desk.pad.asked(), asked, "the reader never lit");
    desk.pad.will([Press::code("0000")]);
    let blocked = desk.sign(PinEntry::on_pinpad().spending_the_last_try()).unwrap_err();
    assert_eq!((blocked.code(), desk.tries()), (Code::CARD_PIN_BLOCKED, 0));
    desk.seen_by_nobody();
}

#[test]
fn who_cancels_is_slow_or_types_too_much_is_told_and_loses_nothing() {
    let mut desk = Desk::new(Generation::Cps3);
    for (press, word) in [
        (Press::Nothing, 0x6400),
        (Press::Cancel, 0x6401),
        (Press::code("1"), 0x6403),
        (Press::code("123456789"), 0x6403),
    ] {
        desk.pad.will([press]);
        let error = desk.sign(PinEntry::on_pinpad()).unwrap_err();
        assert_eq!((error.code(), error.facts().status_word), (Code::CARD_PIN_NOT_ENTERED, Some(word)));
        assert_eq!((error.blame(), desk.tries()), (Blame::User, 3));
    }
    assert_eq!(desk.pad.waited(), 30, "the reader gives the person half a minute");
    desk.pad.will([Press::code(PIN)]);
    desk.sign(PinEntry::on_pinpad()).unwrap();
    desk.seen_by_nobody();
}

#[test]
fn a_pin_is_changed_on_the_keys_where_both_new_ones_are_the_same() {
    let mut desk = Desk::new(Generation::Cps3);
    desk.pad.will([PIN, "4321", "4322"].map(Press::code));
    let differ = desk.change().unwrap_err();
    assert_eq!((differ.code(), differ.facts().status_word), (Code::CARD_PIN_NOT_ENTERED, Some(0x6402)));
    desk.pad.will(["0000", "4321", "4321"].map(Press::code));
    assert_eq!(desk.change().unwrap_err().code(), Code::CARD_PIN_WRONG);
    desk.pad.will([PIN, "4321", "4321"].map(Press::code));
    desk.change().unwrap();
    desk.pad.will([Press::code("4321")]);
    desk.sign(PinEntry::on_pinpad()).unwrap();
    assert_eq!(desk.tries(), 3);
    desk.seen_by_nobody();
    // A CPS4 takes the two apart: no reader does that.
    assert_eq!(Desk::new(Generation::Cps4).change().unwrap_err().code(), Code::CARD_PINPAD_MISSING);
}

#[test]
fn the_keys_come_first_then_what_was_typed_and_without_either_the_card_may_not_ask() {
    let mut desk = Desk::new(Generation::Cps3);
    let typed =
        PinEntry::preferred(desk.slot.pinpad(PinpadUse::Verify), false, || panic!("nobody is asked at the screen"));
    desk.pad.will([Press::code(PIN)]);
    desk.sign(typed.unwrap()).unwrap();
    desk.seen_by_nobody();
    // Without keys.
    desk.slot = Slot::of(&desk.reader);
    let keys = desk.slot.pinpad(PinpadUse::Verify);
    desk.sign(PinEntry::preferred(keys, false, || Pin::parse(PIN).map(Some)).unwrap()).unwrap();
    let none = desk.sign(PinEntry::on_pinpad_if_any()).unwrap_err();
    assert_eq!((none.code(), none.facts().pin_tries_left), (Code::CARD_PIN_REQUIRED, Some(3)));
    assert_eq!(desk.sign(PinEntry::on_pinpad()).unwrap_err().code(), Code::CARD_PINPAD_MISSING);
    assert_eq!(desk.change().unwrap_err().code(), Code::CARD_PINPAD_MISSING);
    assert_eq!(desk.tries(), 3);
}

#[test]
fn a_key_for_tls_asks_on_the_keys_each_time_it_signs() {
    let desk = Desk::new(Generation::Cps3);
    let key = CardKey::over(desk.slot, &desk.cache, PinEntry::on_pinpad()).unwrap();
    assert_eq!(desk.pad.asked(), 0, "not before there is somebody to sign for");
    desk.pad.will([Press::code(PIN), Press::code(PIN), Press::Cancel]);
    key.sign(SignatureScheme::Pkcs1Sha256, b"one").unwrap();
    key.sign(SignatureScheme::Pkcs1Sha256, b"two").unwrap();
    let left = key.sign(SignatureScheme::Pkcs1Sha256, b"three").unwrap_err();
    assert_eq!((left.code(), desk.pad.asked()), (Code::CARD_PIN_NOT_ENTERED, 3));
}

#[test]
fn a_card_that_is_pulled_or_fails_while_the_person_types_is_told() {
    for (fault, code) in [
        (Fault::Remove, Code::CARD_REMOVED),
        (Fault::StatusWord(0x6F00), Code::CARD_FAILURE),
        (Fault::StatusWord(0x6982), Code::CARD_LOCKED),
        (Fault::StatusWord(0x63C0), Code::CARD_PIN_BLOCKED),
        (Fault::StatusWord(0x6B80), Code::CARD_STATUS),
    ] {
        let mut desk = Desk::new(Generation::Cps3);
        desk.pad.will([Press::code(PIN)]);
        desk.sign(PinEntry::on_pinpad()).unwrap();
        // Serial number: two; the application; the state: four; then the keys.
        desk.reader.card(|card| card.at(5, fault.clone()));
        desk.pad.will([Press::code(PIN)]);
        let error = desk.sign(PinEntry::on_pinpad()).unwrap_err();
        assert_eq!((error.code(), desk.pad.asked()), (code, 2), "{fault:?}");
    }
}
