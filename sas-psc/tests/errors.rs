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
