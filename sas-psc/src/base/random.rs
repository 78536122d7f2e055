//! Randomness as an argument. The system's source is `drive::SystemRandom`; a test brings its own.

use crate::error::Result;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use secrecy::SecretString;
use zeroize::Zeroize;

/// A source of unpredictable bytes.
pub trait Random {
    /// Fills `bytes`.
    ///
    /// # Errors
    /// `no-randomness` when the source has none to give.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()>;
}

/// 256 random bits as 43 base64url characters: a session key, a link's token, a state, a nonce.
///
/// # Errors
/// `no-randomness`.
pub fn token(random: &mut dyn Random) -> Result<SecretString> {
    let mut bytes = [0; 32];
    random.fill(&mut bytes)?;
    let token = SecretString::from(BASE64_URL_SAFE_NO_PAD.encode(bytes));
    bytes.zeroize();
    Ok(token)
}

/// A number from 0 up to, not including, `end`; each equally likely.
///
/// # Errors
/// `no-randomness`.
pub fn below(random: &mut dyn Random, end: u32) -> Result<u32> {
    let end = end.max(1);
    let fair = u32::MAX - u32::MAX % end;
    loop {
        let mut bytes = [0; 4];
        random.fill(&mut bytes)?;
        let draw = u32::from_le_bytes(bytes);
        if draw < fair {
            return Ok(draw % end);
        }
    }
}

/// `count` random decimal digits, leading zeros kept; at most 9.
///
/// # Errors
/// `no-randomness`.
pub fn digits(random: &mut dyn Random, count: usize) -> Result<SecretString> {
    let count = count.min(9);
    let draw = below(random, 10u32.pow(count as u32))?;
    let digit = |place| char::from(b'0' + (draw / 10u32.pow(place as u32) % 10) as u8);
    Ok(SecretString::from((0..count).rev().map(digit).collect::<String>()))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    /// A repeatable source for tests: a 64-bit mixing counter.
    pub(crate) struct Counter(pub u64);

    impl Random for Counter {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
            for chunk in bytes.chunks_mut(8) {
                self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
                let mut z = self.0;
                z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
            }
            Ok(())
        }
    }

    #[test]
    fn tokens_are_long_and_digits_keep_their_zeros() {
        let mut random = Counter(1);
        assert_eq!(token(&mut random).unwrap().expose_secret().len(), 43);
        for _ in 0..200 {
            assert_eq!(digits(&mut random, 2).unwrap().expose_secret().len(), 2);
        }
    }

    #[test]
    fn below_is_even() {
        let (mut random, mut seen) = (Counter(7), [0u32; 3]);
        for _ in 0..3000 {
            seen[below(&mut random, 3).unwrap() as usize] += 1;
        }
        assert!(seen.iter().all(|n| (900..1100).contains(n)), "{seen:?}");
    }
}
