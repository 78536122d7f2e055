//! Records and leaves against the vectors that a second implementation wrote, and against every flipped bit.

use super::answer::tests::{SHOWN_AT, me, presented};
use super::*;
use crate::base::{self, Counter, Random, ServerKey, Timestamp};
use crate::error::{Code, Result};
use serde_json::Value;
use std::time::Duration;

/// Gives these bytes, then nothing.
struct Given(Vec<u8>);

impl Random for Given {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        if self.0.len() < bytes.len() {
            return Err(Code::NO_RANDOMNESS.into());
        }
        let rest = self.0.split_off(bytes.len());
        bytes.copy_from_slice(&self.0);
        self.0 = rest;
        Ok(())
    }
}

fn vectors() -> Vec<(String, Value)> {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/consent");
    let files = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|e| e == "json"));
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
        })
        .collect()
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
}

fn key() -> ServerKey {
    ServerKey::new(&[42; 32]).unwrap()
}

fn signed_in() -> SignedIn {
    SignedIn {
        acr: "eidas1".into(),
        amr: vec![],
        auth_time: SHOWN_AT - Duration::from_secs(300),
        id_token_sha256: Sha256(base::sha256(b"the token")),
        client: "sas-client".into(),
    }
}

fn keeping() -> Keeping {
    Keeping {
        controller: "Plateforme exemple, dpo@exemple.fr".into(),
        exit: "Fermer le compte : page « Mon compte »".into(),
        retention_until: None,
    }
}

const ACCEPTED_AFTER: Duration = Duration::from_secs(120);

fn ids() -> Given {
    Given((0..10).collect())
}

fn statement() -> Statement {
    let sentence = "Je déclare sur l'honneur mettre en visibilité à minima 2 heures de disponibilité par semaine";
    Statement::new("sas-two-hours", "1", "fr", Timestamp::from_unix(0), sentence).unwrap().sworn()
}

/// The person swears what they had not answered before.
fn sworn(statement: &Statement) -> Declaration<'_> {
    static ME: std::sync::LazyLock<crate::person::Binding> = std::sync::LazyLock::new(me);
    Declaration {
        statement,
        about: &ME,
        by: &Writer::Person,
        before: None,
        after: Some(true),
        ui_build: Sha256([0xb1; 32]),
        presented_at: Some(SHOWN_AT),
        at: SHOWN_AT + ACCEPTED_AFTER,
    }
}

fn evidence(kind: EvidenceKind, bytes: &str) -> Evidence {
    Evidence::new(kind, bytes).unwrap()
}

/// Somebody else takes the oath back, which needs no oath.
fn taken_back(by: fn(crate::person::Binding) -> Writer) -> Record {
    let (key, keeping, statement) = (key(), keeping(), statement());
    let other = crate::person::Binding::new("https://psc.example", "f:1:899700245667", "attempt-2");
    let declaration = Declaration {
        by: &by(other),
        before: Some(true),
        after: Some(false),
        at: SHOWN_AT + ACCEPTED_AFTER + Duration::from_secs(60),
        ..sworn(&statement)
    };
    let previous = record(Kind::Declaration, Event::Accepted).id();
    let recorder = Recorder { key: &key, keeping: &keeping };
    recorder.declared(&declaration, signed_in(), Some(previous), &mut Given(vec![0; 10])).unwrap()
}

pub(in crate::consent) fn record(kind: Kind, event: Event) -> Record {
    let (terms, shown) = presented();
    let (form, now, key, keeping) = (terms.hash().to_string(), SHOWN_AT + ACCEPTED_AFTER, key(), keeping());
    let recorder = Recorder { key: &key, keeping: &keeping };
    match (kind, event) {
        (Kind::Terms, Event::Accepted) => {
            let answer = shown.accept(true, &form, &terms, &me(), now).unwrap();
            recorder.accepted(&answer, signed_in(), None, &mut ids())
        }
        (Kind::Terms, _) => {
            let answer = shown.refuse(&form, &terms, &me(), now).unwrap();
            recorder.refused(&answer, signed_in(), None, &mut ids())
        }
        (Kind::Declaration, _) => recorder.declared(&sworn(&statement()), signed_in(), None, &mut ids()),
        (Kind::Consent, _) => {
            let given = event == Event::Accepted;
            let answer = shown.consent("annuaire public", given, &form, &terms, &me(), now).unwrap();
            recorder.consent(&answer, signed_in(), None, &mut ids())
        }
        (Kind::Account, _) => {
            let fact = AccountFact::new(AccountEvent::Linked, recorder.account_hash("1742"));
            let me = me();
            let party = AccountParty { issuer: &me.issuer, subject: &me.subject, signed_in: Some(signed_in()) };
            recorder.account(fact.by("psc-sign-in").by("password"), party, "button", None, &mut ids(), now)
        }
    }
    .unwrap()
}

