//! What SQLite adds to the promises of every store: a file that several programs share, that outlives them however they
//! end, that stays private, and that older versions wrote.

use crate::support::*;
use sas_psc::id::IdNat;
use sas_psc::onboarding::{AccountId, LogEntry, Store, StoredAccount};
use sas_psc::store::Sqlite;
use sas_psc::{Code, Error, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{fs, thread};
use tempfile::TempDir;

fn file() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("accounts.sqlite");
    (directory, path)
}

fn raw(path: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(path).unwrap()
}

fn code(result: Result<Sqlite>) -> Code {
    result.map(drop).unwrap_err().code()
}

#[test]
fn what_was_written_is_there_when_the_file_is_opened_again() {
    let (_directory, path) = file();
    let store = Sqlite::open(&path).unwrap();
    commit(&store, StoredAccount { email: Some("anne@exemple.fr".into()), ..account(1, &[ANNE]) }, &[1, 2]);
    now(store.save_visit(key(1), None, b"signed in".to_vec(), at(900), at(0))).unwrap();
    let before = everything(&store);
    drop(store);
    assert_eq!(everything(&Sqlite::open(&path).unwrap()), before);
}

#[test]
fn a_file_of_version_1_opens_and_loses_nothing() {
    let (_directory, path) = file();
    raw(&path).execute_batch(include_str!("../../../vectors/store/sqlite-1.sql")).unwrap();
    let store = Sqlite::open(&path).unwrap();
    let anne = StoredAccount {
        version: 3,
        state: b"{}".to_vec(),
        email: Some("anne@exemple.fr".into()),
        wake_at: Some(at(60)),
        ..account(1, &[ANNE, ANNE_PSI])
    };
    let forgotten = LogEntry { record: Vec::new(), salt: [0; 32], ..entry(2) };
    assert_eq!(now(store.account(anne.id)).unwrap(), Some(anne.clone()));
    assert_eq!(now(store.log_entries(0, 9)).unwrap(), [entry(1), forgotten]);
    assert_eq!(now(store.visit(key(1), at(0))).unwrap(), Some(b"signed in".to_vec()));
    assert_eq!(commit(&store, anne, &[3]).version, 4);
}

#[test]
#[cfg(feature = "psc")]
fn a_file_of_version_2_keeps_the_rows_of_the_guard() {
    use sas_psc::psc::{GuardKey, GuardRow, GuardStore};
    let (_directory, path) = file();
    raw(&path).execute_batch(include_str!("../../../vectors/store/sqlite-2.sql")).unwrap();
    let row = now(Sqlite::open(&path).unwrap().guard_row(GuardKey([7; 32]))).unwrap();
    assert_eq!(row, Some(GuardRow { version: 4, state: b"{}".to_vec() }));
}

#[test]
#[cfg(feature = "psc")]
fn a_file_of_version_3_keeps_sessions_and_names_seen() {
    use sas_psc::psc::{OnceStore, SessionKey, SessionStore, StoredSession};
    let (_directory, path) = file();
    raw(&path).execute_batch(include_str!("../../../vectors/store/sqlite-3.sql")).unwrap();
    let store = Sqlite::open(&path).unwrap();
    let key = SessionKey([9; 32]);
    let session = StoredSession { key, version: 5, sealed: vec![0, 255], ends: at(900), marks: vec![[8; 32]] };
    assert_eq!(now(store.session(key)).unwrap(), Some(session));
    assert_eq!(now(store.sessions_marked(&[[8; 32]])).unwrap(), [key]);
    assert!(!now(store.first_time([6; 32], at(950), at(899))).unwrap());
}

#[test]
#[cfg(feature = "card")]
fn a_file_of_version_4_keeps_local_sign_ins() {
    use sas_psc::card::fallback::{LocalSignInStore, OpenedBy};
    let (_directory, path) = file();
    raw(&path).execute_batch(include_str!("../../../vectors/store/sqlite-4.sql")).unwrap();
    let store = Sqlite::open(&path).unwrap();
    let kept = now(store.local_sign_ins_of(&[IdNat::parse("899700218896").unwrap()])).unwrap();
    assert_eq!((kept[0].at, kept[0].id, kept[0].professional.name.given.as_str()), (at(60), [5; 32], "ÉLODIE"));
    assert_eq!(kept[0].opening.by(), &OpenedBy::Outage { since: at(0), cause: Code::TIMED_OUT.number() });
    // A record that a later version wrote, or nobody of ours, is told.
    for (from, to, code) in [("\"v\":1", "\"v\":9", Code::STORE_NEWER), ("\"v\":9", "\"w\":1", Code::STORE_CORRUPT)] {
        raw(&path).execute("UPDATE local_sign_in SET record = replace(record, ?1, ?2)", [from, to]).unwrap();
        assert_eq!(now(store.local_sign_ins_open(at(99))).unwrap_err().code(), code);
    }
}

