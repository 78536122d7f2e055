//! A document signed by the signature key of a card: a detached CMS (RFC 5652 SignedData) as other programs write and read it.
//!
//! With the attributes of CAdES-BES (RFC 5126 §4.3.1): content type, message digest, signing time, and the signing
//! certificate by its hash (RFC 5035), so that no other certificate can be put in its place. Made in two steps, because the
//! card signs elsewhere: [`CmsToSign`] gives the bytes, [`CmsToSign::finish`] the CMS. One signer, RSA PKCS#1 v1.5 with
//! SHA-256; counter-signatures, time stamps in it and lists of revoked certificates are not here. The signing time is the
//! signer's word.

use super::certificate::{CardCertificate, Purpose, SignatureScheme};
use super::tlv::Tlv;
use super::trust::{Crl, RevocationPolicy, Trust, TrustedCertificate};
use crate::base::{Timestamp, pem, sha256};
use crate::error::{Code, Error, Result};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use std::fmt;
use std::time::Duration;
use x509_cert::Certificate;
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::der::asn1::{Any, GeneralizedTime, ObjectIdentifier, OctetString, SetOfVec, UtcTime};
use x509_cert::der::{Decode, DecodeOwned, Encode};
use x509_cert::spki::AlgorithmIdentifierOwned;
use x509_cert::time::Time;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

/// No larger one is read: a signature with the certificates of its authorities is some 8 kB.
const LARGEST: usize = 1 << 18;

/// SigningCertificateV2 (RFC 5035 §3) of one certificate: its SHA-256, which is what the hash is when none is named.
const ESS_HEAD: [u8; 8] = [0x30, 38, 0x30, 36, 0x30, 34, 0x04, 32];

/// The hash that a SigningCertificateV2 names first, when it is a SHA-256.
fn signing_certificate(value: &[u8]) -> Option<[u8; 32]> {
    let whole = |bytes| Tlv::first(bytes).ok().filter(|(_, length)| *length == bytes.len()).map(|(tlv, _)| tlv);
    let mut first = whole(value)?.inner().tagged(0x30)?.inner().tagged(0x30)?.inner();
    let mut part = first.next()?;
    // The algorithm, when it is not the usual one; after the hash the issuer and number may follow.
    if part.tag == 0x30 {
        (part.find(0x06)?.value == SHA_256.as_bytes()).then_some(())?;
        part = first.next()?;
    }
    if part.tag == 0x04 { part.value.try_into().ok() } else { None }
}

fn unreadable() -> Error {
    Error::new(Code::CMS_UNREADABLE)
}

fn unsupported(part: &'static str) -> Error {
    Error::field(Code::CMS_UNSUPPORTED, part)
}

/// A document that a card is to sign.
///
/// ```no_run
/// use sas_psc::base::Timestamp;
/// use sas_psc::card::{CardCertificate, CmsToSign};
///
/// # fn sign(_: &[u8]) -> Vec<u8> { vec![] }
/// # fn example(certificate: &CardCertificate, document: &[u8], now: Timestamp) -> sas_psc::Result<()> {
/// let to_sign = CmsToSign::new(certificate, document, now)?;
/// let signature = sign(to_sign.bytes()); // RSA PKCS#1 v1.5 with SHA-256, by the card's signature key
/// let cms = to_sign.finish(&signature)?;
/// std::fs::write("document.p7s", cms.as_der()).unwrap(); // openssl cms -verify -inform DER -content document
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct CmsToSign {
    certificate: CardCertificate,
    attributes: Attributes,
    bytes: Vec<u8>,
}

impl CmsToSign {
    /// Of the whole document, by the key of this certificate, at `now`.
    ///
    /// # Errors
    /// `card-certificate-usage` for a certificate that is not for signatures; `time-invalid` before 1970.
    pub fn new(certificate: &CardCertificate, document: &[u8], now: Timestamp) -> Result<CmsToSign> {
        if certificate.purpose() != Purpose::Signature {
            return Err(Error::field(Code::CARD_CERTIFICATE_USAGE, Purpose::Signature.word()));
        }
        let seconds = u64::try_from(now.unix()).map_err(|_| Error::new(Code::TIME_INVALID))?;
        let since = Duration::from_secs(seconds);
        // UTCTime until 2049, as RFC 5652 §11.3 wants it.
        let time = UtcTime::from_unix_duration(since).map(Time::UtcTime);
        let time = time.or_else(|_| GeneralizedTime::from_unix_duration(since).map(Time::GeneralTime));
        let time = time.map_err(|_| Error::new(Code::TIME_INVALID))?;
        let signing_certificate = [&ESS_HEAD[..], &certificate.fingerprint()].concat();
        let attributes = [
            (CONTENT_TYPE, Any::encode_from(&DATA)),
            (MESSAGE_DIGEST, Any::encode_from(&octets(&sha256(document))?)),
            (SIGNING_TIME, Any::encode_from(&time)),
            (SIGNING_CERTIFICATE, Any::from_der(&signing_certificate)),
        ];
        let attributes = attributes.into_iter().map(|(oid, value)| {
            let values = SetOfVec::try_from(vec![value.map_err(broken)?]).map_err(broken)?;
            Ok(Attribute { oid, values })
        });
        let attributes = attributes.collect::<Result<Vec<_>>>()?;
        let attributes = Attributes::try_from(attributes).map_err(broken)?;
        let bytes = attributes.to_der().map_err(broken)?;
        Ok(CmsToSign { certificate: certificate.clone(), attributes, bytes })
    }