fn purged() -> Record {
    let (key, keeping) = (key(), keeping());
    let recorder = Recorder { key: &key, keeping: &keeping };
    let mut fact = AccountFact::new(AccountEvent::Purged, recorder.account_hash("visits")).with(Sha256([9; 32]));
    fact.count = Some(120);
    let party = AccountParty { issuer: "https://psc.example", subject: "f:1:899700218896", signed_in: None };
    recorder.account(fact, party, "system", None, &mut ids(), SHOWN_AT + ACCEPTED_AFTER).unwrap()
}

pub(in crate::consent) fn every_kind() -> Vec<(&'static str, Record)> {
    let (accepted, given) = (record(Kind::Terms, Event::Accepted), record(Kind::Consent, Event::Accepted));
    let later = SHOWN_AT + ACCEPTED_AFTER + Duration::from_secs(60);
    vec![
        ("terms-superseded", accepted.superseded(&mut Given(vec![0; 10]), later).unwrap()),
        ("consent-withdrawn", given.withdrawn(signed_in(), &mut Given(vec![0; 10]), later).unwrap()),
        (
            "terms-accepted-with-evidence",
            accepted
                .clone()
                .with_evidence(&[
                    evidence(EvidenceKind::SignIn, "the token and the key"),
                    evidence(EvidenceKind::CardSignature, "the signature"),
                ])
                .unwrap(),
        ),
        ("declaration-sworn", record(Kind::Declaration, Event::Accepted)),
        ("declaration-taken-back-by-a-delegate", taken_back(Writer::Delegate)),
        ("declaration-taken-back-by-a-cpts-manager", taken_back(Writer::CptsManager)),
        ("terms-accepted", accepted),
        ("consent-given", given),
        ("terms-refused", record(Kind::Terms, Event::Refused)),
        ("consent-withheld", record(Kind::Consent, Event::Refused)),
        ("account-linked", record(Kind::Account, Event::Happened)),
        ("account-purged", purged()),
    ]
}

#[test]
fn what_the_library_writes_is_what_the_second_implementation_wrote() {
    let vectors = vectors();
    let logged = SHOWN_AT + ACCEPTED_AFTER + Duration::from_secs(60);
    for (name, record) in every_kind() {
        let (_, vector) = vectors.iter().find(|(found, _)| found == name).unwrap();
        assert_eq!(record.as_bytes(), hex(&vector["record"]), "{name}");
        let leaf = Leaf::new(&record, &mut Given(hex(&vector["salt"])), logged).unwrap();
        assert_eq!(leaf.entry(), hex(&vector["entry"]), "{name}");
        assert_eq!(leaf.hash().to_string(), vector["leaf"].as_str().unwrap(), "{name}");
        assert_eq!(leaf.salt().as_slice(), hex(&vector["salt"]), "{name}");
    }
}

#[test]
fn every_vector_reads_as_it_says() {
    let (mut good, mut bad) = (0, 0);
    for (name, vector) in vectors() {
        let bytes = hex(&vector["record"]);
        match (Record::parse(&bytes), vector["code"].as_str()) {
            (Ok(record), None) => {
                assert_eq!(record.as_bytes(), bytes, "{name}");
                let salt = hex(&vector["salt"]).try_into().unwrap();
                assert!(Leaf::opens(&hex(&vector["entry"]), &salt, &bytes).unwrap(), "{name}");
                good += 1;
            }
            (Err(error), Some(code)) => {
                assert_eq!(error.code().name(), code, "{name}");
                bad += 1;
            }
            (result, expected) => panic!("{name}: {result:?}, not {expected:?}"),
        }
    }
    assert!(good >= 7 && bad >= 25, "{good} good, {bad} bad");
}

