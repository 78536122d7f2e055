//! What every store promises of lives, erasures and purges: one suite, run on each of ours.

use crate::support::{ANNE, ANNE_PSI, PAUL, account, at, commit, entry, everything, key, now};
use sas_psc::Code;
use sas_psc::email::{LimitKey, LimitStore, LimitSwap};
use sas_psc::onboarding::lifecycle::{Erasure, LifeChange, LifeStore, StoredLife};
use sas_psc::onboarding::retention::{DataClass, PurgeStore};
use sas_psc::onboarding::{AccountId, LogEntry, Store};

/// Runs every promise on `(store, guard)` as `$make` makes it.
#[macro_export]
macro_rules! life_suite {
    ($name:ident, $make:expr) => {
        $crate::life_suite!(
            $name, $make,
            a_life_comes_back_whole_and_only_who_read_it_last_writes
            the_longest_waiting_life_is_due_first
            accounts_without_a_life_are_told
            an_erasure_takes_everything_of_an_account_and_leaves_the_log_whole
            an_erasure_of_what_changed_meanwhile_does_nothing
            an_erased_person_is_known_until_the_end_told
            a_purge_deletes_what_is_over_the_oldest_first_and_is_recorded
            a_purge_whose_record_cannot_be_made_deletes_nothing
            keys_of_the_mail_limiter_go_when_their_time_is_over
            a_class_that_a_store_does_not_keep_is_nothing_to_purge
        );
    };
    ($name:ident, $make:expr, $($promise:ident)*) => {
        mod $name {
            $(#[test]
            fn $promise() {
                let (store, _guard) = $make;
                $crate::life::$promise(&store);
            })*
        }
    };
}

const ID: AccountId = AccountId([1; 16]);

fn life(n: u8, due: i64) -> StoredLife {
    StoredLife { account: AccountId([n; 16]), version: 0, state: vec![n, 0, 255], due_at: Some(at(due)) }
}

fn save(store: &impl LifeStore, life: StoredLife, entries: &[u8]) -> Result<u64, Code> {
    let entries = entries.iter().copied().map(entry).collect();
    now(store.commit_life(LifeChange { life, entries })).map_err(|error| error.code())
}

fn erasure(version: u64, life_version: u64, records: &[u8]) -> Erasure {
    let records = records.iter().map(|n| [*n; 16]).collect();
    Erasure {
        account: ID,
        version,
        life_version,
        records,
        tombstones: vec![([9; 32], at(100))],
        entries: vec![entry(7)],
    }
}

pub fn a_life_comes_back_whole_and_only_who_read_it_last_writes(store: &impl LifeStore) {
    assert_eq!(now(store.life(ID)).unwrap(), None);
    assert_eq!(save(store, life(1, 60), &[1]), Ok(1));
    let kept = StoredLife { version: 1, ..life(1, 60) };
    assert_eq!(now(store.life(ID)).unwrap(), Some(kept.clone()));
    for version in [0, 2, u64::MAX] {
        assert_eq!(save(store, StoredLife { version, ..kept.clone() }, &[2]), Err(Code::STORE_CONFLICT));
    }
    assert_eq!(save(store, kept.clone(), &[1]), Err(Code::STORE_CONFLICT), "a record is logged once");
    assert_eq!(save(store, StoredLife { due_at: None, ..kept }, &[2]), Ok(2));
    assert_eq!((now(store.life(ID)).unwrap().unwrap().due_at, now(store.log_size()).unwrap()), (None, 2));
}

pub fn the_longest_waiting_life_is_due_first(store: &impl LifeStore) {
    for (n, due) in [(1, 30), (2, 10), (3, 20), (4, 99)] {
        save(store, life(n, due), &[]).unwrap();
    }
    save(store, StoredLife { due_at: None, ..life(5, 0) }, &[]).unwrap();
    let due = |moment, limit| -> Vec<u8> {
        now(store.lives_due(at(moment), limit)).unwrap().iter().map(|id| id.0[0]).collect()
    };
    assert_eq!(due(30, 9), [2, 3, 1]);
    assert_eq!((due(30, 2), due(9, 9)), (vec![2, 3], vec![]));
}

pub fn accounts_without_a_life_are_told(store: &impl LifeStore) {
    commit(store, account(1, &[ANNE]), &[]);
    commit(store, account(2, &[PAUL]), &[]);
    save(store, life(1, 10), &[]).unwrap();
    assert_eq!(now(store.lifeless(9)).unwrap(), [AccountId([2; 16])]);
    assert_eq!(now(store.lifeless(0)).unwrap(), []);
}

