//! Examinations of the way to Pro Santé Connect, one after another, each with what to do: what `sas-psc doctor` prints.
//!
//! Nothing is changed and nobody signs in. What cannot be examined because something before it failed is skipped, so
//! that the first thing to mend stands out. Nothing secret is in a finding: of a proxy its address without its password.

#[cfg(feature = "http")]
mod config;

use super::psc::{Psc, World};
use crate::base::Response;
use crate::error::{Code, Error, Lang};
use crate::psc::{self, Drift, KeyCache, Metadata, Observed};
use serde::{Serialize, Serializer};
use std::fmt::Write;

/// More than an ID token's default leeway: good tokens would be refused.
const SKEW_FAILS: u64 = 30;
const SKEW_WARNS: u64 = 5;

/// How an examination ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum CheckStatus {
    /// As it should be.
    Ok,
    /// It works, and will not for ever.
    Warning,
    /// It does not work.
    Failed,
    /// It was not examined: not set, or something before it failed.
    Skipped,
}

impl CheckStatus {
    /// `ok`, `warning`, `failed`, `skipped`.
    pub const fn name(self) -> &'static str {
        match self {
            CheckStatus::Ok => "ok",
            CheckStatus::Warning => "warning",
            CheckStatus::Failed => "failed",
            CheckStatus::Skipped => "skipped",
        }
    }
}

/// What one examination found. As JSON `{"check","status","code","message","hint"}`, the code as its number or null; of
/// an observation also `"observed"` and `"value"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Which: `client-certificate`, `proxy`, `issuer`, `discovery`, `endpoints`, `keys`, `clock`; `observation`; of the
    /// sender of mails `spf`, `dkim`, `dmarc`.
    pub check: &'static str,
    /// How it ended.
    pub status: CheckStatus,
    /// What is wrong; none when nothing is.
    #[serde(serialize_with = "number")]
    pub code: Option<Code>,
    /// What was found, for a person.
    pub message: String,
    /// What to do; empty when there is nothing to do.
    pub hint: String,
    /// What was seen, of an observation.
    #[serde(flatten)]
    pub observed: Option<Observed>,
}

impl Finding {
    /// Whether something must be mended before anybody can sign in.
    pub fn failed(&self) -> bool {
        self.status == CheckStatus::Failed
    }
}

#[allow(clippy::ref_option)] // serde's shape
fn number<S: Serializer>(code: &Option<Code>, serializer: S) -> Result<S::Ok, S::Error> {
    code.map(Code::number).serialize(serializer)
}

impl<W: World> Psc<W> {
    /// Examines the provider, in the order in which it would be mended: whether the issuer answers, its discovery
    /// document, its addresses, its keys, the clock. Nobody signs in.
    pub async fn examine_provider(&self, lang: Lang) -> Vec<Finding> {
        let (report, world) = (Report { lang }, self.world());
        let mut findings = Vec::new();
        let sent = world.now();
        let answer = world.send(self.environment().discovery_request()).await;
        let skew = answer.as_ref().ok().and_then(|response| response.clock_skew(sent, world.now()));
        findings.push(report.reached(answer.as_ref()));
        let metadata = answer.ok().filter(answers).map(|response| Metadata::discovered(self.environment(), &response));
        match metadata {
            None => findings.extend(["discovery", "endpoints", "keys"].map(|check| report.unreached(check))),
            Some(Err(error)) => {
                findings.push(report.failed("discovery", &error));
                findings.extend(["endpoints", "keys"].map(|check| report.unreached(check)));
            }
            Some(Ok(metadata)) => {
                findings.push(report.ok(
                    "discovery",
                    "Le document de découverte est celui de cet émetteur.",
                    "The discovery document is this issuer's.",
                ));
                findings.push(report.endpoints(metadata.drift()));
                findings.push(report.keys(self, &metadata).await);
            }
        }
        findings.push(report.clock(skew));
        findings
    }

    /// What can be seen of the provider without signing in, from its discovery document and its standard path: open
    /// questions about PSC that its own answers settle.
    pub async fn observe(&self, lang: Lang) -> Vec<Finding> {
        let report = Report { lang };
        let standard = self.environment().clone().with_discovery_path("/.well-known/openid-configuration");
        let document = match self.world().send(self.environment().discovery_request()).await {
            Ok(document) => document,
            Err(_) => return vec![report.unreached("observation")],
        };
        let standard = self.world().send(standard.discovery_request()).await.ok();
        match psc::observe(self.environment(), &document, standard.as_ref()) {
            Ok(seen) => seen.into_iter().map(|seen| report.seen(seen)).collect(),
            Err(_) => vec![report.unreached("observation")],
        }
    }
}

