//! `settings check`: would SAS accept these participation settings, and what must change.

use crate::input;
use crate::output::Output;
use clap::{Args, Subcommand};
use sas_psc::Error;
use sas_psc::participation::{Mode, check_json};
use std::path::PathBuf;

/// Commands on participation settings.
#[derive(Subcommand)]
pub enum Command {
    /// Check settings: prints yes or no; with --json the problems, and the body for SAS when there is none
    Check(Check),
}

/// Arguments of `settings check`.
#[derive(Args)]
pub struct Check {
    /// SAS's own rules, without the gaps closed
    #[arg(long)]
    compatible: bool,
    /// The settings, as JSON; `-` is stdin
    file: PathBuf,
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let Command::Check(check) = self;
        let mode = if check.compatible { Mode::Compatible } else { Mode::Strict };
        let found = check_json(&input::text("file", &check.file)?, mode, out.lang)?;
        out.answer(found.valid, &found, if found.valid { "yes" } else { "no" });
        for problem in &found.problems {
            out.explain(format_args!("{}: {}", problem.field, problem.message));
        }
        Ok(())
    }
}
