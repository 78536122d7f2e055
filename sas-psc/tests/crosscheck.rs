//! Every case of `vectors/crosscheck/`, which C and Python run too: two descriptions in, what they have in common and where
//! they differ out.

use sas_psc::person::{DifferenceKind, Professional, SamePerson};
use sas_psc::psc::UserInfo;
use serde_json::{Value, json};

fn person(document: &Value) -> Professional {
    UserInfo::parse(document.to_string().as_bytes()).unwrap().professional().clone()
}

fn cases() -> Vec<(String, Value)> {
    let room = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/crosscheck");
    let files = std::fs::read_dir(room).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    let read = |file: std::path::PathBuf| {
        (file.display().to_string(), serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap())
    };
    files.map(read).collect()
}

#[test]
fn two_descriptions_agree_and_differ_as_their_file_says() {
    let cases = cases();
    assert_eq!(cases.len(), 26);
    for (name, case) in cases {
        let (one, other) = (person(&case["one"]), person(&case["other"]));
        let found = one.crosscheck(&other).with_active(case["one_active"].as_bool(), case["other_active"].as_bool());
        let seen = serde_json::to_value(&found).unwrap();
        let by: Vec<_> = found.activities.iter().map(|activity| activity.by).collect();
        let differences: Vec<_> = found.differences.iter().map(|d| json!([d.what.word(), d.one, d.other])).collect();
        let seen = json!({
            "person": seen["person"], "active": seen["active"], "professions": seen["professions"],
            "by": by, "differences": differences,
        });
        assert_eq!(seen, case["expect"], "{name}");
        // Nothing is fatal unless it is asked for, and the other way round the same is found.
        found.refuse(&[]).unwrap();
        let back = other.crosscheck(&one).with_active(case["other_active"].as_bool(), case["one_active"].as_bool());
        let kinds = |of: &sas_psc::person::Crosscheck| of.differences.iter().map(|d| d.what).collect::<Vec<_>>();
        assert_eq!((back.person, back.active, kinds(&back)), (found.person, found.active, kinds(&found)), "{name}");
        for activity in &found.activities {
            one.choose(&activity.one).unwrap();
            other.choose(&activity.other).unwrap();
        }
    }
}

#[test]
fn what_the_caller_will_not_have_is_refused_by_its_code() {
    let cases = cases();
    let found = |wanted: &str| {
        let case = &cases.iter().find(|(name, _)| name.ends_with(wanted)).unwrap().1;
        let found = person(&case["one"]).crosscheck(&person(&case["other"]));
        found.with_active(case["one_active"].as_bool(), case["other_active"].as_bool())
    };
    let refused = |found: &sas_psc::person::Crosscheck, kind| {
        let error = found.refuse(&[kind]).unwrap_err();
        (error.code().name(), error.facts().field)
    };
    assert_eq!(found("/two-people.json").person, SamePerson::Different);
    assert_eq!(refused(&found("/two-people.json"), DifferenceKind::Person), ("crosscheck-person", None));
    assert_eq!(refused(&found("/inactive.json"), DifferenceKind::Inactive), ("crosscheck-inactive", None));
    let of_name = found("/another-family-name.json");
    assert_eq!(refused(&of_name, DifferenceKind::FamilyName), ("crosscheck-difference", Some("family-name")));
    of_name.refuse(&[DifferenceKind::Person, DifferenceKind::Inactive]).unwrap();
    assert!(of_name.differs(DifferenceKind::of_word("family-name").unwrap()));
    let words = DifferenceKind::of_words(" person, activity,").unwrap();
    assert_eq!(words, [DifferenceKind::Person, DifferenceKind::Activity]);
    assert_eq!(DifferenceKind::of_word("hair").unwrap_err().code().name(), "crosscheck-word");
    let shown = format!("{of_name:?}");
    assert!(!shown.contains("DURAND") && shown.contains("family-name"), "{shown}");
}
