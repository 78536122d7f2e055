//! `directory import` as a script sees it: one object, the index, the rejects, the changes; and what it refuses.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn run(arguments: &[&str], stdin: Option<&Path>) -> Output {
    let stdin = stdin.map_or(Stdio::null(), |file| fs::File::open(file).unwrap().into());
    let mut command = Command::new(env!("CARGO_BIN_EXE_sas-psc"));
    command.args(arguments).env_clear().env("LANG", "fr_FR.UTF-8").stdin(stdin).output().unwrap()
}

fn json(output: &Output) -> Value {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&text).unwrap()
}

fn extract() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/directory/extract.txt")
}

#[test]
fn an_import_tells_what_it_did_and_with_an_older_index_what_changed() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let file = at("PS_LibreAcces_Personne_activite_202609230812.txt");
    fs::copy(extract(), &file).unwrap();
    let first = run(&["--json", "directory", "import", &file, "--index", &at("ancien")], None);
    let said = json(&first);
    assert!(first.status.success() && first.stderr.is_empty());
    assert_eq!(
        (said["rows"].as_u64(), said["people"].as_u64(), said["rejected"].as_u64()),
        (Some(11), Some(9), Some(3))
    );
    assert_eq!(
        (said["source_date"].as_str(), said["source"].as_str()),
        (Some("2026-09-23"), Some("ANS, Annuaire Santé"))
    );
    assert_eq!(said["index_bytes"].as_u64(), Some(fs::metadata(at("ancien/directory.index")).unwrap().len()));
    assert!(said["seconds"].is_number() && said["delta"].is_null());
    assert!(fs::read_to_string(said["rejects_file"].as_str().unwrap()).unwrap().contains("1,5,id-key"));

    let later = fs::read_to_string(&file).unwrap().replace("|75009|", "|75010|");
    fs::write(at("later.txt"), later).unwrap();
    let second = run(
        &["--json", "directory", "import", &at("later.txt"), "--index", &at("neuf"), "--delta", &at("ancien")],
        None,
    );
    let delta = &json(&second)["delta"];
    assert_eq!((&delta["arrived"], &delta["left"], &delta["changed"]), (&0.into(), &0.into(), &5.into()));
    assert_eq!(fs::read_to_string(delta["file"].as_str().unwrap()).unwrap().lines().count(), 6);

    // For people: a table on stdout, the source on stderr, no progress outside a terminal.
    let shown = run(&["directory", "import", "-", "--index", &at("flux")], Some(&extract()));
    let (out, err) = (String::from_utf8(shown.stdout).unwrap(), String::from_utf8(shown.stderr).unwrap());
    assert!(out.starts_with("lignes\t11\npersonnes\t9\nrejetées\t3\n"), "{out}");
    assert_eq!(err, "Source : ANS, Annuaire Santé, date inconnue (Licence Ouverte 2.0)\n");
}

#[test]
fn an_import_that_fails_says_why_and_leaves_the_index() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let index = at("annuaire");
    assert!(run(&["directory", "import", extract().to_str().unwrap(), "--index", &index], None).status.success());
    let before = fs::read(at("annuaire/directory.index")).unwrap();
    let text = fs::read_to_string(extract()).unwrap();
    fs::write(at("court.txt"), text.lines().take(3).map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    fs::write(at("coupe.txt"), &text[..text.len() - 80]).unwrap();
    fs::write(at("renomme.txt"), text.replace("Code commune (coord. structure)", "Commune")).unwrap();
    for (file, code, field) in [
        ("court.txt", "extract-shrunk", None),
        ("coupe.txt", "extract-cut", None),
        ("renomme.txt", "extract-header", Some("Code commune (coord. structure)")),
    ] {
        let output = run(&["--json", "directory", "import", &at(file), "--index", &index], None);
        let error = &json(&output)["error"];
        assert_eq!((output.status.code(), error["name"].as_str()), (Some(2), Some(code)));
        assert_eq!(error["facts"]["field"].as_str(), field);
        assert!(fs::read(at("annuaire/directory.index")).unwrap() == before);
    }
    let allowed = run(&["--json", "directory", "import", &at("court.txt"), "--index", &index, "--allow-shrink"], None);
    assert_eq!(json(&allowed)["people"], 2);
}

/// A server that gives one answer to everything.
fn fhir(answer: String) -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/fhir/v2", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut head = [0; 4096];
            let read = stream.read(&mut head).unwrap_or(0);
            // Whoever comes without the key is told so.
            let known = String::from_utf8_lossy(&head[..read]).contains("esante-api-key: key-of-a-test\r\n");
            let (status, body) = if known { (200, answer.as_str()) } else { (401, "") };
            let head = format!("HTTP/1.1 {status} Told\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = stream.write_all((head + body).as_bytes());
        }
    });
    base
}

#[test]
fn the_online_directory_is_asked_and_the_index_answers_while_it_is_away() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    fs::write(at("key"), "key-of-a-test\n").unwrap();
    assert!(
        run(&["directory", "import", extract().to_str().unwrap(), "--index", &at("annuaire")], None).status.success()
    );
    let lookup = |base: &str, more: &[&str]| {
        let key = at("key");
        let asked = ["--json", "directory", "lookup", "--fhir", base, "--insecure-loopback", "--fhir-key-file", &key];
        run(&[&asked, more].concat(), None)
    };
    let person = r#"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Practitioner","active":true,
        "meta":{"lastUpdated":"2026-09-05T01:00:00Z"},"name":[{"family":"DOC0036624","given":["KIT"]}],
        "identifier":[{"type":{"coding":[{"code":"RPPS"}]},"value":"99700366240"}]}}]}"#;
    let online = fhir(person.to_owned());
    let said = json(&lookup(&online, &["99700366240"]));
    assert_eq!((&said["found"], &said["source"]), (&true.into(), &"online".into()));
    assert_eq!(said["people"][0]["last_updated"], "2026-09-05T01:00:00Z");
    assert_eq!(said["people"][0]["family_name"], "DOC0036624");
    let nobody = lookup(&online, &["99700218896"]);
    assert_eq!((json(&nobody)["found"].as_bool(), nobody.status.code()), (Some(false), Some(1)));

    let broken = fhir("<html>".to_owned());
    let alone = lookup(&broken, &["99700366240"]);
    assert_eq!((&json(&alone)["error"]["name"], alone.status.code()), (&"fhir-answer".into(), Some(5)));
    let helped = json(&lookup(&broken, &["99700366240", "--index", &at("annuaire")]));
    assert_eq!((&helped["source"], &helped["people"][0]["active"]), (&"index".into(), &Value::Null));
    assert_eq!(helped["people"][0]["family_name"], "DOC0036624");

    fs::write(at("key"), "another").unwrap();
    let refused = lookup(&online, &["99700366240", "--index", &at("annuaire")]);
    assert_eq!((&json(&refused)["error"]["name"], refused.status.code()), (&"fhir-key-refused".into(), Some(2)));
}
