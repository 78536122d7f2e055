//! `sas_psc_card_certificate`: what a card's certificate says of its holder and its key.

use crate::export::export;
use crate::handle::Handle;
use crate::professional::sas_psc_professional;
use crate::string::{LazyText, json, sas_psc_string};
use sas_psc::card::{CardCertificate, SignatureScheme};
use std::ffi::{c_char, c_void};

/// A certificate as a card holds it. What it says is not believed yet: sas_psc_card_trust_verify.
pub struct sas_psc_card_certificate {
    pub certificate: CardCertificate,
    texts: [LazyText; 2],
}

impl Handle for sas_psc_card_certificate {}

impl From<CardCertificate> for sas_psc_card_certificate {
    fn from(certificate: CardCertificate) -> sas_psc_card_certificate {
        sas_psc_card_certificate { certificate, texts: Default::default() }
    }
}

export! {
    /// Reads a certificate, DER or PEM; bytes behind it, as a card's file has them, are left out.
    /// SAS_PSC_ERROR_CARD_CERTIFICATE_UNREADABLE.
    fn sas_psc_card_certificate_read(
        bytes: *const c_void,
        bytes_len: usize,
        certificate: *mut *mut sas_psc_card_certificate,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        certificate.give(CardCertificate::read(unsafe { bytes.bytes(bytes_len) }?)?);
        Ok(())
    }

    /// Reads the certificate of a card's contactless side: technical, never the holder's. Otherwise as
    /// sas_psc_card_certificate_read.
    fn sas_psc_card_certificate_read_contactless(
        bytes: *const c_void,
        bytes_len: usize,
        certificate: *mut *mut sas_psc_card_certificate,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        certificate.give(CardCertificate::read_contactless(unsafe { bytes.bytes(bytes_len) }?)?);
        Ok(())
    }

    /// What the key is for: "authentication", "signature", "technical" (of the card, never of the holder), "other".
    fn sas_psc_card_certificate_purpose(certificate: *const sas_psc_card_certificate) -> *const c_char {
        certificate.texts[0].of(|| Some(certificate.certificate.purpose().word()))
    }

    /// "CPS", "CPF", "CPE", "CPA", "CDE", "other"; null for a certificate that is in no card.
    fn sas_psc_card_certificate_kind(certificate: *const sas_psc_card_certificate) -> *const c_char {
        certificate.texts[1].of(|| certificate.certificate.card_type().map(|card| card.word()))
    }

    /// From when it is good.
    fn sas_psc_card_certificate_not_before(certificate: *const sas_psc_card_certificate) -> i64 {
        certificate.certificate.not_before().unix_millis()
    }

    /// Until when it is good.
    fn sas_psc_card_certificate_not_after(certificate: *const sas_psc_card_certificate) -> i64 {
        certificate.certificate.not_after().unix_millis()
    }

    /// Everything it says as a JSON object: {"kind","purpose","card","issuer_number","test","id_nat","family","given",
    /// "title","profession","structure","organization","issuer","not_before","not_after","fingerprint","revocation_lists"}.
    fn sas_psc_card_certificate_json(
        certificate: *const sas_psc_card_certificate,
        described: *mut *mut sas_psc_string,
    ) -> Status {
        described.give(json(&certificate.certificate.described())?);
        Ok(())
    }

    /// The holder as a professional. SAS_PSC_ERROR_CARD_CERTIFICATE_HOLDER when it names none.
    fn sas_psc_card_certificate_professional(
        certificate: *const sas_psc_card_certificate,
        professional: *mut *mut sas_psc_professional,
    ) -> Status {
        professional.give(&certificate.certificate.holder()?.to_professional());
        Ok(())
    }

    /// Whether a signature over a message is by the key of this certificate; scheme is "pkcs1-sha256" or "pss-sha256".
    /// SAS_PSC_ERROR_POSSESSION_SIGNATURE, _CARD_CERTIFICATE_UNSUPPORTED, _CARD_PURPOSE_UNKNOWN.
    fn sas_psc_card_certificate_check_signature(
        certificate: *const sas_psc_card_certificate,
        scheme: *const c_char,
        message: *const c_void,
        message_len: usize,
        signature: *const c_void,
        signature_len: usize,
    ) -> Status {
        // SAFETY: the caller passes the length beside each start.
        let (message, signature) = unsafe { (message.bytes(message_len)?, signature.bytes(signature_len)?) };
        certificate.certificate.verify(SignatureScheme::of_word(scheme)?, message, signature)
    }

    /// Frees a certificate. Null is allowed.
    fn sas_psc_card_certificate_free(certificate: *mut sas_psc_card_certificate) -> Freed {}
}