#[test]
fn the_fields_come_back() {
    let (_, vector) = vectors().into_iter().find(|(name, _)| name == "terms-accepted-every-field").unwrap();
    let record = Record::parse(&hex(&vector["record"])).unwrap();
    let fields = record.fields();
    assert_eq!((fields.kind, fields.event, fields.id), (Kind::Terms, Event::Accepted, record.id()));
    assert_eq!(fields.id.to_string(), "01a20751-a180-7001-8203-040506070809");
    assert!(fields.previous.is_some());
    assert_eq!((&*fields.slug, &*fields.version, &*fields.lang), ("cgu-sas", "1", "fr"));
    assert_eq!(fields.url.as_deref(), Some("https://exemple.fr/cgu"));
    assert_eq!(fields.documents, presented().0.shown());
    assert_eq!(fields.terms_hash, presented().0.hash());
    assert_eq!(fields.purpose, None);
    assert_eq!((fields.presented_at, fields.at), (Some(SHOWN_AT), SHOWN_AT + ACCEPTED_AFTER));
    assert_eq!((fields.method.as_str(), fields.ui_build), ("checkbox+button", Some(Sha256([0xb1; 32]))));
    assert_eq!(fields.principal, principal(&key(), "https://psc.example", "f:1:899700218896"));
    let expected = SignedIn { amr: vec!["sc".into(), "pin".into()], ..signed_in() };
    assert_eq!(fields.signed_in, Some(expected));
    let until = Timestamp::from_unix_millis(2 * SHOWN_AT.unix_millis());
    assert_eq!(fields.keeping, Keeping { retention_until: Some(until), ..keeping() });
}

#[test]
fn no_byte_can_be_changed_unseen() {
    let record = record(Kind::Terms, Event::Accepted);
    let leaf = Leaf::new(&record, &mut Counter(1), SHOWN_AT).unwrap();
    let (bytes, entry) = (record.as_bytes().to_vec(), leaf.entry().to_vec());
    assert!(Leaf::opens(&entry, leaf.salt(), &bytes).unwrap());
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(!Leaf::opens(&entry, leaf.salt(), &changed).unwrap(), "byte {at} of the record");
            // What still reads as a record reads as another one.
            assert!(Record::parse(&changed).map_or(true, |other| other != record), "byte {at} of the record");
        }
    }
    for at in 0..entry.len() {
        let mut changed = entry.clone();
        changed[at] ^= 1;
        assert!(!Leaf::opens(&changed, leaf.salt(), &bytes).unwrap_or(false), "byte {at} of the entry");
    }
    for at in 0..32 {
        let mut salt = *leaf.salt();
        salt[at] ^= 1;
        assert!(!Leaf::opens(&entry, &salt, &bytes).unwrap(), "byte {at} of the salt");
    }
}

#[test]
fn an_oath_is_the_persons_alone_and_every_answer_is_kept() {
    let (key, keeping, statement) = (key(), keeping(), statement());
    let recorder = Recorder { key: &key, keeping: &keeping };
    let declared = |declaration: &Declaration<'_>| recorder.declared(declaration, signed_in(), None, &mut Counter(1));
    for by in [Writer::Delegate(me()), Writer::Administrator(me()), Writer::CptsManager(me())] {
        let error = declared(&Declaration { by: &by, ..sworn(&statement) }).unwrap_err();
        assert_eq!(error.code(), Code::DECLARATION_BY_ANOTHER, "{by:?}");
        for (before, after, event) in [
            (Some(true), None, Event::Withdrawn),
            (None, Some(false), Event::Refused),
            (Some(false), None, Event::Refused),
        ] {
            let record = declared(&Declaration { by: &by, before, after, ..sworn(&statement) }).unwrap();
            let kept = record.fields().declared.as_ref().unwrap();
            assert_eq!((record.fields().event, kept.before, kept.after), (event, before, after));
            assert_eq!(kept.sentence, statement.sentence());
        }
    }
    let same = declared(&Declaration { before: Some(true), ..sworn(&statement) }).unwrap_err();
    assert_eq!((same.code(), same.facts().field), (Code::RECORD_FIELD, Some("after")));
    // What is no oath, such as the refusal to be shown, a delegate may answer.
    let plain = Statement::new("sas-display-refused", "1", "fr", SHOWN_AT, "Je refuse").unwrap();
    let by = Writer::Delegate(me());
    let record = declared(&Declaration { by: &by, ..sworn(&plain) }).unwrap();
    assert_eq!(record.fields().event, Event::Accepted);
    let shown = serde_json::to_value(record.fields().readable()).unwrap();
    assert_eq!(shown["declared"]["by"], "delegate");
    assert_eq!(record.superseded(&mut Counter(1), SHOWN_AT).unwrap_err().code(), Code::RECORD_FIELD);
    for bad in ["", &"x".repeat(1025)] {
        let error = Statement::new("a", "1", "fr", SHOWN_AT, bad).unwrap_err();
        assert_eq!(error.code(), Code::TERMS_INVALID);
    }
}

