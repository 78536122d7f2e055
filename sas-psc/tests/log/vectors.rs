//! The receipts of `vectors/consent-log`, which Rust, C, Python and Go read; `UPDATE=1` writes them again, the same.

use crate::support::{Draws, NOW, record};
use sas_psc::Code;
use sas_psc::consent::tile::TileTree;
use sas_psc::consent::{Growth, Leaf, Opening, Receipt, SignedCheckpoint, SigningKey, verify_receipt};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/consent-log"))
}

/// A log of 300 records of one key: the proof and the opening of one of them.
fn receipt(key: &SigningKey, signers: &[&SigningKey], index: u64) -> (String, String) {
    let (mut growth, mut leaves) = (Growth::new(), Vec::new());
    for number in 0..300 {
        let leaf = Leaf::new(&record(number), &mut Draws(number), NOW + Duration::from_secs(number)).unwrap();
        growth.append(leaf.entry()).unwrap();
        leaves.push(leaf);
    }
    let mut files: HashMap<String, Vec<u8>> = HashMap::new();
    files.extend(growth.take_full().into_iter().map(|(tile, bytes)| (tile.to_string(), bytes)));
    files.extend(growth.partial().into_iter().map(|(tile, bytes)| (tile.to_string(), bytes)));
    let head = SignedCheckpoint::sign(300, growth.root(), signers).unwrap();
    let leaf = &leaves[index as usize];
    let proof = Receipt::new(leaf.entry(), index, &TileTree::new(&files, 300), &head).unwrap();
    assert!(proof.verify(&[key.verifier()]).is_ok());
    (proof.to_string(), Opening::new(record(index), leaf.salt()).to_json().unwrap())
}

