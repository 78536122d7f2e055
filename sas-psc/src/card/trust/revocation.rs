//! Revocation lists: read, believed, asked; and what holds when there is none that is new enough.
//!
//! Source: RFC 5280 §5. IGC-Santé publishes whole lists over HTTP and lists of changes over LDAP only, which are not read.
//! A list that has passed its end still revokes; what it does not name is unknown then.

use super::{ALGORITHMS, Trust, refused};
use crate::base::{Timestamp, pem};
use crate::error::{Code, Error, Result};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, ExpirationPolicy, RevocationCheckDepth,
    RevocationOptionsBuilder, UnknownStatusPolicy,
};
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::{Decode, Reader, SliceReader};
use x509_cert::time::Time;

/// How far the clock of who signed a list may be ahead of ours.
const CLOCK_LEEWAY: Duration = Duration::from_secs(300);

/// What is wanted of revocation lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationPolicy {
    /// The oldest list that counts; none to go by the list's own end alone.
    pub max_age: Option<Duration>,
    /// Whether a list counts past its own end, as long as it is not older than `max_age`: for an outage that outlasts it.
    /// Off by default, and without `max_age`.
    pub past_end: bool,
    /// Whether to go on when it is not known: without a list, or with one that is too old. Off by default.
    pub accept_unknown: bool,
}

impl Default for RevocationPolicy {
    /// A list within its own dates, or `revocation-unknown`.
    fn default() -> RevocationPolicy {
        RevocationPolicy { max_age: None, past_end: false, accept_unknown: false }
    }
}

/// What is known of a certificate's revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationStatus {
    /// Not on its authority's list, which was signed then.
    Good(Timestamp),
    /// No list that is new enough.
    Unknown,
}

impl RevocationStatus {
    /// `good`, `unknown`.
    pub const fn word(self) -> &'static str {
        match self {
            RevocationStatus::Good(_) => "good",
            RevocationStatus::Unknown => "unknown",
        }
    }
}

/// A revocation list signed by an authority that is trusted. Only [`Trust::revocation_list`] makes one. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Crl(Arc<Inner>);

#[derive(PartialEq, Eq)]
struct Inner {
    der: Vec<u8>,
    issuer: Vec<u8>,
    issuer_name: String,
    this_update: Timestamp,
    next_update: Timestamp,
    revoked: usize,
}

impl Crl {
    pub(super) fn read(trust: &Trust, bytes: &[u8]) -> Result<Crl> {
        let unreadable = || Error::new(Code::CRL_UNREADABLE);
        let text = bytes.starts_with(b"-----").then(|| std::str::from_utf8(bytes).ok()).flatten();
        let decoded = text.and_then(|text| pem(text, "X509 CRL")).transpose().map_err(|_| unreadable())?;
        let der = decoded.map_or_else(|| bytes.to_vec(), |decoded| decoded.to_vec());
        let list = BorrowedCertRevocationList::from_der(&der).map_err(|_| unreadable())?;
        let mut revoked = 0;
        for entry in &list {
            entry.map_err(|_| unreadable())?;
            revoked += 1;
        }
        let issuer = CertRevocationList::from(list).issuer().to_vec();
        let parts = parts(&der).map_err(|_| unreadable())?;
        let authority = trust.0.authorities.iter().find(|authority| authority.subject == issuer);
        let authority = authority.ok_or_else(|| Error::new(Code::CRL_AUTHORITY))?;
        let signer = EndEntityCert::try_from(&authority.der).map_err(|_| Error::new(Code::CARD_AUTHORITIES))?;
        let fits = |algorithm: &&&dyn rustls_pki_types::SignatureVerificationAlgorithm| {
            algorithm.signature_alg_id().as_ref() == parts.algorithm
        };
        let algorithm = ALGORITHMS.iter().find(fits).ok_or_else(|| Error::new(Code::CRL_SIGNATURE))?;
        let signed = signer.verify_signature(*algorithm, parts.body, parts.signature);
        signed.map_err(|_| Error::new(Code::CRL_SIGNATURE))?;
        let (this_update, next_update) = (parts.this_update, parts.next_update);
        let issuer_name = authority.name.clone();
        Ok(Crl(Arc::new(Inner { issuer, issuer_name, this_update, next_update, revoked, der })))
    }

    /// The name of the authority that signed it.
    pub fn issuer(&self) -> &str {
        &self.0.issuer_name
    }

