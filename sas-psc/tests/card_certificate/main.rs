//! The vectors of `vectors/card-certificate/`: one file per certificate, with what it must be judged. C and Python run the
//! same files; `make.py` there says what is in each.

mod cms;
mod fallback;
mod possession;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sas_psc::base::Timestamp;
use sas_psc::card::{CardCertificate, Purpose, RevocationPolicy, Trust, TrustedCertificate, danger};
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;

fn room() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/card-certificate"))
}

fn trust(realm: &str) -> Trust {
    match realm {
        "production" => Trust::production(),
        "test" => danger::test_authorities().unwrap(),
        _ => danger::authorities(&std::fs::read_to_string(room().join("pki/authorities.pem")).unwrap()).unwrap(),
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(value.as_str().unwrap()).unwrap()
}

fn verify(case: &Value) -> sas_psc::Result<TrustedCertificate> {
    let trust = trust(case["trust"].as_str().unwrap());
    let certificate = CardCertificate::read(&bytes(&case["certificate"]))?;
    let lists = case["crls"].as_array().unwrap().iter();
    let lists = lists.map(|list| trust.revocation_list(&bytes(list))).collect::<Result<Vec<_>, _>>()?;
    let policy = RevocationPolicy {
        max_age: case["policy"]["max_age"].as_u64().map(Duration::from_secs),
        accept_unknown: case["policy"]["unknown"] == "accept",
        ..RevocationPolicy::default()
    };
    let purpose = Purpose::of_word(case["purpose"].as_str().unwrap())?;
    trust.verify(&certificate, purpose, &lists, &policy, Timestamp::from_unix(case["now"].as_i64().unwrap()))
}

fn cases() -> Vec<(String, Value)> {
    let files = std::fs::read_dir(room()).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    let read = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap())
    };
    let mut all: Vec<_> = files.map(read).collect();
    all.sort_by(|one, next| one.0.cmp(&next.0));
    all
}

#[test]
fn every_certificate_is_judged_as_its_file_says() {
    let mut wrong = Vec::new();
    let cases = cases();
    assert!(cases.len() > 70, "{} files: were the vectors read?", cases.len());
    for (name, case) in &cases {
        let result = verify(case);
        let verdict = match &result {
            Ok(_) => ("ok", None),
            Err(error) => (error.code().name(), error.facts().field),
        };
        if verdict != (case["expect"].as_str().unwrap(), case["about"].as_str()) {
            wrong.push(format!("{name}: expected {} {}, found {verdict:?}", case["expect"], case["about"]));
        }
        let Ok(trusted) = result else { continue };
        let found = serde_json::to_value(trusted.described()).unwrap();
        assert_eq!(found["realm"], case["trust"].as_str().unwrap().replace("synthetic", "other"), "{name}");
        assert_eq!(found["revocation_as_of"].is_string(), found["revocation"] == "good", "{name}");
        for (member, value) in case["found"].as_object().unwrap() {
            if found[member] != *value {
                wrong.push(format!("{name}: {member} is {}, expected {value}", found[member]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_damage_to_a_certificate_or_a_list_is_believed() {
    let case = cases().into_iter().find(|(name, _)| name == "ok-cps").unwrap().1;
    let trust = trust("synthetic");
    let (der, list) = (bytes(&case["certificate"]), bytes(&case["crls"][0]));
    let now = Timestamp::from_unix(case["now"].as_i64().unwrap());
    let believed = |der: &[u8], list: &[u8]| {
        let certificate = CardCertificate::read(der)?;
        let lists = [trust.revocation_list(list)?];
        trust.verify(&certificate, Purpose::Authentication, &lists, &RevocationPolicy::default(), now)
    };
    believed(&der, &list).unwrap();
    // The one octet that cards get wrong is read as zero, whatever it holds.
    let unused = der.len() - 257;
    for at in (0..der.len()).step_by(3).filter(|at| *at != unused) {
        let mut damaged = der.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(believed(&damaged, &list).is_err(), "octet {at} of the certificate");
    }
    for at in 0..list.len() {
        let mut damaged = list.clone();
        damaged[at] ^= 1 << (at % 8);
        assert!(believed(&der, &damaged).is_err(), "octet {at} of the list");
    }
}

#[test]
fn the_contactless_certificate_is_never_the_holders() {
    let pem = std::fs::read(room().join("pki/cps-authentication.pem")).unwrap();
    let contact = CardCertificate::read(&pem).unwrap();
    let contactless = CardCertificate::read_contactless(&pem).unwrap();
    assert_eq!((contact.purpose(), contactless.purpose()), (Purpose::Authentication, Purpose::Technical));
    assert_eq!(contactless.holder().unwrap_err().code().name(), "card-certificate-holder");
    assert_eq!(contactless.card(), contact.card(), "the card it is of is told");
    let now = Timestamp::parse_rfc3339("2026-11-25T10:00:00Z").unwrap();
    let policy = RevocationPolicy { accept_unknown: true, ..RevocationPolicy::default() };
    for purpose in [Purpose::Authentication, Purpose::Technical] {
        let error = trust("synthetic").verify(&contactless, purpose, &[], &policy, now).unwrap_err();
        assert_eq!(error.code().name(), "card-certificate-holder");
    }
}

#[test]
fn what_only_weakens_is_asked_for_by_its_word() {
    assert_eq!(Purpose::of_word("all").unwrap_err().code().name(), "card-purpose-unknown");
    assert_eq!(danger::authorities("").unwrap_err().code().name(), "card-authorities");
    assert_eq!(Trust::production().realm().word(), "production");
    assert_eq!(danger::test_authorities().unwrap().realm().word(), "test");
}

#[test]
fn a_holder_becomes_the_professional_that_psc_and_the_directory_describe() {
    let person = |name: &str| {
        let pem = std::fs::read(room().join("pki").join(name)).unwrap();
        CardCertificate::read(&pem).unwrap().holder().unwrap().to_professional()
    };
    let doctor = person("cps-authentication.pem");
    assert_eq!(doctor.rpps().unwrap().to_string(), "99700218896");
    assert_eq!((doctor.name.family.as_str(), doctor.name.given.as_str()), ("SPECIALISTE", "ÉLODIE"));
    assert_eq!((doctor.practices[0].profession_label(), doctor.practices[0].activities.len()), ("Médecin", 0));
    let staff = person("cpe-authentication.pem");
    let place = &staff.practices[0].activities[0];
    assert_eq!((place.structure_id.as_str(), place.finess_site.as_str()), ("F0B0057881", "0B0057881"));
    assert_eq!((place.organization.as_str(), place.department.as_str()), ("HOPITAL DES 3 DAMES", "75"));
    let shown = format!("{doctor:?} {staff:?}");
    for secret in ["SPECIALISTE", "ÉLODIE", "9970021", "DAMES"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
