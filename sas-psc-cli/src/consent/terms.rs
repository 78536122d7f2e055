//! `consent terms`: the texts that are shown, kept under the hash of their exact bytes.

use super::OnLog;
use crate::input;
use crate::output::Output;
use clap::{Args, Subcommand, ValueEnum};
use sas_psc::Error;
use sas_psc::base::{Clock, Timestamp};
use sas_psc::consent::{Change, Document, Sha256, TermsVersion};
use sas_psc::drive::SystemClock;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Commands on terms.
#[derive(Subcommand)]
pub enum Command {
    /// Add a version; it never changes
    Add(Add),
    /// Show what changed between two versions, as a text
    Diff(Diff),
}

/// Arguments of `consent terms diff`.
#[derive(Args)]
pub struct Diff {
    #[command(flatten)]
    on: OnLog,
    /// The hash of the older version, as terms add printed it
    #[arg(value_name = "OLD")]
    old: String,
    /// The hash of the newer one
    #[arg(value_name = "NEW")]
    new: String,
}

/// Arguments of `consent terms add`.
#[derive(Args)]
pub struct Add {
    #[command(flatten)]
    on: OnLog,
    /// The name of the terms: cgu-sas
    #[arg(long)]
    slug: String,
    /// The name of this version: 2026-11
    #[arg(long)]
    version: String,
    /// The language of the texts: fr
    #[arg(long, value_name = "LANG")]
    lang: String,
    /// The documents, in the order shown, with the bytes that are shown
    #[arg(long, value_name = "F", required = true, num_args = 1..)]
    file: Vec<PathBuf>,
    /// The title of each document; by default the name of its file
    #[arg(long, value_name = "TITLE", num_args = 1..)]
    title: Vec<String>,
    /// From when it holds (RFC 3339); by default now
    #[arg(long, value_name = "TIME")]
    effective: Option<String>,
    /// What it changes from the version before
    #[arg(long, value_enum, default_value_t = Changes::Material)]
    change: Changes,
    /// Where the text stays readable
    #[arg(long)]
    url: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Changes {
    Editorial,
    Minor,
    Material,
}

#[derive(Serialize)]
struct Added<'a> {
    slug: &'a str,
    version: &'a str,
    lang: &'a str,
    sha256: Sha256,
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        match self {
            Command::Add(add) => add.run(out),
            Command::Diff(diff) => diff.run(out),
        }
    }
}

impl Diff {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        let difference = self.on.folder().terms_difference(&self.old.parse()?, &self.new.parse()?)?;
        let text = difference.to_text(out.lang);
        let (from, to) = (&difference.from, &difference.to);
        out.result(&serde_json::json!({ "from": from, "to": to, "text": text }), text.trim_end_matches('\n'));
        Ok(())
    }
}

impl Add {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        let change = match self.change {
            Changes::Editorial => Change::Editorial,
            Changes::Minor => Change::Minor,
            Changes::Material => Change::Material,
        };
        let effective = self.effective.as_deref().map_or(Ok(SystemClock.now()), Timestamp::parse_rfc3339)?;
        let document = |(at, file): (usize, &PathBuf)| {
            let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let title = self.title.get(at).cloned().unwrap_or(name);
            Ok(Document::new(title, media_type(file), input::bytes("file", file)?))
        };
        let documents = self.file.iter().enumerate().map(document).collect::<Result<_, Error>>()?;
        let terms = TermsVersion::new(&self.slug, &self.version, &self.lang, effective, change, documents)?;
        let terms = terms.at_url(self.url.clone().unwrap_or_default());
        let log = self.on.open()?;
        log.add_terms(&terms)?;
        log.close()?;
        let added = Added { slug: terms.slug(), version: terms.version(), lang: terms.lang(), sha256: terms.hash() };
        out.result(&added, added.sha256);
        Ok(())
    }
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("html" | "htm") => "text/html; charset=utf-8",
        Some("md") => "text/markdown; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
}
