//! `sas_psc_consent_log`: a consent log open for appending; and the audit of any log.

use crate::argument::Maybe;
use crate::export::export;
use crate::handle::Handle;
use crate::string::{json, sas_psc_string};
use sas_psc::consent::{EvidenceKind, Opening, Record, RecordId};
use sas_psc::drive::{SystemClock, SystemRandom};
use sas_psc::store::{ConsentLog, LogAnswer, LogFolder, LogPerson, LogWorld};
use sas_psc::{Code, Error, Lang};
use std::ffi::{c_char, c_void};

/// A consent log open for appending. One program has it open at a time; its threads may share it.
pub struct sas_psc_consent_log(pub(crate) ConsentLog);

impl Handle for sas_psc_consent_log {}

export! {
    /// Opens the log that `sas-psc consent init` made in a folder. SAS_PSC_ERROR_LOG_MISSING, _LOG_BUSY; _LOG_BEHIND when
    /// a backup was restored (facts first_missing, missing); _LOG_FORK, _LOG_DAMAGED, _LOG_INCOMPLETE, _STORE_UNAVAILABLE.
    fn sas_psc_consent_log_open(folder: *const c_char, log: *mut *mut sas_psc_consent_log) -> Status {
        let opened = LogFolder::new(folder).open(LogWorld::new(SystemClock, SystemRandom))?;
        log.give(sas_psc_consent_log(opened));
        Ok(())
    }

    /// Records an answer, and returns once it is safe on the disk. answer is a JSON object: {"event":"accepted" or
    /// "refused" or "withdrawn","terms":64 hexadecimal digits,"person":a text or {"issuer","subject","acr","amr",
    /// "auth_time","id_token_sha256","client"},"at":RFC 3339,"controller","exit","evidence"}; the last four may be left
    /// out. evidence is the text that sas_psc_exchange_evidence gave: it is kept sealed with the record.
    /// recorded is {"record_id","leaf_index","tree_size"}. SAS_PSC_ERROR_TERMS_UNKNOWN, _RECORD_NONE_BEFORE,
    /// _RECORD_FIELD, _RECORD_TIME, _STORE_UNAVAILABLE.
    fn sas_psc_consent_log_record(
        log: *const sas_psc_consent_log,
        answer: *const c_char,
        recorded: *mut *mut sas_psc_string,
    ) -> Status {
        recorded.give(json(&log.0.record(&LogAnswer::parse(answer)?)?)?);
        Ok(())
    }

    /// Logs a record made elsewhere, in its canonical bytes (docs/consent-format.md). The same record again gets the same
    /// place: who has not heard an answer asks again. place is {"leaf_index","tree_size"}.
    /// SAS_PSC_ERROR_RECORD_UNREADABLE, _RECORD_DIFFERS, _RECORD_TIME, _STORE_UNAVAILABLE.
    fn sas_psc_consent_log_append(
        log: *const sas_psc_consent_log,
        record: *const c_void,
        record_len: usize,
        place: *mut *mut sas_psc_string,
    ) -> Status {
        // SAFETY: the length that the caller passed beside the start.
        let record = unsafe { record.bytes(record_len) }?;
        place.give(json(&log.0.append(&Record::parse(record)?)?)?);
        Ok(())
    }

    /// Forgets a person, named as in an answer: deletes their records and salts, and says how many. The log still
    /// verifies. SAS_PSC_ERROR_LOG_BUSY when another program reads at this moment: ask again.
    fn sas_psc_consent_log_forget(log: *const sas_psc_consent_log, person: *const c_char, salts_deleted: *mut u64) -> Status {
        let principal = log.0.folder().principal(&LogPerson::parse(person)?)?;
        salts_deleted.set(log.0.forget(&principal)?);
        Ok(())
    }

    /// The receipt of a record: the proof (to keep as F.tlog-proof) and what opens it (F.json). Waits until the public
    /// files cover it. SAS_PSC_ERROR_RECORD_UNKNOWN.
    fn sas_psc_consent_log_receipt(
        log: *const sas_psc_consent_log,
        record_id: *const c_char,
        proof: *mut *mut sas_psc_string,
        opening: *mut *mut sas_psc_string,
    ) -> Status {
        let (receipt, opened) = log.0.receipt_files(RecordId::try_from(record_id.to_owned())?)?;
        proof.give(receipt);
        opening.give(opened);
        Ok(())
    }

    /// The evidence of the sign-in that lies sealed beside a record, opened. SAS_PSC_ERROR_RECORD_UNKNOWN, also when the
    /// person was forgotten; _EVIDENCE_NONE when none was kept.
    fn sas_psc_consent_log_evidence(
        log: *const sas_psc_consent_log,
        record_id: *const c_char,
        evidence: *mut *mut sas_psc_string,
    ) -> Status {
        let id = RecordId::try_from(record_id.to_owned())?;
        let kept = log.0.folder().evidence(id, EvidenceKind::SignIn)?;
        evidence.give(kept.ok_or_else(|| Error::new(Code::EVIDENCE_NONE))?.as_bytes().to_vec());
        Ok(())
    }

    /// Publishes what is logged, and closes. Null is allowed.
    fn sas_psc_consent_log_free(log: *mut sas_psc_consent_log) -> Freed {}

    /// What changed between two versions of the terms that a log keeps, by their hashes, as a text to read: `- ` before a
    /// line taken out, `+ ` before one put in; lang is "fr" or "en". SAS_PSC_ERROR_TERMS_UNKNOWN, _HASH_UNREADABLE.
    fn sas_psc_consent_terms_difference(
        folder: *const c_char,
        old_terms: *const c_char,
        new_terms: *const c_char,
        lang: Maybe<*const c_char>,
        text: *mut *mut sas_psc_string,
    ) -> Status {
        let difference = LogFolder::new(folder).terms_difference(&old_terms.parse()?, &new_terms.parse()?)?;
        text.give(difference.to_text(Lang::from_tag(lang.unwrap_or_default())));
        Ok(())
    }

    /// Audits the log in a folder with its public keys, one a line, and with an earlier checkpoint of it, or null; lang is
    /// "fr" or "en", for the messages. report is {"valid","tree_size","problems":[{"index","kind","message"}]}: what is
    /// wrong with a log is an answer, not an error. SAS_PSC_ERROR_LOG_MISSING, _LOG_KEY_UNREADABLE.
    fn sas_psc_consent_log_verify(
        folder: *const c_char,
        vkeys: *const c_char,
        since: Maybe<*const c_char>,
        lang: Maybe<*const c_char>,
        report: *mut *mut sas_psc_string,
    ) -> Status {
        let audit = LogFolder::new(folder).verify(vkeys, since)?;
        report.give(json(&audit.report(Lang::from_tag(lang.unwrap_or_default())))?);
        Ok(())
    }

    /// Verifies a receipt offline: the proof, what opens it, and the log's public keys, one a line. proven is
    /// {"origin","index","tree_size","logged_at","what":{the record}}. SAS_PSC_ERROR_RECEIPT_UNREADABLE,
    /// _NOTE_NOT_SIGNED, _NOTE_SIGNATURE, _PROOF_WRONG, _RECEIPT_RECORD, _LOG_KEY_UNREADABLE.
    fn sas_psc_consent_receipt_verify(
        proof: *const c_void,
        proof_len: usize,
        opening: *const c_void,
        opening_len: usize,
        vkeys: *const c_char,
        proven: *mut *mut sas_psc_string,
    ) -> Status {
        // SAFETY: the lengths that the caller passed beside the starts.
        let (proof, opening) = unsafe { (proof.bytes(proof_len)?, opening.bytes(opening_len)?) };
        proven.give(json(&sas_psc::consent::verify_receipt(proof, opening, vkeys)?.report())?);
        Ok(())
    }

    /// Judges the evidence of a record: that the record, as its receipt's opening holds it, commits to it, that the
    /// provider signed, as of the sign-in, and that both say the same. proven is {"issuer","client","subject","id_nat",
    /// "acr","auth_time","verified_at","jwks_uri","key_thumbprint"}. SAS_PSC_ERROR_EVIDENCE_NONE, _EVIDENCE_OTHER_RECORD,
    /// _EVIDENCE_OTHER_SIGN_IN, _EVIDENCE_UNREADABLE, _ID_TOKEN_SIGNATURE and the others of a token.
    fn sas_psc_consent_evidence_verify(
        opening: *const c_void,
        opening_len: usize,
        evidence: *const c_void,
        evidence_len: usize,
        proven: *mut *mut sas_psc_string,
    ) -> Status {
        // SAFETY: the lengths that the caller passed beside the starts.
        let (opening, evidence) = unsafe { (opening.bytes(opening_len)?, evidence.bytes(evidence_len)?) };
        let opening = Opening::parse(opening)?;
        proven.give(json(&sas_psc::onboarding::verify_evidence(opening.record(), evidence)?.report())?);
        Ok(())
    }
}
