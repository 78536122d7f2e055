//! The house rules that a compiler does not hold: layers, file headers, sizes, the weight of the core.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Layer of each module; a file may name its own module and any module of a lower layer.
const LAYERS: &[(&str, u8)] = &[
    ("error", 0),
    ("base", 0),
    ("id", 1),
    ("nomenclature", 1),
    ("person", 1),
    ("psc", 2),
    ("card", 2),
    ("directory", 2),
    ("email", 2),
    ("consent", 2),
    ("participation", 2),
    ("onboarding", 3),
    ("drive", 4),
    ("store", 4),
];

fn layer(module: &str) -> u8 {
    LAYERS.iter().find(|(name, _)| *name == module).unwrap_or_else(|| panic!("{module} has no layer: give it one")).1
}

/// `base` may use `error`; `id`, `nomenclature` and `person` may use each other; no other siblings.
fn allowed(from: &str, to: &str) -> bool {
    from == to || layer(to) < layer(from) || (from == "base" && to == "error") || (layer(from) == 1 && layer(to) == 1)
}

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            found.push(entry);
        }
    }
}

fn core_sources() -> Vec<(PathBuf, Vec<String>, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    files.sort();
    files
        .into_iter()
        // Unit tests in a file of their own may use anything.
        .filter(|file| !file.ends_with("tests.rs"))
        .map(|file| {
            let parts = file.strip_prefix(&root).unwrap().with_extension("");
            let parts: Vec<String> = parts.iter().map(|p| p.to_string_lossy().into_owned()).collect();
            let text = fs::read_to_string(&file).unwrap();
            (file, parts, text)
        })
        // A module's unit tests in a file of their own may use anything, as those at the end of a file do.
        .filter(|(_, parts, _)| parts.last().is_some_and(|file| file != "tests"))
        .collect()
}

/// The code of a file without comments and without its unit tests, which may use anything.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap();
    text.lines().map(|line| line.split("//").next().unwrap()).collect::<Vec<_>>().join("\n")
}

/// The modules that a `use crate::{a, b::c}` or a `crate::a::b` path names.
fn named_after(code: &str, start: &str) -> BTreeSet<String> {
    let word = |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(start) {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = code[at + start.len()..].trim_start();
        if let Some(group) = rest.strip_prefix('{') {
            let (mut depth, mut item) = (0, String::new());
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        found.insert(word(item.trim()));
                        item.clear();
                        continue;
                    }
                    _ => {}
                }
                item.push(c);
            }
            found.insert(word(item.trim()));
        } else {
            found.insert(word(rest));
        }
    }
    found.remove("");
    found
}

#[test]
fn layers_point_downward() {
    let mut broken = Vec::new();
    for (file, parts, text) in core_sources() {
        if parts == ["lib"] {
            continue;
        }
        let (home, code) = (&parts[0], code(&text));
        let mut uses = named_after(&code, "crate::");
        // From a/mod.rs `super` is the crate's root; from a/b.rs it is a, and `super::super` the root; and so on.
        let depth = parts.len() - usize::from(parts.last().unwrap() == "mod");
        uses.extend(named_after(&code, &"super::".repeat(depth)));
        for to in uses.iter().filter(|to| !["Error", "Result", "Code", "Blame", "Lang"].contains(&to.as_str())) {
            if !allowed(home, to) {
                broken.push(format!(
                    "{}: {home} (layer {}) may not name {to} (layer {}): see the table in docs/ARCHITECTURE.md",
                    file.display(),
                    layer(home),
                    layer(to)
                ));
            }
        }
        for shortcut in ["Error", "Result", "Code", "Blame", "Lang"] {
            if uses.contains(shortcut) {
                broken.push(format!("{}: say crate::error::{shortcut}, the place where it lives", file.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn below_the_world_nothing_touches_it() {
    const FORBIDDEN: &[&str] = &[
        "SystemTime::now",
        "Instant::now",
        "std::net",
        "std::fs",
        "std::process",
        "std::thread",
        "reqwest",
        "rusqlite",
        "lettre",
        "tokio",
        "getrandom",
        "println!",
        "eprintln!",
    ];
    let mut broken = Vec::new();
    for (file, parts, text) in core_sources() {
        if parts == ["lib"] || layer(&parts[0]) == 4 {
            continue;
        }
        let code = code(&text);
        for word in FORBIDDEN.iter().filter(|word| code.contains(**word)) {
            broken.push(format!("{}: {word} belongs to drive or store", file.display()));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_file_opens_with_its_concept_and_stays_small() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for room in [
        "sas-psc",
        "sas-psc-arrow",
        "sas-psc-cli",
        "sas-psc-ffi",
        "sas-psc-py",
        "sas-psc-sim",
        "sas-psc-verify",
        "examples/rust",
        "fuzz",
        "tests",
    ] {
        sources(&top.join(room), &mut files);
    }
    let mut broken = Vec::new();
    for file in files.iter().filter(|file| !file.to_string_lossy().contains("/compile_fail/")) {
        let text = fs::read_to_string(file).unwrap();
        if !text.starts_with("//! ") {
            broken.push(format!("{}: open with //! and the concept in one sentence", file.display()));
        }
        if text.lines().count() > 800 {
            broken.push(format!("{}: over 800 lines, split it", file.display()));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_core_without_features_is_at_most_40_crates_and_no_c() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let tree = |edges: &str| {
        let out = Command::new(&cargo)
            .args(["tree", "--offline", "-p", "sas-psc", "--no-default-features", "--prefix", "none", "-e", edges])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let text = String::from_utf8(out.stdout).unwrap();
        text.lines().filter_map(|l| l.split(' ').next()).filter(|l| !l.is_empty()).map(str::to_owned).collect()
    };
    let normal: BTreeSet<String> = tree("normal");
    assert!(normal.len() <= 40, "{} crates: {normal:?}", normal.len());
    let all: BTreeSet<String> = tree("normal,build");
    assert!(!all.contains("cc"), "a C compiler is needed: {all:?}");
    assert!(!all.iter().any(|name| name.starts_with("sas-psc-sim")), "the simulator reaches the core");
}
