//! A professional as JSON with every code beside its label and every situation beside its key: what C, Python and a web
//! page take from us. It holds the person's name and numbers: it is an answer, never a log line.

use super::{Activity, Name, OtherId, Practice, Professional, Situation};
use serde::Serialize;

/// Everything known of a professional, with labels in French. Empty strings are values the source left out.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Described<'a> {
    /// The national identifier.
    pub id_nat: &'a str,
    /// The RPPS number, when they have one.
    pub rpps: Option<String>,
    /// The ADELI number, when they have one.
    pub adeli: Option<String>,
    /// Civil name.
    pub name: &'a Name,
    /// «Dr KIT DOC0000001».
    pub display_name: String,
    /// «RPPS •••••••8896».
    pub masked_number: Option<String>,
    /// Their other identifiers.
    pub other_ids: &'a [OtherId],
    /// Their practices.
    pub practices: Vec<DescribedPractice<'a>>,
    /// What they may choose from, in one list: `{"key","label"}`.
    pub situations: Vec<DescribedSituation>,
}

/// A practice with its labels.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[allow(missing_docs)] // the fields are those of Practice, and their labels
pub struct DescribedPractice<'a> {
    pub profession: &'a str,
    pub profession_label: &'a str,
    pub category: &'a str,
    pub category_label: &'a str,
    pub name: &'a Name,
    pub speciality_kind: &'a str,
    pub speciality: &'a str,
    pub speciality_label: &'a str,
    pub label: String,
    pub activities: Vec<DescribedActivity<'a>>,
}

/// An activity with its labels.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
#[allow(missing_docs)] // the fields are those of Activity, and their labels
pub struct DescribedActivity<'a> {
    #[serde(flatten)]
    pub activity: &'a Activity,
    pub mode_label: &'a str,
    pub sector_label: &'a str,
    pub pharmacist_section_label: &'a str,
    pub role_label: &'a str,
    pub kind_label: &'a str,
    pub label: String,
}

/// A situation to choose.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedSituation {
    /// What to give to [`Professional::choose`].
    pub key: String,
    /// The line to show.
    pub label: String,
}

impl Professional {
    /// The person as JSON with labels.
    pub fn described(&self) -> Described<'_> {
        Described {
            id_nat: self.id_nat.as_str(),
            rpps: self.rpps().map(|rpps| rpps.to_string()),
            adeli: self.adeli().map(|adeli| adeli.to_string()),
            name: &self.name,
            display_name: self.display_name(),
            masked_number: self.masked_number(),
            other_ids: &self.other_ids,
            practices: self.practices.iter().map(Practice::described).collect(),
            situations: self.situations().iter().map(Situation::described).collect(),
        }
    }
}

impl Practice {
    /// The practice as JSON with labels.
    pub fn described(&self) -> DescribedPractice<'_> {
        DescribedPractice {
            profession: &self.profession,
            profession_label: self.profession_label(),
            category: &self.category,
            category_label: self.category_label(),
            name: &self.name,
            speciality_kind: &self.speciality_kind,
            speciality: &self.speciality,
            speciality_label: self.speciality_label(),
            label: self.label(),
            activities: self.activities.iter().map(Activity::described).collect(),
        }
    }
}

impl Activity {
    /// The activity as JSON with labels.
    pub fn described(&self) -> DescribedActivity<'_> {
        DescribedActivity {
            activity: self,
            mode_label: self.mode_label(),
            sector_label: self.sector_label(),
            pharmacist_section_label: self.pharmacist_section_label(),
            role_label: self.role_label(),
            kind_label: self.kind_label(),
            label: self.label(),
        }
    }
}

impl Situation<'_> {
    fn described(&self) -> DescribedSituation {
        DescribedSituation { key: self.key().to_owned(), label: self.label() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::IdNat;
    use serde_json::json;

    #[test]
    fn codes_stand_beside_their_labels_and_situations_beside_their_keys() {
        let activity = Activity {
            mode: "L".into(),
            sector: "SA07".into(),
            role: "FON-01".into(),
            kind: "GENR01".into(),
            pharmacist_section: "X9".into(),
            organization: "CABINET".into(),
            phone: "0100000000".into(),
            ..Activity::default()
        };
        let practice = Practice {
            profession: "10".into(),
            category: "C".into(),
            speciality_kind: "S".into(),
            speciality: "SM26".into(),
            activities: vec![activity],
            ..Practice::default()
        };
        let name = Name { family: "DOC0000001".into(), given: "KIT".into(), civility: "M".into() };
        let id_nat = IdNat::parse("899700218896").unwrap();
        let person = Professional { id_nat, other_ids: vec![], name, practices: vec![practice] };
        let found = serde_json::to_value(person.described()).unwrap();
        assert_eq!((&found["rpps"], &found["adeli"]), (&json!("99700218896"), &json!(null)));
        assert_eq!(found["display_name"], "M. KIT DOC0000001");
        let practice = &found["practices"][0];
        assert_eq!((&practice["profession_label"], &practice["category_label"]), (&json!("Médecin"), &json!("Civil")));
        assert_eq!(practice["speciality_label"], "Qualifié en Médecine générale");
        let activity = &practice["activities"][0];
        assert_eq!(
            (&activity["kind"], &activity["kind_label"]),
            (&json!("GENR01"), &json!("Activité de soin et de pharmacie"))
        );
        assert_eq!(
            (&activity["role_label"], &activity["phone"]),
            (&json!("Titulaire de cabinet"), &json!("0100000000"))
        );
        assert_eq!(activity["pharmacist_section_label"], "X9", "a code without a label is shown as it is");
        let situation = &found["situations"][0];
        assert_eq!(situation["label"], "Médecin – Qualifié en Médecine générale – CABINET");
        assert!(person.choose(situation["key"].as_str().unwrap()).is_ok());
    }
}
