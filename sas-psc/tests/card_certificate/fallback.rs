//! Local sign-in while Pro Santé Connect is unreachable: from off to open, to a sign-in that is kept, to its comparison.

use super::possession::{Draws, certificate, code, sign};
use super::{bytes, cases, trust};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use sas_psc::base::Timestamp;
use sas_psc::card::fallback::{
    DirectoryAnswer, Fallback, FallbackRules, LocalSignInStore, OpenedBy, OutageSeen, UnrecordedSignIn, reconcile,
};
use sas_psc::card::{CardChallenge, Crl, Purpose, RevocationStatus, SignatureScheme, TrustedCertificate, danger};
use sas_psc::drive::block_on;
use sas_psc::id::IdNat;
use sas_psc::person::{DifferenceKind, Name, Professional};
use sas_psc::store::Memory;
use sas_psc::{Code, Error};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const SERVICE: &str = "https://ward.example";

fn now() -> Timestamp {
    Timestamp::parse_rfc3339("2026-11-25T10:00:00Z").unwrap()
}

fn rules() -> FallbackRules {
    FallbackRules::default()
}

/// With the synthetic cards too.
fn on(rules: FallbackRules) -> Fallback {
    danger::fallback_with_any_card(Fallback::on(rules))
}

fn open() -> Fallback {
    let mut fallback = on(rules());
    fallback.open("Dr Garde", "PSC en panne", now() + MINUTE * 60, now()).unwrap();
    fallback
}

/// The lists of a vector.
fn lists(case: &str) -> Vec<Crl> {
    let case = cases().into_iter().find(|(name, _)| name == case).unwrap().1;
    let lists = case["crls"].as_array().unwrap().iter();
    lists.map(|list| trust("synthetic").revocation_list(&bytes(list)).unwrap()).collect()
}

fn believed(fallback: &Fallback, lists: &[Crl], at: Timestamp) -> Result<TrustedCertificate, Error> {
    let policy = fallback.revocation_policy()?;
    trust("synthetic").verify(&certificate("cps-authentication.pem"), Purpose::Authentication, lists, &policy, at)
}

fn answer(challenge: &CardChallenge) -> Vec<u8> {
    sign("holder.key", &RSA_PKCS1_SHA256, &challenge.to_sign())
}

/// A whole sign-in, up to its keeping.
fn sign_in(fallback: &Fallback, found: DirectoryAnswer<'_>, at: Timestamp) -> Result<UnrecordedSignIn, Error> {
    let mut challenge = fallback.challenge(SERVICE, &mut Draws(0), at)?;
    let trusted = believed(fallback, &lists("ok-cps"), at)?;
    let signature = answer(&challenge);
    fallback.finish(&mut challenge, &trusted, (SignatureScheme::Pkcs1Sha256, &signature), found, at)
}

fn professional(id: &str, family: &str) -> Professional {
    let name = Name { family: family.into(), given: "Elodie".into(), civility: String::new() };
    Professional { id_nat: IdNat::parse(id).unwrap(), other_ids: vec![], name, practices: vec![] }
}

#[test]
fn it_is_off_until_it_is_allowed_and_closed_until_it_is_opened() {
    let mut off = Fallback::off();
    assert_eq!(code(off.open("Dr Garde", "panne", now() + MINUTE, now())), Code::FALLBACK_OFF);
    let seen = OutageSeen { since: now(), cause: Code::TIMED_OUT };
    assert_eq!(code(off.outage(seen, now() + MINUTE * 99)), Code::FALLBACK_OFF);
    assert_eq!(code(off.challenge(SERVICE, &mut Draws(0), now())), Code::FALLBACK_OFF);
    assert_eq!(code(off.revocation_policy()), Code::FALLBACK_OFF);
    let on = on(rules());
    assert_eq!(code(on.challenge(SERVICE, &mut Draws(0), now())), Code::FALLBACK_CLOSED);
    let fallback = open();
    assert_eq!(fallback.opening(now()).unwrap().until(), now() + MINUTE * 60);
    assert!(fallback.opening(now() + MINUTE * 60).is_none(), "it has an end");
    assert!(fallback.opening(now() - MINUTE).is_none(), "and a beginning");
    assert_eq!(code(fallback.challenge(SERVICE, &mut Draws(0), now() + MINUTE * 60)), Code::FALLBACK_CLOSED);
    let mut closed = open();
    closed.close();
    assert!(closed.opening(now()).is_none());
}

