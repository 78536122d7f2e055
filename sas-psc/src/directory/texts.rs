//! Texts kept once: a few thousand practices, a few hundred thousand structures, known again by their 128-bit hash.
//!
//! Two texts are taken for one when their XXH3-128 is the same. Over a million distinct texts the chance of one wrong
//! merger is below 10^-26; comparing the texts themselves would mean to hold all structures in memory.

use super::layout::hash;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};

/// A hash of 128 bits, which is its own hash. In four parts: beside a number of 32 bits nothing is left empty.
#[derive(PartialEq, Eq)]
struct Id([u32; 4]);

impl Id {
    fn of(hash: u128) -> Id {
        Id([0, 32, 64, 96].map(|shift| (hash >> shift) as u32))
    }
}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(u64::from(self.0[0]) | u64::from(self.0[1]) << 32);
    }
}

#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn write(&mut self, _: &[u8]) {}
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

/// Numbers for texts, in the order in which they first came.
#[derive(Default)]
pub(super) struct Numbers {
    known: HashMap<Id, u32, BuildHasherDefault<AsIs>>,
    /// The lower half of each hash.
    pub hashes: Vec<u64>,
}

impl Numbers {
    /// The number of a text, and whether it is new.
    pub fn of(&mut self, text: &str) -> (u32, bool) {
        let hash = hash(text.as_bytes());
        let next = self.hashes.len() as u32;
        let number = *self.known.entry(Id::of(hash)).or_insert(next);
        let new = number == next;
        if new {
            self.hashes.push(hash as u64);
        }
        (number, new)
    }

    /// Forgets the texts and keeps what is known of each.
    pub fn close(&mut self) {
        self.known = HashMap::default();
    }
}

/// [`Numbers`] that hold the texts too.
#[derive(Default)]
pub(super) struct Texts {
    pub numbers: Numbers,
    /// The number that was asked for last: rows that stand together are much alike.
    last: u32,
    pub text: String,
    pub ends: Vec<u32>,
}

impl Texts {
    pub fn of(&mut self, text: &str) -> u32 {
        if !self.ends.is_empty() && self.item(self.last) == text {
            return self.last;
        }
        let (number, new) = self.numbers.of(text);
        self.last = number;
        if new {
            self.text.push_str(text);
            self.ends.push(self.text.len() as u32);
        }
        number
    }

    /// The text of a number.
    pub fn item(&self, number: u32) -> &str {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        &self.text[start as usize..self.ends[number as usize] as usize]
    }
}
