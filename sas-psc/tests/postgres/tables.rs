//! The tables: made, brought forward, left alone.

use crate::place::{Place, settings};
use crate::support::*;
use sas_psc::Code;
use sas_psc::card::fallback::LocalSignInStore;
use sas_psc::email::{LimitKey, LimitRow, LimitStore};
use sas_psc::id::IdNat;
use sas_psc::onboarding::lifecycle::LifeStore;
use sas_psc::onboarding::link::{LinkStore, LocalAccount};
use sas_psc::onboarding::{LogEntry, Store, StoredAccount};
use sas_psc::psc::{GuardKey, GuardRow, GuardStore, OnceStore, SessionKey, SessionStore, StoredSession};
use sas_psc::store::Postgres;
use std::thread;

const VERSION_1: &str = include_str!("../../../vectors/store/postgres-1.sql");
const VERSION_2: &str = include_str!("../../../vectors/store/postgres-2.sql");
const VERSION_3: &str = include_str!("../../../vectors/store/postgres-3.sql");

#[test]
fn twenty_instances_that_start_at_once_on_an_empty_database_share_it() {
    let place = Place::new();
    let stores: Vec<Postgres> = thread::scope(|scope| {
        let opening: Vec<_> = (0..20).map(|_| scope.spawn(|| place.open())).collect();
        opening.into_iter().map(|opening| opening.join().unwrap()).collect()
    });
    let anne = commit(&stores[0], account(1, &[ANNE]), &[1, 2]);
    for store in &stores {
        assert_eq!(now(store.account(anne.id)).unwrap().as_ref(), Some(&anne));
        assert_eq!(now(store.log_size()).unwrap(), 2);
    }
    assert_eq!(place.sql("SELECT version FROM sas_migration ORDER BY version"), "1\n2\n3\n4");
}

#[test]
fn rows_of_version_1_are_read_whole() {
    let place = Place::new();
    place.sql(VERSION_1);
    let store = place.open();
    let anne = StoredAccount {
        version: 3,
        state: b"{}".to_vec(),
        email: Some("anne@exemple.fr".into()),
        wake_at: Some(at(60)),
        ..account(1, &[ANNE, ANNE_PSI])
    };
    let forgotten = LogEntry { record: Vec::new(), salt: [0; 32], ..entry(2) };
    assert_eq!(now(store.account(anne.id)).unwrap(), Some(anne.clone()));
    assert_eq!(now(store.log_entries(0, 9)).unwrap(), [entry(1), forgotten]);
    assert_eq!(now(store.visit(key(1), at(0))).unwrap(), Some(b"signed in".to_vec()));
    let row = now(store.guard_row(GuardKey([7; 32]))).unwrap();
    assert_eq!(row, Some(GuardRow { version: 4, state: b"{}".to_vec() }));
    let key = SessionKey([9; 32]);
    let session = StoredSession { key, version: 5, sealed: vec![0, 255], ends: at(900), marks: vec![[8; 32]] };
    assert_eq!(now(store.session(key)).unwrap(), Some(session));
    assert_eq!(now(store.sessions_marked(&[[8; 32]])).unwrap(), [key]);
    assert!(!now(store.first_time([6; 32], at(950), at(899))).unwrap());
    let kept = now(store.local_sign_ins_of(&[IdNat::parse("899700218896").unwrap()])).unwrap();
    assert_eq!((kept[0].at, kept[0].id), (at(60), [5; 32]));
    assert_eq!(commit(&store, anne, &[3]).version, 4);
    assert_eq!(now(store.log_entries(2, 9)).unwrap(), [entry(3)]);
    // What a later version wrote, or nobody of ours, is told.
    for (from, to, code) in [("\"v\":1", "\"v\":9", Code::STORE_NEWER), ("\"v\":9", "\"w\":1", Code::STORE_CORRUPT)] {
        place.sql(&format!("UPDATE sas_local_sign_in SET record = replace(record, '{from}', '{to}')"));
        assert_eq!(now(store.local_sign_ins_open(at(99))).unwrap_err().code(), code);
    }
}

