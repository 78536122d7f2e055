//! The vectors of `vectors/ciba/`: one file per case, what a provider answers to a CIBA sign-in and what comes of it. C and
//! Python run the same files. `cases.rs` says what is in each; `SAS_PSC_WRITE_VECTORS=1 cargo test` writes them anew.

mod cases;
#[path = "../id_token/minting.rs"]
#[allow(dead_code)]
mod minting;

use cases::Vector;
use sas_psc::base::{Method, Random, Request, Response, Timestamp};
use sas_psc::id::IdNat;
use sas_psc::psc::{Client, ClientAuth, Environment, Exchange, Metadata, Next, Service};
use sas_psc::{Code, Error, Result};
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;

fn room() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/ciba"))
}

struct Sevens;

impl Random for Sevens {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        bytes.fill(7);
        Ok(())
    }
}

/// Plays a vector: time moves only when there is something to wait for.
struct Play {
    now: Timestamp,
    begun: Timestamp,
    answers: VecDeque<Value>,
    /// Seconds after the start at which something was posted.
    posted: Vec<u64>,
}

impl Play {
    fn answer(&mut self, request: &Request, exchange: &mut impl Exchange) -> Result<bool> {
        if request.method == Method::Post {
            self.posted.push(self.now.since(self.begun).as_secs());
        }
        let Some(answer) = self.answers.pop_front() else { return Ok(false) };
        if let Some(why) = answer["failed"].as_str() {
            exchange.failed(Error::new(Code::from_name(why).unwrap()), self.now)?;
            return Ok(true);
        }
        let headers = answer["headers"].as_object().unwrap().iter();
        let response = Response {
            status: answer["status"].as_u64().unwrap() as u16,
            headers: headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect(),
            body: answer["body"].as_str().unwrap().as_bytes().to_vec(),
        };
        exchange.answered(&response, self.now)?;
        Ok(true)
    }

    /// What an exchange comes to; none when nothing is answered any more.
    fn run<E: Exchange>(&mut self, exchange: &mut E) -> Result<Option<E::Output>> {
        loop {
            match exchange.next(self.now)? {
                Next::Done(output) => return Ok(Some(output)),
                Next::Wait(_) if self.answers.is_empty() => return Ok(None),
                Next::Wait(until) => self.now = until,
                Next::Send(request) => {
                    if !self.answer(&request, exchange)? {
                        return Ok(None);
                    }
                }
            }
        }
    }
}

fn play(vector: &Value) -> Value {
    let now = Timestamp::from_unix(vector["now"].as_i64().unwrap());
    let client = Client::new(minting::CLIENT, ClientAuth::Public, "https://service.example/callback");
    let service = Service::new(client, Metadata::of_preset(&Environment::bas())).unwrap();
    let answers = vector["answers"].as_array().unwrap().iter().cloned().collect();
    let mut play = Play { now, begun: now, answers, posted: Vec::new() };
    let person = IdNat::parse(vector["person"].as_str().unwrap()).unwrap();
    let channel = vector["channel"].as_str().unwrap().parse().unwrap();
    let mut start = service.ciba(&person, channel, &mut Sevens).unwrap();
    let mut seconds_left = Value::Null;
    let result = play.run(&mut start).and_then(|poll| {
        let mut poll = poll.expect("the start is always answered");
        seconds_left = poll.seconds_left(play.now).into();
        play.run(&mut poll)
    });
    let verdict = match &result {
        Ok(Some(signed_in)) => {
            assert_eq!(signed_in.sign_in.professional().id_nat, person);
            "ok"
        }
        Ok(None) => "waiting",
        Err(error) => error.code().name(),
    };
    assert!(play.answers.is_empty(), "answers that nobody asked for");
    json!({ "verdict": verdict, "seconds_left": seconds_left, "posted": play.posted })
}

#[test]
fn every_answer_is_judged_as_its_file_says() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for file in std::fs::read_dir(room()).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let vector: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let found = play(&vector);
        if found != vector["expect"] {
            wrong.push(format!("{}: expected {}, found {found}", file.display(), vector["expect"]));
        }
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 60, "{count} files");
}

#[test]
fn the_files_are_those_that_the_cases_say() {
    let write = std::env::var_os("SAS_PSC_WRITE_VECTORS").is_some();
    let mut names = BTreeSet::new();
    for Vector { name, json } in cases::all() {
        assert!(names.insert(format!("{name}.json")), "{name} is there twice");
        let file = room().join(format!("{name}.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(&json).unwrap());
        if write {
            std::fs::write(&file, text).unwrap();
        } else {
            let found = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(found == text, "{name} differs: run with SAS_PSC_WRITE_VECTORS=1 and look at the difference");
        }
    }
    let files = std::fs::read_dir(room()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.filter(|name| name.ends_with(".json")).collect();
    assert_eq!(files, names, "a file without its case");
}