    /// What the card signs: hashed with SHA-256 by whoever signs, as any message.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The CMS, once the card has signed with [`SignatureScheme::Pkcs1Sha256`]. The certificate lies in it.
    ///
    /// # Errors
    /// `cms-signature` when the signature is not by the key of the certificate over these bytes.
    pub fn finish(self, signature: &[u8]) -> Result<CmsSignature> {
        let CmsToSign { certificate, attributes, bytes } = self;
        check_signature(&certificate, &bytes, signature)?;
        let parsed = Certificate::from_der(certificate.der()).map_err(broken)?;
        let body = parsed.tbs_certificate();
        let sid = IssuerAndSerialNumber { issuer: body.issuer().clone(), serial_number: body.serial_number().clone() };
        let (digest, rsa) = (algorithm(SHA_256, None), algorithm(RSA, Some(Any::null())));
        let signer = SignerInfo {
            version: CmsVersion::V1,
            sid: SignerIdentifier::IssuerAndSerialNumber(sid),
            digest_alg: digest.clone(),
            signed_attrs: Some(attributes),
            signature_algorithm: rsa,
            signature: octets(signature)?,
            unsigned_attrs: None,
        };
        let signed = SignedData {
            version: CmsVersion::V1,
            digest_algorithms: SetOfVec::try_from(vec![digest]).map_err(broken)?,
            encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
            certificates: Some(
                CertificateSet::try_from(vec![CertificateChoices::Certificate(parsed)]).map_err(broken)?,
            ),
            crls: None,
            signer_infos: SignerInfos::try_from(vec![signer]).map_err(broken)?,
        };
        let content = Any::encode_from(&signed).map_err(broken)?;
        let der = ContentInfo { content_type: SIGNED_DATA, content }.to_der().map_err(broken)?;
        CmsSignature::parse(&der)
    }
}

/// A detached signature by a card, read: which document it is of and whether to believe its certificate is
/// [`CmsSignature::verify`].
#[derive(Clone)]
pub struct CmsSignature {
    der: Vec<u8>,
    certificate: CardCertificate,
    signed: Vec<u8>,
    digest: [u8; 32],
    signing_time: Timestamp,
    signature: Vec<u8>,
}

impl CmsSignature {
    /// Reads a detached CMS of one signer, DER or PEM (`CMS`, `PKCS7`), with the signer's certificate in it, and the four
    /// attributes. The signature is not looked at yet.
    ///
    /// # Errors
    /// `cms-unreadable`; `cms-unsupported` with what it is about (`content`, `signer`, `digest`, `algorithm`,
    /// `attributes`, `certificate`); `cms-certificate` when the certificate in it is not the one that was signed;
    /// those of [`CardCertificate::read`].
    pub fn parse(bytes: &[u8]) -> Result<CmsSignature> {
        if bytes.len() > LARGEST {
            return Err(unreadable());
        }
        let text = std::str::from_utf8(bytes).ok();
        let armoured = text.and_then(|text| pem(text, "CMS").or_else(|| pem(text, "PKCS7")));
        let decoded = armoured.transpose().map_err(|_| unreadable())?;
        let der = decoded.as_ref().map_or(bytes, |decoded| decoded.as_slice());
        let outer = ContentInfo::from_der(der).map_err(|_| unreadable())?;
        if outer.content_type != SIGNED_DATA {
            return Err(unreadable());
        }
        let signed: SignedData = outer.content.decode_as().map_err(|_| unreadable())?;
        if signed.encap_content_info.econtent_type != DATA || signed.encap_content_info.econtent.is_some() {
            return Err(unsupported("content"));
        }
        let [signer] = signed.signer_infos.0.as_slice() else { return Err(unsupported("signer")) };
        if signer.digest_alg.oid != SHA_256 {
            return Err(unsupported("digest"));
        }
        if ![RSA, RSA_SHA_256].contains(&signer.signature_algorithm.oid) {
            return Err(unsupported("algorithm"));
        }
        let attributes = signer.signed_attrs.as_ref().ok_or_else(|| unsupported("attributes"))?;
        let content_type: ObjectIdentifier = attribute(attributes, CONTENT_TYPE)?;
        let digest: OctetString = attribute(attributes, MESSAGE_DIGEST)?;
        let time: Time = attribute(attributes, SIGNING_TIME)?;
        let said: Any = attribute(attributes, SIGNING_CERTIFICATE)?;
        if content_type != DATA {
            return Err(unsupported("attributes"));
        }
        let digest = digest.as_bytes().try_into().map_err(|_| unsupported("digest"))?;
        let certificates = signed.certificates.as_ref().map_or(&[][..], |all| all.0.as_slice());
        let certificate = of_signer(certificates, &signer.sid)?;
        let named = signing_certificate(&said.to_der().map_err(|_| unreadable())?);
        if named != Some(certificate.fingerprint()) {
            return Err(Error::new(Code::CMS_CERTIFICATE));
        }
        let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
        Ok(CmsSignature {
            der: der.to_vec(),
            certificate,
            // Signed as a SET, whatever tag it has in its place (RFC 5652 §5.4).
            signed: attributes.to_der().map_err(|_| unreadable())?,
            digest,
            signing_time: Timestamp::from_unix(seconds),
            signature: signer.signature.as_bytes().to_vec(),
        })
    }

