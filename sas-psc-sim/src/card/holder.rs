//! Who holds a card, and how a certificate names them.
//!
//! Names and numbers are those of ANS's test cards and of the simulator's people, never of anybody. The distinguished
//! names are those of real test certificates: C, then place and structure, then the title, then one SET with the names.

use super::der::{join, oid, seq, tlv, utf8};

/// The families of cards (`gipCardType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Carte de professionnel de santé.
    Cps = 0,
    /// Carte de professionnel en formation.
    Cpf = 1,
    /// Carte de personnel d'établissement.
    Cpe = 2,
    /// Carte de personnel autorisé, and the service card.
    Cpa = 3,
}

/// The holder of a virtual card.
#[derive(Debug, Clone)]
pub struct Holder {
    /// `CN`: the national identifier, for a CPS `8` and the RPPS.
    pub id_nat: String,
    /// `SN`; empty on a service card.
    pub family_name: String,
    /// `GN`; empty on a service card.
    pub given_name: String,
    /// `title`: the label of the profession, or what the card is.
    pub title: String,
    /// The profession's code (TRE_G15, or TRE_G16 for one in training).
    pub profession: Option<u8>,
    /// The family of the card.
    pub family: Family,
    /// Place (`ST`), name (`O`) and identifier (`OU`) of the structure.
    pub structure: Option<(String, String, String)>,
}

fn holder(family: Family, id_nat: &str, names: (&str, &str), title: &str, profession: Option<u8>) -> Holder {
    Holder {
        id_nat: id_nat.into(),
        family_name: names.0.into(),
        given_name: names.1.into(),
        title: title.into(),
        profession,
        family,
        structure: None,
    }
}

impl Holder {
    /// The simulator's `physician`: CPS, RPPS 99700218896.
    pub fn physician() -> Holder {
        holder(Family::Cps, "899700218896", ("SPECIALISTE0021889", "KIT"), "Médecin", Some(10))
    }

    /// The simulator's `nurse`, with accents: CPS, RPPS 99700245667.
    pub fn nurse() -> Holder {
        holder(Family::Cps, "899700245667", ("L'ÉTANG-GARÇON", "Maël"), "Infirmier", Some(60))
    }

    /// The simulator's `intern`: CPF, RPPS 99700367909, medicine in training.
    pub fn intern() -> Holder {
        holder(Family::Cpf, "899700367909", ("INTERNE0036790", "ZOÉ"), "Médecin", Some(10))
    }

    /// The employee of an establishment: CPE, as on ANS's test card.
    pub fn employee() -> Holder {
        let names = ("CPET0002", "EMPLOYE");
        Holder {
            structure: structure("Paris (75)", "HOPITAL DES 3 DAMES", "10B0057881"),
            ..holder(Family::Cpe, "30B0057881/CPET0002", names, "Personnel santé ou social", None)
        }
    }

    /// A service card, which names nobody.
    pub fn service() -> Holder {
        let title = "Carte de service santé ou social";
        Holder {
            structure: structure("Paris (75)", "HOPITAL DES 3 DAMES", "10B0057881"),
            ..holder(Family::Cpa, "30B0057881/1", ("", ""), title, None)
        }
    }

    /// `Name` of the certificates.
    pub(super) fn name(&self) -> Vec<u8> {
        let mut sets = vec![set(&[country()])];
        if let Some((place, name, id)) = &self.structure {
            sets.extend(
                [("2.5.4.8", place), ("2.5.4.10", name), ("2.5.4.11", id)].map(|(at, to)| set(&[text(at, to)])),
            );
        }
        sets.push(set(&[text("2.5.4.12", &self.title)]));
        let mut names = vec![text("2.5.4.3", &self.id_nat)];
        if self.family_name.is_empty() {
            names.push(text("2.5.4.65", "EMPLOYE0001"));
        } else {
            names.extend([text("2.5.4.42", &self.given_name), text("2.5.4.4", &self.family_name)]);
        }
        sets.push(set(&names));
        seq(&sets)
    }
}

fn structure(place: &str, name: &str, id: &str) -> Option<(String, String, String)> {
    Some((place.into(), name.into(), id.into()))
}

/// The name of an authority of the synthetic PKI.
pub(super) fn authority(common: &str) -> Vec<u8> {
    let parts = [
        ("2.5.4.10", "ASIP-SANTE"),
        ("2.5.4.11", "0002 187512751"),
        ("2.5.4.11", "IGC-SANTE TEST"),
        ("2.5.4.3", common),
    ];
    let mut sets = vec![set(&[country()])];
    sets.extend(parts.map(|(at, to)| set(&[text(at, to)])));
    seq(&sets)
}

fn country() -> Vec<u8> {
    seq(&[oid("2.5.4.6"), tlv(0x13, b"FR")])
}

fn text(attribute: &str, value: &str) -> Vec<u8> {
    seq(&[oid(attribute), utf8(value)])
}

/// A SET OF, in DER's order.
fn set(attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut sorted = attributes.to_vec();
    sorted.sort();
    tlv(0x31, &join(&sorted))
}
