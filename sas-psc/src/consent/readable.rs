//! A record as a person or a script reads it: JSON members in a fixed order, times in RFC 3339, hashes in hexadecimal.
//!
//! It says what the canonical bytes say and is made from them; what is signed and hashed are the bytes.

use super::{Event, Fields, Kind, NamedEvidence, RecordId, Sha256, Shown};
use crate::base::Timestamp;
use serde::{Serialize, Serializer};

/// The members of a record.
#[derive(Serialize)]
pub(super) struct Readable<'a> {
    record_id: RecordId,
    kind: &'static str,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terms: Option<Terms<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Account<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    declared: Option<Declared<'a>>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "moment")]
    presented_at: Option<Timestamp>,
    #[serde(serialize_with = "moment")]
    at: Option<Timestamp>,
    method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ui_build: Option<Sha256>,
    issuer: &'a str,
    principal: Sha256,
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_in: Option<SignedIn<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<Named>,
    controller: &'a str,
    exit: &'a str,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "moment")]
    retention_until: Option<Timestamp>,
}

#[derive(Serialize)]
struct Terms<'a> {
    slug: &'a str,
    version: &'a str,
    lang: &'a str,
    #[serde(serialize_with = "moment")]
    effective_from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    documents: &'a [Shown],
    sha256: Sha256,
}

#[derive(Serialize)]
struct Account<'a> {
    happened: &'static str,
    account: Sha256,
    proofs: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<Sha256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
}

#[derive(Serialize)]
struct SignedIn<'a> {
    acr: &'a str,
    amr: &'a [String],
    #[serde(serialize_with = "moment")]
    auth_time: Option<Timestamp>,
    id_token_sha256: Sha256,
    client: &'a str,
}

#[derive(Serialize)]
struct Declared<'a> {
    sentence: &'a str,
    sworn: bool,
    before: Option<bool>,
    after: Option<bool>,
    by: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    writer: Option<Sha256>,
}

#[derive(Serialize)]
struct Named {
    kind: &'static str,
    hash: Sha256,
}

/// RFC 3339; Rust's serde gives a reference.
#[allow(clippy::ref_option)]
fn moment<S: Serializer>(at: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => to.collect_str(at),
        None => to.serialize_none(),
    }
}

impl Named {
    fn of(named: &NamedEvidence) -> Named {
        Named { kind: named.kind.name(), hash: named.hash }
    }
}

impl Kind {
    /// `terms`, `consent`, `declaration` or `account`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Terms => "terms",
            Kind::Consent => "consent",
            Kind::Declaration => "declaration",
            Kind::Account => "account",
        }
    }
}

impl Event {
    /// `accepted`, `refused`, `superseded`, `withdrawn` or `happened`.
    pub const fn name(self) -> &'static str {
        match self {
            Event::Accepted => "accepted",
            Event::Refused => "refused",
            Event::Superseded => "superseded",
            Event::Withdrawn => "withdrawn",
            Event::Happened => "happened",
        }
    }
}

impl Fields {
    /// What kinds of evidence lie beside the record: `sign-in`, `card-signature`, both with a comma between them, or
    /// `none`.
    pub fn evidence_names(&self) -> String {
        let names: Vec<&str> = self.evidence.iter().map(|named| named.kind.name()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(",") }
    }

    /// The members of the record, for JSON: `{"record_id","kind","event","terms":{"slug","version",…},"at",…}`.
    pub fn readable(&self) -> impl Serialize {
        self.members()
    }

    pub(super) fn members(&self) -> Readable<'_> {
        Readable {
            record_id: self.id,
            kind: self.kind.name(),
            event: self.event.name(),
            previous: self.previous,
            terms: self.account.is_none().then(|| Terms {
                slug: &self.slug,
                version: &self.version,
                lang: &self.lang,
                effective_from: Some(self.effective_from),
                url: self.url.as_deref(),
                documents: &self.documents,
                sha256: self.terms_hash,
            }),
            account: self.account.as_ref().map(|account| Account {
                happened: account.event.word(),
                account: account.account,
                proofs: &account.proofs,
                other: account.other,
                count: account.count,
            }),
            purpose: self.purpose.as_deref(),
            declared: self.declared.as_ref().map(|declared| Declared {
                sentence: &declared.sentence,
                sworn: declared.sworn,
                before: declared.before,
                after: declared.after,
                by: declared.by.name(),
                writer: declared.by.who().copied(),
            }),
            presented_at: self.presented_at,
            at: Some(self.at),
            method: &self.method,
            ui_build: self.ui_build,
            issuer: &self.issuer,
            principal: self.principal,
            signed_in: self.signed_in.as_ref().map(|signed_in| SignedIn {
                acr: &signed_in.acr,
                amr: &signed_in.amr,
                auth_time: Some(signed_in.auth_time),
                id_token_sha256: signed_in.id_token_sha256,
                client: &signed_in.client,
            }),
            evidence: self.evidence.iter().map(Named::of).collect(),
            controller: &self.keeping.controller,
            exit: &self.keeping.exit,
            retention_until: self.keeping.retention_until,
        }
    }
}
