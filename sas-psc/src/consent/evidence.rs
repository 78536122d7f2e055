//! The evidence behind a record: what shows, apart from the platform's word, that the person signed in or signed.
//!
//! A record names each piece by its kind and its hash, and so the log's entry commits to it. The pieces lie beside the
//! record, sealed under a key that follows from its salt: whoever deletes the salt has erased them, wherever copies are.
//! What a piece proves is for the concept that it comes from; here it is bytes (docs/consent-format.md).

use super::{Record, Sha256, tlv};
use crate::base;
use crate::error::{Code, Error, Result};
use std::fmt;
use zeroize::Zeroizing;

/// What a piece of evidence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum EvidenceKind {
    /// The ID token and the key that verified it: the file of `psc::SignInEvidence`.
    SignIn,
    /// A signature over the record by the card's signature key: a detached CMS, as `card::cms` makes it.
    CardSignature,
}

impl EvidenceKind {
    /// `sign-in` or `card-signature`.
    pub const fn name(self) -> &'static str {
        match self {
            EvidenceKind::SignIn => "sign-in",
            EvidenceKind::CardSignature => "card-signature",
        }
    }

    /// The kind of this name.
    ///
    /// # Errors
    /// `record-newer` for one that this program does not know.
    pub fn of(name: &str) -> Result<EvidenceKind> {
        let known = [EvidenceKind::SignIn, EvidenceKind::CardSignature];
        known.into_iter().find(|kind| kind.name() == name).ok_or_else(|| Error::new(Code::RECORD_NEWER))
    }
}

/// What a record says of a piece of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NamedEvidence {
    /// What it is.
    pub kind: EvidenceKind,
    /// See [`Evidence::hash`].
    pub hash: Sha256,
}

/// A piece of evidence. It holds what the person is known by: its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Evidence {
    kind: EvidenceKind,
    bytes: Zeroizing<Vec<u8>>,
}

impl Evidence {
    /// Longest piece, in bytes.
    pub const MOST: usize = 1 << 20;

    /// These bytes, judged by who brings them.
    ///
    /// # Errors
    /// `evidence-unreadable` when there are none, or more than [`Evidence::MOST`].
    pub fn new(kind: EvidenceKind, bytes: impl Into<Vec<u8>>) -> Result<Evidence> {
        let bytes = Zeroizing::new(bytes.into());
        let fits = (1..=Evidence::MOST).contains(&bytes.len());
        if fits { Ok(Evidence { kind, bytes }) } else { Err(Error::new(Code::EVIDENCE_UNREADABLE)) }
    }

