//! The parts of FHIR R4 resources that are read, as they come: whatever else a resource holds is passed over.
//!
//! A resource of a known kind that does not have these shapes is counted and left out; the others of its answer stay.

use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use serde::Deserialize;
use serde_json::Value;

/// An answer to a search.
#[derive(Clone, Deserialize)]
pub(super) struct Bundle {
    #[serde(default)]
    pub total: Option<u64>,
    #[serde(default)]
    pub link: Vec<Link>,
    #[serde(default)]
    entry: Vec<Entry>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Link {
    pub relation: String,
    pub url: String,
}

#[derive(Clone, Deserialize)]
struct Entry {
    #[serde(default)]
    resource: Value,
}

impl Bundle {
    /// Reads an answer.
    ///
    /// # Errors
    /// `fhir-answer`.
    pub fn read(body: &[u8]) -> Result<Bundle> {
        let unreadable = || Error::new(Code::FHIR_ANSWER);
        let value: Value = serde_json::from_slice(body).map_err(|_| unreadable())?;
        if value["resourceType"] != "Bundle" {
            return Err(unreadable());
        }
        serde_json::from_value(value).map_err(|_| unreadable())
    }

    /// Its resources.
    pub fn resources(self) -> Found {
        let mut found = Found::default();
        for Entry { resource } in self.entry {
            let taken = match resource["resourceType"].as_str() {
                Some("Practitioner") => serde_json::from_value(resource).map(|it| found.practitioners.push(it)),
                Some("PractitionerRole") => serde_json::from_value(resource).map(|it| found.roles.push(it)),
                Some("Organization") => serde_json::from_value(resource).map(|it| found.organizations.push(it)),
                _ => Ok(()),
            };
            found.unreadable += usize::from(taken.is_err());
        }
        found
    }
}

/// The resources of one or more answers, each once.
#[derive(Clone, Default)]
pub(super) struct Found {
    pub practitioners: Vec<Practitioner>,
    pub roles: Vec<Role>,
    pub organizations: Vec<Organization>,
    pub unreadable: usize,
}

impl Found {
    /// Adds those of another answer: a place that many work at comes with each page.
    pub fn add(&mut self, other: Found) {
        fn add<T>(to: &mut Vec<T>, from: Vec<T>, id: impl Fn(&T) -> &str) {
            for one in from {
                if id(&one).is_empty() || to.iter().all(|known| id(known) != id(&one)) {
                    to.push(one);
                }
            }
        }
        add(&mut self.practitioners, other.practitioners, |it| &it.id);
        add(&mut self.roles, other.roles, |it| &it.id);
        add(&mut self.organizations, other.organizations, |it| &it.id);
        self.unreadable += other.unreadable;
    }

    /// The technical identifiers of the practitioners.
    pub fn practitioner_ids(&self) -> Vec<String> {
        let ids = self.practitioners.iter().filter(|it| it.active != Some(false)).map(|it| it.id.clone());
        ids.filter(|id| !id.is_empty()).collect()
    }
}

/// One profession of a person (v2); the person alone in v1.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Practitioner {
    pub id: String,
    pub meta: Meta,
    pub active: Option<bool>,
    pub identifier: Vec<Identifier>,
    pub name: Vec<HumanName>,
    pub qualification: Vec<Qualification>,
    pub extension: Vec<Extension>,
}

/// One activity; in v1 with the profession in which it is exercised.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Role {
    pub id: String,
    pub meta: Meta,
    pub active: Option<bool>,
    pub practitioner: Reference,
    pub organization: Reference,
    pub code: Vec<Concept>,
    /// v1.
    pub specialty: Vec<Concept>,
    pub telecom: Vec<Telecom>,
    /// v1: the name in the profession.
    pub extension: Vec<Extension>,
}