#[test]
fn a_file_of_version_5_keeps_links() {
    use sas_psc::onboarding::link::{LinkStore, LocalAccount, StoredLink};
    let (_directory, path) = file();
    raw(&path).execute_batch(include_str!("../../../vectors/store/sqlite-5.sql")).unwrap();
    let store = Sqlite::open(&path).unwrap();
    let account = LocalAccount::new("1742").unwrap();
    let identities = vec![IdNat::parse(ANNE).unwrap()];
    let link = StoredLink { account, version: 3, state: b"{}".to_vec(), issuer: ISSUER.into(), identities };
    assert_eq!(now(store.link(&link.account)).unwrap(), Some(link));
}

#[test]
fn a_file_of_version_6_keeps_what_was_counted() {
    use sas_psc::email::{LimitKey, LimitRow, LimitStore};
    let (_directory, path) = file();
    raw(&path).execute_batch(include_str!("../../../vectors/store/sqlite-6.sql")).unwrap();
    let rows = now(Sqlite::open(&path).unwrap().limit_rows(&[LimitKey([4; 32])])).unwrap();
    assert_eq!(rows, [Some(LimitRow { version: 3, state: b"{}".to_vec() })]);
}

#[test]
fn the_tables_of_today_are_those_of_the_last_vector() {
    let tables = |db: &rusqlite::Connection| -> Vec<String> {
        let mut statement = db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(|sql| sql.unwrap()).collect()
    };
    let (_directory, path) = file();
    drop(Sqlite::open(&path).unwrap());
    let vector = rusqlite::Connection::open_in_memory().unwrap();
    vector.execute_batch(include_str!("../../../vectors/store/sqlite-6.sql")).unwrap();
    assert_eq!(tables(&raw(&path)), tables(&vector), "a published script was changed");
}

#[test]
fn a_newer_file_or_one_that_is_not_ours_is_left_alone() {
    let (_directory, path) = file();
    drop(Sqlite::open(&path).unwrap());
    raw(&path).pragma_update(None, "user_version", 99).unwrap();
    assert_eq!(code(Sqlite::open(&path)), Code::STORE_NEWER);

    let (_directory, path) = file();
    raw(&path).execute_batch("CREATE TABLE patients (name)").unwrap();
    let before = fs::read(&path).unwrap();
    assert_eq!(code(Sqlite::open(&path)), Code::STORE_CORRUPT);
    assert_eq!(fs::read(&path).unwrap(), before);

    let (directory, path) = file();
    fs::write(&path, "this is no database, but a letter that is long enough to be read as one".repeat(9)).unwrap();
    assert_eq!(code(Sqlite::open(&path)), Code::STORE_CORRUPT);
    assert_eq!(code(Sqlite::open(directory.path())), Code::STORE_UNAVAILABLE);
    assert_eq!(code(Sqlite::open(directory.path().join("missing/accounts.sqlite"))), Code::STORE_UNAVAILABLE);
}

#[test]
fn damaged_rows_are_told_as_such() {
    let (_directory, path) = file();
    let store = Sqlite::open(&path).unwrap();
    let anne = commit(&store, account(1, &[ANNE]), &[]);
    raw(&path).execute("UPDATE identity SET identity = 'with a space'", []).unwrap();
    assert_eq!(now(store.account(anne.id)).unwrap_err().code(), Code::STORE_CORRUPT);
}

#[test]
#[cfg(unix)]
fn a_new_file_and_those_beside_it_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (directory, path) = file();
    let store = Sqlite::open(&path).unwrap();
    commit(&store, account(1, &[ANNE]), &[]);
    let files: Vec<_> = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap()).collect();
    assert_eq!(files.len(), 3, "the database, its write-ahead log and its index: {files:?}");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
}

#[test]
fn what_is_deleted_is_no_longer_in_the_file() {
    let (_directory, path) = file();
    let store = Sqlite::open(&path).unwrap();
    let secret = b"a visit that ended".to_vec();
    let holds = |path: &Path| fs::read(path).unwrap().windows(secret.len()).any(|bytes| bytes == secret);
    now(store.save_visit(key(1), None, secret.clone(), at(900), at(0))).unwrap();
    drop(store);
    assert!(holds(&path));
    let store = Sqlite::open(&path).unwrap();
    now(store.end_visit(key(1))).unwrap();
    drop(store);
    assert!(!holds(&path));
}

