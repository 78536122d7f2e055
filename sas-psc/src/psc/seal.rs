//! Values sealed for a place that we do not trust: a cookie, a store. AES-256-GCM-SIV (RFC 8452) from aws-lc-rs.
//!
//! The newest key of a ring seals, every key of it opens, so that keys change while sealed values are about. What a
//! value belongs to (a browser, a session, a provider) is bound to it as associated data: moved elsewhere, it does not
//! open. SIV, because servers that share a key draw their nonces apart: should two draw the same, all that shows is
//! whether they sealed the same thing. Nothing here says how old a value is: what is sealed says so itself.

use crate::base::{Random, ServerKey, digest};
use crate::error::{Code, Error, Result};
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::fmt;
use zeroize::Zeroizing;

/// The form: this byte, the name of the key, the nonce, then what is sealed with its tag.
const VERSION: u8 = 1;
const KEY_NAME: usize = 4;
const HEAD: usize = 1 + KEY_NAME + NONCE_LEN;
const TAG: usize = 16;

/// How much a sealed value is longer than what it holds, in bytes.
pub(super) const OVERHEAD: usize = HEAD + TAG;

/// What a value is sealed for and what it is bound to; two purposes share no key.
#[derive(Clone, Copy)]
pub(super) struct Seal<'a> {
    pub(super) purpose: &'static str,
    pub(super) bound_to: &'a [&'a [u8]],
}

/// The keys that seal sign-ins in cookies and sessions in a store: the newest first. Keep them out of the store.
///
/// To change keys: deploy the new one as older everywhere, then as newest, and drop the old one when what it sealed is
/// over (ten minutes for sign-ins, a session's life for sessions).
///
/// ```
/// use sas_psc::psc::KeyRing;
///
/// # let (this_year, last_year) = ([1; 32], [2; 32]);
/// let keys = KeyRing::new(&this_year)?.with_older(&last_year)?;
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone)]
pub struct KeyRing(Vec<ServerKey>);

impl KeyRing {
    /// A ring of one key: at least 32 random bytes.
    ///
    /// # Errors
    /// `server-key-short`.
    pub fn new(newest: &[u8]) -> Result<KeyRing> {
        Ok(KeyRing(vec![ServerKey::new(newest)?]))
    }

    /// Opens with this key too, and never seals with it.
    ///
    /// # Errors
    /// `server-key-short`.
    pub fn with_older(mut self, key: &[u8]) -> Result<KeyRing> {
        self.0.push(ServerKey::new(key)?);
        Ok(self)
    }

    pub(super) fn seal(&self, seal: Seal<'_>, plain: &[u8], random: &mut dyn Random) -> Result<Vec<u8>> {
        let broken = |_| Error::new(Code::BROKEN_INVARIANT);
        let key = self.0.first().ok_or_else(|| Error::new(Code::BROKEN_INVARIANT))?;
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce)?;
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD);
        sealed.push(VERSION);
        sealed.extend_from_slice(&name(key, seal.purpose));
        sealed.extend_from_slice(&nonce);
        // In a buffer of its full size from the start: no copy of what is sealed stays behind.
        let mut body = Vec::with_capacity(plain.len() + TAG);
        body.extend_from_slice(plain);
        let nonce = Nonce::assume_unique_for_key(nonce);
        cipher(key, seal.purpose)?.seal_in_place_append_tag(nonce, seal.aad(), &mut body).map_err(broken)?;
        sealed.extend_from_slice(&body);
        Ok(sealed)
    }

    pub(super) fn open(&self, seal: Seal<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let refused = || Error::new(Code::SEALED_VALUE_REFUSED);
        let (head, body) = sealed.split_at_checked(HEAD).filter(|(head, _)| head[0] == VERSION).ok_or_else(refused)?;
        let (named, nonce) = head[1..].split_at(KEY_NAME);
        // A name is four bytes: two keys may share it, and then both are tried.
        for key in self.0.iter().filter(|key| name(key, seal.purpose) == named) {
            let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| refused())?;
            let mut body = Zeroizing::new(body.to_vec());
            if let Ok(plain) = cipher(key, seal.purpose)?.open_in_place(nonce, seal.aad(), &mut body) {
                let length = plain.len();
                body.truncate(length);
                return Ok(body);
            }
        }
        Err(refused())
    }

    /// Names by which a store finds what it may not know, newest key first: whoever reads the store cannot try guesses.
    pub(super) fn marks(&self, purpose: &'static str, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        self.0.iter().map(|key| key.mac(purpose, parts)).collect()
    }
}

