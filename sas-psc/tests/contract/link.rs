//! What every store promises of links between people and the application's accounts: one suite, run on each of ours.

use crate::support::{ANNE, ANNE_PSI, ISSUER, PAUL, entry, now};
use sas_psc::Code;
use sas_psc::id::IdNat;
use sas_psc::onboarding::Store;
use sas_psc::onboarding::link::{LinkChange, LinkStore, LocalAccount, StoredLink};
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs every promise on `(store, guard)` as `$make` makes it.
#[macro_export]
macro_rules! link_suite {
    ($name:ident, $make:expr) => {
        $crate::link_suite!(
            $name, $make,
            a_link_comes_back_whole_and_is_replaced_whole
            only_who_read_the_last_version_writes
            an_identifier_belongs_to_one_link_per_issuer
            several_links_change_together_or_not_at_all
            what_a_link_gives_up_another_takes_in_the_same_change
            links_are_found_by_any_identifier_each_once
            records_join_the_one_log
            a_forgotten_link_frees_its_person_once
            of_many_that_link_one_account_at_once_one_does
            of_many_accounts_that_one_person_gets_at_once_one_is_theirs
        );
    };
    ($name:ident, $make:expr, $($promise:ident)*) => {
        mod $name {
            $(#[test]
            fn $promise() {
                let (store, _guard) = $make;
                $crate::link::$promise(&store);
            })*
        }
    };
}

fn key(account: &str) -> LocalAccount {
    LocalAccount::new(account).unwrap()
}

fn link(account: &str, identities: &[&str]) -> StoredLink {
    StoredLink {
        account: key(account),
        version: 0,
        state: format!("état {account}").into_bytes(),
        issuer: if identities.is_empty() { String::new() } else { ISSUER.to_owned() },
        identities: identities.iter().map(|id| IdNat::parse(id).unwrap()).collect(),
    }
}

fn change(links: Vec<StoredLink>, entries: &[u8]) -> LinkChange {
    LinkChange { links, entries: entries.iter().copied().map(entry).collect() }
}

fn commit(store: &impl LinkStore, mut link: StoredLink) -> StoredLink {
    now(store.commit_links(change(vec![link.clone()], &[]))).unwrap();
    link.version += 1;
    link
}

fn read(store: &impl LinkStore, account: &str) -> Option<StoredLink> {
    now(store.link(&key(account))).unwrap()
}

#[track_caller]
fn refused(store: &(impl LinkStore + Store), change: LinkChange, code: Code) {
    let accounts: Vec<LocalAccount> = change.links.iter().map(|link| link.account.clone()).collect();
    let all = || {
        let links: Vec<_> = accounts.iter().map(|account| now(store.link(account)).unwrap()).collect();
        (links, now(store.log_size()).unwrap())
    };
    let before = all();
    assert_eq!(now(store.commit_links(change)).unwrap_err().code(), code);
    assert_eq!(all(), before, "a refused change wrote something");
}

pub fn a_link_comes_back_whole_and_is_replaced_whole(store: &(impl LinkStore + Store)) {
    assert_eq!(read(store, "1"), None);
    let first = commit(store, StoredLink { state: (0..=255).collect(), ..link("1", &[ANNE, ANNE_PSI]) });
    assert_eq!((first.version, read(store, "1")), (1, Some(first.clone())));
    let free = commit(store, StoredLink { version: 1, ..link("1", &[]) });
    assert_eq!(read(store, "1"), Some(free));
    assert_eq!(now(store.links_of(ISSUER, &first.identities)).unwrap(), []);
}

pub fn only_who_read_the_last_version_writes(store: &(impl LinkStore + Store)) {
    let first = commit(store, link("1", &[ANNE]));
    let last = commit(store, first.clone());
    for version in [0, 1, 3, u64::MAX] {
        let late = StoredLink { version, ..link("1", &[PAUL]) };
        refused(store, change(vec![late], &[1]), Code::STORE_CONFLICT);
    }
    assert_eq!(read(store, "1"), Some(last.clone()));
    refused(store, change(vec![StoredLink { version: 1, ..link("2", &[]) }], &[1]), Code::STORE_CONFLICT);
    let twice = vec![last.clone(), last];
    refused(store, change(twice, &[1]), Code::STORE_CONFLICT);
}

pub fn an_identifier_belongs_to_one_link_per_issuer(store: &(impl LinkStore + Store)) {
    commit(store, link("1", &[ANNE, ANNE_PSI]));
    refused(store, change(vec![link("2", &[PAUL, ANNE_PSI])], &[1]), Code::STORE_IDENTITY_TAKEN);
    refused(store, change(vec![link("3", &[PAUL]), link("4", &[PAUL])], &[1]), Code::STORE_IDENTITY_TAKEN);
    commit(store, StoredLink { issuer: "https://other.test".into(), ..link("5", &[ANNE]) });
    commit(store, link("6", &[PAUL, PAUL]));
    assert_eq!(read(store, "6").unwrap().identities.len(), 1, "told twice, kept once");
}

