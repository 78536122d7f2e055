//! The evidence behind a record: the cases of `vectors/consent-evidence`, which Rust, C and Python judge (`UPDATE=1` writes
//! them again, the same), and a log that keeps it sealed until the person is forgotten.

use crate::support::{Draws, NOW, init, world};
use sas_psc::Code;
use sas_psc::base::{Clock, ServerKey, Timestamp, sha256};
use sas_psc::consent::{
    Change, Document, Event, Evidence, EvidenceKind, Keeping, Opening, Presented, Record, Recorder, Sha256, SignedIn,
    TermsVersion,
};
use sas_psc::onboarding::{signed_in_of, verify_evidence};
use sas_psc::person::Binding;
use sas_psc::psc::{Jwks, SignInEvidence};
use sas_psc::store::{LogAnswer, LogFolder, LogPerson, LogWorld};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/consent-evidence"))
}

/// The evidence of the sign-in of `vectors/id-token/ok.json`.
fn evidence() -> SignInEvidence {
    let vector: Value = serde_json::from_slice(include_bytes!("../../../vectors/id-token/ok.json")).unwrap();
    let keys = Jwks::parse(vector["jwks"].to_string().as_bytes()).unwrap();
    let option = |name: &str| vector["options"][name].as_str().unwrap();
    let now = Timestamp::from_unix(vector["options"]["now"].as_i64().unwrap());
    let (issuer, uri) = (option("issuer"), format!("{}/protocol/openid-connect/certs", option("issuer")));
    SignInEvidence::new(vector["token"].as_str().unwrap(), &keys, Some(&uri), issuer, option("client_id"), now).unwrap()
}

/// An hour after the sign-in.
struct Later;

impl Clock for Later {
    fn now(&self) -> Timestamp {
        evidence().verified_at() + Duration::from_secs(3600)
    }
}

fn later() -> LogWorld {
    LogWorld::new(Later, Draws::of_this_process())
}

fn terms() -> TermsVersion {
    let cgu = Document::new("CGU", "text/plain; charset=utf-8", "Article 1");
    TermsVersion::new("cgu", "1", "fr", Timestamp::from_unix(0), Change::Material, vec![cgu]).unwrap()
}

/// An acceptance, so long after the sign-in, by this sign-in, committed to this evidence.
fn record(after: i64, signed_in: Option<SignedIn>, file: Option<&str>) -> Record {
    let (terms, proof) = (terms(), evidence());
    let at = Timestamp::from_unix(proof.verified_at().unix() + after);
    let person = Binding::new(proof.issuer(), proof.subject(), "tab");
    let shown = Presented::new(&terms, person.clone(), Sha256([1; 32]), at);
    let answer = shown.accept(true, &terms.hash().to_string(), &terms, &person, at).unwrap();
    let keeping = Keeping { controller: "Plateforme".into(), exit: "Mon compte".into(), retention_until: None };
    let recorder = Recorder { key: &ServerKey::new(&[7; 32]).unwrap(), keeping: &keeping };
    let record = recorder.accepted(&answer, signed_in, None, &mut Draws(1)).unwrap();
    let piece = file.map(|file| Evidence::new(EvidenceKind::SignIn, file).unwrap());
    record.with_evidence(piece.as_slice()).unwrap()
}

