//! A signature by a key of the card: eight exchanges with a CPS3 whose certificate is known.
//!
//! The caller's message is hashed here; the card signs the hash. The certificate is read when it is not remembered, and
//! the signature is checked with it before anybody gets it: that finds a card that was swapped, a certificate that was
//! renewed, a reader that garbles. What the signature proves is not decided here. Sources: dialogues of ANS's module
//! with CPS3 and CPS4 (`vectors/card`), RFC 8017.

use super::chip::{Chip, Dialect};
use super::in_reader::known;
use super::layout::Place;
use super::{Card, CardCache, CardKind, CardSerial, Dialogue, PinEntry, SignatureScheme, Tlv, Usage, unlock};
use crate::base::sha256;
use crate::error::{Code, Error, Result};
use aws_lc_rs::{digest, signature};
use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use SignatureScheme::{Pkcs1Sha256, Pkcs1Sha384, Pkcs1Sha512, PssSha256};

impl SignatureScheme {
    /// What a key can really do, the best first. A CPS3 has no PSS, so no TLS 1.3; a signature key takes SHA-256 alone.
    ///
    /// ```
    /// use sas_psc::card::{CardKind, SignatureScheme, Usage};
    ///
    /// let cps3 = SignatureScheme::of(CardKind::Cps3, Usage::Authentication);
    /// assert!(!cps3.contains(&SignatureScheme::PssSha256));
    /// ```
    pub const fn of(kind: CardKind, usage: Usage) -> &'static [SignatureScheme] {
        match (kind, usage) {
            (CardKind::Cps4, Usage::Authentication) => &[PssSha256, Pkcs1Sha256, Pkcs1Sha384, Pkcs1Sha512],
            (CardKind::Cps3, Usage::Authentication) | (CardKind::Cps3Contactless, Usage::Technical) => {
                &[Pkcs1Sha256, Pkcs1Sha384, Pkcs1Sha512]
            }
            (CardKind::Cps3 | CardKind::Cps4, Usage::Signature) => &[Pkcs1Sha256],
            _ => &[],
        }
    }

    /// The hash of a message, by the scheme's algorithm.
    pub(crate) fn digest(self, message: &[u8]) -> Vec<u8> {
        digest::digest(self.hash(), message).as_ref().to_vec()
    }

    fn hash(self) -> &'static digest::Algorithm {
        match self {
            Pkcs1Sha256 | PssSha256 => &digest::SHA256,
            Pkcs1Sha384 => &digest::SHA384,
            Pkcs1Sha512 => &digest::SHA512,
        }
    }

    fn check(self) -> &'static signature::RsaParameters {
        match self {
            Pkcs1Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
            Pkcs1Sha384 => &signature::RSA_PKCS1_2048_8192_SHA384,
            Pkcs1Sha512 => &signature::RSA_PKCS1_2048_8192_SHA512,
            PssSha256 => &signature::RSA_PSS_2048_8192_SHA256,
        }
    }

    /// What comes before the hash in a DigestInfo: RFC 8017, 9.2, note 1.
    fn prefix(self) -> [u8; 19] {
        let (arc, length) = match self {
            Pkcs1Sha256 | PssSha256 => (1, 32),
            Pkcs1Sha384 => (2, 48),
            Pkcs1Sha512 => (3, 64),
        };
        let oid = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, arc];
        let mut prefix = [0x30, 17 + length, 0x30, 13, 0x06, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x05, 0, 0x04, length];
        prefix[6..15].copy_from_slice(&oid);
        prefix
    }
}

/// What is to be signed, and by which key.
#[derive(Clone)]
pub struct SignRequest {
    usage: Usage,
    scheme: SignatureScheme,
    hash: digest::Digest,
}

impl SignRequest {
    /// A message, by the key of this usage.
    pub fn new(usage: Usage, scheme: SignatureScheme, message: &[u8]) -> SignRequest {
        SignRequest { usage, scheme, hash: digest::digest(scheme.hash(), message) }
    }

