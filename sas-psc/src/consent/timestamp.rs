//! A request for a time stamp over a checkpoint (RFC 3161 §2.4.1), to send to any authority.
//!
//! The answer is kept beside the checkpoint; `openssl ts -verify` judges it, and nothing here does.

use super::SignedCheckpoint;
use crate::base::{self, Random};
use crate::error::Result;

/// What stands before the hash: SEQUENCE, version 1, SHA-256.
const START: [u8; 24] = [
    0x30, 0x43, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
    0x01, 0x05, 0x00, 0x04, 0x20,
];

impl SignedCheckpoint {
    /// The request (DER) for a time stamp over this note's exact bytes, with a nonce and the wish for the authority's
    /// certificate. Media type `application/timestamp-query`.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn timestamp_query(&self, random: &mut dyn Random) -> Result<Vec<u8>> {
        let mut nonce = [0; 8];
        random.fill(&mut nonce)?;
        // A positive number in its shortest form.
        nonce[0] = nonce[0] & 0x3f | 0x40;
        let hash = base::sha256(self.as_str().as_bytes());
        Ok([START.as_slice(), &hash, &[0x02, 0x08], &nonce, &[0x01, 0x01, 0xff]].concat())
    }
}

#[cfg(test)]
mod tests {
    use crate::base::{self, Counter};
    use crate::consent::{Sha256, SignedCheckpoint, SigningKey};

    #[test]
    fn a_request_holds_the_hash_of_the_checkpoint_s_bytes() {
        let key = SigningKey::generate("log.example/1", &mut Counter(1)).unwrap();
        let signed = SignedCheckpoint::sign(1, Sha256([1; 32]), &[&key]).unwrap();
        let query = signed.timestamp_query(&mut Counter(2)).unwrap();
        assert_eq!((query.len(), usize::from(query[1])), (69, 67));
        assert_eq!(query[24..56], base::sha256(signed.as_str().as_bytes()));
        assert_ne!(query, signed.timestamp_query(&mut Counter(3)).unwrap());
    }
}
