//! Local sign-ins in memory.

use super::Memory;
use crate::base::Timestamp;
use crate::card::fallback::{LocalSignInRecord, LocalSignInStore, Reconciled};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use std::sync::Arc;

impl LocalSignInStore for Memory {
    async fn keep_local_sign_in(&self, record: LocalSignInRecord) -> Result<()> {
        let kept = &mut self.state().local_sign_ins;
        if kept.iter().any(|other| other.id == record.id) {
            return Err(Error::new(Code::STORE_CONFLICT));
        }
        kept.push(record);
        kept.sort_by_key(|record| record.at);
        Ok(())
    }

    async fn local_sign_ins_of(&self, people: &[IdNat]) -> Result<Vec<LocalSignInRecord>> {
        let theirs =
            |record: &&LocalSignInRecord| record.reconciled.is_none() && people.contains(&record.professional.id_nat);
        Ok(self.state().local_sign_ins.iter().filter(theirs).cloned().collect())
    }

    async fn local_sign_ins_open(&self, before: Timestamp) -> Result<Vec<LocalSignInRecord>> {
        let open = |record: &&LocalSignInRecord| record.reconciled.is_none() && record.at < before;
        Ok(self.state().local_sign_ins.iter().filter(open).cloned().collect())
    }

    async fn reconcile_local_sign_in(&self, id: [u8; 32], reconciled: Reconciled) -> Result<()> {
        let kept = &mut self.state().local_sign_ins;
        let found = kept.iter_mut().find(|record| record.id == id && record.reconciled.is_none());
        found.ok_or_else(|| Error::new(Code::STORE_CONFLICT))?.reconciled = Some(reconciled);
        Ok(())
    }
}

impl<S: LocalSignInStore> LocalSignInStore for Arc<S> {
    async fn keep_local_sign_in(&self, record: LocalSignInRecord) -> Result<()> {
        S::keep_local_sign_in(self, record).await
    }

    async fn local_sign_ins_of(&self, people: &[IdNat]) -> Result<Vec<LocalSignInRecord>> {
        S::local_sign_ins_of(self, people).await
    }

    async fn local_sign_ins_open(&self, before: Timestamp) -> Result<Vec<LocalSignInRecord>> {
        S::local_sign_ins_open(self, before).await
    }

    async fn reconcile_local_sign_in(&self, id: [u8; 32], reconciled: Reconciled) -> Result<()> {
        S::reconcile_local_sign_in(self, id, reconciled).await
    }
}
