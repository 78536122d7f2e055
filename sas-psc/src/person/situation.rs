//! The situation a professional works in now: one of their activities, or a practice without one, chosen by themselves.
//!
//! PSC does not manage profiles: it gives every practice and every activity, and the application lets the person choose.
//! A choice is made by its key, which is the same at every sign-in whatever the order of the answer, and is checked to
//! be that person's own. It is for the application's session, and for APIs that ask in which situation the person calls
//! (`situation_exercice` of an `actor_token`, whose form the API decides).
//!
//! Source: DNUM (the service lets the user choose), ANS IG-securisation-transport-api-rest (`situation_exercice`).

use super::{Activity, Practice, Professional};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;

/// One thing to choose: a practice, with one of its activities when it has any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Situation<'a> {
    key: String,
    practice: &'a Practice,
    activity: Option<&'a Activity>,
}

impl<'a> Situation<'a> {
    /// What to send back when this one is chosen: 16 hexadecimal digits, which say nothing of the person.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The practice.
    pub fn practice(&self) -> &'a Practice {
        self.practice
    }

    /// The activity; none when the practice has none (a locum, an intern).
    pub fn activity(&self) -> Option<&'a Activity> {
        self.activity
    }

    /// The line to show, in French: «Médecin – Qualifié en Médecine générale – CABINET M DOC0000001, 75009 PARIS».
    pub fn label(&self) -> String {
        let parts = [self.practice.label(), self.activity.map(Activity::label).unwrap_or_default()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" – ")
    }
}

impl Professional {
    /// What the person may choose from, in the order of the source.
    pub fn situations(&self) -> Vec<Situation<'_>> {
        let mut all: Vec<Situation<'_>> = Vec::new();
        for practice in &self.practices {
            let activities = practice.activities.iter().map(Some);
            let without = practice.activities.is_empty().then_some(None);
            for activity in activities.chain(without) {
                // Two that differ in nothing that counts are told apart by their order.
                let rank = (0..).find(|rank| all.iter().all(|other| other.key != key(practice, activity, *rank)));
                all.push(Situation { key: key(practice, activity, rank.unwrap_or(0)), practice, activity });
            }
        }
        all
    }

    /// Takes the person's choice: a key of [`Professional::situations`].
    ///
    /// ```
    /// use sas_psc::id::IdNat;
    /// use sas_psc::person::{Activity, Name, Practice, Professional};
    ///
    /// let activity = Activity { structure_id: "R100001".into(), ..Activity::default() };
    /// let person = Professional {
    ///     id_nat: IdNat::parse("899700218896")?,
    ///     other_ids: vec![],
    ///     name: Name::default(),
    ///     practices: vec![Practice { profession: "10".into(), activities: vec![activity], ..Practice::default() }],
    /// };
    /// let key = person.situations()[0].key().to_owned();
    /// assert_eq!(person.choose(&key)?.activity().unwrap().structure_id, "R100001");
    /// assert_eq!(person.choose("0123456789abcdef").unwrap_err().code().name(), "situation-unknown");
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    ///
    /// # Errors
    /// `situation-unknown` when it is none of theirs, or not any more: ask again.
    pub fn choose(&self, key: &str) -> Result<ChosenSituation> {
        let found = self.situations().into_iter().find(|situation| situation.key == key);
        let found = found.ok_or_else(|| Error::field(Code::SITUATION_UNKNOWN, "key"))?;
        let practice = Practice { activities: found.activity.into_iter().cloned().collect(), ..found.practice.clone() };
        Ok(ChosenSituation { person: self.id_nat.clone(), key: found.key, practice })
    }
}

/// A situation that was this person's own when they chose it. It may be kept in their session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenSituation {
    person: IdNat,
    key: String,
    practice: Practice,
}

impl ChosenSituation {
    /// Whose it is.
    pub fn person(&self) -> &IdNat {
        &self.person
    }

    /// Its key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The practice, with the chosen activity alone.
    pub fn practice(&self) -> &Practice {
        &self.practice
    }

    /// The chosen activity; none when the practice had none.
    pub fn activity(&self) -> Option<&Activity> {
        self.practice.activities.first()
    }

    /// Whether it is still one of this person's, at a later sign-in.
    pub fn is_of(&self, person: &Professional) -> bool {
        person.identities().contains(&self.person) && person.choose(&self.key).is_ok()
    }
}

impl fmt::Debug for ChosenSituation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChosenSituation")
            .field("key", &self.key)
            .field("practice", &self.practice)
            .finish_non_exhaustive()
    }
}

