//! The suite itself: each function is a promise of `onboarding::Store`, tried on an empty store.

use crate::support::*;
use sas_psc::Code;
use sas_psc::id::IdNat;
use sas_psc::onboarding::{AccountId, Change, Store, StoredAccount};
use std::slice::from_ref;

/// Runs every promise on `(store, guard)` as `$make` makes it.
#[macro_export]
macro_rules! suite {
    ($name:ident, $make:expr) => {
        $crate::suite!(
            $name, $make,
            an_account_comes_back_whole
            a_change_replaces_all_of_the_account
            a_version_that_is_not_the_last_is_refused
            a_new_account_never_replaces_one
            a_number_belongs_to_one_account_per_issuer
            an_address_belongs_to_one_account
            the_version_is_judged_first_then_the_numbers_then_the_address
            what_an_account_gives_up_another_may_take
            an_identifier_told_twice_is_kept_once
            accounts_are_found_by_any_of_their_numbers_each_once
            the_longest_waiting_is_due_first
            records_are_logged_in_order
            a_record_is_logged_once
            a_visit_lasts_until_its_end
            only_who_read_the_last_visit_writes
            sweeping_deletes_ended_visits_only
            a_crash_at_any_write_leaves_all_of_it_or_nothing
        );
    };
    ($name:ident, $make:expr, $($promise:ident)*) => {
        mod $name {
            $(#[test]
            fn $promise() {
                let (store, _guard) = $make;
                $crate::suite::$promise(&store);
            })*
        }
    };
}

#[track_caller]
fn refused(store: &impl Store, change: Change, code: Code) {
    let before = everything(store);
    assert_eq!(now(store.commit(change)).unwrap_err().code(), code);
    assert_eq!(everything(store), before, "a refused change wrote something");
}

pub fn an_account_comes_back_whole(store: &impl Store) {
    let anne = StoredAccount {
        email: Some("anne@exemple.fr".into()),
        wake_at: Some(at(60)),
        state: (0..=255).collect(),
        ..account(1, &[ANNE, ANNE_PSI])
    };
    let anne = commit(store, anne, &[1]);
    assert_eq!(anne.version, 1);
    assert_eq!(now(store.account(anne.id)).unwrap(), Some(anne));
    assert_eq!(now(store.account(AccountId([9; 16]))).unwrap(), None);
}

pub fn a_change_replaces_all_of_the_account(store: &impl Store) {
    let first = StoredAccount { wake_at: Some(at(60)), ..account(1, &[ANNE, ANNE_PSI]) };
    let first = commit(store, first, &[]);
    let second = StoredAccount {
        state: b"later".to_vec(),
        email: Some("anne@exemple.fr".into()),
        identities: account(1, &[ANNE_PSI, PAUL, ANNE]).identities,
        wake_at: None,
        ..first
    };
    let second = commit(store, second, &[]);
    assert_eq!(second.version, 2);
    assert_eq!(now(store.account(second.id)).unwrap(), Some(second));
}

pub fn a_version_that_is_not_the_last_is_refused(store: &impl Store) {
    let first = commit(store, account(1, &[ANNE]), &[1]);
    let second = commit(store, first.clone(), &[2]);
    for version in [0, 1, 3, u64::MAX] {
        refused(store, change(StoredAccount { version, ..second.clone() }, &[3]), Code::STORE_CONFLICT);
    }
    refused(store, change(StoredAccount { version: 1, ..account(2, &[PAUL]) }, &[3]), Code::STORE_CONFLICT);
}

pub fn a_new_account_never_replaces_one(store: &impl Store) {
    commit(store, account(1, &[ANNE]), &[]);
    refused(store, change(account(1, &[PAUL]), &[]), Code::STORE_CONFLICT);
}

pub fn a_number_belongs_to_one_account_per_issuer(store: &impl Store) {
    commit(store, account(1, &[ANNE, ANNE_PSI]), &[]);
    refused(store, change(account(2, &[PAUL, ANNE_PSI]), &[1]), Code::STORE_IDENTITY_TAKEN);
    let paul = commit(store, account(3, &[PAUL]), &[]);
    let both = StoredAccount { identities: account(3, &[PAUL, ANNE]).identities, ..paul };
    refused(store, change(both, &[1]), Code::STORE_IDENTITY_TAKEN);
    // Another issuer's number is another number.
    commit(store, StoredAccount { issuer: "https://other.test".into(), ..account(4, &[ANNE]) }, &[]);
}

