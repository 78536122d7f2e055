//! `link plan`: how a base of existing accounts would be linked to people. It reads, and changes nothing.

use crate::input::unreadable;
use crate::output::Output;
use crate::progress::Progress;
use clap::{Args, Subcommand};
use sas_psc::id::IdNat;
use sas_psc::onboarding::link::{LinkPlan, PlanColumns, PlanResult, PlanRow};
use sas_psc::store::{Directory, DirectoryFolder};
use sas_psc::{Code, Error, Lang};
use serde::Serialize;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Commands on accounts that exist already.
#[derive(Subcommand)]
pub enum Command {
    /// Say of each account: linked, ambiguous, unknown or wrong-number
    Plan(Plan),
}

/// Arguments of `link plan`.
#[derive(Args)]
pub struct Plan {
    /// The accounts, a CSV with a header: a column of accounts (account, compte, login…) and of numbers (rpps, adeli,
    /// idnat…); `-` is stdin
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// The column of the account, where its name is another
    #[arg(long, value_name = "NAME")]
    account_column: Option<String>,
    /// A column of numbers, where its name is another; may be given several times
    #[arg(long, value_name = "NAME")]
    number_column: Vec<String>,
    /// The folder of a directory index: numbers that it does not know are unknown
    #[arg(long, value_name = "DIR")]
    index: Option<PathBuf>,
}

#[derive(Serialize)]
struct Answer<'a> {
    account: &'a str,
    result: PlanResult,
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let Command::Plan(plan) = self;
        plan.run(out)
    }
}

impl Plan {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        let directory = self.index.as_ref().map(|index| DirectoryFolder::new(index).open()).transpose()?;
        let (mut file, size) = source(&self.file)?;
        let (mut plan, mut refused) = (LinkPlan::new(), Vec::new());
        let mut progress = Progress::new(out, size.map(|size| size * 2));
        self.rows(&mut *file, |line, row, bytes| {
            progress.at(bytes, line);
            // What is wrong with a row is told in the end, with its line; the others go on.
            if let Err(error) = row.and_then(|row| plan.see(row)) {
                refused.push((line, error.code()));
            }
            Ok(())
        })?;
        file.seek(SeekFrom::Start(0)).map_err(|error| unreadable("file", error))?;
        let mut again = LinkPlan::new();
        let (mut counts, failed) = ([0_u64; 4], RefCell::new(None));
        out.hold();
        let read = self.rows(&mut *file, |line, row, bytes| {
            progress.at(size.unwrap_or(0) + bytes, plan.rows());
            let Ok(row) = row else { return Ok(()) };
            if again.see(row).is_err() {
                return Ok(()); // told at the first pass
            }
            let result = plan.judge(row, |number| known(directory.as_ref()?, number, &failed));
            if let Some(error) = failed.borrow_mut().take() {
                return Err(error.at_line(line));
            }
            counts[result as usize] += 1;
            let answer = Answer { account: row.account, result };
            let yes = result == PlanResult::Linked;
            out.answer(yes, &answer, format_args!("{}\t{}", row.account, result.word()));
            Ok(())
        });
        out.release();
        progress.over();
        read?;
        out.explain(summary(plan.rows(), counts, refused.len(), out.lang));
        for (line, code) in refused {
            out.error(&Error::new(code).at_line(line));
        }
        Ok(())
    }

    /// Reads the rows, each with its line, and the bytes so far.
    fn rows(
        &self,
        file: &mut dyn Source,
        mut each: impl FnMut(u64, Result<PlanRow<'_>, Error>, u64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let delimiter = delimiter(file).map_err(|error| unreadable("file", error))?;
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(file);
        let header = reader.byte_headers().map_err(|_| Error::new(Code::PLAN_ROW_UNREADABLE).at_line(1))?;
        let header: Vec<String> = header.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
        let columns = self.columns(&header)?;
        let mut row = csv::ByteRecord::new();
        loop {
            let line = reader.position().line();
            match reader.read_byte_record(&mut row) {
                Ok(false) => return Ok(()),
                Ok(true) => {}
                Err(error) => return Err(unreadable("file", error.into())),
            }
            let (line, bytes) = row.position().map_or((line, 0), |at| (at.line(), at.byte()));
            let cut = row.len() < header.len();
            let cell = |at: usize| std::str::from_utf8(row.get(at).unwrap_or_default());
            let numbers: Result<Vec<&str>, _> = columns.numbers.iter().map(|at| cell(*at)).collect();
            match (cell(columns.account), numbers) {
                (Ok(account), Ok(numbers)) if !cut => {
                    each(line, Ok(PlanRow { account: account.trim(), numbers: &numbers }), bytes)?;
                }
                _ => each(line, Err(Error::new(Code::PLAN_ROW_UNREADABLE)), bytes)?,
            }
        }
    }

    fn columns(&self, header: &[String]) -> Result<PlanColumns, Error> {
        let named = |name: &String, field| {
            let same = |column: &String| column.trim_start_matches('\u{feff}').trim() == name;
            header.iter().position(same).ok_or_else(|| Error::field(Code::COLUMN_MISSING, field))
        };
        let account = self.account_column.as_ref().map(|name| named(name, "account-column")).transpose()?;
        let numbers: Vec<usize> =
            self.number_column.iter().map(|name| named(name, "number-column")).collect::<Result<_, _>>()?;
        let (account, numbers) = match (account, numbers.is_empty()) {
            (Some(account), false) => (account, numbers),
            (account, none) => {
                // What was named stands in for what the aliases would not find.
                let mut aliased = header.to_vec();
                if let Some(at) = account {
                    "account".clone_into(&mut aliased[at]);
                }
                for at in &numbers {
                    "number".clone_into(&mut aliased[*at]);
                }
                let found = PlanColumns::of(&aliased)?;
                (account.unwrap_or(found.account), if none { found.numbers } else { numbers })
            }
        };
        Ok(PlanColumns { account, numbers })
    }
}

