//! `purge run` on a database that has something whose time is over.

use sas_psc::base::Timestamp;
use sas_psc::drive::block_on;
use sas_psc::onboarding::{Store, VisitKey};
use sas_psc::store::AnyStore;
use std::path::Path;
use std::process::Command;

fn purged(database: &Path, key: &Path) -> Vec<String> {
    let run = Command::new(env!("CARGO_BIN_EXE_sas-psc"))
        .args(["purge", "run", "--controller", "Plateforme", "--exit", "page du compte", "--keep", "local-sign-ins=30"])
        .arg("--key-file")
        .arg(key)
        .env("SAS_PSC_DATABASE", database)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn what_is_over_is_deleted_once_with_its_record() {
    let directory = tempfile::tempdir().unwrap();
    let (database, key) = (directory.path().join("accounts.sqlite"), directory.path().join("key"));
    std::fs::write(&key, [7; 32]).unwrap();
    let at = Timestamp::from_unix;
    let log_size = || block_on(AnyStore::open(&database).unwrap().log_size()).unwrap();
    let store = AnyStore::open(&database).unwrap();
    block_on(store.save_visit(VisitKey([1; 32]), None, vec![1], at(1_000), at(10))).unwrap();
    drop(store);
    assert!(purged(&database, &key).contains(&"visits\t1".to_owned()));
    assert_eq!(log_size(), 1);
    let again = purged(&database, &key);
    assert!(again.len() > 5 && again.iter().all(|line| line.ends_with("\t0")), "{again:?}");
    assert_eq!(log_size(), 1, "nothing was deleted, nothing is recorded");
}
