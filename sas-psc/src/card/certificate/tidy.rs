//! The certificate out of a card's bytes, as strict readers want it: cut where it ends, its signature's BIT STRING whole.
//!
//! Files of cards are longer than what they hold, and some certificates carry a wrong count of unused bits in front of the
//! signature, which ANS sets to zero before use (`pkcs15-cert.c`); the count is outside of what is signed.

/// An object's header: tag, where its value starts, where it ends.
fn object(bytes: &[u8], at: usize) -> Option<(u8, usize, usize)> {
    let (tag, first) = (*bytes.get(at)?, *bytes.get(at + 1)?);
    let (length, start) = match first {
        0..=0x7F => (usize::from(first), at + 2),
        0x81..=0x84 => {
            let count = usize::from(first & 0x7F);
            let digits = bytes.get(at + 2..at + 2 + count)?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), at + 2 + count)
        }
        _ => return None,
    };
    let end = start.checked_add(length)?;
    (end <= bytes.len()).then_some((tag, start, end))
}

/// The one certificate at the start of `bytes`; none when there is no SEQUENCE of three whose last is a BIT STRING.
pub(super) fn tidy(bytes: &[u8]) -> Option<Vec<u8>> {
    let (tag, start, end) = object(bytes, 0)?;
    let mut whole = bytes[..end].to_vec();
    let (body, _, body_end) = object(&whole, start)?;
    let (algorithm, _, algorithm_end) = object(&whole, body_end)?;
    let (signature, bits, signature_end) = object(&whole, algorithm_end)?;
    let form = [tag, body, algorithm, signature] == [0x30, 0x30, 0x30, 0x03] && signature_end == end && bits < end;
    form.then(|| {
        whole[bits] = 0;
        whole
    })
}

/// The bits of the modulus in a SubjectPublicKeyInfo of RSA; zero for what is none.
pub(super) fn rsa_bits(info: &[u8]) -> usize {
    let modulus = || {
        let (_, start, _) = object(info, 0)?;
        let (_, _, algorithm_end) = object(info, start)?;
        let (0x03, bits, _) = object(info, algorithm_end)? else { return None };
        let (0x30, key, _) = object(info, bits + 1)? else { return None };
        let (0x02, number, end) = object(info, key)? else { return None };
        Some(&info[number..end])
    };
    let digits = modulus().unwrap_or_default();
    let leading = digits.iter().take_while(|digit| **digit == 0).count();
    let digits = &digits[leading..];
    digits.first().map_or(0, |first| digits.len() * 8 - first.leading_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_is_left_out_and_the_count_of_unused_bits_is_zero() {
        let right = [0x30, 8, 0x30, 0, 0x30, 0, 0x03, 2, 0, 9];
        let on_a_card = [&right[..8], &[7, 9, 0xFF, 0xFF]].concat();
        assert_eq!(tidy(&right).unwrap(), right);
        assert_eq!(tidy(&on_a_card).unwrap(), right);
        let broken: [&[u8]; 6] = [
            &[],
            &right[..9],
            &[0x30, 0x80, 0x30, 0, 0x30, 0, 0x03, 2, 0, 9],
            &[0x30, 6, 0x30, 0, 0x30, 0, 0x03, 0],
            &[0x30, 9, 0x30, 0, 0x30, 0, 0x03, 2, 0, 9, 1],
            &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, 0x30],
        ];
        for bytes in broken {
            assert!(tidy(bytes).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn a_key_has_its_bits() {
        let info = [0x30, 13, 0x30, 0, 0x03, 9, 0, 0x30, 6, 0x02, 3, 0, 0x80, 1, 0x02];
        assert_eq!(rsa_bits(&info), 16);
        assert_eq!(rsa_bits(&info[..9]), 0);
    }
}