/// A place.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Organization {
    pub id: String,
    pub meta: Meta,
    pub active: Option<bool>,
    pub identifier: Vec<Identifier>,
    #[serde(rename = "type")]
    pub kinds: Vec<Concept>,
    pub name: String,
    pub alias: Vec<String>,
    pub telecom: Vec<Telecom>,
    pub address: Vec<Address>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Meta {
    last_updated: String,
}

impl Meta {
    /// When the resource changed last.
    pub fn updated(&self) -> Option<Timestamp> {
        Timestamp::parse_rfc3339(&self.last_updated).ok()
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Identifier {
    pub system: Option<String>,
    pub value: String,
    #[serde(rename = "type")]
    kind: Concept,
}

impl Identifier {
    /// The code of its type: `RPPS`, `IDNPS`…
    pub fn type_code(&self) -> Option<&str> {
        self.kind.coding.iter().map(|coding| coding.code.as_str()).find(|code| !code.is_empty())
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct HumanName {
    pub family: String,
    pub given: Vec<String>,
    pub prefix: Vec<String>,
    pub suffix: Vec<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Qualification {
    pub code: Concept,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Concept {
    pub coding: Vec<Coding>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Coding {
    system: String,
    pub code: String,
}

impl Coding {
    /// The table out of the address of its system, in capitals: `G15` of `…/TRE_G15-ProfessionSante/…`, whose host and
    /// spelling changed more than once.
    pub fn table(&self) -> Option<String> {
        let system = self.system.to_ascii_uppercase();
        let at = ["TRE_", "TRE-"].iter().find_map(|mark| system.find(mark))?;
        let table: String = system[at + 4..].chars().take_while(char::is_ascii_alphanumeric).collect();
        (!table.is_empty()).then_some(table)
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Reference {
    reference: String,
}

impl Reference {
    /// The technical identifier that it names: of `Practitioner/12`, of `https://…/Practitioner/12/_history/1`.
    pub fn id(&self) -> &str {
        let unversioned = self.reference.split("/_history/").next().unwrap_or_default();
        unversioned.rsplit('/').next().unwrap_or_default()
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Telecom {
    pub system: String,
    pub value: String,
    #[serde(rename = "use")]
    pub used: String,
    pub extension: Vec<Extension>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Address {
    pub line: Vec<Option<String>>,
    /// What stands beside each line: its parts.
    #[serde(rename = "_line")]
    pub parts: Vec<Option<Element>>,
    pub city: String,
    pub district: String,
    pub postal_code: String,
    pub country: String,
    pub extension: Vec<Extension>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Element {
    pub extension: Vec<Extension>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Extension {
    pub url: String,
    pub extension: Vec<Extension>,
    pub value_string: String,
    pub value_coding: Coding,
    pub value_codeable_concept: Concept,
    pub value_date_time: String,
    pub value_period: Period,
    pub value_human_name: Option<HumanName>,
}

impl Extension {
    /// The part of this name.
    pub fn part(&self, name: &str) -> Option<&Extension> {
        self.extension.iter().find(|part| part.url == name)
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Period {
    pub start: String,
    pub end: String,
}

/// Why a server did not answer.
#[derive(Clone, Default, Deserialize)]
pub(super) struct OperationOutcome {
    #[serde(default)]
    issue: Vec<Issue>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Issue {
    diagnostics: String,
    details: Details,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Details {
    text: String,
}

impl OperationOutcome {
    /// Reads one, where a body is one.
    pub fn read(body: &[u8]) -> Option<OperationOutcome> {
        let value: Value = serde_json::from_slice(body).ok()?;
        let is_one = value["resourceType"] == "OperationOutcome";
        is_one.then(|| serde_json::from_value(value).ok())?
    }

    /// Whether its text holds these words. The text itself may hold a person's number, and goes nowhere.
    pub fn mentions(&self, words: &str) -> bool {
        self.issue.iter().any(|issue| issue.diagnostics.contains(words) || issue.details.text.contains(words))
    }
}
