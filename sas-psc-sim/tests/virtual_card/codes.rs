//! The holder's code, the one that unblocks it, and how long they are remembered.

use super::{card, done, hex, powered, send};
use sas_psc_sim::card::{Generation, Profile};

/// The same on both generations, in the class byte of each.
fn both(check: impl Fn(Generation, &dyn Fn(&str) -> String)) {
    for (generation, class) in [(Generation::Cps3, "00"), (Generation::Cps4, "01")] {
        check(generation, &|rest| format!("{class}{rest}"));
    }
}

fn select(generation: Generation) -> &'static str {
    if generation == Generation::Cps4 { "01a4040c 08 8025000001ff0100" } else { "00a4090c 02 3f00" }
}

#[test]
fn asking_how_many_tries_are_left_costs_none() {
    both(|generation, of| {
        let mut card = card(generation);
        done(&mut card, &[select(generation)]);
        for _ in 0..5 {
            assert_eq!(send(&mut card, &of("200001")), "63c3");
            assert_eq!(send(&mut card, &of("20000100")), "63c3");
        }
        assert_eq!(send(&mut card, &of("200001 04 31323334")), "9000");
        assert_eq!(send(&mut card, &of("200001")), "9000");
    });
}

#[test]
fn the_third_wrong_code_blocks_with_the_word_that_was_chosen() {
    both(|generation, of| {
        for (third, word) in [(0x63c0, "63c0"), (0x6983, "6983")] {
            let mut card = powered(Profile { third_failure: third, ..Profile::of(generation) });
            done(&mut card, &[select(generation)]);
            let wrong = of("200001 04 30303030");
            assert_eq!(
                [send(&mut card, &wrong), send(&mut card, &wrong), send(&mut card, &wrong)],
                ["63c2", "63c1", word]
            );
            assert_eq!(send(&mut card, &of("200001 04 31323334")), "6983", "the right one comes too late");
            assert_eq!((send(&mut card, &of("200001")).as_str(), card.tries()), ("6983", 0));
        }
    });
}

#[test]
fn a_code_of_a_length_that_none_has_costs_no_try() {
    let mut card = card(Generation::Cps3);
    for wrong in ["03 313233", "09 313233343536373839"] {
        assert_eq!(send(&mut card, &format!("00200001 {wrong}")), "6700");
    }
    assert_eq!(send(&mut card, "00200003 04 31323334"), "6a88");
    assert_eq!(send(&mut card, "00200101 04 31323334"), "6a86");
    assert_eq!(card.tries(), 3);
}

#[test]
fn the_code_is_forgotten_at_reset_and_at_the_applets_selection_not_at_a_files() {
    let mut card = card(Generation::Cps3);
    let verify = "00 20 00 01 04 31323334";
    done(&mut card, &[verify, "00a4090c 04 3f000001", "00a4090c 04 3f00d003", "00 20 00 01"]);
    done(&mut card, &["00a40400 08 8025000001ff0100"]);
    assert_eq!(send(&mut card, "00 20 00 01"), "63c3");
    done(&mut card, &[verify]);
    card.reset();
    assert_eq!(send(&mut card, "00 20 00 01"), "63c3");
    done(&mut card, &[verify]);
    card.remove();
    assert_eq!(card.transmit(&hex("00200001")), [0u8; 0]);
    card.power_on();
    assert_eq!(send(&mut card, "00 20 00 01"), "63c3");
}

#[test]
fn a_cps3_is_unblocked_with_the_puk_and_a_new_code() {
    let mut card = powered(Profile { tries: 0, ..Profile::of(Generation::Cps3) });
    assert_eq!(send(&mut card, "00 2c 02 01 04 35363738"), "6982");
    assert_eq!(send(&mut card, "00 20 00 02 08 3030303030303030"), "63c9");
    done(&mut card, &["00 20 00 02 08 3132333435363738", "00 2c 02 01 04 35363738"]);
    assert_eq!(send(&mut card, "00 2c 02 01 04 35363738"), "6982", "the PUK counts once");
    assert_eq!(send(&mut card, "00 20 00 01"), "63c3");
    done(&mut card, &["00 20 00 01 04 35363738"]);
    let mut spent = powered(Profile { puk_uses: 0, ..Profile::of(Generation::Cps3) });
    done(&mut spent, &["00 20 00 02 08 3132333435363738"]);
    assert_eq!(send(&mut spent, "00 2c 02 01 04 35363738"), "6983");
}

#[test]
fn a_cps3_code_is_changed_with_the_old_one() {
    let mut card = card(Generation::Cps3);
    assert_eq!(send(&mut card, "00 24 00 01 08 30303030 35363738"), "63c2");
    assert_eq!(send(&mut card, "00 24 00 01 07 31323334 353637"), "6700");
    done(&mut card, &["00 24 00 01 08 31323334 35363738"]);
    assert_eq!([send(&mut card, "00 20 00 01"), card.tries().to_string()], ["63c3", "3"]);
    assert_eq!(send(&mut card, "00 20 00 01 04 31323334"), "63c2");
    done(&mut card, &["00 20 00 01 04 35363738"]);
}

#[test]
fn a_cps4_is_unblocked_and_changed_in_its_own_way() {
    let mut card = powered(Profile { tries: 0, ..Profile::of(Generation::Cps4) });
    done(&mut card, &[select(Generation::Cps4)]);
    assert_eq!([send(&mut card, "01 2c 03 81"), send(&mut card, "01 24 01 01 04 35363738")], ["6982", "6982"]);
    done(&mut card, &["01 20 00 02 08 3132333435363738", "01 2c 03 81", "01 24 01 01 04 35363738"]);
    assert_eq!(send(&mut card, "01 24 01 01 04 35363738"), "6982");
    done(&mut card, &["01 20 00 01 04 35363738", "01 24 01 01 04 31323334"]);
    card.power_on();
    done(&mut card, &[select(Generation::Cps4), "01 20 00 01 04 31323334"]);
}

#[test]
fn codes_are_masked_in_the_log() {
    let mut card = card(Generation::Cps3);
    for command in ["00 20 00 01 04 31323334", "00 24 00 01 08 3132333435363738", "00 2c 02 01 04 31323334"] {
        send(&mut card, command);
    }
    for exchange in card.take_log() {
        assert!(exchange.command.len() > 5 && exchange.command[5..].iter().all(|byte| *byte == b'*'), "{exchange:?}");
    }
}
