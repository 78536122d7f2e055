//! `consent`: a consent log in a folder: made, appended to, read, proved, audited.

mod import;
mod receipt;
mod terms;

use crate::input;
use crate::output::Output;
use clap::{Args, Subcommand};
use sas_psc::base::Timestamp;
use sas_psc::consent::{Event, SignedCheckpoint, VerifierKey};
use sas_psc::drive::{SystemClock, SystemRandom};
use sas_psc::psc::SignInEvidence;
use sas_psc::store::{ConsentLog, LogAnswer, LogFolder, LogOptions, LogPerson, LogWorld, LoggedRecord};
use sas_psc::{Code, Error};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Commands on a consent log.
#[derive(Subcommand)]
pub enum Command {
    /// Make an empty log with its keys: DIR/key.private (keep it) and DIR/key.vkey (publish it)
    Init(Init),
    /// The texts that are shown and accepted
    #[command(subcommand)]
    Terms(terms::Command),
    /// Record that a person accepted these terms
    Accept(Answer),
    /// Record that a person refused these terms
    Refuse(Answer),
    /// Record that a person takes an acceptance back
    Withdraw(Answer),
    /// Take acceptances over that another system kept as a date: terms of version unknown
    Import(import::Import),
    /// List the records, a line each
    List(List),
    /// Forget a person: delete their records and salts; the log still verifies
    Forget(Forget),
    /// Write the receipt of a record: F.tlog-proof, and F.json beside it
    Receipt(receipt::Receipt),
    /// Verify receipts, offline, with the public key
    VerifyReceipt(receipt::VerifyReceipt),
    /// Audit a log: every entry changed, removed, reordered or back-dated is named
    Verify(Verify),
    /// Print the signed checkpoint: keep it elsewhere, and compare later with verify --since
    Checkpoint(Checkpoint),
}

/// The log.
#[derive(Args)]
pub struct OnLog {
    /// The folder of the log
    #[arg(long, value_name = "DIR")]
    log: PathBuf,
}

/// Arguments of `consent init`.
#[derive(Args)]
pub struct Init {
    #[command(flatten)]
    on: OnLog,
    /// The name of the log, such as exemple.fr/consentements
    #[arg(long, value_name = "NAME")]
    origin: String,
    /// A file on another disk where the last checkpoint is kept too, so that a restored backup is noticed
    #[arg(long, value_name = "FILE")]
    elsewhere: Option<PathBuf>,
    /// The last checkpoint of a log that was lost in part, which this one continues
    #[arg(long, value_name = "CHECKPOINT")]
    continues: Option<PathBuf>,
}

/// Arguments of `consent accept`, `refuse` and `withdraw`.
#[derive(Args)]
pub struct Answer {
    #[command(flatten)]
    on: OnLog,
    /// The person: a line of text, or JSON with issuer, subject and, when known, acr, amr, auth_time, id_token_sha256, client
    #[arg(long, value_name = "FILE")]
    subject_file: PathBuf,
    /// The hash of the terms, as terms add printed it
    #[arg(long, value_name = "SHA256")]
    terms: String,
    /// When the person answered (RFC 3339); by default now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Who keeps the record; by default the name of the log
    #[arg(long)]
    controller: Option<String>,
    /// How the person leaves or withdraws
    #[arg(long)]
    exit: Option<String>,
    /// The evidence of the sign-in, as login --evidence or token verify --evidence wrote it: kept sealed with the record
    #[arg(long, value_name = "F.evidence")]
    evidence: Option<PathBuf>,
}

/// Arguments of `consent list`.
#[derive(Args)]
pub struct List {
    #[command(flatten)]
    on: OnLog,
    /// Under the field names of ISO/IEC TS 27560, with --json; no conformance is claimed
    #[arg(long)]
    iso27560: bool,
    /// Of this person alone
    #[arg(long, value_name = "FILE")]
    subject_file: Option<PathBuf>,
}

/// Arguments of `consent forget`.
#[derive(Args)]
pub struct Forget {
    #[command(flatten)]
    on: OnLog,
    /// The person
    #[arg(long, value_name = "FILE")]
    subject_file: PathBuf,
}

/// Arguments of `consent verify`.
#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    on: OnLog,
    /// The public key of the log: the key itself, or a file that holds it
    #[arg(long, value_name = "K", required = true)]
    vkey: Vec<String>,
    /// An earlier checkpoint of the log, which it must continue
    #[arg(long, value_name = "CHECKPOINT")]
    since: Option<PathBuf>,
}

/// Arguments of `consent checkpoint`.
#[derive(Args)]
pub struct Checkpoint {
    #[command(flatten)]
    on: OnLog,
    /// Write a request for a time stamp over it (RFC 3161), to send to any authority
    #[arg(long, value_name = "FILE.tsq")]
    timestamp_query: Option<PathBuf>,
}

impl Command {
    /// Runs it.
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        match self {
            Command::Init(init) => init.run(out),
            Command::Terms(command) => command.run(out),
            Command::Accept(answer) => answer.run(out, Event::Accepted),
            Command::Refuse(answer) => answer.run(out, Event::Refused),
            Command::Withdraw(answer) => answer.run(out, Event::Withdrawn),
            Command::Import(import) => import.run(out),
            Command::List(list) => list.run(out),
            Command::Forget(forget) => forget.run(out),
            Command::Receipt(receipt) => receipt.run(out),
            Command::VerifyReceipt(verify) => verify.run(out),
            Command::Verify(verify) => verify.run(out),
            Command::Checkpoint(checkpoint) => checkpoint.run(out),
        }
    }
}

