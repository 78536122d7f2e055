//! Every case of `vectors/participation/`, which the command, C and Python run too: settings in, the French verdict out.

use sas_psc::Lang;
use sas_psc::participation::{Mode, check_json};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Case {
    mode: Mode,
    settings: Value,
    expected: Value,
}

#[test]
fn every_case_has_its_verdict() {
    let room = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/participation");
    let mut cases = 0;
    for file in std::fs::read_dir(room).unwrap().map(|entry| entry.unwrap().path()) {
        let case: Case = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let check = check_json(&case.settings.to_string(), case.mode, Lang::Fr).unwrap();
        assert_eq!(serde_json::to_value(check).unwrap(), case.expected, "{}", file.display());
        cases += 1;
    }
    assert_eq!(cases, 26);
}
