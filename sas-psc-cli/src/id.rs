//! `id check`: is this a right number, of which kind, and if not why.

use crate::input;
use crate::output::{Output, sentences};
use crate::progress::Progress;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use sas_psc::id::{self, Checked, Kind, Reason};
use sas_psc::{Error, Lang};
use std::path::{Path, PathBuf};

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
            return check.read(file, out, of);
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

impl Check {
    /// Checks a file of any size, a value at a time; tells how far it is, and in the end what was found.
    fn read(&self, file: &Path, out: &mut Output, of: impl Fn(&str) -> Checked) -> Result<(), Error> {
        let size = input::size(file);
        let (mut progress, mut counts) = (Progress::new(out, size), Counts::default());
        if size.is_some() {
            out.hold(); // whoever types into a pipe waits for each answer
        }
        let read = input::values(file, self.column.as_deref(), |value, bytes| {
            let checked = of(value);
            counts.add(&checked);
            progress.at(bytes, counts.all);
            print(out, &checked);
        });
        out.release();
        progress.over();
        read?;
        out.explain(counts.text(out.lang));
        Ok(())
    }
}

/// What was found in a file.
#[derive(Default)]
struct Counts {
    all: u64,
    accepted: u64,
    test: u64,
    refused: [u64; Reason::ALL.len()],
}

impl Counts {
    fn add(&mut self, checked: &Checked) {
        self.all += 1;
        self.accepted += u64::from(checked.valid);
        self.test += u64::from(checked.valid && checked.test_number);
        for (count, reason) in self.refused.iter_mut().zip(Reason::ALL) {
            *count += u64::from(checked.reason == Some(*reason));
        }
    }

    fn text(&self, lang: Lang) -> String {
        let (numbers, accepted, of_test, refused) = match lang {
            Lang::Fr => ("numéros", "acceptés", "de test", "refusés"),
            Lang::En => ("numbers", "accepted", "test numbers", "refused"),
        };
        let row = |count: &u64, word: &str| format!("\n  {count:>12} {word}");
        let mut text = format!("{:>12} {numbers}\n{:>12} {accepted}", self.all, self.accepted);
        if self.test > 0 {
            text += &row(&self.test, of_test);
        }
        text += &format!("\n{:>12} {refused}", self.all - self.accepted);
        for (count, reason) in self.refused.iter().zip(Reason::ALL).filter(|(count, _)| **count > 0) {
            text += &row(count, reason.name());
        }
        text
    }
}

fn print(out: &mut Output, checked: &Checked) {
    let answer = if checked.valid { "yes" } else { "no" };
    let why = checked.reason.map_or(checked.checked.name(), |reason| reason.name());
    out.answer(checked.valid, checked, format_args!("{}\t{answer}\t{}\t{why}", checked.value, checked.kind));
}
