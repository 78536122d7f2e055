//! `sas_psc_cms_to_sign`: a document that a card signs, as CMS; and the check of such a signature.

use crate::card_certificate::sas_psc_card_certificate;
use crate::card_trust::{sas_psc_card_trust, sas_psc_trusted_certificate};
use crate::export::export;
use crate::handle::Handle;
use crate::string::sas_psc_string;
use sas_psc::base::Timestamp;
use sas_psc::card::{CmsSignature, CmsToSign};
use std::ffi::c_void;

/// A document that a card is to sign.
pub struct sas_psc_cms_to_sign(CmsToSign);

impl Handle for sas_psc_cms_to_sign {}

export! {
    /// A document to be signed by the key of this certificate, at now. SAS_PSC_ERROR_CARD_CERTIFICATE_USAGE unless it is for
    /// signatures.
    fn sas_psc_cms_to_sign_new(
        certificate: *const sas_psc_card_certificate,
        document: *const c_void,
        document_len: usize,
        now: i64,
        to_sign: *mut *mut sas_psc_cms_to_sign,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let document = unsafe { document.bytes(document_len) }?;
        let made = CmsToSign::new(&certificate.certificate, document, Timestamp::from_unix_millis(now))?;
        to_sign.give(sas_psc_cms_to_sign(made));
        Ok(())
    }

    /// What the card signs, with RSA PKCS#1 v1.5 and SHA-256: the hash is of these bytes.
    fn sas_psc_cms_to_sign_bytes(to_sign: *const sas_psc_cms_to_sign, bytes: *mut *mut sas_psc_string) -> Status {
        bytes.give(to_sign.0.bytes().to_vec());
        Ok(())
    }

    /// The CMS, DER, once the card has signed: the content of a .p7s file. SAS_PSC_ERROR_CMS_SIGNATURE.
    fn sas_psc_cms_to_sign_finish(
        to_sign: *const sas_psc_cms_to_sign,
        signature: *const c_void,
        signature_len: usize,
        cms: *mut *mut sas_psc_string,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let signature = unsafe { signature.bytes(signature_len) }?;
        cms.give(to_sign.0.clone().finish(signature)?.as_der().to_vec());
        Ok(())
    }

    /// Frees a document to be signed. Null is allowed.
    fn sas_psc_cms_to_sign_free(to_sign: *mut sas_psc_cms_to_sign) -> Freed {}

    /// Judges a detached CMS (DER or PEM) of a document: by the signature key of a card of these authorities, good at `at`.
    /// SAS_PSC_ERROR_CMS_UNREADABLE, _CMS_UNSUPPORTED, _CMS_CONTENT, _CMS_SIGNATURE, _CMS_CERTIFICATE, _CMS_TIME, and those of
    /// sas_psc_card_trust_verify.
    fn sas_psc_cms_verify(
        trust: *const sas_psc_card_trust,
        cms: *const c_void,
        cms_len: usize,
        document: *const c_void,
        document_len: usize,
        at: i64,
        trusted: *mut *mut sas_psc_trusted_certificate,
    ) -> Status {
        // SAFETY: the lengths that the caller passed beside the starts.
        let (cms, document) = unsafe { (cms.bytes(cms_len)?, document.bytes(document_len)?) };
        let at = Timestamp::from_unix_millis(at);
        let believed = CmsSignature::parse(cms)?.verify(document, &trust.trust, &trust.lists, &trust.policy, at)?;
        trusted.give(sas_psc_trusted_certificate { trusted: believed });
        Ok(())
    }
}
