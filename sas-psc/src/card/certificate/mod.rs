//! A certificate of a card as IGC-Santé writes it: whose it is, of which card, what its key may do.
//!
//! Source: RFC 5280, and the leafs that ANS published (`vectors/card-certificate/igc-ca`). What a certificate says is not
//! believed yet: that is [`super::Trust`]. A technical certificate, which a card shows without a PIN, names no holder.

mod described;
mod holder;
mod private_extension;
mod tidy;

pub use described::DescribedCertificate;
pub use holder::Holder;

use crate::base::{Timestamp, pem};
use crate::error::{Code, Error, Result};
use crate::id::CardNumber;
use private_extension::PrivateExtensions;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use tidy::tidy;
use webpki::EndEntityCert;
use webpki::aws_lc_rs::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
};
use x509_cert::Certificate;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{CrlDistributionPoints, ExtendedKeyUsage, KeyUsage};

/// No card holds a larger one.
const LARGEST: usize = 1 << 16;
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");

/// A certificate read from a card, a file or a store of the system. Cheap to clone; its `Debug` shows no person.
///
/// ```
/// use sas_psc::card::{CardCertificate, Purpose};
///
/// let pem = include_bytes!("../../../../vectors/card-certificate/pki/cps-authentication.pem");
/// let certificate = CardCertificate::read(pem)?;
/// assert_eq!(certificate.purpose(), Purpose::Authentication);
/// assert_eq!(certificate.holder()?.id_nat.rpps().unwrap().to_string(), "99700218896");
/// assert_eq!(certificate.card().unwrap().as_str(), "2800636234");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CardCertificate(Arc<Inner>);

#[derive(PartialEq, Eq)]
struct Inner {
    der: CertificateDer<'static>,
    holder: Option<Holder>,
    private: PrivateExtensions,
    purpose: Purpose,
    issuer: String,
    serial: Vec<u8>,
    not_before: Timestamp,
    not_after: Timestamp,
    lists: Vec<String>,
}

/// What the key of a certificate is for, by its usages: never by a label or an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// To prove that the holder is there: digitalSignature with clientAuth, and a holder.
    Authentication,
    /// To sign documents: nonRepudiation.
    Signature,
    /// To prove that the card is there, without its PIN: never the holder.
    Technical,
    /// None of these.
    Other,
}

impl Purpose {
    /// `authentication`, `signature`, `technical`, `other`.
    pub const fn word(self) -> &'static str {
        match self {
            Purpose::Authentication => "authentication",
            Purpose::Signature => "signature",
            Purpose::Technical => "technical",
            Purpose::Other => "other",
        }
    }

    /// The purpose of this word.
    ///
    /// # Errors
    /// `card-purpose-unknown`.
    pub fn of_word(word: &str) -> Result<Purpose> {
        let all = [Purpose::Authentication, Purpose::Signature, Purpose::Technical, Purpose::Other];
        all.into_iter().find(|purpose| purpose.word() == word).ok_or_else(|| Code::CARD_PURPOSE_UNKNOWN.into())
    }
}

/// The card of a holder, as its certificate says it (gipCardType).
///
/// Source: `rpps-annuaire-igc.md` §3.4: 0 and 2 were seen, the others are told by TRE_R87's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CardType {
    /// Carte de professionnel de santé.
    Cps,
    /// Carte de professionnel en formation.
    Cpf,
    /// Carte de personnel d'établissement.
    Cpe,
    /// Carte de personnel autorisé.
    Cpa,
    /// Carte de service: of a post, not of a person.
    Cde,
    /// A type to come.
    Other,
}

impl CardType {
    /// `CPS`, `CPF`, `CPE`, `CPA`, `CDE`, `other`.
    pub const fn word(self) -> &'static str {
        match self {
            CardType::Cps => "CPS",
            CardType::Cpf => "CPF",
            CardType::Cpe => "CPE",
            CardType::Cpa => "CPA",
            CardType::Cde => "CDE",
            CardType::Other => "other",
        }
    }
}

/// How a card signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// RSASSA-PKCS1-v1_5 with SHA-256: every card.
    Pkcs1Sha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384: the authentication key of every card.
    Pkcs1Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512: the authentication key of every card.
    Pkcs1Sha512,
    /// RSASSA-PSS with SHA-256 and a salt of 32 bytes: CPS4.
    PssSha256,
}

impl SignatureScheme {
    /// All of them.
    const ALL: [SignatureScheme; 4] = [
        SignatureScheme::Pkcs1Sha256,
        SignatureScheme::Pkcs1Sha384,
        SignatureScheme::Pkcs1Sha512,
        SignatureScheme::PssSha256,
    ];