#[test]
fn a_record_commits_to_its_evidence() {
    let (piece, other) = (evidence(EvidenceKind::SignIn, "a"), evidence(EvidenceKind::SignIn, "b"));
    let without = record(Kind::Terms, Event::Accepted);
    assert_eq!((without.fields().evidence_names(), without.fields().evidence.len()), ("none".to_owned(), 0));
    assert_eq!(piece.belongs_to(&without).unwrap_err().code(), Code::EVIDENCE_NONE);
    let with = without.clone().with_evidence(std::slice::from_ref(&piece)).unwrap();
    assert_eq!((with.id(), with.fields().evidence_names()), (without.id(), "sign-in".to_owned()));
    piece.belongs_to(&with).unwrap();
    assert_eq!(other.belongs_to(&with).unwrap_err().code(), Code::EVIDENCE_OTHER_RECORD);
    let twice = without.with_evidence(&[piece, other]).unwrap_err();
    assert_eq!((twice.code(), twice.facts().field), (Code::RECORD_FIELD, Some("evidence")));
}

#[test]
fn a_record_cut_anywhere_is_refused() {
    let bytes = record(Kind::Consent, Event::Accepted).as_bytes().to_vec();
    for length in 0..bytes.len() {
        assert!(Record::parse(&bytes[..length]).is_err(), "{length} bytes");
    }
}

proptest::proptest! {
    /// Nothing panics, and what is read is written back the same.
    #[test]
    fn any_bytes_are_a_record_in_its_one_form_or_none(
        at in 0usize..600, splice in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..40), cut in 0usize..40,
    ) {
        let mut bytes = record(Kind::Terms, Event::Accepted).as_bytes().to_vec();
        let at = at.min(bytes.len());
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, splice);
        if let Ok(record) = Record::parse(&bytes) {
            proptest::prop_assert_eq!(record.as_bytes(), bytes);
        }
    }
}

#[test]
fn an_entry_of_another_form_is_refused() {
    let leaf = Leaf::new(&record(Kind::Terms, Event::Accepted), &mut Counter(1), SHOWN_AT).unwrap();
    assert_eq!(Leaf::logged_at(leaf.entry()).unwrap(), SHOWN_AT);
    let code = |entry: &[u8]| Leaf::logged_at(entry).unwrap_err().code();
    assert_eq!(code(b""), Code::RECORD_UNREADABLE);
    assert_eq!(code(&leaf.entry()[..40]), Code::RECORD_UNREADABLE);
    assert_eq!(code(&[leaf.entry(), b"x"].concat()), Code::RECORD_UNREADABLE);
    assert_eq!(code(&[&[0], &leaf.entry()[1..]].concat()), Code::RECORD_UNREADABLE);
    assert_eq!(code(&[&[2], &leaf.entry()[1..]].concat()), Code::RECORD_NEWER);
}

#[test]
fn two_leaves_of_one_record_have_nothing_in_common() {
    let record = record(Kind::Terms, Event::Accepted);
    let mut random = Counter(1);
    let [one, two] = [(); 2].map(|()| Leaf::new(&record, &mut random, SHOWN_AT).unwrap());
    assert_ne!(one.entry()[9..], two.entry()[9..]);
    assert!(!Leaf::opens(one.entry(), two.salt(), record.as_bytes()).unwrap());
}

#[test]
fn a_field_that_has_no_place_in_a_record_is_named() {
    let (terms, shown) = presented();
    let answer = shown.accept(true, &terms.hash().to_string(), &terms, &me(), SHOWN_AT).unwrap();
    let field = |signed_in: SignedIn, keeping: Keeping| {
        let recorder = Recorder { key: &key(), keeping: &keeping };
        let error = recorder.accepted(&answer, signed_in, None, &mut Counter(1)).unwrap_err();
        assert_eq!(error.code(), Code::RECORD_FIELD);
        error.facts().field.unwrap()
    };
    assert_eq!(field(SignedIn { acr: String::new(), ..signed_in() }, keeping()), "acr");
    assert_eq!(field(SignedIn { client: "x".repeat(1025), ..signed_in() }, keeping()), "client");
    assert_eq!(field(SignedIn { amr: vec![String::new()], ..signed_in() }, keeping()), "amr");
    assert_eq!(field(SignedIn { amr: vec!["x".into(); 17], ..signed_in() }, keeping()), "amr");
    assert_eq!(field(signed_in(), Keeping { controller: String::new(), ..keeping() }), "controller");
    assert_eq!(field(signed_in(), Keeping { exit: String::new(), ..keeping() }), "exit");
}

#[test]
fn neither_a_record_nor_its_debug_names_the_person_or_holds_the_token() {
    let record = record(Kind::Terms, Event::Accepted);
    let shown = format!("{record:?} {:?}", record.fields());
    let bytes = String::from_utf8_lossy(record.as_bytes()).into_owned();
    for secret in ["899700218896", "the token", "attempt-1"] {
        assert!(!shown.contains(secret) && !bytes.contains(secret), "{secret}");
    }
}
