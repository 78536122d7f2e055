//! SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104) over labelled parts, so that no hash of one purpose serves another.
//!
//! The hashed bytes are `lp(label) ‖ lp(part₁) ‖ lp(part₂) …` where `lp(x)` is the length of `x` as 4 bytes,
//! big-endian, then `x`: two different lists of parts never give the same bytes.

use crate::error::{Code, Error, Result};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;

/// SHA-256 of labelled parts.
pub fn digest(label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    each(label, parts, |bytes| hash.update(bytes));
    hash.finalize().into()
}

/// Plain SHA-256, as `sha256sum` prints it.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Plain SHA-256 of parts one after another, with nothing between them.
pub(crate) fn sha256_joined(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// Plain SHA-256 of `0x01 ‖ left ‖ right`, for each pair. A tree has as many of these as entries.
///
/// All are laid out before the first is hashed: a processor that reads a block which was just written in smaller parts
/// waits for whatever came before, and eight together take two thirds of the time of eight alone.
pub(crate) fn sha256_nodes<const N: usize>(pairs: [(&[u8; 32], &[u8; 32]); N]) -> [[u8; 32]; N] {
    let (mut blocks, mut hashes) = ([[[0; 64]; 2]; N], [[0; 32]; N]);
    for ([first, last], (left, right)) in blocks.iter_mut().zip(pairs) {
        // 65 bytes, as FIPS 180-4 §5.1.1 pads them to two blocks.
        first[0] = 1;
        first[1..33].copy_from_slice(left);
        first[33..].copy_from_slice(&right[..31]);
        last[0] = right[31];
        last[1] = 0x80;
        last[56..].copy_from_slice(&(65 * 8_u64).to_be_bytes());
    }
    for (hash, blocks) in hashes.iter_mut().zip(&blocks) {
        *hash = sha256_blocks(blocks);
    }
    hashes
}

fn sha256_blocks(blocks: &[[u8; 64]; 2]) -> [u8; 32] {
    // FIPS 180-4 §5.3.3.
    let mut state =
        [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
    sha2::block_api::compress256(&mut state, blocks);
    let mut hash = [0; 32];
    for (bytes, word) in hash.as_chunks_mut::<4>().0.iter_mut().zip(state) {
        *bytes = word.to_be_bytes();
    }
    hash
}

/// A secret of the server from which keyed hashes are made: of the codes sent by mail, of the people in the records.
///
/// One key serves a whole platform and each of its instances; the labels keep the purposes apart. Whoever loses it
/// cannot check codes in flight nor find a person's records by their identity; whoever steals it together with the
/// database can guess both. Keep it out of the database.
#[derive(Clone)]
pub struct ServerKey(Hmac<Sha256>);

impl ServerKey {
    /// Takes at least 32 random bytes.
    ///
    /// # Errors
    /// `server-key-short`.
    pub fn new(bytes: &[u8]) -> Result<ServerKey> {
        if bytes.len() < 32 {
            return Err(Error::new(Code::SERVER_KEY_SHORT));
        }
        // HMAC takes a key of any length, so this never fails. Kept is its state after the key, wiped when dropped, so that
        // no call hashes the key again.
        Hmac::new_from_slice(bytes).map(ServerKey).map_err(|_| Error::new(Code::SERVER_KEY_SHORT))
    }

    /// HMAC-SHA-256 of labelled parts.
    pub fn mac(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.0.clone();
        each(label, parts, |bytes| mac.update(bytes));
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerKey(•••)")
    }
}

fn each(label: &str, parts: &[&[u8]], mut add: impl FnMut(&[u8])) {
    for part in std::iter::once(&label.as_bytes()).chain(parts) {
        add(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        add(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(digest("a", &[b"bc", b"d"]), digest("a", &[b"b", b"cd"]));
        assert_ne!(digest("a", &[b"b"]), digest("ab", &[]));
        assert_eq!(digest("a", &[b"b"]), sha256(b"\0\0\0\x01a\0\0\0\x01b"));
    }

    #[test]
    fn a_short_key_is_refused_and_keys_differ() {
        assert_eq!(ServerKey::new(&[7; 31]).unwrap_err().code(), Code::SERVER_KEY_SHORT);
        let (one, other) = (ServerKey::new(&[7; 32]).unwrap(), ServerKey::new(&[8; 32]).unwrap());
        assert_ne!(one.mac("a", &[]), other.mac("a", &[]));
        assert_eq!(format!("{one:?}"), "ServerKey(•••)");
    }
}
