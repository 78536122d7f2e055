//! The test keys, and RSA as a card does it: raw, or with the padding that the card adds.
//!
//! The keys are published with the sources and protect nothing. A card signs what it is given without hashing it, and
//! CPS4 signs any block at all; the libraries that the SDK signs with refuse both, so the exponentiation is done here.

use aws_lc_rs::rand;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::{PrivateKeyParts, PublicKeyParts};
use rsa::{BigUint, RsaPrivateKey};
use sha2::Digest;
use std::sync::OnceLock;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

/// A key of the test PKI.
pub(crate) struct Key {
    signer: KeyPair,
    n: BigUint,
    e: BigUint,
    p: BigUint,
    q: BigUint,
    dp: BigUint,
    dq: BigUint,
    q_inverse: BigUint,
}

/// Which key of the test PKI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Root,
    Authority,
    Authentication,
    Signature,
    Technical,
    /// The keys of another card.
    OtherAuthentication,
    OtherSignature,
}

const PEM: [&str; 7] = [
    include_str!("keys/root.pem"),
    include_str!("keys/authority.pem"),
    include_str!("keys/authentication.pem"),
    include_str!("keys/signature.pem"),
    include_str!("keys/technical.pem"),
    include_str!("keys/authentication-other.pem"),
    include_str!("keys/signature-other.pem"),
];

/// A hash that the cards know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
}

impl Hash {
    pub fn size(self) -> usize {
        match self {
            Hash::Sha1 => 20,
            Hash::Sha256 => 32,
        }
    }

    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Hash::Sha1 => sha1::Sha1::digest(bytes).to_vec(),
            Hash::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
        }
    }

    /// The DigestInfo of RFC 8017 §9.2.
    pub fn digest_info(self, hash: &[u8]) -> Vec<u8> {
        let prefix: &[u8] = match self {
            Hash::Sha1 => &[0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14],
            Hash::Sha256 => &[
                0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
                0x04, 0x20,
            ],
        };
        [prefix, hash].concat()
    }

    /// Ends a hash from the state after whole blocks, the bits hashed so far, and the bytes that are left (at most 64).
    pub fn finish(self, state: &[u8], bits_before: u64, last: &[u8]) -> Option<Vec<u8>> {
        let bits = bits_before.checked_add(last.len() as u64 * 8)?;
        let mut tail = last.to_vec();
        tail.push(0x80);
        while tail.len() % 64 != 56 {
            tail.push(0);
        }
        tail.extend(bits.to_be_bytes());
        let blocks: Vec<[u8; 64]> = tail.chunks_exact(64).filter_map(|block| block.try_into().ok()).collect();
        let words: Vec<u32> =
            state.chunks_exact(4).filter_map(|word| word.try_into().ok()).map(u32::from_be_bytes).collect();
        let words = match self {
            Hash::Sha1 => {
                let start = if state.is_empty() { SHA1_START } else { words.try_into().ok()? };
                let mut state = start;
                sha1::block_api::compress(&mut state, &blocks);
                state.to_vec()
            }
            Hash::Sha256 => {
                let start = if state.is_empty() { SHA256_START } else { words.try_into().ok()? };
                let mut state = start;
                sha2::block_api::compress256(&mut state, &blocks);
                state.to_vec()
            }
        };
        Some(words.into_iter().flat_map(u32::to_be_bytes).collect())
    }
}

// FIPS 180-4 §5.3.1 and §5.3.3.
const SHA1_START: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
const SHA256_START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// The key for authentication of [`Profile::of`](super::Profile::of), PEM: a token of another kind can hold it too.
pub fn authentication_key() -> &'static str {
    PEM[Which::Authentication as usize]
}

/// The bytes of a signature, of a modulus, of a block.
pub(crate) const SIZE: usize = 256;

