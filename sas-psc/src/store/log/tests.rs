//! The log on disk: every write fails in turn, backups are restored, keys replaced, people forgotten.

use super::steps::Steps;
use super::*;
use crate::base::{Counter, ServerKey, Timestamp};
use crate::consent::{
    Change, Document, Event, Keeping, Presented, Record, Recorder, Sha256, SignedCheckpoint, TermsVersion, VerifierKey,
    principal,
};
use crate::drive::block_on;
use crate::error::{Code, Error};
use crate::person::Binding;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

const ISSUER: &str = "https://psc.example";
const START: Timestamp = Timestamp::from_unix(1_795_420_000);

#[derive(Clone)]
struct TestClock(Arc<AtomicI64>);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.0.load(Ordering::SeqCst))
    }
}

fn clock() -> TestClock {
    TestClock(Arc::new(AtomicI64::new(START.unix_millis())))
}

fn world(seed: u64) -> LogWorld {
    LogWorld::new(clock(), Counter(seed))
}

fn key() -> ServerKey {
    ServerKey::new(&[42; 32]).unwrap()
}

fn terms() -> TermsVersion {
    let cgu = Document::new("CGU", "text/plain; charset=utf-8", "Article 1");
    TermsVersion::new("cgu-sas", "1", "fr", Timestamp::from_unix(0), Change::Material, vec![cgu]).unwrap()
}

/// The acceptance of one of ten people.
fn record(number: u64) -> Record {
    let (terms, person) = (terms(), Binding::new(ISSUER, format!("f:1:{}", number % 10), "tab"));
    let shown = Presented::new(&terms, person.clone(), Sha256([1; 32]), START - Duration::from_secs(60));
    let answer = shown.accept(true, &terms.hash().to_string(), &terms, &person, START).unwrap();
    let keeping = Keeping { controller: "Plateforme".into(), exit: "Mon compte".into(), retention_until: None };
    let (key, recorder_random) = (key(), &mut Counter(number * 7 + 1));
    Recorder { key: &key, keeping: &keeping }.accepted(&answer, None, None, recorder_random).unwrap()
}

fn person(number: u64) -> Sha256 {
    principal(&key(), ISSUER, &format!("f:1:{number}"))
}

struct Place {
    dir: tempfile::TempDir,
}

impl Place {
    fn new(options: &LogOptions) -> Place {
        let place = Place { dir: tempfile::tempdir().unwrap() };
        place.folder().init("exemple.fr/consentements", options, &mut Counter(3)).unwrap();
        place
    }

    fn filled(count: u64) -> Place {
        let place = Place::new(&LogOptions::default());
        let log = place.open();
        let records: Vec<Record> = (0..count).map(record).collect();
        assert!(log.append_all(&records).iter().all(Result::is_ok));
        log.close().unwrap();
        place
    }

    fn folder(&self) -> LogFolder {
        LogFolder::new(self.path("log"))
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.dir.path().join(name)
    }

    fn open(&self) -> ConsentLog {
        self.folder().open(world(5)).unwrap()
    }

    fn refused(&self) -> Error {
        self.folder().open(world(5)).unwrap_err()
    }

    /// The log is whole, says the auditor, and holds so many entries.
    fn whole(&self, size: u64) {
        let folder = self.folder();
        let audit = folder.audit(&folder.keys().unwrap(), None).unwrap();
        assert!(audit.is_valid() && audit.tree_size == size, "{audit:?}");
    }
}

