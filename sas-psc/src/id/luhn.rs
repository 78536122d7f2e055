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
/// The even bytes of a word.
const EVEN: u64 = 0x00ff_00ff_00ff_00ff;

/// Eleven values of one byte each, in two words: the first eight, then the last three.
#[derive(Clone, Copy)]
pub(super) struct Eleven(u64, u64);

impl Eleven {
    /// The values of eleven characters; those of digits are 0 to 9.
    #[inline]
    pub(super) const fn of(text: &[u8; 11]) -> Eleven {
        let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) else { return Eleven(0, 0) };
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        Eleven(first ^ (EACH * 0x30), (last >> 40) ^ 0x30_30_30)
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

    /// Whether the key is right; all must be digits.
    #[inline]
    pub(super) const fn is_valid(self) -> bool {
        self.sum().is_multiple_of(10)
    }

    /// The digit sum of which the key makes a multiple of ten, below 150; zero when all digits are. What is no digit gives any. A
    /// doubled digit d counts as 2d and, from 5 on, 1 more: modulo 10 that is its digit sum.
    #[inline]
    pub(super) const fn sum(self) -> u8 {
        // The last three digits lie in bytes that the first eight leave free: none runs over into another.
        let single = (self.0 & EVEN) | ((self.1 & EVEN) << 8);
        let doubled = ((self.0 >> 8) & EVEN) | (self.1 & 0xff00);
        sum(single, doubled)
    }

    /// Whether an RPPS number of these digits is a test number: 997…, 999….
    #[cfg(any(test, feature = "arrow"))]
    #[inline]
    pub(super) const fn is_test(self) -> bool {
        matches!(self.0 & 0xff_ff_ff, 0x07_09_09 | 0x09_09_09)
    }
}

/// [`Eleven::sum`] of eleven ASCII digits, read where they lie: for whole columns of them.
#[cfg(feature = "arrow")]
#[inline(always)]
pub(super) const fn sum_of(text: &[u8; 11]) -> u8 {
    let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) else { return 0 };
    let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    // A digit is the low half of its character. Where in a word it stands makes no difference to the sum.
    let single = (first & 0x000f_000f_000f_000f) | (last & 0x0f00_0f00_0000_0000);
    let doubled = (first & 0x0f00_0f00_0f00_0f00) | (last & 0x000f_0000_0000_0000);
    sum(single, doubled)
}

/// What each number of four digits adds to the sum, modulo ten: the last digit once, the one before doubled, and so on. So it
/// serves for every four digits of a longer number. 10 KB are used, which stay in the nearest cache.
#[cfg(feature = "arrow")]
static FOUR: [u8; 1 << 14] = {
    let (mut sums, mut number) = ([0; 1 << 14], 0);
    while number < 10_000 {
        let (mut rest, mut at) = (number, 0);
        while at < 4 {
            let digit = (rest % 10) as u8;
            sums[number] += if at % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 };
            (rest, at) = (rest / 10, at + 1);
        }
        sums[number] %= 10;
        number += 1;
    }
    sums
};

/// Of a number below 10¹¹: a sum of which the key makes 0, 10 or 20, and the first three of its eleven digits. Any other gives any.
#[cfg(feature = "arrow")]
#[inline(always)]
pub(super) const fn sum_of_number(number: u64) -> (u8, u16) {
    let rest = (number / 10_000) as u32;
    let first = rest / 10_000;
    let middle = rest.wrapping_sub(first.wrapping_mul(10_000));
    let last = (number as u32).wrapping_sub(rest.wrapping_mul(10_000));
    // The mask tells the compiler what is known of each: that it lies in the table.
    let mask = 0x3fff;
    let sums = [FOUR[(first & mask) as usize], FOUR[(middle & mask) as usize], FOUR[(last & mask) as usize]];
    (sums[0] + sums[1] + sums[2], first as u16)
}

/// The sum of the bytes of one word, of which those of the other count twice, and once more from 5 on.
#[inline(always)]
const fn sum(single: u64, doubled: u64) -> u8 {
    let carries = (doubled.wrapping_add(EACH * 123) >> 7) & EACH;
    let each = single.wrapping_add(doubled).wrapping_add(doubled).wrapping_add(carries);
    (each.wrapping_mul(EACH) >> 56) as u8
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
            let words = Eleven::of(&text);
            assert!(words.are_digits());
            assert_eq!(words.is_valid(), is_valid(&text), "{number}");
            #[cfg(feature = "arrow")]
            assert_eq!(sum_of(&text), words.sum());
            #[cfg(feature = "arrow")]
            assert_eq!(matches!(sum_of_number(number).0, 0 | 10 | 20), is_valid(&text), "{number}");
            #[cfg(feature = "arrow")]
            assert_eq!(u64::from(sum_of_number(number).1), number / 100_000_000);
            assert!(words.sum() < 150 && (words.sum() == 0) == words.are_zeros());
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