/// The first 64 bits of the SHA-256 of what makes a situation: the codes, and the best identifier of the place.
fn key(practice: &Practice, activity: Option<&Activity>, rank: u32) -> String {
    let mut parts =
        vec![practice.profession.as_str(), &practice.category, &practice.speciality_kind, &practice.speciality];
    if let Some(activity) = activity {
        let places = [&activity.structure_id, &activity.finess_site, &activity.siret, &activity.organization];
        let place = places.into_iter().find(|place| !place.is_empty());
        let codes = [&activity.mode, &activity.sector, &activity.pharmacist_section, &activity.role, &activity.kind];
        parts.extend(codes.map(String::as_str));
        parts.push(place.map_or("", String::as_str));
    }
    let rank = rank.to_string();
    parts.push(&rank);
    let hash = Sha256::digest(parts.join("\0"));
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::person::Name;

    fn activity(structure: &str) -> Activity {
        Activity { mode: "L".into(), structure_id: structure.into(), city: "PARIS".into(), ..Activity::default() }
    }

    fn person(practices: Vec<(&str, Vec<Activity>)>) -> Professional {
        let practice = |(profession, activities): (&str, Vec<Activity>)| Practice {
            profession: profession.into(),
            activities,
            ..Practice::default()
        };
        Professional {
            id_nat: IdNat::parse("899700218896").unwrap(),
            other_ids: vec![],
            name: Name::default(),
            practices: practices.into_iter().map(practice).collect(),
        }
    }

    fn keys(person: &Professional) -> Vec<String> {
        person.situations().iter().map(|situation| situation.key.clone()).collect()
    }

    #[test]
    fn a_key_outlives_the_order_and_what_does_not_count() {
        let one = person(vec![("10", vec![activity("R1"), activity("R2")]), ("60", vec![])]);
        let moved = Activity { city: "LYON".into(), organization: "AUTRE NOM".into(), ..activity("R1") };
        let other = person(vec![("60", vec![]), ("10", vec![activity("R2"), moved])]);
        let (mut before, mut after) = (keys(&one), keys(&other));
        assert_eq!(before[0].len(), 16);
        before.sort();
        after.sort();
        assert_eq!(before, after);
        before.dedup();
        assert_eq!(before.len(), 3, "each has its own");
        assert_eq!(
            keys(&person(vec![("10", vec![activity("R1")])]))[0],
            "76a4b653bcc4bd7e",
            "kept in sessions: never changed"
        );
    }

    #[test]
    fn each_thing_that_counts_makes_another_key() {
        let base = keys(&person(vec![("10", vec![activity("R1")])]));
        for other in [
            Activity { mode: "S".into(), ..activity("R1") },
            Activity { role: "FON-01".into(), ..activity("R1") },
            Activity { kind: "GENR02".into(), ..activity("R1") },
            Activity { sector: "SA01".into(), ..activity("R1") },
            Activity { pharmacist_section: "A".into(), ..activity("R1") },
            activity("R2"),
            Activity { siret: "R1".into(), kind: "R1".into(), ..activity("") },
        ] {
            assert_ne!(keys(&person(vec![("10", vec![other.clone()])])), base, "{other:?}");
        }
        assert_ne!(keys(&person(vec![("60", vec![activity("R1")])])), base);
    }

    #[test]
    fn twins_are_told_apart() {
        let twins = person(vec![("10", vec![activity("R1"), activity("R1")])]);
        let keys = keys(&twins);
        assert_ne!(keys[0], keys[1]);
        assert!(keys.iter().all(|key| twins.choose(key).is_ok()));
    }

    #[test]
    fn a_choice_is_of_the_person_who_made_it() {
        let (doctor, nurse) = (person(vec![("10", vec![activity("R1")])]), person(vec![("60", vec![])]));
        let chosen = doctor.choose(&keys(&doctor)[0]).unwrap();
        assert_eq!((chosen.practice().profession.as_str(), chosen.activity()), ("10", Some(&activity("R1"))));
        assert!(chosen.is_of(&doctor) && !chosen.is_of(&nurse));
        let same_place = Professional { id_nat: IdNat::parse("899700000013").unwrap(), ..doctor.clone() };
        assert!(!chosen.is_of(&same_place), "another person at the same place");
        let error = nurse.choose(chosen.key()).unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::SITUATION_UNKNOWN, Some("key")));
        assert_eq!(nurse.choose(&keys(&nurse)[0]).unwrap().activity(), None, "a practice without a place");
        assert!(doctor.choose("").is_err() && person(vec![]).situations().is_empty());
    }

    #[test]
    fn a_choice_comes_back_from_where_it_was_kept_and_shows_no_place() {
        let place = Activity { organization: "CABINET M DOC0000001".into(), ..activity("R1") };
        let doctor = person(vec![("10", vec![place])]);
        let chosen = doctor.choose(&keys(&doctor)[0]).unwrap();
        assert_eq!(doctor.situations()[0].label(), "Médecin – CABINET M DOC0000001, PARIS");
        let kept = serde_json::to_string(&chosen).unwrap();
        assert_eq!(serde_json::from_str::<ChosenSituation>(&kept).unwrap(), chosen);
        let shown = format!("{chosen:?} {:?}", doctor.situations());
        for secret in ["CABINET", "PARIS", "9970021"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}