fn append(log: &ConsentLog, numbers: std::ops::Range<u64>) {
    for number in numbers {
        log.append(&record(number)).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn everything_in(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()) {
        bytes.extend(if entry.is_dir() { everything_in(&entry) } else { fs::read(entry).unwrap() });
    }
    bytes
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn what_is_logged_is_there_published_and_proved() {
    let place = Place::filled(300);
    place.whole(300);
    let folder = place.folder();
    assert_eq!(folder.checkpoint().unwrap().checkpoint().size, 300);
    for number in [0, 1, 255, 256, 299] {
        let (receipt, opening) = folder.receipt(record(number).id()).unwrap();
        let logged = opening.verify(&receipt, &folder.keys().unwrap()).unwrap();
        assert_eq!((logged.index, logged.logged_at), (number, START));
        assert_eq!(opening.record(), &record(number));
    }
    let mut theirs = Vec::new();
    folder
        .records(Some(&person(3)), |found| {
            theirs.push(found.leaf_index);
            Ok(())
        })
        .unwrap();
    assert_eq!(theirs, (0..30).map(|n| n * 10 + 3).collect::<Vec<u64>>());
    let found = folder.record(record(7).id()).unwrap().unwrap();
    assert_eq!((found.leaf_index, found.record.fields().event), (7, Event::Accepted));
    assert!(folder.record(record(1000).id()).unwrap().is_none());
    assert_eq!(folder.receipt(record(1000).id()).unwrap_err().code(), Code::RECORD_UNKNOWN);
    // It goes on where it was.
    let log = place.open();
    assert_eq!(log.append(&record(300)).unwrap().leaf_index, 300);
    drop(log);
    place.whole(301);
}

#[test]
fn a_record_has_one_place_and_its_identity_no_other_record() {
    let place = Place::new(&LogOptions::default());
    let log = place.open();
    let first = log.append(&record(1)).unwrap();
    assert_eq!(log.append(&record(1)).unwrap().leaf_index, first.leaf_index);
    assert_eq!(log.append_all([&record(2), &record(2)]).into_iter().map(|p| p.unwrap().leaf_index).sum::<u64>(), 2);
    let other = record(1).superseded(&mut Same(record(1).id().0), START).unwrap();
    assert_eq!(other.id(), record(1).id());
    let places = log.append_all([&other, &record(3)]);
    assert_eq!(places[0].as_ref().unwrap_err().code(), Code::RECORD_DIFFERS);
    assert_eq!(places[1].as_ref().unwrap().leaf_index, 2);
    log.close().unwrap();
    place.whole(3);
}

/// Draws the random part of an identity again.
struct Same([u8; 16]);

impl Random for Same {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        bytes.copy_from_slice(&self.0[6..][..bytes.len()]);
        Ok(())
    }
}

#[test]
fn no_entry_is_dated_before_the_one_before_it_and_none_is_of_the_future() {
    let place = Place::new(&LogOptions::default());
    let clock = clock();
    let log = place.folder().open(LogWorld::new(clock.clone(), Counter(5))).unwrap();
    log.append(&record(1)).unwrap();
    clock.0.fetch_sub(50_000, Ordering::SeqCst);
    log.append(&record(2)).unwrap();
    clock.0.fetch_sub(50_000, Ordering::SeqCst);
    assert_eq!(log.append(&record(3)).unwrap_err().code(), Code::RECORD_TIME);
    log.close().unwrap();
    place.whole(2);
    let mut times = Vec::new();
    place
        .folder()
        .records(None, |found| {
            times.push(found.logged_at);
            Ok(())
        })
        .unwrap();
    assert_eq!(times, [START, START]);
}

#[test]
fn whichever_write_fails_nothing_acknowledged_is_lost_and_who_asks_again_gets_one_place() {
    let base = Place::filled(254);
    let mut failures = 0;
    for allowed in 0.. {
        let place = Place { dir: tempfile::tempdir().unwrap() };
        copy(&base.path("log"), &place.path("log"));
        let left = Arc::new(AtomicI64::new(allowed));
        let steps = Steps { left: Some(left.clone()) };
        let mut acknowledged = BTreeMap::new();
        if let Ok(log) = place.folder().open_counting(world(5), steps) {
            for number in 254..258 {
                let record = record(number);
                let found = if number % 2 == 0 { log.append(&record) } else { block_on(log.append_async(&record)) };
                if let Ok(found) = found {
                    acknowledged.insert(number, found.leaf_index);
                }
            }
            let _ = log.close();
        }
        let log = place.folder().open(world(6)).unwrap();
        for number in 254..258 {
            let found = log.append(&record(number)).unwrap().leaf_index;
            assert_eq!(acknowledged.get(&number).copied().unwrap_or(found), found, "after {allowed} writes");
        }
        log.close().unwrap();
        place.whole(258);
        if left.load(Ordering::SeqCst) > 0 {
            break;
        }
        failures += 1;
    }
    assert!(failures > 40, "{failures} writes");
}

#[test]
fn a_write_that_fails_elsewhere_acknowledges_nothing() {
    let elsewhere = tempfile::tempdir().unwrap();
    let kept = elsewhere.path().join("sub/checkpoint");
    fs::create_dir(elsewhere.path().join("sub")).unwrap();
    let options = LogOptions { elsewhere: Some(kept.clone()), ..LogOptions::default() };
    let place = Place::new(&options);
    let log = place.open();
    log.append(&record(1)).unwrap();
    fs::remove_dir_all(elsewhere.path().join("sub")).unwrap();
    assert_eq!(log.append(&record(2)).unwrap_err().code(), Code::LOG_NOT_WRITTEN);
    fs::create_dir(elsewhere.path().join("sub")).unwrap();
    // It was logged; who asks again hears so once the checkpoint is kept.
    assert_eq!(log.append(&record(2)).unwrap().leaf_index, 1);
    let keys = place.folder().keys().unwrap();
    let note = fs::read_to_string(&kept).unwrap();
    assert_eq!(SignedCheckpoint::verify(&note, &keys).unwrap().checkpoint().size, 2);
}

#[test]
fn a_restored_backup_says_what_is_missing_and_goes_on_only_as_a_new_log_that_names_the_old() {
    let elsewhere = tempfile::tempdir().unwrap();
    let kept = elsewhere.path().join("checkpoint");
    let options = LogOptions { elsewhere: Some(kept.clone()), ..LogOptions::default() };
    let place = Place::new(&options);
    let log = place.open();
    append(&log, 0..10);
    log.close().unwrap();
    copy(&place.path("log"), &place.path("backup"));
    let log = place.open();
    append(&log, 10..15);
    drop(log);
    let old_keys = place.folder().keys().unwrap();

    fs::remove_dir_all(place.path("log")).unwrap();
    copy(&place.path("backup"), &place.path("log"));
    let error = place.refused();
    assert_eq!(
        (error.code(), error.facts().first_missing, error.facts().missing),
        (Code::LOG_BEHIND, Some(10), Some(5))
    );
    assert!(!error.facts().pairs().is_empty());
    // It can still be read, and a new log names it.
    place.whole(10);
    let old = fs::read_to_string(&kept).unwrap();
    let options = LogOptions { continues: Some(old), elsewhere: Some(kept.clone()) };
    let new = LogFolder::new(place.path("new"));
    let same = new.init("exemple.fr/consentements", &options, &mut Counter(8)).unwrap_err();
    assert_eq!(same.code(), Code::LOG_NAME_INVALID);
    new.init("exemple.fr/consentements/2", &options, &mut Counter(8)).unwrap();
    let continues = new.continues().unwrap().unwrap();
    assert_eq!((continues.old().size, continues.origin()), (15, "exemple.fr/consentements/2"));
    assert!(continues.verify_old(&old_keys).is_ok());
    assert!(new.open(world(9)).unwrap().append(&record(15)).is_ok());
    // Where a checkpoint is kept, a log that was lost whole is not begun anew as if it had never been.
    let lost = LogFolder::new(place.path("lost"));
    for continues in [None, options.continues] {
        let options = LogOptions { continues, elsewhere: Some(kept.clone()) };
        let error = lost.init("exemple.fr/consentements/3", &options, &mut Counter(8)).unwrap_err();
        assert_eq!(error.code(), Code::LOG_BEHIND);
    }
}

#[test]
fn a_private_side_older_than_the_files_beside_it_is_behind_too() {
    let place = Place::filled(10);
    fs::copy(place.path("log/private.sqlite"), place.path("old.sqlite")).unwrap();
    let log = place.open();
    log.append(&record(10)).unwrap();
    log.close().unwrap();
    fs::copy(place.path("old.sqlite"), place.path("log/private.sqlite")).unwrap();
    let error = place.refused();
    assert_eq!(
        (error.code(), error.facts().first_missing, error.facts().missing),
        (Code::LOG_BEHIND, Some(10), Some(1))
    );
}

#[test]
fn a_log_that_contradicts_the_checkpoint_kept_elsewhere_is_a_fork() {
    let elsewhere = tempfile::tempdir().unwrap();
    let options = LogOptions { elsewhere: Some(elsewhere.path().join("checkpoint")), ..LogOptions::default() };
    let place = Place::new(&options);
    copy(&place.path("log"), &place.path("other"));
    let log = place.open();
    append(&log, 0..300);
    drop(log);
    // A second history under the same key.
    fs::remove_dir_all(place.path("log")).unwrap();
    fs::rename(place.path("other"), place.path("log")).unwrap();
    let kept = fs::read(elsewhere.path().join("checkpoint")).unwrap();
    fs::remove_file(elsewhere.path().join("checkpoint")).unwrap();
    let log = place.open();
    append(&log, 100..500);
    drop(log);
    fs::write(elsewhere.path().join("checkpoint"), kept).unwrap();
    assert_eq!(place.refused().code(), Code::LOG_FORK);
    fs::write(elsewhere.path().join("checkpoint"), "autre chose").unwrap();
    assert_eq!(place.refused().code(), Code::CHECKPOINT_UNREADABLE);
}

#[test]
fn the_person_is_gone_from_every_file_and_the_log_still_verifies() {
    let place = Place::filled(40);
    let folder = place.folder();
    let theirs = record(3);
    let (_, opening) = folder.receipt(theirs.id()).unwrap();
    let json = opening.to_json().unwrap();
    let salt = json.split("\"salt\": \"").nth(1).unwrap()[..64].parse::<Sha256>().unwrap().0;
    let before = everything_in(&place.path("log"));
    assert!(contains(&before, &salt) && contains(&before, &theirs.as_bytes()[..60]));
    let log = place.open();
    log.append(&record(43)).unwrap();
    assert_eq!(log.forget(&person(3)).unwrap(), 5);
    assert_eq!(log.forget(&person(3)).unwrap(), 0);
    let after = everything_in(&place.path("log"));
    for number in [3, 13, 23, 33, 43] {
        assert!(!contains(&after, &record(number).id().0), "{number}");
    }
    assert!(!contains(&after, &salt) && !contains(&after, &person(3).0));
    log.close().unwrap();
    place.whole(41);
    assert_eq!(folder.receipt(theirs.id()).unwrap_err().code(), Code::RECORD_UNKNOWN);
    // The others are untouched, and the log grows.
    assert!(folder.receipt(record(4).id()).is_ok());
    assert_eq!(place.open().append(&record(50)).unwrap().leaf_index, 41);
}

#[test]
fn somebody_who_reads_meanwhile_delays_forgetting_and_it_says_so() {
    let place = Place::filled(20);
    let log = place.open();
    let reader = rusqlite::Connection::open(place.path("log/private.sqlite")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM log").unwrap();
    assert_eq!(log.forget(&person(3)).unwrap_err().code(), Code::LOG_BUSY);
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(log.forget(&person(3)).unwrap(), 0);
    assert!(!contains(&everything_in(&place.path("log")), &person(3).0));
}

#[test]
fn one_program_appends_and_a_folder_is_one_log() {
    let place = Place::new(&LogOptions::default());
    let log = place.open();
    assert_eq!(place.refused().code(), Code::LOG_BUSY);
    drop(log);
    let again = place.folder().init("exemple.fr/autre", &LogOptions::default(), &mut Counter(4));
    assert_eq!(again.unwrap_err().code(), Code::LOG_EXISTS);
    let nowhere = LogFolder::new(place.path("nowhere"));
    assert_eq!(nowhere.open(world(1)).unwrap_err().code(), Code::LOG_MISSING);
    for error in [
        nowhere.keys().map(drop),
        nowhere.checkpoint().map(drop),
        nowhere.principal_key().map(drop),
        nowhere.receipt(record(1).id()).map(drop),
        nowhere.audit(&place.folder().keys().unwrap(), None).map(drop),
    ] {
        assert_eq!(error.unwrap_err().code(), Code::LOG_MISSING);
    }
    // A making that was cut short before its end is made again.
    fs::create_dir(place.path("half")).unwrap();
    fs::write(place.path("half/key.private"), "half").unwrap();
    LogFolder::new(place.path("half")).init("exemple.fr/autre", &LogOptions::default(), &mut Counter(4)).unwrap();
    #[cfg(unix)]
    for name in ["key.private", "key.principal", "private.sqlite"] {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(place.path("log").join(name)).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn public_files_that_are_lost_are_made_again_and_damaged_ones_are_refused() {
    let place = Place::filled(600);
    copy(&place.path("log"), &place.path("whole"));
    fs::remove_dir_all(place.path("log/tile")).unwrap();
    fs::remove_file(place.path("log/checkpoint")).unwrap();
    drop(place.open());
    place.whole(600);
    for name in ["tile/0/000", "tile/0/001", "tile/entries/002.p/88", "checkpoint"] {
        let (made, was) = (place.path("log").join(name), place.path("whole").join(name));
        assert_eq!(fs::read(made).unwrap(), fs::read(was).unwrap(), "{name}");
    }
    // Partial files are always made again, full ones believed and checked.
    fs::remove_file(place.path("log/tile/0/002.p/88")).unwrap();
    drop(place.open());
    place.whole(600);
    let full = place.path("log/tile/0/000");
    let mut bytes = fs::read(&full).unwrap();
    bytes[0] ^= 1;
    fs::write(&full, &bytes).unwrap();
    assert_eq!(place.refused().code(), Code::LOG_DAMAGED);
    fs::remove_file(&full).unwrap();
    assert_eq!(place.refused().code(), Code::LOG_INCOMPLETE);
}

#[test]
fn a_key_is_replaced_in_two_steps_and_both_are_followed_between() {
    let place = Place::filled(5);
    let folder = place.folder();
    let old: Vec<VerifierKey> = folder.keys().unwrap();
    let before = folder.receipt(record(1).id()).unwrap().0;
    let log = place.open();
    log.replace_key().unwrap();
    log.append(&record(5)).unwrap();
    log.publish().unwrap();
    let both = folder.keys().unwrap();
    assert_eq!((both.len(), &both[1]), (2, &old[0]));
    let between = folder.receipt(record(2).id()).unwrap().0;
    for keys in [&old[..], &both[..1]] {
        assert!(between.verify(keys).is_ok());
    }
    drop(log);
    let log = place.open();
    log.retire_old_key().unwrap();
    log.append(&record(6)).unwrap();
    log.close().unwrap();
    let after = folder.receipt(record(3).id()).unwrap().0;
    assert_eq!(after.verify(&old).unwrap_err().code(), Code::NOTE_NOT_SIGNED);
    assert!(after.verify(&both[..1]).is_ok() && before.verify(&folder.keys().unwrap()).is_ok());
    place.whole(7);
}

#[test]
fn many_callers_share_one_log() {
    let place = Place::new(&LogOptions::default());
    let log = place.open();
    std::thread::scope(|scope| {
        for caller in 0..16_u64 {
            let log = &log;
            scope.spawn(move || append(log, caller * 100..caller * 100 + 20));
        }
    });
    log.close().unwrap();
    place.whole(320);
    let mut found = Vec::new();
    place
        .folder()
        .records(None, |logged| {
            found.push(logged.record.id());
            Ok(())
        })
        .unwrap();
    found.sort();
    found.dedup();
    assert_eq!(found.len(), 320);
}

#[test]
fn terms_are_kept_as_they_were_shown_and_a_version_never_changes() {
    let place = Place::new(&LogOptions::default());
    let log = place.open();
    let terms = terms().at_url("https://exemple.fr/cgu");
    log.add_terms(&terms).unwrap();
    log.add_terms(&terms).unwrap();
    let other = Document::new("CGU", "text/plain; charset=utf-8", "Article 1 bis");
    let other =
        TermsVersion::new("cgu-sas", "1", "fr", Timestamp::from_unix(0), Change::Material, vec![other]).unwrap();
    assert_eq!(log.add_terms(&other).unwrap_err().code(), Code::TERMS_INVALID);
    assert_eq!(place.folder().terms(&terms.hash()).unwrap(), Some(terms));
    assert_eq!(place.folder().terms(&Sha256([0; 32])).unwrap(), None);
}

#[test]
fn a_receipt_asked_for_before_the_files_are_there_says_so() {
    let place = Place::filled(3);
    fs::rename(place.path("log/checkpoint"), place.path("earlier")).unwrap();
    let log = place.open();
    log.append(&record(3)).unwrap();
    log.publish().unwrap();
    fs::rename(place.path("earlier"), place.path("log/checkpoint")).unwrap();
    assert_eq!(place.folder().receipt(record(3).id()).unwrap_err().code(), Code::RECORD_NOT_PUBLISHED);
    log.publish().unwrap();
    assert!(place.folder().receipt(record(3).id()).is_ok());
}
