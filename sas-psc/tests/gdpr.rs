//! The templates of docs/gdpr say what the code does: their tables of periods are the code's. `UPDATE=1` writes them.

use sas_psc::Lang;
use sas_psc::onboarding::lifecycle::LifeRules;
use sas_psc::onboarding::retention::retention_table;
use std::fs;
use std::path::{Path, PathBuf};

const END: &str = "<!-- /retention -->";

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/gdpr").join(name)
}

/// The page with the tables of today in their places, and how many places there are.
fn with_tables(text: &str) -> (String, usize) {
    let (mut out, mut rest, mut places) = (String::new(), text, 0);
    while let Some(at) = rest.find("<!-- retention ") {
        let start = at + rest[at..].find('\n').unwrap() + 1;
        let lang = if rest[at..start].contains(" en ") { Lang::En } else { Lang::Fr };
        out += &rest[..start];
        out += &retention_table(lang);
        rest = &rest[start + rest[start..].find(END).unwrap()..];
        places += 1;
    }
    (out + rest, places)
}

#[test]
fn the_tables_of_periods_are_those_of_the_code() {
    for (name, wanted) in [("registre.md", 1), ("aipd.md", 1), ("notice.md", 2)] {
        let text = fs::read_to_string(page(name)).unwrap();
        let (today, places) = with_tables(&text);
        assert_eq!(places, wanted, "{name}");
        assert!(text.contains("**À adapter par votre DPO.**"), "{name}");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(page(name), today).unwrap();
        } else {
            assert_eq!(text, today, "{name}: UPDATE=1 cargo test -p sas-psc --test gdpr");
        }
    }
}

#[test]
fn the_notice_says_the_numbers_of_the_rules() {
    let rules = LifeRules::default();
    let text = fs::read_to_string(page("notice.md")).unwrap().replace('\n', " ");
    let LifeRules { first_notice_months, last_notice_months, closing_days, closed_months, .. } = rules;
    for part in [
        format!("Sans connexion pendant {first_notice_months} mois"),
        format!("à {last_notice_months} mois, un dernier avis ; {closing_days} jours plus tard"),
        format!("rouvrir pendant {closed_months} mois"),
        format!(
            "for {first_notice_months} months you are written to, again at {last_notice_months}; {closing_days} days later"
        ),
        format!("open it again for {closed_months} months"),
    ] {
        assert!(text.contains(&part), "{part}");
    }
}
