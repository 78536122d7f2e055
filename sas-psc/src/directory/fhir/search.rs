//! A search: which resources, by which parameters. What ANS does not search by is refused here, before it is sent.
//!
//! A name searched online may take longer than ANS's 30 seconds, the longer the more exact it is: search names in an
//! index ([`Index::search`](crate::directory::Index::search)) and look people up online by their identifier.

use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use std::fmt;
use std::fmt::Write;
use std::str::FromStr;
use std::time::Duration;

/// ANS keeps changes for 30 days.
const LONGEST_DELTA: Duration = Duration::from_secs(30 * 24 * 3600);

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// Professions of people.
    Practitioner,
    /// Activities of people: a place and a way of working.
    PractitionerRole,
    /// Places.
    Organization,
}

impl Resource {
    /// The name in FHIR.
    pub const fn name(self) -> &'static str {
        match self {
            Resource::Practitioner => "Practitioner",
            Resource::PractitionerRole => "PractitionerRole",
            Resource::Organization => "Organization",
        }
    }

    fn parameters(self) -> &'static [&'static str] {
        match self {
            Resource::Practitioner => &[
                "_id",
                "_lastUpdated",
                "active",
                "data-information-system",
                "data-registration-authority",
                "family",
                "given",
                "identifier",
                "identifier-type",
                "mailbox-mss",
                "name",
                "number-smartcard",
                "qualification-code",
                "type-smartcard",
            ],
            Resource::PractitionerRole => &[
                "_id",
                "_lastUpdated",
                "active",
                "data-information-system",
                "data-registration-authority",
                "identifier",
                "mailbox-mss",
                "organization",
                "practitioner",
                "role",
            ],
            Resource::Organization => &[
                "_id",
                "_lastUpdated",
                "active",
                "address",
                "address-city",
                "address-postalcode",
                "data-information-system",
                "identifier",
                "identifier-type",
                "mailbox-mss",
                "name",
                "partof",
                "pharmacy-licence",
                "type",
            ],
        }
    }
}

impl FromStr for Resource {
    type Err = Error;

    /// Reads the name in FHIR.
    ///
    /// # Errors
    /// `fhir-question`.
    fn from_str(name: &str) -> Result<Resource> {
        let mut all = [Resource::Practitioner, Resource::PractitionerRole, Resource::Organization].into_iter();
        all.find(|resource| resource.name() == name).ok_or_else(|| Error::field(Code::FHIR_QUESTION, "resource"))
    }
}

/// A search. All that is asked has to hold; nothing asked is everybody. Its `Debug` shows no value.
///
/// ```
/// use sas_psc::directory::fhir::Search;
///
/// let physicians = Search::practitioners().with("qualification-code", "10")?.active(true);
/// assert_eq!(format!("{physicians:?}"), "Practitioner?qualification-code&active");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Search {
    resource: Resource,
    asked: Vec<(String, String)>,
}

impl Search {
    /// Everything of a kind.
    pub fn new(resource: Resource) -> Search {
        Search { resource, asked: Vec::new() }
    }

    /// People, by their professions.
    pub fn practitioners() -> Search {
        Search::new(Resource::Practitioner)
    }

    /// Activities.
    pub fn roles() -> Search {
        Search::new(Resource::PractitionerRole)
    }

    /// Places.
    pub fn organizations() -> Search {
        Search::new(Resource::Organization)
    }

    /// Asks for a parameter that ANS searches by, with `:contains` or `:exact` behind it where it is text; the value as
    /// FHIR spells it: `,` between alternatives, `system|code`, `ge2026-11-01`.
    ///
    /// # Errors
    /// `fhir-question` for another parameter or modifier, and for an empty value or one longer than 2,000 bytes.
    pub fn with(mut self, parameter: &str, value: &str) -> Result<Search> {
        let (name, modifier) = parameter.split_once(':').unwrap_or((parameter, "exact"));
        if !self.resource.parameters().contains(&name) || !["contains", "exact"].contains(&modifier) {
            return Err(Error::field(Code::FHIR_QUESTION, "parameter"));
        }
        if !(1..=2000).contains(&value.len()) {
            return Err(Error::field(Code::FHIR_QUESTION, "value"));
        }
        self.asked.push((parameter.to_owned(), value.to_owned()));
        Ok(self)
    }

