//! The Luhn key (ISO/IEC 7812-1 annex B) over ASCII digits, the key being the last one.
//!
//! Eleven digits, the RPPS number, have a way of their own: two words of eight bytes instead of eleven steps, since whole
//! columns of them are checked.

/// Whether the key of `digits` is right. Every byte must be an ASCII digit.
pub(super) const fn is_valid(digits: &[u8]) -> bool {
    let (mut sum, mut at) = (0u32, 0);
    while at < digits.len() {
        let digit = (digits[at] - b'0') as u32;
        let doubled = (digits.len() - at).is_multiple_of(2);
        sum += if doubled { digit * 2 - if digit > 4 { 9 } else { 0 } } else { digit };
        at += 1;
    }
    sum.is_multiple_of(10)
}

/// A byte of value one in each byte of a word.
const EACH: u64 = 0x0101_0101_0101_0101;
/// The even bytes of a word, each with room to add.
const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
/// A one in each even byte.
const EACH_EVEN: u64 = 0x0001_0001_0001_0001;

/// Eleven values of one byte each, in two words: the first eight, then the last three.
#[derive(Clone, Copy)]
pub(super) struct Eleven(u64, u64);

impl Eleven {
    /// The values of eleven characters; those of digits are 0 to 9.
    #[inline]
    pub(super) const fn of(text: &[u8; 11]) -> Eleven {
        let [a, b, c, d, e, f, g, h, i, j, k] = *text;
        let (first, last) =
            (u64::from_le_bytes([a, b, c, d, e, f, g, h]), u64::from_le_bytes([d, e, f, g, h, i, j, k]));
        Eleven(first ^ (EACH * 0x30), (last >> 40) ^ 0x30_30_30)
    }

    /// The digits of a number below 10¹¹, each taken out of its word at once: thousands, hundreds, tens.
    #[cfg(any(test, feature = "arrow"))]
    #[inline]
    pub(super) const fn of_number(number: u64) -> Eleven {
        let (first, last) = (number / 1000, number % 1000);
        let thousands = (first / 10_000) | ((first % 10_000) << 32);
        let hundreds = ((thousands * 10_486) >> 20) & 0x0000_007f_0000_007f;
        let pairs = hundreds | ((thousands - hundreds * 100) << 16);
        let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
        Eleven(tens | ((pairs - tens * 10) << 8), (last / 100) | ((last / 10 % 10) << 8) | ((last % 10) << 16))
    }

    /// Whether all are digits.
    #[inline]
    pub(super) const fn are_digits(self) -> bool {
        // A byte over 9 reaches the top bit when 0x76 is added, or has it already: only then does it disturb its neighbour.
        ((self.0.wrapping_add(EACH * 0x76) | self.0) | (self.1.wrapping_add(EACH * 0x76) | self.1)) & (EACH * 0x80) == 0
    }

    /// Whether all are zero.
    #[inline]
    pub(super) const fn are_zeros(self) -> bool {
        self.0 | self.1 == 0
    }

    /// Whether the key is right; all must be digits. A doubled digit d counts as 2d and, from 5 on, 1 more: modulo 10
    /// that is its digit sum.
    #[inline]
    pub(super) const fn is_valid(self) -> bool {
        let (odd, last_odd) = ((self.0 >> 8) & EVEN, (self.1 >> 8) & EVEN);
        let carries = (((odd + EACH_EVEN * 123) >> 7) & EACH_EVEN) + (((last_odd + EACH_EVEN * 123) >> 7) & EACH_EVEN);
        let sums = (self.0 & EVEN) + (self.1 & EVEN) + 2 * (odd + last_odd) + carries;
        (sums.wrapping_mul(EACH_EVEN) >> 48).is_multiple_of(10)
    }

    /// Whether an RPPS number of these digits is a test number: 997…, 999….
    #[cfg(any(test, feature = "arrow"))]
    #[inline]
    pub(super) const fn is_test(self) -> bool {
        matches!(self.0 & 0xff_ff_ff, 0x07_09_09 | 0x09_09_09)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_steps_agree() {
        // Numbers that differ in every digit, and damage to each of them.
        for at in 0..20_000u64 {
            let number = at.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 100_000_000_000;
            let text: [u8; 11] = format!("{number:011}").into_bytes().try_into().unwrap();
            let (words, from_number) = (Eleven::of(&text), Eleven::of_number(number));
            assert_eq!((words.0, words.1), (from_number.0, from_number.1), "{number}");
            assert!(words.are_digits());
            assert_eq!(words.is_valid(), is_valid(&text), "{number}");
            for place in 0..11 {
                let mut damaged = text;
                damaged[place] = (at % 256) as u8;
                let digits = damaged.iter().all(u8::is_ascii_digit);
                assert_eq!(Eleven::of(&damaged).are_digits(), digits, "{damaged:?}");
            }
        }
        assert!(Eleven::of(b"00000000000").are_zeros() && !Eleven::of(b"00000000001").are_zeros());
        assert!(Eleven::of(b"99700218896").is_test() && !Eleven::of(b"99800218896").is_test());
    }
}
