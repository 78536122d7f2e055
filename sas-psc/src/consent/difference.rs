//! What changed between two versions of the terms, as a person reads it: lines taken out, lines put in, with some context.
//!
//! A help to read, and no more: what is accepted is the whole new text. Texts are compared by lines, documents by their
//! titles; of HTML the words are compared, without the tags; of other kinds only that the bytes differ is told.

use super::TermsVersion;
use super::terms::Document;
use crate::error::Lang;
use std::fmt::Write;

/// How many lines that stay are shown around those that change.
const CONTEXT: usize = 2;
/// Beyond this product of lines, what lies between the common start and end is shown as taken out and put in whole.
const MOST: usize = 16 << 20;

/// What happened to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LineChange {
    /// It stays.
    Kept,
    /// It was taken out.
    Removed,
    /// It was put in.
    Added,
}

/// A line of the difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferenceLine {
    /// What happened to it.
    pub change: LineChange,
    /// Its words.
    pub text: String,
}

/// What happened to a document of the terms.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentChange {
    /// Not a byte.
    Same,
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// These lines; groups of them are kept apart by what was left out.
    Lines(Vec<Vec<DifferenceLine>>),
    /// Other bytes, without a text that could be compared, or with the same words in it.
    Bytes,
}

/// The difference between two versions of the terms.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TermsDifference {
    /// The older version's name.
    pub from: String,
    /// The newer version's name.
    pub to: String,
    /// Each document by its title, those of the newer version first.
    pub documents: Vec<(String, DocumentChange)>,
}

impl TermsVersion {
    /// What changed since an older version, in the same language.
    ///
    /// ```
    /// use sas_psc::{Lang, base::Timestamp, consent::{Change, Document, TermsVersion}};
    ///
    /// let version = |name: &str, text: &str| {
    ///     let cgu = Document::new("CGU", "text/plain; charset=utf-8", text);
    ///     TermsVersion::new("cgu", name, "fr", Timestamp::from_unix(0), Change::Minor, vec![cgu]).unwrap()
    /// };
    /// let (old, new) = (version("1", "Article 1\nUn an.\n"), version("2", "Article 1\nDeux ans.\n"));
    /// let shown = new.difference_since(&old).to_text(Lang::Fr);
    /// assert_eq!(shown, "Version 1 → version 2\n\nCGU\n  Article 1\n- Un an.\n+ Deux ans.\n");
    /// ```
    pub fn difference_since(&self, older: &TermsVersion) -> TermsDifference {
        let mut left: Vec<&Document> = older.documents().iter().collect();
        let mut documents = Vec::new();
        for new in self.documents() {
            let at = left.iter().position(|old| old.title() == new.title());
            let change = at.map_or(DocumentChange::Added, |at| compared(left.remove(at), new));
            documents.push((new.title().to_owned(), change));
        }
        documents.extend(left.into_iter().map(|old| (old.title().to_owned(), DocumentChange::Removed)));
        TermsDifference { from: older.version().to_owned(), to: self.version().to_owned(), documents }
    }
}

impl TermsDifference {
    /// Whether nothing changed but names and dates.
    pub fn is_empty(&self) -> bool {
        self.documents.iter().all(|(_, change)| *change == DocumentChange::Same)
    }

    /// As a plain text: `- ` before what was taken out, `+ ` before what was put in.
    pub fn to_text(&self, lang: Lang) -> String {
        let say = |fr: &'static str, en: &'static str| if lang == Lang::Fr { fr } else { en };
        let mut text = format!("Version {} → version {}\n", self.from, self.to);
        for (title, change) in &self.documents {
            let _ = writeln!(text, "\n{title}");
            match change {
                DocumentChange::Same => text += say("  (inchangé)\n", "  (unchanged)\n"),
                DocumentChange::Added => text += say("+ (nouveau document)\n", "+ (new document)\n"),
                DocumentChange::Removed => text += say("- (document retiré)\n", "- (document removed)\n"),
                DocumentChange::Bytes => text += say("  (fichier remplacé)\n", "  (file replaced)\n"),
                DocumentChange::Lines(groups) => {
                    for (at, group) in groups.iter().enumerate() {
                        if at > 0 {
                            text += "  […]\n";
                        }
                        for line in group {
                            let sign = match line.change {
                                LineChange::Kept => ' ',
                                LineChange::Removed => '-',
                                LineChange::Added => '+',
                            };
                            let _ = writeln!(text, "{sign} {}", line.text);
                        }
                    }
                }
            }
        }
        text
    }
}

