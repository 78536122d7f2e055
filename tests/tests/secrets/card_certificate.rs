//! A card's certificates, believed or not: names, numbers and places of a holder in none of what is shown.

use crate::shown::Shown;
use base64::Engine;
use sas_psc::base::Timestamp;
use sas_psc::card::{
    CardCertificate, CardChallenge, CertificateChoice, CrlCache, CrlRules, Purpose, RevocationPolicy, SignatureScheme,
    Trust, danger,
};
use sas_psc::person::DifferenceKind;
use std::fs::read;

/// What is read, believed and refused.
pub fn certificates(shown: &mut Shown) {
    for (what, secret) in [
        ("a holder's number", "899700218896"),
        ("a holder's number", "30B0057881/CPET0002"),
        ("a family name", "ADMINISTRATIF"),
        ("a given name", "ÉLODIE"),
        ("a structure", "10B0057881"),
        ("a place", "HOPITAL DES 3 DAMES"),
        ("a card", "2800636234"),
    ] {
        shown.secret(what, secret);
    }
    let room = "../vectors/card-certificate/pki";
    let pem = std::fs::read_to_string(format!("{room}/authorities.pem")).unwrap();
    let trust = shown.debug(danger::authorities(&pem).unwrap());
    let list = shown.debug(trust.revocation_list(&read(format!("{room}/fort.crl")).unwrap()).unwrap());
    let now = Timestamp::parse_rfc3339("2026-11-25T10:00:00Z").unwrap();
    let policy = shown.debug(RevocationPolicy::default());
    for name in ["cps.der", "cpe.der", "cps-signature.pem"] {
        let certificate = shown.debug(CardCertificate::read(&read(format!("{room}/{name}")).unwrap()).unwrap());
        shown.debug(certificate.holder().unwrap().clone());
        shown.debug(certificate.holder().unwrap().to_professional());
        shown.failed(Trust::production().verify(&certificate, Purpose::Authentication, &[], &policy, now));
        match trust.verify(&certificate, Purpose::Authentication, std::slice::from_ref(&list), &policy, now) {
            Ok(trusted) => drop(shown.debug(trusted)),
            Err(error) => shown.error(&error),
        }
        let mut cache = CrlCache::new(CrlRules::default());
        cache.want(&certificate.revocation_lists()[0]).unwrap();
        cache.fetched(&certificate.revocation_lists()[0], list.der(), (None, None), &trust, now).unwrap();
        shown.debug(cache);
    }
    let read_one = |name: &str| CardCertificate::read(&read(format!("{room}/{name}")).unwrap()).unwrap();
    let (doctor, staff) = (read_one("cps.der"), read_one("cpe.der"));
    let choice = shown.debug(CertificateChoice::of(
        &[doctor.clone(), staff.clone()],
        &trust,
        std::slice::from_ref(&list),
        &policy,
        now,
    ));
    choice.options().iter().for_each(|option| drop(shown.debug(option.clone())));
    let case = std::fs::read("../vectors/card-possession/ok.json").unwrap();
    let case: serde_json::Value = serde_json::from_slice(&case).unwrap();
    let challenge = || CardChallenge::resume(case["challenge"].to_string().as_bytes()).unwrap();
    let signature = base64::prelude::BASE64_STANDARD.decode(case["signature"].as_str().unwrap()).unwrap();
    shown.secret("a service", "ward.example");
    let trusted = trust.verify(&doctor, Purpose::Authentication, std::slice::from_ref(&list), &policy, now).unwrap();
    let mut challenge = shown.debug(challenge());
    shown.debug(challenge.prove(&trusted, SignatureScheme::Pkcs1Sha256, &signature, now).unwrap());
    shown.failed(challenge.prove(&trusted, SignatureScheme::Pkcs1Sha256, &signature, now));
    let (doctor, staff) = (doctor.holder().unwrap().to_professional(), staff.holder().unwrap().to_professional());
    let compared = shown.debug(doctor.crosscheck(&staff));
    compared.differences.iter().for_each(|difference| drop(shown.debug(difference.clone())));
    shown.failed(compared.refuse(&[DifferenceKind::FamilyName]));
    let twice = shown.debug(staff.crosscheck(&staff));
    shown.debug(twice.activities[0].clone());
    shown.failed(CardCertificate::read(b"899700218896"));
    shown.failed(trust.revocation_list(b"2800636234"));
}