fn cases() -> Vec<(&'static str, Value)> {
    let (good, said) = (evidence(), signed_in_of(&evidence()));
    let text = good.as_str();
    let whole: Value = serde_json::from_str(text).unwrap();
    let (token, modulus) = (whole["id_token"].as_str().unwrap(), whole["jwk"]["n"].as_str().unwrap());
    let (head, tail) = token.split_at(token.len() - 40);
    let (turned, end) = tail.split_at(20);
    let forged_token = text.replace(token, &format!("{head}{}{end}", turned.chars().rev().collect::<String>()));
    let forged_key = text.replace(&modulus[4..24], &modulus[4..24].chars().rev().collect::<String>());
    let made_later =
        text.replace(&good.verified_at().to_string(), &(good.verified_at() + Duration::from_secs(9)).to_string());
    let expired = text.replace(&good.verified_at().to_string(), "2031-01-01T00:00:00Z");
    // A case is of a record that commits to the file, except where it says so: what is tried is the file itself.
    let case = |about: &str, expect: Option<Code>, record: &Record, file: &str| {
        let (source, opening) = ("sas-psc/tests/log/evidence.rs", Opening::new(record.clone(), &[5; 32]));
        let expect = expect.map(Code::name);
        json!({ "source": source, "about": about, "expect": expect, "opening": opening.to_json().unwrap(), "evidence": file })
    };
    let of = |file: &str| record(120, Some(said.clone()), Some(file));
    let by = |signed_in: SignedIn| record(120, Some(signed_in), Some(text));
    let some = Some;
    let day = good.verified_at().to_string();
    let changed = |name, about: &str, code, from: &str, to: &str| {
        let file = text.replacen(from, to, 1);
        assert_ne!(file, text, "{name}");
        (name, case(about, some(code), &of(&file), &file))
    };
    vec![
        ("sign-in", case("judged years after the token expired", None, &of(text), text)),
        (
            "none",
            case(
                "the record rests on no evidence",
                some(Code::EVIDENCE_NONE),
                &record(120, Some(said.clone()), None),
                text,
            ),
        ),
        ("other-record", case("evidence of another hash", some(Code::EVIDENCE_OTHER_RECORD), &of(&made_later), text)),
        (
            "token-turned",
            case("the signature changed", some(Code::ID_TOKEN_SIGNATURE), &of(&forged_token), &forged_token),
        ),
        ("key-turned", case("another key", some(Code::ID_TOKEN_SIGNATURE), &of(&forged_key), &forged_key)),
        ("expired-then", case("verified after its end", some(Code::ID_TOKEN_EXPIRED), &of(&expired), &expired)),
        (
            "other-service",
            case(
                "a token for another service",
                some(Code::ID_TOKEN_AUDIENCE),
                &of(&text.replace("\"client_id\": \"sas-psc-test\"", "\"client_id\": \"other\"")),
                &text.replace("\"client_id\": \"sas-psc-test\"", "\"client_id\": \"other\""),
            ),
        ),
        (
            "another-layout",
            case("a line more", some(Code::EVIDENCE_UNREADABLE), &of(&format!("{text}\n")), &format!("{text}\n")),
        ),
        changed(
            "other-issuer",
            "a token of another provider",
            Code::ID_TOKEN_ISSUER,
            "/esante-wallet\",\n  \"client",
            "/other\",\n  \"client",
        ),
        changed("key-of-another-name", "the token names another key", Code::ID_TOKEN_KEY, "test-main", "test-mine"),
        changed("key-weak", "a key that nobody should trust", Code::KEYS_UNUSABLE, "\"e\": \"AQAB\"", "\"e\": \"AQ\""),
        changed(
            "made-before",
            "verified before it was made",
            Code::ID_TOKEN_NOT_YET_VALID,
            &day,
            "2020-01-01T00:00:00Z",
        ),
        changed("time-unreadable", "no time", Code::EVIDENCE_UNREADABLE, &day, "lundi"),
        changed("of-a-later-form", "a later form", Code::EVIDENCE_UNREADABLE, "evidence v1", "evidence v2"),
        changed(
            "member-more",
            "a member more",
            Code::EVIDENCE_UNREADABLE,
            "\"client_id\"",
            "\"more\": 1,\n  \"client_id\"",
        ),
        changed("no-token", "no token in it", Code::ID_TOKEN_MALFORMED, token, "jeton"),
        ("no-json", case("no evidence at all", some(Code::EVIDENCE_UNREADABLE), &of("jeton"), "jeton")),
        (
            "sign-in-of-another-token",
            case(
                "the record names another token",
                some(Code::EVIDENCE_OTHER_SIGN_IN),
                &by(SignedIn { id_token_sha256: Sha256(sha256(b"another")), ..said.clone() }),
                text,
            ),
        ),
        (
            "sign-in-of-another-level",
            case(
                "the record claims a higher level",
                some(Code::EVIDENCE_OTHER_SIGN_IN),
                &by(SignedIn { acr: "eidas3".into(), ..said.clone() }),
                text,
            ),
        ),
        (
            "sign-in-at-another-time",
            case(
                "the record claims a fresher sign-in",
                some(Code::EVIDENCE_OTHER_SIGN_IN),
                &by(SignedIn { auth_time: said.auth_time + Duration::from_secs(1), ..said.clone() }),
                text,
            ),
        ),
        (
            "sign-in-at-another-service",
            case(
                "the record names another service",
                some(Code::EVIDENCE_OTHER_SIGN_IN),
                &by(SignedIn { client: "other".into(), ..said.clone() }),
                text,
            ),
        ),
        (
            "sign-in-after-the-answer",
            case(
                "the answer was given before the sign-in",
                some(Code::EVIDENCE_OTHER_SIGN_IN),
                &record(-61, Some(said.clone()), Some(text)),
                text,
            ),
        ),
        (
            "no-sign-in-said",
            case(
                "the record says no sign-in",
                some(Code::EVIDENCE_OTHER_SIGN_IN),
                &record(120, None, Some(text)),
                text,
            ),
        ),
    ]
}