#[test]
fn rows_of_version_2_keep_links_and_what_was_counted() {
    let place = Place::new();
    place.sql(VERSION_2);
    let store = place.open();
    let account = LocalAccount::new("compte-7").unwrap();
    let link = now(store.link(&account)).unwrap().unwrap();
    assert_eq!((link.version, link.identities), (4, vec![IdNat::parse("899700218896").unwrap()]));
    let row = now(store.limit_rows(&[LimitKey([4; 32])])).unwrap();
    assert_eq!(row, [Some(LimitRow { version: 3, state: b"{}".to_vec() })]);
}

#[test]
fn rows_of_version_3_keep_lives_and_who_was_erased() {
    let place = Place::new();
    place.sql(VERSION_3);
    let store = place.open();
    let life = now(store.life(account(1, &[ANNE]).id)).unwrap().unwrap();
    assert_eq!((life.version, &life.state[..], life.due_at), (2, &b"{}"[..], Some(at(60))));
    assert!(now(store.is_erased(&[[7; 32]], at(899))).unwrap());
}

#[test]
fn the_tables_of_today_are_those_of_the_last_vector() {
    let tables = |place: &Place| {
        place.sql(&format!(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
                 WHERE table_schema = '{0}' ORDER BY table_name, ordinal_position;
             SELECT replace(indexdef, '{0}.', '') FROM pg_indexes WHERE schemaname = '{0}' ORDER BY indexname;
             SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
                 WHERE connamespace = '{0}'::regnamespace ORDER BY conname",
            place.schema
        ))
    };
    let (today, vector) = (Place::new(), Place::new());
    drop(today.open());
    vector.sql(VERSION_3);
    assert!(tables(&today).lines().count() > 60, "{}", tables(&today));
    assert_eq!(tables(&today), tables(&vector), "a published script was changed");
}

#[test]
fn newer_tables_or_those_of_others_are_left_alone() {
    let code = |place: &Place| Postgres::open(&place.settings()).map(drop).unwrap_err().code();
    let place = Place::new();
    drop(place.open());
    place.sql("INSERT INTO sas_migration VALUES (99)");
    assert_eq!(code(&place), Code::STORE_NEWER);

    let place = Place::new();
    place.sql("CREATE TABLE sas_visit (name TEXT)");
    for _ in 0..2 {
        assert_eq!(code(&place), Code::STORE_CORRUPT);
        assert_eq!(place.sql("SELECT count(*) FROM pg_class WHERE relname = 'sas_account' AND relnamespace = current_schema()::regnamespace"), "0");
    }
}

#[test]
fn a_user_who_may_only_read_and_write_starts_on_tables_that_are_there() {
    let place = Place::new();
    drop(place.open());
    place.sql(&format!("REVOKE ALL ON SCHEMA {0} FROM sas; GRANT USAGE ON SCHEMA {0} TO sas", place.schema));
    place.sql(&format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO sas", place.schema));
    let address = place.by_tcp("localhost", &crate::refusals::trusted("ca"));
    let store = Postgres::open(&settings(&address)).unwrap();
    assert_eq!(commit(&store, account(1, &[ANNE]), &[1]).version, 1);
}

#[test]
fn damaged_rows_are_told_as_such() {
    let place = Place::new();
    let store = place.open();
    let anne = commit(&store, account(1, &[ANNE]), &[]);
    place.sql("UPDATE sas_account SET numbers = 'with a space'");
    assert_eq!(now(store.account(anne.id)).unwrap_err().code(), Code::STORE_CORRUPT);
    place.sql("ALTER TABLE sas_account DROP COLUMN version");
    assert_eq!(now(store.account(anne.id)).unwrap_err().code(), Code::STORE_CORRUPT);
}
