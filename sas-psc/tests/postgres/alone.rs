//! What befalls the server for everybody: it starts again, dies, stays away.

use crate::place::{Place, control};
use crate::support::*;
use sas_psc::Code;
use sas_psc::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

#[test]
fn a_server_that_starts_again_or_dies_is_met_again_without_a_word() {
    let place = Place::new();
    let (store, over) = (place.open(), AtomicBool::new(false));
    let done = thread::scope(|scope| {
        let callers: Vec<_> = (1..5u8)
            .map(|caller| {
                let (store, over) = (&store, &over);
                scope.spawn(move || {
                    let mut anne = account(caller, &[&format!("ANS{caller}")]);
                    anne.version = now(store.commit(change(anne.clone(), &[]))).unwrap();
                    let mut count = 0u32;
                    while !over.load(Ordering::SeqCst) {
                        let mut record_id = [caller; 16];
                        record_id[..4].copy_from_slice(&count.to_be_bytes());
                        let entries = vec![LogEntry { record_id, ..entry(1) }];
                        anne.version = now(store.commit(Change { account: anne.clone(), entries })).unwrap();
                        assert_eq!(now(store.account(anne.id)).unwrap().as_ref(), Some(&anne));
                        count += 1;
                        thread::sleep(Duration::from_millis(1));
                    }
                    count
                })
            })
            .collect();
        for what in [&["restart"][..], &["kill", "start"], &["stop", "start"]] {
            thread::sleep(Duration::from_millis(150));
            what.iter().for_each(|what| control(what));
        }
        thread::sleep(Duration::from_millis(150));
        over.store(true, Ordering::SeqCst);
        callers.into_iter().map(|caller| caller.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(done.iter().all(|count| *count > 2), "{done:?}");
    assert_eq!(now(store.log_size()).unwrap(), done.iter().map(|count| u64::from(*count)).sum::<u64>());
    assert_eq!(place.sql("SELECT max(position) + 1 = count(*) FROM sas_log"), "t");
}

#[test]
fn a_server_that_stays_away_is_unavailable_and_then_there_again() {
    let place = Place::new();
    let settings = place.settings().patience(Duration::from_millis(400));
    let store = sas_psc::store::Postgres::open(&settings).unwrap();
    let anne = commit(&store, account(1, &[ANNE]), &[]);
    control("stop");
    assert_eq!(now(store.account(AccountId([1; 16]))).unwrap_err().code(), Code::STORE_UNAVAILABLE);
    let late = now(store.commit(change(StoredAccount { state: vec![1], ..anne.clone() }, &[1]))).unwrap_err();
    assert!([Code::STORE_UNAVAILABLE, Code::STORE_OUTCOME_UNKNOWN].contains(&late.code()), "{late:?}");
    control("start");
    assert_eq!(now(store.account(anne.id)).unwrap(), Some(anne));
    assert_eq!(now(store.log_size()).unwrap(), 0);
}
