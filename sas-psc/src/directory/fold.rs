//! Names as they are searched: without accents, case, hyphens, apostrophes and spaces.
//!
//! ANS will not normalise («bénédicte» and «benedicte» are two searches there), so we do. A name is also found from any
//! of its parts on: `DE LA TOUR` as `delatour`, `latour` and `tour`; so a particle, typed or not, changes nothing.

use crate::person::{is_between, plain_letter};

/// At most this many parts of a name start a search key.
const PARTS: usize = 8;

/// A name folded: its letters and digits in one piece, and where each part of it starts.
#[derive(Default)]
pub(super) struct Folded {
    pub text: String,
    starts: Vec<usize>,
}

impl Folded {
    pub fn new(name: &str) -> Folded {
        let mut folded = Folded::default();
        folded.set(name);
        folded
    }

    /// Takes another name, in the same memory.
    pub fn set(&mut self, name: &str) {
        self.text.clear();
        self.starts.clear();
        let mut in_part = false;
        for c in name.chars() {
            // Marks that stand after their letter (NFD) are dropped, and do not end a part.
            if matches!(c, '\u{300}'..='\u{36f}') {
                continue;
            }
            if is_between(c) {
                in_part = false;
                continue;
            }
            if !in_part {
                in_part = true;
                self.starts.push(self.text.len());
            }
            if c.is_ascii() {
                self.text.push(c.to_ascii_lowercase());
            } else {
                match plain_letter(c) {
                    Some(plain) => self.text.push_str(plain),
                    None => self.text.extend(c.to_lowercase()),
                }
            }
        }
    }

    /// The name from each of its parts on, the whole first.
    pub fn suffixes(&self) -> impl Iterator<Item = &str> {
        self.starts.iter().take(PARTS).map(|start| &self.text[*start..])
    }

    /// The name, then what is left when these words before it are taken away one by one; the last part always stays.
    pub fn without<'a>(&'a self, words: &'a [&str]) -> impl Iterator<Item = &'a str> {
        let is_word = |at: usize| {
            let ends = self.starts.get(at + 1);
            ends.is_some_and(|end| words.contains(&&self.text[self.starts[at]..*end]))
        };
        let taken = (0..self.starts.len()).take_while(move |at| is_word(*at)).count();
        self.starts.iter().take(taken + 1).map(|start| &self.text[*start..])
    }

    /// Whether the name, from one of its parts on, starts with what was typed.
    pub fn has_prefix(&self, typed: &str) -> bool {
        self.starts.iter().any(|start| self.text[*start..].starts_with(typed))
    }
}

/// One bit for the first letter of each part, one for its first two: a quick no for most people of another given name.
pub(super) fn mark(folded: &Folded) -> u32 {
    folded.starts.iter().fold(0, |mark, start| mark | part_mark(&folded.text.as_bytes()[*start..]))
}

/// The bits that a given name must have to start with what was typed.
pub(super) fn part_mark(typed: &[u8]) -> u32 {
    match typed {
        [] => 0,
        [first] => 1 << (first % 16),
        [first, second, ..] => 1 << (first % 16) | 1 << (16 + (first.wrapping_mul(7) ^ second) % 16),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suffixes(name: &str) -> Vec<String> {
        Folded::new(name).suffixes().map(str::to_owned).collect()
    }

    #[test]
    fn accents_hyphens_particles_and_apostrophes_change_nothing() {
        assert_eq!(suffixes("DE LA TOUR"), ["delatour", "latour", "tour"]);
        assert_eq!(suffixes("d’Artagnan"), suffixes("D'ARTAGNAN"));
        assert_eq!(suffixes("BÉNÉDICTE"), ["benedicte"]);
        assert_eq!(suffixes("be\u{301}ne\u{301}dicte"), ["benedicte"]);
        assert_eq!(suffixes("Œuvrard-Lefèvre"), ["oeuvrardlefevre", "lefevre"]);
        assert_eq!(suffixes("\"LE\" GOFF"), ["legoff", "goff"]);
        assert_eq!(suffixes("Nguyễn Đức"), suffixes("NGUYEN DUC"));
        assert_eq!(suffixes("STRAẞE"), suffixes("Straße"));
        assert_eq!(suffixes("Oʼbrien"), suffixes("O'BRIEN"));
        assert!(suffixes(" -' ").is_empty());
    }

    #[test]
    fn particles_before_a_name_are_taken_away_one_by_one_and_never_the_name() {
        let without = |name| Folded::new(name).without(&["de", "la"]).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(without("de la Tour"), ["delatour", "latour", "tour"]);
        assert_eq!(without("DE-LA"), ["dela", "la"]);
        assert_eq!(without("Tour de la"), ["tourdela"]);
        assert_eq!(without("la"), ["la"]);
        assert!(without("-").is_empty());
    }

    #[test]
    fn a_given_name_is_found_from_each_of_its_parts_and_its_mark_never_says_no_wrongly() {
        let given = Folded::new("BRICE'HENRY'ALAIN");
        for typed in ["b", "brice", "hen", "alain", "bricehenry", "henryal"] {
            assert!(given.has_prefix(typed), "{typed}");
            let wanted = part_mark(typed.as_bytes());
            assert_eq!(mark(&given) & wanted, wanted, "{typed}");
        }
        assert!(!given.has_prefix("rice"));
    }
}
