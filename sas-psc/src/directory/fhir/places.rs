//! An Organization as the place of an activity: its names, numbers and address, into the fields that PSC's userinfo has.

use super::resource::{self, Address, Extension, Found, Telecom};
use crate::base::Timestamp;
use crate::id::StructureKind;
use crate::id::fhir::FhirIdentifier;
use crate::person::Activity;
use serde::Serialize;
use std::fmt;

/// A place. Its `Debug` shows nothing.
#[derive(Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Organization {
    /// The technical identifier, by which activities name it.
    pub id: String,
    /// Whether it is open; absent when the directory does not say.
    pub active: Option<bool>,
    /// When it changed last.
    #[serde(serialize_with = "super::people::as_text")]
    pub last_updated: Option<Timestamp>,
    /// The fields of a place, those of a way of working empty.
    pub place: Activity,
}

impl fmt::Debug for Organization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Organization(•••)")
    }
}

/// The places of an answer.
pub(super) fn list(found: &Found) -> Vec<Organization> {
    let one = |it: &resource::Organization| Organization {
        id: it.id.clone(),
        active: it.active,
        last_updated: it.meta.updated(),
        place: place(it),
    };
    found.organizations.iter().map(one).collect()
}

/// The fields of a place.
pub(super) fn place(it: &resource::Organization) -> Activity {
    let mut place = Activity {
        organization: it.name.clone(),
        trade_name: it.alias.first().cloned().unwrap_or_default(),
        ..Activity::default()
    };
    for coding in it.kinds.iter().flat_map(|kind| &kind.coding) {
        if coding.table().as_deref() == Some("R02") {
            place.sector.clone_from(&coding.code);
        }
    }
    numbers(&mut place, it);
    if let Some(address) = it.address.first() {
        fill_address(&mut place, address);
    }
    fill_telecom(&mut place, &it.telecom);
    place
}

fn numbers(place: &mut Activity, it: &resource::Organization) {
    let mut national = Vec::new();
    for identifier in &it.identifier {
        let value = identifier.value.as_str();
        let field = match identifier.type_code() {
            Some("FINEG") => &mut place.finess_site,
            Some("FINEJ") => &mut place.finess_entity,
            Some("SIRET") => &mut place.siret,
            Some("SIREN") => &mut place.siren,
            // An address has stood there instead of a number.
            Some("RPPSRG") if !value.contains("://") => &mut place.structure_id,
            type_code => {
                national.push(FhirIdentifier::read(identifier.system.as_deref(), type_code, value));
                continue;
            }
        };
        value.clone_into(field);
    }
    // What the national identifier of the structure or a bare FINESS tells, where no field of its own did.
    for identifier in national.into_iter().flatten() {
        let (field, value) = match &identifier {
            FhirIdentifier::Finess(finess) => (&mut place.finess_site, finess.as_str()),
            FhirIdentifier::Structure(id) => match id.kind() {
                StructureKind::Finess => (&mut place.finess_site, id.value()),
                StructureKind::Siret => (&mut place.siret, id.value()),
                StructureKind::Siren => (&mut place.siren, id.value()),
                _ => continue,
            },
            _ => continue,
        };
        if field.is_empty() {
            value.clone_into(field);
        }
    }
}

fn fill_address(place: &mut Activity, address: &Address) {
    // In the order of PSC's userinfo.
    const PARTS: [&str; 7] = [
        "ADXP-careOf",
        "ADXP-additionalLocator",
        "ADXP-houseNumber",
        "ADXP-buildingNumberSuffix",
        "ADXP-streetNameType",
        "ADXP-streetNameBase",
        "ADXP-postBox",
    ];
    let extensions: Vec<&Extension> = address.parts.iter().flatten().flat_map(|part| &part.extension).collect();
    let part = |name: &&str| extensions.iter().find(|it| it.url.ends_with(*name)).map(|it| it.value_string.as_str());
    let parts: Vec<&str> = PARTS.iter().filter_map(part).filter(|text| !text.is_empty()).collect();
    place.street = match parts.is_empty() {
        true => address.line.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" "),
        false => parts.join(" "),
    };
    place.postcode.clone_from(&address.postal_code);
    place.city.clone_from(&address.city);
    place.department.clone_from(&address.district);
    place.country.clone_from(&address.country);
    let commune = address.extension.iter().find(|it| it.url.ends_with("insee-code"));
    if let Some(commune) = commune {
        place.commune.clone_from(&commune.value_coding.code);
    }
}

/// Telephones, fax and mail. A secured mailbox (MSSanté) is marked, and is not the mail address of a place.
pub(super) fn fill_telecom(place: &mut Activity, telecom: &[Telecom]) {
    for way in telecom.iter().filter(|way| way.used != "old") {
        let secured = way.extension.iter().any(|it| it.value_coding.code == "MSSANTE");
        let field = match way.system.as_str() {
            "phone" if place.phone.is_empty() => &mut place.phone,
            "phone" if place.phone2.is_empty() => &mut place.phone2,
            "fax" if place.fax.is_empty() => &mut place.fax,
            "email" if place.email.is_empty() && !secured => &mut place.email,
            _ => continue,
        };
        field.clone_from(&way.value);
    }
}
