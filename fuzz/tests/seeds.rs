//! Each target over its seeds and over small damage to them: what a stable toolchain can do in a second.

use sas_psc_fuzz::TARGETS;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// How many damaged seeds a target gets.
const DAMAGED: usize = 4000;

/// The bytes with one thing changed, chosen by `at`: a bit, a byte doubled or lost, the end cut, the halves swapped.
fn damaged(seed: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    if bytes.is_empty() {
        return vec![at as u8];
    }
    let place = at.wrapping_mul(0x9e37_79b9) % bytes.len();
    match at % 5 {
        0 => bytes[place] ^= 1 << (at / 5 % 8),
        1 => bytes.insert(place, bytes[place]),
        2 => drop(bytes.remove(place)),
        3 => bytes.truncate(place),
        _ => bytes.rotate_left(place),
    }
    bytes
}

#[test]
fn no_target_breaks_on_its_seeds_nor_on_damage_to_them() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    for target in TARGETS {
        let seeds = (target.seeds)(&vectors);
        assert!(!seeds.is_empty(), "{}: no seed", target.name);
        let each = (DAMAGED / seeds.len()).max(5);
        for (number, seed) in seeds.iter().enumerate() {
            let inputs = (0..each).map(|at| damaged(seed, at)).chain([seed.clone()]);
            for input in inputs {
                let broken = catch_unwind(AssertUnwindSafe(|| (target.run)(&input))).is_err();
                assert!(!broken, "{}: seed {number} breaks it, as {:?}", target.name, input.escape_ascii().to_string());
            }
        }
    }
}

#[test]
fn names_are_unique_and_fit_a_folder() {
    for (at, target) in TARGETS.iter().enumerate() {
        assert!(target.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", target.name);
        assert!(TARGETS[..at].iter().all(|other| other.name != target.name), "{} twice", target.name);
    }
}
