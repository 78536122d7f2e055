//! What an index is made from, kept inside it: the source and its date, as the open licence asks, and the counts.

use serde::{Deserialize, Serialize};

/// Where an extract comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The day of the extract, `2026-09-23`; empty when nobody knows.
    pub date: String,
}

impl Origin {
    /// Takes the day out of a file's name: ANS writes `PS_LibreAcces_Personne_activite_202609230812.txt`.
    pub fn of_file_name(name: &str) -> Option<Origin> {
        let digits = name
            .split(|c: char| !c.is_ascii_digit())
            .find(|part| matches!(part.len(), 8 | 12 | 14) && part.starts_with("20"))?;
        let (year, month, day) = (&digits[..4], &digits[4..6], &digits[6..8]);
        let within = |text: &str, most| text.parse::<u8>().is_ok_and(|number| (1..=most).contains(&number));
        (within(month, 12) && within(day, 31)).then(|| Origin { date: format!("{year}-{month}-{day}") })
    }
}

/// What an index says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Meta {
    /// The day of the extract, `2026-09-23`; empty when nobody knew.
    pub source_date: String,
    /// «ANS, Annuaire Santé».
    pub source: String,
    /// «Licence Ouverte 2.0».
    pub licence: String,
    /// Rows taken.
    pub rows: u64,
    /// Distinct people.
    pub people: u64,
    /// Distinct structures.
    pub structures: u64,
    /// Rows not taken.
    pub rejected: u64,
}

impl Meta {
    /// «Source : ANS, Annuaire Santé, 2026-09-23 (Licence Ouverte 2.0)»: what the licence asks to show beside the data.
    pub fn attribution(&self) -> String {
        let date = if self.source_date.is_empty() { "date inconnue" } else { &self.source_date };
        format!("Source : {}, {date} ({})", self.source, self.licence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_in_the_name_of_the_file() {
        let date = |name| Origin::of_file_name(name).map(|origin| origin.date);
        assert_eq!(date("PS_LibreAcces_Personne_activite_202609230812.txt").as_deref(), Some("2026-09-23"));
        assert_eq!(date("PS_LibreAcces_20260923.zip").as_deref(), Some("2026-09-23"));
        assert_eq!(date("ps-libreacces-personne-activite.txt"), None);
        assert_eq!(date("20261399.txt"), None);
    }
}
