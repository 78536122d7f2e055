//! Every case of `vectors/participation/`, which the command, C and Python run too: settings of an effector or a structure, a
//! slot or absences in; the French verdict out.

use sas_psc::Lang;
use sas_psc::base::Timestamp;
use sas_psc::participation::{
    Mode, check_absences_json, check_json, check_slot_json, check_structure_json, slot_days_json,
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Case {
    kind: Option<String>,
    mode: Mode,
    now: Option<String>,
    settings: Value,
    expected: Value,
}

#[test]
fn every_case_has_its_verdict() {
    let room = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/participation");
    let mut cases = 0;
    for file in std::fs::read_dir(room).unwrap().map(|entry| entry.unwrap().path()) {
        let case: Case = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let json = case.settings.to_string();
        let now = || Timestamp::parse_rfc3339(case.now.as_deref().unwrap()).unwrap();
        let check = match case.kind.as_deref() {
            None => check_json(&json, case.mode, Lang::Fr),
            Some("structure") => check_structure_json(&json, case.mode, Lang::Fr),
            Some("absences") => check_absences_json(&json, case.mode, Lang::Fr, now()),
            Some("slot-days") => slot_days_json(&json, case.mode, Lang::Fr, now()),
            Some(_) => check_slot_json(&json, case.mode, Lang::Fr, now()),
        };
        assert_eq!(serde_json::to_value(check.unwrap()).unwrap(), case.expected, "{}", file.display());
        cases += 1;
    }
    assert_eq!(cases, 125);
}
