//! The evidence behind the records of a sign-up: named by the record, sealed under its salt, kept with the account.
//!
//! Between the sign-in and the answers that rest on it, it waits sealed under the server's key: a stolen database shows
//! no token. Once that key is another one it stays shut, and the records that follow name no evidence.

use super::{Onboarding, SignInFacts};
use crate::base::{Random, ServerKey, Timestamp};
use crate::consent::{Evidence, EvidenceKind, Record, RecordId};
use crate::error::Result;
use crate::onboarding::LogEntry;
use crate::psc::SignIn;
use serde::{Deserialize, Serialize};

/// A sealed piece, as the stored form holds it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    record_id: RecordId,
    kind: String,
    /// In base64.
    sealed: String,
}

/// The evidence of the latest sign-in, until the answers that rest on it are recorded: sealed, in base64.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Waiting(String);

/// The evidence of a sign-in, where this program can seal it.
pub(super) fn of(sign_in: &SignIn) -> Option<Evidence> {
    let file = sign_in.evidence().filter(|_| CAN_SEAL)?;
    Evidence::new(EvidenceKind::SignIn, file).ok()
}

/// The record, committed to the evidence of the sign-in that it rests on, and its entry; what to keep goes to `kept`.
pub(super) fn entry(
    record: Record,
    rests_on: Option<&Evidence>,
    kept: &mut Vec<Kept>,
    random: &mut dyn Random,
    now: Timestamp,
) -> Result<(Record, LogEntry)> {
    let Some(piece) = rests_on else {
        let entry = LogEntry::of(&record, random, now)?;
        return Ok((record, entry));
    };
    let record = record.with_evidence(std::slice::from_ref(piece))?;
    let entry = LogEntry::of(&record, random, now)?;
    kept.extend(sealed(piece, record.id(), &entry.salt)?);
    Ok((record, entry))
}

#[cfg(any(feature = "psc", feature = "card"))]
pub(super) use with::{CAN_SEAL, sealed, wait, waiting};
#[cfg(not(any(feature = "psc", feature = "card")))]
pub(super) use without::{CAN_SEAL, sealed, wait, waiting};

#[cfg(any(feature = "psc", feature = "card"))]
mod with {
    use super::*;
    use crate::consent::SealedEvidence;
    use crate::error::{Code, Error};
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;

    pub(in crate::onboarding::sign_up) const CAN_SEAL: bool = true;

    pub(in crate::onboarding::sign_up) fn sealed(
        piece: &Evidence,
        record_id: RecordId,
        salt: &[u8; 32],
    ) -> Result<Option<Kept>> {
        let sealed = SealedEvidence::seal(piece, record_id, salt)?;
        let (kind, sealed) = (piece.kind().name().to_owned(), BASE64_STANDARD.encode(sealed.as_bytes()));
        Ok(Some(Kept { record_id, kind, sealed }))
    }

    /// The evidence of a sign-in, put to wait.
    pub(in crate::onboarding::sign_up) fn wait(
        sign_in: &SignIn,
        facts: &SignInFacts,
        key: &ServerKey,
    ) -> Result<Option<Waiting>> {
        let Some(piece) = of(sign_in) else { return Ok(None) };
        let sealed = SealedEvidence::seal(&piece, NO_RECORD, &salt(facts, key))?;
        Ok(Some(Waiting(BASE64_STANDARD.encode(sealed.as_bytes()))))
    }

    /// What waits, opened.
    pub(in crate::onboarding::sign_up) fn waiting(
        waiting: Option<&Waiting>,
        facts: &SignInFacts,
        key: &ServerKey,
    ) -> Option<Evidence> {
        let sealed = BASE64_STANDARD.decode(&waiting?.0).ok()?;
        SealedEvidence::from_parts(EvidenceKind::SignIn, sealed).open(NO_RECORD, &salt(facts, key)).ok()
    }

    /// In the place of the record that is not written yet; the salt below is of this sign-in alone.
    const NO_RECORD: RecordId = RecordId([0; 16]);

    fn salt(facts: &SignInFacts, key: &ServerKey) -> [u8; 32] {
        let parts = [facts.issuer.as_bytes(), facts.subject.as_bytes(), &facts.id_token_sha256.0];
        key.mac("sas-psc waiting evidence v1", &parts)
    }

    impl Onboarding {
        /// The evidence that was kept sealed for a record, opened with the record's salt (see
        /// [`LogEntry`]); none when none was kept, or it was dropped.
        ///
        /// # Errors
        /// `sealed-value-refused` for another salt, as when the person was forgotten; `stored-form-unreadable`.
        pub fn evidence(&self, record: RecordId, kind: EvidenceKind, salt: &[u8; 32]) -> Result<Option<Evidence>> {
            let all = self.account.iter().flat_map(|account| &account.evidence);
            let Some(kept) = all.into_iter().find(|kept| kept.record_id == record && kept.kind == kind.name()) else {
                return Ok(None);
            };
            let sealed = BASE64_STANDARD.decode(&kept.sealed);
            let sealed = sealed.map_err(|_| Error::new(Code::STORED_FORM_UNREADABLE))?;
            SealedEvidence::from_parts(kind, sealed).open(record, salt).map(Some)
        }
    }
}

#[cfg(not(any(feature = "psc", feature = "card")))]
mod without {
    use super::*;

    pub(in crate::onboarding::sign_up) const CAN_SEAL: bool = false;

    pub(in crate::onboarding::sign_up) fn sealed(_: &Evidence, _: RecordId, _: &[u8; 32]) -> Result<Option<Kept>> {
        Ok(None)
    }

    pub(in crate::onboarding::sign_up) fn wait(_: &SignIn, _: &SignInFacts, _: &ServerKey) -> Result<Option<Waiting>> {
        Ok(None)
    }

    pub(in crate::onboarding::sign_up) fn waiting(
        _: Option<&Waiting>,
        _: &SignInFacts,
        _: &ServerKey,
    ) -> Option<Evidence> {
        None
    }
}

impl Onboarding {
    /// Drops the evidence kept for all records, when the period that the platform keeps it for is over; the records stay,
    /// and go on naming it. Says how many pieces.
    pub fn drop_evidence(&mut self) -> usize {
        self.evidence = None;
        self.account.as_mut().map_or(0, |account| std::mem::take(&mut account.evidence).len())
    }
}