pub fn several_links_change_together_or_not_at_all(store: &(impl LinkStore + Store)) {
    let one = commit(store, link("1", &[ANNE]));
    let late = StoredLink { version: 7, ..link("2", &[]) };
    refused(store, change(vec![StoredLink { state: b"x".to_vec(), ..one.clone() }, late], &[1]), Code::STORE_CONFLICT);
    let both = vec![StoredLink { state: b"x".to_vec(), ..one }, link("2", &[])];
    now(store.commit_links(change(both, &[1, 2]))).unwrap();
    assert_eq!((read(store, "1").unwrap().version, read(store, "2").unwrap().version), (2, 1));
}

pub fn what_a_link_gives_up_another_takes_in_the_same_change(store: &(impl LinkStore + Store)) {
    let one = commit(store, link("1", &[ANNE]));
    let given = StoredLink { issuer: String::new(), identities: vec![], ..one };
    for order in [false, true] {
        let mut links = vec![given.clone(), link("2", &[ANNE])];
        if order {
            // The other way round, back again.
            let back = StoredLink { version: 2, ..link("1", &[ANNE]) };
            links = vec![back, StoredLink { version: 1, ..link("2", &[]) }];
        }
        now(store.commit_links(change(links, &[]))).unwrap();
    }
    assert_eq!(read(store, "1").unwrap().identities.len(), 1);
}

pub fn links_are_found_by_any_identifier_each_once(store: &(impl LinkStore + Store)) {
    commit(store, link("1", &[ANNE, ANNE_PSI]));
    commit(store, link("2", &[PAUL]));
    commit(store, link("3", &[]));
    let found = |issuer: &str, ids: &[&str]| {
        let ids: Vec<IdNat> = ids.iter().map(|id| IdNat::parse(id).unwrap()).collect();
        let links = now(store.links_of(issuer, &ids)).unwrap();
        links.iter().map(|link| link.account.as_str().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found(ISSUER, &[ANNE_PSI, ANNE]), ["1"]);
    assert_eq!(found(ISSUER, &[PAUL, ANNE]), ["1", "2"]);
    assert_eq!(found("https://other.test", &[ANNE]), [""; 0]);
    assert_eq!(found(ISSUER, &[]), [""; 0]);
}

pub fn records_join_the_one_log(store: &(impl LinkStore + Store)) {
    now(store.commit_links(change(vec![link("1", &[ANNE])], &[1]))).unwrap();
    now(store.commit_links(change(vec![link("2", &[])], &[2, 3]))).unwrap();
    refused(store, change(vec![link("3", &[])], &[4, 2]), Code::STORE_CONFLICT);
    let ids: Vec<u8> = now(store.log_entries(0, 9)).unwrap().iter().map(|entry| entry.record_id[0]).collect();
    assert_eq!(ids, [1, 2, 3]);
}

pub fn a_forgotten_link_frees_its_person_once(store: &(impl LinkStore + Store)) {
    let one = commit(store, link("1", &[ANNE]));
    let forget = |version, n| now(store.forget_link(&one.account, version, entry(n))).map_err(|error| error.code());
    assert_eq!((forget(0, 1), forget(2, 1)), (Err(Code::STORE_CONFLICT), Err(Code::STORE_CONFLICT)));
    assert_eq!(read(store, "1"), Some(one.clone()));
    assert_eq!((forget(1, 1), forget(1, 2)), (Ok(()), Err(Code::STORE_CONFLICT)));
    assert_eq!((read(store, "1"), now(store.log_size()).unwrap()), (None, 1));
    commit(store, link("2", &[ANNE]));
}

pub fn of_many_that_link_one_account_at_once_one_does(store: &(impl LinkStore + Store)) {
    let linked = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for n in 0..16_u8 {
            let linked = &linked;
            scope.spawn(move || {
                let person = format!("ANS{n:014}");
                match now(store.commit_links(change(vec![link("1", &[&person])], &[n + 1]))) {
                    Ok(()) => drop(linked.fetch_add(1, Ordering::SeqCst)),
                    Err(error) => assert_eq!(error.code(), Code::STORE_CONFLICT),
                }
            });
        }
    });
    assert_eq!((linked.into_inner(), now(store.log_size()).unwrap()), (1, 1));
}

pub fn of_many_accounts_that_one_person_gets_at_once_one_is_theirs(store: &(impl LinkStore + Store)) {
    let linked = AtomicU32::new(0);
    std::thread::scope(|scope| {
        for n in 0..16_u8 {
            let linked = &linked;
            scope.spawn(move || match now(store.commit_links(change(vec![link(&n.to_string(), &[ANNE])], &[n + 1]))) {
                Ok(()) => drop(linked.fetch_add(1, Ordering::SeqCst)),
                Err(error) => assert_eq!(error.code(), Code::STORE_IDENTITY_TAKEN),
            });
        }
    });
    assert_eq!((linked.into_inner(), now(store.log_size()).unwrap()), (1, 1));
}
