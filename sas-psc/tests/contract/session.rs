//! What every store promises of sessions and of names seen once: one suite, run on each of ours.

use crate::support::{at, now};
use sas_psc::Code;
use sas_psc::psc::{OnceStore, SessionKey, SessionStore, StoredSession};
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs every promise on `(store, guard)` as `$make` makes it.
#[macro_export]
macro_rules! session_suite {
    ($name:ident, $make:expr) => {
        $crate::session_suite!(
            $name, $make,
            a_session_comes_back_whole_and_is_replaced_whole
            only_who_read_the_last_version_writes
            sessions_are_found_by_any_mark_each_once
            sweeping_deletes_ended_sessions_and_their_marks
            a_name_is_seen_for_the_first_time_once
            of_many_that_ask_at_once_one_is_first
            of_many_that_write_at_once_one_does
        );
    };
    ($name:ident, $make:expr, $($promise:ident)*) => {
        mod $name {
            $(#[test]
            fn $promise() {
                let (store, _guard) = $make;
                $crate::session::$promise(&store);
            })*
        }
    };
}

fn session(n: u8, marks: &[u8]) -> StoredSession {
    let marks = marks.iter().map(|mark| [*mark; 32]).collect();
    StoredSession { key: SessionKey([n; 32]), version: 0, sealed: vec![n, 0, 255], ends: at(60), marks }
}

fn save(store: &impl SessionStore, mut session: StoredSession) -> StoredSession {
    session.version = now(store.save_session(session.clone())).unwrap();
    session
}

fn read(store: &impl SessionStore, n: u8) -> Option<StoredSession> {
    now(store.session(SessionKey([n; 32]))).unwrap()
}

pub fn a_session_comes_back_whole_and_is_replaced_whole(store: &impl SessionStore) {
    assert_eq!(read(store, 1), None);
    let first = save(store, session(1, &[7, 3]));
    assert_eq!((first.version, read(store, 1)), (1, Some(first.clone())));
    let next = StoredSession { sealed: b"other".to_vec(), ends: at(90), marks: vec![[9; 32]], ..first };
    let next = save(store, next);
    assert_eq!((next.version, read(store, 1)), (2, Some(next)));
    assert_eq!(now(store.sessions_marked(&[[7; 32]])).unwrap(), []);
}

pub fn only_who_read_the_last_version_writes(store: &impl SessionStore) {
    let first = save(store, session(1, &[7]));
    let last = save(store, first.clone());
    for version in [0, 1, 3] {
        let late = StoredSession { version, sealed: b"late".to_vec(), marks: vec![[8; 32]], ..first.clone() };
        assert_eq!(now(store.save_session(late)).unwrap_err().code(), Code::STORE_CONFLICT, "version {version}");
        assert_eq!(read(store, 1).as_ref(), Some(&last));
    }
    assert_eq!(now(store.sessions_marked(&[[8; 32]])).unwrap(), [], "nothing of a refused write stays");
    let new = StoredSession { version: 1, ..session(2, &[]) };
    assert_eq!(now(store.save_session(new)).unwrap_err().code(), Code::STORE_CONFLICT, "never written");
}

pub fn sessions_are_found_by_any_mark_each_once(store: &impl SessionStore) {
    save(store, session(1, &[7, 3]));
    save(store, session(2, &[7]));
    save(store, session(3, &[4]));
    let found = |marks: &[u8]| {
        let marks: Vec<_> = marks.iter().map(|mark| [*mark; 32]).collect();
        let mut found: Vec<_> = now(store.sessions_marked(&marks)).unwrap().iter().map(|key| key.0[0]).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(found(&[7]), [1, 2]);
    assert_eq!(found(&[7, 3, 9]), [1, 2]);
    assert_eq!(found(&[3, 4]), [1, 3]);
    assert_eq!((found(&[9]), found(&[])), (vec![], vec![]));
}

pub fn sweeping_deletes_ended_sessions_and_their_marks(store: &impl SessionStore) {
    for (n, ends) in [(1, 10), (2, 20), (3, 30)] {
        save(store, StoredSession { ends: at(ends), ..session(n, &[7]) });
    }
    assert_eq!(now(store.sweep_sessions(at(20))).unwrap(), 2);
    assert_eq!(now(store.sweep_sessions(at(20))).unwrap(), 0);
    assert_eq!(now(store.sessions_marked(&[[7; 32]])).unwrap(), [SessionKey([3; 32])]);
    assert_eq!(save(store, session(1, &[])).version, 1, "a key that was swept is free");
}

pub fn a_name_is_seen_for_the_first_time_once(store: &impl OnceStore) {
    let first = |n: u8, until, moment| now(store.first_time([n; 32], at(until), at(moment))).unwrap();
    assert!(first(1, 10, 0) && !first(1, 10, 5) && first(2, 10, 5));
    assert!(!first(1, 99, 9), "asking again does not keep it longer");
    assert!(first(1, 20, 10), "its time was over");
    assert!(!first(1, 20, 19));
}

pub fn of_many_that_ask_at_once_one_is_first(store: &impl OnceStore) {
    let firsts = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let first = now(store.first_time([1; 32], at(10), at(0))).unwrap();
                firsts.fetch_add(first.into(), Ordering::SeqCst);
            });
        }
    });
    assert_eq!(firsts.into_inner(), 1);
}

pub fn of_many_that_write_at_once_one_does(store: &impl SessionStore) {
    let last = save(store, session(1, &[7]));
    let written = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| match now(store.save_session(last.clone())) {
                Ok(_) => drop(written.fetch_add(1, Ordering::SeqCst)),
                Err(error) => assert_eq!(error.code(), Code::STORE_CONFLICT),
            });
        }
    });
    assert_eq!((written.into_inner(), read(store, 1).unwrap().version), (1, 2));
}
