//! A person's receipts: the page to print, and the files that anybody can verify without us.

use super::message;
use crate::failure::{Answer, Failure};
use crate::journal::Journal;
use crate::session::Session;
use crate::text;
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sas_psc::consent::{Event, EvidenceKind, Opening, Receipt, RecordId, Sha256};
use sas_psc::drive::Account;
use std::fmt::Write;

/// A receipt, as a line of « Mes données ».
pub struct Proof {
    /// The name of its files.
    pub id: String,
    /// What was recorded, and when.
    pub what: String,
    pub when: String,
    /// Whether the sign-in behind it was kept.
    pub evidence: bool,
}

/// The receipts of a person, the latest first.
pub fn of(session: &Session, account: &Account) -> Result<Vec<Proof>, Failure> {
    let Some(journal) = &session.app.journal else { return Ok(vec![]) };
    let proof = |opening: Opening| {
        let (record, fields) = (opening.record(), opening.record().fields());
        let mut what = text::capital(record.title(session.lang));
        if fields.event != Event::Happened {
            let _ = write!(what, " ({} {})", fields.slug.to_uppercase(), fields.version);
        }
        Ok(Proof {
            id: record.id().to_string(),
            what,
            when: text::moment(fields.at, session.lang),
            evidence: evidence(account, &opening)?.is_some(),
        })
    };
    journal.receipts(&theirs(session, account))?.into_iter().map(proof).collect()
}

/// Both files of a receipt, for the export of all data.
pub fn files(journal: &Journal, theirs: &Sha256, id: RecordId) -> Option<(String, String)> {
    let (receipt, opening) = journal.receipt(theirs, id).ok()??;
    Some((receipt.to_string(), opening.to_json().ok()?))
}

/// How this person stands in the log.
pub fn theirs(session: &Session, account: &Account) -> Sha256 {
    account.onboarding.sign_in().principal(&session.app.sign_up.policy().key)
}

fn evidence(account: &Account, opening: &Opening) -> sas_psc::Result<Option<sas_psc::consent::Evidence>> {
    account.onboarding.evidence(opening.record().id(), EvidenceKind::SignIn, opening.salt())
}

/// `GET /compte/donnees/{file}`: `ID.html` to print, `ID.tlog-proof`, `ID.json`, `ID.evidence`, and `journal.vkey`.
pub async fn file(session: Session, Path(name): Path<String>) -> Answer {
    let account = session.account_even_closed().await?;
    match found(&session, &account, &name)? {
        Some(response) => Ok(response),
        None => message::not_found(session).await,
    }
}

fn found(session: &Session, account: &Account, name: &str) -> Result<Option<Response>, Failure> {
    let Some(journal) = &session.app.journal else { return Ok(None) };
    if name == "journal.vkey" {
        let keys: String = journal.keys()?.iter().map(|key| format!("{key}\n")).collect();
        return Ok(Some(saved(name, keys.into_bytes())));
    }
    let Some((id, kind)) = name.split_once('.') else { return Ok(None) };
    let Ok(id) = RecordId::try_from(id.to_owned()) else { return Ok(None) };
    let Some((receipt, opening)) = journal.receipt(&theirs(session, account), id)? else { return Ok(None) };
    Ok(match kind {
        "html" => Some(page(journal, &receipt, &opening)?),
        "tlog-proof" => Some(saved(name, receipt.to_string().into_bytes())),
        "json" => Some(saved(name, opening.to_json()?.into_bytes())),
        "evidence" => evidence(account, &opening)?.map(|piece| saved(name, piece.as_bytes().to_vec())),
        _ => None,
    })
}

/// A file that the browser saves.
fn saved(name: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let kind = (header::CONTENT_TYPE, "application/octet-stream".to_owned());
    ([kind, (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// The SDK's page. Its style stands in it, so that it is whole when it is saved: its hash lets it in, and nothing else.
fn page(journal: &Journal, receipt: &Receipt, opening: &Opening) -> sas_psc::Result<Response> {
    let html = opening.page(receipt, &journal.keys()?)?;
    let style =
        html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).map_or("", |(style, _)| style);
    let hash = BASE64_STANDARD.encode(digest(&SHA256, style.as_bytes()));
    let policy = format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; frame-ancestors 'none'");
    let mut response = Html(html).into_response();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}
