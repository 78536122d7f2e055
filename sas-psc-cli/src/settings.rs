//! `settings check`: would SAS accept these participation settings, this slot or these absences, and what must change.

use crate::input;
use crate::output::Output;
use clap::{Args, Subcommand};
use sas_psc::Error;
use sas_psc::base::Clock;
use sas_psc::drive::SystemClock;
use sas_psc::participation::{Mode, check_absences_json, check_json, check_slot_json, check_structure_json};
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
    /// The settings are those of a structure: a health centre, an SOS Médecins association
    #[arg(long)]
    structure: bool,
    /// It is a slot of the agenda
    #[arg(long, conflicts_with = "structure")]
    slot: bool,
    /// They are absences from the agenda
    #[arg(long, conflicts_with_all = ["structure", "slot"])]
    absences: bool,
    /// The settings, as JSON; `-` is stdin
    file: PathBuf,
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let Command::Check(check) = self;
        let mode = if check.compatible { Mode::Compatible } else { Mode::Strict };
        let json = input::text("file", &check.file)?;
        let found = match (check.structure, check.slot, check.absences) {
            (true, ..) => check_structure_json(&json, mode, out.lang)?,
            (_, true, _) => check_slot_json(&json, mode, out.lang, SystemClock.now())?,
            (.., true) => check_absences_json(&json, mode, out.lang, SystemClock.now())?,
            _ => check_json(&json, mode, out.lang)?,
        };
        out.answer(found.valid, &found, if found.valid { "yes" } else { "no" });
        for problem in &found.problems {
            out.explain(format_args!("{}: {}", problem.field, problem.message));
        }
        Ok(())
    }
}
