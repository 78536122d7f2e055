//! The people who can sign in: one of each kind, from `people.json`.
//!
//! Only ANS test identities and invented people whose RPPS starts with 997. The shapes of userinfo are those seen at
//! PSC between 2021 and 2023 (ansforge/PSC-POC: `TmpTest.java`, `userInfos.json`) and the minimal one of a person
//! without any practice.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The state of a person's CPS card at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Card {
    /// A card that works.
    Valid,
    /// Three wrong codes were typed before.
    Blocked,
    /// The card works, its certificate was revoked.
    Revoked,
    /// No card.
    None,
}

/// How userinfo is written for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// 2021 to 2023: `codeCivilite` inside `SubjectRefPro`, empty keys left out, no `authMode`.
    V1,
    /// Since the end of 2023: `codeCivilite` on top, empty values written as `""`.
    V2,
    /// Identifiers and names only.
    Minimal,
}

/// A person of the simulated directory.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The short name by which tests and scenarios call the person: `physician`.
    pub key: String,
    /// What the person stands for, in French, for the pages.
    pub kind: String,
    /// `SubjectNameID`.
    pub id_nat: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// `codeCivilite`.
    pub civility: String,
    /// How userinfo is written.
    pub shape: Shape,
    /// Whether the account is enabled at PSC.
    pub enabled: bool,
    /// The CPS card.
    pub card: Card,
    /// Whether an e-CPS is active.
    pub ecps: bool,
    role: String,
    organization: [String; 2],
    other_ids: Vec<Value>,
    practices: Vec<Map<String, Value>>,
}

/// Every key of an activity, in PSC's casing.
const ACTIVITY: &str = "codeModeExercice codeSecteurDactivite codeSectionPharmacien codeRole codeGenreActivite \
    numeroSiretSite numeroSirenSite numeroFinessSite numeroFinessetablissementJuridique \
    identifiantTechniqueDeLaStructure raisonSocialeSite enseigneCommercialeSite complementDestinataire \
    complementPointGeographique numeroVoie indiceRepetitionVoie codeTypeDeVoie libelleVoie mentionDistribution \
    bureauCedex codePostal codeCommune codePays telephone telephone2 telecopie adresseEMail codeDepartement \
    ancienIdentifiantDeLaStructure autoriteDenregistrement";

impl Person {
    /// `sub`: the form of Keycloak's user federation, with the UUID of every BAS sample.
    pub fn sub(&self) -> String {
        format!("f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:{}", self.id_nat)
    }

    /// The RPPS, when the national identifier is one.
    pub fn rpps(&self) -> Option<String> {
        let id = sas_psc::id::IdNat::parse(&self.id_nat).ok()?;
        Some(id.rpps()?.as_str().to_owned())
    }

    /// Given and family name.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// The claims of userinfo.
    pub(crate) fn userinfo(&self, shape: Shape, auth_mode: &str) -> Map<String, Value> {
        let mut claims = object(json!({
            "sub": self.sub(),
            "SubjectNameID": self.id_nat,
            "preferred_username": self.id_nat,
            "given_name": self.given_name,
            "family_name": self.family_name,
        }));
        if shape != Shape::V1 {
            claims.insert("codeCivilite".into(), json!(self.civility));
        }
        if shape == Shape::Minimal {
            return claims;
        }
        let first = self.activities().next();
        let first = |key: &str| first.and_then(|a| a.get(key)).and_then(Value::as_str).unwrap_or("");
        let sector = match first("codeSecteurDactivite") {
            "" => String::new(),
            code => format!("{code}^1.2.250.1.71.4.2.4"),
        };
        let role = (!self.role.is_empty()).then(|| format!("{}^1.2.250.1.213.1.1.5.5", self.role));
        let mut profession = Map::from_iter([("exercices".to_owned(), json!(self.exercices(shape)))]);
        if shape == Shape::V1 {
            profession.insert("codeCivilite".into(), json!(self.civility));
            claims.insert("email_verified".into(), json!(false));
        } else {
            claims.insert("codeGenreActivite".into(), json!(first("codeGenreActivite")));
            claims.insert("authMode".into(), json!(auth_mode));
        }
        claims.extend(object(json!({
            "Secteur_Activite": sector,
            "SubjectOrganization": self.organization[0],
            "SubjectOrganizationID": self.organization[1],
            "SubjectRole": role.into_iter().collect::<Vec<_>>(),
            "Mode_Acces_Raison": "",
            "Acces_Regulation_Medicale": "FAUX",
            "UITVersion": "1.0",
            "Palier_Authentification": "APPPRIP3^1.2.250.1.213.1.5.1.1.1",
            "PSI_Locale": "1.2.250.1.213.1.3.1.1",
            "otherIds": self.other_ids,
            "SubjectRefPro": profession,
        })));
        claims
    }

