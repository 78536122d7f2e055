//! `sas_psc_fallback`: local sign-in with the card while Pro Santé Connect is unreachable, kept in a SQLite file.

use crate::card_possession::sas_psc_card_challenge;
use crate::card_trust::{sas_psc_card_trust, sas_psc_trusted_certificate};
use crate::crosscheck::said;
use crate::export::export;
use crate::handle::Handle;
use crate::professional::sas_psc_professional;
use crate::string::{json, sas_psc_string};
use sas_psc::Code;
use sas_psc::base::Timestamp;
use sas_psc::card::fallback::{
    DirectoryAnswer, Fallback, FallbackRules, LocalSignIn, LocalSignInStore, OutageSeen, reconcile,
};
use sas_psc::card::{SignatureScheme, danger};
use sas_psc::drive::{SystemRandom, block_on};
use sas_psc::store::Sqlite;
use std::ffi::{c_char, c_void};

/// Whether people may sign in locally now, and where their sign-ins are kept.
pub struct sas_psc_fallback {
    state: Fallback,
    store: Sqlite,
}

/// A sign-in with the card alone, kept in a record. It is no ID token.
pub struct sas_psc_local_sign_in(LocalSignIn);

impl Handle for sas_psc_fallback {}
impl Handle for sas_psc_local_sign_in {}

fn at(now: i64) -> Timestamp {
    Timestamp::from_unix_millis(now)
}

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

fn records(kept: &[sas_psc::card::fallback::LocalSignInRecord]) -> Result<String, sas_psc::Error> {
    json(&kept.iter().map(|record| record.described()).collect::<Vec<_>>())
}

export! {
    /// Local sign-in, allowed and closed, over the SQLite file at this path, made when it is not there. A program that makes
    /// none has it off.
    fn sas_psc_fallback_new(path: *const c_char, fallback: *mut *mut sas_psc_fallback) -> Status {
        let store = Sqlite::open(path)?;
        fallback.give(sas_psc_fallback { state: Fallback::on(FallbackRules::default()), store });
        Ok(())
    }

    /// DANGER: takes cards of any authorities that a trust holds, tests' among them.
    fn sas_psc_danger_fallback_any_card(fallback: *mut sas_psc_fallback) -> Status {
        fallback.state = danger::fallback_with_any_card(fallback.state.clone());
        Ok(())
    }

    /// Sets a rule, a time in seconds, a yes as 1: "list_max_age" (7 days), "accept_unknown_revocation" (0),
    /// "directory_required" (0), "opens_after" (15 minutes; 0: only an administrator opens it), "longest" (12 hours), "session"
    /// (4 hours). SAS_PSC_ERROR_FALLBACK_RULE.
    fn sas_psc_fallback_set(fallback: *mut sas_psc_fallback, name: *const c_char, value: u64) -> Status {
        fallback.state.set(name, value)
    }

    /// An administrator opens it, with their name and the reason, both kept in every record. SAS_PSC_ERROR_FALLBACK_OPENING.
    fn sas_psc_fallback_open(
        fallback: *mut sas_psc_fallback,
        administrator: *const c_char,
        reason: *const c_char,
        until: i64,
        now: i64,
    ) -> Status {
        fallback.state.open(administrator, reason, at(until), at(now))
    }

    /// An outage is seen: since its first failed try, whose error has the code cause. It opens by itself once it has lasted as
    /// long as the rules want. open is whether it is.
    fn sas_psc_fallback_outage(
        fallback: *mut sas_psc_fallback,
        since: i64,
        cause: u32,
        now: i64,
        open: *mut bool,
    ) -> Status {
        let cause = Code::from_number(cause).unwrap_or(Code::PROVIDER_UNAVAILABLE);
        open.set(fallback.state.outage(OutageSeen { since: at(since), cause }, at(now))?);
        Ok(())
    }

    /// Pro Santé Connect answers: what an outage opened is closed; what an administrator opened stays.
    fn sas_psc_fallback_answered(fallback: *mut sas_psc_fallback) -> Status {
        fallback.state.answered();
        Ok(())
    }

    /// Closes it.
    fn sas_psc_fallback_close(fallback: *mut sas_psc_fallback) -> Status {
        fallback.state.close();
        Ok(())
    }

    /// The opening as JSON, {"by","name","reason","since","cause","from","until"}; the JSON null while it is closed.
    fn sas_psc_fallback_opening(fallback: *const sas_psc_fallback, now: i64, opening: *mut *mut sas_psc_string) -> Status {
        opening.give(json(&fallback.state.opening(at(now)).map(|opening| opening.described()))?);
        Ok(())
    }

    /// Wants of a trust's revocation lists what the rules want: call it before the certificate is believed.
    fn sas_psc_fallback_apply_policy(fallback: *const sas_psc_fallback, trust: *mut sas_psc_card_trust) -> Status {
        trust.policy = fallback.state.revocation_policy()?;
        Ok(())
    }

    /// A challenge for the card, at this service. SAS_PSC_ERROR_FALLBACK_CLOSED, _CHALLENGE_TEXT.
    fn sas_psc_fallback_challenge(
        fallback: *const sas_psc_fallback,
        service: *const c_char,
        now: i64,
        challenge: *mut *mut sas_psc_card_challenge,
    ) -> Status {
        challenge.give(fallback.state.challenge(service, &mut SystemRandom, at(now))?);
        Ok(())
    }

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

    /// Frees it; sign-ins stay. Null is allowed.
    fn sas_psc_fallback_free(fallback: *mut sas_psc_fallback) -> Freed {}

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
