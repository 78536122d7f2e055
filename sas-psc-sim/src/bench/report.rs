//! The report of the bench: `report.json` for programs, `report.html` for people, one file that loads nothing.

use super::{Judged, Options, Verdict};
use askama::Template;
use sas_psc::base::{Clock, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// How many cases came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Totals {
    /// Hard cases that the client stopped.
    pub stopped: usize,
    /// Hard cases tried.
    pub hard: usize,
    /// Right sign-ins that it accepted.
    pub accepted: usize,
    /// Right sign-ins tried.
    pub right: usize,
    /// Not its matter.
    pub not_applicable: usize,
    /// Without a control that passed.
    pub not_run: usize,
}

/// Counts lines.
pub fn totals<'a>(lines: impl IntoIterator<Item = &'a Judged>) -> Totals {
    let mut totals = Totals::default();
    for line in lines {
        let passed = usize::from(line.verdict == Verdict::Passed);
        match (line.verdict, line.hard) {
            (Verdict::NotApplicable, _) => totals.not_applicable += 1,
            (Verdict::NotRun, _) => totals.not_run += 1,
            (_, true) => (totals.hard, totals.stopped) = (totals.hard + 1, totals.stopped + passed),
            (_, false) => (totals.right, totals.accepted) = (totals.right + 1, totals.accepted + passed),
        }
    }
    totals
}

#[derive(Template)]
#[template(path = "conformance.html")]
struct Page<'a> {
    name: &'a str,
    command: &'a str,
    date: String,
    totals: Totals,
    failed: Vec<Line<'a>>,
    groups: Vec<(&'a str, Totals, Vec<Line<'a>>)>,
}

struct Line<'a> {
    line: &'a Judged,
    verdict: &'static str,
    severity: String,
    asked: String,
}

fn line(line: &Judged) -> Line<'_> {
    let verdict = match line.verdict {
        Verdict::Passed => "passed",
        Verdict::Failed => "failed",
        Verdict::NotApplicable => "not applicable",
        Verdict::NotRun => "not run",
    };
    let severity = json!(line.severity).as_str().unwrap_or_default().to_owned();
    // A long wait asks the same again and again.
    let mut asked: Vec<(&str, usize)> = Vec::new();
    for what in &line.asked {
        match asked.last_mut() {
            Some((last, count)) if last == what => *count += 1,
            _ => asked.push((what, 1)),
        }
    }
    let counted =
        |(what, count): &(&str, usize)| if *count == 1 { (*what).into() } else { format!("{what} ×{count}") };
    Line { line, verdict, severity, asked: asked.iter().map(counted).collect::<Vec<String>>().join(", ") }
}

/// Writes both files into a folder, which is made.
pub(super) fn write(folder: &Path, options: &Options, lines: &[Judged]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let date = now().to_string();
    let totals = totals(lines);
    let json = json!({
        "client": options.name, "command": options.client, "date": date, "totals": totals, "cases": lines,
        "bench": concat!("sas-psc-sim ", env!("CARGO_PKG_VERSION")),
    });
    std::fs::write(folder.join("report.json"), serde_json::to_string_pretty(&json)? + "\n")?;
    let mut groups: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for line in lines {
        groups.entry(line.case.split('-').next().unwrap_or_default()).or_default().push(line);
    }
    let mut failed: Vec<&Judged> = lines.iter().filter(|line| line.verdict == Verdict::Failed).collect();
    failed.sort_by_key(|line| line.severity);
    let page = Page {
        name: &options.name,
        command: &options.client,
        date,
        totals,
        failed: failed.into_iter().map(line).collect(),
        groups: groups
            .into_iter()
            .map(|(name, lines)| (name, self::totals(lines.iter().copied()), lines.into_iter().map(line).collect()))
            .collect(),
    };
    let html = page.render().map_err(std::io::Error::other)?;
    std::fs::write(folder.join("report.html"), html)
}

fn now() -> Timestamp {
    crate::VirtualClock::real().now()
}