    /// Those with one of these identifiers. A bare number is asked for, which both versions of the API take.
    pub fn identified_by(self, ids: &[IdNat]) -> Search {
        self.listing("identifier", ids.iter().map(IdNat::as_str))
    }

    /// Of these Practitioner resources, by their technical identifiers.
    pub fn of_practitioners(self, ids: &[String]) -> Search {
        self.listing("practitioner", ids.iter().map(String::as_str))
    }

    /// Those that are active, or those that are not.
    pub fn active(mut self, active: bool) -> Search {
        self.asked.push(("active".to_owned(), active.to_string()));
        self
    }

    /// What changed since, also what ended (`active` false). ANS tells 30 days back and no more; whatever ended before
    /// is found by a new full reading only.
    ///
    /// # Errors
    /// `fhir-delta-too-old` when `since` is more than 30 days before `now`.
    pub fn updated_since(mut self, since: Timestamp, now: Timestamp) -> Result<Search> {
        if now.since(since) > LONGEST_DELTA {
            return Err(Error::new(Code::FHIR_DELTA_TOO_OLD));
        }
        self.asked.push(("_lastUpdated".to_owned(), format!("ge{since}")));
        Ok(self)
    }

    /// With what belongs to each match in the same answer: a person's activities, an activity's place and person, a
    /// place's activities. The places of a person's activities take another request ([`super::Lookup`]).
    pub fn with_related(mut self) -> Search {
        let related: &[(&str, &str)] = match self.resource {
            Resource::Practitioner => &[("_revinclude", "PractitionerRole:practitioner")],
            Resource::PractitionerRole => {
                &[("_include", "PractitionerRole:organization"), ("_include", "PractitionerRole:practitioner")]
            }
            Resource::Organization => &[("_revinclude", "PractitionerRole:organization")],
        };
        self.asked.extend(related.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self
    }

    /// With the place of each activity only.
    pub(super) fn with_places(mut self) -> Search {
        self.asked.push(("_include".to_owned(), "PractitionerRole:organization".to_owned()));
        self
    }

    /// What is searched.
    pub fn resource(&self) -> Resource {
        self.resource
    }

    fn listing<'a>(mut self, name: &str, values: impl Iterator<Item = &'a str>) -> Search {
        let escaped = values.map(escaped).collect::<Vec<_>>().join(",");
        self.asked.push((name.to_owned(), escaped));
        self
    }

    /// Resource and parameters, encoded.
    pub(super) fn path(&self) -> String {
        let mut path = self.resource.name().to_owned();
        for (at, (name, value)) in self.asked.iter().enumerate() {
            path.push(if at == 0 { '?' } else { '&' });
            encode(&mut path, name);
            path.push('=');
            encode(&mut path, value);
        }
        path
    }

    /// What stands between the path and one more parameter.
    pub(super) fn separator(&self) -> char {
        if self.asked.is_empty() { '?' } else { '&' }
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.asked.iter().map(|(name, _)| name.as_str()).collect();
        write!(f, "{}{}{}", self.resource.name(), if names.is_empty() { "" } else { "?" }, names.join("&"))
    }
}

/// A value in which FHIR sees no alternative, no system and no component.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '\\' | ',' | '|' | '$') {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// Percent-encodes all but RFC 3986's unreserved characters and `:`, which a name may have.
fn encode(to: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => to.push(char::from(byte)),
            _ => {
                let _ = write!(to, "%{byte:02X}");
            }
        }
    }
}
