//! All that is held of a person, as one JSON file (GDPR art. 15 and 20): readable by people, by programs, and elsewhere.
//!
//! Its members are documented in docs/gdpr/export.schema.json, which a test holds against this file. What only the
//! application knows joins under `application`.

use super::{Life, LifeRules};
use crate::base::Timestamp;
use crate::consent::{Record, Sha256};
use crate::error::{Code, Error, Result};
use crate::onboarding::link::AccountLink;
use crate::onboarding::{Onboarding, Policy};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use std::fmt;

/// The first member of the file.
pub const EXPORT_FORMAT: &str = "sas-psc person export v1";

/// A member, and what it is when nothing is held.
type Member = (&'static str, fn() -> Value);

const MEMBERS: &[Member] = &[
    ("format", || json!("")),
    ("made_at", || json!("")),
    ("service", || json!("")),
    ("controller", || json!("")),
    ("how_to_leave", || json!("")),
    ("identity", || Value::Null),
    ("sign_in", || Value::Null),
    ("account", || Value::Null),
    ("life", || Value::Null),
    ("links", || json!([])),
    ("records", || json!([])),
    ("sessions", || json!([])),
    ("visits", || json!([])),
    ("application", || json!({})),
];

/// A record of the person with what proves it.
pub struct ExportedRecord<'a> {
    /// The record.
    pub record: &'a Record,
    /// Its salt: with it and the record, anybody can check the entry of the log.
    pub salt: &'a [u8; 32],
    /// The receipt, when the log has published it: the two files, `.tlog-proof` and `.json`.
    pub receipt: Option<(&'a str, &'a str)>,
}

impl fmt::Debug for ExportedRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExportedRecord(•••)")
    }
}

/// The file being made.
#[derive(Clone)]
pub struct PersonExport {
    members: Map<String, Value>,
}

impl PersonExport {
    /// Of an account of this platform, as it stands at `now`.
    pub fn new(onboarding: &Onboarding, policy: &Policy, now: Timestamp) -> PersonExport {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
        put("format", json!(EXPORT_FORMAT));
        put("made_at", json!(now.to_string()));
        put("service", json!(policy.service));
        put("controller", json!(policy.keeping.controller));
        put("how_to_leave", json!(policy.keeping.exit));
        for (name, value) in onboarding.exported(policy, now) {
            put(name, value);
        }
        put("life", Value::Null);
        for list in ["links", "records", "sessions", "visits"] {
            put(list, json!([]));
        }
        put("application", json!({}));
        PersonExport { members }
    }

    /// For a program that keeps its own accounts: its parts as members of a JSON object, under the names of the schema;
    /// what is absent is empty. `made_at` is `now`.
    ///
    /// # Errors
    /// `export-member` for a name that the schema does not have, a member of another form, and no object.
    pub fn of_parts(json: &str, now: Timestamp) -> Result<PersonExport> {
        let refused = || Error::new(Code::EXPORT_MEMBER);
        let given: Map<String, Value> = serde_json::from_str(json).map_err(|_| refused())?;
        let mut members = Map::new();
        for (name, empty) in MEMBERS {
            members.insert((*name).to_owned(), empty());
        }
        for (name, value) in given {
            let place = members.get_mut(&name).ok_or_else(refused)?;
            let fits = place.is_null() || std::mem::discriminant(place) == std::mem::discriminant(&value);
            if !fits || ["format", "made_at"].contains(&name.as_str()) {
                return Err(refused());
            }
            *place = value;
        }
        members.insert("format".to_owned(), json!(EXPORT_FORMAT));
        members.insert("made_at".to_owned(), json!(now.to_string()));
        Ok(PersonExport { members })
    }

    /// The life of the account.
    #[must_use]
    pub fn life(mut self, life: &Life, rules: &LifeRules) -> PersonExport {
        let (due, at) = life.next(rules);
        let value = json!({
            "state": life.state(),
            "begun_at": life.begun_at().to_string(),
            "active_at": life.active_at().to_string(),
            "closed_at": life.closed().map(|(at, _)| at.to_string()),
            "closed_by": life.closed().map(|(_, why)| why),
            "next": { "due": due, "at": at.to_string() },
        });
        self.members.insert("life".to_owned(), value);
        self
    }

    /// An account of the application that was linked to the person.
    #[must_use]
    pub fn link(self, link: &AccountLink) -> PersonExport {
        let holder = link.holder();
        let identities: Vec<&str> =
            holder.map_or_else(Vec::new, |holder| holder.identities().iter().map(|id| id.as_str()).collect());
        self.push(
            "links",
            json!({
                "account": link.account(),
                "state": format!("{:?}", link.state()),
                "identities": identities,
                "proofs": holder.map_or(&[][..], |holder| holder.proofs()),
                "since": holder.map(|holder| holder.since().to_string()),
            }),
        )
    }

    /// A record of the log, with what proves it.
    #[must_use]
    pub fn record(self, exported: &ExportedRecord<'_>) -> PersonExport {
        let receipt = exported.receipt.map(|(proof, opening)| json!({ "tlog_proof": proof, "json": opening }));
        let what = serde_json::to_value(exported.record.fields().readable()).unwrap_or_default();
        self.push(
            "records",
            json!({
                "what": what,
                "record": STANDARD.encode(exported.record.as_bytes()),
                "salt": Sha256(*exported.salt),
                "receipt": receipt,
            }),
        )
    }

    /// A session with Pro Santé Connect that is kept, sealed, until then.
    #[must_use]
    pub fn session(self, ends: Timestamp) -> PersonExport {
        self.push("sessions", json!({ "ends": ends.to_string() }))
    }

    /// A visit of a browser that is kept until then.
    #[must_use]
    pub fn visit(self, ends: Timestamp) -> PersonExport {
        self.push("visits", json!({ "ends": ends.to_string() }))
    }

    /// What only the application knows of the person, under a name of its own.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> PersonExport {
        if let Some(Value::Object(own)) = self.members.get_mut("application") {
            own.insert(name.to_owned(), value);
        }
        self
    }

    /// The file.
    ///
    /// # Errors
    /// `broken-invariant`, which no export causes.
    pub fn to_json(&self) -> Result<Vec<u8>> {
        let mut json = serde_json::to_vec_pretty(&self.members).map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
        json.push(b'\n');
        Ok(json)
    }

    fn push(mut self, list: &str, value: Value) -> PersonExport {
        if let Some(Value::Array(items)) = self.members.get_mut(list) {
            items.push(value);
        }
        self
    }
}

impl fmt::Debug for PersonExport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonExport(•••)")
    }
}