    /// `pkcs1-sha256`, `pkcs1-sha384`, `pkcs1-sha512`, `pss-sha256`.
    pub const fn word(self) -> &'static str {
        match self {
            SignatureScheme::Pkcs1Sha256 => "pkcs1-sha256",
            SignatureScheme::Pkcs1Sha384 => "pkcs1-sha384",
            SignatureScheme::Pkcs1Sha512 => "pkcs1-sha512",
            SignatureScheme::PssSha256 => "pss-sha256",
        }
    }

    /// The scheme of this word.
    ///
    /// # Errors
    /// `card-purpose-unknown`.
    pub fn of_word(word: &str) -> Result<SignatureScheme> {
        let found = SignatureScheme::ALL.into_iter().find(|scheme| scheme.word() == word);
        found.ok_or_else(|| Error::field(Code::CARD_PURPOSE_UNKNOWN, "scheme"))
    }

    fn algorithm(self) -> &'static dyn SignatureVerificationAlgorithm {
        match self {
            SignatureScheme::Pkcs1Sha256 => RSA_PKCS1_2048_8192_SHA256,
            SignatureScheme::Pkcs1Sha384 => RSA_PKCS1_2048_8192_SHA384,
            SignatureScheme::Pkcs1Sha512 => RSA_PKCS1_2048_8192_SHA512,
            SignatureScheme::PssSha256 => RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        }
    }
}

fn unreadable(part: &'static str) -> Error {
    Error::field(Code::CARD_CERTIFICATE_UNREADABLE, part)
}

impl CardCertificate {
    /// Reads a certificate, DER or PEM. Bytes behind it, as a card's file has them, and a wrong count of unused bits in
    /// front of its signature, as some cards have it, are left out.
    ///
    /// # Errors
    /// `card-certificate-unreadable`, with the part in the field `subject` or `extension` when the rest can be read.
    pub fn read(bytes: &[u8]) -> Result<CardCertificate> {
        CardCertificate::judge(bytes, false)
    }

    /// Reads the certificate of a card's contactless side, whose key answers without a PIN: technical, whatever it says.
    ///
    /// # Errors
    /// Those of [`CardCertificate::read`].
    pub fn read_contactless(bytes: &[u8]) -> Result<CardCertificate> {
        CardCertificate::judge(bytes, true)
    }

    fn judge(bytes: &[u8], contactless: bool) -> Result<CardCertificate> {
        let whole = || Error::new(Code::CARD_CERTIFICATE_UNREADABLE);
        let text = std::str::from_utf8(bytes).ok().and_then(|text| pem(text, "CERTIFICATE"));
        let decoded = text.transpose().map_err(|_| whole())?;
        let bytes = decoded.as_ref().map_or(bytes, |decoded| decoded.as_slice());
        let der = tidy(bytes).filter(|der| der.len() <= LARGEST).ok_or_else(whole)?;
        let parsed = Certificate::from_der(&der).map_err(|_| whole())?;
        let body = parsed.tbs_certificate();
        let extensions = body.extensions().map_or(&[][..], |all| all.as_slice());
        for (at, extension) in extensions.iter().enumerate() {
            if extensions[..at].iter().any(|other| other.extn_id == extension.extn_id) {
                return Err(unreadable("extension"));
            }
        }
        let extended = |found| unreadable_extension(found);
        let usage: Option<(bool, KeyUsage)> = body.get_extension().map_err(extended)?;
        let extended_usage: Option<(bool, ExtendedKeyUsage)> = body.get_extension().map_err(extended)?;
        let points: Option<(bool, CrlDistributionPoints)> = body.get_extension().map_err(extended)?;
        let private = PrivateExtensions::read(extensions);
        let named = Holder::read(body.subject(), &private).map_err(|_| unreadable("subject"))?;
        let (digital, committed) =
            usage.map_or((false, false), |(_, usage)| (usage.digital_signature(), usage.non_repudiation()));
        let client = extended_usage.is_some_and(|(_, usages)| usages.0.contains(&CLIENT_AUTH));
        let purpose = match (digital, committed, client) {
            _ if contactless => Purpose::Technical,
            (true, _, true) if named.is_some() => Purpose::Authentication,
            (true, false, _) => Purpose::Technical,
            (false, true, _) if named.is_some() => Purpose::Signature,
            _ => Purpose::Other,
        };
        let at = |time: x509_cert::time::Time| {
            let seconds = time.to_unix_duration().as_secs();
            Timestamp::from_unix(i64::try_from(seconds).unwrap_or(i64::MAX))
        };
        let issuer = body.issuer().common_name().ok().flatten().map(|name| name.value().into_owned());
        Ok(CardCertificate(Arc::new(Inner {
            holder: named.filter(|_| purpose != Purpose::Technical),
            private,
            purpose,
            issuer: issuer.unwrap_or_default(),
            serial: body.serial_number().as_bytes().to_vec(),
            not_before: at(body.validity().not_before),
            not_after: at(body.validity().not_after),
            lists: points.map_or_else(Vec::new, |(_, points)| addresses(&points)),
            der: der.into(),
        })))
    }

