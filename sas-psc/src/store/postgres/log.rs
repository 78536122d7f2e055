//! The consent log grows: positions follow its head, which one transaction moves at a time.

use super::failure::Failure;
use super::integer;
use crate::onboarding::LogEntry;
use deadpool_postgres::Client;
use futures_util::future::join;
use tokio_postgres::Statement;

/// Columns of some entries.
#[derive(Default)]
pub(super) struct Entries<'a> {
    pub(super) ids: Vec<&'a [u8]>,
    pub(super) leaves: Vec<&'a [u8]>,
    pub(super) records: Vec<&'a [u8]>,
    pub(super) salts: Vec<&'a [u8]>,
}

impl<'a> Entries<'a> {
    pub(super) fn push(&mut self, entry: &'a LogEntry) {
        self.ids.push(&entry.record_id);
        self.leaves.push(&entry.leaf);
        self.records.push(&entry.record);
        self.salts.push(&entry.salt);
    }

    pub(super) fn of(entries: &'a [LogEntry]) -> Entries<'a> {
        let mut columns = Entries::default();
        entries.iter().for_each(|entry| columns.push(entry));
        columns
    }

    /// Whether two of them are one record.
    pub(super) fn repeat(&self) -> bool {
        let mut ids = self.ids.clone();
        ids.sort_unstable();
        ids.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// The statements that append.
pub(super) struct Append {
    grow: Statement,
    log: Statement,
}

impl Append {
    pub(super) async fn prepare(db: &Client) -> Result<Append, Failure> {
        let grow = "UPDATE sas_log_head SET size = size + $1::BIGINT WHERE name = 'log' AND $1::BIGINT > 0";
        let log = "INSERT INTO sas_log (position, record_id, leaf, record, salt)
                   SELECT head.size - $5::BIGINT + e.place - 1, e.record_id, e.leaf, e.record, e.salt
                   FROM sas_log_head head, unnest($1::BYTEA[], $2::BYTEA[], $3::BYTEA[], $4::BYTEA[]) WITH ORDINALITY
                       AS e (record_id, leaf, record, salt, place)
                   WHERE head.name = 'log'";
        Ok(Append { grow: db.prepare_cached(grow).await?, log: db.prepare_cached(log).await? })
    }

    /// Within a transaction. Sends everything when it is first polled.
    pub(super) async fn run(&self, db: &Client, entries: &[LogEntry]) -> Result<(), Failure> {
        let (count, e) = (integer(entries.len() as u64), Entries::of(entries));
        let (grown, logged) = join(
            db.execute(&self.grow, &[&count]),
            db.execute(&self.log, &[&e.ids, &e.leaves, &e.records, &e.salts, &count]),
        )
        .await;
        grown?;
        logged?;
        Ok(())
    }
}
