//! What every store promises to the CIBA guard: one row a key, changed only by who has read its last version.

use crate::support::{at, now};
use sas_psc::Code;
use sas_psc::psc::{GuardKey, GuardRow, GuardStore};
use sas_psc::store::Memory;
use std::sync::atomic::{AtomicU64, Ordering};

const KEY: GuardKey = GuardKey([1; 32]);

fn swap(store: &impl GuardStore, key: GuardKey, expected: u64, state: &str, ends: i64) -> Result<(), Code> {
    now(store.swap_guard_row(key, expected, state.into(), at(ends))).map_err(|error| error.code())
}

fn row(store: &impl GuardStore, key: GuardKey) -> Option<(u64, String)> {
    let row = now(store.guard_row(key)).unwrap();
    row.map(|GuardRow { version, state }| (version, String::from_utf8(state).unwrap()))
}

pub fn a_row_is_changed_by_who_read_it_last(store: &impl GuardStore) {
    assert_eq!(row(store, KEY), None);
    assert_eq!(swap(store, KEY, 1, "a", 60), Err(Code::STORE_CONFLICT), "there is none");
    assert_eq!(row(store, KEY), None);
    assert_eq!(swap(store, KEY, 0, "a", 60), Ok(()));
    assert_eq!(swap(store, KEY, 0, "b", 60), Err(Code::STORE_CONFLICT));
    assert_eq!(swap(store, KEY, 1, "b", 60), Ok(()));
    for version in [0, 1, 3, u64::MAX] {
        assert_eq!(swap(store, KEY, version, "c", 60), Err(Code::STORE_CONFLICT), "{version}");
    }
    assert_eq!(row(store, KEY), Some((2, "b".into())));
    assert_eq!(row(store, GuardKey([2; 32])), None);
}

pub fn rows_are_swept_when_their_time_is_over(store: &impl GuardStore) {
    for (number, ends) in [(1, 10), (2, 20), (3, 30)] {
        swap(store, GuardKey([number; 32]), 0, "x", ends).unwrap();
    }
    assert_eq!(now(store.sweep_guard_rows(at(20))).unwrap(), 2);
    assert_eq!((row(store, GuardKey([2; 32])), row(store, GuardKey([3; 32]))), (None, Some((1, "x".into()))));
    assert_eq!(swap(store, GuardKey([1; 32]), 0, "y", 40), Ok(()), "begins again");
}

/// Each adds one, a hundred times, reading again after each conflict.
pub fn no_change_is_lost(stores: &[impl GuardStore]) {
    let conflicts = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for store in stores {
            scope.spawn(|| {
                for _ in 0..25 {
                    loop {
                        let (version, count) = row(store, KEY).map_or((0, 0), |(v, s)| (v, s.parse::<u64>().unwrap()));
                        match swap(store, KEY, version, &(count + 1).to_string(), 60) {
                            Ok(()) => break,
                            Err(code) => assert_eq!(code, Code::STORE_CONFLICT),
                        }
                        conflicts.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let all = 25 * stores.len() as u64;
    assert_eq!(row(&stores[0], KEY), Some((all, all.to_string())), "{conflicts:?} conflicts");
}

#[test]
fn memory() {
    a_row_is_changed_by_who_read_it_last(&Memory::new());
    rows_are_swept_when_their_time_is_over(&Memory::new());
    let shared = std::sync::Arc::new(Memory::new());
    no_change_is_lost(&vec![shared; 4]);
}

#[test]
#[cfg(feature = "sqlite")]
fn sqlite() {
    use sas_psc::store::Sqlite;
    let directory = tempfile::tempdir().unwrap();
    let open = |name: &str| Sqlite::open(directory.path().join(name)).unwrap();
    a_row_is_changed_by_who_read_it_last(&open("a"));
    rows_are_swept_when_their_time_is_over(&open("b"));
    no_change_is_lost(&(0..4).map(|_| open("c")).collect::<Vec<_>>());
}
