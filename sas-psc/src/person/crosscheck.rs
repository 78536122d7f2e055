//! Two descriptions of a professional side by side, whichever of Pro Santé Connect, the directory and a card made them.
//!
//! Sources are of different days: a card is years old, the directory of last night, PSC of now. So a difference is named and
//! decides nothing: the caller says which of them it refuses ([`Crosscheck::refuse`]). Only numbers of a register tell that
//! two descriptions are of one person or of two; names alone tell neither.

use super::spelling::may_be_one;
use super::{Activity, Name, Professional};
use crate::error::{Code, Error, Result};
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use std::fmt;

/// Whether two descriptions are of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SamePerson {
    /// A national identifier, or a number of a register, is in both.
    Same,
    /// Each has an RPPS number, and they differ.
    Different,
    /// No number tells.
    Unknown,
}

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// They are two people.
    Person,
    /// No number tells whether they are one person.
    PersonUnknown,
    /// One person, whose national identifier is another in each.
    Number,
    /// The family names have no word in common that would make them one.
    FamilyName,
    /// The given names likewise.
    GivenName,
    /// A profession that the other does not name, where both name some.
    Profession,
    /// One is in training in a profession that the other has.
    Category,
    /// Specialities of one profession, none of them in both.
    Speciality,
    /// A source says that the person does not practise.
    Inactive,
    /// A place that the other does not name, where both name some.
    Activity,
}

impl DifferenceKind {
    /// `person`, `person-unknown`, `number`, `family-name`, `given-name`, `profession`, `category`, `speciality`,
    /// `inactive`, `activity`.
    pub const fn word(self) -> &'static str {
        match self {
            DifferenceKind::Person => "person",
            DifferenceKind::PersonUnknown => "person-unknown",
            DifferenceKind::Number => "number",
            DifferenceKind::FamilyName => "family-name",
            DifferenceKind::GivenName => "given-name",
            DifferenceKind::Profession => "profession",
            DifferenceKind::Category => "category",
            DifferenceKind::Speciality => "speciality",
            DifferenceKind::Inactive => "inactive",
            DifferenceKind::Activity => "activity",
        }
    }

    const ALL: [DifferenceKind; 10] = [
        DifferenceKind::Person,
        DifferenceKind::PersonUnknown,
        DifferenceKind::Number,
        DifferenceKind::FamilyName,
        DifferenceKind::GivenName,
        DifferenceKind::Profession,
        DifferenceKind::Category,
        DifferenceKind::Speciality,
        DifferenceKind::Inactive,
        DifferenceKind::Activity,
    ];

    /// The kind of this word.
    ///
    /// # Errors
    /// `crosscheck-word`.
    pub fn of_word(word: &str) -> Result<DifferenceKind> {
        let found = DifferenceKind::ALL.into_iter().find(|kind| kind.word() == word);
        found.ok_or_else(|| Code::CROSSCHECK_WORD.into())
    }

    /// The kinds of these words, separated by commas; none for an empty text.
    ///
    /// # Errors
    /// `crosscheck-word`.
    pub fn of_words(words: &str) -> Result<Vec<DifferenceKind>> {
        words.split(',').map(str::trim).filter(|word| !word.is_empty()).map(DifferenceKind::of_word).collect()
    }
}

impl Serialize for DifferenceKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// One difference, with what each source says: names, codes, places. Its `Debug` shows the kind alone.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// What differs.
    pub what: DifferenceKind,
    /// What the one says; empty when it says nothing that the other does not.
    pub one: Vec<String>,
    /// What the other says.
    pub other: Vec<String>,
}

/// An activity that both name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MatchedActivity {
    /// The key of the one's situation ([`Professional::choose`]).
    pub one: String,
    /// The key of the other's.
    pub other: String,
    /// What they have in common: `structure`, `finess`, `siret`, `siren`.
    pub by: &'static str,
}

/// Two descriptions side by side. As JSON it is an answer, never a log line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Crosscheck {
    /// Whether they are of one person.
    pub person: SamePerson,
    /// Whether the person practises: no when one source says no, yes when one says yes, none when neither says.
    pub active: Option<bool>,
    /// Profession codes that both name.
    pub professions: Vec<String>,
    /// Activities that both name.
    pub activities: Vec<MatchedActivity>,
    /// Everything that differs, each kind once.
    pub differences: Vec<Difference>,
}