fn compared(old: &Document, new: &Document) -> DocumentChange {
    if old.bytes() == new.bytes() {
        return DocumentChange::Same;
    }
    let (Some(before), Some(after)) = (words(old), words(new)) else { return DocumentChange::Bytes };
    let groups = grouped(lines(&split(&before), &split(&after)));
    if groups.is_empty() { DocumentChange::Bytes } else { DocumentChange::Lines(groups) }
}

/// The text of a document; none for what is no text.
fn words(document: &Document) -> Option<String> {
    let media_type = document.media_type().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let text = std::str::from_utf8(document.bytes()).ok()?;
    match media_type.as_str() {
        "text/html" | "application/xhtml+xml" => Some(without_tags(text)),
        kind if kind.starts_with("text/") => Some(text.to_owned()),
        _ => None,
    }
}

/// A tag ends a line; the entities that stand for one character of the syntax are read.
fn without_tags(html: &str) -> String {
    let (mut text, mut rest) = (String::new(), html);
    while let Some((before, after)) = rest.split_once('<') {
        text += before;
        text.push('\n');
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    text += rest;
    for (entity, character) in
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
    {
        text = text.replace(entity, character);
    }
    text
}

/// Lines without the space around them, and without those that are empty.
fn split(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
}

/// The shortest way from one text to the other: a longest common subsequence of their lines.
fn lines(old: &[&str], new: &[&str]) -> Vec<DifferenceLine> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old_rest[..old_rest.len() - end], &new_rest[..new_rest.len() - end]);
    let line = |change, text: &&str| DifferenceLine { change, text: (*text).to_owned() };
    let mut found: Vec<DifferenceLine> = old[..start].iter().map(|text| line(LineChange::Kept, text)).collect();
    // `common[i][j]`: how many lines two ends from i and j on share.
    let width = b.len() + 1;
    let mut common = Vec::new();
    if a.len().saturating_mul(b.len()) <= MOST {
        common = vec![0_u32; (a.len() + 1) * width];
        for i in (0..a.len()).rev() {
            for j in (0..b.len()).rev() {
                let (down, right) = (common[(i + 1) * width + j], common[i * width + j + 1]);
                let both = common[(i + 1) * width + j + 1] + 1;
                common[i * width + j] = if a[i] == b[j] { both } else { down.max(right) };
            }
        }
    }
    let shared = |i: usize, j: usize| common.get(i * width + j).copied().unwrap_or(0);
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let both = i < a.len() && j < b.len() && a[i] == b[j] && !common.is_empty();
        if both {
            found.push(line(LineChange::Kept, &a[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || shared(i + 1, j) >= shared(i, j + 1)) {
            found.push(line(LineChange::Removed, &a[i]));
            i += 1;
        } else {
            found.push(line(LineChange::Added, &b[j]));
            j += 1;
        }
    }
    found.extend(old_rest[old_rest.len() - end..].iter().map(|text| line(LineChange::Kept, text)));
    found
}

/// What changed with its context; the rest is left out.
fn grouped(lines: Vec<DifferenceLine>) -> Vec<Vec<DifferenceLine>> {
    let changed: Vec<usize> =
        lines.iter().enumerate().filter(|(_, line)| line.change != LineChange::Kept).map(|(at, _)| at).collect();
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for at in changed {
        let (start, end) = (at.saturating_sub(CONTEXT), (at + CONTEXT + 1).min(lines.len()));
        match groups.last_mut() {
            Some((_, last)) if *last >= start => *last = end,
            _ => groups.push((start, end)),
        }
    }
    groups.into_iter().map(|(start, end)| lines[start..end].to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Timestamp;
    use crate::consent::Change;

    fn version(name: &str, documents: &[(&str, &str, &str)]) -> TermsVersion {
        let documents = documents.iter().map(|(title, kind, text)| Document::new(*title, *kind, *text)).collect();
        TermsVersion::new("cgu", name, "fr", Timestamp::from_unix(0), Change::Minor, documents).unwrap()
    }

    fn between(kind: &str, old: &str, new: &str) -> DocumentChange {
        let difference = version("2", &[("CGU", kind, new)]).difference_since(&version("1", &[("CGU", kind, old)]));
        difference.documents[0].1.clone()
    }

    fn signs(change: &DocumentChange) -> String {
        let DocumentChange::Lines(groups) = change else { panic!("{change:?}") };
        let sign = |line: &DifferenceLine| match line.change {
            LineChange::Kept => ' ',
            LineChange::Removed => '-',
            LineChange::Added => '+',
        };
        groups.iter().map(|group| group.iter().map(sign).collect::<String>()).collect::<Vec<_>>().join("|")
    }

    const PLAIN: &str = "text/plain; charset=utf-8";

    #[test]
    fn lines_taken_out_and_put_in_are_shown_with_their_surroundings() {
        let old = "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk";
        assert_eq!(signs(&between(PLAIN, old, &old.replace("b\n", "B\n").replace("\nj", ""))), " -+  |  - ");
        assert_eq!(signs(&between(PLAIN, "x\ny", "x\nz\ny")), " + ");
        assert_eq!(signs(&between(PLAIN, "a", "b")), "-+");
        assert_eq!(signs(&between(PLAIN, "a\nb\nc", "c\na\nb")), "+  -");
        assert_eq!(between(PLAIN, "a\nb", "a\nb"), DocumentChange::Same);
        assert_eq!(between(PLAIN, "a\nb", "a\n\n  b  "), DocumentChange::Bytes, "layout alone changes no word");
    }

    #[test]
    fn of_html_the_words_count_and_of_a_pdf_the_bytes() {
        let change =
            between("text/html; charset=utf-8", "<p>Un an &amp; un jour</p><p>Fin</p>", "<b>Deux ans</b><p>Fin</p>");
        assert_eq!(signs(&change), "-+ ");
        let DocumentChange::Lines(groups) = change else { unreachable!() };
        assert_eq!(groups[0][0].text, "Un an & un jour");
        assert_eq!(between("text/html", "<p>Un an</p>", "<div>Un an</div>"), DocumentChange::Bytes);
        assert_eq!(between("application/pdf", "%PDF 1", "%PDF 2"), DocumentChange::Bytes);
    }

    #[test]
    fn documents_come_and_go_by_their_titles() {
        let old = version("1", &[("CGU", PLAIN, "a"), ("Cookies", PLAIN, "b")]);
        let new = version("2", &[("CGU", PLAIN, "a"), ("Vie privée", PLAIN, "c")]);
        let difference = new.difference_since(&old);
        assert!(!difference.is_empty() && old.difference_since(&old).is_empty());
        let english = "Version 1 → version 2\n\nCGU\n  (unchanged)\n\nVie privée\n+ (new document)\n\nCookies\n- (document removed)\n";
        assert_eq!(difference.to_text(Lang::En), english);
        assert!(difference.to_text(Lang::Fr).contains("(document retiré)"));
    }

    #[test]
    fn texts_too_long_to_compare_are_shown_whole_between_their_common_ends() {
        let text = |word: &str| (0..5000).map(|n| format!("{word} {n}\n")).collect::<String>();
        let change = between(PLAIN, &format!("début\n{}fin", text("a")), &format!("début\n{}fin", text("b")));
        let signs = signs(&change);
        assert_eq!(signs.matches('-').count(), 5000);
        assert_eq!(signs.matches('+').count(), 5000);
        assert!(signs.starts_with(" -") && signs.ends_with("+ "));
    }

    proptest::proptest! {
        /// What stays and goes is the old text, what stays and comes the new one.
        #[test]
        fn every_line_of_both_texts_is_accounted_for(
            old in proptest::collection::vec("[a-d]", 0..24), new in proptest::collection::vec("[a-d]", 0..24),
        ) {
            let (a, b): (Vec<&str>, Vec<&str>) = (old.iter().map(|s| &**s).collect(), new.iter().map(|s| &**s).collect());
            let found = lines(&a, &b);
            let side = |not: LineChange| -> Vec<&str> {
                found.iter().filter(|line| line.change != not).map(|line| line.text.as_str()).collect()
            };
            proptest::prop_assert_eq!(side(LineChange::Added), a);
            proptest::prop_assert_eq!(side(LineChange::Removed), b);
        }
    }
}