/// How long another program may have the log open before we give up.
const PATIENCE: Duration = Duration::from_secs(5);
const TURN: Duration = Duration::from_millis(20);

impl OnLog {
    fn folder(&self) -> LogFolder {
        LogFolder::new(&self.log)
    }

    /// Opens the log; waits while another program, such as this one beside itself, appends.
    fn open(&self) -> Result<ConsentLog, Error> {
        for _ in 0..PATIENCE.as_millis() / TURN.as_millis() {
            match self.folder().open(LogWorld::new(SystemClock, SystemRandom)) {
                Err(error) if error.code() == Code::LOG_BUSY => std::thread::sleep(TURN),
                other => return other,
            }
        }
        Err(Error::new(Code::LOG_BUSY))
    }
}

impl Checkpoint {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        let checkpoint = self.on.folder().checkpoint()?;
        if let Some(query) = &self.timestamp_query {
            let bytes = checkpoint.timestamp_query(&mut SystemRandom)?;
            std::fs::write(query, bytes).map_err(|error| Error::new(Code::LOG_NOT_WRITTEN).caused_by(error))?;
        }
        let note = checkpoint.as_str();
        out.result(&serde_json::json!({ "checkpoint": note }), note.trim_end_matches('\n'));
        Ok(())
    }
}

/// Keys given as such or in files.
fn keys(given: &[String]) -> Result<Vec<VerifierKey>, Error> {
    let mut keys = Vec::new();
    for given in given {
        match given.parse() {
            Ok(key) => keys.push(key),
            Err(_) => keys.extend(VerifierKey::parse_all(&input::text("vkey", Path::new(given))?)?),
        }
    }
    Ok(keys)
}

#[derive(Serialize)]
struct Made {
    origin: String,
    vkey: String,
}

impl Init {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        let mut options = LogOptions::default();
        options.elsewhere = self.elsewhere.clone();
        options.continues = self.continues.as_deref().map(|file| input::text("continues", file)).transpose()?;
        let key = self.on.folder().init(&self.origin, &options, &mut SystemRandom)?;
        let made = Made { origin: self.origin.clone(), vkey: key.to_string() };
        out.result(&made, &made.vkey);
        Ok(())
    }
}

/// The person that a file names.
fn person(file: &Path) -> Result<LogPerson, Error> {
    LogPerson::parse(&input::text("subject-file", file)?)
}

impl Answer {
    fn run(&self, out: &mut Output, event: Event) -> Result<(), Error> {
        let mut answer = LogAnswer::new(event, self.terms.parse()?, person(&self.subject_file)?);
        answer.at = self.at.as_deref().map(Timestamp::parse_rfc3339).transpose()?;
        answer.controller = self.controller.clone();
        if let Some(exit) = &self.exit {
            answer.exit = exit.clone();
        }
        let file = self.evidence.as_deref().map(|file| input::bytes("evidence", file)).transpose()?;
        answer.evidence = file.as_deref().map(SignInEvidence::parse).transpose()?;
        let log = self.on.open()?;
        let recorded = log.record(&answer)?;
        log.close()?;
        let place = recorded.place;
        out.result(&recorded, format_args!("{}\t{}\t{}", recorded.record_id, place.leaf_index, place.tree_size));
        Ok(())
    }
}

impl List {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        let folder = self.on.folder();
        let of_one = |file| folder.principal(&person(file)?);
        let principal = self.subject_file.as_deref().map(of_one).transpose()?;
        folder.records(principal.as_ref(), |found| {
            let LoggedRecord { leaf_index, logged_at, record, evidence_kept, .. } = &found;
            let fields = record.fields();
            let line = format!(
                "{}\t{}\t{} {} {}\t{}",
                fields.id,
                fields.event.name(),
                fields.slug,
                fields.version,
                fields.lang,
                fields.at
            );
            let (logged_at, record) = (logged_at.to_string(), fields.readable());
            let logged = Listed { leaf_index: *leaf_index, logged_at, evidence_kept, record };
            if self.iso27560 {
                out.result(&fields.iso_27560(), line);
            } else {
                out.result(&logged, line);
            }
            Ok(())
        })
    }
}

#[derive(Serialize)]
struct Listed<'a, T: Serialize> {
    leaf_index: u64,
    logged_at: String,
    /// What lies sealed beside the record, or `none`; the record's own member names it by its hash, wherever it is kept.
    evidence_kept: &'a str,
    #[serde(flatten)]
    record: T,
}

impl Forget {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        let principal = self.on.folder().principal(&person(&self.subject_file)?)?;
        let log = self.on.open()?;
        let salts_deleted = log.forget(&principal)?;
        log.close()?;
        out.result(&serde_json::json!({ "salts_deleted": salts_deleted }), salts_deleted);
        Ok(())
    }
}

impl Verify {
    fn run(&self, out: &mut Output) -> Result<(), Error> {
        let keys = keys(&self.vkey)?;
        let since = self.since.as_deref().map(|file| SignedCheckpoint::verify(&input::text("since", file)?, &keys));
        let audit = self.on.folder().audit(&keys, since.transpose()?.as_ref())?;
        let mut lines = format!("{}\t{}", if audit.is_valid() { "yes" } else { "no" }, audit.tree_size);
        for problem in &audit.problems {
            lines += &format!("\n{}", problem.message(out.lang));
        }
        let report = audit.report(out.lang);
        out.answer(audit.is_valid(), &report, lines);
        Ok(())
    }
}
