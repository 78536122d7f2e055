//! What every store promises: one suite, run on each of ours; and what must survive a crash.

mod crashing;
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

#[cfg(feature = "psc")]
session_suite!(sessions_in_memory, (sas_psc::store::Memory::new(), ()));
#[cfg(all(feature = "psc", feature = "sqlite"))]
session_suite!(sessions_on_sqlite, {
    let directory = tempfile::tempdir().unwrap();
    (sas_psc::store::Sqlite::open(directory.path().join("sessions.sqlite")).unwrap(), directory)
});
