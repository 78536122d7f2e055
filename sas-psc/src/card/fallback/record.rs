//! The record of a local sign-in: kept before it counts, compared with the person's next sign-in at Pro Santé Connect.

use super::{LocalSignIn, Opening};
use crate::base::Timestamp;
use crate::card::trust::RevocationStatus;
use crate::error::{Code, Result};
use crate::id::{CardNumber, IdNat};
use crate::person::{DifferenceKind, Professional};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::future::Future;

/// A local sign-in as a store keeps it. Its `Debug` hides who.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalSignInRecord {
    /// Its name: that of the challenge that was answered.
    pub id: [u8; 32],
    /// When.
    pub at: Timestamp,
    /// At which service.
    pub service: String,
    /// Who, as their card says it.
    pub professional: Professional,
    /// The card.
    pub card: Option<CardNumber>,
    /// SHA-256 of the certificate.
    pub certificate: [u8; 32],
    /// By what local sign-in was open.
    pub opening: Opening,
    /// When the revocation list was signed by which the card was good; none when that was not known.
    pub revocation_as_of: Option<Timestamp>,
    /// What came of the comparison, once there was one.
    pub reconciled: Option<Reconciled>,
}

/// A local sign-in beside the person's next one at Pro Santé Connect. Its `Debug` shows words alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciled {
    /// When they were compared.
    pub at: Timestamp,
    /// In what they differ, by the words of [`DifferenceKind`]; what one source does not know is no difference.
    pub differences: Vec<String>,
}

impl Reconciled {
    /// Whether it was the same person.
    pub fn is_confirmed(&self) -> bool {
        let wrong = [DifferenceKind::Person, DifferenceKind::PersonUnknown];
        !wrong.iter().any(|kind| self.differences.iter().any(|word| word == kind.word()))
    }
}

impl LocalSignInRecord {
    pub(super) fn of(sign_in: &LocalSignIn) -> LocalSignInRecord {
        let certificate = sign_in.certificate();
        LocalSignInRecord {
            id: sign_in.possession().once(),
            at: sign_in.at(),
            service: sign_in.possession().service().to_owned(),
            professional: sign_in.professional().clone(),
            card: certificate.card(),
            certificate: certificate.fingerprint(),
            opening: sign_in.opening().clone(),
            revocation_as_of: match sign_in.revocation() {
                RevocationStatus::Good(as_of) => Some(as_of),
                RevocationStatus::Unknown => None,
            },
            reconciled: None,
        }
    }

    /// Compares it with who has signed in at Pro Santé Connect.
    pub fn compare(&self, signed_in: &Professional, now: Timestamp) -> Reconciled {
        let compared = self.professional.crosscheck(signed_in);
        let words = compared.differences.iter().map(|difference| difference.what.word().to_owned());
        Reconciled { at: now, differences: words.collect() }
    }
}

impl fmt::Debug for LocalSignInRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSignInRecord")
            .field("at", &self.at)
            .field("opening", &self.opening)
            .field("revocation_as_of", &self.revocation_as_of)
            .field("reconciled", &self.reconciled)
            .finish_non_exhaustive()
    }
}

/// Where local sign-ins are kept. The errors are those of the store (block 11).
pub trait LocalSignInStore: Send + Sync {
    /// Keeps a record.
    ///
    /// # Errors
    /// `store-conflict` when there is one of this name. Nothing is written then.
    fn keep_local_sign_in(&self, record: LocalSignInRecord) -> impl Future<Output = Result<()>> + Send;

    /// The records of whoever has any of these national identifiers that were not compared yet, the oldest first.
    fn local_sign_ins_of(&self, people: &[IdNat]) -> impl Future<Output = Result<Vec<LocalSignInRecord>>> + Send;

    /// The records from before `before` that were not compared yet, the oldest first: for whoever looks after them.
    fn local_sign_ins_open(&self, before: Timestamp) -> impl Future<Output = Result<Vec<LocalSignInRecord>>> + Send;

    /// Keeps what came of the comparison.
    ///
    /// # Errors
    /// `store-conflict` when there is no such record, or it was compared before. Nothing is written then.
    fn reconcile_local_sign_in(&self, id: [u8; 32], reconciled: Reconciled) -> impl Future<Output = Result<()>> + Send;
}

/// Compares every local sign-in of a person with their sign-in at Pro Santé Connect, and gives what was compared. Call it at
/// each sign-in; of several instances that do at once, one keeps each.
///
/// # Errors
/// Those of the store (block 11).
pub async fn reconcile(
    store: &impl LocalSignInStore,
    signed_in: &Professional,
    now: Timestamp,
) -> Result<Vec<LocalSignInRecord>> {
    let mut compared = Vec::new();
    for mut record in store.local_sign_ins_of(&signed_in.identities()).await? {
        let found = record.compare(signed_in, now);
        match store.reconcile_local_sign_in(record.id, found.clone()).await {
            Ok(()) => {
                record.reconciled = Some(found);
                compared.push(record);
            }
            // Another instance was first.
            Err(error) if error.code() == Code::STORE_CONFLICT => {}
            Err(error) => return Err(error),
        }
    }
    Ok(compared)
}
