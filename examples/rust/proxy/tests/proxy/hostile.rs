//! Every request of `vectors/proxy`, over a raw connection: refused with the status and the code that it names, and
//! nothing of it reaches the API.

use crate::place::{Place, Workstation, name};
use std::collections::BTreeMap;
use std::time::Duration;

struct Case {
    name: String,
    head: BTreeMap<String, String>,
    text: String,
}

fn cases() -> Vec<Case> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../vectors/proxy");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |file: std::path::PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        let (head, rest): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with("# "));
        let head = head.iter().filter_map(|line| line[2..].split_once(": "));
        let head = head.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Case { name: file.file_stem().unwrap().to_string_lossy().into_owned(), head, text: rest.concat() }
    };
    files.into_iter().map(read).collect()
}

fn bytes(text: &str) -> Vec<u8> {
    let mut text = text.to_owned();
    while let Some(at) = text.find("{repeat:") {
        let end = at + text[at..].find('}').unwrap();
        let (count, what) = text[at + 8..end].split_once(':').unwrap();
        let repeated = what.repeat(count.parse().unwrap());
        text.replace_range(at..=end, &repeated);
    }
    let (mut bytes, mut chars) = (Vec::new(), text.chars());
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            (_, Some('r')) => bytes.push(b'\r'),
            (_, Some('n')) => bytes.push(b'\n'),
            (_, Some('t')) => bytes.push(b'\t'),
            (_, Some('\\')) => bytes.push(b'\\'),
            (_, Some('x')) => {
                let hex: String = chars.by_ref().take(2).collect();
                bytes.push(u8::from_str_radix(&hex, 16).unwrap());
            }
            (c, _) => bytes.extend_from_slice(c.to_string().as_bytes()),
        }
    }
    bytes
}

#[test]
fn every_hostile_request_is_refused_as_it_says() {
    let place = Place::new(&["--conformity", "--ciba-seconds", "8"]);
    let (enrolled, used_code) = place.enrolled("poste-1");
    let (other, _) = place.enrolled("poste-2");
    let (revoked, _) = place.enrolled("poste-3");
    let withdrawn = place.command(&["revoke", "--name", "poste-3", "--by", "essai"]).status().unwrap();
    assert!(withdrawn.success());
    let stranger = Workstation::new("inconnu");
    let live = place.connect(&enrolled).session;
    let ended = place.connect(&enrolled).session;
    place.client(&enrolled).disconnect(&ended).unwrap();
    let short = Place::new(&["--session-seconds", "1"]);
    let (short_lived, _) = short.enrolled("poste-1");
    let expired = short.connect(&short_lived).session;
    std::thread::sleep(Duration::from_millis(1100));

    let (mut wrong, mut played) = (Vec::new(), 0);
    let before = place.api.reached();
    for case in cases() {
        let session = match case.head["session"].as_str() {
            "live" => name(&live),
            "ended" => name(&ended),
            "expired" => name(&expired),
            "unknown" => "u".repeat(43),
            "none" => String::new(),
            other => panic!("{other}"),
        };
        // An expired session is one of the proxy that knows it.
        let (at, enrolled) =
            if case.head["session"] == "expired" { (&short, &short_lived) } else { (&place, &enrolled) };
        let from = match case.head["from"].as_str() {
            "enrolled" => Some(enrolled),
            "other" => Some(&other),
            "revoked" => Some(&revoked),
            "stranger" => Some(&stranger),
            "nobody" => None,
            other => panic!("{other}"),
        };
        let text = case.text.replace("{host}", "localhost").replace("{session}", &session);
        let text = text.replace("{used-code}", &used_code);
        let (status, body) = at.raw(from, &bytes(&text));
        let body: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
        let got = format!("{status} {}", body["code"].as_str().unwrap_or("-"));
        if got != case.head["expect"] {
            wrong.push(format!("{}: {got} instead of {}", case.name, case.head["expect"]));
        }
        played += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(played >= 100, "{played}");
    assert_eq!(place.api.reached(), before, "a hostile request reached the API");
    assert!(place.sim.phone().pending("physician").is_none(), "a phone rang");
    // The session of before still lives: nobody could end it.
    let answer = place.client(&enrolled).send(&live, sas_psc::psc::proxy::SendRequest::get("echo", "/ping")).unwrap();
    assert_eq!(answer.status, 200);
}