    /// What it is.
    pub fn kind(&self) -> EvidenceKind {
        self.kind
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How a record names it: `H("sas-psc consent evidence v1", kind, bytes)`.
    pub fn hash(&self) -> Sha256 {
        Sha256(base::digest("sas-psc consent evidence v1", &[self.kind.name().as_bytes(), &self.bytes]))
    }

    /// Whether this is what the record commits to.
    ///
    /// # Errors
    /// `evidence-none` when the record commits to none of this kind; `evidence-other-record` when to another.
    pub fn belongs_to(&self, record: &Record) -> Result<()> {
        let named = record.fields().evidence.iter().find(|named| named.kind == self.kind);
        let named = named.ok_or_else(|| Error::new(Code::EVIDENCE_NONE))?;
        if named.hash == self.hash() { Ok(()) } else { Err(Error::new(Code::EVIDENCE_OTHER_RECORD)) }
    }

    pub(super) fn named(&self) -> NamedEvidence {
        NamedEvidence { kind: self.kind, hash: self.hash() }
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evidence").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Items of the record's field: kind and hash, one after another, each kind once, in the order of their names.
pub(super) fn listed(evidence: &[NamedEvidence]) -> Vec<u8> {
    tlv::list(evidence.iter().flat_map(|named| [named.kind.name().as_bytes(), &named.hash.0]))
}

pub(super) fn read(value: &[u8]) -> Result<Vec<NamedEvidence>> {
    let items = tlv::items(value)?;
    let (pairs, rest) = items.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(tlv::unreadable());
    }
    let named = |[kind, hash]: &[&[u8]; 2]| {
        Ok(NamedEvidence { kind: EvidenceKind::of(&tlv::text(kind)?)?, hash: tlv::hash(hash)? })
    };
    let named: Vec<NamedEvidence> = pairs.iter().map(named).collect::<Result<_>>()?;
    let ordered = named.windows(2).all(|pair| pair[0].kind.name() < pair[1].kind.name());
    if ordered { Ok(named) } else { Err(tlv::unreadable()) }
}

#[cfg(any(feature = "psc", feature = "card"))]
pub use sealed::SealedEvidence;

#[cfg(any(feature = "psc", feature = "card"))]
mod sealed {
    use super::*;
    use crate::base::ServerKey;
    use crate::consent::RecordId;
    use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

    const VERSION: u8 = 1;

    /// A piece of evidence sealed with AES-256-GCM-SIV (RFC 8452) under a key of this record and kind alone, so that it
    /// lies anywhere, and is gone with the record's salt.
    #[derive(Clone, PartialEq, Eq)]
    pub struct SealedEvidence {
        kind: EvidenceKind,
        bytes: Vec<u8>,
    }

    impl SealedEvidence {
        /// Seals it for the record with this identity and salt.
        ///
        /// # Errors
        /// `broken-invariant`, which no evidence causes.
        pub fn seal(evidence: &Evidence, record: RecordId, salt: &[u8; 32]) -> Result<SealedEvidence> {
            let broken = |_| Error::new(Code::BROKEN_INVARIANT);
            // In a buffer of its full size: no copy of what is sealed stays behind.
            let mut bytes = Vec::with_capacity(1 + evidence.bytes.len() + AES_256_GCM_SIV.tag_len());
            bytes.push(VERSION);
            bytes.extend_from_slice(&evidence.bytes);
            let (key, aad) = (cipher(salt, record, evidence.kind)?, bound(record, evidence.kind));
            // The key seals this one piece, so its nonce may be zero.
            let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
            let tag = key.seal_in_place_separate_tag(nonce, aad, &mut bytes[1..]).map_err(broken)?;
            bytes.extend_from_slice(tag.as_ref());
            Ok(SealedEvidence { kind: evidence.kind, bytes })
        }

        /// Sealed bytes as they were kept.
        pub fn from_parts(kind: EvidenceKind, bytes: impl Into<Vec<u8>>) -> SealedEvidence {
            SealedEvidence { kind, bytes: bytes.into() }
        }

        /// What is sealed in it.
        pub fn kind(&self) -> EvidenceKind {
            self.kind
        }

        /// What to keep: `01 ‖ ciphertext ‖ tag`.
        pub fn as_bytes(&self) -> &[u8] {
            &self.bytes
        }

        /// Opens it with the record's salt.
        ///
        /// # Errors
        /// `record-newer` for a later form; `sealed-value-refused` when it is another record's, or was changed.
        pub fn open(&self, record: RecordId, salt: &[u8; 32]) -> Result<Evidence> {
            let refused = |_| Error::new(Code::SEALED_VALUE_REFUSED);
            let (version, sealed) = self.bytes.split_first().ok_or_else(|| Error::new(Code::SEALED_VALUE_REFUSED))?;
            if *version != VERSION {
                let later = *version > VERSION;
                return Err(Error::new(if later { Code::RECORD_NEWER } else { Code::SEALED_VALUE_REFUSED }));
            }
            let mut bytes = Zeroizing::new(sealed.to_vec());
            let nonce = Nonce::assume_unique_for_key([0; NONCE_LEN]);
            let (key, aad) = (cipher(salt, record, self.kind)?, bound(record, self.kind));
            let length = key.open_in_place(nonce, aad, &mut bytes).map_err(refused)?.len();
            bytes.truncate(length);
            Ok(Evidence { kind: self.kind, bytes })
        }
    }

    impl fmt::Debug for SealedEvidence {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("SealedEvidence").field("kind", &self.kind).finish_non_exhaustive()
        }
    }

    fn cipher(salt: &[u8; 32], record: RecordId, kind: EvidenceKind) -> Result<LessSafeKey> {
        let salt = ServerKey::new(salt)?;
        let key = Zeroizing::new(salt.mac("sas-psc consent evidence key v1", &[&record.0, kind.name().as_bytes()]));
        let key = UnboundKey::new(&AES_256_GCM_SIV, &*key).map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
        Ok(LessSafeKey::new(key))
    }

    fn bound(record: RecordId, kind: EvidenceKind) -> Aad<[u8; 32]> {
        Aad::from(base::digest("sas-psc consent evidence seal v1", &[&record.0, kind.name().as_bytes()]))
    }
}

#[cfg(all(test, feature = "psc"))]
mod tests {
    use super::*;
    use crate::consent::RecordId;