impl Professional {
    /// Compares this description with another; see [`Crosscheck`].
    ///
    /// ```
    /// use sas_psc::id::IdNat;
    /// use sas_psc::person::{DifferenceKind, Name, Practice, Professional, SamePerson};
    ///
    /// let described = |family: &str, profession: &str| Professional {
    ///     id_nat: IdNat::parse("899700218896").unwrap(),
    ///     other_ids: vec![],
    ///     name: Name { family: family.into(), ..Name::default() },
    ///     practices: vec![Practice { profession: profession.into(), ..Practice::default() }],
    /// };
    /// let found = described("LEFÈVRE", "10").crosscheck(&described("Lefevre-Martin", "60"));
    /// assert_eq!((found.person, found.differs(DifferenceKind::FamilyName)), (SamePerson::Same, false));
    /// assert_eq!(found.refuse(&[DifferenceKind::Profession]).unwrap_err().code().name(), "crosscheck-difference");
    /// ```
    pub fn crosscheck(&self, other: &Professional) -> Crosscheck {
        let person = same_person(self, other);
        let (mine, theirs) = (professions(self), professions(other));
        let common = mine.intersection(&theirs).map(|code| (*code).to_owned()).collect();
        let mut found =
            Crosscheck { person, active: None, professions: common, activities: Vec::new(), differences: Vec::new() };
        let id = |of: &Professional| vec![of.id_nat.to_string()];
        match person {
            SamePerson::Different => found.differ(DifferenceKind::Person, id(self), id(other)),
            SamePerson::Unknown => found.differ(DifferenceKind::PersonUnknown, id(self), id(other)),
            SamePerson::Same if self.id_nat != other.id_nat => {
                found.differ(DifferenceKind::Number, id(self), id(other))
            }
            SamePerson::Same => {}
        }
        for (kind, part) in [
            (DifferenceKind::FamilyName, (|name| &name.family) as fn(&Name) -> &String),
            (DifferenceKind::GivenName, |name| &name.given),
        ] {
            let (mine, theirs) = (names(self, part), names(other, part));
            if !mine.iter().any(|one| theirs.iter().any(|other| may_be_one(one, other))) {
                found.differ(kind, mine, theirs);
            }
        }
        if !mine.is_empty() && !theirs.is_empty() && mine != theirs {
            let only = |of: &BTreeSet<&str>, without: &BTreeSet<&str>| {
                of.difference(without).map(|code| (*code).to_owned()).collect()
            };
            found.differ(DifferenceKind::Profession, only(&mine, &theirs), only(&theirs, &mine));
        }
        found.practices(self, other);
        found.places(self, other);
        found
    }
}