#[test]
fn the_files_are_those_of_the_cases() {
    for (name, case) in cases() {
        let (path, text) = (folder().join(format!("{name}.json")), serde_json::to_string_pretty(&case).unwrap() + "\n");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        assert!(std::fs::read_to_string(&path).unwrap() == text, "{name}");
    }
}

#[test]
fn every_case_is_judged_as_it_says() {
    let (mut good, mut bad) = (0, 0);
    for file in std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()) {
        let case: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let text = |name: &str| case[name].as_str().unwrap();
        let opening = Opening::parse(text("opening").as_bytes()).unwrap();
        match (verify_evidence(opening.record(), text("evidence").as_bytes()), case["expect"].as_str()) {
            (Ok(proven), None) => {
                assert_eq!(proven.token().id_nat().unwrap().as_str(), "899700000013");
                good += 1;
            }
            (Err(error), Some(code)) => {
                assert_eq!(error.code().name(), code, "{}", file.display());
                bad += 1;
            }
            (found, expect) => panic!("{}: {found:?}, not {expect:?}", file.display()),
        }
    }
    assert!(good >= 1 && bad >= 14, "{good} good, {bad} bad");
}

fn everything_in(path: &Path) -> Vec<u8> {
    let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { everything_in(&path) } else { std::fs::read(path).unwrap() }).collect()
}

fn holds(path: &Path, what: &str) -> bool {
    let (bytes, what) = (everything_in(path), what.as_bytes());
    bytes.windows(what.len()).any(|part| part == what)
}

#[test]
fn a_log_keeps_evidence_sealed_and_forgets_it_with_the_person() {
    let place = tempfile::tempdir().unwrap();
    let folder = init(&place.path().join("j"));
    let log = folder.open(later()).unwrap();
    let (terms, proof) = (terms(), evidence());
    log.add_terms(&terms).unwrap();
    // The program names the person by number; issuer, level and times come from the evidence.
    let mut answer = LogAnswer::new(Event::Accepted, terms.hash(), LogPerson::parse("899700000013").unwrap());
    (answer.at, answer.evidence) = (Some(proof.verified_at()), Some(proof.clone()));
    let recorded = log.record(&answer).unwrap();
    let kept = folder.evidence(recorded.record_id, EvidenceKind::SignIn).unwrap().unwrap();
    assert_eq!(kept.as_bytes(), proof.as_str().as_bytes());
    assert!(folder.evidence(recorded.record_id, EvidenceKind::CardSignature).unwrap().is_none());
    let record = folder.record(recorded.record_id).unwrap().unwrap().record;
    assert_eq!(record.fields().evidence_names(), "sign-in");
    assert_eq!(record.fields().signed_in.as_ref().unwrap(), &signed_in_of(&proof));
    verify_evidence(&record, kept.as_bytes()).unwrap();
    // The same record again, as by who has not heard the answer: the same place, the same evidence.
    assert_eq!(
        log.append_with_evidence(&record, std::slice::from_ref(&kept)).unwrap().leaf_index,
        recorded.place.leaf_index
    );
    let other = Evidence::new(EvidenceKind::SignIn, "something else").unwrap();
    assert_eq!(log.append_with_evidence(&record, &[other]).unwrap_err().code(), Code::EVIDENCE_OTHER_RECORD);
    log.publish().unwrap();
    let (receipt, opening) = folder.receipt(recorded.record_id).unwrap();
    assert!(opening.verify(&receipt, &folder.keys().unwrap()).is_ok());

    let token = serde_json::from_str::<Value>(proof.as_str()).unwrap()["id_token"].as_str().unwrap().to_owned();
    assert!(!holds(place.path(), &token[200..260]), "nothing of the token lies open in the folder");
    let principal = folder.principal(&LogPerson::parse("899700000013").unwrap()).unwrap();
    assert_eq!(log.forget(&principal).unwrap(), 1);
    let gone = folder.evidence(recorded.record_id, EvidenceKind::SignIn).unwrap_err();
    assert_eq!(gone.code(), Code::RECORD_UNKNOWN);
    log.close().unwrap();
    assert!(
        folder.verify(&std::fs::read_to_string(place.path().join("j/key.vkey")).unwrap(), None).unwrap().is_valid()
    );
}

