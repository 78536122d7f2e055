//! Answers that are lost on the wire after the deed: each call finds its own writing again, and is done once.

use crate::place::{Place, settings};
use crate::support::*;
use crate::wire::Wire;
use sas_psc::Code;
use sas_psc::card::fallback::{LocalSignInRecord, LocalSignInStore, Reconciled};
use sas_psc::email::{LimitKey, LimitStore, LimitSwap};
use sas_psc::id::IdNat;
use sas_psc::onboarding::link::{LinkChange, LinkStore, LocalAccount, StoredLink};
use sas_psc::onboarding::{Store, StoredAccount};
use sas_psc::psc::{GuardKey, GuardStore, OnceStore, SessionKey, SessionStore, StoredSession};
use sas_psc::store::Postgres;
use std::time::Duration;

fn far(place: &Place) -> (Wire, Postgres) {
    let wire = Wire::to(place.tcp().1);
    let address = format!("postgres://postgres@127.0.0.1:{}/postgres?{}", wire.port, place.query());
    let store = Postgres::open(&settings(&address).patience(Duration::from_secs(20))).unwrap();
    (wire, store)
}

/// Does it with the answer lost.
fn lost<T>(wire: &Wire, deed: impl FnOnce() -> T) -> T {
    let before = wire.cuts();
    wire.cut_at_the_next_commit();
    let done = deed();
    assert_eq!(wire.cuts(), before + 1, "an answer was lost");
    done
}

#[test]
fn a_change_whose_answer_was_lost_is_made_once_and_acknowledged() {
    let place = Place::new();
    let (wire, store) = far(&place);
    // One that begins, one that moves on, one with a record, one of other numbers, which goes alone.
    let mut anne = lost(&wire, || commit(&store, account(1, &[ANNE]), &[]));
    anne = lost(&wire, || commit(&store, StoredAccount { state: b"next".to_vec(), ..anne }, &[]));
    anne = lost(&wire, || commit(&store, anne, &[1, 2]));
    let identities = account(1, &[ANNE_PSI, ANNE]).identities;
    anne = lost(&wire, || commit(&store, StoredAccount { identities, ..anne }, &[3]));
    assert_eq!(anne.version, 4);
    assert_eq!(now(store.account(anne.id)).unwrap(), Some(anne));
    assert_eq!(now(store.log_entries(0, 9)).unwrap(), [entry(1), entry(2), entry(3)]);
}

#[test]
fn a_change_that_is_refused_is_refused_with_its_answer_lost_too() {
    let place = Place::new();
    let (wire, store) = far(&place);
    let first = commit(&store, account(1, &[ANNE]), &[]);
    commit(&store, first.clone(), &[1]);
    let refused = |change| lost(&wire, || now(store.commit(change)).unwrap_err().code());
    assert_eq!(refused(change(first, &[2])), Code::STORE_CONFLICT);
    assert_eq!(refused(change(account(2, &[ANNE]), &[])), Code::STORE_IDENTITY_TAKEN);
    assert_eq!(now(store.log_size()).unwrap(), 1);
}

#[test]
fn a_guard_row_a_session_and_a_name_are_ours_though_the_answer_was_lost() {
    let place = Place::new();
    let (wire, store) = far(&place);
    let key = GuardKey([1; 32]);
    for version in 0..2 {
        lost(&wire, || now(store.swap_guard_row(key, version, b"a".to_vec(), at(60)))).unwrap();
    }
    assert_eq!(now(store.guard_row(key)).unwrap().unwrap().version, 2);

    let mut session =
        StoredSession { key: SessionKey([1; 32]), version: 0, sealed: vec![1], ends: at(60), marks: vec![[7; 32]] };
    for marks in [vec![[8; 32], [7; 32]], vec![[9; 32]]] {
        session = StoredSession { marks, ..session };
        session.version = lost(&wire, || now(store.save_session(session.clone()))).unwrap();
    }
    assert_eq!(now(store.session(session.key)).unwrap().as_ref(), Some(&session));
    assert_eq!(now(store.sessions_marked(&[[8; 32]])).unwrap(), []);
    assert_eq!(now(store.sessions_marked(&[[9; 32]])).unwrap(), [session.key]);

    assert!(lost(&wire, || now(store.first_time([1; 32], at(10), at(0)))).unwrap());
    assert!(!now(store.first_time([1; 32], at(10), at(0))).unwrap());
}

