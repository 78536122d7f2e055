//! Openings and records of local sign-ins as JSON: what C and Python take from us. They hold names and numbers: answers, never
//! log lines.

use super::{LocalSignInRecord, OpenedBy, Opening};
use crate::error::Code;
use serde::Serialize;

/// A time during which people may sign in locally. Times are RFC 3339.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedOpening<'a> {
    /// `administrator` or `outage`.
    pub by: &'static str,
    /// The administrator.
    pub name: Option<&'a str>,
    /// Why they opened it.
    pub reason: Option<&'a str>,
    /// Since when the outage lasts.
    pub since: Option<String>,
    /// What its tries came to, by the name of the error.
    pub cause: Option<&'static str>,
    /// Since when it is open.
    pub from: String,
    /// Until when.
    pub until: String,
}

/// A local sign-in. Times are RFC 3339, bytes hexadecimal.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedRecord<'a> {
    /// Its name.
    pub id: String,
    /// When.
    pub at: String,
    /// At which service.
    pub service: &'a str,
    /// Whose: the national identifier.
    pub id_nat: &'a str,
    /// The card.
    pub card: Option<String>,
    /// SHA-256 of the certificate.
    pub certificate: String,
    /// By what local sign-in was open.
    pub opening: DescribedOpening<'a>,
    /// When the revocation list was signed by which the card was good.
    pub revocation_as_of: Option<String>,
    /// Whether the person's next sign-in at Pro Santé Connect was theirs; none before it.
    pub confirmed: Option<bool>,
    /// In what they differ then.
    pub differences: &'a [String],
}

impl Opening {
    /// The opening as JSON.
    pub fn described(&self) -> DescribedOpening<'_> {
        let (from, until) = (self.from().to_string(), self.until().to_string());
        match self.by() {
            OpenedBy::Administrator { name, reason } => DescribedOpening {
                by: "administrator",
                name: Some(name),
                reason: Some(reason),
                since: None,
                cause: None,
                from,
                until,
            },
            OpenedBy::Outage { since, cause } => DescribedOpening {
                by: "outage",
                name: None,
                reason: None,
                since: Some(since.to_string()),
                cause: Code::from_number(*cause).map(Code::name),
                from,
                until,
            },
        }
    }
}

impl LocalSignInRecord {
    /// The record as JSON.
    pub fn described(&self) -> DescribedRecord<'_> {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        DescribedRecord {
            id: hex(&self.id),
            at: self.at.to_string(),
            service: &self.service,
            id_nat: self.professional.id_nat.as_str(),
            card: self.card.map(|card| card.to_string()),
            certificate: hex(&self.certificate),
            opening: self.opening.described(),
            revocation_as_of: self.revocation_as_of.map(|as_of| as_of.to_string()),
            confirmed: self.reconciled.as_ref().map(super::Reconciled::is_confirmed),
            differences: self.reconciled.as_ref().map_or(&[], |reconciled| &reconciled.differences),
        }
    }
}
