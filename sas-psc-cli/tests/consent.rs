//! `consent …` as a script sees it: a log made, answers recorded, receipts handed over, a person forgotten, an audit.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

struct Place(tempfile::TempDir);

impl Place {
    /// A log with one version of the terms, whose hash is given.
    fn new() -> (Place, String) {
        let place = Place(tempfile::tempdir().unwrap());
        for (name, text) in [
            ("cgu.txt", "Article 1"),
            ("confidentialite.html", "<p>Vie privée</p>"),
            ("kit.txt", "899700218896\n"),
            ("lou.txt", "899700245667"),
            (
                "signe.json",
                r#"{"issuer":"https://psc.example","subject":"f:1:899700366240","acr":"eidas1","amr":["CARD"],
                    "auth_time":1795420000,"client":"plateforme",
                    "id_token_sha256":"0000000000000000000000000000000000000000000000000000000000000001"}"#,
            ),
        ] {
            fs::write(place.0.path().join(name), text).unwrap();
        }
        let made = place.json(&["init", "--log", "j", "--origin", "exemple.fr/consentements"]);
        assert_eq!(made["vkey"].as_str(), Some(place.read("j/key.vkey").trim_end()));
        let terms = ["--slug", "cgu", "--version", "1", "--lang", "fr", "--file", "cgu.txt", "confidentialite.html"];
        let added = place.json(&[&["terms", "add", "--log", "j"][..], &terms].concat());
        assert_eq!(
            (added["slug"].as_str(), added["version"].as_str(), added["lang"].as_str()),
            (Some("cgu"), Some("1"), Some("fr"))
        );
        (place, added["sha256"].as_str().unwrap().to_owned())
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sas-psc"));
        command.arg("consent").args(arguments).current_dir(self.0.path()).env_clear().env("LANG", "fr_FR.UTF-8");
        command.output().unwrap()
    }

    fn json_lines(&self, arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
        let output = self.run(&[&["--json"], arguments].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let (status, mut lines) = self.json_lines(arguments);
        assert_eq!((status, lines.len()), (Some(0), 1), "{arguments:?}: {lines:?}");
        lines.remove(0)
    }

    fn answer(&self, answer: &str, person: &str, terms: &str) -> Value {
        self.json(&[answer, "--log", "j", "--subject-file", person, "--terms", terms])
    }

    fn error(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let (status, lines) = self.json_lines(arguments);
        (status, lines.last().unwrap()["error"]["name"].as_str().unwrap_or_default().to_owned())
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).unwrap()
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }
}

fn everything_in(path: &Path) -> Vec<u8> {
    let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { everything_in(&path) } else { fs::read(path).unwrap() }).collect()
}