#[test]
fn an_administrator_says_who_they_are_why_and_until_when() {
    let mut fallback = on(rules());
    let longest = now() + Duration::from_secs(12 * 3600);
    for (name, reason, until, field) in [
        ("", "panne", now() + MINUTE, "administrator"),
        ("Dr Garde", "  ", now() + MINUTE, "reason"),
        ("Dr Garde", "pan\nne", now() + MINUTE, "reason"),
        ("Dr Garde", "panne", now(), "until"),
        ("Dr Garde", "panne", longest + Duration::from_millis(1), "until"),
    ] {
        let error = fallback.open(name, reason, until, now()).unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::FALLBACK_OPENING, Some(field)));
    }
    fallback.open("Dr Garde", "panne", longest, now()).unwrap();
    fallback.answered();
    assert!(fallback.opening(now()).is_some(), "an administrator's stays until they close it");
    assert!(!format!("{fallback:?}").contains("Garde"));
}

#[test]
fn an_outage_that_lasts_opens_it_once_and_an_answer_closes_it() {
    let mut fallback = on(rules());
    let seen = OutageSeen { since: now(), cause: Code::TIMED_OUT };
    assert!(!fallback.outage(seen, now() + MINUTE * 14).unwrap());
    assert!(fallback.outage(seen, now() + MINUTE * 15).unwrap());
    let opening = fallback.opening(now() + MINUTE * 15).unwrap();
    assert_eq!(opening.by(), &OpenedBy::Outage { since: now(), cause: Code::TIMED_OUT.number() });
    assert_eq!(opening.until(), now() + MINUTE * (15 + 12 * 60));
    fallback.answered();
    assert!(fallback.opening(now() + MINUTE * 16).is_none());
    assert!(fallback.outage(seen, now() + MINUTE * 17).unwrap());
    assert!(!fallback.outage(seen, now() + MINUTE * (17 + 12 * 60)).unwrap(), "not for ever by trying on");
    let by_hand = FallbackRules { opens_after: None, ..FallbackRules::default() };
    assert!(!on(by_hand).outage(seen, now() + MINUTE * 999).unwrap());
}

#[test]
fn a_sign_in_counts_once_it_is_kept_and_is_compared_at_the_next_one() {
    let store = Memory::new();
    let directory = professional("899700218896", "Specialiste");
    let found = DirectoryAnswer::Found { professional: &directory, active: Some(true) };
    let kept = block_on(sign_in(&open(), found, now() + MINUTE).unwrap().keep(&store)).unwrap();
    assert_eq!(kept.professional().rpps().unwrap().to_string(), "99700218896");
    assert_eq!((kept.at(), kept.ends()), (now() + MINUTE, now() + MINUTE * 60), "no longer than the opening");
    assert!(matches!(kept.revocation(), RevocationStatus::Good(_)));
    assert_eq!(kept.compared().unwrap().active, Some(true));
    assert_eq!(kept.certificate().card().unwrap().as_str(), "2800636234");
    assert!(matches!(kept.opening().by(), OpenedBy::Administrator { name, .. } if name == "Dr Garde"));
    let shown = format!("{kept:?}");
    assert!(!shown.contains("8997002") && !shown.contains("Garde"), "{shown}");
    // The same answer at another instance, whose challenge is a copy.
    let twice = sign_in(&open(), found, now() + MINUTE).unwrap();
    assert_eq!(code(block_on(twice.keep(&store))), Code::POSSESSION_REPLAYED);

    let stranger = professional("899700366240", "Autre");
    assert_eq!(block_on(reconcile(&store, &stranger, now() + MINUTE * 90)).unwrap(), []);
    let signed_in = professional("899700218896", "SPÉCIALISTE-MARTIN");
    let compared = block_on(reconcile(&store, &signed_in, now() + MINUTE * 90)).unwrap();
    let outcome = compared[0].reconciled.as_ref().unwrap();
    assert!(outcome.is_confirmed() && outcome.differences.is_empty() && compared.len() == 1, "{outcome:?}");
    assert_eq!(block_on(reconcile(&store, &signed_in, now() + MINUTE * 91)).unwrap(), [], "once");
    assert_eq!(block_on(store.local_sign_ins_open(now() + MINUTE * 999)).unwrap(), []);
}

#[test]
fn what_the_comparison_finds_is_kept_by_its_word() {
    let store = Memory::new();
    block_on(sign_in(&open(), DirectoryAnswer::NoDirectory, now()).unwrap().keep(&store)).unwrap();
    let record = block_on(store.local_sign_ins_open(now() + MINUTE)).unwrap().remove(0);
    let other = record.compare(&professional("899700366240", "Autre"), now());
    assert_eq!(other.differences, ["person", "family-name"]);
    assert!(!other.is_confirmed());
    let unknown = record.compare(&professional("30B0057881/CPET0002", "SPECIALISTE"), now());
    assert_eq!((unknown.differences.as_slice(), unknown.is_confirmed()), (&["person-unknown".to_owned()][..], false));
    let married = record.compare(&professional("899700218896", "MARTIN"), now());
    assert_eq!((married.differences.as_slice(), married.is_confirmed()), (&["family-name".to_owned()][..], true));
}

