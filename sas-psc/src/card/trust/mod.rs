//! Whether a card's certificate is to be believed: issued by IGC-Santé, for this use, now, and not revoked.
//!
//! Source: RFC 5280; `rpps-annuaire-igc.md` §3. Paths are built by rustls-webpki; what it does not look at is looked at
//! here: the usages of the key, the range that a kind of card comes from, the age of a revocation list. The test
//! authorities are apart, in [`super::danger`].

mod authority;
mod cache;
mod revocation;

pub use authority::Range;
pub use cache::{CrlCache, CrlNeed, CrlRules};
pub use revocation::{Crl, RevocationPolicy, RevocationStatus};

use super::{CardCertificate, DescribedCertificate, Purpose};
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use authority::Authority;
use rustls_pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use serde::Serialize;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use webpki::aws_lc_rs::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512};
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, RevocationOptions};

/// What authorities and lists are signed with: not SHA-1, as the old IGC-CPS was.
const ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] =
    &[RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512];

/// Which authorities a [`Trust`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Realm {
    /// IGC-Santé's.
    Production,
    /// IGC-Santé's for tests: anyone can have a test card.
    Test,
    /// Others, given by the program.
    Other,
}

impl Realm {
    /// `production`, `test`, `other`.
    pub const fn word(self) -> &'static str {
        match self {
            Realm::Production => "production",
            Realm::Test => "test",
            Realm::Other => "other",
        }
    }
}

/// The authorities that are trusted to say who holds a card. Cheap to clone, for any number of threads.
///
/// ```
/// use sas_psc::base::Timestamp;
/// use sas_psc::card::{CardCertificate, Purpose, RevocationPolicy, Trust};
///
/// # let pem = include_bytes!("../../../../vectors/card-certificate/pki/cps-authentication.pem");
/// # let now = Timestamp::parse_rfc3339("2026-11-25T10:00:00Z")?;
/// let certificate = CardCertificate::read(pem)?;
/// let refused = Trust::production().verify(&certificate, Purpose::Authentication, &[], &RevocationPolicy::default(), now);
/// assert_eq!(refused.unwrap_err().code().name(), "card-certificate-authority");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone)]
pub struct Trust(Arc<Inner>);

struct Inner {
    realm: Realm,
    anchors: Vec<TrustAnchor<'static>>,
    intermediates: Vec<CertificateDer<'static>>,
    authorities: Vec<Authority>,
}

impl Trust {
    /// IGC-Santé: the three roots, and the authorities below them that issue certificates of persons.
    ///
    /// # Errors
    /// None: the authorities are part of the library, and a test reads them.
    pub fn production() -> Trust {
        Trust::of_pem(include_str!("production.pem"), Realm::Production).unwrap_or_else(|_| Trust::nobody())
    }

    pub(super) fn of_pem(text: &str, realm: Realm) -> Result<Trust> {
        let authorities = Authority::list(text)?;
        let roots = authorities.iter().filter(|authority| authority.is_root);
        let anchors = roots.map(Authority::anchor).collect::<Result<Vec<_>>>()?;
        let intermediates = authorities.iter().filter(|authority| !authority.is_root);
        let intermediates = intermediates.map(|authority| authority.der.clone()).collect();
        if anchors.is_empty() {
            return Err(Code::CARD_AUTHORITIES.into());
        }
        Ok(Trust(Arc::new(Inner { realm, anchors, intermediates, authorities })))
    }

    /// Trust in nobody.
    fn nobody() -> Trust {
        let (anchors, intermediates, authorities) = (Vec::new(), Vec::new(), Vec::new());
        Trust(Arc::new(Inner { realm: Realm::Production, anchors, intermediates, authorities }))
    }

    /// Which authorities these are.
    pub fn realm(&self) -> Realm {
        self.0.realm
    }