pub fn an_address_belongs_to_one_account(store: &impl Store) {
    let with = |account| StoredAccount { email: Some("cabinet@exemple.fr".into()), ..account };
    let anne = commit(store, with(account(1, &[ANNE])), &[]);
    refused(store, change(with(account(2, &[PAUL])), &[1]), Code::STORE_EMAIL_TAKEN);
    let paul = commit(store, account(3, &[PAUL]), &[]);
    refused(store, change(with(paul), &[1]), Code::STORE_EMAIL_TAKEN);
    assert_eq!(now(store.account_with_email("cabinet@exemple.fr")).unwrap(), Some(anne.id));
    assert_eq!(now(store.account_with_email("Cabinet@exemple.fr")).unwrap(), None, "addresses come canonical");
    commit(store, anne, &[]);
}

pub fn the_version_is_judged_first_then_the_numbers_then_the_address(store: &impl Store) {
    let email = Some("cabinet@exemple.fr".into());
    let anne = StoredAccount { email, ..account(1, &[ANNE]) };
    commit(store, anne.clone(), &[]);
    refused(store, change(StoredAccount { version: 7, ..anne.clone() }, &[]), Code::STORE_CONFLICT);
    let id = AccountId([2; 16]);
    refused(store, change(StoredAccount { id, version: 7, ..anne.clone() }, &[]), Code::STORE_CONFLICT);
    refused(store, change(StoredAccount { id, ..anne }, &[]), Code::STORE_IDENTITY_TAKEN);
}

pub fn what_an_account_gives_up_another_may_take(store: &impl Store) {
    let email = Some("cabinet@exemple.fr".into());
    let anne = commit(store, StoredAccount { email: email.clone(), ..account(1, &[ANNE, ANNE_PSI]) }, &[]);
    commit(store, StoredAccount { email: None, identities: account(1, &[ANNE]).identities, ..anne }, &[]);
    let psi = commit(store, StoredAccount { email, ..account(2, &[ANNE_PSI]) }, &[]);
    assert_eq!(now(store.account_with_email("cabinet@exemple.fr")).unwrap(), Some(psi.id));
}

pub fn an_identifier_told_twice_is_kept_once(store: &impl Store) {
    commit(store, account(1, &[ANNE, ANNE_PSI, ANNE]), &[]);
    let found = now(store.account(AccountId([1; 16]))).unwrap().unwrap();
    assert_eq!(found.identities, account(1, &[ANNE, ANNE_PSI]).identities);
}

pub fn accounts_are_found_by_any_of_their_numbers_each_once(store: &impl Store) {
    let anne = commit(store, account(1, &[ANNE, ANNE_PSI]), &[]);
    let paul = commit(store, account(2, &[PAUL]), &[]);
    let ids = |ids: &[&str]| -> Vec<IdNat> { account(0, ids).identities };
    let of = |issuer, identities: &[&str]| now(store.accounts_of(issuer, &ids(identities))).unwrap();
    assert_eq!(of(ISSUER, &[ANNE_PSI]), from_ref(&anne));
    assert_eq!(of(ISSUER, &[ANNE_PSI, ANNE, "899700366240"]), from_ref(&anne));
    let both = of(ISSUER, &[PAUL, ANNE]);
    assert!(both.len() == 2 && both.contains(&anne) && both.contains(&paul));
    assert_eq!(of("https://other.test", &[ANNE]), []);
    assert_eq!(of(ISSUER, &[]), []);
}

pub fn the_longest_waiting_is_due_first(store: &impl Store) {
    for (n, wake_at) in [(1, Some(at(30))), (2, Some(at(10))), (3, None), (4, Some(at(20)))] {
        let id = format!("8997002188{n:02}");
        commit(store, StoredAccount { wake_at, ..account(n, &[&id]) }, &[]);
    }
    let due = |now_at, limit| -> Vec<u8> {
        now(store.due(at(now_at), limit)).unwrap().into_iter().map(|AccountId(id)| id[0]).collect()
    };
    assert!(due(9, 10).is_empty());
    assert_eq!(due(20, 10), [2, 4]);
    assert_eq!(due(99, 10), [2, 4, 1]);
    assert_eq!(due(99, 2), [2, 4]);
}