    pub(crate) fn other_ids(&self) -> &[Value] {
        &self.other_ids
    }

    fn activities(&self) -> impl Iterator<Item = &Map<String, Value>> {
        let lists = self.practices.iter().filter_map(|practice| practice.get("activities")?.as_array());
        lists.flatten().filter_map(Value::as_object)
    }

    fn exercices(&self, shape: Shape) -> Vec<Map<String, Value>> {
        let mut practices = self.practices.clone();
        if shape == Shape::V2 {
            let lists = practices.iter_mut().filter_map(|practice| practice.get_mut("activities")?.as_array_mut());
            for activity in lists.flatten().filter_map(Value::as_object_mut) {
                for key in ACTIVITY.split_ascii_whitespace() {
                    activity.entry(key).or_insert_with(|| json!(""));
                }
            }
        }
        practices
    }
}

/// The fields of a `json!({…})`.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// Everybody in `people.json`.
pub fn everybody() -> Vec<Person> {
    // The file is compiled in, and the test below reads it.
    serde_json::from_str(include_str!("../people.json")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sas_psc::id::IdNat;
    use std::collections::BTreeSet;

    #[test]
    fn everybody_is_read_and_is_a_test_identity() {
        let people = everybody();
        assert_eq!(people.len(), 17);
        assert_eq!(people.iter().map(|p| &p.key).collect::<BTreeSet<_>>().len(), 17);
        for person in &people {
            let listed = person.other_ids.iter().filter_map(|other| other["identifiant"].as_str());
            for id in listed.chain([person.id_nat.as_str()]) {
                let parsed = IdNat::parse(id).unwrap();
                if id.starts_with('8') {
                    assert!(parsed.rpps().unwrap_or_else(|| panic!("{id}: wrong key")).is_test_number(), "{id}");
                }
            }
        }
    }

    #[test]
    fn the_three_shapes_differ_as_at_psc() {
        let people = everybody();
        let person = &people[0];
        let (v1, v2) = (person.userinfo(Shape::V1, "CARD"), person.userinfo(Shape::V2, "CARD"));
        assert_eq!(v2["codeCivilite"], "M");
        assert_eq!(v2["authMode"], "CARD");
        assert_eq!(v2["SubjectRefPro"]["exercices"][0]["activities"][0]["telephone2"], "");
        assert!(v2["SubjectRefPro"].get("codeCivilite").is_none());
        assert_eq!(v1["SubjectRefPro"]["codeCivilite"], "M");
        assert!(v1.get("codeCivilite").is_none() && v1.get("authMode").is_none());
        assert!(v1["SubjectRefPro"]["exercices"][0]["activities"][0].get("telephone2").is_none());
        let minimal = person.userinfo(Shape::Minimal, "CARD");
        let keys: Vec<_> = minimal.keys().map(String::as_str).collect();
        let wanted = ["SubjectNameID", "codeCivilite", "family_name", "given_name", "preferred_username", "sub"];
        assert_eq!(keys.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(wanted));
    }
}