/// A refusal of the server itself, or of what stands before it, is no answer of the issuer.
fn answers(response: &Response) -> bool {
    !matches!(response.status, 429 | 500..=599)
}

struct Report {
    lang: Lang,
}

impl Report {
    fn text(&self, fr: &str, en: &str) -> String {
        if self.lang == Lang::Fr { fr } else { en }.to_owned()
    }

    fn ok(&self, check: &'static str, fr: &str, en: &str) -> Finding {
        Finding {
            check,
            status: CheckStatus::Ok,
            code: None,
            message: self.text(fr, en),
            hint: String::new(),
            observed: None,
        }
    }

    fn skipped(&self, check: &'static str, fr: &str, en: &str) -> Finding {
        Finding { status: CheckStatus::Skipped, ..self.ok(check, fr, en) }
    }

    fn of_code(&self, check: &'static str, status: CheckStatus, code: Code) -> Finding {
        let (message, hint) = (code.message(self.lang).to_owned(), code.hint(self.lang).to_owned());
        Finding { check, status, code: Some(code), message, hint, observed: None }
    }

    fn failed(&self, check: &'static str, error: &Error) -> Finding {
        let mut finding = self.of_code(check, CheckStatus::Failed, error.code());
        for (name, value) in error.facts().pairs() {
            let _ = write!(finding.message, " [{name}={value}]");
        }
        finding
    }

    fn reached(&self, answer: Result<&Response, &Error>) -> Finding {
        match answer {
            Err(error) => self.failed("issuer", error),
            Ok(response) if answers(response) => self.ok("issuer", "L'émetteur répond.", "The issuer answers."),
            Ok(response) => {
                let status = response.status;
                self.failed(
                    "issuer",
                    &Error::new(Code::PROVIDER_UNAVAILABLE).with(|facts| facts.http_status = Some(status)),
                )
            }
        }
    }

    fn unreached(&self, check: &'static str) -> Finding {
        self.skipped(
            check,
            "Non examiné : l'émetteur n'a pas donné de document utilisable.",
            "Not examined: the issuer gave no usable document.",
        )
    }

    fn seen(&self, seen: Observed) -> Finding {
        let message = format!("{} = {}", seen.observed, seen.value);
        Finding { observed: Some(seen), ..self.ok("observation", &message, &message) }
    }

    fn endpoints(&self, drift: &[Drift]) -> Finding {
        if drift.is_empty() {
            let (fr, en) = ("Les adresses annoncées sont celles connues.", "The announced addresses are those known.");
            return self.ok("endpoints", fr, en);
        }
        let mut finding = self.of_code("endpoints", CheckStatus::Warning, Code::ENDPOINT_DRIFT);
        for one in drift {
            let found = one.found.as_deref().unwrap_or("-");
            let _ = write!(finding.message, " [{}: {} → {found}]", one.endpoint.member(), one.expected);
        }
        finding
    }

    async fn keys<W: World>(&self, psc: &Psc<W>, metadata: &Metadata) -> Finding {
        let keys = match KeyCache::new(metadata) {
            Ok(cache) => psc.run(cache).await,
            Err(error) => Err(error),
        };
        match keys {
            Ok(_) => self.ok("keys", "Les clés de signature sont utilisables.", "The signature keys can be used."),
            Err(error) => self.failed("keys", &error),
        }
    }

    fn clock(&self, skew: Option<i64>) -> Finding {
        let Some(skew) = skew else {
            return self.skipped("clock", "L'émetteur n'a pas donné l'heure.", "The issuer did not tell the time.");
        };
        let status = match skew.unsigned_abs() {
            0..SKEW_WARNS => {
                return self.ok(
                    "clock",
                    "L'horloge est à l'heure de l'émetteur.",
                    "The clock agrees with the issuer's.",
                );
            }
            SKEW_WARNS..=SKEW_FAILS => CheckStatus::Warning,
            _ => CheckStatus::Failed,
        };
        let mut finding = self.of_code("clock", status, Code::CLOCK_SKEW);
        let (seconds, behind) = (skew.unsigned_abs(), skew > 0);
        let _ = match (self.lang, behind) {
            (Lang::Fr, true) => write!(finding.message, " Celle-ci retarde de {seconds} s."),
            (Lang::Fr, false) => write!(finding.message, " Celle-ci avance de {seconds} s."),
            (Lang::En, true) => write!(finding.message, " This one is {seconds} s behind."),
            (Lang::En, false) => write!(finding.message, " This one is {seconds} s ahead."),
        };
        finding
    }
}
