//! Evidence beside the records of a log: sealed as its record is logged, opened with its salt, erased with it.
//!
//! What a piece proves is judged by who brings it and who reads it. A program without the features that make evidence
//! keeps none.

#[cfg(any(feature = "psc", feature = "card"))]
pub(super) use with::{Attached, keep};
#[cfg(not(any(feature = "psc", feature = "card")))]
pub(super) use without::{Attached, keep};

#[cfg(any(feature = "psc", feature = "card"))]
mod with {
    use crate::consent::{Evidence, EvidenceKind, Record, RecordId, SealedEvidence};
    use crate::error::{Code, Error, Result};
    use crate::store::log::private::keep_evidence;
    use crate::store::log::{ConsentLog, LogFolder, Place};
    use crate::store::sqlite::Failure;
    use rusqlite::Transaction;

    /// What is to lie beside a record.
    pub(in crate::store::log) type Attached = Vec<Evidence>;

    /// Seals and keeps it, in the transaction that logs the record.
    pub(in crate::store::log) fn keep(
        tx: &Transaction<'_>,
        attached: &[Evidence],
        id: [u8; 16],
        position: u64,
        salt: &[u8; 32],
    ) -> Result<(), Failure> {
        attached.iter().try_for_each(|piece| {
            let sealed = SealedEvidence::seal(piece, RecordId(id), salt).map_err(Failure::from)?;
            keep_evidence(tx, position, piece.kind().name(), sealed.as_bytes())
        })
    }

    impl ConsentLog {
        /// Logs a record with the evidence that it commits to, which is kept sealed beside it.
        ///
        /// # Errors
        /// `evidence-none`, `evidence-other-record` for a piece that is not the record's; those of
        /// [`ConsentLog::append`].
        pub fn append_with_evidence(&self, record: &Record, evidence: &[Evidence]) -> Result<Place> {
            evidence.iter().try_for_each(|piece| piece.belongs_to(record))?;
            self.append_attached(record, evidence.to_vec())
        }

        /// The same, for a program that must not block: see [`ConsentLog::append_async`].
        ///
        /// # Errors
        /// As [`ConsentLog::append_with_evidence`].
        pub async fn append_with_evidence_async(&self, record: &Record, evidence: &[Evidence]) -> Result<Place> {
            evidence.iter().try_for_each(|piece| piece.belongs_to(record))?;
            self.append_attached_async(record, evidence.to_vec()).await
        }
    }

    impl LogFolder {
        /// The evidence of a record, opened, and as the record names it; none when none of this kind was kept.
        ///
        /// # Errors
        /// `record-unknown`, also when its person was forgotten; `sealed-value-refused`, `evidence-other-record` when what
        /// is kept was changed; `log-missing`; those of the store.
        pub fn evidence(&self, id: RecordId, kind: EvidenceKind) -> Result<Option<Evidence>> {
            let private = self.private()?;
            let row = private.by_id(id)?.ok_or_else(|| Error::new(Code::RECORD_UNKNOWN))?;
            let Some(sealed) = private.evidence(row.position, kind.name())? else { return Ok(None) };
            let piece = SealedEvidence::from_parts(kind, sealed).open(id, &row.salt)?;
            piece.belongs_to(&Record::parse(&row.record)?)?;
            Ok(Some(piece))
        }
    }
}

#[cfg(not(any(feature = "psc", feature = "card")))]
mod without {
    use crate::error::Result;
    use crate::store::sqlite::Failure;
    use rusqlite::Transaction;
    use std::convert::Infallible;

    /// None: no piece can be made.
    pub(in crate::store::log) type Attached = Vec<Infallible>;

    pub(in crate::store::log) fn keep(
        _: &Transaction<'_>,
        _: &[Infallible],
        _: [u8; 16],
        _: u64,
        _: &[u8; 32],
    ) -> Result<(), Failure> {
        Ok(())
    }
}
