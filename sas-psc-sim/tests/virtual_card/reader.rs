//! The reader in the same process: several programs, one card, one code.

use super::hex;
use sas_psc_sim::card::{Fault, Generation, Profile, Reader, ReaderError, VirtualCard};
use std::thread;
use std::time::Duration;

fn reader() -> Reader {
    Reader::with(VirtualCard::new(Profile::of(Generation::Cps3)))
}

const VERIFY: &str = "00 20 00 01 04 31323334";
const STATUS: &str = "00 20 00 01 00";

#[test]
fn a_code_that_one_program_verified_serves_the_other_until_a_reset() {
    let reader = reader();
    let (mut one, mut two) = (reader.connect().unwrap(), reader.connect().unwrap());
    assert_eq!(one.transmit(&hex(VERIFY)).unwrap(), [0x90, 0]);
    assert_eq!(two.transmit(&hex(STATUS)).unwrap(), [0x90, 0]);
    two.end(true);
    assert_eq!(one.transmit(&hex(STATUS)), Err(ReaderError::Reset));
    assert_eq!(one.begin(), Err(ReaderError::Reset), "until it takes the card up again");
    one.reconnect().unwrap();
    assert_eq!(one.transmit(&hex(STATUS)).unwrap(), [0x63, 0xc3]);
    assert_eq!(two.transmit(&hex(STATUS)).unwrap(), [0x63, 0xc3], "who reset knows it");
}

#[test]
fn a_transaction_makes_the_others_wait_and_ends_with_its_program() {
    let reader = reader();
    let (mut one, mut two) = (reader.connect().unwrap(), reader.connect().unwrap());
    one.begin().unwrap();
    one.transmit(&hex(VERIFY)).unwrap();
    let other = thread::spawn(move || two.transmit(&hex(STATUS)).unwrap());
    thread::sleep(Duration::from_millis(50));
    assert!(!other.is_finished());
    drop(one);
    assert_eq!(other.join().unwrap(), [0x90, 0]);
}

#[test]
fn a_card_pulled_and_another_put_in_are_lost_to_who_held_the_first() {
    let reader = reader();
    let mut handle = reader.connect().unwrap();
    assert_eq!(handle.atr().unwrap(), Generation::Cps3.atr());
    assert!(reader.has_card() && reader.remove().is_some() && !reader.has_card());
    assert_eq!(handle.transmit(&hex(STATUS)), Err(ReaderError::Removed));
    assert_eq!(handle.reconnect(), Err(ReaderError::NoCard));
    assert_eq!(reader.connect().err(), Some(ReaderError::NoCard));
    reader.insert(VirtualCard::new(Profile::other(Generation::Cps3)));
    assert_eq!(handle.transmit(&hex(STATUS)), Err(ReaderError::Removed), "it is not the card that was opened");
    handle.reconnect().unwrap();
    handle.transmit(&hex("00a4090c 04 3f00d003")).unwrap();
    assert_eq!(handle.transmit(&hex("00b00000 0c")).unwrap()[7..11], hex("99000002"));
    reader.unplug();
    assert_eq!(handle.transmit(&hex(STATUS)), Err(ReaderError::Unplugged));
    assert_eq!(reader.connect().err(), Some(ReaderError::Unplugged));
}

#[test]
fn a_card_that_goes_in_the_middle_of_a_command_is_said_to_be_gone() {
    let reader = reader();
    let mut handle = reader.connect().unwrap();
    reader.card(|card| card.at(1, Fault::RemoveAfter)).unwrap();
    assert_eq!(handle.transmit(&hex("00 20 00 01 04 30303030")), Err(ReaderError::Removed));
    assert!(!reader.has_card());
    reader.card(|card| card.power_on()).unwrap();
    handle.reconnect().unwrap();
    assert_eq!(handle.transmit(&hex(STATUS)).unwrap(), [0x63, 0xc2]);
    assert_eq!(reader.take_counts().exchanges, 2);
}
