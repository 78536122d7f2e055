//! `sas_psc_certificate_choice`: the certificates found, as a list for the person to choose from.

use crate::argument::Maybe;
use crate::card_certificate::sas_psc_card_certificate;
use crate::card_trust::{sas_psc_card_trust, sas_psc_trusted_certificate};
use crate::export::export;
use crate::handle::Handle;
use crate::string::{json, sas_psc_string};
use sas_psc::Lang;
use sas_psc::base::Timestamp;
use sas_psc::card::{CardCertificate, CertificateChoice};
use std::ffi::c_char;

/// The certificates found in readers and stores, as a list for the person to choose from.
#[derive(Default)]
pub struct sas_psc_certificate_choice {
    certificates: Vec<CardCertificate>,
}

impl sas_psc_certificate_choice {
    fn list(&self, trust: &sas_psc_card_trust, now: i64) -> CertificateChoice {
        let now = Timestamp::from_unix_millis(now);
        CertificateChoice::of(&self.certificates, &trust.trust, &trust.lists, &trust.policy, now)
    }
}

impl Handle for sas_psc_certificate_choice {}

export! {
    /// An empty list.
    fn sas_psc_certificate_choice_new(choice: *mut *mut sas_psc_certificate_choice) -> Status {
        choice.give(sas_psc_certificate_choice::default());
        Ok(())
    }

    /// Adds a certificate that was found, copied. What could not do is left out of the list.
    fn sas_psc_certificate_choice_add(
        choice: *mut sas_psc_certificate_choice,
        certificate: *const sas_psc_card_certificate,
    ) -> Status {
        choice.certificates.push(certificate.certificate.clone());
        Ok(())
    }

    /// The list to show, as JSON: [{"key","label","refused","default"}], "refused" the name of an error or null. last is the key
    /// that was chosen at this workstation the last time, or null.
    fn sas_psc_certificate_choice_json(
        choice: *const sas_psc_certificate_choice,
        trust: *const sas_psc_card_trust,
        last: Maybe<*const c_char>,
        lang: *const c_char,
        now: i64,
        list: *mut *mut sas_psc_string,
    ) -> Status {
        let found = choice.list(trust, now).with_last(last.unwrap_or_default());
        list.give(json(&found.described(Lang::from_tag(lang)))?);
        Ok(())
    }

    /// Takes the person's choice. SAS_PSC_ERROR_CERTIFICATE_CHOICE when there is no such key; why it is refused otherwise.
    fn sas_psc_certificate_choice_choose(
        choice: *const sas_psc_certificate_choice,
        trust: *const sas_psc_card_trust,
        key: *const c_char,
        now: i64,
        trusted: *mut *mut sas_psc_trusted_certificate,
    ) -> Status {
        let chosen = choice.list(trust, now).choose(key)?.clone();
        trusted.give(sas_psc_trusted_certificate { trusted: chosen });
        Ok(())
    }

    /// Frees a list. Null is allowed.
    fn sas_psc_certificate_choice_free(choice: *mut sas_psc_certificate_choice) -> Freed {}
}
