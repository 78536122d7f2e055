//! Proof that a card is here, and the list of certificates to choose from.

use super::{room, trust};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sas_psc::base::{Random, Timestamp};
use sas_psc::card::{
    CardCertificate, CardChallenge, CertificateChoice, Purpose, RevocationPolicy, SignatureScheme, TrustedCertificate,
};
use sas_psc::{Code, Error, Lang};
use std::time::Duration;

pub struct Draws(pub u8);

impl Random for Draws {
    fn fill(&mut self, bytes: &mut [u8]) -> sas_psc::Result<()> {
        self.0 += 1;
        bytes.fill(self.0);
        Ok(())
    }
}

fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-25T10:00:00Z").unwrap()
}

fn at(seconds: u64) -> Timestamp {
    now() + Duration::from_secs(seconds)
}

pub fn certificate(name: &str) -> CardCertificate {
    CardCertificate::read(&std::fs::read(room().join("pki").join(name)).unwrap()).unwrap()
}

fn policy() -> RevocationPolicy {
    RevocationPolicy { accept_unknown: true, ..RevocationPolicy::default() }
}

fn believed(name: &str, purpose: Purpose, when: Timestamp) -> TrustedCertificate {
    trust("synthetic").verify(&certificate(name), purpose, &[], &policy(), when).unwrap()
}

/// What a card would answer.
pub fn sign(key: &str, scheme: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
    let pem = std::fs::read_to_string(room().join("pki").join(key)).unwrap();
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let key = KeyPair::from_pkcs8(&BASE64_STANDARD.decode(der).unwrap()).unwrap();
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(scheme, &SystemRandom::new(), message, &mut signature).unwrap();
    signature
}

fn challenge() -> CardChallenge {
    CardChallenge::new("open-the-ward", "https://ward.example", &mut Draws(0), now()).unwrap()
}

pub fn code<T>(result: Result<T, Error>) -> Code {
    result.map(|_| ()).unwrap_err().code()
}

#[test]
fn every_answer_is_judged_as_its_file_says() {
    let files = std::fs::read_dir(room().join("../card-possession")).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|file| file.extension().is_some_and(|extension| extension == "json")).collect();
    assert_eq!(files.len(), 29);
    for file in files {
        let case: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let moment = |name: &str| Timestamp::from_unix(case[name].as_i64().unwrap());
        let name = case["certificate"].as_str().unwrap();
        let trusted = believed(name, certificate(name).purpose(), moment("believed_at"));
        let result = CardChallenge::resume(case["challenge"].to_string().as_bytes()).and_then(|mut challenge| {
            let scheme = SignatureScheme::of_word(case["scheme"].as_str().unwrap())?;
            challenge.prove(&trusted, scheme, &super::bytes(&case["signature"]), moment("now"))
        });
        let verdict = result.as_ref().map_or_else(|error| (error.code().name(), error.facts().field), |_| ("ok", None));
        assert_eq!(verdict, (case["expect"].as_str().unwrap(), case["about"].as_str()), "{}", file.display());
    }
}

