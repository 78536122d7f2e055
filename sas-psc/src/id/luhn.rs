//! The Luhn key (ISO/IEC 7812-1 annex B) over ASCII digits, the key being the last one.

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
