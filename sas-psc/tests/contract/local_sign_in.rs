//! What every store promises of local sign-ins: kept once, found by the person, compared once.

use crate::support::{at, now};
use sas_psc::Code;
use sas_psc::card::fallback::{LocalSignInRecord, LocalSignInStore, Reconciled};
use sas_psc::id::IdNat;
use serde_json::json;
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs every promise on `(store, guard)` as `$make` makes it.
#[macro_export]
macro_rules! local_sign_in_suite {
    ($name:ident, $make:expr) => {
        $crate::local_sign_in_suite!(
            $name, $make,
            a_record_comes_back_whole_and_is_kept_once
            records_are_found_by_any_number_of_the_person_the_oldest_first
            records_that_wait_for_their_comparison_are_listed
            a_record_is_compared_once
            of_many_that_keep_or_compare_at_once_one_does
        );
    };
    ($name:ident, $make:expr, $($promise:ident)*) => {
        mod $name {
            $(#[test]
            fn $promise() {
                let (store, _guard) = $make;
                $crate::local_sign_in::$promise(&store);
            })*
        }
    };
}

fn record(n: u8, person: &str, seconds: i64) -> LocalSignInRecord {
    let when = at(seconds).unix_millis();
    let record = json!({
        "id": vec![n; 32], "at": when, "service": "https://ward.example", "card": "2800636234",
        "certificate": vec![7; 32], "revocation_as_of": when - 1000, "reconciled": null,
        "opening": { "by": "administrator", "name": "Dr Garde", "reason": "panne", "from": when, "until": when + 1000 },
        "professional": { "id_nat": person, "name": { "family": "SPECIALISTE", "given": "ÉLODIE" } },
    });
    serde_json::from_value(record).unwrap()
}

fn keep(store: &impl LocalSignInStore, record: LocalSignInRecord) -> Result<(), Code> {
    now(store.keep_local_sign_in(record)).map_err(|error| error.code())
}

fn of(store: &impl LocalSignInStore, people: &[&str]) -> Vec<LocalSignInRecord> {
    let people: Vec<_> = people.iter().map(|id| IdNat::parse(id).unwrap()).collect();
    now(store.local_sign_ins_of(&people)).unwrap()
}

fn compared() -> Reconciled {
    Reconciled { at: at(99), differences: vec!["number".into()] }
}

pub fn a_record_comes_back_whole_and_is_kept_once(store: &impl LocalSignInStore) {
    assert_eq!(of(store, &["899700218896"]), []);
    let first = record(1, "899700218896", 5);
    assert_eq!(keep(store, first.clone()), Ok(()));
    assert_eq!(of(store, &["899700218896"]), std::slice::from_ref(&first));
    assert_eq!(keep(store, record(1, "899700366240", 6)), Err(Code::STORE_CONFLICT), "one answer, one sign-in");
    assert_eq!((of(store, &["899700218896"]), of(store, &["899700366240"])), (vec![first], vec![]));
}

pub fn records_are_found_by_any_number_of_the_person_the_oldest_first(store: &impl LocalSignInStore) {
    for (n, person, seconds) in
        [(1, "899700218896", 30), (2, "00B6087510", 10), (3, "899700366240", 5), (4, "899700218896", 20)]
    {
        keep(store, record(n, person, seconds)).unwrap();
    }
    let names = |people: &[&str]| of(store, people).iter().map(|record| record.id[0]).collect::<Vec<_>>();
    assert_eq!(names(&["899700218896"]), [4, 1]);
    assert_eq!(names(&["899700218896", "00B6087510", "899700218896"]), [2, 4, 1], "each once");
    assert_eq!((names(&["99700218896"]), names(&[])), (vec![], vec![]));
}

pub fn records_that_wait_for_their_comparison_are_listed(store: &impl LocalSignInStore) {
    for (n, seconds) in [(1, 30), (2, 10), (3, 20)] {
        keep(store, record(n, "899700218896", seconds)).unwrap();
    }
    let open = |before| now(store.local_sign_ins_open(at(before))).unwrap().iter().map(|r| r.id[0]).collect::<Vec<_>>();
    assert_eq!((open(10), open(21), open(99)), (vec![], vec![2, 3], vec![2, 3, 1]));
    now(store.reconcile_local_sign_in([3; 32], compared())).unwrap();
    assert_eq!(open(99), [2, 1]);
}

pub fn a_record_is_compared_once(store: &impl LocalSignInStore) {
    keep(store, record(1, "899700218896", 5)).unwrap();
    let reconcile = |n: u8| now(store.reconcile_local_sign_in([n; 32], compared())).map_err(|error| error.code());
    assert_eq!((reconcile(2), reconcile(1)), (Err(Code::STORE_CONFLICT), Ok(())));
    assert_eq!(reconcile(1), Err(Code::STORE_CONFLICT));
    assert_eq!(of(store, &["899700218896"]), []);
    assert_eq!(keep(store, record(1, "899700218896", 5)), Err(Code::STORE_CONFLICT), "it stays kept");
}

pub fn of_many_that_keep_or_compare_at_once_one_does(store: &impl LocalSignInStore) {
    let (kept, done) = (AtomicU32::new(0), AtomicU32::new(0));
    let count = |counter: &AtomicU32, result: Result<(), Code>| match result {
        Ok(()) => drop(counter.fetch_add(1, Ordering::SeqCst)),
        Err(code) => assert_eq!(code, Code::STORE_CONFLICT),
    };
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| count(&kept, keep(store, record(1, "899700218896", 5))));
        }
    });
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let result = now(store.reconcile_local_sign_in([1; 32], compared()));
                count(&done, result.map_err(|error| error.code()));
            });
        }
    });
    assert_eq!((kept.into_inner(), done.into_inner()), (1, 1));
}
