//! What every store promises to the limiter of mails: rows changed together, only by who has read the last version of
//! each; and what many instances count together.

use crate::support::{at, now};
use sas_psc::Code;
use sas_psc::base::ServerKey;
use sas_psc::drive::{MailLimits, block_on};
use sas_psc::email::{Address, LimitKey, LimitRules, LimitStore, LimitSwap, Limiter, MailAsk};
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs every promise on `(store, guard)` as `$make` makes it.
#[macro_export]
macro_rules! limit_suite {
    ($name:ident, $make:expr) => {
        mod $name {
            #[test]
            fn rows_come_back_in_the_order_of_their_keys() {
                let (store, _guard) = $make;
                $crate::limit::rows_come_back_in_the_order_of_their_keys(&store);
            }
            #[test]
            fn rows_are_changed_together_or_not_at_all() {
                let (store, _guard) = $make;
                $crate::limit::rows_are_changed_together_or_not_at_all(&store);
            }
            #[test]
            fn rows_are_swept_when_their_time_is_over() {
                let (store, _guard) = $make;
                $crate::limit::rows_are_swept_when_their_time_is_over(&store);
            }
        }
    };
}

fn key(n: u8) -> LimitKey {
    LimitKey([n; 32])
}

fn swap(n: u8, expected: u64, state: &str, ends: i64) -> LimitSwap {
    LimitSwap { key: key(n), expected, state: state.into(), ends: at(ends) }
}

fn write(store: &impl LimitStore, swaps: &[LimitSwap]) -> Result<(), Code> {
    now(store.swap_limit_rows(swaps)).map_err(|error| error.code())
}

/// Version and state of the rows 1 to 3.
fn rows(store: &impl LimitStore) -> Vec<Option<(u64, String)>> {
    let rows = now(store.limit_rows(&[key(1), key(2), key(3)])).unwrap();
    rows.into_iter().map(|row| row.map(|row| (row.version, String::from_utf8(row.state).unwrap()))).collect()
}

pub fn rows_come_back_in_the_order_of_their_keys(store: &impl LimitStore) {
    assert_eq!(rows(store), [None, None, None]);
    write(store, &[swap(3, 0, "c", 60), swap(1, 0, "a", 60)]).unwrap();
    assert_eq!(rows(store), [Some((1, "a".into())), None, Some((1, "c".into()))]);
    assert_eq!(now(store.limit_rows(&[])).unwrap(), []);
    let twice = now(store.limit_rows(&[key(3), key(1), key(3)])).unwrap();
    assert_eq!(twice.iter().map(|row| row.as_ref().unwrap().state.clone()).collect::<Vec<_>>(), [b"c", b"a", b"c"]);
}

pub fn rows_are_changed_together_or_not_at_all(store: &impl LimitStore) {
    write(store, &[swap(1, 0, "a", 60), swap(2, 0, "b", 60)]).unwrap();
    write(store, &[swap(1, 1, "a2", 60)]).unwrap();
    let before = rows(store);
    for wrong in [0, 1, 3, u64::MAX] {
        for swaps in [
            [swap(1, wrong, "x", 60), swap(2, 1, "x", 60)],
            [swap(2, 1, "x", 60), swap(1, wrong, "x", 60)],
            [swap(3, 0, "x", 60), swap(1, wrong, "x", 60)],
        ] {
            assert_eq!(write(store, &swaps), Err(Code::STORE_CONFLICT), "{wrong}");
            assert_eq!(rows(store), before, "a refused change wrote something");
        }
    }
    assert_eq!(write(store, &[swap(3, 1, "x", 60)]), Err(Code::STORE_CONFLICT), "there is none");
    write(store, &[swap(1, 2, "a3", 60), swap(2, 1, "b2", 60), swap(3, 0, "c", 60)]).unwrap();
    assert_eq!(rows(store), [Some((3, "a3".into())), Some((2, "b2".into())), Some((1, "c".into()))]);
}

pub fn rows_are_swept_when_their_time_is_over(store: &impl LimitStore) {
    write(store, &[swap(1, 0, "a", 10), swap(2, 0, "b", 20), swap(3, 0, "c", 30)]).unwrap();
    assert_eq!(now(store.sweep_limit_rows(at(20))).unwrap(), 2);
    assert_eq!(rows(store), [None, None, Some((1, "c".into()))]);
    write(store, &[swap(1, 0, "again", 40)]).unwrap();
}

/// Several instances, each with people who ask for mails to one mailbox from one network: what passes is what one
/// instance would let pass.
pub fn instances_count_together(stores: Vec<impl LimitStore>) {
    let json = r#"{"network":{"free":10,"first_wait":60,"longest_wait":60,"a_day":99}}"#;
    let (passed, held) = (AtomicU32::new(0), AtomicU32::new(0));
    std::thread::scope(|scope| {
        for (instance, store) in stores.into_iter().enumerate() {
            let (passed, held) = (&passed, &held);
            scope.spawn(move || {
                let limiter = Limiter::new(ServerKey::new(&[7; 32]).unwrap(), LimitRules::from_json(json).unwrap());
                let limits = MailLimits::new(limiter, store);
                for n in 0..8 {
                    let address = Address::parse(&format!("a{instance}.{n}@exemple.fr")).unwrap();
                    let person = format!("{instance} {n}");
                    let network = "192.0.2.7".parse().ok();
                    let ask = MailAsk { person: person.as_bytes(), address: &address, network };
                    match block_on(limits.ask(&ask, at(1_795_420_800))) {
                        Ok(_) => passed.fetch_add(1, Ordering::SeqCst),
                        Err(error) => {
                            assert_eq!(error.code(), Code::EMAIL_TOO_MANY);
                            assert_eq!(error.facts().retry_after.unwrap().as_secs(), 60);
                            held.fetch_add(1, Ordering::SeqCst)
                        }
                    };
                }
            });
        }
    });
    assert_eq!((passed.into_inner(), held.into_inner()), (10, 22));
}

#[test]
fn instances_count_together_in_memory() {
    let shared = std::sync::Arc::new(sas_psc::store::Memory::new());
    instances_count_together(vec![shared; 4]);
}

#[test]
#[cfg(feature = "sqlite")]
fn instances_count_together_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let open = |_| sas_psc::store::Sqlite::open(directory.path().join("accounts.sqlite")).unwrap();
    instances_count_together((0..4).map(open).collect());
}
