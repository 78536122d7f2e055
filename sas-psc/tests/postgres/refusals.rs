//! Each way in which a database is not to be had has its name.

use crate::place::{Place, settings, sql, told};
use crate::support::*;
use sas_psc::onboarding::Store;
use sas_psc::psc::{GuardKey, GuardStore};
use sas_psc::store::{Postgres, PostgresSettings, danger};
use sas_psc::{Code, Error, Lang};
use std::time::Duration;

pub fn trusted(authority: &str) -> String {
    format!("&sslmode=verify-full&sslrootcert={}/{authority}.pem", told("SAS_PSC_POSTGRES_PKI"))
}

fn refused(settings: &PostgresSettings) -> Error {
    Postgres::open(&settings.clone().patience(Duration::from_secs(3))).map(drop).unwrap_err()
}

#[test]
fn the_connection_is_encrypted_and_the_server_is_who_it_says() {
    let place = Place::new();
    let store = Postgres::open(&settings(&place.by_tcp("localhost", &trusted("ca")))).unwrap();
    assert_eq!(now(store.log_size()).unwrap(), 0);
    let encrypted =
        "SELECT count(*) > 0 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND usename = 'sas'";
    assert_eq!(sql(encrypted), "t");
    for (host, authority, field) in [("localhost", "other", "sslrootcert"), ("127.0.0.1", "ca", "host")] {
        let error = refused(&settings(&place.by_tcp(host, &trusted(authority))));
        assert_eq!((error.code(), error.facts().field), (Code::STORE_TLS, Some(field)), "{host} {authority}");
    }
    // By the system's authorities nobody knows this server.
    let error = refused(&settings(&place.by_tcp("localhost", "&sslmode=require")));
    assert_eq!(error.code(), Code::STORE_TLS);
    // Without encryption this server takes no password; only by its dangerous name would it be sent to another machine.
    let open = danger::postgres_in_plaintext(settings(&place.by_tcp("localhost", &trusted("ca"))));
    assert_eq!(refused(&open).code(), Code::STORE_LOGIN_REFUSED);
}

#[test]
fn a_certificate_may_stand_for_the_password() {
    let place = Place::new();
    let (pki, port) = (told("SAS_PSC_POSTGRES_PKI"), place.tcp().1);
    let address = |more: &str| {
        let (query, trust) = (place.query(), trusted("ca"));
        settings(&format!("postgres://sas_cert@localhost:{port}/postgres?{query}{trust}{more}"))
    };
    let shown = format!("&sslcert={pki}/sas_cert.pem&sslkey={pki}/sas_cert.key");
    assert!(Postgres::open(&address(&shown)).is_ok());
    assert_eq!(refused(&address("")).code(), Code::STORE_LOGIN_REFUSED);
    let half = refused(&address(&format!("&sslcert={pki}/sas_cert.pem")));
    assert_eq!((half.code(), half.facts().field), (Code::STORE_ADDRESS, Some("sslkey")));
    let other = refused(&address(&format!("&sslcert={pki}/ca.pem&sslkey={pki}/sas_cert.key")));
    assert_eq!((other.code(), other.facts().field), (Code::STORE_ADDRESS, Some("sslkey")));
}

#[test]
fn who_may_not_enter_is_told_so() {
    let place = Place::new();
    let good = place.by_tcp("localhost", &trusted("ca"));
    for (from, to) in [("sas:secret", "sas:wrong"), ("sas:secret", "nobody:secret"), ("/postgres?", "/nowhere?")] {
        let error = refused(&settings(&good.replace(from, to)));
        assert_eq!(error.code(), Code::STORE_LOGIN_REFUSED, "{to}");
    }
    let wrong = settings(&good.replace("sas:secret", "sas:wrong"));
    let right = wrong.password(&sas_psc::base::SecretString::from("secret"));
    assert!(Postgres::open(&right).is_ok());
    // Tables of somebody else, then none and no right to make any.
    let place = Place::new();
    drop(place.open());
    let theirs = settings(&place.by_tcp("localhost", &trusted("ca")));
    assert_eq!(refused(&theirs).code(), Code::STORE_FORBIDDEN);
    place.sql(&format!("REVOKE ALL ON SCHEMA {0} FROM sas; GRANT USAGE ON SCHEMA {0} TO sas", place.schema));
    place.sql("DROP TABLE sas_migration");
    assert_eq!(refused(&theirs).code(), Code::STORE_FORBIDDEN);
}

#[test]
fn a_standby_alone_is_told_as_such() {
    let place = Place::new();
    let (port, query) = (place.tcp().1, place.query());
    let read_only =
        format!("postgres://postgres@127.0.0.1:{port}/postgres?{query}%20-c%20default_transaction_read_only%3Don");
    assert_eq!(refused(&settings(&read_only)).code(), Code::STORE_READ_ONLY);
    let any = settings(&read_only.replace("?", "?target_session_attrs=any&"));
    assert_eq!(refused(&any).code(), Code::STORE_READ_ONLY);
}

#[test]
fn nobody_at_the_address_is_unavailable_after_the_patience() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for address in [format!("postgres://u@{nobody}/d"), "postgres://u@%2Fnowhere/d".into()] {
        assert_eq!(refused(&settings(&address)).code(), Code::STORE_UNAVAILABLE);
    }
}

#[test]
fn others_in_the_way_without_end_are_told_apart_from_a_conflict() {
    let place = Place::new();
    let store = place.open();
    place.sql(
        "CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'Anne meets Paul' USING ERRCODE = '40001'; END $$;
         CREATE TRIGGER meet BEFORE INSERT ON sas_guard FOR EACH ROW EXECUTE FUNCTION meet();
         CREATE TRIGGER meet BEFORE INSERT ON sas_account FOR EACH ROW EXECUTE FUNCTION meet()",
    );
    let guard = now(store.swap_guard_row(GuardKey([1; 32]), 0, Vec::new(), at(9))).unwrap_err();
    let account = now(store.commit(change(account(1, &[ANNE]), &[]))).unwrap_err();
    for error in [guard, account] {
        assert_eq!(error.code(), Code::STORE_CONTENDED);
        let shown = format!("{error:?} {error} {:?} {}", error.source(), error.hint(Lang::Fr));
        assert!(shown.contains("40001") && !shown.contains("Anne"), "{shown}");
    }
    place.sql("DROP FUNCTION meet CASCADE");
    assert_eq!(now(store.log_size()).unwrap(), 0);
}

#[test]
fn nothing_shows_the_address() {
    let place = Place::new();
    let settings = place.settings().password(&sas_psc::base::SecretString::from("tres-secret"));
    let shown = format!("{settings:?} {:?}", place.open());
    for secret in ["tres-secret", "postgres://", "socket", &place.schema] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
