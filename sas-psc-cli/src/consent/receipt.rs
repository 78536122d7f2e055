//! `consent receipt` and `consent verify-receipt`: the two files that a person keeps, written and verified.

use super::{OnLog, keys};
use crate::input;
use crate::output::{Output, sentences};
use clap::Args;
use sas_psc::consent::{Logged, Opening, RecordId, VerifierKey};
use sas_psc::{Code, Error};
use serde::Serialize;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Arguments of `consent receipt`.
#[derive(Args)]
pub struct Receipt {
    #[command(flatten)]
    on: OnLog,
    /// The identity of the record
    #[arg(long, value_name = "ID")]
    record: String,
    /// The file to write, F.tlog-proof; F.json lies beside it
    #[arg(long, value_name = "F.tlog-proof")]
    out: PathBuf,
    /// Also write a page to print, in French, with a QR code
    #[arg(long, value_name = "F.html")]
    page: Option<PathBuf>,
}

/// Arguments of `consent verify-receipt`.
#[derive(Args)]
pub struct VerifyReceipt {
    /// The public key of the log: the key itself, or a file that holds it
    #[arg(long, value_name = "K", required = true)]
    vkey: Vec<String>,
    /// The receipts, F.tlog-proof, each with F.json beside it
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Written {
    receipt: String,
    record: String,
}

impl Receipt {
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let id = RecordId::try_from(self.record.clone()).map_err(|_| Error::new(Code::RECORD_UNKNOWN))?;
        let (receipt, opening) = self.on.folder().receipt(id)?;
        let beside = beside(&self.out);
        write(&beside, &opening.to_json()?)?;
        write(&self.out, &receipt.to_string())?;
        if let Some(page) = &self.page {
            write(page, &opening.page(&receipt, &self.on.folder().keys()?)?)?;
        }
        let written = Written { receipt: self.out.display().to_string(), record: beside.display().to_string() };
        out.result(&written, format_args!("{}\n{}", written.receipt, written.record));
        Ok(())
    }
}

fn beside(proof: &Path) -> PathBuf {
    proof.with_extension("json")
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text).map_err(|error| Error::new(Code::LOG_NOT_WRITTEN).caused_by(error))
}

#[derive(Serialize)]
struct Verified {
    file: String,
    valid: bool,
    reason: Option<&'static str>,
}

impl VerifyReceipt {
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let keys = keys(&self.vkey)?;
        for file in &self.files {
            // A file that is not there is no receipt that is wrong.
            let proof = match input::bytes("file", file) {
                Ok(proof) => proof,
                Err(error) => {
                    out.error(&error);
                    continue;
                }
            };
            let found = verify(&proof, file, &keys);
            let code = found.as_ref().err().map(Error::code);
            let verified =
                Verified { file: file.display().to_string(), valid: found.is_ok(), reason: code.map(Code::name) };
            let line = match &found {
                Ok(logged) => format!("{}\tyes\t{}\t{}", verified.file, logged.index, logged.logged_at),
                Err(error) => format!("{}\tno\t{}", verified.file, error.code()),
            };
            out.answer(found.is_ok(), &verified, line);
            if let Some(code) = code {
                out.explain(sentences(code, out.lang));
            }
        }
        Ok(())
    }
}

fn verify(proof: &[u8], file: &Path, keys: &[VerifierKey]) -> Result<Logged, Error> {
    let proof = std::str::from_utf8(proof).map_err(|_| Error::new(Code::RECEIPT_UNREADABLE))?;
    let receipt: sas_psc::consent::Receipt = proof.parse()?;
    let opening = match std::fs::read(beside(file)) {
        Ok(json) => Opening::parse(&json)?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Error::new(Code::RECEIPT_ALONE)),
        Err(error) => return Err(Error::field(Code::FILE_UNREADABLE, "file").caused_by(error)),
    };
    opening.verify(&receipt, keys)
}
