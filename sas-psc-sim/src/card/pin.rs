//! The two codes of a card: the holder's and the one that unblocks it, each with its tries.
//!
//! The state belongs to the card and not to who asked: whoever shares the card shares it (facts on PC/SC). It lives
//! until reset, removal or the selection of the applet.

use super::apdu::{BLOCKED, OK, Sw};

/// A code.
#[derive(Debug, Clone)]
pub(crate) struct Secret {
    pub value: Vec<u8>,
    pub most: u8,
    pub left: u8,
    pub verified: bool,
}

impl Secret {
    pub fn new(value: &str, most: u8, left: u8) -> Secret {
        Secret { value: value.as_bytes().to_vec(), most, left, verified: false }
    }

    /// What VERIFY without data answers: it costs nothing.
    pub fn status(&self) -> Sw {
        match (self.verified, self.left) {
            (true, _) => OK,
            (false, 0) => BLOCKED,
            (false, left) => 0x63c0 | Sw::from(left.min(15)),
        }
    }

    /// Compares, and counts; `last` is the answer to the failure that blocks: 63C0 on some cards, 6983 on others.
    pub fn verify(&mut self, given: &[u8], last: Sw) -> Sw {
        if self.left == 0 {
            return BLOCKED;
        }
        if given == self.value {
            (self.left, self.verified) = (self.most, true);
            return OK;
        }
        (self.left, self.verified) = (self.left - 1, false);
        if self.left == 0 { last } else { self.status() }
    }

    /// A new code, and all its tries.
    pub fn replace(&mut self, value: &[u8]) {
        *self = Secret { value: value.to_vec(), left: self.most, verified: self.verified, most: self.most };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_wrong_codes_block_and_a_right_one_before_gives_the_tries_back() {
        let mut pin = Secret::new("1234", 3, 3);
        assert_eq!([pin.verify(b"0000", 0x63c0), pin.verify(b"12345", 0x63c0)], [0x63c2, 0x63c1]);
        assert_eq!([pin.verify(b"1234", 0x63c0), pin.status()], [OK, OK]);
        let words: Vec<_> = (0..4).map(|_| pin.verify(b"", 0x63c0)).collect();
        assert_eq!(words, [0x63c2, 0x63c1, 0x63c0, BLOCKED]);
        assert_eq!([pin.verify(b"1234", 0x63c0), pin.status()], [BLOCKED, BLOCKED]);
        pin.left = 1;
        assert_eq!(pin.verify(b"", BLOCKED), BLOCKED);
    }
}
