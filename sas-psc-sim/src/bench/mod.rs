//! `sas-psc-sim conformance`: any client, in any language, before every case; verdicts that cannot be mistaken for each other.
//!
//! Each kind of flow has its control, the same sign-in with nothing wrong: a client that does not pass it is not tried in
//! that flow, because a refusal would prove nothing. A case that the client calls not its matter is neither passed nor
//! failed. Cases run at the same time, each with a provider and a process of its own.

mod client;
mod play;
mod report;

use crate::conformance::{Case, Expect, Flow, Step, cases};
pub use report::{Totals, totals};

use play::{Did, Played, play};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// How the bench runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// The command that starts the client, for the shell.
    pub client: String,
    /// What the report calls it.
    pub name: String,
    /// It is a web application: anything but a `start_url` breaks the protocol.
    pub browser: bool,
    /// Cases whose name this pattern fits: `*` stands for anything.
    pub pattern: String,
    /// Where `report.html` and `report.json` go.
    pub report: Option<PathBuf>,
    /// How long a client may take for a case.
    pub timeout: Duration,
    /// How many cases at a time.
    pub jobs: usize,
}

/// What a case says of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It did what a right client does.
    Passed,
    /// It did not.
    Failed,
    /// The case is not its matter.
    NotApplicable,
    /// The control of its flow did not pass.
    NotRun,
}

/// A line of the report.
#[derive(Debug, Clone, Serialize)]
pub struct Judged {
    /// The case.
    pub case: String,
    /// What the provider did.
    pub provider: String,
    /// What a right client does.
    pub should: String,
    /// What the client did.
    pub did: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The clause.
    pub source: String,
    /// How bad.
    pub severity: crate::conformance::Severity,
    /// Whether it is a hard case: one to refuse.
    pub hard: bool,
    /// What the provider was asked, in order.
    pub asked: Vec<String>,
    /// The last lines of the client's stderr.
    pub stderr: String,
    /// Milliseconds.
    pub took_ms: u64,
}

/// Runs the bench; gives every line, by name.
///
/// # Errors
/// When the report cannot be written.
pub fn run(options: &Options, mut tell: impl FnMut(&Judged) + Send) -> std::io::Result<Vec<Judged>> {
    let all = cases();
    let chosen: Vec<&Case> = all.iter().filter(|case| fits(&options.pattern, &case.name)).collect();
    let mut controls = BTreeMap::new();
    for case in all.iter().filter(|case| is_control(case)) {
        if chosen.iter().any(|other| kind(other) == kind(case)) {
            controls.insert(kind(case), judge(case, play(case, options)));
        }
    }
    let (next, lines) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let tell = Mutex::new(&mut tell);
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.max(1) {
            scope.spawn(|| {
                while let Some(case) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let line = match controls.get(&kind(case)) {
                        Some(control) if is_control(case) => control.clone(),
                        Some(control) if control.verdict == Verdict::Passed => judge(case, play(case, options)),
                        control => not_run(case, control),
                    };
                    (crate::lock(&tell))(&line);
                    crate::lock(&lines).push(line);
                }
            });
        }
    });
    let mut lines = lines.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    lines.sort_by(|a, b| a.case.cmp(&b.case));
    if let Some(folder) = &options.report {
        report::write(folder, options, &lines)?;
    }
    Ok(lines)
}

/// Cases of one kind share a control.
fn kind(case: &Case) -> (Flow, bool) {
    (case.flow, case.logins > 1)
}

fn is_control(case: &Case) -> bool {
    case.group() == "control"
}

fn blank(case: &Case) -> Judged {
    Judged {
        case: case.name.clone(),
        provider: case.does.clone(),
        should: match case.expect {
            Expect::Accept => "sign in".into(),
            Expect::Refuse => format!("refuse, at the latest at the step {}", step(case.at)),
        },
        did: String::new(),
        verdict: Verdict::NotRun,
        source: case.source.clone(),
        severity: case.severity,
        hard: case.expect == Expect::Refuse,
        asked: Vec::new(),
        stderr: String::new(),
        took_ms: 0,
    }
}

