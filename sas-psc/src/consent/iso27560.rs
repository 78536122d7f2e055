//! A record under the field names of ISO/IEC TS 27560, as public profiles list them, in plain JSON.
//!
//! No conformance is claimed: the specification itself was not read, and what a record does not hold is `null`. An
//! acceptance of terms is no consent, and says so in its `event_type`.

use super::{Event, Fields, Kind, RecordId, Sha256};
use serde::Serialize;

#[derive(Serialize)]
struct Iso<'a> {
    schema_version: &'static str,
    record_id: RecordId,
    pii_principal_id: Sha256,
    pii_processing: Processing<'a>,
    party_identification: [Party<'a>; 1],
    events: [Happened; 1],
}

#[derive(Serialize)]
struct Processing<'a> {
    privacy_notice: Notice<'a>,
    language: &'a str,
    purpose: Option<&'a str>,
    pii_information: Option<()>,
    pii_controllers: [&'a str; 1],
    storage_locations: Option<()>,
    retention_period: Option<String>,
    jurisdiction: Option<()>,
    recipient_third_parties: Option<()>,
    withdrawal_method: &'a str,
    collection_method: &'a str,
}

#[derive(Serialize)]
struct Notice<'a> {
    name: &'a str,
    version: &'a str,
    url: Option<&'a str>,
    sha256: Sha256,
}

#[derive(Serialize)]
struct Party<'a> {
    party_id: Option<()>,
    party_name: &'a str,
    party_address: Option<()>,
    party_contact: Option<()>,
    party_type: &'static str,
}

#[derive(Serialize)]
struct Happened {
    event_time: String,
    validity_duration: Option<()>,
    entity_id: Sha256,
    event_type: &'static str,
    event_state: &'static str,
}

impl Fields {
    /// The record under the names of ISO/IEC TS 27560, for JSON: `record_id`, `pii_principal_id`, `pii_processing`,
    /// `party_identification`, `events`. No conformance is claimed.
    pub fn iso_27560(&self) -> impl Serialize {
        let state = match (self.kind, self.event) {
            (Kind::Terms, Event::Accepted) => "terms accepted",
            (Kind::Terms, Event::Refused) => "terms refused",
            (Kind::Terms, Event::Withdrawn) => "terms left",
            (Kind::Terms, Event::Superseded) => "terms superseded",
            (Kind::Consent, Event::Accepted) => "consent given",
            (Kind::Consent, Event::Refused) => "consent refused",
            (Kind::Consent, Event::Withdrawn) => "consent withdrawn",
            (Kind::Consent, Event::Superseded) => "consent superseded",
            (Kind::Declaration, Event::Accepted) => "declared",
            (Kind::Declaration, Event::Refused | Event::Superseded) => "not declared",
            (Kind::Declaration, Event::Withdrawn) => "declaration withdrawn",
            (Kind::Account, _) | (_, Event::Happened) => "account event",
        };
        let what = match self.kind {
            Kind::Terms => "acceptance of terms, not a consent",
            Kind::Consent => "explicit consent",
            Kind::Declaration => "declaration, not a consent",
            Kind::Account => "event of an account, not a consent",
        };
        Iso {
            schema_version: "sas-psc record v1, fields of ISO/IEC TS 27560, no conformance claimed",
            record_id: self.id,
            pii_principal_id: self.principal,
            pii_processing: Processing {
                privacy_notice: Notice {
                    name: &self.slug,
                    version: &self.version,
                    url: self.url.as_deref(),
                    sha256: self.terms_hash,
                },
                language: &self.lang,
                purpose: self.purpose.as_deref(),
                pii_information: None,
                pii_controllers: [&self.keeping.controller],
                storage_locations: None,
                retention_period: self.keeping.retention_until.map(|until| format!("until {until}")),
                jurisdiction: None,
                recipient_third_parties: None,
                withdrawal_method: &self.keeping.exit,
                collection_method: &self.method,
            },
            party_identification: [Party {
                party_id: None,
                party_name: &self.keeping.controller,
                party_address: None,
                party_contact: None,
                party_type: "pii controller",
            }],
            events: [Happened {
                event_time: self.at.to_string(),
                validity_duration: None,
                entity_id: self.principal,
                event_type: what,
                event_state: state,
            }],
        }
    }
}
