//! `purge`: deletes out of the accounts' database what its time is over, each class with its record in the consent log.
//!
//! A platform that runs `drive::Purge` itself has no need of it; one in another language calls it once a day.

use crate::input;
use crate::output::Output;
use clap::{Args, Subcommand};
use sas_psc::base::ServerKey;
use sas_psc::consent::Keeping;
use sas_psc::drive::{Purge, SystemClock, SystemRandom, block_on};
use sas_psc::onboarding::retention::{DataClass, Keeper, RETENTION};
use sas_psc::store::AnyStore;
use sas_psc::{Error, Lang};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;

/// Commands on data whose time is over.
#[derive(Subcommand)]
pub enum Command {
    /// Delete it: prints each class and how many things of it were deleted
    Run(Run),
    /// Print every class of data with its period, its reason and who deletes it; deletes nothing
    Periods,
}

/// Arguments of `purge run`.
#[derive(Args)]
pub struct Run {
    /// The accounts: a SQLite file, or postgres://user@host/name; an address with a password belongs in the environment
    #[arg(long, value_name = "PLACE", env = "SAS_PSC_DATABASE", hide_env_values = true)]
    database: PathBuf,
    /// The file of the platform's key, under which people and classes stand in the records
    #[arg(long, value_name = "F")]
    key_file: PathBuf,
    /// Who answers for the data, as the records name it
    #[arg(long)]
    controller: String,
    /// How a person leaves, as the records name it
    #[arg(long)]
    exit: String,
    /// Keep a class so many days after its end, instead of the table's; may be given several times
    #[arg(long, value_name = "CLASS=DAYS", value_parser = days)]
    keep: Vec<(DataClass, u16)>,
}

#[derive(Serialize)]
struct Period {
    class: &'static str,
    what: &'static str,
    period: &'static str,
    reason: &'static str,
    deleted_by: &'static str,
}

#[derive(Serialize)]
struct Deleted {
    class: &'static str,
    deleted: u64,
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        match self {
            Command::Run(run) => run.run(out),
            Command::Periods => {
                periods(out);
                Ok(())
            }
        }
    }
}

impl Run {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        if !AnyStore::is_shared(&self.database) {
            // A name mistyped is no empty database.
            self.database.metadata().map_err(|error| input::unreadable("database", error))?;
        }
        let key = ServerKey::new(&input::bytes("key-file", &self.key_file)?)?;
        let (controller, exit) = (self.controller.clone(), self.exit.clone());
        let keeping = Keeping { controller, exit, retention_until: None };
        let store = AnyStore::open(&self.database)?;
        let purge = Purge::new(store, (key, keeping), Arc::new(SystemClock), SystemRandom);
        let purge = self.keep.iter().fold(purge, |purge, (class, days)| purge.keep(*class, *days));
        for (class, deleted) in block_on(purge.run())? {
            let class = class.word();
            out.result(&Deleted { class, deleted }, format_args!("{class}\t{deleted}"));
        }
        Ok(())
    }
}

/// `visits=2`: a class that the purge deletes, and its days.
fn days(pair: &str) -> Result<(DataClass, u16), String> {
    let known = || RETENTION.iter().filter(|row| row.keeper == Keeper::Purge);
    let read = pair.split_once('=').and_then(|(word, days)| {
        let row = known().find(|row| row.word == word)?;
        Some((row.class, days.parse().ok()?))
    });
    let words = || known().map(|row| row.word).collect::<Vec<_>>().join(", ");
    read.ok_or_else(|| format!("CLASS=DAYS, where CLASS is one of {}", words()))
}

fn periods(out: &mut Output) {
    for row in RETENTION {
        let class = row.word;
        let (what, period, reason) = match out.lang {
            Lang::Fr => (row.what_fr, row.period_fr, row.reason_fr),
            Lang::En => (row.what_en, row.period_en, row.reason_en),
        };
        let deleted_by = row.keeper.word();
        let told = Period { class, what, period, reason, deleted_by };
        out.result(&told, format_args!("{class}\t{what}\t{period}\t{reason}\t{deleted_by}"));
    }
}