    /// Whose certificate it is.
    ///
    /// # Errors
    /// `card-certificate-holder` for a technical certificate, and for one that names no holder.
    pub fn holder(&self) -> Result<&Holder> {
        self.0.holder.as_ref().ok_or_else(|| Code::CARD_CERTIFICATE_HOLDER.into())
    }

    /// What its key is for.
    pub fn purpose(&self) -> Purpose {
        self.0.purpose
    }

    /// The card, as the certificate says it; none for a certificate that is in no card.
    pub fn card_type(&self) -> Option<CardType> {
        self.0.private.card_type(self.0.holder.as_ref())
    }

    /// The card's number.
    pub fn card(&self) -> Option<CardNumber> {
        self.0.private.card.as_ref().map(|(_, number)| *number)
    }

    /// The number of the card's issuer, in front of the card's own: `8025000001`.
    pub fn card_issuer(&self) -> Option<&str> {
        self.0.private.card.as_ref().map(|(issuer, _)| issuer.as_str())
    }

    /// Whether it says that it is of ANS's test cards (gipCertType); none when it does not say. What decides is its root.
    pub fn says_test(&self) -> Option<bool> {
        self.0.private.certificate_type.map(|byte| byte & 0x80 != 0)
    }

    /// The name (CN) of the authority that it says has issued it.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The serial number: the value of its INTEGER.
    pub fn serial(&self) -> &[u8] {
        &self.0.serial
    }

    /// From when it is good.
    pub fn not_before(&self) -> Timestamp {
        self.0.not_before
    }

    /// Until when it is good, this second included.
    pub fn not_after(&self) -> Timestamp {
        self.0.not_after
    }

    /// Where its authority publishes who was revoked, over HTTP, as it says. The list itself is signed.
    pub fn revocation_lists(&self) -> &[String] {
        &self.0.lists
    }

    /// The bytes, DER, as other programs have them.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// SHA-256 of the bytes.
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(self.der()).into()
    }

    /// Whether `signature` over `message` is by the key of this certificate. Whether to believe the certificate is not
    /// looked at: [`super::Trust`].
    ///
    /// # Errors
    /// `possession-signature`; `card-certificate-unsupported` for a key that is not RSA of 2048 to 8192 bits.
    pub fn verify(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> Result<()> {
        let parsed =
            EndEntityCert::try_from(&self.0.der).map_err(|_| Error::new(Code::CARD_CERTIFICATE_UNSUPPORTED))?;
        parsed.verify_signature(scheme.algorithm(), message, signature).map_err(|error| match error {
            webpki::Error::InvalidSignatureForPublicKey => Code::POSSESSION_SIGNATURE.into(),
            _ => Code::CARD_CERTIFICATE_UNSUPPORTED.into(),
        })
    }

    pub(in crate::card) fn certificate_der(&self) -> &CertificateDer<'static> {
        &self.0.der
    }

    /// The bits of an RSA key; zero for another.
    pub(in crate::card) fn rsa_bits(&self) -> usize {
        let parsed = Certificate::from_der(self.der()).ok();
        let key = parsed.and_then(|parsed| parsed.tbs_certificate().subject_public_key_info().to_der().ok());
        key.map_or(0, |spki| tidy::rsa_bits(&spki))
    }
}

fn unreadable_extension(_: x509_cert::der::Error) -> Error {
    unreadable("extension")
}

fn addresses(points: &CrlDistributionPoints) -> Vec<String> {
    let names = points.0.iter().filter_map(|point| match &point.distribution_point {
        Some(DistributionPointName::FullName(names)) => Some(names),
        _ => None,
    });
    let address = |name: &GeneralName| match name {
        GeneralName::UniformResourceIdentifier(uri) => Some(uri.as_str().to_owned()),
        _ => None,
    };
    names.flatten().filter_map(address).filter(|address| address.starts_with("http")).take(8).collect()
}

impl fmt::Debug for CardCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardCertificate")
            .field("card_type", &self.card_type())
            .field("purpose", &self.purpose())
            .field("issuer", &self.issuer())
            .field("not_after", &self.not_after())
            .finish_non_exhaustive()
    }
}
