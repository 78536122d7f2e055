//! Every case of `vectors/link/`, which C and Python play too; and the plan over a whole base.

use sas_psc::Code;
use sas_psc::id::IdNat;
use sas_psc::onboarding::link::{LinkPlan, LinkPolicy, PlanColumns, PlanResult, PlanRow, candidates_from_json, decide};
use sas_psc::psc::UserInfo;
use serde_json::Value;

fn cases() -> Vec<(String, Value)> {
    let room = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/link");
    let files = std::fs::read_dir(room).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    let read = |file: std::path::PathBuf| {
        (file.display().to_string(), serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap())
    };
    files.map(read).collect()
}

#[test]
fn a_sign_in_means_what_its_file_says() {
    let cases = cases();
    assert_eq!(cases.len(), 40);
    for (name, case) in cases {
        let info = UserInfo::parse(case["person"].to_string().as_bytes()).unwrap();
        let policy = case["trusted_origins"].as_str().map_or_else(LinkPolicy::default, LinkPolicy::of_origins);
        match candidates_from_json(&case["accounts"].to_string()) {
            Ok(candidates) => {
                let decision = decide(info.professional(), &candidates, &policy);
                assert_eq!(serde_json::to_value(&decision).unwrap(), case["expect"], "{name}");
                assert_eq!(case["expect"]["decision"], decision.word(), "{name}");
                let shown = format!("{candidates:?}");
                assert!(!shown.contains("8997") && !shown.contains("DOC"), "{shown}");
            }
            Err(error) => assert_eq!(error.code().name(), case["code"], "{name}"),
        }
    }
}

fn plan(rows: &[(&str, &[&str])], people: impl Fn(&IdNat) -> Option<Vec<String>>) -> Vec<PlanResult> {
    let mut plan = LinkPlan::new();
    for (account, numbers) in rows {
        plan.see(PlanRow { account, numbers }).unwrap();
    }
    assert_eq!(plan.rows(), rows.len() as u64);
    rows.iter().map(|(account, numbers)| plan.judge(PlanRow { account, numbers }, &people)).collect()
}

const ANNE: &str = "899700218896";
const PAUL: &str = "99700245667";

#[test]
fn each_account_of_a_base_has_its_result() {
    use PlanResult::{Ambiguous, Linked, Unknown, WrongNumber};
    let rows: &[(&str, &[&str])] = &[
        ("1", &["99700218896"]),
        ("2", &[PAUL]),
        ("3", &["8 99 700 245 667", ""]),
        ("4", &["", "  "]),
        ("5", &["99700218897"]),
        ("6", &["0B6087510", "99700366240"]),
        ("7", &["99700427885", "99700237045"]),
        ("8", &["ANS20231122132732"]),
        ("9", &["99700366240x"]),
    ];
    let wanted = [Linked, Ambiguous, Ambiguous, Unknown, WrongNumber, Linked, Ambiguous, Unknown, WrongNumber];
    assert_eq!(plan(rows, |_| None), wanted);
    assert_eq!(PlanResult::ALL.map(PlanResult::word), ["linked", "ambiguous", "unknown", "wrong-number"]);
}

#[test]
fn a_directory_tells_who_is_known_and_who_is_two() {
    let known = |id: &IdNat| {
        Some(match id.as_str() {
            ANNE => vec!["anne".to_owned()],
            "899700245667" => vec!["paul".to_owned(), "pauline".to_owned()],
            _ => vec![],
        })
    };
    let rows: &[(&str, &[&str])] =
        &[("1", &[ANNE, "0B6087510"]), ("2", &[PAUL]), ("3", &["99700366240"]), ("4", &["99700218897"])];
    let wanted = [PlanResult::Linked, PlanResult::Ambiguous, PlanResult::Unknown, PlanResult::WrongNumber];
    assert_eq!(plan(rows, known), wanted);
}

#[test]
fn a_row_without_an_account_or_with_one_seen_before_is_not_counted() {
    let mut plan = LinkPlan::new();
    let mut see = |account| plan.see(PlanRow { account, numbers: &[ANNE] }).map_err(|error| error.code());
    assert_eq!(see("1"), Ok(()));
    assert_eq!(see(""), Err(Code::PLAN_ACCOUNT_MISSING));
    assert_eq!(see("1"), Err(Code::PLAN_ACCOUNT_TWICE));
    assert_eq!(plan.rows(), 1);
    assert_eq!(plan.judge(PlanRow { account: "1", numbers: &[ANNE] }, |_| None), PlanResult::Linked);
}

#[test]
fn columns_are_found_by_the_names_that_bases_give_them() {
    let of = |header: &[&str]| PlanColumns::of(header).map(|c| (c.account, c.numbers)).map_err(|e| e.facts().field);
    assert_eq!(of(&["account", "rpps"]), Ok((0, vec![1])));
    assert_eq!(of(&["Nom", "N° RPPS", "Numéro ADELI", "Identifiant compte"]), Ok((3, vec![1, 2])));
    assert_eq!(of(&["\u{feff}id_compte", "SubjectNameID"]), Ok((0, vec![1])));
    assert_eq!(of(&["login", "Identification nationale PP", "email"]), Ok((0, vec![1])));
    assert_eq!(of(&["rpps"]), Err(Some("account")));
    assert_eq!(of(&["compte", "email", "nom"]), Err(Some("number")), "an address and a name are no numbers");
    assert_eq!(of(&["compte", "login", "rpps"]), Ok((0, vec![2])), "the first that fits");
}
