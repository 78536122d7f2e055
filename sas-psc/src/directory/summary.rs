//! A person of the index in few words: what the command prints, and what C and Python get as JSON.

use super::record::Record;
use crate::error::Result;
use crate::nomenclature;
use crate::person::{Activity, Practice, Professional};
use serde::Serialize;
use std::fmt;

/// `{"id_nat","family_name","given_name","practices":[{"profession","speciality","activities":[{"structure",…}]}]}`.
/// Its `Debug` shows nothing; its `Display` is for a person at a terminal.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// The national identifier.
    pub id_nat: String,
    /// The family name.
    pub family_name: String,
    /// The given name.
    pub given_name: String,
    /// Each practice.
    pub practices: Vec<SummaryPractice>,
}

/// A practice.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SummaryPractice {
    /// The code of the profession.
    pub profession: String,
    /// The code of the category: `C`, `E`, `M`.
    pub category: String,
    /// The code of the speciality, empty when there is none.
    pub speciality: String,
    /// Each activity.
    pub activities: Vec<SummaryActivity>,
}

/// An activity.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SummaryActivity {
    /// The name of the place.
    pub structure: String,
    /// The technical identifier of the structure.
    pub structure_id: String,
    /// FINESS of the site.
    pub finess: String,
    /// SIRET of the site.
    pub siret: String,
    /// Number and street.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// City.
    pub city: String,
    /// `L` self-employed, `S` employed, `B` unpaid.
    pub mode: String,
    /// The code of the sector.
    pub sector: String,
    /// The code of the role.
    pub role: String,
}

impl Record<'_> {
    /// The person in few words.
    ///
    /// # Errors
    /// `directory-damaged`.
    pub fn summary(&self) -> Result<Summary> {
        self.to_professional().map(Summary::from)
    }
}

impl From<Professional> for Summary {
    fn from(professional: Professional) -> Summary {
        let Professional { id_nat, name, practices, .. } = professional;
        Summary {
            id_nat: id_nat.as_str().to_owned(),
            family_name: name.family,
            given_name: name.given,
            practices: practices.into_iter().map(SummaryPractice::from).collect(),
        }
    }
}

impl From<Practice> for SummaryPractice {
    fn from(practice: Practice) -> SummaryPractice {
        let Practice { profession, category, speciality, activities, .. } = practice;
        let activities = activities.into_iter().map(SummaryActivity::from).collect();
        SummaryPractice { profession, category, speciality, activities }
    }
}

impl From<Activity> for SummaryActivity {
    fn from(activity: Activity) -> SummaryActivity {
        SummaryActivity {
            structure: activity.organization,
            structure_id: activity.structure_id,
            finess: activity.finess_site,
            siret: activity.siret,
            street: activity.street,
            postcode: activity.postcode,
            city: activity.city,
            mode: activity.mode,
            sector: activity.sector,
            role: activity.role,
        }
    }
}

/// The person on a line, each practice on one and each place on one. Control characters of the source come as blanks.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{}\t{} {}", self.id_nat, self.family_name, self.given_name);
        for practice in &self.practices {
            let profession = nomenclature::profession(&practice.profession).unwrap_or(&practice.profession);
            let speciality = nomenclature::speciality(&practice.speciality).unwrap_or(&practice.speciality);
            text += &format!("\n  {profession}");
            if !speciality.is_empty() {
                text += &format!(", {speciality}");
            }
            for activity in &practice.activities {
                let SummaryActivity { structure, postcode, city, .. } = activity;
                // «Bureau cedex» mostly opens with the postcode.
                let postcode = if city.starts_with(postcode.as_str()) { "" } else { postcode };
                let parts = [structure, postcode, city];
                text += &format!(
                    "\n    {}",
                    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
                );
            }
        }
        f.write_str(&text.replace(|c: char| c.is_control() && c != '\n' && c != '\t', " "))
    }
}

macro_rules! hidden {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(•••)"))
            }
        }
    )*};
}
hidden!(Summary SummaryPractice SummaryActivity);
