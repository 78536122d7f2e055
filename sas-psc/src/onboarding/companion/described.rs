//! The companion as JSON in and JSON out: what the command, C and Python share.

use super::{LinkPurpose, Means, Need, Preparation, Prerequisite, SITE, Step, VerificationLink, steps};
use crate::error::{Code, Error, Lang, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What to have at hand, and the steps: `{"site","ready","checklist":[…],"steps":[…]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Prepared {
    /// Where the journey begins.
    pub site: &'static str,
    /// Whether nothing that was looked at is missing.
    pub ready: bool,
    /// What to have at hand.
    pub checklist: Vec<Prerequisite>,
    /// The steps.
    pub steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    with: String,
    number: Option<String>,
    address: Option<String>,
    settings: Option<serde_json::Value>,
    #[serde(default)]
    seen: BTreeMap<String, bool>,
}

/// Prepares the journey: a JSON object with `with` (`card`, `ecps`), and as far as they are known `number`, `address`,
/// `settings`, and in `seen` what the program looked at itself (`reader`, `card`, `middleware`, `app`: there or not).
///
/// # Errors
/// `usage` (field `companion`) for another shape; `settings-unreadable`.
///
/// ```
/// use sas_psc::{Lang, onboarding::companion::prepare};
///
/// let prepared = prepare(r#"{"with": "card", "number": "99700218896", "seen": {"reader": false}}"#, Lang::En)?;
/// assert!(!prepared.ready);
/// assert_eq!(prepared.checklist[0].hint, "Plug the card reader in.");
/// # Ok::<(), sas_psc::Error>(())
/// ```
pub fn prepare(asked: &str, lang: Lang) -> Result<Prepared> {
    let usage = || Error::field(Code::USAGE, "companion");
    let asked: Asked = serde_json::from_str(asked).map_err(|_| usage())?;
    let means = match asked.with.as_str() {
        "card" => Means::Card,
        "ecps" => Means::Ecps,
        _ => return Err(usage()),
    };
    let mut ready = Preparation::new(means);
    for (name, there) in &asked.seen {
        let needs = [Need::Reader, Need::Card, Need::Middleware, Need::App];
        let need = needs.into_iter().find(|need| need.name() == name).ok_or_else(usage)?;
        ready = ready.look(need, *there);
    }
    if let Some(number) = &asked.number {
        ready = ready.number(number);
    }
    if let Some(address) = &asked.address {
        ready = ready.address(address);
    }
    if let Some(settings) = &asked.settings {
        ready = ready.settings(&settings.to_string())?;
    }
    let (checklist, steps) = (ready.checklist(lang), steps(means, lang));
    Ok(Prepared { site: SITE, ready: ready.nothing_missing(), checklist, steps })
}

/// What a link says of itself: `{"purpose","claimed_end","verified":false}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DescribedLink {
    /// What it says it is for.
    pub purpose: LinkPurpose,
    /// When it says it ends, RFC 3339.
    pub claimed_end: Option<String>,
    /// Never: only the platform can verify it.
    pub verified: bool,
}

impl VerificationLink {
    /// What it says of itself, for JSON; the link is not in it.
    pub fn described(&self) -> DescribedLink {
        let claimed_end = self.claimed_end().map(|end| end.to_string());
        DescribedLink { purpose: self.purpose(), claimed_end, verified: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checklist_and_the_steps_come_as_one_object() {
        let asked = r#"{"with":"ecps","number":"99700218896","address":"docteur@exemple.fr","settings":{},"seen":{"app":true}}"#;
        let prepared = prepare(asked, Lang::Fr).unwrap();
        assert!(prepared.ready && prepared.checklist.len() == 4 && prepared.site == SITE);
        let json = serde_json::to_value(&prepared).unwrap();
        assert_eq!((&json["checklist"][0]["need"], &json["steps"][0]["step"]), (&"app".into(), &"connect".into()));
        assert!(!json.to_string().contains("99700218896") && !json.to_string().contains("docteur"));
    }

    #[test]
    fn what_is_no_such_object_is_the_callers_mistake() {
        for bad in [
            "",
            "{}",
            r#"{"with":"sms"}"#,
            r#"{"with":"card","seen":{"telephone":true}}"#,
            r#"{"with":"card","more":1}"#,
        ] {
            let error = prepare(bad, Lang::Fr).unwrap_err();
            assert_eq!((error.code(), error.facts().field), (Code::USAGE, Some("companion")), "{bad}");
        }
        let settings = prepare(r#"{"with":"card","settings":[]}"#, Lang::Fr).unwrap_err();
        assert_eq!(settings.code(), Code::SETTINGS_UNREADABLE);
    }
}