    /// A hash that was made elsewhere, as of a file too large to hold.
    ///
    /// # Errors
    /// `card-algorithm` when its length is not the scheme's.
    pub fn of_hash(usage: Usage, scheme: SignatureScheme, hash: &[u8]) -> Result<SignRequest> {
        let hash = digest::Digest::import_less_safe(hash, scheme.hash());
        let hash = hash.map_err(|_| Error::new(Code::CARD_ALGORITHM))?;
        Ok(SignRequest { usage, scheme, hash })
    }

    /// As [`SignRequest::new`], with the words of [`Usage::of_word`] and [`SignatureScheme::of_word`], as C and Python say it.
    ///
    /// # Errors
    /// `card-purpose-unknown`, `card-algorithm`.
    pub fn of_words(usage: &str, scheme: &str, message: &[u8]) -> Result<SignRequest> {
        Ok(SignRequest::new(Usage::of_word(usage)?, SignatureScheme::of_word(scheme)?, message))
    }

    /// As [`SignRequest::of_hash`], with the same words.
    ///
    /// # Errors
    /// Those of [`SignRequest::of_words`] and [`SignRequest::of_hash`].
    pub fn of_words_and_hash(usage: &str, scheme: &str, hash: &[u8]) -> Result<SignRequest> {
        SignRequest::of_hash(Usage::of_word(usage)?, SignatureScheme::of_word(scheme)?, hash)
    }

