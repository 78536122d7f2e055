//! `consent import`: acceptances that another system kept as a date, without the text: version `unknown`.

use super::OnLog;
use crate::input;
use crate::output::Output;
use clap::Args;
use sas_psc::base::Timestamp;
use sas_psc::consent::{Keeping, Record, Recorder};
use sas_psc::{Code, Error};
use serde::Serialize;
use std::path::PathBuf;

/// Arguments of `consent import`.
#[derive(Args)]
pub struct Import {
    #[command(flatten)]
    on: OnLog,
    /// A CSV with a header: a row for each account
    #[arg(long, value_name = "F.csv")]
    file: PathBuf,
    /// The name of the terms that were accepted, whatever their version
    #[arg(long)]
    slug: String,
    /// The column that names the person
    #[arg(long, default_value = "user_id")]
    subject_column: String,
    /// The column that says when they accepted: RFC 3339, `2024-05-13 10:22:33` (UTC), or seconds since 1970
    #[arg(long, default_value = "date_accept_cgu")]
    date_column: String,
    /// The column that says whether they accepted; left out when the file has none
    #[arg(long, default_value = "cgu_accepted")]
    accepted_column: String,
    /// Who vouches for the names; by default the name of the log
    #[arg(long)]
    issuer: Option<String>,
}

#[derive(Serialize)]
struct Imported {
    rows: usize,
    imported: usize,
    not_accepted: usize,
    unreadable: usize,
    tree_size: u64,
}

/// How many are logged together.
const BATCH: usize = 1000;

impl Import {
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let folder = self.on.folder();
        let (origin, key) = (folder.checkpoint()?.checkpoint().origin.clone(), folder.principal_key()?);
        let keeping =
            Keeping { controller: origin.clone(), exit: "sas-psc consent withdraw".into(), retention_until: None };
        let recorder = Recorder { key: &key, keeping: &keeping };
        let issuer = self.issuer.as_deref().unwrap_or(&origin);
        let mut rows = csv::Reader::from_reader(input::open("file", &self.file)?);
        let unreadable = |_| Error::field(Code::FILE_UNREADABLE, "file");
        let names = rows.headers().map_err(unreadable)?.clone();
        let column = |name: &str| names.iter().position(|found| found.trim_start_matches('\u{feff}') == name);
        let needed = |name: &str, field| column(name).ok_or_else(|| Error::field(Code::COLUMN_MISSING, field));
        let (subject, date) =
            (needed(&self.subject_column, "subject-column")?, needed(&self.date_column, "date-column")?);
        let accepted = column(&self.accepted_column);
        let log = self.on.open()?;
        let mut done = Imported { rows: 0, imported: 0, not_accepted: 0, unreadable: 0, tree_size: 0 };
        let mut batch: Vec<Record> = Vec::new();
        for row in rows.records() {
            done.rows += 1;
            let row = row.map_err(unreadable)?;
            let value = |at: usize| row.get(at).unwrap_or_default().trim();
            if accepted.is_some_and(|at| !matches!(value(at), "1" | "t" | "true" | "TRUE")) || value(date).is_empty() {
                done.not_accepted += 1;
                continue;
            }
            match moment(value(date)).filter(|_| !value(subject).is_empty()) {
                Some(at) => batch.push(recorder.imported(&self.slug, issuer, value(subject), at)?),
                None => done.unreadable += 1,
            }
            if batch.len() == BATCH {
                done.imported += logged(&log, &mut batch)?;
            }
        }
        done.imported += logged(&log, &mut batch)?;
        done.tree_size = log.head().checkpoint().size;
        log.close()?;
        let line = format!("{}\t{}\t{}\t{}", done.rows, done.imported, done.not_accepted, done.unreadable);
        out.answer(done.unreadable == 0, &done, line);
        Ok(())
    }
}

fn logged(log: &sas_psc::store::ConsentLog, batch: &mut Vec<Record>) -> Result<usize, Error> {
    let places = log.append_all(&*batch);
    batch.clear();
    places.into_iter().try_fold(0, |count, place| place.map(|_| count + 1))
}

/// The forms in which such dates come out of databases.
fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse() {
        return Some(Timestamp::from_unix(seconds));
    }
    let rfc3339 =
        Timestamp::parse_rfc3339(text).or_else(|_| Timestamp::parse_rfc3339(&format!("{}Z", text.replace(' ', "T"))));
    rfc3339.ok()
}
