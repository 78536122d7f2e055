//! `sas_psc_local_sign_in`: sign-ins with the card alone, taken, kept, and compared with the person's next one.

use crate::card_possession::sas_psc_card_challenge;
use crate::card_trust::sas_psc_trusted_certificate;
use crate::crosscheck::said;
use crate::export::export;
use crate::fallback::{at, sas_psc_fallback};
use crate::handle::Handle;
use crate::professional::sas_psc_professional;
use crate::string::{json, sas_psc_string};
use sas_psc::card::SignatureScheme;
use sas_psc::card::fallback::{DirectoryAnswer, LocalSignIn, LocalSignInRecord, LocalSignInStore, reconcile};
use sas_psc::drive::block_on;
use std::ffi::{c_char, c_void};

/// A sign-in with the card alone, kept in a record. It is no ID token.
pub struct sas_psc_local_sign_in(LocalSignIn);

impl Handle for sas_psc_local_sign_in {}

impl sas_psc_fallback {
    fn finish(
        &self,
        challenge: &mut sas_psc_card_challenge,
        trusted: &sas_psc_trusted_certificate,
        answer: (SignatureScheme, &[u8]),
        found: DirectoryAnswer<'_>,
        now: i64,
    ) -> Result<sas_psc_local_sign_in, sas_psc::Error> {
        let pending = self.state.finish(&mut challenge.challenge, &trusted.trusted, answer, found, at(now))?;
        block_on(pending.keep(&self.store)).map(sas_psc_local_sign_in)
    }
}

fn records(kept: &[LocalSignInRecord]) -> Result<String, sas_psc::Error> {
    json(&kept.iter().map(LocalSignInRecord::described).collect::<Vec<_>>())
}

export! {
    /// Takes the card's answer where there is no directory, or (unknown) one that does not know the number, and keeps the
    /// sign-in. SAS_PSC_ERROR_FALLBACK_CLOSED, _FALLBACK_REALM, _FALLBACK_DIRECTORY, _REVOCATION_UNKNOWN,
    /// _POSSESSION_…, _CARD_CERTIFICATE_HOLDER, and those of the store.
    fn sas_psc_fallback_finish(
        fallback: *const sas_psc_fallback,
        challenge: *mut sas_psc_card_challenge,
        trusted: *const sas_psc_trusted_certificate,
        scheme: *const c_char,
        signature: *const c_void,
        signature_len: usize,
        unknown: bool,
        now: i64,
        sign_in: *mut *mut sas_psc_local_sign_in,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let answer = (SignatureScheme::of_word(scheme)?, unsafe { signature.bytes(signature_len) }?);
        let found = DirectoryAnswer::without(unknown);
        sign_in.give(fallback.finish(challenge, trusted, answer, found, now)?);
        Ok(())
    }

    /// As sas_psc_fallback_finish, with whom the directory has under the number; active as for
    /// sas_psc_professional_crosscheck. SAS_PSC_ERROR_CROSSCHECK_PERSON, _CROSSCHECK_INACTIVE too.
    fn sas_psc_fallback_finish_found(
        fallback: *const sas_psc_fallback,
        challenge: *mut sas_psc_card_challenge,
        trusted: *const sas_psc_trusted_certificate,
        scheme: *const c_char,
        signature: *const c_void,
        signature_len: usize,
        found: *const sas_psc_professional,
        active: i32,
        now: i64,
        sign_in: *mut *mut sas_psc_local_sign_in,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let answer = (SignatureScheme::of_word(scheme)?, unsafe { signature.bytes(signature_len) }?);
        let found = DirectoryAnswer::found(&found.person, said(active));
        sign_in.give(fallback.finish(challenge, trusted, answer, found, now)?);
        Ok(())
    }

    /// Compares every local sign-in of a person with their sign-in at Pro Santé Connect: call it at each. The records compared,
    /// as JSON: [{"id","at","service","id_nat","card","certificate","opening","revocation_as_of","confirmed","differences"}].
    fn sas_psc_fallback_reconcile(
        fallback: *const sas_psc_fallback,
        signed_in: *const sas_psc_professional,
        now: i64,
        compared: *mut *mut sas_psc_string,
    ) -> Status {
        compared.give(records(&block_on(reconcile(&fallback.store, &signed_in.person, at(now)))?)?);
        Ok(())
    }

    /// The records from before a time that were not compared yet, as JSON: for whoever looks after them.
    fn sas_psc_fallback_waiting(fallback: *const sas_psc_fallback, before: i64, waiting: *mut *mut sas_psc_string) -> Status {
        waiting.give(records(&block_on(fallback.store.local_sign_ins_open(at(before)))?)?);
        Ok(())
    }

    /// Who signed in, copied, as their card says it.
    fn sas_psc_local_sign_in_professional(
        sign_in: *const sas_psc_local_sign_in,
        professional: *mut *mut sas_psc_professional,
    ) -> Status {
        professional.give(sign_in.0.professional());
        Ok(())
    }

    /// When the session must end at the latest.
    fn sas_psc_local_sign_in_ends(sign_in: *const sas_psc_local_sign_in) -> i64 {
        sign_in.0.ends().unix_millis()
    }

    /// The record that was kept, as JSON; see sas_psc_fallback_reconcile.
    fn sas_psc_local_sign_in_json(sign_in: *const sas_psc_local_sign_in, record: *mut *mut sas_psc_string) -> Status {
        record.give(json(&sign_in.0.record().described())?);
        Ok(())
    }

    /// Frees a sign-in. Null is allowed.
    fn sas_psc_local_sign_in_free(sign_in: *mut sas_psc_local_sign_in) -> Freed {}
}