#[test]
fn a_local_sign_in_is_kept_and_compared_once_though_the_answer_was_lost() {
    let place = Place::new();
    let (wire, store) = far(&place);
    let record: LocalSignInRecord = serde_json::from_value(serde_json::json!({
        "id": vec![1; 32], "at": 5000, "service": "https://ward.example", "card": null, "certificate": vec![7; 32],
        "revocation_as_of": null, "reconciled": null,
        "opening": { "by": "administrator", "name": "Dr Garde", "reason": "panne", "from": 5000, "until": 6000 },
        "professional": { "id_nat": ANNE, "name": { "family": "SPECIALISTE", "given": "ÉLODIE" } },
    }))
    .unwrap();
    lost(&wire, || now(store.keep_local_sign_in(record.clone()))).unwrap();
    assert_eq!(now(store.keep_local_sign_in(record.clone())).unwrap_err().code(), Code::STORE_CONFLICT);
    let compared = Reconciled { at: at(99), differences: Vec::new() };
    lost(&wire, || now(store.reconcile_local_sign_in(record.id, compared.clone()))).unwrap();
    assert_eq!(now(store.reconcile_local_sign_in(record.id, compared)).unwrap_err().code(), Code::STORE_CONFLICT);
    assert_eq!(now(store.local_sign_ins_of(&[IdNat::parse(ANNE).unwrap()])).unwrap(), []);
}

#[test]
fn a_count_and_a_link_are_written_once_though_the_answer_was_lost() {
    let place = Place::new();
    let (wire, store) = far(&place);
    let swap = |n: u8, expected| LimitSwap { key: LimitKey([n; 32]), expected, state: vec![n], ends: at(9) };
    lost(&wire, || now(store.swap_limit_rows(&[swap(1, 0), swap(2, 0)]))).unwrap();
    lost(&wire, || now(store.swap_limit_rows(&[swap(1, 1), swap(2, 1)]))).unwrap();
    assert_eq!(now(store.swap_limit_rows(&[swap(1, 1)])).unwrap_err().code(), Code::STORE_CONFLICT);
    assert_eq!(now(store.limit_rows(&[LimitKey([2; 32])])).unwrap()[0].as_ref().unwrap().version, 2);

    let account = LocalAccount::new("compte-7").unwrap();
    let identities = vec![IdNat::parse(ANNE).unwrap()];
    let link = StoredLink { account, version: 0, state: vec![1], issuer: ISSUER.into(), identities };
    let change = LinkChange { links: vec![link.clone()], entries: vec![entry(1)] };
    lost(&wire, || now(store.commit_links(change))).unwrap();
    assert_eq!(now(store.links_of(ISSUER, &link.identities)).unwrap(), [StoredLink { version: 1, ..link }]);
    assert_eq!(now(store.log_entries(0, 9)).unwrap(), [entry(1)]);
}

#[test]
fn another_instance_that_moves_the_account_on_meanwhile_changes_nothing_of_it() {
    let place = Place::new();
    let (wire, store) = far(&place);
    let near = place.open();
    let anne = commit(&store, account(1, &[ANNE]), &[]);
    // The next one is there before we can look again: our answer is lost, then every connection for a while.
    let moved = std::thread::scope(|scope| {
        wire.cut_at_the_next_commit();
        let ours = scope.spawn(|| now(store.commit(change(anne.clone(), &[1]))));
        while now(near.account(anne.id)).unwrap().unwrap().version == anne.version {}
        let mut next = now(near.account(anne.id)).unwrap().unwrap();
        // It may be that ours was faster than this one; it is told so either way.
        next.version = now(near.commit(change(next.clone(), &[2]))).unwrap();
        (ours.join().unwrap(), next.version)
    });
    assert_eq!((moved.0.unwrap(), moved.1), (2, 3));
    assert_eq!(now(near.log_entries(0, 9)).unwrap(), [entry(1), entry(2)]);
}

#[test]
fn silence_after_a_change_was_sent_is_told_as_what_it_is() {
    let place = Place::new();
    let wire = Wire::to(place.tcp().1);
    let address = format!("postgres://postgres@127.0.0.1:{}/postgres?{}", wire.port, place.query());
    let short = Duration::from_millis(300);
    let settings = settings(&address).statement_timeout(short).patience(short * 4).connect_timeout(short);
    let store = Postgres::open(&settings).unwrap();
    let anne = commit(&store, account(1, &[ANNE]), &[]);
    wire.fall_silent();
    assert_eq!(now(store.commit(change(anne.clone(), &[1]))).unwrap_err().code(), Code::STORE_OUTCOME_UNKNOWN);
    assert_eq!(now(store.account(anne.id)).unwrap_err().code(), Code::STORE_UNAVAILABLE, "reading changes nothing");
}
