//! What goes wrong on purpose: a list of rules, from a JSON file, from a test, or over the control page.
//!
//! ```json
//! [ {"fault": "answer", "at": "token", "status": 503, "body": "<html>", "times": 1},
//!   {"fault": "wrong-nonce"},
//!   {"fault": "smtp", "status": 451, "skip": 1, "times": 2} ]
//! ```
//! A rule waits until it has been passed by `skip` times, then applies `times` times (always, when left out).

use serde::{Deserialize, Serialize};

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The endpoint `at` answers late (`delay_ms`), or with `status` and `body` instead of its own answer, or ends the
    /// connection (`hang_up`).
    Answer,
    /// The browser comes back with another `iss` (RFC 9207).
    WrongCallbackIssuer,
    /// The browser comes back with another `state`.
    WrongState,
    /// The ID token carries another nonce.
    WrongNonce,
    /// The ID token is for another client.
    WrongAudience,
    /// The ID token names another issuer.
    WrongIssuer,
    /// The ID token ended ten minutes ago.
    ExpiredIdToken,
    /// The ID token has no `acr`.
    MissingAcr,
    /// The ID token says `eidas0`.
    LowAcr,
    /// The ID token's `at_hash` is that of another access token.
    WrongAtHash,
    /// The ID token's header names a key that nobody published.
    UnknownKid,
    /// The ID token's signature is that of other bytes.
    WrongSignature,
    /// A new key signs from the next token on; the old ones stay published.
    RotateKeys,
    /// As `rotate-keys`, and the old keys are withdrawn.
    WithdrawKeys,
    /// Userinfo answers for another person: `person`, or the next one of the list.
    OtherSubject,
    /// Userinfo is written in the shape `shape`.
    UserinfoShape,
    /// The next e-CPS request never reaches the phone, and so is never answered.
    PhoneSilent,
    /// Leaving a sign-in page does not end the request on the phone: an acceptance still arrives, and the page that
    /// was left sends a code.
    LateAcceptance,
    /// The phone service is down: CIBA requests get 503.
    PhoneServiceDown,
    /// The mail server answers `status` to a recipient (250 when left out), after `delay_ms`.
    Smtp,
    /// The same after the message was handed over, where a client cannot know whether it was taken.
    SmtpData,
}

/// Where an `answer` applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the names of PSC's endpoints
pub enum Endpoint {
    Discovery,
    Jwks,
    Authorization,
    Token,
    Userinfo,
    Ciba,
    Introspection,
    Revocation,
    Logout,
}

/// A fault with when and how it applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// What goes wrong.
    pub fault: Fault,
    /// For `answer`: where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Endpoint>,
    /// How many times it applies; always when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// How many times it is passed by before.
    #[serde(default)]
    pub skip: u32,
    /// Real milliseconds before the answer.
    #[serde(default)]
    pub delay_ms: u64,
    /// The status of an `answer`, the code of an `smtp` answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The body of an `answer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The media type of that body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// For `answer`: the connection ends in the middle of it.
    #[serde(default)]
    pub hang_up: bool,
    /// For `other-subject`: whose userinfo is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// For `userinfo-shape`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<crate::Shape>,
}

impl Rule {
    /// A rule that always applies.
    pub fn new(fault: Fault) -> Rule {
        Rule {
            fault,
            at: None,
            times: None,
            skip: 0,
            delay_ms: 0,
            status: None,
            body: None,
            content_type: None,
            hang_up: false,
            person: None,
            shape: None,
        }
    }

    /// An endpoint that answers `status` with `body`.
    pub fn answer(at: Endpoint, status: u16, body: &str) -> Rule {
        Rule { at: Some(at), status: Some(status), body: Some(body.to_owned()), ..Rule::new(Fault::Answer) }
    }

    /// Applies once only.
    pub fn once(self) -> Rule {
        Rule { times: Some(1), ..self }
    }
}

/// The rules in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Scenario {
    /// In order: of several rules for one fault, the first that applies does.
    pub rules: Vec<Rule>,
}

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    /// The first line and column that is not JSON or not a rule, or the rule that lacks a field.
    pub fn parse(json: &str) -> Result<Scenario, String> {
        let scenario: Scenario = serde_json::from_str(json).map_err(|error| error.to_string())?;
        for (at, rule) in scenario.rules.iter().enumerate() {
            let lacks = match rule.fault {
                Fault::Answer if rule.at.is_none() => "at",
                Fault::UserinfoShape if rule.shape.is_none() => "shape",
                _ => continue,
            };
            return Err(format!("rule {}: `{lacks}` is missing", at + 1));
        }
        Ok(scenario)
    }

    /// The rule that applies now, if any; it is counted.
    pub(crate) fn take(&mut self, fault: Fault, at: Option<Endpoint>) -> Option<Rule> {
        for rule in self.rules.iter_mut().filter(|rule| rule.fault == fault && rule.at == at) {
            if rule.skip > 0 {
                rule.skip -= 1;
            } else if rule.times != Some(0) {
                rule.times = rule.times.map(|times| times - 1);
                return Some(rule.clone());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_waits_and_then_applies_as_often_as_it_says() {
        let mut scenario = Scenario::parse(r#"[{"fault":"wrong-nonce","skip":1,"times":2}]"#).unwrap();
        let applied: Vec<_> = (0..5).map(|_| scenario.take(Fault::WrongNonce, None).is_some()).collect();
        assert_eq!(applied, [false, true, true, false, false]);
        assert!(scenario.take(Fault::LowAcr, None).is_none());
    }

    #[test]
    fn a_misspelt_scenario_is_refused() {
        for bad in [
            r#"[{"fault":"wrong-nonse"}]"#,
            r#"[{"fault":"wrong-nonce","tmies":1}]"#,
            r#"[{"fault":"answer","status":503}]"#,
            r#"[{"fault":"userinfo-shape"}]"#,
            r#"{"fault":"wrong-nonce"}"#,
            "",
        ] {
            assert!(Scenario::parse(bad).is_err(), "{bad}");
        }
    }
}
