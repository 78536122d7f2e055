//! The accounts' store brought into the consent log: in order, each record once, erasures too, and not from a store that
//! was restored from a backup.

use crate::support::{Draws, NOW, record, world};
use sas_psc::base::Timestamp;
use sas_psc::consent::{AccountEvent, AccountFact, AccountParty, Keeping, Record, RecordId, Recorder, Sha256};
use sas_psc::drive::{LogFed, LogFeed, block_on};
use sas_psc::onboarding::lifecycle::{Erasure, LifeStore};
use sas_psc::onboarding::{AccountId, Change, Fed, LogEntry, RecordLog, Store, StoredAccount};
use sas_psc::store::{ConsentLog, LogFolder, LogOptions, Memory};
use sas_psc::{Code, Error, Result};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

struct Place {
    directory: TempDir,
    store: Arc<Memory>,
}

impl Place {
    fn new() -> Place {
        let directory = tempfile::tempdir().unwrap();
        let place = Place { directory, store: Arc::default() };
        place.folder().init("exemple.fr/consentements", &LogOptions::default(), &mut Draws(5)).unwrap();
        place
    }

    fn folder(&self) -> LogFolder {
        LogFolder::new(self.directory.path().join("log"))
    }

    fn feed(&self) -> Result<LogFeed<Arc<Memory>, ConsentLog>> {
        block_on(LogFeed::open(self.store.clone(), self.folder().open(world())?))
    }

    /// The identities of the records in the log, in order.
    fn logged(&self) -> Vec<RecordId> {
        let mut found = Vec::new();
        self.folder()
            .records(None, |logged| {
                found.push(logged.record.id());
                Ok(())
            })
            .unwrap();
        found
    }
}

fn entry(record: &Record) -> LogEntry {
    LogEntry::of(record, &mut Draws(3), Timestamp::from_unix(0)).unwrap()
}

/// Makes an account with these records.
fn commit(store: &Memory, n: u8, records: &[Record]) {
    let account = StoredAccount::new(AccountId([n; 16]), "https://psc.example");
    let entries = records.iter().map(entry).collect();
    block_on(store.commit(Change { account, entries })).unwrap();
}

fn fed(records: u64) -> (u64, u64, u64) {
    (records, 0, 0)
}

fn counts(fed: LogFed) -> (u64, u64, u64) {
    (fed.records, fed.forgotten, fed.erased)
}

#[test]
fn what_the_store_records_is_in_the_log_in_order_once_and_has_its_receipt() {
    let place = Place::new();
    let records: Vec<Record> = (0..600).map(record).collect();
    commit(&place.store, 1, &records[..300]);
    let feed = place.feed().unwrap();
    assert_eq!(counts(block_on(feed.run()).unwrap()), fed(300));
    assert_eq!(counts(block_on(feed.run()).unwrap()), fed(0), "once");
    drop(feed);
    commit(&place.store, 2, &records[300..]);
    let feed = place.feed().unwrap();
    assert_eq!(counts(block_on(feed.run()).unwrap()), fed(300), "goes on where it was");
    drop(feed);
    let ids: Vec<RecordId> = records.iter().map(Record::id).collect();
    assert_eq!(place.logged(), ids);
    assert_eq!(place.folder().record(ids[450]).unwrap().unwrap().evidence_kept, "none");
    let (receipt, opening) = place.folder().receipt(ids[450]).unwrap();
    opening.verify(&receipt, &place.folder().keys().unwrap()).unwrap();
    let kept = block_on(place.store.log_entries(450, 1)).unwrap();
    assert_eq!(opening.salt(), &kept[0].salt, "what is sealed under the salt of the store opens with the receipt");
}

/// A log that dies before it keeps its place, so many times.
struct Dying {
    log: ConsentLog,
    deaths: AtomicU32,
}

impl RecordLog for Dying {
    fn fed(&self) -> Result<Fed> {
        self.log.fed()
    }
    fn holds(&self, record: RecordId) -> Result<bool> {
        self.log.holds(record)
    }
    fn feed(&self, entries: &[LogEntry], fed: Fed) -> Result<()> {
        if self.deaths.load(Ordering::SeqCst) > 0 {
            self.deaths.fetch_sub(1, Ordering::SeqCst);
            self.log.feed(entries, self.log.fed()?)?;
            return Err(Error::new(Code::LOG_NOT_WRITTEN));
        }
        self.log.feed(entries, fed)
    }
    fn forget_person(&self, principal: &Sha256) -> Result<u64> {
        self.log.forget_person(principal)
    }
}