    /// What is read to its end, of any length.
    ///
    /// # Errors
    /// Those of reading.
    pub fn of_reader(usage: Usage, scheme: SignatureScheme, from: &mut impl Read) -> io::Result<SignRequest> {
        let mut context = digest::Context::new(scheme.hash());
        let mut block = [0; 1 << 14];
        loop {
            match from.read(&mut block) {
                Ok(0) => return Ok(SignRequest { usage, scheme, hash: context.finish() }),
                Ok(length) => context.update(&block[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The hash.
    #[cfg(feature = "pkcs11")]
    pub(crate) fn hash(&self) -> &[u8] {
        self.hash.as_ref()
    }

    /// The hash as the DigestInfo of RFC 8017, which a key without a hash of its own signs.
    pub(crate) fn digest_info(&self) -> Vec<u8> {
        [&self.scheme.prefix()[..], self.hash.as_ref()].concat()
    }

    /// Whether this is a signature of it by the key of the certificate (DER), in which nothing else is looked at.
    ///
    /// # Errors
    /// `card-signature`; `card-answer` for what is no certificate.
    pub(crate) fn check(&self, certificate: &[u8], signature: &[u8]) -> Result<()> {
        let key = public_key(certificate).ok_or_else(|| Error::new(Code::CARD_ANSWER))?;
        let key = signature::UnparsedPublicKey::new(self.scheme.check(), key);
        key.verify_digest(&self.hash, signature).map_err(|_| Error::new(Code::CARD_SIGNATURE))
    }
}

impl fmt::Debug for SignRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SignRequest { usage, scheme, .. } = self;
        f.debug_struct("SignRequest").field("usage", usage).field("scheme", scheme).finish_non_exhaustive()
    }
}

/// A signature, checked with the certificate that comes with it.
#[derive(Clone)]
#[non_exhaustive]
pub struct Signed {
    /// The signature's bytes.
    pub signature: Vec<u8>,
    /// The certificate of the key, X.509, DER: nothing in it was checked but its key.
    pub certificate: Arc<[u8]>,
    /// How it was signed.
    pub scheme: SignatureScheme,
    /// What the key is for.
    pub usage: Usage,
    /// The card that signed.
    pub serial: CardSerial,
}

impl Signed {
    /// SHA-256 of the certificate.
    pub fn certificate_sha256(&self) -> [u8; 32] {
        sha256(&self.certificate)
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Signed { scheme, usage, .. } = self;
        f.debug_struct("Signed").field("scheme", scheme).field("usage", usage).finish_non_exhaustive()
    }
}

impl Card {
    /// Signs. The PIN is verified when the card asks for it, and dropped at the end by [`Dialogue::ending`]; one that
    /// another program verified is used, and left.
    ///
    /// # Errors
    /// The dialogue's: those of [`Card::read`]; `card-pin-wrong`, `card-pin-blocked`, `card-pin-last-try`,
    /// `card-pin-required`, `card-pin-not-entered`; `card-algorithm`, `card-key-missing`, `card-contactless`;
    /// `card-signature` when the signature is not its certificate's.
    pub fn sign(&self, request: SignRequest, pin: PinEntry) -> Dialogue<Signed> {
        self.open(|chip, cache| async move { sign(&chip, &cache, &request, &pin).await })
    }
}

async fn sign(chip: &Chip, cache: &CardCache, request: &SignRequest, pin: &PinEntry) -> Result<Signed> {
    let SignRequest { usage, scheme, .. } = *request;
    if chip.contactless() && usage != Usage::Technical {
        return Err(Error::new(Code::CARD_CONTACTLESS));
    }
    if !SignatureScheme::of(chip.kind, usage).contains(&scheme) {
        let code = if usage == Usage::Technical { Code::CARD_KEY_MISSING } else { Code::CARD_ALGORITHM };
        return Err(Error::new(code));
    }
    let known = known(chip, cache).await?;
    let place = known.layout.place(usage)?;
    let (certificate, remembered) = match known.certificates.get(&place.certificate) {
        Some(certificate) => {
            chip.enter().await?;
            (certificate.clone(), true)
        }
        None => (fetch(chip, cache, place).await?, false),
    };
    if usage != Usage::Technical {
        unlock::unlock(chip, known.layout.pin()?, pin).await?;
    }
    let signature = raw(chip, place.key, request).await?;
    let signed = |certificate| Signed { signature: signature.clone(), certificate, scheme, usage, serial: chip.serial };
    match request.check(&certificate, &signature) {
        Ok(()) => return Ok(signed(certificate)),
        Err(error) => {
            cache.forget(&chip.serial);
            if !remembered {
                return Err(error);
            }
        }
    }
    // What was remembered is not this card's any more: its certificate as it is now may be the signature's.
    let certificate = fetch(chip, cache, place).await?;
    request.check(&certificate, &signature)?;
    Ok(signed(certificate))
}

/// Reads a certificate and remembers it. The application is the current folder afterwards.
async fn fetch(chip: &Chip, cache: &CardCache, place: &Place) -> Result<Arc<[u8]>> {
    let certificate: Arc<[u8]> = chip.read_certificate(&place.certificate).await?.into();
    if let Some(mut known) = cache.get(&chip.serial) {
        known.certificates.insert(place.certificate.clone(), certificate.clone());
        cache.put(chip.serial, known);
    }
    Ok(certificate)
}

/// Tells the card which key and how, and has it sign.
async fn raw(chip: &Chip, key: u8, request: &SignRequest) -> Result<Vec<u8>> {
    let hash = request.hash.as_ref();
    let (environment, sign) = match (chip.dialect, request.usage, request.scheme) {
        // The card pads what it is given: MSE SET, authentication template, then INTERNAL AUTHENTICATE.
        (Dialect::Ias, Usage::Authentication | Usage::Technical, _) => (
            chip.command(0x22, 0x41, 0xA4).with_data(&[0x84, 1, key, 0x80, 1, 0x02]),
            chip.command(0x88, 0, 0).with_data(&request.digest_info()),
        ),
        // The card makes the DigestInfo: 42 is RSA PKCS#1 with SHA-256.
        (Dialect::Ias, Usage::Signature, _) => (
            chip.command(0x22, 0x41, 0xB6).with_data(&[0x80, 1, 0x42, 0x84, 1, key]),
            chip.command(0x2A, 0x9E, 0x9A).with_data(hash),
        ),
        (Dialect::ChipDoc, Usage::Signature, _) => (
            chip.command(0x22, 0x81, 0xB6).with_data(&[0x91, 2, 0x28, key | 0x80]),
            chip.command(0x2A, 0x9E, 0x9A).with_data(hash),
        ),
        (Dialect::ChipDoc, _, PssSha256) => (
            chip.command(0x22, 0x81, 0xB6).with_data(&[0x91, 2, 0x2C, key | 0x80]),
            chip.command(0x2A, 0x9E, 0x9A).with_data(hash),
        ),
        // Raw RSA of the whole block: the padding is ours.
        (Dialect::ChipDoc, ..) => (
            chip.command(0x22, 0x41, 0xB8).with_data(&[0x83, 1, key]),
            chip.command(0x2A, 0x80, 0x86).with_data(&padded(&request.digest_info())),
        ),
    };
    chip.wire.order(&environment).await?;
    let signature = chip.wire.send(&sign.expecting(256)).await?.done()?;
    if signature.data().len() < 256 {
        return Err(Error::new(Code::CARD_ANSWER));
    }
    Ok(signature.data().to_vec())
}

/// EMSA-PKCS1-v1_5 of 256 bytes: 00 01 FF… 00 DigestInfo (RFC 8017, 9.2).
fn padded(digest_info: &[u8]) -> Vec<u8> {
    let mut block = vec![0xFF; 256];
    let start = block.len() - digest_info.len();
    block[start..].copy_from_slice(digest_info);
    (block[0], block[1], block[start - 1]) = (0x00, 0x01, 0x00);
    block
}

/// The RSAPublicKey of a certificate, RFC 5280 4.1. Read laxly: some certificates of cards say that bits of their own
/// signature are unused, which strict readers refuse; that signature is not what is asked here.
fn public_key(certificate: &[u8]) -> Option<&[u8]> {
    let (certificate, _) = Tlv::first(certificate).ok()?;
    let tbs = certificate.inner().next()?;
    // [0] version, then serial number, algorithm, issuer, validity, subject, and the key.
    let key = tbs.inner().filter(|field| field.tag != 0xA0).nth(5)?;
    let bits = key.find(0x03)?.value;
    bits.strip_prefix(&[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_infos_are_those_of_rfc_8017() {
        let info = |scheme| SignRequest::new(Usage::Authentication, scheme, b"").digest_info();
        assert_eq!(
            info(Pkcs1Sha256)[..19],
            *b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"
        );
        assert_eq!(
            info(Pkcs1Sha384)[..19],
            *b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"
        );
        assert_eq!(
            info(Pkcs1Sha512)[..19],
            *b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"
        );
        let lengths: Vec<_> = [Pkcs1Sha256, Pkcs1Sha384, Pkcs1Sha512].map(|scheme| info(scheme).len()).into();
        assert_eq!(lengths, [51, 67, 83], "a CPS3 takes at most 102");
    }

    #[test]
    fn a_block_of_pkcs1_is_as_long_as_the_key() {
        let info = SignRequest::new(Usage::Authentication, Pkcs1Sha512, b"x").digest_info();
        let block = padded(&info);
        assert_eq!((block.len(), &block[..3], block[256 - info.len() - 1]), (256, &[0, 1, 0xFF][..], 0));
        assert!(block.ends_with(&info));
    }

    #[test]
    fn what_is_read_is_hashed_as_what_is_given() {
        let message: Vec<u8> = (0..100_000).map(|at| at as u8).collect();
        let read = SignRequest::of_reader(Usage::Signature, Pkcs1Sha256, &mut &message[..]).unwrap();
        let given = SignRequest::new(Usage::Signature, Pkcs1Sha256, &message);
        assert_eq!(read.hash.as_ref(), given.hash.as_ref());
    }

    #[test]
    fn a_hash_of_another_length_is_refused() {
        let request = |hash: &[u8]| SignRequest::of_hash(Usage::Signature, Pkcs1Sha256, hash);
        assert!(request(&[7; 32]).is_ok());
        assert_eq!(request(&[7; 20]).unwrap_err().code(), Code::CARD_ALGORITHM);
    }

    #[test]
    fn the_key_of_what_is_no_certificate_is_none() {
        for bytes in [&[][..], &[0x30, 0], &[0x30, 2, 0x30, 0], &[0x30, 12, 0x30, 10, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0]] {
            assert!(public_key(bytes).is_none());
        }
    }
}
