//! What goes wrong on demand, and that no bytes at all break the card.

use super::{card, done, hex, send};
use sas_psc_sim::card::{Fault, Generation, Profile, Usage, VirtualCard};
use std::time::{Duration, Instant};

const STATUS: &str = "00 20 00 01 00";

#[test]
fn each_fault_comes_at_its_exchange_and_once() {
    let mut card = card(Generation::Cps3);
    card.at(2, Fault::StatusWord(0x6f00));
    card.at(3, Fault::Answer(vec![]));
    card.at(4, Fault::Extra(vec![1, 2]));
    card.at(5, Fault::Cut(1));
    let answers: Vec<_> = (0..6).map(|_| send(&mut card, STATUS)).collect();
    assert_eq!(answers, ["63c3", "6f00", "", "010263c3", "63", "63c3"]);
    card.at(1, Fault::StatusWord(0x6f00));
    card.clear_faults();
    assert_eq!(send(&mut card, STATUS), "63c3");
    card.at(2, Fault::StatusWord(0x6f00));
    send(&mut card, STATUS);
    assert_eq!(card.take_counts().exchanges, 8);
    assert_eq!(send(&mut card, STATUS), "6f00", "counting from zero moves no fault");
}

#[test]
fn a_card_pulled_before_a_wrong_code_keeps_its_tries_and_one_pulled_after_has_lost_one() {
    let wrong = "00 20 00 01 04 30303030";
    for (fault, left) in [(Fault::Remove, 3), (Fault::RemoveAfter, 2)] {
        let mut card = card(Generation::Cps3);
        card.at(1, fault);
        assert_eq!((send(&mut card, wrong).as_str(), card.is_present()), ("", false));
        assert_eq!(send(&mut card, STATUS), "", "it is out");
        card.power_on();
        assert_eq!((card.tries(), send(&mut card, STATUS)), (left, format!("63c{left}")));
    }
}

#[test]
fn a_reset_in_the_middle_forgets_the_code_and_the_folder() {
    let mut card = card(Generation::Cps3);
    done(&mut card, &["00a4090c 04 3f000001", "00 20 00 01 04 31323334"]);
    card.at(1, Fault::Reset);
    assert_eq!(send(&mut card, "00 22 41 a4 06 840182 800102"), "6a88", "the MF has no such key");
    assert_eq!(send(&mut card, STATUS), "63c3");
}

#[test]
fn files_hold_and_announce_whatever_a_test_wants() {
    let mut card = card(Generation::Cps3);
    let auth = [0x3f00, 1, 0xa002];
    card.file_mut(&auth).unwrap().extend([0; 10]);
    card.announce(&auth, 0xffff);
    let described = done(&mut card, &["00a40904 06 3f000001a002", "00c00000 26"]);
    assert_eq!(described[2..6], [0x80, 2, 0xff, 0xff]);
    assert_eq!(card.file_mut(&auth).unwrap().len(), card.certificate(Usage::Authentication).len() + 10);
    assert!(card.file_mut(&[0x3f00, 1, 0x1234]).is_none() && card.file_mut(&[1]).is_none());
    card.set_serial(12_345_678);
    assert_eq!(done(&mut card, &["00a4090c 04 3f00d003", "00b00000 0c"])[7..], hex("12345678 2f"));
}

#[test]
#[allow(clippy::disallowed_methods)] // the time it really takes is what is tested
fn a_slow_line_takes_its_time_for_each_byte() {
    let mut card = card(Generation::Cps3);
    card.slow(Duration::from_millis(2), Duration::from_millis(20));
    card.at(1, Fault::Wait(Duration::from_millis(30)));
    let start = Instant::now();
    send(&mut card, STATUS);
    assert!(start.elapsed() >= Duration::from_millis(2 * 7 + 20 + 30));
}

/// SplitMix64: the same bytes at every run.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn whatever_bytes_come_an_answer_of_two_bytes_or_more_goes() {
    let mut state = 5;
    for generation in Generation::ALL {
        let mut card = VirtualCard::new(Profile { tries: 3, ..Profile::of(generation) });
        card.power_on();
        let class = if generation == Generation::Cps4 { 1 } else { 0 };
        let instructions = [0xa4, 0xb0, 0x20, 0x24, 0x2c, 0x84, 0xcb, 0x22, 0x88, 0x2a, 0xc0, 0x00];
        for round in 0..20_000 {
            let mut next = || random(&mut state);
            let length = (next() % 20) as usize;
            let mut bytes: Vec<u8> = (0..length + 5).map(|_| next() as u8).collect();
            if round % 4 > 0 {
                bytes[0] = class | if next() % 8 == 0 { 0x10 } else { 0 };
                bytes[1] = instructions[next() as usize % instructions.len()];
                bytes[4] = length as u8;
            }
            if round % 16 == 0 {
                bytes.truncate(next() as usize % 6);
            }
            let answer = card.transmit(&bytes);
            assert!((2..=258).contains(&answer.len()), "{generation:?} {bytes:02x?} -> {answer:02x?}");
        }
        assert_eq!(card.counts().exchanges, 20_000);
    }
}