#[test]
fn answers_are_recorded_listed_proved_and_audited() {
    let (place, terms) = Place::new();
    let first = place.answer("accept", "kit.txt", &terms);
    assert_eq!((first["leaf_index"].as_u64(), first["tree_size"].as_u64()), (Some(0), Some(1)));
    let second = place.answer("refuse", "lou.txt", &terms);
    let third = place.answer("accept", "signe.json", &terms);
    let fourth = place.answer("withdraw", "kit.txt", &terms);
    assert_eq!((fourth["leaf_index"].as_u64(), fourth["tree_size"].as_u64()), (Some(3), Some(4)));
    let at = ["--terms", &terms, "--at", "2026-11-01T08:00:00Z"];
    let fifth = place.json(&[&["accept", "--log", "j", "--subject-file", "lou.txt"][..], &at].concat());

    let (_, all) = place.json_lines(&["list", "--log", "j"]);
    let events: Vec<_> = all.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["accepted", "refused", "accepted", "withdrawn", "accepted"]);
    assert_eq!(all[3]["previous"], first["record_id"]);
    assert_eq!(all[4]["previous"], second["record_id"]);
    assert_eq!(all[4]["at"], "2026-11-01T08:00:00Z");
    assert_eq!((&all[2]["signed_in"]["acr"], &all[0]["signed_in"]), (&"eidas1".into(), &Value::Null));
    assert_eq!(all[0]["terms"]["documents"][1]["media_type"], "text/html; charset=utf-8");
    let (_, of_one) = place.json_lines(&["list", "--log", "j", "--subject-file", "lou.txt"]);
    assert_eq!(of_one.iter().map(|line| line["leaf_index"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 4]);
    let shown = String::from_utf8(place.run(&["list", "--log", "j"]).stdout).unwrap();
    assert!(shown.lines().count() == 5 && !shown.contains("8997"), "{shown}");

    for recorded in [&first, &third, &fifth] {
        let id = recorded["record_id"].as_str().unwrap();
        let file = format!("{id}.tlog-proof");
        let written = place.json(&["receipt", "--log", "j", "--record", id, "--out", &file]);
        assert_eq!(written["record"].as_str(), Some(format!("{id}.json").as_str()));
        assert!(place.read(&file).starts_with("c2sp.org/tlog-proof@v1\nextra "));
        let verified = place.json(&["verify-receipt", "--vkey", "j/key.vkey", &file]);
        assert_eq!(verified, serde_json::json!({ "file": file, "valid": true, "reason": null, "evidence": "none" }));
    }
    let audit = place.json(&["verify", "--log", "j", "--vkey", "j/key.vkey"]);
    assert_eq!(audit, serde_json::json!({ "valid": true, "tree_size": 5, "problems": [] }));
}

