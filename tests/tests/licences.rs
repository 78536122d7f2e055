//! Every crate of Cargo.lock comes under a licence that deny.toml allows.
//!
//! Reads `cargo metadata`, so it needs nothing but cargo; advisories are left to `cargo deny`, which knows their list.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::path::Path;
use std::process::Command;
use std::str::SplitWhitespace;

const DENY: &str = include_str!("../../deny.toml");

/// The quoted words of some lines of TOML, comments left out.
fn quoted(lines: &str) -> BTreeSet<&str> {
    lines.lines().flat_map(|line| line.split('#').next().unwrap_or("").split('"').skip(1).step_by(2)).collect()
}

/// The lines of `key = [ … ]`.
fn array(key: &str) -> &'static str {
    let rest = DENY.split_once(&format!("\n{key} = [")).unwrap_or_else(|| panic!("deny.toml has no {key}")).1;
    rest.split_once("\n]").unwrap().0
}

type Words<'a> = Peekable<SplitWhitespace<'a>>;

/// Whether a licence expression (SPDX, with the old `/` for OR) can be met with the licences allowed.
fn met(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ").replace(" WITH ", "~WITH~");
    let mut words = spaced.split_whitespace().peekable();
    either(&mut words, allowed) && words.next().is_none()
}

fn either(words: &mut Words<'_>, allowed: &BTreeSet<&str>) -> bool {
    let mut answer = both(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        answer |= both(words, allowed);
    }
    answer
}

fn both(words: &mut Words<'_>, allowed: &BTreeSet<&str>) -> bool {
    let mut answer = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        answer &= one(words, allowed);
    }
    answer
}

fn one(words: &mut Words<'_>, allowed: &BTreeSet<&str>) -> bool {
    match words.next() {
        Some("(") => {
            let answer = either(words, allowed);
            words.next_if_eq(&")").is_some() && answer
        }
        Some(name) => allowed.contains(name.replace("~WITH~", " WITH ").as_str()),
        None => false,
    }
}

#[test]
fn every_crate_is_under_a_licence_that_is_allowed() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "only {} packages: was the list cut?", packages.len());

    let exceptions = array("exceptions");
    let refused: Vec<_> = packages
        .iter()
        .map(|package| (package["name"].as_str().unwrap(), package["license"].as_str().unwrap_or("none")))
        .filter(|(name, licence)| {
            let exception = exceptions.lines().find(|line| line.contains(&format!("\"{name}\""))).unwrap_or("");
            !met(licence, &(&quoted(array("allow")) | &quoted(exception)))
        })
        .collect();
    assert!(refused.is_empty(), "not allowed by deny.toml: {refused:#?}");
}

#[test]
fn an_expression_is_met_only_by_what_it_asks_for() {
    let allowed = BTreeSet::from(["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"]);
    for good in [
        "MIT",
        "GPL-3.0 OR MIT",
        "MIT/GPL-3.0",
        "MIT AND ISC",
        "(GPL-3.0 OR MIT) AND ISC",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(met(good, &allowed), "{good}");
    }
    for bad in
        ["", "none", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND GPL-3.0", "Apache-2.0", "MIT MIT", "(MIT", "MIT)"]
    {
        assert!(!met(bad, &allowed), "{bad}");
    }
}