#[test]
fn a_commit_that_fails_at_any_statement_leaves_nothing() {
    let (_directory, path) = file();
    let store = Sqlite::open(&path).unwrap();
    let anne = commit(&store, account(1, &[ANNE]), &[1]);
    let before = everything(&store);
    let statements = [
        "UPDATE ON account",
        "DELETE ON identity",
        "INSERT ON identity WHEN new.position = 0",
        "INSERT ON identity WHEN new.position = 1",
        "INSERT ON log WHEN new.position = 1",
        "INSERT ON log WHEN new.position = 2",
    ];
    for statement in statements {
        let fail = format!("CREATE TRIGGER fail AFTER {statement} BEGIN SELECT RAISE(FAIL, 'disk'); END");
        raw(&path).execute_batch(&fail).unwrap();
        let later = StoredAccount { identities: account(1, &[PAUL, ANNE]).identities, ..anne.clone() };
        assert!(now(store.commit(change(later, &[2, 3]))).is_err(), "{statement}");
        raw(&path).execute_batch("DROP TRIGGER fail").unwrap();
        assert_eq!(everything(&store), before, "{statement}");
    }
}

/// Adds `count` records to one account, each with a commit, reading again after each conflict.
fn add_records(path: &Path, writer: u8, count: u64) {
    let store = Sqlite::open(path).unwrap();
    for number in 0..count {
        loop {
            let found = now(store.account(AccountId([1; 16]))).unwrap();
            let account = found.unwrap_or_else(|| account(1, &[ANNE]));
            let mut record = entry(writer);
            record.record_id[..8].copy_from_slice(&number.to_be_bytes());
            let mut change = change(account, &[]);
            change.entries.push(record);
            match now(store.commit(change)) {
                Ok(_) => break,
                Err(error) => assert_eq!(error.code(), Code::STORE_CONFLICT, "{error:?}"),
            }
        }
    }
}

#[test]
fn writers_on_several_connections_lose_no_change() {
    let (_directory, path) = file();
    // Each opens the file by itself, which is new: they make its tables together.
    thread::scope(|scope| {
        for writer in 0..4 {
            let path = &path;
            scope.spawn(move || add_records(path, writer, 25));
        }
    });
    let store = Sqlite::open(&path).unwrap();
    assert_eq!(now(store.account(AccountId([1; 16]))).unwrap().unwrap().version, 100);
    assert_eq!(now(store.log_entries(0, 999)).unwrap().len(), 100);
}

#[test]
fn of_several_that_race_for_a_number_or_an_address_one_gets_it() {
    let (_directory, path) = file();
    let race = |claim: fn(u8) -> StoredAccount, lost: Code| {
        let path = &path;
        let results: Vec<Result<u64, Error>> = thread::scope(|scope| {
            let claims =
                (1..5).map(|n| scope.spawn(move || now(Sqlite::open(path).unwrap().commit(change(claim(n), &[])))));
            claims.collect::<Vec<_>>().into_iter().map(|claim| claim.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        assert!(results.iter().flat_map(|result| result.as_ref().err()).all(|error| error.code() == lost));
    };
    race(|n| account(n, &[ANNE]), Code::STORE_IDENTITY_TAKEN);
    let email = |n: u8| StoredAccount {
        email: Some("cabinet@exemple.fr".into()),
        identities: vec![IdNat::parse(&format!("ANS{n}")).unwrap()],
        ..account(n + 10, &[])
    };
    race(email, Code::STORE_EMAIL_TAKEN);
}

const KILLED: &str = "SAS_PSC_TEST_WRITES_UNTIL_KILLED";

/// Not a promise by itself: what the next test starts as a process, and kills.
#[test]
fn writer_that_is_killed() {
    if let Some(path) = std::env::var_os(KILLED) {
        add_records(Path::new(&path), std::process::id().to_le_bytes()[0], u64::MAX);
    }
}

#[test]
fn a_killed_process_leaves_each_commit_whole_or_not_at_all() {
    let (_directory, path) = file();
    let store = Sqlite::open(&path).unwrap();
    let version = || now(store.account(AccountId([1; 16]))).unwrap().map_or(0, |account| account.version);
    for round in 0..8 {
        let before = version();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sqlite::writer_that_is_killed"])
            .env(KILLED, &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..30_000 {
            if version() > before {
                break;
            }
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_micros(700 * round)); // somewhere within a commit
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(version() > before, "nothing was written in 30 s");
        let again = Sqlite::open(&path).unwrap();
        assert_eq!(now(again.log_size()).unwrap(), version(), "each commit wrote its record and its version together");
    }
}
