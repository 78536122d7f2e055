//! A record and the sign-in behind it, judged together: the one place that knows both.
//!
//! Offline, years later, with neither the platform nor the provider: the evidence is what the record commits to, the
//! provider's key signed the token, and the token says what the record says of the sign-in. Whose subject the record's keyed
//! hash is cannot be recomputed without the platform's key; the evidence names the person itself.

use crate::base::Timestamp;
use crate::consent::{Evidence, EvidenceKind, Record, Sha256, SignedIn};
use crate::error::{Code, Error, Result};
use crate::psc::{Acr, SignInEvidence};
use std::time::Duration;

/// How far apart the clocks of two instances may be.
const SKEW: Duration = Duration::from_secs(60);

/// The sign-in that a piece of evidence proves, as a record names it.
pub fn signed_in_of(evidence: &SignInEvidence) -> SignedIn {
    let token = evidence.token();
    SignedIn {
        acr: token.acr().map_or("absent", Acr::as_str).to_owned(),
        amr: token.auth_mode().iter().map(|mode| mode.as_str().to_owned()).collect(),
        auth_time: evidence.auth_time(),
        id_token_sha256: Sha256(evidence.id_token_sha256()),
        client: evidence.client_id().to_owned(),
    }
}

/// Judges the evidence of a record: a file of [`SignInEvidence`], for a record that was read and, if it matters, proved
/// to be in its log.
///
/// # Errors
/// `evidence-none`, `evidence-other-record`; `evidence-unreadable` and those of [`SignInEvidence::parse`];
/// `evidence-other-sign-in`, with what differs in `facts.field`.
pub fn verify_evidence(record: &Record, file: &[u8]) -> Result<SignInEvidence> {
    Evidence::new(EvidenceKind::SignIn, file)?.belongs_to(record)?;
    let evidence = SignInEvidence::parse(file)?;
    let fields = record.fields();
    let signed_in = fields.signed_in.as_ref().ok_or_else(|| Error::field(Code::EVIDENCE_OTHER_SIGN_IN, "signed_in"))?;
    agree(signed_in, &evidence, fields.at)?;
    Ok(evidence)
}

/// Whether what a record says of a sign-in, at which something happened, is what the evidence proves. The means (`amr`)
/// may come from userinfo, and the level from what was asked for when the token is silent: they are not compared then.
pub(crate) fn agree(said: &SignedIn, evidence: &SignInEvidence, happened: Timestamp) -> Result<()> {
    let differs = |field| Err(Error::field(Code::EVIDENCE_OTHER_SIGN_IN, field));
    let proven = signed_in_of(evidence);
    if said.id_token_sha256 != proven.id_token_sha256 {
        return differs("id_token_sha256");
    }
    if said.client != proven.client {
        return differs("client");
    }
    if said.auth_time != proven.auth_time {
        return differs("auth_time");
    }
    if evidence.token().acr().is_some() && said.acr != proven.acr {
        return differs("acr");
    }
    // Nobody acts on a sign-in that comes after.
    if evidence.verified_at() > happened + SKEW { differs("at") } else { Ok(()) }
}
