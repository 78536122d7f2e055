//! `sas_psc_card_trust`: which authorities and revocation lists are believed; `sas_psc_trusted_certificate`.

use crate::card_certificate::sas_psc_card_certificate;
use crate::export::export;
use crate::handle::Handle;
use crate::string::{json, sas_psc_string};
use sas_psc::base::Timestamp;
use sas_psc::card::{Crl, Purpose, RevocationPolicy, Trust, TrustedCertificate, danger};
use std::ffi::{c_char, c_void};
use std::time::Duration;

/// The authorities that are believed, with revocation lists and what is wanted of them. Made once; when it is no longer
/// changed, used by any number of threads.
pub struct sas_psc_card_trust {
    pub trust: Trust,
    pub lists: Vec<Crl>,
    pub policy: RevocationPolicy,
}

/// A certificate that was believed, at that moment.
pub struct sas_psc_trusted_certificate {
    pub trusted: TrustedCertificate,
}

impl Handle for sas_psc_card_trust {}
impl Handle for sas_psc_trusted_certificate {}

impl From<Trust> for sas_psc_card_trust {
    fn from(trust: Trust) -> sas_psc_card_trust {
        sas_psc_card_trust { trust, lists: Vec::new(), policy: RevocationPolicy::default() }
    }
}

export! {
    /// Trust in IGC-Santé, whose authorities are part of the library.
    fn sas_psc_card_trust_new(trust: *mut *mut sas_psc_card_trust) -> Status {
        trust.give(Trust::production());
        Ok(())
    }

    /// DANGER: trust in the authorities of ANS's test cards, which anyone can order: who holds one is nobody.
    fn sas_psc_danger_card_trust_test(trust: *mut *mut sas_psc_card_trust) -> Status {
        trust.give(danger::test_authorities()?);
        Ok(())
    }

    /// DANGER: trust in other authorities, as PEM, a root among them. SAS_PSC_ERROR_CARD_AUTHORITIES.
    fn sas_psc_danger_card_trust_of(authorities: *const c_char, trust: *mut *mut sas_psc_card_trust) -> Status {
        trust.give(danger::authorities(authorities)?);
        Ok(())
    }

    /// Adds a revocation list, DER or PEM; of an authority's lists the newest counts. SAS_PSC_ERROR_CRL_UNREADABLE,
    /// _CRL_AUTHORITY, _CRL_SIGNATURE.
    fn sas_psc_card_trust_add_revocation_list(
        trust: *mut sas_psc_card_trust,
        bytes: *const c_void,
        bytes_len: usize,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        trust.lists.push(trust.trust.revocation_list(unsafe { bytes.bytes(bytes_len) }?)?);
        Ok(())
    }

    /// The oldest revocation list that counts, in seconds; without it, the list's own end decides.
    fn sas_psc_card_trust_set_max_age(trust: *mut sas_psc_card_trust, seconds: u64) -> Status {
        trust.policy.max_age = Some(Duration::from_secs(seconds));
        Ok(())
    }

    /// Goes on when there is no revocation list that is new enough. What is then known says "unknown".
    fn sas_psc_card_trust_set_accept_unknown_revocation(trust: *mut sas_psc_card_trust) -> Status {
        trust.policy.accept_unknown = true;
        Ok(())
    }

    /// Believes a certificate: its key is for purpose ("authentication", "signature"), it is good now, an authority of
    /// persons issued it, and it was not revoked. One of SAS_PSC_ERROR_CARD_CERTIFICATE_…, _REVOCATION_UNKNOWN,
    /// _CRL_NOT_YET_VALID, _CARD_PURPOSE_UNKNOWN.
    fn sas_psc_card_trust_verify(
        trust: *const sas_psc_card_trust,
        certificate: *const sas_psc_card_certificate,
        purpose: *const c_char,
        now: i64,
        trusted: *mut *mut sas_psc_trusted_certificate,
    ) -> Status {
        let (purpose, now) = (Purpose::of_word(purpose)?, Timestamp::from_unix_millis(now));
        let believed = trust.trust.verify(&certificate.certificate, purpose, &trust.lists, &trust.policy, now)?;
        trusted.give(sas_psc_trusted_certificate { trusted: believed });
        Ok(())
    }

    /// Frees a trust; certificates that it believed stay. Null is allowed.
    fn sas_psc_card_trust_free(trust: *mut sas_psc_card_trust) -> Freed {}

    /// As sas_psc_card_certificate_json, with "realm" ("production", "test", "other"), "revocation" ("good", "unknown")
    /// and "revocation_as_of".
    fn sas_psc_trusted_certificate_json(
        trusted: *const sas_psc_trusted_certificate,
        described: *mut *mut sas_psc_string,
    ) -> Status {
        described.give(json(&trusted.trusted.described())?);
        Ok(())
    }

    /// Frees a certificate that was believed. Null is allowed.
    fn sas_psc_trusted_certificate_free(trusted: *mut sas_psc_trusted_certificate) -> Freed {}
}