    /// Believes a certificate: its key is for `purpose`, it is good at `now`, an authority of persons has issued it and
    /// issues this kind of card, and none of `lists` revokes it. Without a list that is new enough the policy decides.
    ///
    /// # Errors
    /// `card-certificate-holder`, `card-certificate-usage` (with the purpose asked for), `card-certificate-test` (of the
    /// test authorities, which are not trusted here), `card-certificate-authority`, `card-certificate-signature`,
    /// `card-certificate-range`, `card-certificate-expired`, `card-certificate-not-yet-valid`,
    /// `card-certificate-unsupported`, `card-certificate-revoked`, `revocation-unknown` (`missing`, `old`).
    pub fn verify(
        &self,
        certificate: &CardCertificate,
        purpose: Purpose,
        lists: &[Crl],
        policy: &RevocationPolicy,
        now: Timestamp,
    ) -> Result<TrustedCertificate> {
        certificate.holder()?;
        if certificate.purpose() != purpose || !matches!(purpose, Purpose::Authentication | Purpose::Signature) {
            return Err(Error::field(Code::CARD_CERTIFICATE_USAGE, purpose.word()));
        }
        let der = certificate.certificate_der();
        let parsed = EndEntityCert::try_from(der).map_err(|error| refused(&error))?;
        let issuer = self.0.authorities.iter().find(|authority| authority.subject == parsed.issuer());
        let issuer = issuer.ok_or_else(|| {
            let of_test = certificate.issuer().starts_with("TEST ") && self.0.realm == Realm::Production;
            Error::new(if of_test { Code::CARD_CERTIFICATE_TEST } else { Code::CARD_CERTIFICATE_AUTHORITY })
        })?;
        if now < certificate.not_before() {
            return Err(Code::CARD_CERTIFICATE_NOT_YET_VALID.into());
        }
        if now.unix() > certificate.not_after().unix() {
            return Err(Code::CARD_CERTIFICATE_EXPIRED.into());
        }
        if certificate.rsa_bits() < 2048 {
            return Err(Code::CARD_CERTIFICATE_UNSUPPORTED.into());
        }
        self.path(&parsed, now, None).map_err(|error| refused(&error))?;
        if !issuer.of_people || !issuer.range.issues(certificate.card_type()) {
            return Err(Code::CARD_CERTIFICATE_RANGE.into());
        }
        let revocation = revocation::status(self, &parsed, lists, policy, now)?;
        Ok(TrustedCertificate {
            certificate: certificate.clone(),
            realm: self.0.realm,
            range: issuer.range,
            revocation,
            at: now,
        })
    }

    /// Believes a revocation list: one of these authorities has signed it. DER, or PEM.
    ///
    /// # Errors
    /// `crl-unreadable` (also for a list of changes only), `crl-authority`, `crl-signature`.
    pub fn revocation_list(&self, bytes: &[u8]) -> Result<Crl> {
        Crl::read(self, bytes)
    }

    /// The names of the authorities that issue certificates of persons: the lists that are wanted.
    pub fn issuers(&self) -> impl Iterator<Item = &str> {
        let people = self.0.authorities.iter().filter(|authority| authority.of_people);
        people.map(|authority| authority.name.as_str())
    }

    /// Builds the path to a root.
    fn path(
        &self,
        parsed: &EndEntityCert<'_>,
        now: Timestamp,
        revocation: Option<RevocationOptions<'_>>,
    ) -> std::result::Result<(), webpki::Error> {
        let seconds = Duration::from_secs(u64::try_from(now.unix()).unwrap_or(0));
        let now = UnixTime::since_unix_epoch(seconds);
        let (anchors, intermediates) = (&self.0.anchors, &self.0.intermediates);
        parsed.verify_for_usage(ALGORITHMS, anchors, intermediates, now, AnyUsage, revocation, None).map(drop)
    }
}

/// Usages are looked at before, both kinds together.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, _: KeyPurposeIdIter<'_, '_>) -> std::result::Result<(), webpki::Error> {
        Ok(())
    }
}

fn refused(error: &webpki::Error) -> Error {
    use webpki::Error as E;
    Error::new(match error {
        E::InvalidSignatureForPublicKey => Code::CARD_CERTIFICATE_SIGNATURE,
        E::CertRevoked => Code::CARD_CERTIFICATE_REVOKED,
        // Its own dates were looked at before: these are an authority's.
        E::UnknownIssuer
        | E::CertExpired { .. }
        | E::CertNotValidYet { .. }
        | E::EndEntityUsedAsCa
        | E::CaUsedAsEndEntity
        | E::PathLenConstraintViolated
        | E::NameConstraintViolation => Code::CARD_CERTIFICATE_AUTHORITY,
        _ => Code::CARD_CERTIFICATE_UNSUPPORTED,
    })
}

/// A certificate that was believed, at that moment. Only [`Trust::verify`] makes one.
#[derive(Clone)]
pub struct TrustedCertificate {
    certificate: CardCertificate,
    realm: Realm,
    range: Range,
    revocation: RevocationStatus,
    at: Timestamp,
}

