//! Many instances on one database, each with many callers.

use crate::place::Place;
use crate::support::*;
use sas_psc::id::IdNat;
use sas_psc::onboarding::{AccountId, Change, LogEntry, Store, StoredAccount};
use sas_psc::store::Postgres;
use sas_psc::{Code, Error};
use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;

fn named(n: u32) -> LogEntry {
    let mut record_id = [7; 16];
    record_id[..4].copy_from_slice(&n.to_be_bytes());
    LogEntry { record_id, ..entry(1) }
}

fn own_account(n: u32) -> StoredAccount {
    let mut id = [1; 16];
    id[..4].copy_from_slice(&n.to_be_bytes());
    StoredAccount { id: AccountId(id), ..account(1, &[&format!("ANS{n}")]) }
}

/// Callers spread over the instances, each of whom begins an account and logs `each` records for it.
fn log_side_by_side(stores: &[Postgres], callers: u32, each: u32) {
    thread::scope(|scope| {
        for caller in 0..callers {
            let store = &stores[caller as usize % stores.len()];
            scope.spawn(move || {
                let mut account = own_account(caller);
                account.version = now(store.commit(Change { account: account.clone(), entries: Vec::new() })).unwrap();
                for n in 0..each {
                    let entries = vec![named(caller * each + n)];
                    account.version = now(store.commit(Change { account: account.clone(), entries })).unwrap();
                }
                assert_eq!(account.version, u64::from(each) + 1);
            });
        }
    });
}

#[test]
fn what_many_callers_of_four_instances_log_is_all_there_without_a_gap() {
    const CALLERS: u32 = 12;
    const EACH: u32 = 15;
    let place = Place::new();
    let stores: Vec<Postgres> = (0..4).map(|_| place.open()).collect();
    log_side_by_side(&stores, CALLERS, EACH);
    let all = now(stores[0].log_entries(0, u64::MAX)).unwrap();
    assert_eq!((all.len() as u32, now(stores[1].log_size()).unwrap()), (CALLERS * EACH, u64::from(CALLERS * EACH)));
    let ids: BTreeSet<_> = all.iter().map(|entry| entry.record_id).collect();
    assert_eq!(ids.len(), all.len(), "none twice");
    assert_eq!(place.sql("SELECT max(position) + 1 FROM sas_log"), all.len().to_string());
    // Each caller's records stand in the order in which they were acknowledged.
    for caller in 0..CALLERS {
        let theirs = |entry: &&LogEntry| ids.contains(&entry.record_id) && number(entry) / EACH == caller;
        let numbers: Vec<u32> = all.iter().filter(theirs).map(number).collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
    }
    fn number(entry: &LogEntry) -> u32 {
        u32::from_be_bytes(entry.record_id[..4].try_into().unwrap())
    }
}

#[test]
fn instances_that_meet_at_the_log_of_a_slow_server_keep_their_callers_together() {
    const CALLERS: u32 = 64;
    const EACH: u32 = 4;
    let place = Place::new();
    let stores: Vec<Postgres> = (0..4).map(|_| place.open()).collect();
    // As with a standby that is far: whoever logs is at it for 20 ms, and all others who come then are turned away.
    place.sql(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.02); RETURN NULL; END'",
    );
    place.sql(
        "CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON sas_log_head DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION slow()",
    );
    log_side_by_side(&stores, CALLERS, EACH);
    let transactions: u32 = place.sql("SELECT count(DISTINCT xmin::text) FROM sas_log").parse().unwrap();
    assert!(transactions <= CALLERS * EACH / 4, "{} records in {transactions} transactions", CALLERS * EACH);
    assert_eq!(now(stores[0].log_size()).unwrap(), u64::from(CALLERS * EACH));
}

#[test]
fn callers_that_change_one_account_lose_nothing() {
    let place = Place::new();
    let stores: Vec<Postgres> = (0..3).map(|_| place.open()).collect();
    let id = commit(&stores[0], account(1, &[ANNE]), &[]).id;
    thread::scope(|scope| {
        for store in &stores {
            scope.spawn(move || {
                for _ in 0..20 {
                    loop {
                        let mut account = now(store.account(id)).unwrap().unwrap();
                        let count: u32 = String::from_utf8(account.state).unwrap().parse().unwrap_or(0);
                        account.state = (count + 1).to_string().into_bytes();
                        match now(store.commit(Change { account, entries: Vec::new() })) {
                            Ok(_) => break,
                            Err(error) => assert_eq!(error.code(), Code::STORE_CONFLICT),
                        }
                    }
                }
            });
        }
    });
    let account = now(stores[0].account(id)).unwrap().unwrap();
    assert_eq!((account.state, account.version), (b"60".to_vec(), 61));
}