#[test]
fn a_death_before_the_place_is_kept_logs_nothing_twice() {
    let place = Place::new();
    let records: Vec<Record> = (0..20).map(record).collect();
    commit(&place.store, 1, &records);
    let log = Dying { log: place.folder().open(world()).unwrap(), deaths: AtomicU32::new(3) };
    let feed = block_on(LogFeed::open(place.store.clone(), log)).unwrap();
    for _ in 0..3 {
        assert_eq!(block_on(feed.run()).unwrap_err().code(), Code::LOG_NOT_WRITTEN);
    }
    block_on(feed.run()).unwrap();
    drop(feed);
    assert_eq!(place.logged().len(), 20);
    assert_eq!(place.folder().checkpoint().unwrap().checkpoint().size, 20);
}

/// The record of an erasure, as `drive::Lives` makes it, of whoever `of` is about.
fn erased(of: &Record, number: u8) -> Record {
    let key = sas_psc::base::ServerKey::new(&[42; 32]).unwrap();
    let keeping = Keeping { controller: "c".into(), exit: "e".into(), retention_until: None };
    let recorder = Recorder { key: &key, keeping: &keeping };
    let fact = AccountFact::new(AccountEvent::Erased, recorder.account_hash("1")).with(of.fields().principal);
    let party = AccountParty { issuer: "sas-psc:platform", subject: "erasure", signed_in: None };
    recorder.account(fact, party, "button", None, &mut Draws(u64::from(number)), NOW).unwrap()
}

#[test]
fn an_erasure_travels_to_the_log_and_who_comes_back_is_not_forgotten_again() {
    let place = Place::new();
    let (one, other, again) = (record(0), record(1), record(100));
    assert_eq!(one.fields().principal, again.fields().principal, "of one person");
    commit(&place.store, 1, std::slice::from_ref(&one));
    let feed = place.feed().unwrap();
    assert_eq!(counts(block_on(feed.run()).unwrap()), fed(1));
    let proof = erased(&one, 7);
    let erasure = Erasure {
        account: AccountId([1; 16]),
        version: 1,
        life_version: 0,
        records: vec![one.id().0],
        tombstones: vec![],
        entries: vec![entry(&proof)],
    };
    block_on(place.store.erase(erasure)).unwrap();
    commit(&place.store, 2, &[other.clone(), again.clone()]);
    assert_eq!(counts(block_on(feed.run()).unwrap()), (3, 0, 1));
    assert_eq!(counts(block_on(feed.run()).unwrap()), (0, 0, 0));
    drop(feed);
    let left = place.logged();
    assert_eq!(left, [proof.id(), other.id(), again.id()]);
    assert_eq!(place.folder().checkpoint().unwrap().checkpoint().size, 4, "the entry stays");

    // A new log, of the same store: what was forgotten is told and not there.
    let second = LogFolder::new(place.directory.path().join("second"));
    second.init("exemple.fr/consentements/2", &LogOptions::default(), &mut Draws(6)).unwrap();
    let feed = block_on(LogFeed::open(place.store.clone(), second.open(world()).unwrap())).unwrap();
    assert_eq!(counts(block_on(feed.run()).unwrap()), (3, 1, 0));
}

#[test]
fn a_store_restored_from_yesterday_is_told_and_goes_on_only_when_the_loss_is_accepted() {
    let place = Place::new();
    let records: Vec<Record> = (0..12).map(record).collect();
    let yesterday = Arc::new(Memory::new());
    for store in [&place.store, &yesterday] {
        commit(store, 1, &records[..6]);
    }
    commit(&place.store, 2, &records[6..10]);
    block_on(place.feed().unwrap().run()).unwrap();

    let restored = Place { store: yesterday, ..place };
    let behind = |place: &Place| {
        let error = place.feed().map(drop).unwrap_err();
        (error.code(), error.facts().first_missing, error.facts().missing)
    };
    assert_eq!(behind(&restored), (Code::STORE_BEHIND, Some(6), Some(4)));
    // People go on: as many entries as before, and others.
    commit(&restored.store, 3, &records[10..]);
    assert_eq!(behind(&restored), (Code::STORE_BEHIND, Some(8), Some(2)));
    let more: Vec<Record> = (20..24).map(record).collect();
    commit(&restored.store, 4, &more);
    assert_eq!(behind(&restored), (Code::STORE_BEHIND, Some(9), Some(1)));

    let open = || restored.folder().open(world()).unwrap();
    let feed = block_on(LogFeed::open_after_loss(restored.store.clone(), open())).unwrap();
    assert_eq!(counts(block_on(feed.run()).unwrap()), fed(6));
    drop(feed);
    let ids = |records: &[Record]| records.iter().map(Record::id).collect::<Vec<_>>();
    assert_eq!(restored.logged(), [ids(&records), ids(&more)].concat(), "nothing lost, nothing twice");
    drop(restored.feed().unwrap());
    drop(block_on(LogFeed::open_after_loss(restored.store.clone(), open())).unwrap());
}
