//! Comparing what an attacker may guess at: the time it takes does not tell where two values differ.

use subtle::{Choice, ConstantTimeEq};

/// Whether both are the same bytes; their lengths are no secret. Eight at a time: byte by byte, `subtle` costs more than the
/// hashes around it.
pub(crate) fn same(a: &[u8], b: &[u8]) -> Choice {
    let eight = |part: &[u8]| {
        let mut bytes = [0; 8];
        bytes[..part.len()].copy_from_slice(part);
        u64::from_le_bytes(bytes)
    };
    let parts = a.chunks(8).zip(b.chunks(8));
    parts.fold(Choice::from(u8::from(a.len() == b.len())), |same, (a, b)| same & eight(a).ct_eq(&eight(b)))
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