impl Seal<'_> {
    fn aad(&self) -> Aad<[u8; 32]> {
        Aad::from(digest(self.purpose, self.bound_to))
    }
}

fn name(key: &ServerKey, purpose: &str) -> [u8; KEY_NAME] {
    let [a, b, c, d, ..] = key.mac("psc seal name", &[purpose.as_bytes()]);
    [a, b, c, d]
}

fn cipher(key: &ServerKey, purpose: &str) -> Result<LessSafeKey> {
    let bytes = Zeroizing::new(key.mac("psc seal", &[purpose.as_bytes()]));
    let key = UnboundKey::new(&AES_256_GCM_SIV, &*bytes).map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
    Ok(LessSafeKey::new(key))
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Counter;

    const SEAL: Seal<'_> = Seal { purpose: "test", bound_to: &[b"browser"] };

    fn code(result: Result<Zeroizing<Vec<u8>>>) -> Code {
        result.unwrap_err().code()
    }

    #[test]
    fn what_is_sealed_opens_for_what_it_is_bound_to_and_nothing_else() {
        let keys = KeyRing::new(&[1; 32]).unwrap();
        let sealed = keys.seal(SEAL, b"state", &mut Counter(1)).unwrap();
        assert_eq!(sealed.len(), 5 + OVERHEAD);
        assert_eq!(&keys.open(SEAL, &sealed).unwrap()[..], b"state");
        for other in [Seal { purpose: "other", ..SEAL }, Seal { bound_to: &[b"brows", b"er"], ..SEAL }] {
            assert_eq!(code(keys.open(other, &sealed)), Code::SEALED_VALUE_REFUSED);
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(code(keys.open(SEAL, &changed)), Code::SEALED_VALUE_REFUSED, "byte {at}");
            assert_eq!(code(keys.open(SEAL, &sealed[..at])), Code::SEALED_VALUE_REFUSED, "cut at {at}");
        }
        assert_ne!(
            keys.seal(SEAL, b"state", &mut Counter(2)).unwrap(),
            sealed,
            "two values do not show that they agree"
        );
    }

    #[test]
    fn keys_change_while_sealed_values_are_about() {
        let (old, new) = ([1; 32], [2; 32]);
        let before = KeyRing::new(&old).unwrap();
        let during = KeyRing::new(&new).unwrap().with_older(&old).unwrap();
        let after = KeyRing::new(&new).unwrap();
        let (first, second) = [&before, &during].map(|keys| keys.seal(SEAL, b"state", &mut Counter(1)).unwrap()).into();
        assert!(during.open(SEAL, &first).is_ok() && during.open(SEAL, &second).is_ok());
        assert!(after.open(SEAL, &second).is_ok(), "the newest key seals");
        assert_eq!(code(after.open(SEAL, &first)), Code::SEALED_VALUE_REFUSED);
        assert_eq!(code(before.open(SEAL, &second)), Code::SEALED_VALUE_REFUSED);
        assert_eq!(during.marks("sid", &[b"s"])[1..], before.marks("sid", &[b"s"])[..]);
    }

    #[test]
    fn a_short_key_is_refused_and_none_is_shown() {
        assert_eq!(KeyRing::new(&[1; 31]).unwrap_err().code(), Code::SERVER_KEY_SHORT);
        let keys = KeyRing::new(&[7; 32]).unwrap();
        assert_eq!(keys.clone().with_older(b"short").unwrap_err().code(), Code::SERVER_KEY_SHORT);
        assert_eq!(format!("{keys:?}"), "KeyRing(1 keys)");
    }
}
