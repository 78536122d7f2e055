//! `settings check`: would SAS accept these participation settings, this slot or these absences, and what must change;
//! `settings days`: on which days a slot stands.

use crate::input;
use crate::output::Output;
use clap::{Args, Subcommand};
use sas_psc::base::Clock;
use sas_psc::drive::SystemClock;
use sas_psc::participation::{
    Check as Verdict, Mode, check_absences_json, check_json, check_slot_json, check_structure_json, slot_days_json,
};
use sas_psc::{Error, Lang};
use serde_json::Value;
use std::path::PathBuf;

/// Commands on participation settings.
#[derive(Subcommand)]
pub enum Command {
    /// Check settings: prints yes or no; with --json the problems, and the body for SAS when there is none
    Check(Check),
    /// The days on which a slot of the agenda stands, repeated each week up to its "until"
    Days(Days),
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

/// Arguments of `settings days`.
#[derive(Args)]
pub struct Days {
    /// SAS's own rules, without the gaps closed
    #[arg(long)]
    compatible: bool,
    /// The slot, as JSON, with its last day as "until"; `-` is stdin
    file: PathBuf,
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let found = match self {
            Command::Check(arguments) => {
                let found = check(arguments, out.lang)?;
                out.answer(found.valid, &found, if found.valid { "yes" } else { "no" });
                found
            }
            Command::Days(arguments) => {
                let json = input::text("file", &arguments.file)?;
                let found = slot_days_json(&json, mode(arguments.compatible), out.lang, SystemClock.now())?;
                let days = found.payload.iter().filter_map(|payload| payload["days"].as_array()).flatten();
                let days: Vec<&str> = days.filter_map(Value::as_str).collect();
                out.answer(found.valid, &found, if found.valid { days.join("\n") } else { "no".into() });
                found
            }
        };
        for problem in &found.problems {
            out.explain(format_args!("{}: {}", problem.field, problem.message));
        }
        Ok(())
    }
}

fn mode(compatible: bool) -> Mode {
    if compatible { Mode::Compatible } else { Mode::Strict }
}

fn check(arguments: &Check, lang: Lang) -> Result<Verdict, Error> {
    let (mode, json) = (mode(arguments.compatible), input::text("file", &arguments.file)?);
    match (arguments.structure, arguments.slot, arguments.absences) {
        (true, ..) => check_structure_json(&json, mode, lang),
        (_, true, _) => check_slot_json(&json, mode, lang, SystemClock.now()),
        (.., true) => check_absences_json(&json, mode, lang, SystemClock.now()),
        _ => check_json(&json, mode, lang),
    }
}
