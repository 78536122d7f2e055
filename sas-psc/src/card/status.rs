//! The two bytes that end each answer of a card, ISO/IEC 7816-4 clause 5.6, and which of our errors each is.
//!
//! The same word may mean more where it comes: a file that may be absent, a PUK instead of a PIN. The dialogue that
//! knows says so; here each word has the meaning it has by itself.

use crate::error::{Code, Error};
use std::fmt;

/// A status word.
///
/// ```
/// use sas_psc::Code;
/// use sas_psc::card::{Meaning, StatusWord};
///
/// assert!(StatusWord::OK.error().is_none());
/// let wrong = StatusWord::new(0x63C2);
/// assert_eq!(wrong.meaning(), Meaning::PinWrong { tries_left: 2 });
/// let error = wrong.error().unwrap();
/// assert_eq!((error.code(), error.facts().pin_tries_left), (Code::CARD_PIN_WRONG, Some(2)));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusWord(u16);

/// What a status word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Meaning {
    /// `9000`.
    Done,
    /// `61xx`: this many bytes wait to be fetched, 256 when it is 0.
    More(u8),
    /// `6Cxx`: ask again for exactly this many, 256 when it is 0.
    Exactly(u8),
    /// `6282`: the file ended before what was asked; the data is good.
    EndOfFile,
    /// `63C1` to `63CF`: a wrong PIN, or the state of one that is not verified.
    PinWrong {
        /// Tries left, at least 1.
        tries_left: u8,
    },
    /// `63C0`, `6983`, `6984`: no try is left.
    PinBlocked,
    /// `6982`: the PIN is not, or no longer, verified; or this object is for the contact interface only.
    SecurityNotSatisfied,
    /// `6985`: something must be chosen first: a key (CPS3), the applet (CPS4).
    ConditionsNotSatisfied,
    /// `6A82`, `6A83`, `6A88`: no such file, record, key or object.
    NotFound,
    /// `6881`, `6882`, `6D00`, `6E00`: the card speaks another dialect.
    OtherDialect,
    /// `6700`, `6884`, `6A80` to `6A87` (but those above), `6B00`: the command is not one that this card takes.
    CommandRefused,
    /// `64xx`, `65xx`, `66xx`, `6Fxx`: the card is not well.
    Failure,
    /// Any other.
    Other,
}

impl StatusWord {
    /// `9000`.
    pub const OK: StatusWord = StatusWord(0x9000);

    /// The word that these two bytes make.
    pub const fn new(word: u16) -> StatusWord {
        StatusWord(word)
    }

    /// The word as a number.
    pub const fn value(self) -> u16 {
        self.0
    }

    /// What it says.
    pub const fn meaning(self) -> Meaning {
        let [high, low] = self.0.to_be_bytes();
        match (high, low) {
            (0x90, 0x00) => Meaning::Done,
            (0x61, more) => Meaning::More(more),
            (0x6C, exactly) => Meaning::Exactly(exactly),
            (0x62, 0x82) => Meaning::EndOfFile,
            (0x63, 0xC0) | (0x69, 0x83 | 0x84) => Meaning::PinBlocked,
            (0x63, 0xC1..=0xCF) => Meaning::PinWrong { tries_left: low & 0x0F },
            (0x69, 0x82) => Meaning::SecurityNotSatisfied,
            (0x69, 0x85) => Meaning::ConditionsNotSatisfied,
            (0x6A, 0x82 | 0x83 | 0x88) => Meaning::NotFound,
            (0x68, 0x81 | 0x82) | (0x6D | 0x6E, 0x00) => Meaning::OtherDialect,
            (0x67 | 0x6B, 0x00) | (0x68, 0x84) | (0x6A, 0x80..=0x87) => Meaning::CommandRefused,
            (0x64 | 0x65 | 0x66 | 0x6F, _) => Meaning::Failure,
            _ => Meaning::Other,
        }
    }

