//! Every case of `vectors/life/`, which C and Python play too; and exports of programs that keep their own accounts.

use sas_psc::base::Timestamp;
use sas_psc::onboarding::lifecycle::{Life, LifeRules, PersonExport};
use sas_psc::{Code, Result};
use serde_json::{Value, json};

fn cases() -> Vec<(String, Value)> {
    let room = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/life");
    let files = std::fs::read_dir(room).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    let read = |file: std::path::PathBuf| {
        (file.display().to_string(), serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap())
    };
    files.map(read).collect()
}

fn play(case: &Value) -> Result<Value> {
    let rules = LifeRules::from_json(&case.get("rules").unwrap_or(&json!({})).to_string())?;
    let now = Timestamp::parse_rfc3339(case["now"].as_str().unwrap())?;
    Ok(serde_json::to_value(Life::from_json(&case["life"].to_string())?.described(&rules, now)).unwrap())
}

#[test]
fn what_is_due_is_what_the_file_says() {
    let cases = cases();
    assert_eq!(cases.len(), 23);
    for (name, case) in cases {
        match play(&case) {
            Ok(described) => assert_eq!(described, case["expect"], "{name}"),
            Err(error) => assert_eq!(error.code().name(), case["code"], "{name}"),
        }
    }
}

#[test]
fn parts_of_an_export_have_the_names_and_forms_of_the_schema() {
    let now = Timestamp::from_unix(0);
    let parts =
        json!({ "service": "SAS", "sessions": [{ "ends": "2026-11-24T08:00:00Z" }], "account": { "state": "x" } });
    let export = PersonExport::of_parts(&parts.to_string(), now).unwrap().to_json().unwrap();
    let export: Value = serde_json::from_slice(&export).unwrap();
    assert_eq!((&export["made_at"], &export["account"]["state"]), (&json!("1970-01-01T00:00:00Z"), &json!("x")));
    let schema = include_str!("../../docs/gdpr/export.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    let known: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    assert_eq!(export.as_object().unwrap().keys().collect::<Vec<_>>(), known);
    assert_eq!(export["format"], schema["properties"]["format"]["const"]);
    for bad in ["[]", "{", r#"{"emails":[]}"#, r#"{"records":{}}"#, r#"{"format":"other"}"#, r#"{"made_at":"now"}"#] {
        assert_eq!(PersonExport::of_parts(bad, now).unwrap_err().code(), Code::EXPORT_MEMBER, "{bad}");
    }
}