/// Each case: name, what it is, the code or none, whether the proof itself is right, keys, proof, opening.
fn cases() -> Vec<(&'static str, Value)> {
    let key = SigningKey::generate("exemple.fr/consentements", &mut Draws(1)).unwrap();
    let new = SigningKey::generate("exemple.fr/consentements", &mut Draws(2)).unwrap();
    let other = SigningKey::generate("exemple.fr/autre", &mut Draws(3)).unwrap();
    let (vkey, proof, opening) = (key.verifier().to_string(), receipt(&key, &[&key], 7), receipt(&key, &[&key], 8).1);
    let (good, words) = (proof.0.as_str(), proof.1.as_str());
    let case = |about: &str, expect: Option<Code>, sound: bool, vkey: &str, proof: &str, opening: &str| {
        let source = "sas-psc/tests/log/vectors.rs; the proofs judged by golang.org/x/mod/sumdb (tests/log/judge.go)";
        let expect = expect.map(Code::name);
        json!({ "source": source, "about": about, "expect": expect, "sound": sound, "vkey": vkey, "proof": proof, "opening": opening })
    };
    let last = receipt(&key, &[&key], 299);
    let both = receipt(&key, &[&new, &key], 7);
    let keys = format!("# both\n{vkey}\n{}\n", new.verifier());
    let signature_at = good.rfind(' ').unwrap() + 20;
    let turned = |at: usize| {
        let mut bytes = good.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    let code = Some;
    vec![
        ("receipt", case("a receipt of entry 7 of 300", None, true, &vkey, good, words)),
        ("receipt-of-the-last", case("the last entry", None, true, &vkey, &last.0, &last.1)),
        ("receipt-of-two-keys", case("signed while a key was replaced", None, true, &keys, &both.0, &both.1)),
        (
            "receipt-new-key-alone",
            case("the same, by who knows the new key", None, true, &new.verifier().to_string(), &both.0, &both.1),
        ),
        (
            "not-signed-key-of-another-log",
            case(
                "the key of another log",
                code(Code::NOTE_NOT_SIGNED),
                false,
                &other.verifier().to_string(),
                good,
                words,
            ),
        ),
        (
            "not-signed-key-too-new",
            case(
                "the key that came after",
                code(Code::NOTE_NOT_SIGNED),
                false,
                &new.verifier().to_string(),
                good,
                words,
            ),
        ),
        (
            "signature-turned",
            case(
                "a character of the signature changed",
                code(Code::NOTE_SIGNATURE),
                false,
                &vkey,
                &turned(signature_at),
                words,
            ),
        ),
        (
            "signature-size-turned",
            case(
                "the size changed under the signature",
                code(Code::NOTE_SIGNATURE),
                false,
                &vkey,
                &good.replace("\n300\n", "\n301\n"),
                words,
            ),
        ),
        (
            "proof-of-another-place",
            case("another index", code(Code::PROOF_WRONG), false, &vkey, &good.replace("index 7", "index 6"), words),
        ),
        (
            "proof-turned",
            case(
                "a hash of the path changed",
                code(Code::PROOF_WRONG),
                false,
                &vkey,
                &turned(good.find("index 7\n").unwrap() + 10),
                words,
            ),
        ),
        (
            "proof-too-short",
            case("a hash of the path is missing", code(Code::PROOF_WRONG), false, &vkey, &without_line(good, 3), words),
        ),
        (
            "proof-of-another-entry",
            case(
                "another entry",
                code(Code::PROOF_WRONG),
                false,
                &vkey,
                &turned(good.find("extra ").unwrap() + 40),
                words,
            ),
        ),
        (
            "unreadable-first-line",
            case("another format", code(Code::RECEIPT_UNREADABLE), false, &vkey, &good.replace("@v1", "@v9"), words),
        ),
        (
            "unreadable-index-zero-before",
            case(
                "an index with a zero before it",
                code(Code::RECEIPT_UNREADABLE),
                false,
                &vkey,
                &good.replace("index 7", "index 07"),
                words,
            ),
        ),
        (
            "unreadable-without-entry",
            case("no extra line", code(Code::RECEIPT_UNREADABLE), false, &vkey, &without_line(good, 1), words),
        ),
        ("unreadable-empty", case("nothing", code(Code::RECEIPT_UNREADABLE), false, &vkey, "", words)),
        (
            "note-cut",
            case(
                "the checkpoint has no signature",
                code(Code::NOTE_UNREADABLE),
                false,
                &vkey,
                &good[..good.rfind("\u{2014}").unwrap()],
                words,
            ),
        ),
        (
            "record-of-another-entry",
            case("the record of entry 8", code(Code::RECEIPT_RECORD), true, &vkey, good, &opening),
        ),
        (
            "record-other-salt",
            case("a salt that is not the one", code(Code::RECEIPT_RECORD), true, &vkey, good, &other_salt(words)),
        ),
        (
            "opening-other-words",
            case(
                "words that are not the record's",
                code(Code::RECEIPT_UNREADABLE),
                true,
                &vkey,
                good,
                &words.replace("\"accepted\"", "\"refused\""),
            ),
        ),
        (
            "opening-another-layout",
            case("a space more", code(Code::RECEIPT_UNREADABLE), true, &vkey, good, &words.replacen(": ", ":  ", 1)),
        ),
        ("opening-no-json", case("no JSON", code(Code::RECEIPT_UNREADABLE), true, &vkey, good, "accepté")),
        (
            "opening-damaged-record",
            case(
                "a record that is none",
                code(Code::RECORD_UNREADABLE),
                true,
                &vkey,
                good,
                &words.replace("U1BDUg", "U1BDUf"),
            ),
        ),
        ("key-unreadable", case("no key", code(Code::LOG_KEY_UNREADABLE), false, "exemple.fr", good, words)),
    ]
}

fn without_line(text: &str, line: usize) -> String {
    let lines = text.split('\n').enumerate().filter(|(at, _)| *at != line).map(|(_, line)| line);
    lines.collect::<Vec<_>>().join("\n")
}

fn other_salt(opening: &str) -> String {
    let at = opening.find("\"salt\": \"").unwrap() + 9;
    let turned = if &opening[at..=at] == "0" { "1" } else { "0" };
    format!("{}{turned}{}", &opening[..at], &opening[at + 1..])
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
fn every_receipt_of_the_vectors_is_judged_as_it_says() {
    let (mut good, mut bad) = (0, 0);
    for file in std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()) {
        let case: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let text = |name: &str| case[name].as_str().unwrap();
        let found = verify_receipt(text("proof").as_bytes(), text("opening").as_bytes(), text("vkey"));
        match (found, case["expect"].as_str()) {
            (Ok(proven), None) => {
                assert_eq!(proven.logged.checkpoint.checkpoint().size, 300);
                good += 1;
            }
            (Err(error), Some(code)) => {
                assert_eq!(error.code().name(), code, "{}", file.display());
                bad += 1;
            }
            (found, expect) => panic!("{}: {found:?}, not {expect:?}", file.display()),
        }
    }
    assert!(good >= 4 && bad >= 20, "{good} good, {bad} bad");
}
