//! The vectors of `vectors/logout-token/`: one file per token, with what it must be judged. C and Python run the same
//! files. `cases.rs` says what is in each; `SAS_PSC_WRITE_VECTORS=1 cargo test` writes them anew.

mod cases;
#[path = "../id_token/minting.rs"]
#[allow(dead_code)]
mod minting;

use minting::Vector;
use sas_psc::base::Timestamp;
use sas_psc::psc::{Jwks, LogoutToken, LogoutTokenCheck};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

fn room() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/logout-token"))
}

fn verify(vector: &Value) -> sas_psc::Result<LogoutToken> {
    let options = &vector["options"];
    let keys = Jwks::parse(vector["jwks"].to_string().as_bytes())?;
    let mut check = LogoutTokenCheck::new(options["issuer"].as_str().unwrap(), options["client_id"].as_str().unwrap());
    if let Some(leeway) = options["leeway"].as_u64() {
        check = check.leeway(Duration::from_secs(leeway));
    }
    if options["allow_untyped"] == true {
        check = check.allow_untyped();
    }
    let now = Timestamp::from_unix(options["now"].as_i64().unwrap());
    check.verify(vector["token"].as_str().unwrap(), &keys, now)
}

#[test]
fn every_token_is_judged_as_its_file_says() {
    let (mut wrong, mut names) = (Vec::new(), BTreeSet::new());
    for Vector { name, json } in cases::all() {
        assert!(names.insert(format!("{name}.json")), "{name} is there twice");
        let file = room().join(format!("{name}.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(&json).unwrap());
        if std::env::var_os("SAS_PSC_WRITE_VECTORS").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let found = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(found == text, "{name} differs: run with SAS_PSC_WRITE_VECTORS=1 and look at the difference");
        let result = verify(&json);
        let verdict = match &result {
            Ok(_) => ("ok", None),
            Err(error) => (error.code().name(), error.facts().claim.or(error.facts().field)),
        };
        if verdict != (json["expect"].as_str().unwrap(), json["about"].as_str()) {
            wrong.push(format!("{name}: expected {} {}, found {verdict:?}", json["expect"], json["about"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let files = std::fs::read_dir(room()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let files: BTreeSet<String> = files.filter(|name| name.ends_with(".json")).collect();
    assert_eq!(files, names, "a file without its case");
}

#[test]
fn a_token_has_one_name_and_is_remembered_as_long_as_it_passes() {
    let of = |jti: &str| verify(&cases::right("ok").claim("jti", jti).write().json).unwrap();
    let (one, other) = (of("a"), of("b"));
    assert_eq!(one.once(), of("a").once());
    assert_ne!(one.once(), other.once());
    assert_eq!(one.remembered_until(), Timestamp::from_unix(minting::NOW + 110 + 30));
    assert_eq!((one.session_id(), one.subject().is_some()), (Some("c1f1a1c5-9d0f-4f0e-8a57-0d6a3f6f5b11"), true));
    assert!(!format!("{one:?}").contains("c1f1"));
}