impl Key {
    pub fn of(which: Which) -> &'static Key {
        static KEYS: [OnceLock<Key>; 7] = [const { OnceLock::new() }; 7];
        let at = which as usize;
        KEYS[at].get_or_init(|| Key::parse(PEM[at]).unwrap_or_else(|| panic!("the test key {which:?} is whole")))
    }

    fn parse(pem: &str) -> Option<Key> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).ok()?;
        let key = RsaPrivateKey::from_pkcs8_der(der.secret_pkcs8_der()).ok()?;
        let [p, q] = key.primes() else { return None };
        let (one, two) = (BigUint::from(1u8), BigUint::from(2u8));
        Some(Key {
            signer: KeyPair::from_pkcs8(der.secret_pkcs8_der()).ok()?,
            n: key.n().clone(),
            e: key.e().clone(),
            dp: key.d() % (p - &one),
            dq: key.d() % (q - &one),
            q_inverse: q.modpow(&(p - &two), p), // p is prime
            p: p.clone(),
            q: q.clone(),
        })
    }

    pub fn modulus(&self) -> Vec<u8> {
        self.n.to_bytes_be()
    }

    pub fn exponent(&self) -> Vec<u8> {
        self.e.to_bytes_be()
    }

    /// What an authority does: RSA PKCS#1 v1.5 with SHA-256 over a message.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; self.signer.public_modulus_len()];
        let random = rand::SystemRandom::new();
        self.signer
            .sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
            .unwrap_or_else(|_| panic!("a test key signs"));
        signature
    }

    /// The block to the power of the private exponent; nothing when it is not below the modulus.
    pub fn raw(&self, block: &[u8]) -> Option<Vec<u8>> {
        let c = BigUint::from_bytes_be(block);
        if c >= self.n {
            return None;
        }
        // Chinese remainders, Garner's way.
        let (mp, mq) = (c.modpow(&self.dp, &self.p), c.modpow(&self.dq, &self.q));
        let h = ((&mp + &self.p - (&mq % &self.p)) * &self.q_inverse) % &self.p;
        let power = (mq + h * &self.q).to_bytes_be();
        let mut out = vec![0; SIZE.checked_sub(power.len())?];
        out.extend(power);
        Some(out)
    }

    /// A signature over what the caller says is a DigestInfo: the card adds type 1 padding and looks no further.
    pub fn pkcs1(&self, info: &[u8]) -> Option<Vec<u8>> {
        let padding = SIZE.checked_sub(info.len() + 3).filter(|padding| *padding >= 8)?;
        self.raw(&[&[0, 1], vec![0xff; padding].as_slice(), &[0], info].concat())
    }

    /// RSASSA-PSS with a salt as long as the hash (RFC 8017 §9.1.1).
    pub fn pss(&self, hash: Hash, digest: &[u8]) -> Option<Vec<u8>> {
        let size = hash.size();
        let mut salt = vec![0; size];
        rand::fill(&mut salt).ok()?;
        let h = hash.of(&[&[0; 8], digest, &salt].concat());
        let mut block = vec![0; SIZE - 2 * size - 2];
        block.push(1);
        block.extend(&salt);
        for (at, mask) in (0u32..)
            .flat_map(|count| hash.of(&[h.as_slice(), &count.to_be_bytes()].concat()))
            .take(block.len())
            .enumerate()
        {
            block[at] ^= mask;
        }
        block[0] &= 0x7f;
        block.extend(h);
        block.push(0xbc);
        self.raw(&block)
    }

    /// Deciphers and takes type 2 padding away; nothing when there is none.
    pub fn decipher(&self, cryptogram: &[u8]) -> Option<Vec<u8>> {
        let block = self.raw(cryptogram)?;
        let body = block.strip_prefix(&[0, 2])?;
        let end = body.iter().position(|byte| *byte == 0).filter(|end| *end >= 8)?;
        Some(body[end + 1..].to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};

    fn public(key: &Key) -> Vec<u8> {
        key.signer.public_key().as_ref().to_vec()
    }

    #[test]
    fn what_a_card_signs_verifies_with_another_library() {
        let key = Key::of(Which::Authentication);
        let digest = Hash::Sha256.of(b"message");
        let signature = key.pkcs1(&Hash::Sha256.digest_info(&digest)).unwrap();
        let public = public(key);
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &public).verify(b"message", &signature).unwrap();
        assert_eq!(signature, key.sign(b"message"));
        let signature = key.pss(Hash::Sha256, &digest).unwrap();
        UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, &public).verify(b"message", &signature).unwrap();
    }

    #[test]
    fn a_block_that_is_not_below_the_modulus_is_none() {
        let key = Key::of(Which::Signature);
        assert!(key.raw(&key.modulus()).is_none() && key.raw(&[0xff; SIZE]).is_none());
        assert_eq!(key.raw(&[0; SIZE]).unwrap(), [0; SIZE]);
        assert!(key.pkcs1(&[0; SIZE - 10]).is_none() && key.pkcs1(&[0; 1000]).is_none());
    }

    #[test]
    fn the_card_ends_a_hash_that_another_began() {
        for hash in [Hash::Sha1, Hash::Sha256] {
            for length in [0, 1, 55, 56, 63, 64] {
                let message = vec![7; length];
                assert_eq!(hash.finish(&[], 0, &message).unwrap(), hash.of(&message), "{hash:?} {length}");
            }
            assert!(hash.finish(&[0; 12], 512, &[]).is_none());
            assert!(hash.finish(&[], u64::MAX, &[1]).is_none());
        }
    }

    #[test]
    fn what_another_library_enciphers_is_read() {
        let key = Key::of(Which::Authentication);
        let der = key.signer.public_key().as_der().unwrap();
        let public = Pkcs1PublicEncryptingKey::new(PublicEncryptingKey::from_der(der.as_ref()).unwrap()).unwrap();
        let mut cryptogram = vec![0; SIZE];
        let length = public.encrypt(b"secret", &mut cryptogram).unwrap().len();
        assert_eq!((length, key.decipher(&cryptogram).unwrap().as_slice()), (SIZE, &b"secret"[..]));
        assert!(key.decipher(&[1; SIZE]).is_none());
    }
}
