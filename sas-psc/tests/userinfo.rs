//! Every case of `vectors/userinfo/`, which C and Python run too: a userinfo answer in, the professional or the code out.
//! `SAS_PSC_WRITE_VECTORS=1 cargo test` writes what is found as expected: look at the difference before you keep it.

use sas_psc::psc::UserInfo;
use serde_json::{Value, json};

#[test]
fn every_shape_is_read_or_refused_as_its_file_says() {
    let room = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/userinfo");
    let mut cases = 0;
    for file in std::fs::read_dir(room).unwrap().map(|entry| entry.unwrap().path()) {
        let mut case: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let text = case["text"].as_str().map_or_else(|| case["userinfo"].to_string(), str::to_owned);
        let result = UserInfo::parse(text.as_bytes());
        match &result {
            Ok(info) => {
                let found = json!({
                    "professional": info.professional(),
                    "rpps": info.professional().rpps().map(|rpps| rpps.to_string()),
                    "auth_mode": info.auth_mode(),
                });
                if std::env::var_os("SAS_PSC_WRITE_VECTORS").is_some() {
                    case["found"] = found.clone();
                    std::fs::write(&file, format!("{}\n", serde_json::to_string_pretty(&case).unwrap())).unwrap();
                }
                assert_eq!(found, case["found"], "{}", file.display());
                assert_eq!(case["expect"], "ok", "{}", file.display());
                assert_eq!(Value::Object(info.claims().clone()), case["userinfo"], "{}", file.display());
            }
            Err(error) => {
                let expected = (case["expect"].as_str(), case["about"].as_str());
                assert_eq!((Some(error.code().name()), error.facts().claim), expected, "{}", file.display());
            }
        }
        cases += 1;
    }
    assert_eq!(cases, 66);
}