/// The ID token of the vectors, its evidence made by `token verify`, kept with an acceptance and judged years later.
#[test]
fn the_evidence_of_a_sign_in_is_kept_sealed_handed_out_and_judged() {
    let (place, terms) = Place::new();
    let vector = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/id-token/ok.json");
    let vector: Value = serde_json::from_slice(&fs::read(vector).unwrap()).unwrap();
    fs::write(place.path("jeton"), vector["token"].as_str().unwrap()).unwrap();
    fs::write(place.path("cles.json"), vector["jwks"].to_string()).unwrap();
    let option = |name: &str| vector["options"][name].as_str().unwrap();
    let now = vector["options"]["now"].to_string();
    let made = Command::new(env!("CARGO_BIN_EXE_sas-psc"))
        .args(["token", "verify", "--issuer", option("issuer"), "--client-id", option("client_id"), "--now", &now])
        .args(["--jwks", "cles.json", "--evidence", "preuve", "jeton"])
        .current_dir(place.0.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let kept = place.read("preuve");
    assert!(kept.contains("sas-psc sign-in evidence v1") && !kept.contains("jwks_uri"));
    fs::write(place.path("personne.txt"), "899700000013").unwrap();
    let accept = ["accept", "--log", "j", "--subject-file", "personne.txt", "--terms", &terms];
    let recorded = place.json(&[&accept[..], &["--evidence", "preuve"]].concat());
    let other = ["accept", "--log", "j", "--subject-file", "kit.txt", "--terms", &terms, "--evidence", "preuve"];
    assert_eq!(place.error(&other), (Some(2), "evidence-other-sign-in".into()));
    let id = recorded["record_id"].as_str().unwrap();
    let receipt = ["receipt", "--log", "j", "--record", id, "--out", "r.tlog-proof", "--evidence", "r.preuve"];
    assert_eq!(place.json(&receipt)["evidence"], "r.preuve");
    assert_eq!(place.read("r.preuve"), kept);
    let verify = ["verify-receipt", "--vkey", "j/key.vkey", "r.tlog-proof"];
    assert_eq!(place.json(&verify)["evidence"], "sign-in", "known without the file");
    let judged = place.json(&[&verify[..], &["--evidence", "r.preuve"]].concat());
    assert_eq!((&judged["valid"], &judged["sign_in"]["id_nat"]), (&true.into(), &"899700000013".into()));
    assert_eq!(judged["sign_in"]["key_thumbprint"].as_str().unwrap().len(), 43);
    let (_, list) = place.json_lines(&["list", "--log", "j"]);
    assert_eq!((&list[0]["evidence_kept"], &list[0]["evidence"][0]["kind"]), (&"sign-in".into(), &"sign-in".into()));

    // Another file, and a record without any.
    fs::write(place.path("autre"), kept.replace("\"kid\": \"test-main\"", "\"kid\": \"test-mine\"")).unwrap();
    let (status, lines) = place.json_lines(&[&verify[..], &["--evidence", "autre"]].concat());
    assert_eq!((status, lines[0]["reason"].as_str()), (Some(1), Some("evidence-other-record")));
    let plain = place.answer("accept", "kit.txt", &terms)["record_id"].as_str().unwrap().to_owned();
    let without = ["receipt", "--log", "j", "--record", &plain, "--out", "s.tlog-proof", "--evidence", "s.preuve"];
    assert_eq!(place.error(&without), (Some(2), "evidence-none".into()));
    let two = ["verify-receipt", "--vkey", "j/key.vkey", "r.tlog-proof", "s.tlog-proof", "--evidence", "r.preuve"];
    assert_eq!(place.error(&two).0, Some(2));

    // Forgotten: nothing of the token is left, and the copy that was handed out still proves.
    place.json(&["forget", "--log", "j", "--subject-file", "personne.txt"]);
    assert_eq!(place.error(&receipt), (Some(2), "record-unknown".into()));
    let token = vector["token"].as_str().unwrap();
    assert!(!String::from_utf8_lossy(&everything_in(&place.path("j"))).contains(&token[100..160]));
    assert_eq!(place.json(&[&verify[..], &["--evidence", "r.preuve"]].concat())["valid"], true);
}

#[test]
fn what_changed_between_two_versions_of_the_terms_is_a_text() {
    let (place, old) = Place::new();
    fs::write(place.path("cgu.txt"), "Article 1\nArticle 2").unwrap();
    let add = ["terms", "add", "--log", "j", "--slug", "cgu", "--version", "2", "--lang", "fr", "--change", "minor"];
    let add = place.json(&[&add[..], &["--file", "cgu.txt", "confidentialite.html"]].concat());
    let new = add["sha256"].as_str().unwrap();
    let shown = place.json(&["terms", "diff", "--log", "j", &old, new]);
    let text = "Version 1 → version 2\n\ncgu\n  Article 1\n+ Article 2\n\nconfidentialite\n  (inchangé)\n";
    assert_eq!((&shown["from"], &shown["text"]), (&"1".into(), &text.into()));
    let plain = place.run(&["terms", "diff", "--log", "j", &old, new]);
    assert_eq!(String::from_utf8(plain.stdout).unwrap(), text);
    assert_eq!(place.error(&["terms", "diff", "--log", "j", &old, &"0".repeat(64)]), (Some(2), "terms-unknown".into()));
}

#[test]
fn a_receipt_that_was_touched_is_a_no_and_the_others_are_still_told() {
    let (place, terms) = Place::new();
    let id = place.answer("accept", "kit.txt", &terms)["record_id"].as_str().unwrap().to_owned();
    place.json(&["receipt", "--log", "j", "--record", &id, "--out", "r.tlog-proof"]);
    let (proof, record, key) = (place.read("r.tlog-proof"), place.read("r.json"), place.read("j/key.vkey"));
    for (name, proof, json) in [
        ("signature", proof.replace("consentements ", "consentements_ "), Some(record.clone())),
        ("words", proof.clone(), Some(record.replace("\"accepted\"", "\"refused\""))),
        ("place", proof.replace("index 0", "index 1"), Some(record.clone())),
        ("alone", proof.clone(), None),
        ("bon", proof.clone(), Some(record.clone())),
    ] {
        fs::write(place.path(&format!("{name}.tlog-proof")), proof).unwrap();
        if let Some(json) = json {
            fs::write(place.path(&format!("{name}.json")), json).unwrap();
        }
    }
    // The key may be given as such.
    let files = ["signature", "words", "place", "alone", "bon"].map(|name| format!("{name}.tlog-proof"));
    let mut arguments = vec!["verify-receipt", "--vkey", key.trim_end()];
    arguments.extend(files.iter().map(String::as_str));
    let (status, lines) = place.json_lines(&arguments);
    let reasons: Vec<_> = lines.iter().map(|line| line["reason"].as_str()).collect();
    let expected = ["note-not-signed", "receipt-unreadable", "proof-wrong", "receipt-alone"].map(Some);
    assert_eq!((status, &reasons[..4], reasons[4]), (Some(1), &expected[..], None));
    let shown = place.run(&["verify-receipt", "--vkey", "j/key.vkey", "absent.tlog-proof", "bon.tlog-proof"]);
    assert_eq!(shown.status.code(), Some(6));
    assert!(String::from_utf8(shown.stdout).unwrap().starts_with("bon.tlog-proof\tyes\t0\t"));
}

#[test]
fn a_person_is_forgotten_and_the_log_still_verifies() {
    let (place, terms) = Place::new();
    let id = place.answer("accept", "kit.txt", &terms)["record_id"].as_str().unwrap().to_owned();
    place.answer("accept", "lou.txt", &terms);
    place.answer("withdraw", "kit.txt", &terms);
    assert_eq!(place.json(&["forget", "--log", "j", "--subject-file", "kit.txt"])["salts_deleted"], 2);
    assert_eq!(place.json(&["forget", "--log", "j", "--subject-file", "kit.txt"])["salts_deleted"], 0);
    assert_eq!(place.json_lines(&["list", "--log", "j", "--subject-file", "kit.txt"]), (Some(0), vec![]));
    assert_eq!(place.json(&["verify", "--log", "j", "--vkey", "j/key.vkey"])["tree_size"], 3);
    let receipt = ["receipt", "--log", "j", "--record", &id, "--out", "r.tlog-proof"];
    assert_eq!(place.error(&receipt), (Some(2), "record-unknown".into()));
    assert!(!String::from_utf8_lossy(&everything_in(&place.path("j"))).contains("899700218896"));
}

#[test]
fn an_audit_names_what_was_touched_and_compares_with_an_earlier_checkpoint() {
    let (place, terms) = Place::new();
    for _ in 0..3 {
        place.answer("accept", "kit.txt", &terms);
    }
    let note = String::from_utf8(place.run(&["checkpoint", "--log", "j"]).stdout).unwrap();
    assert_eq!(note, place.read("j/checkpoint"));
    assert_eq!(place.json(&["checkpoint", "--log", "j"])["checkpoint"], note.as_str());
    fs::write(place.path("avant"), &note).unwrap();
    place.answer("accept", "lou.txt", &terms);
    let since = ["verify", "--log", "j", "--vkey", "j/key.vkey", "--since", "avant"];
    assert_eq!(place.json(&since)["valid"], true);

    let file = place.path("j/tile/entries/000.p/4");
    let bytes = fs::read(&file).unwrap();
    let mut changed = bytes.clone();
    changed[43 + 20] ^= 1;
    fs::write(&file, &changed).unwrap();
    let (status, lines) = place.json_lines(&since);
    let problem = &lines[0]["problems"][0];
    assert_eq!(
        (status, &lines[0]["valid"], &problem["index"], &problem["kind"]),
        (Some(1), &false.into(), &1.into(), &"changed".into())
    );
    let shown = place.run(&since);
    assert!(String::from_utf8(shown.stdout).unwrap().starts_with("no\t4\nEntrée 1 : contenu différent"));
    // The wrong key, and a checkpoint that another log signed.
    fs::write(&file, &bytes).unwrap();
    place.json(&["init", "--log", "k", "--origin", "exemple.fr/autre"]);
    let (status, lines) = place.json_lines(&["verify", "--log", "j", "--vkey", "k/key.vkey"]);
    assert_eq!((status, &lines[0]["problems"][0]["kind"]), (Some(1), &"changed".into()));
    let other = ["verify", "--log", "j", "--vkey", "j/key.vkey", "--since", "k/checkpoint"];
    assert_eq!(place.error(&other), (Some(2), "note-not-signed".into()));
}

#[test]
fn what_cannot_be_recorded_says_why() {
    let (place, terms) = Place::new();
    let (unknown, at) = ("0".repeat(64), "demain");
    let accept = |more: &[&str]| place.error(&[&["accept", "--log", "j", "--subject-file"], more].concat());
    assert_eq!(accept(&["kit.txt", "--terms", &unknown]), (Some(2), "terms-unknown".into()));
    assert_eq!(accept(&["kit.txt", "--terms", "abc"]), (Some(2), "hash-unreadable".into()));
    assert_eq!(accept(&["kit.txt", "--terms", &terms, "--at", at]), (Some(2), "time-invalid".into()));
    assert_eq!(
        accept(&["kit.txt", "--terms", &terms, "--at", "2999-01-01T00:00:00Z"]),
        (Some(2), "record-time".into())
    );
    assert_eq!(accept(&["absent.txt", "--terms", &terms]), (Some(6), "file-unreadable".into()));
    fs::write(place.path("demi.json"), r#"{"subject":"f:1:1","acr":"eidas1"}"#).unwrap();
    fs::write(place.path("vide.txt"), "\n").unwrap();
    for file in ["demi.json", "vide.txt"] {
        assert_eq!(accept(&[file, "--terms", &terms]), (Some(2), "record-field".into()), "{file}");
    }
    let withdraw = ["withdraw", "--log", "j", "--subject-file", "kit.txt", "--terms", &terms];
    assert_eq!(place.error(&withdraw), (Some(2), "record-none-before".into()));
    place.answer("refuse", "kit.txt", &terms);
    assert_eq!(place.error(&withdraw), (Some(2), "record-none-before".into()));

    assert_eq!(place.error(&["init", "--log", "j", "--origin", "exemple.fr/2"]), (Some(2), "log-exists".into()));
    assert_eq!(place.error(&["init", "--log", "l", "--origin", "deux mots"]), (Some(2), "log-name-invalid".into()));
    assert_eq!(place.error(&["checkpoint", "--log", "nulle-part"]), (Some(6), "log-missing".into()));
    let key = place.read("j/key.vkey");
    assert_eq!(
        place.error(&["verify", "--log", "nulle-part", "--vkey", key.trim_end()]),
        (Some(6), "log-missing".into())
    );
    assert_eq!(place.error(&["verify", "--log", "j", "--vkey", "kit.txt"]), (Some(2), "log-key-unreadable".into()));
    fs::write(place.path("cgu.txt"), "Article 1 bis").unwrap();
    let again = ["terms", "add", "--log", "j", "--slug", "cgu", "--version", "1", "--lang", "fr", "--file", "cgu.txt"];
    assert_eq!(place.error(&again), (Some(2), "terms-invalid".into()));
}

#[test]
fn a_log_restored_from_a_backup_is_refused_and_continued_under_another_name() {
    let (place, _) = Place::new();
    place.json(&["init", "--log", "k", "--origin", "exemple.fr/k", "--elsewhere", "ailleurs"]);
    let terms = ["terms", "add", "--log", "k", "--slug", "cgu", "--version", "1", "--lang", "fr", "--file", "cgu.txt"];
    let hash = place.json(&terms)["sha256"].as_str().unwrap().to_owned();
    let accept = ["accept", "--log", "k", "--subject-file", "kit.txt", "--terms", &hash];
    let copy = |from: &str, to: &str| {
        let copied = Command::new("cp").args(["-r", from, to]).current_dir(place.0.path()).status().unwrap();
        assert!(copied.success());
    };
    copy("k", "sauvegarde");
    place.json(&accept);
    place.json(&accept);
    fs::remove_dir_all(place.path("k")).unwrap();
    copy("sauvegarde", "k");
    let (status, lines) = place.json_lines(&accept);
    let error = &lines[0]["error"];
    assert_eq!((status, error["name"].as_str()), (Some(6), Some("log-behind")));
    assert_eq!((error["facts"]["first_missing"].as_u64(), error["facts"]["missing"].as_u64()), (Some(0), Some(2)));
    place.json(&["init", "--log", "k2", "--origin", "exemple.fr/k2", "--continues", "ailleurs"]);
    assert!(place.read("k2/continues").contains("exemple.fr/k\n2\n"));
}

#[test]
fn several_commands_at_once_wait_for_one_another() {
    let (place, terms) = Place::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                (0..3).for_each(|_| assert!(place.answer("accept", "kit.txt", &terms)["leaf_index"].is_u64()))
            });
        }
    });
    assert_eq!(place.json(&["verify", "--log", "j", "--vkey", "j/key.vkey"])["tree_size"], 12);
}

