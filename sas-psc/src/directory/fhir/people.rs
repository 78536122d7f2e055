//! The Practitioner and PractitionerRole resources of a person become one [`Professional`], as PSC and a card make one.
//!
//! In version 2 a Practitioner is a practice: names, profession and know-how stand in it, the activities in the roles
//! that name it. In version 1 it is the person, and each role holds a profession and an activity. What is ended
//! (`active` false) is left out of practices and activities; that the person is ended is told.

use super::places;
use super::resource::{Coding, Concept, Found, HumanName, Practitioner, Role};
use crate::base::Timestamp;
use crate::directory::Summary;
use crate::id::IdNat;
use crate::id::fhir::FhirIdentifier;
use crate::person::{Activity, Name, OtherId, Practice, Professional};
use serde::{Serialize, Serializer};
use std::fmt;

/// A person of the online directory. Its `Debug` shows nothing of who it is.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Person {
    /// The person; as JSON with labels.
    #[serde(serialize_with = "described")]
    pub professional: Professional,
    /// Whether one of their professions is open; absent when the directory does not say. An ended one is told for about
    /// a month, without its name, then is not found.
    pub active: Option<bool>,
    /// When one of their professions or activities changed last.
    #[serde(serialize_with = "as_text")]
    pub last_updated: Option<Timestamp>,
    /// Activities whose place was not in the answer: it is unknown, not absent.
    pub unknown_places: usize,
    /// Their cards, each of one profession.
    pub cards: Vec<Card>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person").field("active", &self.active).finish_non_exhaustive()
    }
}

fn described<S: Serializer>(professional: &Professional, serializer: S) -> Result<S::Ok, S::Error> {
    professional.described().serialize(serializer)
}

/// A moment as RFC 3339.
pub(super) fn as_text<S: Serializer>(moment: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    moment.map(|moment| moment.to_string()).serialize(serializer)
}

/// A professional's card, as the directory knows it. Its `Debug` shows no number.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Card {
    /// `CPS`, `CPF`, `CPE`, `CPA` (TRE_R87).
    pub kind: String,
    /// The 10 digits that its certificates hold too.
    pub number: String,
    /// First day, as received.
    pub valid_from: String,
    /// Last day, as received.
    pub valid_to: String,
    /// When it was blocked, as received; empty for a card that was not.
    pub opposed: String,
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Card").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Person {
    /// The person in few words, as an index gives one.
    pub fn summary(&self) -> Summary {
        Summary::from(self.professional.clone())
    }

    /// Whether this is an identifier of theirs.
    pub fn has(&self, id: &IdNat) -> bool {
        let Professional { id_nat, other_ids, .. } = &self.professional;
        id_nat == id || other_ids.iter().any(|other| other.id == *id)
    }
}

/// The people of one or more answers, in the order in which they were met.
pub(super) fn merged(found: &Found) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for practitioner in &found.practitioners {
        let Some((id_nat, others)) = identity(practitioner) else { continue };
        let at = people.iter().position(|person| person.professional.id_nat == id_nat).unwrap_or_else(|| {
            people.push(nobody_yet(id_nat));
            people.len() - 1
        });
        add(&mut people[at], practitioner, others, found);
    }
    people
}

fn nobody_yet(id_nat: IdNat) -> Person {
    let professional = Professional { id_nat, other_ids: Vec::new(), name: Name::default(), practices: Vec::new() };
    Person { professional, active: None, last_updated: None, unknown_places: 0, cards: Vec::new() }
}

/// The national identifier, and what else names the person.
fn identity(practitioner: &Practitioner) -> Option<(IdNat, Vec<OtherId>)> {
    let (mut national, mut rpps, mut others) = (None, None, Vec::new());
    for identifier in &practitioner.identifier {
        let read = FhirIdentifier::read(identifier.system.as_deref(), identifier.type_code(), &identifier.value);
        match read {
            Ok(FhirIdentifier::IdNat(id)) => national = national.or(Some(id)),
            Ok(FhirIdentifier::Rpps(number)) => rpps = rpps.or(Some(number.to_id_nat())),
            Ok(FhirIdentifier::Adeli(number)) => {
                others.push(OtherId { id: number.to_id_nat(), origin: "ADELI".to_owned(), quality: None });
            }
            _ => {}
        }
    }
    // An old ADELI identifier may stand beside an RPPS number: the RPPS number names the person.
    let names = rpps.clone().or_else(|| national.clone())?;
    if let Some(id) = national.filter(|id| *id != names) {
        let origin = if id.adeli().is_some() { "ADELI" } else { "IDNPS" };
        others.push(OtherId { id, origin: origin.to_owned(), quality: None });
    }
    Some((names, others))
}

fn add(person: &mut Person, practitioner: &Practitioner, others: Vec<OtherId>, found: &Found) {
    let roles = found.roles.iter().filter(|role| role.practitioner.id() == practitioner.id);
    let open = practitioner.active != Some(false);
    person.active = match (person.active, practitioner.active) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (before, now) => before.or(now),
    };
    person.last_updated = person.last_updated.max(practitioner.meta.updated());
    for other in others {
        if !person.professional.other_ids.contains(&other) {
            person.professional.other_ids.push(other);
        }
    }
    if let Some(name) = practitioner.name.iter().find(|name| !name.family.is_empty())
        && person.professional.name.family.is_empty()
    {
        person.professional.name = civil(name);
    }
    person.cards.extend(cards(practitioner));
    let first = person.professional.practices.len();
    if open {
        person.professional.practices.extend(practices(practitioner));
    }
    for role in roles.filter(|role| open && role.active != Some(false)) {
        person.last_updated = person.last_updated.max(role.meta.updated());
        take(person, first, role, found);
    }
}

