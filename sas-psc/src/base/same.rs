//! Comparing what an attacker may guess at: the time it takes does not tell where two values differ.

use subtle::{Choice, ConstantTimeEq};

/// Whether both are the same bytes. Every byte is looked at before anything is decided; that is decided once, because
/// `subtle` decides at each byte, which costs more than the hashes around it. Their lengths are no secret.
pub(crate) fn same(a: &[u8], b: &[u8]) -> Choice {
    let differ = a.iter().zip(b).fold(0, |differ, (a, b)| differ | (a ^ b));
    Choice::from(u8::from(a.len() == b.len())) & differ.ct_eq(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_same_when_all_of_them_are() {
        let all: Vec<u8> = (0..40).collect();
        assert!(bool::from(same(&all, &all)) && bool::from(same(&[], &[])));
        for at in 0..all.len() {
            assert!(!bool::from(same(&all[..at], &all)) && !bool::from(same(&all, &all[..at])));
            for bit in 0..8 {
                let mut other = all.clone();
                other[at] ^= 1 << bit;
                assert!(!bool::from(same(&all, &other)), "bit {bit} of byte {at}");
            }
        }
    }
}