    /// When it was signed.
    pub fn this_update(&self) -> Timestamp {
        self.0.this_update
    }

    /// When the next is due.
    pub fn next_update(&self) -> Timestamp {
        self.0.next_update
    }

    /// How many certificates it revokes.
    pub fn revoked(&self) -> usize {
        self.0.revoked
    }

    /// The bytes, to keep.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    fn is_current(&self, policy: &RevocationPolicy, now: Timestamp) -> bool {
        let past_end = policy.past_end && policy.max_age.is_some();
        (now < self.0.next_update || past_end) && policy.max_age.is_none_or(|age| now.since(self.0.this_update) <= age)
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.issuer())
            .field("this_update", &self.this_update())
            .field("next_update", &self.next_update())
            .field("revoked", &self.revoked())
            .finish()
    }
}

/// What of a list is signed, and when.
struct Parts<'a> {
    body: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
    this_update: Timestamp,
    next_update: Timestamp,
}

/// The parts of a list that webpki has found well formed but does not hand out.
fn parts(der: &[u8]) -> x509_cert::der::Result<Parts<'_>> {
    let at = |time: Time| Timestamp::from_unix(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX));
    let list = AnyRef::from_der(der)?;
    let mut reader = SliceReader::new(list.value())?;
    let body = reader.tlv_bytes()?;
    let algorithm = AnyRef::decode(&mut reader)?.value();
    let signature = x509_cert::der::asn1::BitStringRef::decode(&mut reader)?.raw_bytes();
    let mut inner = SliceReader::new(AnyRef::from_der(body)?.value())?;
    for _ in ["version", "signature", "issuer"] {
        AnyRef::decode(&mut inner)?;
    }
    let (this_update, next_update) = (at(Time::decode(&mut inner)?), at(Time::decode(&mut inner)?));
    Ok(Parts { body, algorithm, signature, this_update, next_update })
}

/// What the lists say of a certificate whose path was found good.
pub(super) fn status(
    trust: &Trust,
    parsed: &EndEntityCert<'_>,
    lists: &[Crl],
    policy: &RevocationPolicy,
    now: Timestamp,
) -> Result<RevocationStatus> {
    let unknown = |why: &'static str| match policy.accept_unknown {
        true => Ok(RevocationStatus::Unknown),
        false => Err(Error::field(Code::REVOCATION_UNKNOWN, why)),
    };
    if lists.iter().any(|list| list.0.this_update > now + CLOCK_LEEWAY) {
        return Err(Code::CRL_NOT_YET_VALID.into());
    }
    let mut newest: Vec<&Crl> = Vec::new();
    for list in lists {
        match newest.iter_mut().find(|held| held.0.issuer == list.0.issuer) {
            Some(held) if held.0.this_update < list.0.this_update => *held = list,
            Some(_) => {}
            None => newest.push(list),
        }
    }
    let read =
        newest.iter().map(|list| BorrowedCertRevocationList::from_der(&list.0.der).map(CertRevocationList::from));
    let read = read.collect::<Result<Vec<_>, _>>().map_err(|_| Error::new(Code::CRL_UNREADABLE))?;
    let all: Vec<&CertRevocationList<'_>> = read.iter().collect();
    let Ok(options) = RevocationOptionsBuilder::new(&all) else { return unknown("missing") };
    // The certificate's own list has to be there; those of the authorities above count when they are.
    let options = options.with_expiration_policy(ExpirationPolicy::Ignore);
    let above = options.with_depth(RevocationCheckDepth::Chain).with_status_policy(UnknownStatusPolicy::Allow).build();
    let own = options.with_depth(RevocationCheckDepth::EndEntity).with_status_policy(UnknownStatusPolicy::Deny).build();
    match trust.path(parsed, now, Some(own)) {
        Err(webpki::Error::UnknownRevocationStatus) => return unknown("missing"),
        Err(error) => return Err(refused(&error)),
        Ok(()) => {}
    }
    // What is revoked now is an authority.
    trust.path(parsed, now, Some(above)).map_err(|_| Error::new(Code::CARD_CERTIFICATE_AUTHORITY))?;
    let own = newest.iter().find(|list| list.0.issuer == parsed.issuer());
    match own.filter(|list| list.is_current(policy, now)) {
        Some(list) => Ok(RevocationStatus::Good(list.0.this_update)),
        None => unknown("old"),
    }
}
