//! The simulator's randomness: the system's, or a repeatable one when a test gives a seed.
//!
//! Keys never come from here: they are fresh at each start of a process.

use crate::lock;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::sync::Mutex;

/// Where codes, identifiers and the numbers on the phone come from.
pub(crate) enum Random {
    System,
    /// SplitMix64 from a seed: repeatable, good for nothing else.
    Seeded(Mutex<u64>),
}

impl Random {
    pub fn new(seed: Option<u64>) -> Random {
        seed.map_or(Random::System, |seed| Random::Seeded(Mutex::new(seed)))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            // Without the system's randomness nothing here may go on.
            Random::System => {
                aws_lc_rs::rand::fill(&mut bytes).unwrap_or_else(|_| panic!("the system has no randomness"));
            }
            Random::Seeded(state) => {
                let mut state = lock(state);
                for chunk in bytes.chunks_mut(8) {
                    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                    let mut z = *state;
                    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                    chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
                }
            }
        }
        bytes
    }

    /// 43 base64url characters.
    pub fn token(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }

    /// A version 4 UUID, the form of Keycloak's session and token identifiers.
    pub fn uuid(&self) -> String {
        let mut b = self.bytes::<16>();
        b[6] = b[6] & 0x0f | 0x40;
        b[8] = b[8] & 0x3f | 0x80;
        let hex = |part: &[u8]| part.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        format!("{}-{}-{}-{}-{}", hex(&b[..4]), hex(&b[4..6]), hex(&b[6..8]), hex(&b[8..10]), hex(&b[10..]))
    }

    /// A number below `end` (the bias of 64 bits over so few values does not matter here).
    pub fn below(&self, end: u64) -> u64 {
        u64::from_le_bytes(self.bytes()) % end.max(1)
    }

    /// Three distinct two-digit numbers, `right` at a random place among them.
    pub fn three_numbers(&self, right: &str) -> Vec<String> {
        let mut numbers = vec![right.to_owned()];
        while numbers.len() < 3 {
            let other = format!("{:02}", self.below(100));
            if !numbers.contains(&other) {
                numbers.push(other);
            }
        }
        numbers.swap(0, self.below(3) as usize);
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_number_stands_at_each_place_and_none_twice() {
        let random = Random::new(Some(3));
        let mut places = [0; 3];
        for _ in 0..600 {
            let numbers = random.three_numbers("07");
            places[numbers.iter().position(|n| n == "07").unwrap()] += 1;
            assert!(numbers[0] != numbers[1] && numbers[1] != numbers[2] && numbers[0] != numbers[2], "{numbers:?}");
            assert!(numbers.iter().all(|n| n.len() == 2));
        }
        assert!(places.iter().all(|n| *n > 150), "{places:?}");
    }

    #[test]
    fn a_seed_repeats() {
        assert_eq!(Random::new(Some(9)).uuid(), Random::new(Some(9)).uuid());
        assert_ne!(Random::new(None).uuid(), Random::new(None).uuid());
    }
}
