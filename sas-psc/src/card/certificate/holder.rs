//! The holder of a card, out of the subject of its certificate: matched by attribute, whatever order and grouping.
//!
//! IGC-Santé puts GN, CN and SN into one multi-valued part, so a subject is never split as text. The CN is the national
//! identifier, the same string as PSC's `SubjectNameID`. What the holder may do is eligibility's question.
//!
//! Source: leafs of ANS, RDN order C, ST, O, OU, title, {GN, CN, SN}.

use super::private_extension::PrivateExtensions;
use crate::id::{IdNat, StructureId, StructureKind};
use crate::person::{Activity, Name as PersonName, Practice, Professional};
use std::fmt;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Tag, Tagged};
use x509_cert::name::Name;

const CN: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const FAMILY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.4");
const LOCALITY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.7");
const PROVINCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.8");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
const TITLE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.12");
const GIVEN: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.42");
const PSEUDONYM: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.65");

/// Whose card it is, as its certificate says it. Empty texts are what it leaves out. Its `Debug` hides who.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Holder {
    /// The national identifier (CN).
    pub id_nat: IdNat,
    /// Family name, or the name of the post on a card of a service.
    pub family: String,
    /// Given name.
    pub given: String,
    /// The profession as a word, or the kind of staff: «Infirmier», «Personnel santé ou social».
    pub title: String,
    /// Profession code (TRE_G15; TRE_G16 for a card of one in training).
    pub profession: String,
    /// Whether the profession is the one that the holder trains for.
    pub in_training: bool,
    /// Whether the card is of a post (CDE), not of a person.
    pub is_post: bool,
    /// The structure of a staff card (OU), when it is one of TRE_G07.
    pub structure: Option<StructureId>,
    /// The structure's name (O).
    pub organization: String,
    /// Where it is, as the certificate spells it: «Paris (75)».
    pub place: String,
}

/// A subject that cannot be believed to name one person.
pub(super) struct Ambiguous;

impl Holder {
    /// None when the subject names nobody: an authority, a server, a technical certificate.
    pub(super) fn read(subject: &Name, private: &PrivateExtensions) -> Result<Option<Holder>, Ambiguous> {
        let cn = single(subject, CN)?;
        let (family, pseudonym) = (single(subject, FAMILY)?, single(subject, PSEUDONYM)?);
        let (given, title) = (single(subject, GIVEN)?, single(subject, TITLE)?);
        let (organization, unit) = (first(subject, ORGANIZATION)?, first(subject, UNIT)?);
        let place = match first(subject, PROVINCE)? {
            place if place.is_empty() => first(subject, LOCALITY)?,
            place => place,
        };
        let (Ok(id_nat), false) = (IdNat::parse(&cn), family.is_empty() && pseudonym.is_empty()) else {
            return Ok(None);
        };
        let is_post = family.is_empty();
        let profession = private.profession.or(private.future_profession);
        Ok(Some(Holder {
            id_nat,
            family: if is_post { pseudonym } else { family },
            given,
            title,
            profession: profession.map_or_else(String::new, |code| code.to_string()),
            in_training: private.profession.is_none() && private.future_profession.is_some(),
            is_post,
            structure: StructureId::parse(&unit).ok(),
            organization,
            place,
        }))
    }

    /// The holder as PSC and the directory describe people: one practice, with the structure of a staff card as its
    /// activity. It says what the certificate says, of the day when the card was made.
    pub fn to_professional(&self) -> Professional {
        let name = PersonName { family: self.family.clone(), given: self.given.clone(), civility: String::new() };
        let activity = self.structure.as_ref().map(|structure| self.activity(structure));
        let category = if self.in_training { "E" } else { "" };
        let practice = Practice {
            profession: self.profession.clone(),
            category: category.to_owned(),
            name: name.clone(),
            activities: activity.into_iter().collect(),
            ..Practice::default()
        };
        let practices =
            if practice.profession.is_empty() && practice.activities.is_empty() { vec![] } else { vec![practice] };
        Professional { id_nat: self.id_nat.clone(), other_ids: Vec::new(), name, practices }
    }

    /// The technical identifier is made from the number as the directory makes it: F and FINESS, C and SIRET or cabinet, R
    /// and the RPPS number with its rank.
    fn activity(&self, structure: &StructureId) -> Activity {
        let value = structure.value();
        let mut activity = Activity { organization: self.organization.clone(), ..Activity::default() };
        let department = self.place.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
        activity.department = department.unwrap_or_default().to_owned();
        match structure.kind() {
            StructureKind::Finess => {
                activity.finess_site = value.to_owned();
                activity.structure_id = format!("F{value}");
            }
            StructureKind::Siret => {
                activity.siret = value.to_owned();
                activity.structure_id = format!("C{value}");
            }
            StructureKind::Siren => activity.siren = value.to_owned(),
            StructureKind::AdeliPractice => activity.structure_id = format!("C{value}"),
            StructureKind::RppsPractice => activity.structure_id = format!("R{value}"),
            StructureKind::National => {}
        }
        activity
    }
}

/// The values of an attribute.
fn values(subject: &Name, oid: ObjectIdentifier) -> Result<Vec<String>, Ambiguous> {
    let found = subject.iter().filter(|attribute| attribute.oid == oid);
    found.map(|attribute| decoded(attribute.value.tag(), attribute.value.value())).collect()
}

/// The one value of an attribute that tells people apart; empty when it is absent.
fn single(subject: &Name, oid: ObjectIdentifier) -> Result<String, Ambiguous> {
    let mut found = values(subject, oid)?;
    if found.len() > 1 { Err(Ambiguous) } else { Ok(found.pop().unwrap_or_default()) }
}

/// The first value of an attribute, which an authority's subject may have twice.
fn first(subject: &Name, oid: ObjectIdentifier) -> Result<String, Ambiguous> {
    Ok(values(subject, oid)?.into_iter().next().unwrap_or_default())
}

/// A DirectoryString (RFC 5280 §4.1.2.4), on one line.
fn decoded(tag: Tag, bytes: &[u8]) -> Result<String, Ambiguous> {
    let text = match tag {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            std::str::from_utf8(bytes).map_err(|_| Ambiguous)?.to_owned()
        }
        Tag::TeletexString => bytes.iter().map(|byte| char::from(*byte)).collect(),
        Tag::BmpString => {
            let (units, rest) = bytes.as_chunks::<2>();
            let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
            String::from_utf16(&units).ok().filter(|_| rest.is_empty()).ok_or(Ambiguous)?
        }
        _ => return Err(Ambiguous),
    };
    if text.chars().any(char::is_control) { Err(Ambiguous) } else { Ok(text) }
}

impl fmt::Debug for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Holder")
            .field("id_nat", &self.id_nat)
            .field("profession", &self.profession)
            .field("is_post", &self.is_post)
            .finish_non_exhaustive()
    }
}
