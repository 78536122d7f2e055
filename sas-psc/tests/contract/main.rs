//! What every store promises: one suite, run on each of ours; and what must survive a crash.

mod crashing;
mod link;
mod limit;
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
