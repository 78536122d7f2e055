//! A person of the index in few words: what the command prints, and what C and Python get as JSON.

use super::columns::Column;
use super::record::{Cells, Practised, Record};
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
        let practice = |of: &Practised<'_>| {
            let get = |column| of.cells.get(column).to_owned();
            SummaryPractice {
                profession: get(Column::Profession),
                category: get(Column::Category),
                speciality: get(Column::Speciality),
                activities: of.activities.iter().map(SummaryActivity::of).collect(),
            }
        };
        Ok(Summary {
            id_nat: self.id_nat()?.as_str().to_owned(),
            family_name: self.family_name().trim().to_owned(),
            given_name: self.given_name().trim().to_owned(),
            practices: self.practices()?.iter().map(practice).collect(),
        })
    }
}

impl SummaryActivity {
    /// Of a row: what comes by way of a [`Professional`], without the two dozen texts that nobody reads here.
    fn of(cells: &Cells<'_>) -> SummaryActivity {
        let get = |column| cells.get(column).to_owned();
        SummaryActivity {
            structure: cells.organization().to_owned(),
            structure_id: get(Column::StructureId),
            finess: get(Column::FinessSite),
            siret: get(Column::Siret),
            street: cells.street(),
            postcode: get(Column::Postcode),
            city: cells.city().to_owned(),
            mode: get(Column::Mode),
            sector: get(Column::Sector),
            role: get(Column::Role),
        }
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
