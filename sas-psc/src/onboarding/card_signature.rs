//! A record and the card's signature over it, judged together.
//!
//! The signature is what the record commits to, over the record's canonical bytes without the name of the signature itself, by
//! the signature key of a card whose certificate was good when the record says that it happened.

use crate::card::{CmsSignature, Crl, RevocationPolicy, Trust, TrustedCertificate};
use crate::consent::{Evidence, EvidenceKind, Record};
use crate::error::Result;

/// Judges the card's signature of a record: a detached CMS. Whether its holder is the person of the record is for who knows the
/// platform's key, or the evidence of the sign-in; the certificate names them.
///
/// # Errors
/// `evidence-none`, `evidence-other-record`; those of [`CmsSignature::parse`] and [`CmsSignature::verify`].
pub fn verify_card_signature(
    record: &Record,
    cms: &[u8],
    trust: &Trust,
    lists: &[Crl],
    policy: &RevocationPolicy,
) -> Result<TrustedCertificate> {
    Evidence::new(EvidenceKind::CardSignature, cms)?.belongs_to(record)?;
    CmsSignature::parse(cms)?.verify(&record.signed_form()?, trust, lists, policy, record.fields().at)
}
