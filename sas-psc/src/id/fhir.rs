//! The identifiers of FHIR resources: what a number is, by the code of its type first, then by its system.
//!
//! Source: IG-fhir-annuaire (examples and FR Core profiles) and the documentation of Annuaire Santé v1 and v2. Between the
//! two the address of the RPPS system and that of the type codes changed, and one address is shared by the RPPS number,
//! the 14 characters of an RPPS practice and the 10 digits of an activity: so the type code decides, then the shape.

use super::{Adeli, Finess, IdNat, Rpps, StructureId};
use crate::error::Result;
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// System of RPPS numbers in v2; also of RPPS practices and of activities.
pub const RPPS: &str = "https://rpps.esante.gouv.fr";
/// System of RPPS numbers in v1.
pub const RPPS_V1: &str = "http://rpps.fr";
/// System of national identifiers of persons (IdNat_PS), both versions.
pub const ID_NAT: &str = "urn:oid:1.2.250.1.71.4.2.1";
/// System of national identifiers of structures (IdNat_Struct), both versions.
pub const STRUCTURE: &str = "urn:oid:1.2.250.1.71.4.2.2";
/// System of FINESS numbers.
pub const FINESS: &str = "https://finess.esante.gouv.fr";
/// System of the type codes (`RPPS`, `IDNPS`…) in v2.
pub const TYPE: &str = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203";
/// System of the type codes in v1.
pub const TYPE_V1: &str = "http://interopsante.org/CodeSystem/v2-0203";

/// An identifier of a FHIR resource. What is not known passes as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FhirIdentifier {
    /// Type code `RPPS`, or a system of RPPS numbers and 11 characters.
    Rpps(Rpps),
    /// Type code `IDNPS`, or its system.
    IdNat(IdNat),
    /// Type code `ADELI`, of v1 alone.
    Adeli(Adeli),
    /// Type code `IDNST`, or its system; also the 14 digits of an RPPS practice, which have the system of RPPS numbers.
    Structure(StructureId),
    /// The system of FINESS numbers.
    Finess(Finess),
    /// The 10 digits of an activity (PractitionerRole), which have the system of RPPS numbers: never one.
    Activity(IdNat),
    /// Anything else.
    Other(IdNat),
}

impl FhirIdentifier {
    /// Reads `identifier.system`, the code of `identifier.type.coding`, and `identifier.value`.
    ///
    /// ```
    /// use sas_psc::id::{Rpps, fhir::{self, FhirIdentifier}};
    ///
    /// let rpps = FhirIdentifier::Rpps(Rpps::parse("99700218896")?);
    /// assert_eq!(FhirIdentifier::read(Some(fhir::RPPS_V1), None, "99700218896")?, rpps);
    /// assert_eq!(FhirIdentifier::read(None, Some("RPPS"), "99700218896")?, rpps);
    /// let activity = FhirIdentifier::read(Some(fhir::RPPS), None, "1013186038")?;
    /// assert!(matches!(activity, FhirIdentifier::Activity(_)));
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of the kind's `parse`; for what is not known `id-length` (empty, over 64 bytes) and `id-character` (a space).
    pub fn read(system: Option<&str>, type_code: Option<&str>, value: &str) -> Result<FhirIdentifier> {
        let is_digits = value.bytes().all(|byte| byte.is_ascii_digit());
        Ok(match (type_code, system) {
            (Some("RPPS"), _) => FhirIdentifier::Rpps(Rpps::parse(value)?),
            (Some("IDNPS"), _) => FhirIdentifier::IdNat(IdNat::parse(value)?),
            (Some("ADELI"), _) => FhirIdentifier::Adeli(Adeli::parse(value)?),
            (Some("IDNST"), _) => FhirIdentifier::Structure(StructureId::parse(value)?),
            (_, Some(RPPS)) if is_digits && value.len() == 10 => FhirIdentifier::Activity(IdNat::parse(value)?),
            (_, Some(RPPS)) if is_digits && value.len() == 14 => {
                FhirIdentifier::Structure(StructureId::parse(&format!("4{value}"))?)
            }
            (_, Some(RPPS | RPPS_V1)) => FhirIdentifier::Rpps(Rpps::parse(value)?),
            (_, Some(ID_NAT)) => FhirIdentifier::IdNat(IdNat::parse(value)?),
            (_, Some(STRUCTURE)) => FhirIdentifier::Structure(StructureId::parse(value)?),
            (_, Some(FINESS)) => FhirIdentifier::Finess(Finess::parse(value)?),
            _ => FhirIdentifier::Other(IdNat::parse(value)?),
        })
    }

    /// The word for what it is: `rpps`, `id-nat`, `adeli`, `structure`, `finess`, `activity`, `other`.
    pub fn kind(&self) -> &'static str {
        match self {
            FhirIdentifier::Rpps(_) => "rpps",
            FhirIdentifier::IdNat(_) => "id-nat",
            FhirIdentifier::Adeli(_) => "adeli",
            FhirIdentifier::Structure(_) => "structure",
            FhirIdentifier::Finess(_) => "finess",
            FhirIdentifier::Activity(_) => "activity",
            FhirIdentifier::Other(_) => "other",
        }
    }

    /// The number. That of an RPPS practice has the type digit that FHIR leaves out.
    pub fn as_str(&self) -> &str {
        match self {
            FhirIdentifier::Rpps(number) => number.as_str(),
            FhirIdentifier::IdNat(id) | FhirIdentifier::Activity(id) | FhirIdentifier::Other(id) => id.as_str(),
            FhirIdentifier::Adeli(number) => number.as_str(),
            FhirIdentifier::Structure(id) => id.as_str(),
            FhirIdentifier::Finess(number) => number.as_str(),
        }
    }

    /// The RPPS number, from itself or a national identifier.
    pub fn rpps(&self) -> Option<Rpps> {
        match self {
            FhirIdentifier::Rpps(rpps) => Some(*rpps),
            FhirIdentifier::IdNat(id) => id.rpps(),
            _ => None,
        }
    }
}

/// `{"kind","value","rpps"}`, as the faces give it.
impl Serialize for FhirIdentifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("FhirIdentifier", 3)?;
        object.serialize_field("kind", self.kind())?;
        object.serialize_field("value", self.as_str())?;
        object.serialize_field("rpps", &self.rpps())?;
        object.end()
    }
}

/// `system|value`, as a search takes a number: the RPPS of v2, or the national identifier where there is none.
///
/// ```
/// use sas_psc::id::{IdNat, fhir};
///
/// let id = IdNat::parse("899700218896")?;
/// assert_eq!(fhir::token(&id), "https://rpps.esante.gouv.fr|99700218896");
/// # Ok::<(), sas_psc::Error>(())
/// ```
pub fn token(id: &IdNat) -> String {
    match id.rpps() {
        Some(rpps) => format!("{RPPS}|{rpps}"),
        None => format!("{ID_NAT}|{id}"),
    }
}
