//! The vectors of `vectors/id-token/`: one file per token, with what it must be judged. C, Python and the command run
//! the same files. `cases.rs` says what is in each; `SAS_PSC_WRITE_VECTORS=1 cargo test` writes them anew.

mod cases;
mod differential;
mod minting;
mod oddities;

use minting::Vector;
use sas_psc::base::Timestamp;
use sas_psc::psc::{IdTokenCheck, Jwks, VerifiedIdToken};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

fn room() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/id-token"))
}

fn verify(vector: &Value) -> sas_psc::Result<VerifiedIdToken> {
    let text = |name: &str| vector["options"][name].as_str();
    let seconds = |name: &str| vector["options"][name].as_u64().map(Duration::from_secs);
    let keys = Jwks::parse(vector["jwks"].to_string().as_bytes())?;
    let mut check = IdTokenCheck::new(text("issuer").unwrap(), text("client_id").unwrap());
    if let Some(nonce) = text("nonce") {
        check = check.nonce(nonce);
    }
    if let Some(acr) = text("acr") {
        check = check.acr(acr.parse()?);
    }
    if vector["options"]["exact_acr"] == true {
        check = check.exact_acr();
    }
    if vector["options"]["allow_missing_acr"] == true {
        check = check.allow_missing_acr();
    }
    if let Some(token) = text("access_token") {
        check = check.access_token(token);
    }
    if let Some(leeway) = seconds("leeway") {
        check = check.leeway(leeway);
    }
    if let Some(max_age) = seconds("max_age") {
        check = check.max_age(max_age);
    }
    let now = Timestamp::from_unix(vector["options"]["now"].as_i64().unwrap());
    check.verify(vector["token"].as_str().unwrap(), &keys, now)
}

/// The verdict as a vector writes it: `ok`, or the code and the claim or field it names.
fn verdict(result: &sas_psc::Result<VerifiedIdToken>) -> (String, Option<&'static str>) {
    match result {
        Ok(_) => ("ok".to_owned(), None),
        Err(error) => (error.code().name().to_owned(), error.facts().claim.or(error.facts().field)),
    }
}

#[test]
fn every_token_is_judged_as_its_file_says() {
    let mut wrong = Vec::new();
    for file in std::fs::read_dir(room()).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let vector: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let result = verify(&vector);
        let expected = (vector["expect"].as_str().unwrap().to_owned(), vector["about"].as_str());
        let found = verdict(&result);
        if (found.0.as_str(), found.1) != (expected.0.as_str(), expected.1) {
            wrong.push(format!("{}: expected {expected:?}, found {found:?}", file.display()));
        }
        if let Ok(token) = result {
            let (claims, text) = (token.claims(), |claim: &str| token.claims()[claim].as_str().map(str::to_owned));
            assert_eq!(claims["iss"], vector["options"]["issuer"], "{}", file.display());
            assert_eq!(serde_json::from_str::<Value>(token.claims_json()).unwrap(), Value::Object(claims));
            let told = [token.issuer(), token.client_id(), token.subject()].map(|told| Some(told.to_owned()));
            let client = vector["options"]["client_id"].as_str().map(str::to_owned);
            assert_eq!(told, [text("iss"), client, text("sub")], "{}", file.display());
            assert_eq!(token.session_id().map(str::to_owned), text("sid"), "{}", file.display());
            assert_eq!(token.id_nat().unwrap().as_str(), "899700000013", "{}", file.display());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_files_are_those_that_the_cases_say() {
    let write = std::env::var_os("SAS_PSC_WRITE_VECTORS").is_some();
    let vectors = cases::all();
    let mut names = BTreeSet::new();
    for Vector { name, json } in &vectors {
        assert!(names.insert(format!("{name}.json")), "{name} is there twice");
        let file = room().join(format!("{name}.json"));
        let text = format!("{}\n", serde_json::to_string_pretty(json).unwrap());
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

/// One check and one set of keys serve every sign-in: what differs between two is given by `of`.
#[test]
fn one_check_serves_every_sign_in() {
    let vector: Value = serde_json::from_slice(&std::fs::read(room().join("ok-access-token.json")).unwrap()).unwrap();
    let option = |name: &str| vector["options"][name].as_str().unwrap();
    let check: IdTokenCheck<'static> =
        IdTokenCheck::new(option("issuer").to_owned(), option("client_id").to_owned()).acr("eidas1".parse().unwrap());
    let keys = Jwks::parse(vector["jwks"].to_string().as_bytes()).unwrap();
    let now = Timestamp::from_unix(vector["options"]["now"].as_i64().unwrap());
    let verify =
        |nonce, access_token| check.of(nonce, access_token).verify(vector["token"].as_str().unwrap(), &keys, now);
    assert!(verify(Some(option("nonce")), Some(option("access_token"))).is_ok());
    assert!(verify(None, None).is_ok(), "neither is known");
    assert_eq!(verdict(&verify(Some("other"), None)), ("id-token-nonce".to_owned(), Some("nonce")));
    assert_eq!(verdict(&verify(None, Some("other"))), ("id-token-access-token".to_owned(), Some("at_hash")));
}