impl TrustedCertificate {
    /// The certificate.
    pub fn certificate(&self) -> &CardCertificate {
        &self.certificate
    }

    /// By which authorities.
    pub fn realm(&self) -> Realm {
        self.realm
    }

    /// The range of the authority that issued it.
    pub fn range(&self) -> Range {
        self.range
    }

    /// What is known of its revocation.
    pub fn revocation(&self) -> RevocationStatus {
        self.revocation
    }

    /// When it was believed.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The certificate as JSON, with what was found of it.
    pub fn described(&self) -> DescribedTrust<'_> {
        let RevocationStatus::Good(as_of) = self.revocation else { return self.describe(None) };
        self.describe(Some(as_of.to_string()))
    }

    fn describe(&self, revocation_as_of: Option<String>) -> DescribedTrust<'_> {
        DescribedTrust {
            certificate: self.certificate.described(),
            realm: self.realm.word(),
            revocation: self.revocation.word(),
            revocation_as_of,
        }
    }
}

/// A certificate that was believed, as JSON. It holds the person's name and numbers: it is an answer, never a log line.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedTrust<'a> {
    /// What it says.
    #[serde(flatten)]
    pub certificate: DescribedCertificate<'a>,
    /// `production`, `test`, `other`: by which authorities.
    pub realm: &'static str,
    /// `good` or `unknown`.
    pub revocation: &'static str,
    /// When the list was signed that it is good by, RFC 3339.
    pub revocation_as_of: Option<String>,
}

impl fmt::Debug for TrustedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustedCertificate")
            .field("certificate", &self.certificate)
            .field("realm", &self.realm)
            .field("revocation", &self.revocation)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Trust({})", self.0.realm.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_authorities_of_the_library_are_those_that_were_found() {
        let trust = Trust::production();
        assert_eq!((trust.0.anchors.len(), trust.0.intermediates.len()), (3, 3));
        for (range, issuer) in ["FORT", "STANDARD", "ELEMENTAIRE"].into_iter().zip(trust.issuers()) {
            assert_eq!(issuer, format!("AC IGC-SANTE {range} PERSONNES"));
        }
        let test = Trust::of_pem(include_str!("test.pem"), Realm::Test).unwrap();
        assert_eq!((test.0.anchors.len(), test.0.intermediates.len()), (2, 2));
        // The fingerprints beside the certificates, from where they were found, are those of what is trusted.
        for (trust, text) in [(&trust, include_str!("production.pem")), (&test, include_str!("test.pem"))] {
            let mut prints = text.lines().filter_map(|line| line.strip_prefix("SHA-256 "));
            for authority in &trust.0.authorities {
                let hash = Sha256::digest(&authority.der);
                let print: Vec<String> = hash.iter().map(|byte| format!("{byte:02X}")).collect();
                assert_eq!(prints.next(), Some(print.join(":").as_str()), "{}", authority.name);
            }
            assert_eq!(prints.next(), None);
        }
    }

    #[test]
    fn each_authority_below_a_root_was_signed_by_its_root() {
        for text in [include_str!("production.pem"), include_str!("test.pem")] {
            let trust = Trust::of_pem(text, Realm::Other).unwrap();
            for authority in trust.0.authorities.iter().filter(|authority| !authority.is_root) {
                let parsed = EndEntityCert::try_from(&authority.der).unwrap();
                // As an end it is refused for being an authority, by whoever has come that far.
                let root = trust.0.authorities.iter().find(|root| root.subject == parsed.issuer()).unwrap();
                let list = Authority::list(text).unwrap();
                assert!(list.iter().any(|other| other.subject == root.subject && other.is_root));
                let certificate = x509_cert::der::Decode::from_der(&authority.der).unwrap();
                let certificate: x509_cert::Certificate = certificate;
                let signed = x509_cert::der::Encode::to_der(certificate.tbs_certificate()).unwrap();
                let by = EndEntityCert::try_from(&root.der).unwrap();
                by.verify_signature(ALGORITHMS[0], &signed, certificate.signature().raw_bytes()).unwrap();
            }
        }
    }

    #[test]
    fn authorities_that_are_none_are_refused() {
        let leaf = include_str!("../../../../vectors/card-certificate/pki/cps-authentication.pem");
        for text in ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", leaf] {
            assert_eq!(Trust::of_pem(text, Realm::Other).unwrap_err().code(), Code::CARD_AUTHORITIES);
        }
        let nobody = Trust::nobody();
        assert_eq!(nobody.issuers().count(), 0);
    }
}
