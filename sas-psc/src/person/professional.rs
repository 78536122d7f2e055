//! A health professional: who they are, their practices (exercices) and the activities (situations) of each.
//!
//! The fields are those of PSC's userinfo (`SubjectRefPro`); the directory and a card certificate fill fewer of them.
//! Codes stay as received, since the published tables gain codes every few months; [`crate::nomenclature`] labels them.

use crate::id::{Adeli, IdNat, Rpps};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A health professional. Names come from the source and are never edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Professional {
    /// The national identifier (`SubjectNameID`).
    pub id_nat: IdNat,
    /// Other identifiers of the same person, with where they come from.
    #[serde(default)]
    pub other_ids: Vec<OtherId>,
    /// Civil name.
    pub name: Name,
    /// What the person practises; empty for a locum or an intern.
    #[serde(default)]
    pub practices: Vec<Practice>,
}

impl Professional {
    /// The RPPS number: from the national identifier, else from an identifier whose origin is `RPPS`.
    pub fn rpps(&self) -> Option<Rpps> {
        let number = |id: &IdNat| id.rpps().or_else(|| Rpps::parse(id.as_str()).ok());
        self.id_nat.rpps().or_else(|| self.listed("RPPS").find_map(number))
    }

    /// The ADELI number: from the national identifier, else from an identifier whose origin is `ADELI`.
    pub fn adeli(&self) -> Option<Adeli> {
        let number = |id: &IdNat| id.adeli().or_else(|| Adeli::parse(id.as_str()).ok());
        self.id_nat.adeli().or_else(|| self.listed("ADELI").find_map(number))
    }

    /// Every activity of every practice.
    pub fn activities(&self) -> impl Iterator<Item = &Activity> {
        self.practices.iter().flat_map(|practice| &practice.activities)
    }

    fn listed(&self, origin: &str) -> impl Iterator<Item = &IdNat> {
        self.other_ids.iter().filter(move |other| other.origin.eq_ignore_ascii_case(origin)).map(|other| &other.id)
    }
}

/// Another identifier of the same person (`otherIds`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherId {
    /// The identifier, as received.
    pub id: IdNat,
    /// Who gave it: `RPPS`, `EDIT`…
    pub origin: String,
    /// The quality PSC states, when it does.
    #[serde(default)]
    pub quality: Option<i64>,
}

/// A name. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Name {
    /// Family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// Civility code: `M`, `MME`, `DR`, `PR`…; empty when unknown.
    #[serde(default)]
    pub civility: String,
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Name(•••)")
    }
}

/// A practice (exercice professionnel): one profession of a person. Empty strings are values the source left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Practice {
    /// Profession code (TRE_G15, R94, R95): `10` is a physician.
    pub profession: String,
    /// Category code (TRE_R09): `C` civil, `E` student, `M` public agent.
    pub category: String,
    /// The name used in this practice.
    pub name: Name,
    /// Kind of know-how (TRE_R04).
    pub speciality_kind: String,
    /// Know-how code (TRE_R38 and others): `SM26` is general medicine.
    pub speciality: String,
    /// Where and how it is exercised.
    pub activities: Vec<Activity>,
}

/// An activity (situation d'exercice): a place and a way of working. Empty strings are values the source left out.
///
/// Its `Debug` shows codes only: the place of a self-employed professional is often named after them.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Activity {
    /// Mode (TRE_R23): `L` self-employed, `S` employed, `B` unpaid.
    pub mode: String,
    /// Sector code (TRE_R02).
    pub sector: String,
    /// Pharmacist section (TRE_R06).
    pub pharmacist_section: String,
    /// Role code (TRE_R21).
    pub role: String,
    /// Kind of activity (TRE_R22).
    pub kind: String,
    /// Name of the place.
    pub organization: String,
    /// Technical identifier of the structure: `R…`, `F…`, `C…`.
    pub structure_id: String,
    /// Former identifier of the structure.
    pub former_structure_id: String,
    /// FINESS of the site.
    pub finess_site: String,
    /// FINESS of the legal entity.
    pub finess_entity: String,
    /// SIRET of the site.
    pub siret: String,
    /// SIREN of the site.
    pub siren: String,
    /// Number, street and complements, on one line.
    pub street: String,
    /// Postcode.
    pub postcode: String,
    /// City, as in `bureauCedex`.
    pub city: String,
    /// Who registered the activity.
    pub registration_authority: String,
    /// The name over the door (enseigne).
    pub trade_name: String,
    /// Commune code (TRE_R13).
    pub commune: String,
    /// Department code.
    pub department: String,
    /// Country code (TRE_R20): `99000` is France.
    pub country: String,
    /// Telephone of the place, as received.
    pub phone: String,
    /// Its second telephone.
    pub phone2: String,
    /// Its fax.
    pub fax: String,
    /// Its mail address, as the directory has it: never an identity, never verified.
    pub email: String,
}

impl fmt::Debug for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Activity")
            .field("mode", &self.mode)
            .field("sector", &self.sector)
            .field("role", &self.role)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