#[test]
fn acceptances_of_before_are_taken_over_once_as_terms_of_an_unknown_version() {
    let (place, _) = Place::new();
    let rows = "user_id,cgu_accepted,date_accept_cgu\n1,t,2024-05-13 10:22:33\n2,true,1715595753\n3,0,\n4,1,2024-05-13T12:22:33+02:00\n";
    fs::write(place.path("avant.csv"), rows).unwrap();
    let import = ["import", "--log", "j", "--file", "avant.csv", "--slug", "cgu"];
    let wanted = serde_json::json!({ "rows": 4, "imported": 3, "not_accepted": 1, "unreadable": 0, "tree_size": 3 });
    assert_eq!(place.json(&import), wanted);
    assert_eq!(place.json(&import), wanted, "the second time");
    let (_, all) = place.json_lines(&["list", "--log", "j"]);
    for line in &all {
        assert_eq!(
            (&line["terms"]["version"], &line["method"], &line["at"]),
            (&"unknown".into(), &"legacy".into(), &"2024-05-13T10:22:33Z".into())
        );
        assert_eq!((&line["signed_in"], &line["presented_at"]), (&Value::Null, &Value::Null));
    }
    let (_, iso) = place.json_lines(&["list", "--log", "j", "--iso27560"]);
    assert_eq!(
        (iso[0]["record_id"] == all[0]["record_id"], &iso[0]["events"][0]["event_state"]),
        (true, &"terms accepted".into())
    );
    assert_eq!(iso[0]["events"][0]["event_type"], "acceptance of terms, not a consent");
    fs::write(place.path("avant.csv"), "user_id,date_accept_cgu\n5,hier\n").unwrap();
    let (status, lines) = place.json_lines(&import);
    assert_eq!((status, &lines[0]["unreadable"]), (Some(1), &1.into()));
    fs::write(place.path("avant.csv"), "user,date_accept_cgu\n5,hier\n").unwrap();
    assert_eq!(place.error(&import), (Some(2), "column-missing".into()));
    assert_eq!(place.json(&["verify", "--log", "j", "--vkey", "j/key.vkey"])["valid"], true);
}

#[test]
fn a_receipt_is_also_a_page_to_print() {
    let (place, terms) = Place::new();
    let id = place.answer("accept", "signe.json", &terms)["record_id"].as_str().unwrap().to_owned();
    place.json(&["receipt", "--log", "j", "--record", &id, "--out", "r.tlog-proof", "--page", "r.html"]);
    let page = place.read("r.html");
    assert!(
        page.starts_with("<!doctype html>")
            && page.contains("<h1>Reçu : acceptation de conditions d&#39;utilisation</h1>")
    );
    for text in [id.as_str(), "exemple.fr/consentements", "entrée 0 d&#39;un journal de 1 entrées", "eidas1", "<svg"]
    {
        assert!(page.contains(text), "{text}");
    }
    // Nothing of the person, nothing from elsewhere.
    assert!(!page.contains("899700366240") && !page.contains("src=") && !page.contains("href="));
}
