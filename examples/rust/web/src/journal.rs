//! The consent log beside the accounts: every record of the store is brought there, and comes back as a receipt, which
//! its person can have verified anywhere, without us.
//!
//! One instance feeds it, whichever has it open; the others read it, if the folder is on a disk that they share.

use crate::settings::Settings;
use sas_psc::consent::{Opening, Receipt, RecordId, Sha256, Terms, VerifierKey};
use sas_psc::drive::{LogFeed, SystemClock, SystemRandom};
use sas_psc::store::{AnyStore, ConsentLog, LogFolder, LogOptions, LogWorld};
use sas_psc::{Code, Result};
use tokio::sync::Mutex;

/// The log, and what feeds it.
pub struct Journal {
    folder: LogFolder,
    origin: String,
    options: LogOptions,
    /// An operator accepted that what the store lost stays lost.
    after_loss: bool,
    feed: Mutex<Option<LogFeed<AnyStore, ConsentLog>>>,
}

impl Journal {
    /// The log of these settings, if there is one. Nothing is touched yet.
    pub fn of(settings: &Settings) -> Option<Journal> {
        let beside =
            || (!AnyStore::is_shared(&settings.database)).then(|| settings.database.with_extension("consents"));
        let folder = settings.consent_log.clone().or_else(beside)?;
        let (_, host) = settings.base_url.split_once("://")?;
        let mut options = LogOptions::default();
        options.elsewhere.clone_from(&settings.consent_log_elsewhere);
        Some(Journal {
            folder: LogFolder::new(folder),
            origin: format!("{host}/consentements"),
            options,
            after_loss: settings.consent_log_after_loss,
            feed: Mutex::default(),
        })
    }

    /// Brings what the store has recorded since the last time.
    ///
    /// # Errors
    /// `log-busy` while another instance feeds it; those of [`LogFeed::run`].
    pub async fn bring(&self, store: &AnyStore, terms: &Terms) -> Result<()> {
        let mut feed = self.feed.lock().await;
        let feed = match &mut *feed {
            Some(feed) => feed,
            none => none.insert(self.open(store, terms).await?),
        };
        feed.run().await.map(drop)
    }

    async fn open(&self, store: &AnyStore, terms: &Terms) -> Result<LogFeed<AnyStore, ConsentLog>> {
        let open = || self.folder.open(LogWorld::new(SystemClock, SystemRandom));
        let log = match open() {
            Err(error) if error.code() == Code::LOG_MISSING => {
                self.folder.init(&self.origin, &self.options, &mut SystemRandom)?;
                open()?
            }
            log => log?,
        };
        terms.versions().iter().try_for_each(|version| log.add_terms(version))?;
        if self.after_loss {
            return LogFeed::open_after_loss(store.clone(), log).await;
        }
        LogFeed::open(store.clone(), log).await
    }

    /// The public keys, for whoever verifies.
    pub fn keys(&self) -> Result<Vec<VerifierKey>> {
        self.folder.keys()
    }

    /// The receipt of a record of this person; none when it is another's, unknown, or not published yet.
    pub fn receipt(&self, theirs: &Sha256, id: RecordId) -> Result<Option<(Receipt, Opening)>> {
        match self.folder.receipt(id) {
            Ok(found) if found.1.record().fields().principal == *theirs => Ok(Some(found)),
            Ok(_) => Ok(None),
            Err(error) if [Code::RECORD_UNKNOWN, Code::RECORD_NOT_PUBLISHED].contains(&error.code()) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The records of this person that have their receipt, the latest first; none before the log has begun.
    pub fn receipts(&self, theirs: &Sha256) -> Result<Vec<Opening>> {
        let mut ids = Vec::new();
        let listed = self.folder.records(Some(theirs), |logged| {
            ids.push(logged.record.id());
            Ok(())
        });
        match listed {
            Err(error) if error.code() == Code::LOG_MISSING => return Ok(vec![]),
            listed => listed?,
        }
        let receipts = ids.into_iter().rev().map(|id| Ok(self.receipt(theirs, id)?.map(|(_, opening)| opening)));
        receipts.filter_map(Result::transpose).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sas_psc::base::{Clock, ServerKey};
    use sas_psc::consent::{AccountEvent, AccountFact, AccountParty, Keeping, Recorder};
    use sas_psc::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount};
    use std::sync::Arc;

    #[tokio::test]
    async fn a_receipt_is_for_its_person_alone() {
        let directory = std::env::temp_dir().join(format!("sas-psc-journal-{}", std::process::id()));
        let journal = Journal {
            folder: LogFolder::new(&directory),
            origin: "exemple.fr/consentements".into(),
            options: LogOptions::default(),
            after_loss: false,
            feed: Mutex::default(),
        };
        let (key, keeping) = (
            ServerKey::new(&[7; 32]).unwrap(),
            Keeping { controller: "c".into(), exit: "e".into(), retention_until: None },
        );
        let recorder = Recorder { key: &key, keeping: &keeping };
        let record = |subject| {
            let fact = AccountFact::new(AccountEvent::Exported, recorder.account_hash("1"));
            let party = AccountParty { issuer: "https://psc.example", subject, signed_in: None };
            recorder.account(fact, party, "button", None, &mut SystemRandom, SystemClock.now()).unwrap()
        };
        let (anne, paul) = (record("anne"), record("paul"));
        let store = AnyStore::Memory(Arc::default());
        let entry = |record| LogEntry::of(record, &mut SystemRandom, SystemClock.now()).unwrap();
        let account = StoredAccount::new(AccountId([1; 16]), "https://psc.example");
        store.commit(Change { account, entries: vec![entry(&anne), entry(&paul)] }).await.unwrap();

        let hers = anne.fields().principal;
        assert!(journal.receipts(&hers).unwrap().is_empty(), "before the log has begun");
        journal.bring(&store, &crate::terms::load().unwrap()).await.unwrap();
        journal.feed.lock().await.as_ref().unwrap().log().publish().unwrap();
        let (receipt, opening) = journal.receipt(&hers, anne.id()).unwrap().unwrap();
        assert!(opening.verify(&receipt, &journal.keys().unwrap()).is_ok());
        assert!(journal.receipt(&hers, paul.id()).unwrap().is_none());
        assert_eq!(journal.receipts(&hers).unwrap().len(), 1);
        drop(journal);
        std::fs::remove_dir_all(directory).unwrap();
    }
}