/// What is read twice.
trait Source: Read + Seek {}
impl<T: Read + Seek> Source for T {}

/// The file; stdin is held in memory, as it comes once.
fn source(path: &Path) -> Result<(Box<dyn Source>, Option<u64>), Error> {
    let failed = |error| unreadable("file", error);
    if path == Path::new("-") {
        let mut all = Vec::new();
        io::stdin().lock().read_to_end(&mut all).map_err(failed)?;
        return Ok((Box::new(io::Cursor::new(all)), None));
    }
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|data| data.len());
    Ok((Box::new(file), size))
}

/// What separates the columns: what the header has most of.
fn delimiter(file: &mut dyn Source) -> io::Result<u8> {
    let mut start = [0; 4096];
    let mut read = 0;
    while read < start.len() {
        match file.read(&mut start[read..])? {
            0 => break,
            some => read += some,
        }
    }
    file.seek(SeekFrom::Start(0))?;
    let header = start[..read].split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |separator: u8| header.iter().filter(|byte| **byte == separator).count();
    Ok(b",;\t|".iter().copied().rev().max_by_key(|separator| count(*separator)).unwrap_or(b','))
}

/// Whom the directory knows under a number.
fn known(directory: &Directory, number: &IdNat, failed: &RefCell<Option<Error>>) -> Option<Vec<String>> {
    let found = directory.find(number.as_str()).and_then(|found| {
        found.iter().map(|record| record.id_nat().map(|id| id.as_str().to_owned())).collect::<Result<Vec<_>, _>>()
    });
    match found {
        Ok(people) => Some(people),
        Err(error) => {
            *failed.borrow_mut() = Some(error);
            None
        }
    }
}

fn summary(rows: u64, counts: [u64; 4], refused: usize, lang: Lang) -> String {
    let words = match lang {
        Lang::Fr => {
            ["comptes", "liés à la première connexion", "ambigus", "inconnus", "numéro faux", "lignes refusées"]
        }
        Lang::En => ["accounts", "linked at the first sign-in", "ambiguous", "unknown", "wrong number", "rows refused"],
    };
    let mut lines = vec![format!("{rows:>12} {}", words[0])];
    lines.extend(counts.iter().zip(&words[1..]).map(|(count, word)| format!("{count:>12} {word}")));
    if refused > 0 {
        lines.push(format!("{refused:>12} {}", words[5]));
    }
    lines.join("\n")
}