#[test]
fn a_card_proves_that_it_is_here_by_either_scheme() {
    for (scheme, encoding) in [
        (SignatureScheme::Pkcs1Sha256, &RSA_PKCS1_SHA256 as &'static dyn RsaEncoding),
        (SignatureScheme::PssSha256, &RSA_PSS_SHA256),
    ] {
        let mut challenge = challenge();
        let signature = sign("holder.key", encoding, &challenge.to_sign());
        let trusted = believed("cps-authentication.pem", Purpose::Authentication, at(1));
        let possession = challenge.prove(&trusted, scheme, &signature, at(30)).unwrap();
        assert_eq!(possession.holder().id_nat.as_str(), "899700218896");
        assert_eq!((possession.purpose(), possession.service()), ("open-the-ward", "https://ward.example"));
        assert_eq!(
            (possession.challenged_at(), possession.at(), possession.remembered_until()),
            (now(), at(30), at(120))
        );
        assert_eq!(possession.card_certificate().card().unwrap().as_str(), "2800636234");
        assert_eq!(code(challenge.prove(&trusted, scheme, &signature, at(31))), Code::POSSESSION_REPLAYED);
        let shown = format!("{possession:?} {challenge:?}");
        assert!(!shown.contains("8997002") && !shown.contains("SPECIALISTE"), "{shown}");
        let other = if scheme == SignatureScheme::Pkcs1Sha256 {
            SignatureScheme::PssSha256
        } else {
            SignatureScheme::Pkcs1Sha256
        };
        let again = super::possession::challenge().prove(&trusted, other, &signature, at(30));
        assert_eq!(code(again), Code::POSSESSION_SIGNATURE);
    }
}

#[test]
fn a_signature_for_anything_else_proves_nothing() {
    let trusted = believed("cps-authentication.pem", Purpose::Authentication, at(1));
    let make = |purpose: &str, service: &str, draws: u8, when: Timestamp| {
        CardChallenge::new(purpose, service, &mut Draws(draws), when).unwrap()
    };
    let signature = sign("holder.key", &RSA_PKCS1_SHA256, &challenge().to_sign());
    let prove = |challenge: &mut CardChallenge, signature: &[u8]| {
        code(challenge.prove(&trusted, SignatureScheme::Pkcs1Sha256, signature, at(30)))
    };
    for (what, mut other) in [
        ("another purpose", make("open-the-safe", "https://ward.example", 0, now())),
        ("another service", make("open-the-ward", "https://ward.example.org", 0, now())),
        ("bytes moved between them", make("open-the-war", "dhttps://ward.example", 0, now())),
        ("another challenge", make("open-the-ward", "https://ward.example", 1, now())),
        ("another time", make("open-the-ward", "https://ward.example", 0, at(1))),
    ] {
        assert_eq!(prove(&mut other, &signature), Code::POSSESSION_SIGNATURE, "{what}");
    }
    let by_another = sign("other.key", &RSA_PKCS1_SHA256, &challenge().to_sign());
    for wrong in [&by_another[..], &signature[1..], &[], &[0; 256]] {
        let mut challenge = challenge();
        assert_eq!(prove(&mut challenge, wrong), Code::POSSESSION_SIGNATURE);
        assert_eq!(prove(&mut challenge, &signature), Code::POSSESSION_REPLAYED, "a wrong answer spends it");
    }
}

#[test]
fn it_is_answered_in_its_time_with_a_certificate_of_that_time() {
    let scheme = SignatureScheme::Pkcs1Sha256;
    let signature = sign("holder.key", &RSA_PKCS1_SHA256, &challenge().to_sign());
    let trusted = believed("cps-authentication.pem", Purpose::Authentication, at(0));
    assert!(challenge().prove(&trusted, scheme, &signature, at(120)).is_ok());
    assert_eq!(code(challenge().prove(&trusted, scheme, &signature, at(121))), Code::POSSESSION_EXPIRED);
    let before = now() - Duration::from_secs(1);
    assert_eq!(code(challenge().prove(&trusted, scheme, &signature, before)), Code::POSSESSION_EXPIRED);
    let long = challenge().lifetime(Duration::from_secs(3600));
    assert_eq!(long.ends(), at(600), "ten minutes at most");
    let early = believed("cps-authentication.pem", Purpose::Authentication, before);
    let error = challenge().prove(&early, scheme, &signature, at(1)).unwrap_err();
    assert_eq!((error.code(), error.facts().field), (Code::POSSESSION_EXPIRED, Some("certificate")));
    let to_sign = believed("cps-signature.pem", Purpose::Signature, at(1));
    assert_eq!(code(challenge().prove(&to_sign, scheme, &signature, at(1))), Code::CARD_CERTIFICATE_USAGE);
}

#[test]
fn it_waits_where_the_service_keeps_it_and_stays_spent() {
    let scheme = SignatureScheme::Pkcs1Sha256;
    let mut kept = CardChallenge::resume(&challenge().to_stored().unwrap()).unwrap();
    let signature = sign("holder.key", &RSA_PKCS1_SHA256, &challenge().to_sign());
    let trusted = believed("cps-authentication.pem", Purpose::Authentication, at(1));
    let possession = kept.prove(&trusted, scheme, &signature, at(2)).unwrap();
    let mut spent = CardChallenge::resume(&kept.to_stored().unwrap()).unwrap();
    assert_eq!(code(spent.prove(&trusted, scheme, &signature, at(3))), Code::POSSESSION_REPLAYED);
    let twice = challenge().prove(&trusted, scheme, &signature, at(2)).unwrap();
    assert_eq!(possession.once(), twice.once(), "one name for the two that took it back");
    assert_eq!(code(CardChallenge::resume(b"{}")), Code::STORED_FORM_UNREADABLE);
    let stored = String::from_utf8(challenge().to_stored().unwrap()).unwrap();
    let late = stored.replace(&at(120).unix_millis().to_string(), &at(3600).unix_millis().to_string());
    assert_eq!(code(CardChallenge::resume(late.as_bytes())), Code::STORED_FORM_UNREADABLE, "longer than any");
    for (purpose, service, field) in
        [("", "s", "purpose"), ("p", "a\nb", "service"), ("p", &"x".repeat(256), "service")]
    {
        let error = CardChallenge::new(purpose, service, &mut Draws(0), now()).unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::CHALLENGE_TEXT, Some(field)));
    }
}

