//! A store in a PostgreSQL database, which any number of instances share.
//!
//! What decides by rows that it does not write is a serializable transaction, tried again when it met another one; what
//! decides by those it writes waits for their locks. A row is replaced only by who has read its last version. The instance
//! holds nothing that another one would need. The SQL keeps to what PostgreSQL's distributed kin take as well: no session
//! state, no locks by name, no sequences, no notifications.
//!
//! A call whose answer was lost finds its own writing again by its tag, over another connection and on whichever server
//! answers for the database by then. So it is done once, and the caller learns that it was done.

mod account;
mod change;
mod core;
mod failure;
#[cfg(feature = "psc")]
mod guard;
mod home;
mod life;
mod limit;
mod link;
#[cfg(feature = "card")]
mod local_sign_in;
mod log;
mod lone;
mod migrate;
mod purge;
#[cfg(feature = "psc")]
mod session;
mod settings;
mod tls;
mod visit;
mod writer;

pub use settings::PostgresSettings;

use self::core::{Core, Shared};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use failure::Failure;
use home::Home;
use std::fmt;
use std::sync::Arc;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_postgres::Row;
use writer::Waiting;

/// Accounts, consent records, visits, guard rows and sessions in a PostgreSQL database. Cloning gives the same store.
///
/// ```no_run
/// # async fn example() -> sas_psc::Result<()> {
/// use sas_psc::{base::SecretString, store::{Postgres, PostgresSettings}};
///
/// let settings = PostgresSettings::new(&SecretString::from("postgres://sas:secret@db.example.fr/sas"))?;
/// let store = Postgres::connect(&settings).await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Postgres {
    core: Shared,
    line: UnboundedSender<Waiting>,
    home: Arc<Home>,
}

impl Postgres {
    /// Connects in the tokio runtime of the calling task, and brings the tables up to date.
    ///
    /// # Errors
    /// `store-address`, also outside of a runtime; `store-unavailable` after the patience of the settings;
    /// `store-login-refused`, `store-tls`, `store-read-only`, `store-forbidden`; `store-newer`, `store-corrupt`.
    pub async fn connect(settings: &PostgresSettings) -> Result<Postgres> {
        Postgres::start(settings, Home::here()?).await
    }

    /// Connects for a program without a runtime: the store brings its own, on a thread of its own. Blocks.
    ///
    /// # Errors
    /// As [`Postgres::connect`].
    pub fn open(settings: &PostgresSettings) -> Result<Postgres> {
        let (home, settings) = (Home::own()?, settings.clone());
        let (tell, told) = std::sync::mpsc::channel();
        let core = Arc::new(Core::new(&settings)?);
        let starting = core.clone();
        home.spawn(async move {
            let _ = tell.send(migrate::migrate(&starting).await);
        });
        told.recv().map_err(|_| Error::new(Code::STORE_UNAVAILABLE))??;
        Ok(Postgres::with(core, home))
    }

    async fn start(settings: &PostgresSettings, home: Home) -> Result<Postgres> {
        let core = Arc::new(Core::new(settings)?);
        let starting = core.clone();
        home.run(async move { migrate::migrate(&starting).await }).await?;
        Ok(Postgres::with(core, home))
    }

    fn with(core: Shared, home: Home) -> Postgres {
        let (line, waiting) = unbounded_channel();
        home.spawn(writer::write(core.clone(), waiting));
        Postgres { core, line, home: Arc::new(home) }
    }

    /// Works where the connections live.
    async fn run<T: Send + 'static, F>(&self, work: impl FnOnce(Shared) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        self.home.run(work(self.core.clone())).await
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Postgres(•••)")
    }
}

/// A count for SQL, whose integers are signed.
fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count in a column.
fn count(row: &Row, column: usize) -> Result<u64, Failure> {
    u64::try_from(row.try_get::<_, i64>(column)?).map_err(|_| Code::STORE_CORRUPT.into())
}

/// Bytes of one length in a column.
fn array<const N: usize>(row: &Row, column: usize) -> Result<[u8; N], Failure> {
    row.try_get::<_, &[u8]>(column)?.try_into().map_err(|_| Code::STORE_CORRUPT.into())
}

/// Whether the row that a call looked at bears its tag.
#[cfg(feature = "psc")]
fn bears(row: Option<&Row>, tag: &[u8]) -> Result<bool, Failure> {
    let Some(row) = row else { return Ok(false) };
    Ok(row.try_get::<_, &[u8]>(0)? == tag)
}

/// The identifiers, each once, one a line.
fn number_list(identities: &[IdNat]) -> String {
    super::distinct(identities).iter().map(IdNat::as_str).collect::<Vec<_>>().join("\n")
}
