//! The online directory: the vectors of `vectors/fhir/`, and both drivers against a server that fails in every way.

mod faults;
mod server;

use sas_psc::base::{Exchange, Next, Random, Response, Timestamp};
use sas_psc::directory::fhir::{Person, Server};
use sas_psc::id::IdNat;
use sas_psc::{Code, Result};
use serde_json::Value;
use std::path::PathBuf;

const BASE: &str = "https://directory.example/fhir/v2/";

struct Sevens;

impl Random for Sevens {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        bytes.fill(7);
        Ok(())
    }
}

/// Every vector, with its name.
fn vectors() -> Vec<(String, Value)> {
    let room = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/fhir"));
    let mut files: Vec<PathBuf> = std::fs::read_dir(room).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let read = |file: &PathBuf| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    files.iter().map(|file| (file.file_stem().unwrap().to_string_lossy().into_owned(), read(file))).collect()
}

fn ids(vector: &Value) -> Vec<IdNat> {
    vector["ids"].as_array().unwrap().iter().map(|id| IdNat::parse(id.as_str().unwrap()).unwrap()).collect()
}

/// Status, headers and body of an answer.
fn parts(answer: &Value) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let headers = answer["headers"].as_object().into_iter().flatten();
    let body = match &answer["body"] {
        Value::String(text) => text.clone(),
        json => json.to_string(),
    };
    let headers = headers.map(|(name, value)| (name.clone(), text(value))).collect();
    (answer["status"].as_u64().unwrap() as u16, headers, body.into_bytes())
}

/// Plays a vector; what was asked comes along.
fn play(vector: &Value) -> (Result<Vec<Person>>, Vec<String>) {
    let server = Server::at(BASE, Some("key-of-a-test".to_owned().into())).unwrap();
    let mut lookup = server.lookup(&ids(vector), &mut Sevens).unwrap();
    let (mut now, mut asked) = (Timestamp::from_unix(1_795_420_800), Vec::new());
    let mut answers = vector["answers"].as_array().unwrap().iter();
    loop {
        let said = match lookup.next(now) {
            Ok(Next::Done(people)) => return (Ok(people), asked),
            Ok(Next::Wait(until)) => {
                now = until;
                continue;
            }
            Ok(Next::Send(request)) => {
                asked.push(request.url.strip_prefix(BASE).unwrap().to_owned());
                let (status, headers, body) = parts(answers.next().expect("another answer"));
                lookup.answered(&Response { status, headers, body }, now)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = said {
            return (Err(error), asked);
        }
    }
}

#[test]
fn each_vector_comes_to_what_it_says() {
    let vectors = vectors();
    assert!(vectors.len() >= 20, "{} vectors", vectors.len());
    for (name, vector) in &vectors {
        let (result, asked) = play(vector);
        let expected: Vec<&str> = vector["requests"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(asked, expected, "{name}");
        match (vector["expect"].as_str().unwrap(), result) {
            ("ok", Ok(people)) => {
                let told = |of: fn(&Person) -> Value| Value::from(people.iter().map(of).collect::<Vec<_>>());
                assert_eq!(told(|it| serde_json::to_value(it.summary()).unwrap()), vector["people"], "{name}");
                assert_eq!(told(|it| it.active.into()), vector["active"], "{name}");
                assert_eq!(told(|it| it.unknown_places.into()), vector["unknown_places"], "{name}");
            }
            ("ok", Err(error)) => panic!("{name}: {error:?}"),
            (expected, result) => {
                let error = result.expect_err(name);
                assert_eq!(error.code().name(), expected, "{name}");
                let shown = format!("{error} {error:?} {:?}", error.source());
                assert!(!shown.contains("99700218896") && !shown.contains("DOC0021889"), "{name}: {shown}");
            }
        }
    }
}

#[test]
fn what_ended_the_look_up_comes_with_the_status() {
    let of = |name: &str| play(&vectors().into_iter().find(|(known, _)| known == name).unwrap().1).0.unwrap_err();
    assert_eq!(of("lookup-key-refused").facts().http_status, Some(401));
    let busy = of("lookup-too-many-calls");
    assert_eq!((busy.code(), busy.facts().retry_after.unwrap().as_secs()), (Code::FHIR_TOO_MANY_CALLS, 120));
}

#[test]
fn the_whole_person_is_read() {
    let (_, vector) = vectors().into_iter().find(|(name, _)| name == "lookup-v2").unwrap();
    let people = play(&vector).0.unwrap();
    let person = &people[0];
    assert_eq!(person.last_updated, Some(Timestamp::parse_rfc3339("2026-09-05T23:00:00Z").unwrap()));
    let card = &person.cards[0];
    assert_eq!((card.kind.as_str(), card.number.as_str(), card.opposed.as_str()), ("CPS", "2800262487", ""));
    assert_eq!((card.valid_from.as_str(), card.valid_to.as_str()), ("2025-01-01", "2028-01-01"));
    let practice = &person.professional.practices[0];
    assert_eq!((practice.name.civility.as_str(), practice.speciality_kind.as_str()), ("DR", "S"));
    assert_eq!(person.professional.name.civility, "M");
    let [own, hospital] = &practice.activities[..] else { panic!("two activities") };
    assert_eq!((own.trade_name.as_str(), own.street.as_str()), ("CABINET DE GROUPE", "12 AV VICTOR HUGO"));
    assert_eq!((own.structure_id.as_str(), own.kind.as_str()), ("", "GENR01"));
    assert_eq!((hospital.phone.as_str(), hospital.fax.as_str()), ("0100000000", "0100000001"));
    assert_eq!((hospital.email.as_str(), hospital.commune.as_str()), ("contact@hopital.example", "75114"));
    assert_eq!(hospital.department, "75");
}
