//! `directory`: the extract of ANS becomes an index; the index is asked.

use crate::input;
use crate::online::Online;
use crate::output::Output;
use crate::progress::Progress;
use clap::{Args, Subcommand};
use sas_psc::directory::{self, Observer, Query, Reject};
use sas_psc::store::{Delta, DirectoryFolder, ImportOptions, Imported};
use sas_psc::{Code, Error, Lang};
use serde::Serialize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Commands on the national directory.
#[derive(Subcommand)]
pub enum Command {
    /// Make the index out of the extract of ANS (PS_LibreAcces_Personne_activite and SavoirFaire), plain or zip
    Import(Import),
    /// Find people by RPPS, ADELI or national identifier; or all of a structure, by FINESS, SIRET or its identifier
    Lookup(Lookup),
    /// Find people by name, profession or place
    Search(Search),
}

/// Arguments of `directory import`.
#[derive(Args)]
pub struct Import {
    /// The files of ANS, plain or zip; `-` is stdin
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The folder of the index
    #[arg(long, value_name = "DIR")]
    index: PathBuf,
    /// Take an extract that is much smaller than the one before, or cut short
    #[arg(long)]
    allow_shrink: bool,
    /// Compare with the index in this folder, and list who arrived, left or changed
    #[arg(long, value_name = "OLD_DIR")]
    delta: Option<PathBuf>,
}

/// Arguments of `directory lookup`.
#[derive(Args)]
pub struct Lookup {
    /// The folder of the index
    #[arg(long, value_name = "DIR", required_unless_present = "fhir")]
    index: Option<PathBuf>,
    #[command(flatten)]
    online: Online,
    /// The identifiers
    #[arg(required = true)]
    ids: Vec<String>,
}

/// Arguments of `directory search`.
#[derive(Args)]
pub struct Search {
    /// The folder of the index
    #[arg(long, value_name = "DIR")]
    index: PathBuf,
    /// How the family name starts
    #[arg(long, default_value = "")]
    name: String,
    /// How a given name starts
    #[arg(long, default_value = "")]
    given: String,
    /// The code of the profession: 10 is a physician
    #[arg(long, default_value = "")]
    profession: String,
    /// The code of the speciality: SM26
    #[arg(long, default_value = "")]
    speciality: String,
    /// The postcode of a place of activity
    #[arg(long, default_value = "")]
    postcode: String,
    /// At most this many people
    #[arg(long, default_value_t = 20)]
    limit: usize,
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        match self {
            Command::Import(import) => import.run(out),
            Command::Lookup(lookup) => lookup.run(out),
            Command::Search(search) => search.run(out),
        }
    }
}

#[derive(Serialize)]
struct Summary {
    #[serde(flatten)]
    imported: Imported,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    delta: Option<Delta>,
}

impl Import {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        let folder = DirectoryFolder::new(&self.index);
        // Opened before the import: the folder of the new index may be the same.
        let older = self.delta.as_ref().map(|path| DirectoryFolder::new(path).open()).transpose()?;
        let mut options = ImportOptions::default();
        options.allow_shrink = self.allow_shrink;
        let sizes = self.files.iter().map(|file| size(file)).collect::<Option<Vec<u64>>>();
        let mut shown = Shown(Progress::new(out, sizes.map(|sizes| sizes.iter().sum())));
        let stdin = Path::new("-");
        let imported = match &self.files[..] {
            [file] if file == stdin => folder.import_stream(std::io::stdin().lock(), &options, &mut shown),
            files if files.iter().any(|file| file == stdin) => Err(Error::field(Code::USAGE, "file")),
            files => folder.import(files, &options, &mut shown),
        };
        shown.0.over();
        let seconds = (shown.0.seconds() * 1000.0).round() / 1000.0;
        let imported = imported?;
        let delta = older.map(|older| folder.delta(&older)).transpose()?;
        let summary = Summary { imported, seconds, delta };
        out.result(&summary, table(&summary, out.lang));
        out.explain(summary.imported.meta.attribution());
        Ok(())
    }
}

/// The bytes that will be read of a file; none of stdin, and of what cannot be read: the import tells why.
fn size(file: &Path) -> Option<u64> {
    input::size(file)?; // a pipe is read once
    directory::extract_size(std::fs::File::open(file).ok()?).ok()
}

struct Shown(Progress);

impl Observer for Shown {
    fn rejected(&mut self, _: Reject) {}

    fn progress(&mut self, progress: directory::Progress) -> ControlFlow<()> {
        self.0.at(progress.bytes, progress.rows);
        ControlFlow::Continue(())
    }
}

/// The summary for people.
fn table(summary: &Summary, lang: Lang) -> String {
    let words = match lang {
        Lang::Fr => [
            "lignes",
            "personnes",
            "rejetées",
            "liste des rejets",
            "secondes",
            "octets de l'index",
            "arrivés",
            "partis",
            "changés",
            "liste",
        ],
        Lang::En => [
            "rows",
            "people",
            "rejected",
            "list of rejects",
            "seconds",
            "bytes of the index",
            "arrived",
            "left",
            "changed",
            "list",
        ],
    };
    let Summary { imported: Imported { meta, index_bytes, rejects_file, .. }, seconds, delta } = summary;
    let mut values = vec![
        meta.rows.to_string(),
        meta.people.to_string(),
        meta.rejected.to_string(),
        rejects_file.display().to_string(),
        seconds.to_string(),
        index_bytes.to_string(),
    ];
    if let Some(delta) = delta {
        values.extend([delta.arrived, delta.left, delta.changed].map(|count| count.to_string()));
        values.push(delta.file.display().to_string());
    }
    let lines = words.iter().zip(&values).map(|(word, value)| format!("{word}\t{value}"));
    lines.collect::<Vec<_>>().join("\n")
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    found: bool,
    people: Vec<directory::Summary>,
}

impl Lookup {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        if self.online.is_asked() {
            return self.online.lookup(&self.ids, self.index.as_deref(), out);
        }
        let index = DirectoryFolder::new(self.index.as_deref().unwrap_or(Path::new(""))).open()?;
        for id in &self.ids {
            let people = index.lookup(id)?;
            let people = people.iter().map(directory::Record::summary).collect::<Result<Vec<_>, _>>()?;
            let answer = Answer { id, found: !people.is_empty(), people };
            let word = if answer.found { "yes" } else { "no" };
            let lines: String = answer.people.iter().map(|person| format!("\n{person}")).collect();
            out.answer(answer.found, &answer, format_args!("{id}\t{word}{lines}"));
        }
        out.explain(index.meta().attribution());
        Ok(())
    }
}

impl Search {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        let index = DirectoryFolder::new(&self.index).open()?;
        let query = Query {
            name: &self.name,
            given: &self.given,
            profession: &self.profession,
            speciality: &self.speciality,
            postcode: &self.postcode,
            limit: self.limit,
        };
        let people = index.search(&query)?;
        for person in &people {
            let person = person.summary()?;
            out.result(&person, &person);
        }
        out.found(!people.is_empty());
        out.explain(index.meta().attribution());
        Ok(())
    }
}
