//! What the doctor finds at a provider that is well, moved, broken, or lives at another time.

use crate::fake::psc;
use sas_psc::drive::{CheckStatus, Finding, block_on};
use sas_psc::psc::{Endpoint, Environment};
use sas_psc::{Code, Lang};
use serde_json::{Value, json};

/// Status and code of each check, in order.
fn outcome(findings: &[Finding]) -> Vec<(&'static str, CheckStatus, Option<Code>)> {
    findings.iter().map(|found| (found.check, found.status, found.code)).collect()
}

#[test]
fn a_provider_that_is_well_is_well_in_all() {
    let psc = psc();
    let found = block_on(psc.examine(None, Lang::Fr));
    let (ok, none) = (CheckStatus::Ok, None);
    assert_eq!(
        outcome(&found),
        [
            ("issuer", ok, none),
            ("discovery", ok, none),
            ("endpoints", ok, none),
            ("keys", ok, none),
            ("clock", CheckStatus::Skipped, none)
        ]
    );
    assert!(found.iter().all(|found| found.hint.is_empty() && !found.message.is_empty()));
    let asked = psc.world().state().requests.len();
    assert_eq!(asked, 2, "the document and the keys, nothing else");
}

#[test]
fn an_address_that_moved_is_a_warning_that_names_both() {
    let psc = psc();
    let moved = "https://auth.bas.psc.esante.gouv.fr/v2/token";
    psc.world().state().discovery["token_endpoint"] = moved.into();
    let found = block_on(psc.examine(None, Lang::En));
    assert_eq!(outcome(&found)[2], ("endpoints", CheckStatus::Warning, Some(Code::ENDPOINT_DRIFT)));
    let known = Environment::bas().endpoint(Endpoint::Token).unwrap().to_owned();
    assert!(found[2].message.contains(&known) && found[2].message.contains(moved), "{}", found[2].message);
    psc.world().state().discovery["token_endpoint"] = "https://evil.example/token".into();
    let found = block_on(psc.examine(None, Lang::En));
    assert_eq!(outcome(&found)[1], ("discovery", CheckStatus::Failed, Some(Code::DISCOVERY_HOST)));
    assert_eq!(outcome(&found)[2..4], ["endpoints", "keys"].map(|check| (check, CheckStatus::Skipped, None)));
    assert!(!found[1].message.contains("evil"), "what a stranger says is not repeated");
}

#[test]
fn keys_that_cannot_be_used_fail() {
    let psc = psc();
    psc.world().answer(Endpoint::Jwks, 200, json!({ "keys": [] }));
    let found = block_on(psc.examine(None, Lang::Fr));
    assert_eq!(outcome(&found)[3], ("keys", CheckStatus::Failed, Some(Code::KEYS_UNUSABLE)));
}

/// What is found of the clock when the answers bear this date.
fn clock(date: &str) -> (CheckStatus, Option<Code>, String) {
    let psc = psc();
    psc.world().state().date = Some(date.to_owned());
    let found = block_on(psc.examine(None, Lang::En)).pop().unwrap();
    (found.status, found.code, found.message)
}

#[test]
fn a_clock_that_is_off_is_told_with_its_size_and_fails_beyond_the_leeway() {
    let skew = Some(Code::CLOCK_SKEW);
    let (status, code, message) = clock("Mon, 23 Nov 2026 08:05:00 GMT");
    assert_eq!((status, code), (CheckStatus::Failed, skew));
    assert!(message.contains("300 s behind"), "{message}");
    let (status, code, message) = clock("Mon, 23 Nov 2026 07:59:50 GMT");
    assert_eq!((status, code), (CheckStatus::Warning, skew));
    assert!(message.contains("9 s ahead") || message.contains("10 s ahead"), "{message}");
    assert_eq!(clock("Mon, 23 Nov 2026 08:00:02 GMT").0, CheckStatus::Ok);
}

#[test]
fn a_finding_as_json_has_the_shape_of_the_command() {
    let psc = psc();
    psc.world().state().discovery["issuer"] = "https://another.example".into();
    let found = block_on(psc.examine(None, Lang::En));
    let json = serde_json::to_value(&found[1]).unwrap();
    assert_eq!(json["code"], json!(Code::DISCOVERY_ISSUER.number()));
    let members: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["check", "code", "hint", "message", "status"]);
    assert_eq!(serde_json::to_value(&found[0]).unwrap()["code"], Value::Null);
}

#[test]
fn what_the_provider_says_of_itself_is_shown_and_its_silence_too() {
    let psc = psc();
    psc.world().state().discovery["scopes_supported"] = json!(["openid", "scope_all"]);
    let seen = block_on(psc.observe(Lang::Fr));
    let of = |name: &str| {
        let found = seen.iter().find(|found| found.observed.as_ref().is_some_and(|seen| seen.observed == name));
        serde_json::to_value(found.unwrap()).unwrap()
    };
    assert_eq!(of("scopes_supported")["value"], json!(["openid", "scope_all"]));
    assert_eq!(of("prompt_values_supported")["value"], Value::Null);
    assert_eq!(of("standard_discovery_path")["value"]["status"], json!(404));
    assert!(seen.iter().all(|found| found.check == "observation" && found.status == CheckStatus::Ok));
    psc.world().state().discovery["issuer"] = "https://another.example".into();
    let seen = block_on(psc.observe(Lang::Fr));
    assert_eq!(outcome(&seen), [("observation", CheckStatus::Skipped, None)]);
}