pub fn records_are_logged_in_order(store: &impl Store) {
    assert_eq!(now(store.log_size()).unwrap(), 0);
    assert_eq!(now(store.log_entries(0, 10)).unwrap(), []);
    let anne = commit(store, account(1, &[ANNE]), &[5, 3]);
    commit(store, account(2, &[PAUL]), &[]);
    commit(store, anne, &[4, 9]);
    let entries = |first, count| now(store.log_entries(first, count)).unwrap();
    assert_eq!(now(store.log_size()).unwrap(), 4);
    assert_eq!(entries(0, 10), [entry(5), entry(3), entry(4), entry(9)]);
    assert_eq!(entries(1, 2), [entry(3), entry(4)]);
    assert_eq!(entries(4, 1), []);
    assert_eq!(entries(u64::MAX, u64::MAX), []);
    assert_eq!(entries(0, 0), []);
}

pub fn a_record_is_logged_once(store: &impl Store) {
    let anne = commit(store, account(1, &[ANNE]), &[1]);
    refused(store, change(anne.clone(), &[2, 1]), Code::STORE_CONFLICT);
    refused(store, change(anne, &[2, 2]), Code::STORE_CONFLICT);
}

pub fn a_visit_lasts_until_its_end(store: &impl Store) {
    let visit = |n, seconds| now(store.visit(key(n), at(seconds))).unwrap();
    let save = |n, visit: &[u8], ends| now(store.save_visit(key(n), None, visit.to_vec(), at(ends), at(ends - 10)));
    save(1, b"first", 10).unwrap();
    save(2, b"other", 50).unwrap();
    assert_eq!(visit(1, 9), Some(b"first".to_vec()));
    assert_eq!(visit(1, 10), None);
    save(1, b"second", 20).unwrap();
    assert_eq!(visit(1, 10), Some(b"second".to_vec()));
    for _ in 0..2 {
        now(store.end_visit(key(1))).unwrap();
        assert_eq!((visit(1, 0), visit(2, 0)), (None, Some(b"other".to_vec())));
    }
}

pub fn only_who_read_the_last_visit_writes(store: &impl Store) {
    let save = |was: Option<&[u8]>, visit: &[u8]| {
        now(store.save_visit(key(1), was.map(<[u8]>::to_vec), visit.to_vec(), at(900), at(5))).map_err(|e| e.code())
    };
    let there = || now(store.visit(key(1), at(5))).unwrap();
    assert_eq!(save(Some(b"first"), b"late"), Err(Code::STORE_CONFLICT), "it was not there");
    save(None, b"first").unwrap();
    assert_eq!(save(None, b"another"), Err(Code::STORE_CONFLICT), "another tab began it");
    save(Some(b"first"), b"second").unwrap();
    save(Some(b"first"), b"second").unwrap(); // asked again: it is there
    assert_eq!(save(Some(b"first"), b"third"), Err(Code::STORE_CONFLICT));
    assert_eq!(there(), Some(b"second".to_vec()));
    now(store.end_visit(key(1))).unwrap();
    assert_eq!(save(Some(b"second"), b"third"), Err(Code::STORE_CONFLICT), "what was ended stays so");
    assert_eq!(there(), None);
}

pub fn sweeping_deletes_ended_visits_only(store: &impl Store) {
    for (n, ends) in [(1, 10), (2, 20), (3, 30)] {
        now(store.save_visit(key(n), None, vec![n], at(ends), at(0))).unwrap();
    }
    assert_eq!(now(store.sweep(at(20))).unwrap(), 2);
    assert_eq!(now(store.sweep(at(20))).unwrap(), 0);
    let left: Vec<_> = (1..4).filter_map(|n| now(store.visit(key(n), at(0))).unwrap()).collect();
    assert_eq!(left, [[3]]);
}

pub use crate::crashing::a_crash_at_any_write_leaves_all_of_it_or_nothing;