    /// Whether it says that the command was checked and not done: `63Cx`, `67xx` to `6Exx` (ISO/IEC 7816-4, table 5). After any
    /// other one (more to fetch, a warning, a failure on the way) the card may have done what it was told.
    pub const fn refuses(self) -> bool {
        matches!(self.0.to_be_bytes(), [0x63, 0xC0..=0xCF] | [0x67..=0x6E, _])
    }

    /// The error that it is; none when the card did what it was told. `61xx` and `6Cxx` are handled below and are
    /// errors where they come to be asked: the answer was never complete.
    ///
    /// The facts hold the word (`status_word`), and for a wrong or blocked PIN the tries left.
    pub fn error(self) -> Option<Error> {
        let code = match self.meaning() {
            Meaning::Done | Meaning::EndOfFile => return None,
            Meaning::More(_) | Meaning::Exactly(_) => Code::CARD_ANSWER,
            Meaning::PinWrong { .. } => Code::CARD_PIN_WRONG,
            Meaning::PinBlocked => Code::CARD_PIN_BLOCKED,
            Meaning::SecurityNotSatisfied => Code::CARD_LOCKED,
            Meaning::ConditionsNotSatisfied => Code::CARD_CONDITIONS,
            Meaning::NotFound => Code::CARD_OBJECT_MISSING,
            Meaning::OtherDialect => Code::CARD_DIALECT,
            Meaning::CommandRefused => Code::CARD_COMMAND_REFUSED,
            Meaning::Failure => Code::CARD_FAILURE,
            Meaning::Other => Code::CARD_STATUS,
        };
        Some(Error::new(code).with(|facts| {
            facts.status_word = Some(self.0);
            facts.pin_tries_left = match self.meaning() {
                Meaning::PinWrong { tries_left } => Some(tries_left),
                Meaning::PinBlocked => Some(0),
                _ => None,
            };
        }))
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StatusWord({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Blame;

    #[test]
    fn each_word_has_the_code_of_its_meaning() {
        for (word, code) in [
            (0x6100, Code::CARD_ANSWER),
            (0x6C0C, Code::CARD_ANSWER),
            (0x6281, Code::CARD_STATUS),
            (0x6300, Code::CARD_STATUS),
            (0x63C0, Code::CARD_PIN_BLOCKED),
            (0x63C1, Code::CARD_PIN_WRONG),
            (0x6581, Code::CARD_FAILURE),
            (0x6700, Code::CARD_COMMAND_REFUSED),
            (0x6881, Code::CARD_DIALECT),
            (0x6982, Code::CARD_LOCKED),
            (0x6983, Code::CARD_PIN_BLOCKED),
            (0x6984, Code::CARD_PIN_BLOCKED),
            (0x6985, Code::CARD_CONDITIONS),
            (0x6A80, Code::CARD_COMMAND_REFUSED),
            (0x6A82, Code::CARD_OBJECT_MISSING),
            (0x6A86, Code::CARD_COMMAND_REFUSED),
            (0x6A88, Code::CARD_OBJECT_MISSING),
            (0x6B00, Code::CARD_COMMAND_REFUSED),
            (0x6D00, Code::CARD_DIALECT),
            (0x6E00, Code::CARD_DIALECT),
            (0x6F00, Code::CARD_FAILURE),
            (0x9404, Code::CARD_STATUS),
        ] {
            assert_eq!(StatusWord::new(word).error().map(|e| e.code()), Some(code), "{word:04X}");
        }
        assert!(StatusWord::new(0x6282).error().is_none(), "the data is good");
    }

    #[test]
    fn every_other_word_is_an_error_of_the_card_or_the_person_that_carries_it() {
        for word in 0..=u16::MAX {
            let status = StatusWord::new(word);
            match status.error() {
                None => assert!(matches!(word, 0x9000 | 0x6282), "{word:04X}"),
                Some(error) => {
                    assert!(matches!(error.blame(), Blame::Card | Blame::User), "{word:04X}");
                    assert_eq!(error.facts().status_word, Some(word));
                    let about_pin = [Code::CARD_PIN_WRONG, Code::CARD_PIN_BLOCKED].contains(&error.code());
                    assert_eq!(error.facts().pin_tries_left.is_some(), about_pin, "{word:04X}");
                }
            }
        }
    }
}
