//! `consent receipt` and `consent verify-receipt`: the two files that a person keeps, written and verified.

use super::{OnLog, keys};
use crate::input;
use crate::output::{Output, sentences};
use clap::Args;
use sas_psc::consent::{EvidenceKind, Logged, Opening, Record, RecordId, VerifierKey};
use sas_psc::onboarding::verify_evidence;
use sas_psc::psc::SignInEvidence;
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
    /// Also write the evidence of the sign-in that was kept with the record; it names the person
    #[arg(long, value_name = "F.evidence")]
    evidence: Option<PathBuf>,
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
    /// The evidence that the record commits to: checks the provider's own signature, as of the sign-in; with one receipt
    #[arg(long, value_name = "F.evidence")]
    evidence: Option<PathBuf>,
}

#[derive(Serialize)]
struct Written {
    receipt: String,
    record: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
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
        if let Some(file) = &self.evidence {
            let piece = self.on.folder().evidence(id, EvidenceKind::SignIn)?;
            let piece = piece.ok_or_else(|| Error::new(Code::EVIDENCE_NONE))?;
            input::write_private("evidence", file, piece.as_bytes())?;
        }
        let evidence = self.evidence.as_ref().map(|file| file.display().to_string());
        let written =
            Written { receipt: self.out.display().to_string(), record: beside.display().to_string(), evidence };
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
    /// What lies sealed beside the record, or `none`; absent when the receipt does not verify.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    /// What the evidence proves, when it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<serde_json::Value>,
}

impl VerifyReceipt {
    pub fn run(&self, out: &mut Output) -> Result<(), Error> {
        let keys = keys(&self.vkey)?;
        let evidence = self.evidence.as_deref().map(|file| input::bytes("evidence", file)).transpose()?;
        if evidence.is_some() && self.files.len() > 1 {
            return Err(Error::field(Code::USAGE, "evidence"));
        }
        for file in &self.files {
            // A file that is not there is no receipt that is wrong.
            let proof = match input::bytes("file", file) {
                Ok(proof) => proof,
                Err(error) => {
                    out.error(&error);
                    continue;
                }
            };
            let found = verify(&proof, file, &keys, evidence.as_deref());
            let code = found.as_ref().err().map(Error::code);
            let proven = found.as_ref().ok();
            let verified = Verified {
                file: file.display().to_string(),
                valid: found.is_ok(),
                reason: code.map(Code::name),
                evidence: proven.map(|found| found.record.fields().evidence_names()),
                sign_in: proven.and_then(|found| serde_json::to_value(found.sign_in.as_ref()?.report()).ok()),
            };
            let line = match &found {
                Ok(Found { logged, record, sign_in }) => {
                    let kept = record.fields().evidence_names();
                    let signed = sign_in.as_ref().map(|e| format!("\t{}\t{}", e.issuer(), e.key_thumbprint()));
                    let signed = signed.unwrap_or_default();
                    format!("{}\tyes\t{}\t{}\tevidence: {kept}{signed}", verified.file, logged.index, logged.logged_at)
                }
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

struct Found {
    logged: Logged,
    record: Record,
    sign_in: Option<SignInEvidence>,
}

fn verify(proof: &[u8], file: &Path, keys: &[VerifierKey], evidence: Option<&[u8]>) -> Result<Found, Error> {
    let proof = std::str::from_utf8(proof).map_err(|_| Error::new(Code::RECEIPT_UNREADABLE))?;
    let receipt: sas_psc::consent::Receipt = proof.parse()?;
    let opening = match std::fs::read(beside(file)) {
        Ok(json) => Opening::parse(&json)?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(Error::new(Code::RECEIPT_ALONE)),
        Err(error) => return Err(Error::field(Code::FILE_UNREADABLE, "file").caused_by(error)),
    };
    let logged = opening.verify(&receipt, keys)?;
    let sign_in = evidence.map(|file| verify_evidence(opening.record(), file)).transpose()?;
    Ok(Found { logged, record: opening.record().clone(), sign_in })
}