/// Adds an activity to its practice: the role's own (v1), else the first of its practitioner.
fn take(person: &mut Person, first: usize, role: &Role, found: &Found) {
    let mut activity = Activity::default();
    let place = role.organization.id();
    match found.organizations.iter().find(|it| !place.is_empty() && it.id == place) {
        Some(organization) => activity = places::place(organization),
        None => person.unknown_places += usize::from(!place.is_empty()),
    }
    let mut own = Practice { name: exercise(&role_name(role)), ..Practice::default() };
    for coding in role.code.iter().flat_map(|code| &code.coding) {
        let field = match coding.table().as_deref() {
            Some("R23") => &mut activity.mode,
            Some("R22") => &mut activity.kind,
            Some("R21" | "R85" | "R96") => &mut activity.role,
            Some("R06" | "G05") => &mut activity.pharmacist_section,
            Some(table) if is_profession(table) => &mut own.profession,
            Some("R09") => &mut own.category,
            _ => continue,
        };
        field.clone_from(&coding.code);
    }
    places::fill_telecom(&mut activity, &role.telecom);
    if let Some(know_how) = know_how(role.specialty.iter()).into_iter().next() {
        (own.speciality_kind, own.speciality) = know_how;
    }
    let practices = &mut person.professional.practices;
    let is_own = |known: &Practice| {
        let one = |it: &Practice| (it.profession.clone(), it.category.clone(), it.speciality.clone());
        one(known) == one(&own)
    };
    let at = match practices[first..].iter().position(is_own) {
        _ if own.profession.is_empty() && practices.len() > first => first,
        Some(at) => first + at,
        None => {
            practices.push(own);
            practices.len() - 1
        }
    };
    if person.professional.name.family.is_empty() {
        person.professional.name = civil(&role_name(role));
    }
    if activity != Activity::default() {
        person.professional.practices[at].activities.push(activity);
    }
}

/// The practices that a practitioner's qualifications tell: one for each know-how, the first with the activities.
fn practices(practitioner: &Practitioner) -> Vec<Practice> {
    let codes = || practitioner.qualification.iter().map(|qualification| &qualification.code);
    let coded = |wanted: fn(&str) -> bool| {
        let mut codings = codes().flat_map(|code| &code.coding);
        codings.find(|coding| coding.table().is_some_and(|table| wanted(&table))).map(|coding| coding.code.clone())
    };
    let Some(profession) = coded(is_profession) else { return Vec::new() };
    let name = practitioner.name.iter().find(|name| !name.family.is_empty()).map(exercise).unwrap_or_default();
    let category = coded(|table| table == "R09").unwrap_or_default();
    let practice = Practice { profession, category, name, ..Practice::default() };
    let know_how = know_how(codes());
    if know_how.is_empty() {
        return vec![practice];
    }
    let with = |(speciality_kind, speciality)| Practice { speciality_kind, speciality, ..practice.clone() };
    know_how.into_iter().map(with).collect()
}

/// Each know-how with its kind (TRE_R04): two codings of one concept.
fn know_how<'a>(concepts: impl Iterator<Item = &'a Concept>) -> Vec<(String, String)> {
    let mut list = Vec::new();
    for concept in concepts {
        let of = |wanted: fn(&str) -> bool| {
            let mut codings = concept.coding.iter();
            codings.find(|it: &&Coding| it.table().is_some_and(|table| wanted(&table))).map(|it| it.code.clone())
        };
        let kind = of(|table| table == "R04");
        let what = of(|table| matches!(table, "R38" | "R39" | "R40" | "R42" | "R43" | "R44" | "R45" | "R97" | "G13"));
        if let Some(what) = what {
            list.push((kind.unwrap_or_default(), what));
        }
    }
    list
}

/// Professions (G15), in training (G16), titles (R95), social (R94), known by their role (R291).
fn is_profession(table: &str) -> bool {
    matches!(table, "G15" | "G16" | "R94" | "R95" | "R291")
}

/// The name in a role's extension (v1).
fn role_name(role: &Role) -> HumanName {
    role.extension.iter().find_map(|it| it.value_human_name.clone()).unwrap_or_default()
}

/// The name with the civility.
fn civil(name: &HumanName) -> Name {
    Name { family: name.family.clone(), given: name.given.join(" "), civility: name.prefix.join(" ") }
}

/// The name with the civility of the exercise.
fn exercise(name: &HumanName) -> Name {
    Name { civility: name.suffix.join(" "), ..civil(name) }
}

fn cards(practitioner: &Practitioner) -> impl Iterator<Item = Card> {
    practitioner.extension.iter().filter(|it| it.url.ends_with("as-ext-smartcard")).map(|it| {
        let part = |name| it.part(name);
        let kind = part("type").and_then(|kind| kind.value_codeable_concept.coding.first());
        let period = part("period").map(|period| period.value_period.clone()).unwrap_or_default();
        Card {
            kind: kind.map(|kind| kind.code.clone()).unwrap_or_default(),
            number: part("number").map(|number| number.value_string.clone()).unwrap_or_default(),
            valid_from: period.start,
            valid_to: period.end,
            opposed: part("oppositionDate").map(|date| date.value_date_time.clone()).unwrap_or_default(),
        }
    })
}
