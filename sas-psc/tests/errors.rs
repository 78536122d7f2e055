//! The error table as others see it: numbers that never move, a page made from it, a test behind every code.

use sas_psc::{Code, Lang};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Compares a committed file with what the table makes; `UPDATE=1` (tools/generate) writes it.
fn compare(file: &str, made: &str) {
    let path = top().join(file);
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "{file} is not the table's: run tools/generate");
}

#[test]
fn the_page_is_made_from_the_table() {
    let mut page = String::from(
        "# Errors\n\nMade from `sas-psc/src/error` by `tools/generate`. Who must act: `caller` the calling program · \
         `user` the person · `card` card or reader · `provider` PSC or another server · `environment` network, file, \
         permission · `bug` us.\n\n| number | name | who | what happened | what to do |\n|---|---|---|---|---|\n",
    );
    for code in Code::all() {
        let (number, name, blame) = (code.number(), code.name(), code.blame().name());
        let text = |lang| (code.message(lang), code.hint(lang));
        let ((en, en_hint), (fr, fr_hint)) = (text(Lang::En), text(Lang::Fr));
        writeln!(page, "| {number} | `{name}` | {blame} | {en}<br>{fr} | {en_hint}<br>{fr_hint} |").unwrap();
    }
    compare("docs/errors.md", &page);
}

/// A number, its name and its blame are a promise from the first release on: rows are added, none changes or goes.
#[test]
fn published_numbers_never_move() {
    let pins = top().join("vectors/errors.txt");
    let row = |code: Code| format!("{} {} {}", code.number(), code.name(), code.blame().name());
    if env::var_os("UPDATE").is_some() {
        let kept = fs::read_to_string(&pins).unwrap_or_default();
        let mut rows: Vec<String> = kept.lines().map(str::to_owned).collect();
        rows.extend(Code::all().map(row).filter(|row| !kept.lines().any(|line| line == row)));
        rows.sort_by_key(|row| row.split(' ').next().and_then(|n| n.parse::<u32>().ok()));
        fs::write(&pins, rows.join("\n") + "\n").unwrap();
    }
    let kept = fs::read_to_string(&pins).unwrap();
    let today: Vec<String> = Code::all().map(row).collect();
    for line in kept.lines() {
        assert!(today.iter().any(|row| row == line), "{line}: this code was published so; retire it, do not change it");
    }
    for row in today {
        assert!(kept.lines().any(|line| line == row), "{row} is new: run tools/generate");
    }
}

fn texts(dir: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
        let name = entry.file_name().unwrap().to_string_lossy().into_owned();
        if entry.is_dir() {
            if !["target", "node_modules", ".git", ".cache", "error"].contains(&name.as_str()) {
                texts(&entry, found);
            }
        } else if let Ok(text) = fs::read_to_string(&entry) {
            let test = entry.components().any(|c| c.as_os_str() == "tests" || c.as_os_str() == "vectors");
            if test || name == "tests.rs" {
                found.push(text);
            } else if name.ends_with(".rs") {
                found.extend(text.lines().filter_map(|l| l.trim().strip_prefix("/// assert")).map(str::to_owned));
                found.extend(text.rsplit_once("#[cfg(test)]\n").map(|(_, tests)| tests.to_owned()));
            }
        }
    }
}

#[test]
fn every_code_is_named_by_a_test() {
    let mut tests = Vec::new();
    for room in ["sas-psc", "sas-psc-arrow", "sas-psc-ffi", "sas-psc-py", "sas-psc-cli", "tests", "vectors", "examples"]
    {
        texts(&top().join(room), &mut tests);
    }
    // The table of pins names every code; so does this file's own kind of text.
    tests.retain(|text| !text.starts_with("1001 null-argument"));
    let all = tests.join("\n");
    let word = |needle: &str| {
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
        all.match_indices(needle)
            .any(|(at, _)| !part(all[..at].chars().next_back()) && !part(all[at + needle.len()..].chars().next()))
    };
    // An address's reason is its code's name without "email-"; settings give the number; C has its own prefix; an
    // example in the documentation is a test too. A broken invariant is what no test can bring about.
    let names = |code: &Code| {
        let reason = code.name().strip_prefix("email-").unwrap_or(code.name());
        [code.constant().to_owned(), code.name().to_owned(), format!("SAS_PSC_ERROR_{}", code.constant())]
            .into_iter()
            .chain([code.number().to_string(), format!("\"{reason}\""), format!(";{reason};")])
    };
    let bare = |code: &Code| *code != Code::BROKEN_INVARIANT && !names(code).any(|name| word(&name));
    let missing: Vec<&str> = Code::all().filter(bare).map(Code::name).collect();
    assert!(missing.is_empty(), "no test raises: {missing:?}");
}
