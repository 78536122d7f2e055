//! The evidence behind the records of a sign-up: named by the record, sealed under its salt, kept with the account.

use super::{Onboarding, SignInFacts};
use crate::base::{Random, Timestamp};
use crate::consent::{Evidence, EvidenceKind, Record, RecordId};
use crate::error::Result;
use crate::onboarding::LogEntry;
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

/// The record, committed to the evidence of the sign-in that it rests on, and its entry; what to keep goes to `kept`.
pub(super) fn entry(
    record: Record,
    rests_on: &SignInFacts,
    kept: &mut Vec<Kept>,
    random: &mut dyn Random,
    now: Timestamp,
) -> Result<(Record, LogEntry)> {
    let Some(file) = rests_on.evidence.as_deref().filter(|_| CAN_SEAL) else {
        let entry = LogEntry::of(&record, random, now)?;
        return Ok((record, entry));
    };
    let piece = Evidence::new(EvidenceKind::SignIn, file)?;
    let record = record.with_evidence(std::slice::from_ref(&piece))?;
    let entry = LogEntry::of(&record, random, now)?;
    kept.extend(sealed(&piece, record.id(), &entry.salt)?);
    Ok((record, entry))
}

#[cfg(any(feature = "psc", feature = "card"))]
use with::{CAN_SEAL, sealed};
#[cfg(not(any(feature = "psc", feature = "card")))]
use without::{CAN_SEAL, sealed};

#[cfg(any(feature = "psc", feature = "card"))]
mod with {
    use super::*;
    use crate::consent::SealedEvidence;
    use crate::error::{Code, Error};
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;

    pub(super) const CAN_SEAL: bool = true;

    pub(super) fn sealed(piece: &Evidence, record_id: RecordId, salt: &[u8; 32]) -> Result<Option<Kept>> {
        let sealed = SealedEvidence::seal(piece, record_id, salt)?;
        let (kind, sealed) = (piece.kind().name().to_owned(), BASE64_STANDARD.encode(sealed.as_bytes()));
        Ok(Some(Kept { record_id, kind, sealed }))
    }

    impl Onboarding {
        /// The evidence that was kept sealed for a record, opened with the record's salt (see
        /// [`LogEntry`](crate::onboarding::LogEntry)); none when none was kept, or it was dropped.
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

    pub(super) const CAN_SEAL: bool = false;

    pub(super) fn sealed(_: &Evidence, _: RecordId, _: &[u8; 32]) -> Result<Option<Kept>> {
        Ok(None)
    }
}

impl Onboarding {
    /// Drops the evidence kept for all records, when the period that the platform keeps it for is over; the records stay,
    /// and go on naming it. Says how many pieces.
    pub fn drop_evidence(&mut self) -> usize {
        self.sign_in.evidence = None;
        self.account.as_mut().map_or(0, |account| std::mem::take(&mut account.evidence).len())
    }
}
