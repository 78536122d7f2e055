//! What every store promises: one suite, run on each of ours; and what must survive a crash.

mod crashing;
mod life;
mod limit;
mod link;
#[cfg(feature = "card")]
mod local_sign_in;
#[cfg(feature = "psc")]
mod session;
mod suite;
mod support;

#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "psc")]
mod guard;

suite!(memory, (sas_psc::store::Memory::new(), ()));
#[cfg(feature = "sqlite")]
suite!(on_sqlite, {
    let directory = tempfile::tempdir().unwrap();
    (sas_psc::store::Sqlite::open(directory.path().join("accounts.sqlite")).unwrap(), directory)
});

life_suite!(lives_in_memory, (sas_psc::store::Memory::new(), ()));
#[cfg(feature = "sqlite")]
life_suite!(lives_on_sqlite, {
    let directory = tempfile::tempdir().unwrap();
    (sas_psc::store::Sqlite::open(directory.path().join("lives.sqlite")).unwrap(), directory)
});

link_suite!(links_in_memory, (sas_psc::store::Memory::new(), ()));
#[cfg(feature = "sqlite")]
link_suite!(links_on_sqlite, {
    let directory = tempfile::tempdir().unwrap();
    (sas_psc::store::Sqlite::open(directory.path().join("links.sqlite")).unwrap(), directory)
});

limit_suite!(limits_in_memory, (sas_psc::store::Memory::new(), ()));
#[cfg(feature = "sqlite")]
limit_suite!(limits_on_sqlite, {
    let directory = tempfile::tempdir().unwrap();
    (sas_psc::store::Sqlite::open(directory.path().join("limits.sqlite")).unwrap(), directory)
});

#[cfg(feature = "psc")]
session_suite!(sessions_in_memory, (sas_psc::store::Memory::new(), ()));
#[cfg(all(feature = "psc", feature = "sqlite"))]
session_suite!(sessions_on_sqlite, {
    let directory = tempfile::tempdir().unwrap();
    (sas_psc::store::Sqlite::open(directory.path().join("sessions.sqlite")).unwrap(), directory)
});

#[cfg(feature = "card")]
local_sign_in_suite!(local_sign_ins_in_memory, (sas_psc::store::Memory::new(), ()));
#[cfg(all(feature = "card", feature = "sqlite"))]
local_sign_in_suite!(local_sign_ins_on_sqlite, {
    let directory = tempfile::tempdir().unwrap();
    (sas_psc::store::Sqlite::open(directory.path().join("local.sqlite")).unwrap(), directory)
});

#[test]
fn an_embedded_store_waits_for_nothing() {
    use sas_psc::onboarding::Store;
    fn at_once<T>(future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        match future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
            std::task::Poll::Ready(value) => value,
            std::task::Poll::Pending => panic!("an embedded store waits for nothing"),
        }
    }
    fn each(store: &impl Store) {
        let change = support::change(support::account(1, &[support::ANNE]), &[1]);
        assert_eq!(at_once(store.commit(change)).unwrap(), 1);
        assert_eq!(at_once(store.log_entries(0, 9)).unwrap(), [support::entry(1)]);
        at_once(store.save_visit(support::key(1), None, Vec::new(), support::at(9), support::at(0))).unwrap();
    }
    each(&sas_psc::store::Memory::new());
    #[cfg(feature = "sqlite")]
    each(&sas_psc::store::Sqlite::open(tempfile::tempdir().unwrap().path().join("a")).unwrap());
}
