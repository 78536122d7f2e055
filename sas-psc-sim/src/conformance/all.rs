//! The cases of the bench: the files of `vectors/conformance`, and the tokens of `vectors/id-token`, each minted for the
//! sign-in that it is served to.
//!
//! A token of `vectors/id-token` whose options ask the check for something that a sign-in cannot ask by itself (another
//! leeway, a freshness, no nonce) is no case here. How bad it is when it passes is told by what is wrong with it.

use super::case::{Case, Expect, Flow, Serve, Severity, Step};
use serde_json::Value;

include!(concat!(env!("OUT_DIR"), "/cases.rs"));

/// Every case, by name.
///
/// # Panics
/// When a file is not a case; a test reads them all.
pub fn cases() -> Vec<Case> {
    let own = OWN.iter().map(|(name, text)| Case::parse(name, text).unwrap_or_else(|error| panic!("{name}: {error}")));
    let mut cases: Vec<Case> = own.chain(ID_TOKENS.iter().filter_map(|(name, text)| of_vector(name, text))).collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// Those whose fault does not outlive being minted anew: spare bits of a part that has another length, a subject that is
/// not the profile's.
const NOT_HERE: [&str; 4] = [
    "form-header-other-spelling",
    "form-payload-other-spelling",
    "ok-subject-of-255",
    "ok-subject-of-a-structure-employee",
];

fn of_vector(name: &str, text: &str) -> Option<Case> {
    let vector: Value = serde_json::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let options = vector["options"].as_object()?;
    let ordinary = options.iter().all(|(option, value)| match option.as_str() {
        "issuer" | "client_id" | "nonce" | "now" | "access_token" => true,
        "acr" => value == "eidas1",
        _ => false,
    });
    // An empty token is no token: `answer-empty-id-token`.
    let ordinary = ordinary && vector["token"] != "" && !NOT_HERE.contains(&name);
    if !ordinary || !options.contains_key("nonce") || !options.contains_key("acr") {
        return None;
    }
    let text = |member: &str| vector[member].as_str().map(str::to_owned);
    let expected = text("expect")?;
    let accepted = expected == "ok";
    let about = text("about");
    let what = name.replace('-', " ");
    let does = match (accepted, &about) {
        (true, _) => format!("sends an ID token that is right: {}", what.strip_prefix("ok").unwrap_or(&what).trim()),
        (false, Some(about)) => format!("sends an ID token that is wrong in `{about}`: {what}"),
        (false, None) => format!("sends an ID token that is wrong: {what}"),
    };
    Some(Case {
        name: format!("token-{name}"),
        does: does.trim_end_matches([':', ' ']).to_owned(),
        expect: if accepted { Expect::Accept } else { Expect::Refuse },
        at: Step::IdToken,
        severity: if accepted { Severity::Availability } else { severity(name, about.as_deref()) },
        code: (!accepted).then_some(expected),
        source: text("source")?,
        flow: Flow::Code,
        logins: 1,
        needs: if about.as_deref() == Some("acr") { vec!["acr".into()] } else { Vec::new() },
        serve: Serve { vector: Some(vector), ..Serve::default() },
    })
}

/// How bad it is that a wrong token passes.
fn severity(name: &str, about: Option<&str>) -> Severity {
    match (name.split('-').next().unwrap_or_default(), about) {
        ("algorithm" | "key" | "signature", _) => Severity::Critical,
        (_, Some("iss" | "aud" | "azp" | "nonce" | "at_hash" | "sub" | "crit")) => Severity::High,
        (_, Some("exp" | "nbf" | "iat" | "acr" | "typ")) => Severity::High,
        ("form", _) => Severity::Low,
        _ => Severity::Medium,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_enough_cases_and_each_refusal_says_its_code() {
        let cases = cases();
        let names: BTreeSet<_> = cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names.len(), cases.len(), "two cases of one name");
        let refused: Vec<_> = cases.iter().filter(|case| case.expect == Expect::Refuse).collect();
        assert!(refused.len() >= 134 && cases.len() >= 200, "{} of {}", refused.len(), cases.len());
        for case in &cases {
            assert_eq!(case.code.is_some(), case.expect == Expect::Refuse, "{}", case.name);
            if let Some(code) = &case.code {
                let known = sas_psc::Code::from_name(code);
                assert!(known.is_some(), "{}: no code is called {code}", case.name);
            }
            assert!(!case.does.is_empty() && !case.source.is_empty(), "{}", case.name);
        }
    }

    #[test]
    fn every_group_has_a_case_in_which_nothing_is_wrong() {
        let controls: Vec<_> = cases().into_iter().filter(|case| case.name.starts_with("control-")).collect();
        for flow in [Flow::Code, Flow::Ciba, Flow::Refresh, Flow::Logout] {
            assert!(controls.iter().any(|case| case.flow == flow && case.expect == Expect::Accept), "{flow:?}");
        }
    }
}