impl Crosscheck {
    /// Adds whether each source says that the person practises: the directory does, PSC and a card do not.
    pub fn with_active(mut self, one: Option<bool>, other: Option<bool>) -> Crosscheck {
        self.active = match (one, other) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), _) | (_, Some(true)) => Some(true),
            (None, None) => None,
        };
        let said = |active: Option<bool>| active.map(|active| active.to_string()).into_iter().collect();
        if self.active == Some(false) {
            self.differ(DifferenceKind::Inactive, said(one), said(other));
        }
        self
    }

    /// Whether they differ in this.
    pub fn differs(&self, kind: DifferenceKind) -> bool {
        self.differences.iter().any(|difference| difference.what == kind)
    }

    /// Refuses when they differ in any of these.
    ///
    /// # Errors
    /// `crosscheck-person` when they are two people, `crosscheck-inactive`; `crosscheck-difference` for the others, with
    /// the word in the field.
    pub fn refuse(&self, kinds: &[DifferenceKind]) -> Result<()> {
        match self.differences.iter().map(|difference| difference.what).find(|kind| kinds.contains(kind)) {
            None => Ok(()),
            Some(DifferenceKind::Person) => Err(Code::CROSSCHECK_PERSON.into()),
            Some(DifferenceKind::Inactive) => Err(Code::CROSSCHECK_INACTIVE.into()),
            Some(kind) => Err(Error::field(Code::CROSSCHECK_DIFFERENCE, kind.word())),
        }
    }

    fn differ(&mut self, what: DifferenceKind, one: Vec<String>, other: Vec<String>) {
        self.differences.push(Difference { what, one, other });
    }

    /// The category and the specialities of each profession that both name.
    fn practices(&mut self, one: &Professional, other: &Professional) {
        for (kind, part) in [
            (DifferenceKind::Category, (|practice| &practice.category) as fn(&super::Practice) -> &String),
            (DifferenceKind::Speciality, |practice| &practice.speciality),
        ] {
            let said = |of: &Professional, profession: &str| -> BTreeSet<String> {
                let practices = of.practices.iter().filter(|practice| practice.profession == profession);
                practices.map(part).filter(|code| !code.is_empty()).cloned().collect()
            };
            let (mut mine, mut theirs) = (Vec::new(), Vec::new());
            for profession in &self.professions {
                let (one, other) = (said(one, profession), said(other, profession));
                if !one.is_empty() && !other.is_empty() && one.is_disjoint(&other) {
                    mine.extend(one);
                    theirs.extend(other);
                }
            }
            if !mine.is_empty() {
                self.differ(kind, mine, theirs);
            }
        }
    }

    fn places(&mut self, one: &Professional, other: &Professional) {
        let (mine, theirs) = (one.situations(), other.situations());
        let placed = |situations: &[super::Situation<'_>]| {
            let placed = situations
                .iter()
                .filter_map(|situation| Some((situation.key().to_owned(), situation.activity()?.clone())));
            placed.collect::<Vec<(String, Activity)>>()
        };
        let (mine, theirs) = (placed(&mine), placed(&theirs));
        let mut seen = BTreeSet::new();
        for (one, at) in &mine {
            for (other, there) in &theirs {
                if let Some(by) = in_common(at, there) {
                    seen.extend([one.clone(), other.clone()]);
                    self.activities.push(MatchedActivity { one: one.clone(), other: other.clone(), by });
                }
            }
        }
        if mine.is_empty() || theirs.is_empty() {
            return;
        }
        let alone = |places: &[(String, Activity)]| -> Vec<String> {
            let alone = places.iter().filter(|(key, _)| !seen.contains(key));
            alone.map(|(_, activity)| place(activity)).collect()
        };
        let (mine, theirs) = (alone(&mine), alone(&theirs));
        if !mine.is_empty() || !theirs.is_empty() {
            self.differ(DifferenceKind::Activity, mine, theirs);
        }
    }
}

fn same_person(one: &Professional, other: &Professional) -> SamePerson {
    let theirs = other.identities();
    if one.identities().iter().any(|id| theirs.contains(id)) {
        return SamePerson::Same;
    }
    match (one.rpps(), other.rpps()) {
        (Some(_), Some(_)) => SamePerson::Different,
        _ => SamePerson::Unknown,
    }
}

fn professions(of: &Professional) -> BTreeSet<&str> {
    of.practices.iter().map(|practice| practice.profession.as_str()).filter(|code| !code.is_empty()).collect()
}

/// The civil name and those of the practices, each once.
fn names(of: &Professional, part: fn(&Name) -> &String) -> Vec<String> {
    let mut names = vec![part(&of.name).clone()];
    for practice in &of.practices {
        let name = part(&practice.name);
        if !name.is_empty() && !names.contains(name) {
            names.push(name.clone());
        }
    }
    if names.len() > 1 && names[0].is_empty() {
        names.remove(0);
    }
    names
}

/// By which number two activities are at one place.
fn in_common(one: &Activity, other: &Activity) -> Option<&'static str> {
    let same = |a: &str, b: &str| !a.is_empty() && a.eq_ignore_ascii_case(b);
    let finess = [&one.finess_site, &one.finess_entity]
        .into_iter()
        .any(|number| same(number, &other.finess_site) || same(number, &other.finess_entity));
    let tests = [
        ("structure", same(&one.structure_id, &other.structure_id)),
        ("finess", finess),
        ("siret", same(&one.siret, &other.siret)),
        ("siren", same(&one.siren, &other.siren)),
    ];
    tests.into_iter().find(|(_, same)| *same).map(|(by, _)| by)
}

/// A place as it can be told apart: its name, else its number.
fn place(activity: &Activity) -> String {
    let parts =
        [&activity.organization, &activity.structure_id, &activity.finess_site, &activity.siret, &activity.city];
    parts.into_iter().find(|part| !part.is_empty()).cloned().unwrap_or_default()
}

impl fmt::Debug for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Difference({})", self.what.word())
    }
}
