//! The pages hold the sentences of PSC's and SAS's guide (`vectors/guide/fr.txt`), each whole, as a person reads them.
//!
//! The pages of PSC and of the phone are not ours, nor is a structure's form; the mail's words are tested where the mail is written.

use super::preview::every_page;
use sas_psc::Lang;

const GUIDE: &str = include_str!("../../../../../vectors/guide/fr.txt");
const NOT_OURS: [&str; 4] = ["cps-certificate", "phone-choose", "signed-in", "structure"];

/// The sections that are pages of ours: a name and its sentences.
fn sections() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let all = GUIDE.split("\n# ").filter_map(|section| section.strip_prefix("page: ")?.split_once('\n'));
    let ours = all.filter(|(name, _)| !NOT_OURS.contains(name));
    ours.map(|(name, lines)| (name, lines.lines().filter(|line| !line.is_empty()).collect()))
}

/// The text of a page: no tags, no entities, white space folded, small letters.
fn as_read(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        let (tag, after) = part.split_once('>').unwrap_or(("", part));
        // What only a screen reader says would part a sentence in two.
        text.push_str(if tag.contains("class=\"spoken\"") { "" } else { after });
    }
    for (entity, sign) in [("&#39;", "'"), ("&#34;", "\""), ("&#38;", "&"), ("&#60;", "<"), ("&#62;", ">")] {
        text = text.replace(entity, sign);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether the sentence stands on the page; anything short stands for `{N}` and `{NAME}`.
fn holds(page: &str, sentence: &str) -> bool {
    let sentence = sentence.to_lowercase();
    let mut parts = sentence.split(['{', '}']).step_by(2);
    let first = parts.next().unwrap_or_default();
    page.match_indices(first).any(|(at, _)| {
        let mut rest = &page[at + first.len()..];
        parts.clone().all(|part| match rest.find(part).filter(|gap| *gap < 40) {
            Some(gap) => {
                rest = &rest[gap + part.len()..];
                true
            }
            None => false,
        })
    })
}

#[test]
fn every_sentence_of_the_guide_is_on_its_page() {
    let pages: Vec<(&str, String)> =
        every_page(Lang::Fr).into_iter().map(|(name, html)| (name, as_read(&html))).collect();
    let mut missing = vec![];
    for (section, sentences) in sections() {
        for sentence in sentences {
            let mut found = pages.iter().map(|(_, page)| holds(page, sentence));
            if !(if section == "every" { found.all(|holds| holds) } else { found.any(|holds| holds) }) {
                missing.push(format!("{section}: {sentence}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn a_sentence_that_is_not_there_is_missed() {
    let page = as_read("<p>Il vous reste <b>12</b> secondes, Dr&#39;X</p>");
    assert!(holds(&page, "Il vous reste {N} secondes"));
    for other in ["Il vous reste {N} minutes", "il vous restent", "{N} heures", "Dr X"] {
        assert!(!holds(&page, other), "{other}");
    }
    assert!(sections().count() > 10);
}
