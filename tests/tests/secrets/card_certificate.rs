//! A card's certificates, believed or not: names, numbers and places of a holder in none of what is shown.

use crate::shown::Shown;
use base64::Engine;
use sas_psc::base::Timestamp;
use sas_psc::card::{
    CardCertificate, CardChallenge, CertificateChoice, CmsSignature, CmsToSign, CrlCache, CrlRules, Purpose,
    RevocationPolicy, SignatureScheme, Trust, danger,
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
    let signer = read_one("cps-signature.pem");
    shown.debug(CmsToSign::new(&signer, b"a document", now).unwrap());
    shown.failed(CmsToSign::new(&signer, b"a document", now).unwrap().finish(b"none"));
    let case = std::fs::read("../vectors/card-cms/ok.json").unwrap();
    let case: serde_json::Value = serde_json::from_slice(&case).unwrap();
    let cms = base64::prelude::BASE64_STANDARD.decode(case["cms"].as_str().unwrap()).unwrap();
    let cms = shown.debug(CmsSignature::parse(&cms).unwrap());
    shown.failed(cms.verify(b"another", &trust, &[], &policy, now));
    let case = std::fs::read("../vectors/card-possession/ok.json").unwrap();
    let case: serde_json::Value = serde_json::from_slice(&case).unwrap();
    let challenge = || CardChallenge::resume(case["challenge"].to_string().as_bytes()).unwrap();
    let signature = base64::prelude::BASE64_STANDARD.decode(case["signature"].as_str().unwrap()).unwrap();
    shown.secret("a service", "ward.example");
    let trusted = trust.verify(&doctor, Purpose::Authentication, std::slice::from_ref(&list), &policy, now).unwrap();
    let mut challenge = shown.debug(challenge());
    shown.debug(challenge.prove(&trusted, SignatureScheme::Pkcs1Sha256, &signature, now).unwrap());
    shown.failed(challenge.prove(&trusted, SignatureScheme::Pkcs1Sha256, &signature, now));
    let doctor_card = doctor.clone();
    let (doctor, staff) = (doctor.holder().unwrap().to_professional(), staff.holder().unwrap().to_professional());
    let compared = shown.debug(doctor.crosscheck(&staff));
    compared.differences.iter().for_each(|difference| drop(shown.debug(difference.clone())));
    shown.failed(compared.refuse(&[DifferenceKind::FamilyName]));
    let twice = shown.debug(staff.crosscheck(&staff));
    shown.debug(twice.activities[0].clone());
    local(shown, &trust, &doctor_card);
    shown.failed(CardCertificate::read(b"899700218896"));
    shown.failed(trust.revocation_list(b"2800636234"));
}

/// A local sign-in, kept and compared.
fn local(shown: &mut Shown, trust: &Trust, card: &CardCertificate) {
    use sas_psc::card::fallback::{DirectoryAnswer, Fallback, FallbackRules, LocalSignInStore, OutageSeen, reconcile};
    use sas_psc::drive::block_on;
    let now = Timestamp::parse_rfc3339("2026-11-25T10:00:00Z").unwrap();
    let later = Timestamp::from_unix(now.unix() + 3600);
    shown.secret("an administrator", "Dr Garde-de-Nuit");
    shown.secret("a reason", "panne du réseau nord");
    let mut fallback = danger::fallback_with_any_card(Fallback::on(shown.debug(FallbackRules::default())));
    let seen = shown.debug(OutageSeen { since: now, cause: sas_psc::Code::TIMED_OUT });
    fallback.outage(seen, later).unwrap();
    shown.debug(fallback.opening(later).unwrap().by().clone());
    fallback.answered();
    shown.failed(fallback.challenge("ward.example", &mut sas_psc::drive::SystemRandom, now));
    shown.failed(fallback.open("Dr Garde-de-Nuit", "", later, now));
    fallback.open("Dr Garde-de-Nuit", "panne du réseau nord", later, now).unwrap();
    let fallback = shown.debug(fallback);
    shown.debug(fallback.opening(now).unwrap().clone());
    shown.debug(fallback.opening(now).unwrap().by().clone());
    let mut challenge = fallback.challenge("ward.example", &mut sas_psc::drive::SystemRandom, now).unwrap();
    let key = std::fs::read_to_string("../vectors/card-certificate/pki/holder.key").unwrap();
    let key: String = key.lines().filter(|line| !line.starts_with('-')).collect();
    let key = base64::prelude::BASE64_STANDARD.decode(key).unwrap();
    let key =
        rustls::crypto::aws_lc_rs::sign::any_supported_type(&rustls_pki_types::PrivatePkcs8KeyDer::from(key).into());
    let signer = key.unwrap().choose_scheme(&[rustls::SignatureScheme::RSA_PKCS1_SHA256]).unwrap();
    let signature = signer.sign(&challenge.to_sign()).unwrap();
    let policy = RevocationPolicy { accept_unknown: true, ..RevocationPolicy::default() };
    let list = trust.revocation_list(&read("../vectors/card-certificate/pki/fort.crl").unwrap()).unwrap();
    let trusted = trust.verify(card, Purpose::Authentication, &[list], &policy, now).unwrap();
    let professional = card.holder().unwrap().to_professional();
    let found = shown.debug(DirectoryAnswer::Found { professional: &professional, active: Some(true) });
    let answer = (SignatureScheme::Pkcs1Sha256, signature.as_slice());
    let store = sas_psc::store::Memory::new();
    let pending = shown.debug(fallback.finish(&mut challenge, &trusted, answer, found, now).unwrap());
    shown.debug(block_on(pending.keep(&store)).unwrap());
    shown.debug(block_on(store.local_sign_ins_open(later)).unwrap().remove(0));
    let compared = block_on(reconcile(&store, &professional, later)).unwrap();
    shown.debug(compared[0].reconciled.clone().unwrap());
}