pub fn an_erasure_takes_everything_of_an_account_and_leaves_the_log_whole(store: &impl LifeStore) {
    let with_email =
        sas_psc::onboarding::StoredAccount { email: Some("a@b.fr".into()), ..account(1, &[ANNE, ANNE_PSI]) };
    commit(store, with_email, &[1, 2, 3]);
    save(store, life(1, 10), &[]).unwrap();
    let leaves =
        || -> Vec<Vec<u8>> { now(store.log_entries(0, 9)).unwrap().into_iter().map(|entry| entry.leaf).collect() };
    let before = leaves();
    assert_eq!(now(store.erase(erasure(1, 1, &[1, 3, 8]))).unwrap().records, 2);
    let left = now(store.log_entries(0, 9)).unwrap();
    let forgotten = |n| LogEntry { record: Vec::new(), salt: [0; 32], ..entry(n) };
    assert_eq!(left, [forgotten(1), entry(2), forgotten(3), entry(7)]);
    assert_eq!(leaves()[..3], before, "the entries of the log stay");
    assert_eq!((now(store.account(ID)).unwrap(), now(store.life(ID)).unwrap()), (None, None));
    assert_eq!(now(store.account_with_email("a@b.fr")).unwrap(), None);
    let again = account(2, &[ANNE_PSI, ANNE]);
    commit(store, again, &[]);
}

pub fn an_erasure_of_what_changed_meanwhile_does_nothing(store: &impl LifeStore) {
    commit(store, account(1, &[ANNE]), &[1]);
    save(store, life(1, 10), &[]).unwrap();
    let before = everything(store);
    for (version, life_version) in [(0, 1), (2, 1), (1, 0), (1, 2)] {
        let error = now(store.erase(erasure(version, life_version, &[1]))).unwrap_err();
        assert_eq!(error.code(), Code::STORE_CONFLICT);
        assert_eq!(everything(store), before);
        assert!(!now(store.is_erased(&[[9; 32]], at(0))).unwrap());
    }
    now(store.erase(erasure(1, 1, &[]))).unwrap();
    let again = Erasure { entries: vec![entry(8)], ..erasure(1, 1, &[]) };
    assert_eq!(now(store.erase(again)).unwrap_err().code(), Code::STORE_CONFLICT, "there is none");
}

pub fn an_erased_person_is_known_until_the_end_told(store: &impl LifeStore) {
    commit(store, account(1, &[ANNE]), &[]);
    now(store.erase(erasure(1, 0, &[]))).unwrap();
    let known = |names: &[[u8; 32]], moment| now(store.is_erased(names, at(moment))).unwrap();
    assert!(known(&[[8; 32], [9; 32]], 99) && !known(&[[8; 32]], 0));
    assert!(!known(&[[9; 32]], 100), "its end has come");
}

pub fn a_purge_deletes_what_is_over_the_oldest_first_and_is_recorded(store: &(impl Store + PurgeStore)) {
    for n in 1..=5 {
        now(store.save_visit(key(n), None, vec![n], at(i64::from(n) * 10), at(0))).unwrap();
    }
    let purge = |before, limit, record: u8| {
        now(store.purge(DataClass::Visits, at(before), limit, &|count| {
            Ok(LogEntry { leaf: vec![u8::try_from(count).unwrap()], ..entry(record) })
        }))
        .unwrap()
    };
    assert_eq!((purge(40, 3, 1), purge(40, 3, 2), purge(40, 3, 3)), (3, 1, 0));
    assert_eq!(now(store.visit(key(5), at(0))).unwrap(), Some(vec![5]));
    let records: Vec<_> = now(store.log_entries(0, 9)).unwrap().iter().map(|e| (e.record_id[0], e.leaf[0])).collect();
    assert_eq!(records, [(1, 3), (2, 1)], "none for nothing");
}

pub fn a_purge_whose_record_cannot_be_made_deletes_nothing(store: &(impl Store + PurgeStore)) {
    now(store.save_visit(key(1), None, vec![1], at(10), at(0))).unwrap();
    let failed = now(store.purge(DataClass::Visits, at(10), 9, &|_| Err(Code::NO_RANDOMNESS.into())));
    assert_eq!(failed.unwrap_err().code(), Code::NO_RANDOMNESS);
    assert_eq!(now(store.visit(key(1), at(0))).unwrap(), Some(vec![1]));
}

pub fn keys_of_the_mail_limiter_go_when_their_time_is_over(store: &(impl LimitStore + PurgeStore)) {
    let swap = |n, ends| LimitSwap { key: LimitKey([n; 32]), expected: 0, state: vec![n], ends: at(ends) };
    now(store.swap_limit_rows(&[swap(1, 10), swap(2, 20)])).unwrap();
    assert_eq!(now(store.purge(DataClass::MailLimits, at(10), 9, &|_| Ok(entry(1)))).unwrap(), 1);
    let left = now(store.limit_rows(&[LimitKey([1; 32]), LimitKey([2; 32])])).unwrap();
    assert_eq!(left.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true]);
}

pub fn a_class_that_a_store_does_not_keep_is_nothing_to_purge(store: &(impl Store + PurgeStore)) {
    commit(store, account(1, &[ANNE]), &[]);
    for class in [DataClass::Accounts, DataClass::Records, DataClass::Outbox, DataClass::Traces] {
        assert_eq!(now(store.purge(class, at(i64::MAX / 2000), 9, &|_| panic!("nothing to record"))).unwrap(), 0);
    }
    assert_eq!(now(store.log_size()).unwrap(), 0);
}
