//! How a piece of work reaches the database: a connection of the pool, a limit of time, and as often as it may help.
//!
//! A transaction that met another one is tried again a bounded number of times. A connection that fails, a server that
//! starts again or hands its place to its standby are met again until the caller's patience ends. Work that writes must
//! know its own writing by its tag when it finds it, for the answer may have been lost after the deed.

use super::failure::{Failure, Then};
use super::settings::PostgresSettings;
use crate::error::{Code, Error, Result};
use deadpool_postgres::{Client, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures_util::future::{join, join3};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_postgres::NoTls;

/// What a piece of work comes to.
pub(super) type Work<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// How often a transaction that met another one is tried.
pub(super) const ROUNDS: u32 = 16;

const BEGIN: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE";
/// For what decides by the rows it writes and by nothing else: each is judged as it is when its lock is had, so that who meets
/// another one waits, and does not begin again.
const BEGIN_ON_ROWS: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

/// The connections of an instance.
pub(super) struct Core {
    pool: Pool,
    statement: Duration,
    patience: Duration,
    instance: [u8; 16],
    calls: AtomicU64,
}

/// The name of a call that writes: of all calls of all instances, this one's.
pub(super) type Tag = [u8; 24];

impl Core {
    pub(super) fn new(settings: &PostgresSettings) -> Result<Core> {
        let PostgresSettings { connections, statement, patience, .. } = *settings;
        let (config, method) = (settings.ready(), ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let manager = if settings.plaintext {
            Manager::from_config(config, NoTls, method)
        } else {
            Manager::from_config(config, settings.trust.connector()?, method)
        };
        let pool = Pool::builder(manager).max_size(connections).runtime(Runtime::Tokio1);
        let pool = pool.build().map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
        let mut instance = [0; 16];
        getrandom::fill(&mut instance).map_err(|_| Error::new(Code::NO_RANDOMNESS))?;
        Ok(Core { pool, statement, patience, instance, calls: AtomicU64::new(0) })
    }

    /// A new tag.
    pub(super) fn tag(&self) -> Tag {
        let mut tag = [0; 24];
        tag[..16].copy_from_slice(&self.instance);
        tag[16..].copy_from_slice(&self.calls.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        tag
    }

    /// Reads: as often as needed.
    pub(super) async fn read<P: Sync, T>(
        &self,
        params: P,
        work: for<'a> fn(&'a Client, &'a P) -> Work<'a, T>,
    ) -> Result<T> {
        self.tries(&params, work, false, false).await
    }

    /// Writes. When the patience ends after something was sent, what became of it is not known,
    /// and the error says so.
    pub(super) async fn write<P: Sync, T>(
        &self,
        params: P,
        work: for<'a> fn(&'a Client, &'a P) -> Work<'a, T>,
    ) -> Result<T> {
        self.tries(&params, work, true, false).await
    }

    /// The same for what may have been written already.
    pub(super) async fn write_again<P: Sync, T>(
        &self,
        params: P,
        unsure: bool,
        work: for<'a> fn(&'a Client, &'a P) -> Work<'a, T>,
    ) -> Result<T> {
        self.tries(&params, work, true, unsure).await
    }

    async fn tries<P: Sync, T>(
        &self,
        params: &P,
        work: for<'a> fn(&'a Client, &'a P) -> Work<'a, T>,
        writes: bool,
        mut unsure: bool,
    ) -> Result<T> {
        let end = self.patience_ends();
        let (mut met, mut pause) = (0, Duration::from_millis(10));
        loop {
            let (failure, sent) = match self.once(params, work, end).await {
                Ok(value) => return Ok(value),
                Err(failed) => failed,
            };
            unsure |= writes && sent && failure.then == Then::Elsewhere;
            match failure.then {
                Then::Again if met < ROUNDS => {
                    met += 1;
                    self.step_aside(met).await;
                }
                Then::Elsewhere if Instant::now() + pause < end => {
                    sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_millis(500));
                }
                _ if unsure && !is_judgement(failure.error.code()) => {
                    return Err(Error::new(Code::STORE_OUTCOME_UNKNOWN).caused_by(failure.error));
                }
                _ => return Err(failure.error),
            }
        }
    }

    /// One try, and whether it had reached a server when it failed.
    async fn once<P, T>(
        &self,
        params: &P,
        work: for<'a> fn(&'a Client, &'a P) -> Work<'a, T>,
        end: Instant,
    ) -> Result<T, (Failure, bool)> {
        let client = match timeout_at(end, self.pool.get()).await {
            Ok(Ok(client)) => client,
            Ok(Err(error)) => return Err((error.into(), false)),
            Err(_) => return Err((Failure::late(), false)),
        };
        let done = timeout(self.statement, work(&client, params)).await;
        let failure = match done {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(failure)) => failure,
            Err(_) => Failure::late(),
        };
        if failure.then == Then::Elsewhere {
            drop(Object::take(client)); // closed, not given back
        }
        Err((failure, true))
    }

    /// One try and no more, for work that has another way; and whether it had reached a server.
    pub(super) async fn try_once<P, T>(
        &self,
        params: &P,
        work: for<'a> fn(&'a Client, &'a P) -> Work<'a, T>,
    ) -> Result<T, (Failure, bool)> {
        self.once(params, work, Instant::now() + self.statement).await
    }

    /// When a caller of now has waited long enough.
    pub(super) fn patience_ends(&self) -> Instant {
        Instant::now() + self.patience
    }

    /// Waits a little, longer each time, and not as long as the others do.
    pub(super) async fn step_aside(&self, met: u32) {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        let mixed = (u64::from_be_bytes(self.instance[..8].try_into().unwrap_or_default()) ^ call)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            >> 40;
        let most = 400u64 << met.min(8);
        sleep(Duration::from_micros(mixed % most)).await;
    }
}

/// Said by the tables after a look at what was written before.
fn is_judgement(code: Code) -> bool {
    [Code::STORE_CONFLICT, Code::STORE_IDENTITY_TAKEN, Code::STORE_EMAIL_TAKEN, Code::STORE_CORRUPT].contains(&code)
}

/// Statements as one transaction, sent without waiting for one another. `body` sends what it has when it is first polled.
#[cfg(any(feature = "psc", feature = "card"))]
pub(super) async fn transaction<T>(db: &Client, body: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    at_once(db, BEGIN, body).await
}

/// The same for statements that read no row but those they write, each of them by its key and its version.
pub(super) async fn on_rows<T>(db: &Client, body: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    at_once(db, BEGIN_ON_ROWS, body).await
}

async fn at_once<T>(db: &Client, begin: &str, body: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let (begun, done, ended) = join3(db.batch_execute(begin), body, db.batch_execute("COMMIT")).await;
    begun?;
    // After a statement that failed, COMMIT has rolled back.
    let value = done?;
    ended?;
    Ok(value)
}

/// Opens a transaction and looks around in it, to decide what to write. Then [`finish`] or [`give_up`].
pub(super) async fn begin<T>(db: &Client, look: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let (begun, seen) = join(db.batch_execute(BEGIN), look).await;
    begun?;
    seen
}

/// Writes, and ends the transaction.
pub(super) async fn finish<T>(db: &Client, write: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let (done, ended) = join(write, db.batch_execute("COMMIT")).await;
    let value = done?;
    ended?;
    Ok(value)
}

/// Ends a transaction that wrote nothing.
pub(super) async fn give_up(db: &Client) -> Result<(), Failure> {
    Ok(db.batch_execute("ROLLBACK").await?)
}

/// Shared by the tasks of an instance.
pub(super) type Shared = Arc<Core>;