#[test]
fn the_directory_is_asked_when_there_is_one() {
    let field = |found| {
        let error = sign_in(&open(), found, now()).unwrap_err();
        (error.code(), error.facts().field)
    };
    let (same, other) = (professional("899700218896", "X"), professional("899700366240", "SPECIALISTE"));
    let of = |professional, active| DirectoryAnswer::Found { professional, active };
    assert_eq!(field(DirectoryAnswer::NotFound), (Code::FALLBACK_DIRECTORY, Some("not-found")));
    assert_eq!(field(of(&same, Some(false))).0, Code::CROSSCHECK_INACTIVE);
    assert_eq!(field(of(&other, Some(true))).0, Code::CROSSCHECK_PERSON);
    let nobody = professional("30B0057881/CPET0002", "SPECIALISTE");
    assert_eq!(field(of(&nobody, None)), (Code::FALLBACK_DIRECTORY, Some("not-found")));
    assert!(sign_in(&open(), DirectoryAnswer::NoDirectory, now()).is_ok());
    let strict = FallbackRules { directory_required: true, ..rules() };
    let mut fallback = on(strict);
    fallback.open("Dr Garde", "panne", now() + MINUTE, now()).unwrap();
    let error = sign_in(&fallback, DirectoryAnswer::NoDirectory, now()).unwrap_err();
    assert_eq!((error.code(), error.facts().field), (Code::FALLBACK_DIRECTORY, Some("missing")));
    // Another name is the application's to judge.
    let renamed = block_on(sign_in(&open(), of(&same, None), now()).unwrap().keep(&Memory::new())).unwrap();
    assert!(renamed.compared().unwrap().differs(DifferenceKind::FamilyName));
}

#[test]
fn a_card_of_other_authorities_or_of_unknown_revocation_does_not_sign_in() {
    let mut fallback = Fallback::on(FallbackRules::default());
    fallback.open("Dr Garde", "panne", now() + MINUTE, now()).unwrap();
    assert_eq!(code(sign_in(&fallback, DirectoryAnswer::NoDirectory, now())), Code::FALLBACK_REALM);

    // The list was signed at 06:00 for two days: past its end it counts until it is as old as the rules say.
    let later = |hours: u64| now() + Duration::from_secs(3600 * hours);
    let at = |hours: u64, rules: FallbackRules| {
        let mut fallback = on(rules);
        fallback.open("Dr Garde", "panne", later(hours) + MINUTE, later(hours)).unwrap();
        sign_in(&fallback, DirectoryAnswer::NoDirectory, later(hours))
    };
    assert!(at(6 * 24, rules()).is_ok());
    let error = at(7 * 24, rules()).unwrap_err();
    assert_eq!((error.code(), error.facts().field), (Code::REVOCATION_UNKNOWN, Some("old")));
    let lenient = FallbackRules { accept_unknown_revocation: true, ..rules() };
    let kept = block_on(at(7 * 24, lenient).unwrap().keep(&Memory::new())).unwrap();
    assert_eq!(kept.revocation(), RevocationStatus::Unknown, "and the record says so");

    let fallback = open();
    let mut challenge = fallback.challenge(SERVICE, &mut Draws(0), now()).unwrap();
    assert_eq!(code(believed(&fallback, &[], now())), Code::REVOCATION_UNKNOWN);
    assert_eq!(code(believed(&fallback, &lists("revoked"), now())), Code::CARD_CERTIFICATE_REVOKED);
    // Believed under a laxer policy than the rules have.
    let lax = sas_psc::card::RevocationPolicy { accept_unknown: true, ..Default::default() };
    let card = certificate("cps-authentication.pem");
    let trusted = trust("synthetic").verify(&card, Purpose::Authentication, &[], &lax, now()).unwrap();
    let signature = answer(&challenge);
    let answer = (SignatureScheme::Pkcs1Sha256, signature.as_slice());
    let error = fallback.finish(&mut challenge, &trusted, answer, DirectoryAnswer::NoDirectory, now()).unwrap_err();
    assert_eq!((error.code(), error.facts().field), (Code::REVOCATION_UNKNOWN, Some("missing")));
}