/// The certificate of a vector.
fn of_case(name: &str) -> CardCertificate {
    let case = super::cases().into_iter().find(|(found, _)| found == name).unwrap().1;
    CardCertificate::read(&super::bytes(&case["certificate"])).unwrap()
}

#[test]
fn the_list_holds_what_could_do_and_begins_with_the_sensible_one() {
    let all = [
        certificate("cps-signature.pem"),
        of_case("technical"),
        of_case("software-certificate"),
        of_case("ans-organisation"),
        of_case("revoked"),
        certificate("cps-authentication.pem"),
    ];
    let choice = CertificateChoice::of(&all, &trust("synthetic"), &[], &policy(), now());
    assert_eq!(choice.options().len(), 1, "the same certificate in two readers is one");
    let described = &choice.described(Lang::Fr)[0];
    assert_eq!(
        described.label,
        "ÉLODIE SPECIALISTE – Médecin – CPS 2\u{a0}800\u{a0}636\u{a0}234 – jusqu'au 01/03/2028"
    );
    assert!(described.default && described.refused.is_none());
    assert!(choice.described(Lang::En)[0].label.ends_with("until 2028-03-01"));
    assert_eq!(choice.choose(&described.key).unwrap().certificate(), &all[5]);
    assert_eq!(code(choice.choose("0123456789abcdef")), Code::CERTIFICATE_CHOICE);
    assert!(!format!("{choice:?}").contains("SPECIALISTE"));
}

#[test]
fn nothing_is_chosen_for_two_people_and_what_cannot_be_used_says_why() {
    let (doctor, staff) = (certificate("cps-authentication.pem"), certificate("cpe-authentication.pem"));
    let all = [doctor.clone(), staff.clone()];
    let trust = trust("synthetic");
    let two = CertificateChoice::of(&all, &trust, &[], &policy(), now());
    assert!(two.default_option().is_none());
    let staff_key = two.options().iter().find(|option| option.certificate() == &staff).unwrap().key().to_owned();
    let last = two.clone().with_last(&staff_key);
    assert_eq!(last.default_option().unwrap().certificate(), &staff, "the one of the last time");
    let ended =
        CertificateChoice::of(&all, &trust, &[], &policy(), Timestamp::parse_rfc3339("2029-01-01T00:00:00Z").unwrap());
    assert!(ended.with_last(&staff_key).default_option().is_none(), "not one that has ended");
    let colleague = of_case("ok-cpf");
    let pair = CertificateChoice::of(&[doctor.clone(), colleague], &trust, &[], &policy(), now());
    assert!(pair.default_option().is_none());
    let real = of_case("ans-cpe");
    let mixed = CertificateChoice::of(&[real, doctor.clone()], &trust, &[], &policy(), now());
    assert_eq!(mixed.default_option().unwrap().certificate(), &doctor);
    let refused = &mixed.options()[1];
    assert_eq!(refused.refused(), Some(Code::CARD_CERTIFICATE_AUTHORITY));
    assert_eq!(code(mixed.choose(refused.key())), Code::CARD_CERTIFICATE_AUTHORITY);
    let nobody = CertificateChoice::of(&[], &trust, &[], &policy(), now());
    assert!(nobody.options().is_empty() && nobody.default_option().is_none());
}

#[test]
fn the_sentence_above_the_list_is_the_guides() {
    let guide = std::fs::read_to_string(room().join("../guide/fr.txt")).unwrap();
    assert!(guide.lines().any(|line| line == CertificateChoice::title(Lang::Fr)));
}
