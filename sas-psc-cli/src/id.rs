//! `id check`: is this a right number, of which kind, and if not why.

use crate::input;
use crate::output::{Output, sentences};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use sas_psc::Error;
use sas_psc::id::{self, Checked, Kind};
use std::path::PathBuf;

/// Commands on numbers.
#[derive(Subcommand)]
pub enum Command {
    /// Check numbers: prints value, yes or no, kind, and how far the check went or why it is refused
    Check(Check),
}

/// Arguments of `id check`.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("input").required(true))]
pub struct Check {
    /// The kind of the numbers
    #[arg(long, default_value = "auto", value_parser = kinds())]
    kind: Kind,
    /// Refuse the test numbers of ANS (RPPS 997… and 999…)
    #[arg(long)]
    refuse_test_numbers: bool,
    /// Read the values from a file, one a line; `-` is stdin
    #[arg(long, group = "input")]
    file: Option<PathBuf>,
    /// Read this column of the file, a CSV with a header
    #[arg(long, requires = "file", conflicts_with = "values")]
    column: Option<String>,
    /// The numbers
    #[arg(group = "input")]
    values: Vec<String>,
}

fn kinds() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.iter().map(|kind| kind.name())).try_map(|name| name.parse::<Kind>())
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let Command::Check(check) = self;
        let of = |value: &str| id::check(check.kind, value, check.refuse_test_numbers);
        if let Some(file) = &check.file {
            return input::values(file, check.column.as_deref(), |value| print(out, &of(value)));
        }
        for value in &check.values {
            let checked = of(value);
            print(out, &checked);
            if let Some(code) = checked.code() {
                out.explain(sentences(code, out.lang));
            }
        }
        Ok(())
    }
}

fn print(out: &mut Output, checked: &Checked) {
    let answer = if checked.valid { "yes" } else { "no" };
    let why = checked.reason.map_or(checked.checked.name(), |reason| reason.name());
    out.answer(checked.valid, checked, format_args!("{}\t{answer}\t{}\t{why}", checked.value, checked.kind));
}