    fn evidence() -> Evidence {
        Evidence::new(EvidenceKind::SignIn, "the token and the key").unwrap()
    }

    #[test]
    fn sealed_evidence_opens_with_its_record_and_salt_and_nothing_else() {
        let (id, salt) = (RecordId([7; 16]), [9; 32]);
        let sealed = SealedEvidence::seal(&evidence(), id, &salt).unwrap();
        assert_eq!(sealed.open(id, &salt).unwrap(), evidence());
        assert!(!sealed.as_bytes().windows(5).any(|part| part == b"token"), "nothing of it lies open");
        let code = |sealed: &SealedEvidence, id, salt| sealed.open(id, salt).unwrap_err().code();
        assert_eq!(code(&sealed, RecordId([8; 16]), &salt), Code::SEALED_VALUE_REFUSED);
        assert_eq!(
            code(&sealed, id, &[0; 32]),
            Code::SEALED_VALUE_REFUSED,
            "the salt is gone, and with it the evidence"
        );
        let other = SealedEvidence::from_parts(EvidenceKind::CardSignature, sealed.as_bytes());
        assert_eq!(code(&other, id, &salt), Code::SEALED_VALUE_REFUSED);
        for at in 0..sealed.as_bytes().len() {
            let mut changed = sealed.as_bytes().to_vec();
            changed[at] ^= 1;
            let expected = if at == 0 {
                [Code::SEALED_VALUE_REFUSED, Code::RECORD_NEWER]
            } else {
                [Code::SEALED_VALUE_REFUSED; 2]
            };
            assert!(
                expected.contains(&code(&SealedEvidence::from_parts(EvidenceKind::SignIn, changed), id, &salt)),
                "{at}"
            );
            let cut = SealedEvidence::from_parts(EvidenceKind::SignIn, &sealed.as_bytes()[..at]);
            assert_eq!(code(&cut, id, &salt), Code::SEALED_VALUE_REFUSED, "cut at {at}");
        }
        assert_eq!(code(&SealedEvidence::from_parts(EvidenceKind::SignIn, [2, 0]), id, &salt), Code::RECORD_NEWER);
        assert_eq!(
            format!("{:?} {sealed:?}", evidence()),
            "Evidence { kind: SignIn, .. } SealedEvidence { kind: SignIn, .. }"
        );
    }

    #[test]
    fn nothing_and_too_much_are_no_evidence() {
        for length in [0, Evidence::MOST + 1] {
            let refused = Evidence::new(EvidenceKind::SignIn, vec![0; length]);
            assert_eq!(refused.unwrap_err().code(), Code::EVIDENCE_UNREADABLE);
        }
        assert_eq!(EvidenceKind::of("palm").unwrap_err().code(), Code::RECORD_NEWER);
    }

    #[test]
    fn the_bytes_are_those_of_the_format_page() {
        // vectors/consent/reference.py prints the same.
        let hash = evidence().hash().to_string();
        assert_eq!(hash, include_str!("../../../vectors/consent/evidence-hash.txt").trim());
    }
}