fn step(step: Step) -> String {
    serde_json::to_value(step).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A control that says "not my matter" makes its whole kind so.
fn not_run(case: &Case, control: Option<&Judged>) -> Judged {
    let (verdict, why) = match control {
        Some(control) if control.verdict == Verdict::NotApplicable => (Verdict::NotApplicable, control.did.clone()),
        Some(control) => (Verdict::NotRun, format!("the control {} did not pass: {}", control.case, control.did)),
        None => (Verdict::NotRun, "its kind has no control".to_owned()),
    };
    Judged { did: why, verdict, ..blank(case) }
}

fn judge(case: &Case, played: Played) -> Judged {
    let leak = played.seen.iter().find(|seen| seen.secret && seen.what.starts_with("elsewhere-"));
    let sent_code = case.at == Step::Callback
        && case.code.as_deref() != Some("code-refused")
        && played.seen.iter().any(|seen| seen.what == "token");
    let (did, verdict) = match (&played.did, case.expect) {
        (Did::NotApplicable(why), _) => (format!("not its matter: {why}"), Verdict::NotApplicable),
        (Did::Broken(why), _) => (format!("did not keep to the protocol of the bench: {why}"), Verdict::Failed),
        (Did::Hung, _) => ("had not decided when time was over".to_owned(), Verdict::Failed),
        (Did::Crashed, _) => ("ended by a signal".to_owned(), Verdict::Failed),
        (Did::Accepted(None), Expect::Refuse) => ("accepted".to_owned(), Verdict::Failed),
        (Did::Accepted(Some(_)), Expect::Refuse) => ("signed the person in".to_owned(), Verdict::Failed),
        (Did::Refused(how), Expect::Accept) => (format!("refused: {how}"), Verdict::Failed),
        (Did::Accepted(who), Expect::Accept) => match who {
            Some(who) if *who != played.subject => ("signed another person in".to_owned(), Verdict::Failed),
            None if case.flow != Flow::Logout => ("signed another person in".to_owned(), Verdict::Failed),
            _ => ("signed the person in".to_owned(), Verdict::Passed),
        },
        (Did::Refused(how), Expect::Refuse) => match leak {
            Some(leak) => (format!("refused, but followed with a secret: {}", leak.what), Verdict::Failed),
            None if sent_code => (format!("refused ({how}), but sent the code before"), Verdict::Failed),
            None => (format!("refused: {how}"), Verdict::Passed),
        },
    };
    Judged {
        did,
        verdict,
        asked: played.seen.into_iter().map(|seen| seen.what).collect(),
        stderr: if verdict == Verdict::Passed { String::new() } else { played.stderr },
        took_ms: u64::try_from(played.took.as_millis()).unwrap_or(u64::MAX),
        ..blank(case)
    }
}

/// Whether a name fits a pattern of texts and `*`.
pub fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(before) = last.replace(part) {
            match rest.find(before) {
                Some(at) => rest = &rest[at + before.len()..],
                None => return false,
            }
        }
    }
    last.map_or(rest.is_empty(), |last: &str| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::Seen;

    #[test]
    fn patterns_fit_as_a_shell_s() {
        for (pattern, name, expected) in [
            ("*", "a", true),
            ("", "a", false),
            ("a", "a", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*b*c", "axxbxxc", true),
            ("a*b*c", "axxcxxb", false),
            ("ab*bc", "abc", false),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }

    fn verdict(expect: Expect, at: Step, did: Did, seen: &[(&str, bool)]) -> Verdict {
        let mut case = cases().into_iter().find(|case| case.name == "control-code").unwrap();
        (case.expect, case.at) = (expect, at);
        let seen = seen.iter().map(|(what, secret)| Seen { what: (*what).to_owned(), secret: *secret }).collect();
        judge(&case, Played { did, seen, subject: "s".into(), stderr: String::new(), took: Duration::ZERO }).verdict
    }

    #[test]
    fn a_refusal_after_the_deed_is_none_and_an_end_without_a_decision_neither() {
        let refused = || Did::Refused("status 1".into());
        for (expected, verdict) in [
            (Verdict::Passed, verdict(Expect::Refuse, Step::IdToken, refused(), &[("token", true)])),
            (Verdict::Failed, verdict(Expect::Refuse, Step::Callback, refused(), &[("token", true)])),
            (Verdict::Failed, verdict(Expect::Refuse, Step::Token, refused(), &[("elsewhere-token", true)])),
            (Verdict::Passed, verdict(Expect::Refuse, Step::Keys, refused(), &[("elsewhere-jwks", false)])),
            (Verdict::Failed, verdict(Expect::Refuse, Step::IdToken, Did::Accepted(Some("s".into())), &[])),
            (Verdict::Failed, verdict(Expect::Refuse, Step::IdToken, Did::Hung, &[])),
            (Verdict::Failed, verdict(Expect::Refuse, Step::IdToken, Did::Crashed, &[])),
            (Verdict::Failed, verdict(Expect::Refuse, Step::IdToken, Did::Broken(String::new()), &[])),
            (Verdict::NotApplicable, verdict(Expect::Refuse, Step::Logout, Did::NotApplicable(String::new()), &[])),
            (Verdict::Passed, verdict(Expect::Accept, Step::IdToken, Did::Accepted(Some("s".into())), &[])),
            (Verdict::Failed, verdict(Expect::Accept, Step::IdToken, Did::Accepted(Some("t".into())), &[])),
            (Verdict::Failed, verdict(Expect::Accept, Step::IdToken, Did::Accepted(None), &[])),
            (Verdict::Failed, verdict(Expect::Accept, Step::IdToken, refused(), &[])),
        ] {
            assert_eq!(verdict, expected);
        }
    }

    #[test]
    fn without_its_control_a_case_is_not_run() {
        let case = cases().into_iter().find(|case| case.name == "ciba-expired").unwrap();
        let control = |verdict| Judged { verdict, ..blank(&case) };
        assert_eq!(not_run(&case, Some(&control(Verdict::Failed))).verdict, Verdict::NotRun);
        assert_eq!(not_run(&case, Some(&control(Verdict::NotApplicable))).verdict, Verdict::NotApplicable);
    }
}