#[test]
fn a_challenge_for_something_else_and_a_wrong_answer_sign_nobody_in() {
    let fallback = open();
    let trusted = believed(&fallback, &lists("ok-cps"), now()).unwrap();
    let finish = |challenge: &mut CardChallenge, signature: &[u8]| {
        let answer = (SignatureScheme::Pkcs1Sha256, signature);
        fallback.finish(challenge, &trusted, answer, DirectoryAnswer::NoDirectory, now()).unwrap_err()
    };
    let mut other = CardChallenge::new("open-the-ward", SERVICE, &mut Draws(0), now()).unwrap();
    let signature = answer(&other);
    let error = finish(&mut other, &signature);
    assert_eq!((error.code(), error.facts().field), (Code::CHALLENGE_TEXT, Some("purpose")));
    let mut challenge = fallback.challenge(SERVICE, &mut Draws(0), now()).unwrap();
    assert_eq!(finish(&mut challenge, &signature).code(), Code::POSSESSION_SIGNATURE);
    // A card of a post signs nobody in.
    let post = cases().into_iter().find(|(name, _)| name == "ok-cde").unwrap().1;
    let post = sas_psc::card::CardCertificate::read(&bytes(&post["certificate"])).unwrap();
    let policy = fallback.revocation_policy().unwrap();
    let trusted = trust("synthetic").verify(&post, Purpose::Authentication, &lists("ok-cde"), &policy, now()).unwrap();
    let mut challenge = fallback.challenge(SERVICE, &mut Draws(0), now()).unwrap();
    let signature = answer(&challenge);
    let answer = (SignatureScheme::Pkcs1Sha256, signature.as_slice());
    let found = DirectoryAnswer::NoDirectory;
    assert_eq!(code(fallback.finish(&mut challenge, &trusted, answer, found, now())), Code::CARD_CERTIFICATE_HOLDER);
}

#[test]
fn an_opening_is_kept_for_the_other_instances_within_todays_rules() {
    let kept = open().to_stored().unwrap();
    let back = Fallback::resume(rules(), &kept).unwrap();
    assert_eq!(back.opening(now()), open().opening(now()));
    let shorter = Fallback::resume(FallbackRules { longest: MINUTE, ..rules() }, &kept).unwrap();
    assert!(shorter.opening(now()).is_some() && shorter.opening(now() + MINUTE).is_none());
    let closed = Fallback::resume(rules(), &on(rules()).to_stored().unwrap()).unwrap();
    assert!(closed.opening(now()).is_none());
    assert_eq!(code(Fallback::resume(rules(), b"[]")), Code::STORED_FORM_UNREADABLE);
}

#[test]
fn rules_are_set_by_name_and_what_was_kept_is_told_as_json() {
    let mut fallback = on(rules());
    for (name, value) in [
        ("list_max_age", 60),
        ("accept_unknown_revocation", 1),
        ("directory_required", 0),
        ("opens_after", 0),
        ("longest", 600),
        ("session", 60),
    ] {
        fallback.set(name, value).unwrap();
    }
    assert_eq!(code(fallback.set("anything", 1)), Code::FALLBACK_RULE);
    assert_eq!(code(Fallback::off().set("session", 1)), Code::FALLBACK_OFF);
    let seen = OutageSeen { since: now(), cause: Code::TIMED_OUT };
    assert!(!fallback.outage(seen, now() + MINUTE * 999).unwrap());
    assert_eq!(code(fallback.open("Dr Garde", "panne", now() + MINUTE * 11, now())), Code::FALLBACK_OPENING);
    fallback.open("Dr Garde", "panne", now() + MINUTE * 10, now()).unwrap();
    let kept = block_on(sign_in(&fallback, DirectoryAnswer::NoDirectory, now()).unwrap().keep(&Memory::new())).unwrap();
    assert_eq!((kept.ends(), kept.revocation()), (now() + MINUTE, RevocationStatus::Unknown));
    let record = serde_json::to_value(kept.record().described()).unwrap();
    assert_eq!((&record["id_nat"], &record["card"]), (&"899700218896".into(), &"2800636234".into()));
    assert_eq!((&record["at"], &record["confirmed"]), (&"2026-11-25T10:00:00Z".into(), &serde_json::Value::Null));
    assert_eq!((&record["opening"]["by"], &record["opening"]["name"]), (&"administrator".into(), &"Dr Garde".into()));
    assert_eq!(record["id"].as_str().unwrap().len(), 64);
    let mut other = on(FallbackRules::default());
    other.outage(seen, now() + MINUTE * 20).unwrap();
    let opening = serde_json::to_value(other.opening(now() + MINUTE * 20).unwrap().described()).unwrap();
    assert_eq!((&opening["by"], &opening["cause"]), (&"outage".into(), &"timed-out".into()));
}