#[test]
fn evidence_of_another_person_or_sign_in_records_nothing() {
    let place = tempfile::tempdir().unwrap();
    let log = init(place.path()).open(later()).unwrap();
    let (terms, proof) = (terms(), evidence());
    log.add_terms(&terms).unwrap();
    let said = |level: &str, issuer: &str| {
        let hash = Sha256(proof.id_token_sha256());
        json!({ "issuer": issuer, "subject": proof.subject(), "acr": level, "auth_time": proof.auth_time().unix(),
                "client": proof.client_id(), "id_token_sha256": hash })
        .to_string()
    };
    let answer = |person: &str, at: Timestamp| {
        let mut answer = LogAnswer::new(Event::Accepted, terms.hash(), LogPerson::parse(person).unwrap());
        (answer.at, answer.evidence) = (Some(at), Some(proof.clone()));
        log.record(&answer)
    };
    let at = proof.verified_at();
    for (person, at) in [
        ("899700245667", at),
        (&said("eidas3", proof.issuer()), at),
        (&said("eidas1", "https://elsewhere.example"), at),
        (&said("eidas1", proof.issuer()), Timestamp::from_unix(at.unix() - 61)),
    ] {
        assert_eq!(answer(person, at).unwrap_err().code(), Code::EVIDENCE_OTHER_SIGN_IN, "{person}");
    }
    assert_eq!(log.head().checkpoint().size, 0);
    answer(&said("eidas1", proof.issuer()), at).unwrap();
}

/// A log that was made before evidence was kept: read as it is, appended to after its tables grew.
#[test]
fn a_log_of_version_1_is_read_and_grows() {
    let place = tempfile::tempdir().unwrap();
    let folder = init(place.path());
    let log = folder.open(world()).unwrap();
    let id = crate::support::record(1).id();
    log.append(&crate::support::record(1)).unwrap();
    log.close().unwrap();
    let db = rusqlite::Connection::open(place.path().join("private.sqlite")).unwrap();
    db.execute_batch(
        "DROP TABLE evidence; DROP TABLE person; ALTER TABLE head DROP COLUMN indexed;
         CREATE INDEX log_principal ON log (principal) WHERE principal IS NOT NULL; PRAGMA user_version = 1",
    )
    .unwrap();
    drop(db);
    let old = LogFolder::new(place.path());
    assert!(old.record(id).unwrap().is_some() && old.evidence(id, EvidenceKind::SignIn).unwrap().is_none());
    old.receipt(id).unwrap();
    let log = old.open(world()).unwrap();
    let piece = Evidence::new(EvidenceKind::SignIn, evidence().as_str()).unwrap();
    let record = crate::support::record(2).with_evidence(std::slice::from_ref(&piece)).unwrap();
    assert!(record.fields().at <= NOW);
    log.append_with_evidence(&record, &[piece]).unwrap();
    assert!(old.evidence(record.id(), EvidenceKind::SignIn).unwrap().is_some());
}