#[test]
fn of_several_instances_that_race_for_a_number_or_an_address_one_gets_it() {
    let place = Place::new();
    let stores: Vec<Postgres> = (0..4).map(|_| place.open()).collect();
    let race = |claim: fn(u8) -> StoredAccount, lost: Code| {
        let start = Barrier::new(stores.len());
        let results: Vec<Result<u64, Error>> = thread::scope(|scope| {
            let claims = (1..).zip(&stores).map(|(n, store)| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    now(store.commit(change(claim(n), &[])))
                })
            });
            claims.collect::<Vec<_>>().into_iter().map(|claim| claim.join().unwrap()).collect()
        });
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        assert!(
            results.iter().flat_map(|result| result.as_ref().err()).all(|error| error.code() == lost),
            "{results:?}"
        );
    };
    race(|n| account(n, &[ANNE]), Code::STORE_IDENTITY_TAKEN);
    let email = |n: u8| StoredAccount {
        email: Some("cabinet@exemple.fr".into()),
        identities: vec![IdNat::parse(&format!("ANS{n}")).unwrap()],
        ..account(n + 10, &[])
    };
    race(email, Code::STORE_EMAIL_TAKEN);
}

#[test]
fn an_account_that_is_being_written_is_not_due_elsewhere() {
    let place = Place::new();
    let store = place.open();
    for n in 1..3 {
        commit(&store, StoredAccount { wake_at: Some(at(n.into())), ..own_account(n) }, &[]);
    }
    let writing = place.hold("SELECT 1 FROM sas_account WHERE wake_at = 1000 FOR UPDATE");
    assert_eq!(now(store.due(at(9), 9)).unwrap(), [own_account(2).id]);
    drop(writing);
    assert_eq!(now(store.due(at(9), 9)).unwrap(), [own_account(1).id, own_account(2).id]);
}

#[test]
fn one_change_that_cannot_be_kept_holds_up_no_other_of_its_transaction() {
    let place = Place::new();
    let store = place.open();
    let anne = commit(&store, account(1, &[ANNE]), &[]);
    // All that wait together while the log's head is held go as one transaction.
    let held = place.hold("SELECT size FROM sas_log_head FOR UPDATE");
    thread::scope(|scope| {
        let first = scope.spawn(|| now(store.commit(change(anne.clone(), &[1]))));
        thread::sleep(std::time::Duration::from_millis(50));
        let good: Vec<_> = (10..14)
            .map(|n| {
                let store = &store;
                scope.spawn(move || now(store.commit(Change { account: own_account(n), entries: Vec::new() })))
            })
            .collect();
        // A zero byte is no text to PostgreSQL; the number is Anne's.
        let bad = StoredAccount { email: Some("a\0@exemple.fr".into()), ..own_account(20) };
        let taken = account(9, &[ANNE]);
        let bad = scope.spawn(|| now(store.commit(Change { account: bad, entries: Vec::new() })));
        let taken = scope.spawn(|| now(store.commit(Change { account: taken, entries: Vec::new() })));
        thread::sleep(std::time::Duration::from_millis(50));
        drop(held);
        assert_eq!(first.join().unwrap().unwrap(), 2);
        for good in good {
            assert_eq!(good.join().unwrap().unwrap(), 1);
        }
        assert_eq!(bad.join().unwrap().unwrap_err().code(), Code::STORE_CORRUPT);
        assert_eq!(taken.join().unwrap().unwrap_err().code(), Code::STORE_IDENTITY_TAKEN);
    });
}

#[test]
fn the_store_works_in_the_runtime_of_its_program_and_without_any() {
    let place = Place::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(async {
        let store = Postgres::connect(&place.settings()).await.unwrap();
        assert_eq!(store.commit(change(account(1, &[ANNE]), &[1])).await.unwrap(), 1);
        store
    });
    drop(runtime);
    assert_eq!(now(store.log_size()).unwrap_err().code(), Code::STORE_UNAVAILABLE, "its runtime is gone");
    let own = place.open();
    assert_eq!(now(own.log_size()).unwrap(), 1);
    // From a task of some runtime it does as well, and blocks no other task of it.
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(own.log_size()).unwrap(), 1);
    let outside = now(Postgres::connect(&place.settings())).map(drop).unwrap_err();
    assert_eq!((outside.code(), outside.facts().field), (Code::STORE_ADDRESS, Some("runtime")));
}
