//! Every case of vectors/sender-dns, and what no answer of a DNS may do.

use super::*;
use std::collections::BTreeMap;

#[derive(serde::Deserialize)]
struct Case {
    sender: String,
    selector: Option<String>,
    /// Name to records; a name that is absent has none, one that is null did not answer.
    answers: BTreeMap<String, Option<Vec<String>>>,
    /// spf, dkim, dmarc: a problem, or null.
    expect: [Option<String>; 3],
}

#[test]
fn every_case_of_the_vectors() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/sender-dns");
    let mut cases = 0;
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let case: Case = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        if !cfg!(feature = "idn") && !case.sender.is_ascii() {
            continue;
        }
        let sender = SenderDomain::of(&Address::parse(&case.sender).unwrap(), case.selector.as_deref()).unwrap();
        let questions = sender.questions();
        for asked in case.answers.keys() {
            assert!(questions.contains(asked), "{name}: {asked} is not asked: {questions:?}");
        }
        let found = sender.judge(|asked| match case.answers.get(asked) {
            Some(None) => Err(Error::new(Code::TIMED_OUT)),
            Some(Some(records)) => Ok(records.clone()),
            None => Ok(Vec::new()),
        });
        let problems = found.iter().map(|found| found.problem.map(|problem| problem.name().to_owned()));
        assert_eq!(problems.collect::<Vec<_>>(), case.expect, "{name}");
        for found in &found {
            let published = matches!(found.problem, None | Some(SenderProblem::NoSelector | SenderProblem::Unanswered));
            assert_eq!(found.publish.is_none(), published, "{name}: a failure names what to publish");
        }
        cases += 1;
    }
    assert!(cases > 20, "{cases} cases");
}

#[test]
fn what_is_to_be_published_is_right_by_our_own_rules() {
    let sender = SenderDomain::of(&Address::parse("a@mail.exemple.fr").unwrap(), Some("S1")).unwrap();
    let found = sender.judge(|_| Ok(Vec::new()));
    let text = |place: usize| found[place].publish.clone().unwrap();
    let record = |place: usize| text(place).split('"').nth(1).unwrap().to_owned();
    assert_eq!(spf::judge(&[record(0)]), Ok(()));
    assert!(text(1).starts_with("s1._domainkey.mail.exemple.fr. TXT "));
    assert_eq!(dmarc::judge(&[record(2)], false), Ok(()));
    assert!(text(2).starts_with("_dmarc.mail.exemple.fr. TXT "));
    for check in [SenderCheck::Spf, SenderCheck::Dkim, SenderCheck::Dmarc] {
        assert_eq!(check.code().name(), format!("sender-{}", check.name()));
    }
}

#[test]
fn a_selector_is_a_name() {
    let address = Address::parse("a@exemple.fr").unwrap();
    for good in ["s1", "google", "2026-01", "a.b", "k_1"] {
        assert!(SenderDomain::of(&address, Some(good)).is_ok(), "{good}");
    }
    for bad in ["", ".", "a..b", "a b", "é", "a/b", &"x".repeat(64)] {
        let error = SenderDomain::of(&address, Some(bad)).unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::EMAIL_DOMAIN, Some("selector")), "{bad}");
    }
}

proptest::proptest! {
    #[test]
    fn no_record_breaks_the_reader(text in "\\PC{0,80}", start in 0usize..4) {
        let record = ["v=spf1 ", "v=DKIM1; p=", "v=DMARC1; p=", ""][start].to_owned() + &text;
        let sender = SenderDomain::of(&Address::parse("a@b.exemple.fr").unwrap(), Some("s")).unwrap();
        let found = sender.judge(|_| Ok(vec![record.clone()]));
        proptest::prop_assert_eq!(found.len(), 3);
    }

    #[test]
    fn no_key_breaks_the_reader(key in proptest::collection::vec(proptest::num::u8::ANY, 0..64)) {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let _ = dkim::judge(&[format!("p={}", BASE64_STANDARD.encode(key))]);
    }
}