    /// The CMS, DER: the content of a `.p7s` file.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate in it, not believed yet.
    pub fn certificate(&self) -> &CardCertificate {
        &self.certificate
    }

    /// When it was signed, by the signer's own clock.
    pub fn signing_time(&self) -> Timestamp {
        self.signing_time
    }

    /// Whether it is a signature of this document by the key of its certificate. Whether to believe the certificate is
    /// not looked at.
    ///
    /// # Errors
    /// `cms-content` for another document; `cms-signature`; `card-certificate-usage`.
    pub fn check(&self, document: &[u8]) -> Result<()> {
        if sha256(document) != self.digest {
            return Err(Code::CMS_CONTENT.into());
        }
        if self.certificate.purpose() != Purpose::Signature {
            return Err(Error::field(Code::CARD_CERTIFICATE_USAGE, Purpose::Signature.word()));
        }
        check_signature(&self.certificate, &self.signed, &self.signature)
    }

    /// Whether it is a signature of this document, by a card of these authorities, whose certificate was good at `at`:
    /// a time that is known otherwise (when it was received, a time stamp, the log's), since the signing time in it is
    /// the signer's word. It must not lie after `at`.
    ///
    /// # Errors
    /// Those of [`CmsSignature::check`] and of [`Trust::verify`]; `cms-time` for one that was signed later than `at`,
    /// within ten minutes.
    pub fn verify(
        &self,
        document: &[u8],
        trust: &Trust,
        lists: &[Crl],
        policy: &RevocationPolicy,
        at: Timestamp,
    ) -> Result<TrustedCertificate> {
        self.check(document)?;
        if self.signing_time > at + SKEW {
            return Err(Code::CMS_TIME.into());
        }
        trust.verify(&self.certificate, Purpose::Signature, lists, policy, at)
    }
}

/// How far apart the clock of a workstation and ours may be.
const SKEW: Duration = Duration::from_secs(600);

fn check_signature(certificate: &CardCertificate, signed: &[u8], signature: &[u8]) -> Result<()> {
    certificate.verify(SignatureScheme::Pkcs1Sha256, signed, signature).map_err(|error| match error.code() {
        Code::POSSESSION_SIGNATURE => Code::CMS_SIGNATURE.into(),
        _ => error,
    })
}

/// The one value of an attribute that stands there once.
fn attribute<T: DecodeOwned>(attributes: &Attributes, oid: ObjectIdentifier) -> Result<T> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
    let (Some(attribute), None) = (found.next(), found.next()) else { return Err(unsupported("attributes")) };
    let [value] = attribute.values.as_slice() else { return Err(unsupported("attributes")) };
    let bytes = value.to_der().map_err(|_| unreadable())?;
    T::from_der(&bytes).map_err(|_| unreadable())
}

fn of_signer(certificates: &[CertificateChoices], sid: &SignerIdentifier) -> Result<CardCertificate> {
    let named = |certificate: &Certificate| {
        let body = certificate.tbs_certificate();
        match sid {
            SignerIdentifier::IssuerAndSerialNumber(id) => {
                id.issuer == *body.issuer() && id.serial_number == *body.serial_number()
            }
            SignerIdentifier::SubjectKeyIdentifier(id) => {
                let own: Option<(bool, x509_cert::ext::pkix::SubjectKeyIdentifier)> =
                    body.get_extension().ok().flatten();
                own.is_some_and(|(_, own)| own == *id)
            }
        }
    };
    let all = certificates.iter().filter_map(|choice| match choice {
        CertificateChoices::Certificate(certificate) => Some(certificate),
        CertificateChoices::Other(_) => None,
    });
    let found = all.into_iter().find(|certificate| named(certificate)).ok_or_else(|| unsupported("certificate"))?;
    CardCertificate::read(&found.to_der().map_err(|_| unreadable())?)
}

fn algorithm(oid: ObjectIdentifier, parameters: Option<Any>) -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid, parameters }
}

fn octets(bytes: &[u8]) -> Result<OctetString> {
    OctetString::new(bytes).map_err(broken)
}

fn broken(_: x509_cert::der::Error) -> Error {
    Error::new(Code::BROKEN_INVARIANT)
}

impl fmt::Debug for CmsToSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CmsToSign").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl fmt::Debug for CmsSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CmsSignature")
            .field("certificate", &self.certificate)
            .field("signing_time", &self.signing_time)
            .finish_non_exhaustive()
    }
}
