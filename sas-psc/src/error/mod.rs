//! The one error of the SDK: a stable code, who must act, what happened and what to do.
//!
//! An [`Error`] is one word wide. Its text, in French and in English, comes from the table in `codes.rs` and never
//! holds an identifier, a token, a PIN, an address or a name; what a caller acts on comes as typed [`Facts`].

mod codes;
mod report;
mod text_en;
mod text_fr;

pub use codes::Code;
pub use report::Report;

use std::fmt;
use std::time::Duration;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Who must act on an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Blame {
    /// The program that called us: an argument, a setting, a call out of order.
    Caller,
    /// The person in front of the screen: refused, expired, mistyped.
    User,
    /// The card or its reader.
    Card,
    /// Pro Santé Connect, or another server that did not answer as its specification says.
    Provider,
    /// The machine: network, file, permission, clock.
    Environment,
    /// Us. Please report it.
    Bug,
}

impl Blame {
    /// Every blame, in a stable order.
    pub const ALL: [Blame; 6] =
        [Blame::Caller, Blame::User, Blame::Card, Blame::Provider, Blame::Environment, Blame::Bug];

    /// The word used in JSON, in C and in Python: `caller`, `user`, `card`, `provider`, `environment`, `bug`.
    pub const fn name(self) -> &'static str {
        match self {
            Blame::Caller => "caller",
            Blame::User => "user",
            Blame::Card => "card",
            Blame::Provider => "provider",
            Blame::Environment => "environment",
            Blame::Bug => "bug",
        }
    }
}

/// The language of a text for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// French, the default.
    #[default]
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Reads `fr`, `fr-FR`, `fr_FR.UTF-8`, `en`…; anything that is not English is French.
    pub fn from_tag(tag: &str) -> Lang {
        let first = tag.split(['-', '_', '.']).next().unwrap_or("");
        if first.eq_ignore_ascii_case("en") { Lang::En } else { Lang::Fr }
    }

    /// `fr` or `en`.
    pub const fn tag(self) -> &'static str {
        match self {
            Lang::Fr => "fr",
            Lang::En => "en",
        }
    }
}

/// What a caller may act on. Every field is absent unless the code's description names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Facts {
    /// The claim of a token that was refused, as the token spells it.
    pub claim: Option<&'static str>,
    /// The field, argument or kind at fault; never its value.
    pub field: Option<&'static str>,
    /// The file of the template at fault.
    pub template: Option<&'static str>,
    /// Not before this long.
    pub retry_after: Option<Duration>,
    /// Tries left before a challenge dies.
    pub tries_left: Option<u8>,
    /// The HTTP status received.
    pub http_status: Option<u16>,
    /// The `error` word of an OAuth answer, when it is one that the specifications define.
    pub oauth_error: Option<&'static str>,
    /// By how many seconds this machine's clock and the server's differ, by its last answer.
    pub clock_skew_seconds: Option<u64>,
    /// `ahead` or `behind`: this machine's clock, by the seconds above; absent when they agree.
    pub clock: Option<&'static str>,
    /// The first try that failed of those that all failed since, in seconds since 1970.
    pub unavailable_since: Option<u64>,
    /// The line of a file, counted from 1.
    pub line: Option<u64>,
    /// The first entry of a consent log that is missing.
    pub first_missing: Option<u64>,
    /// How many are, from that one on.
    pub missing: Option<u64>,
    /// Tries of the card's PIN before it blocks.
    pub pin_tries_left: Option<u8>,
    /// Tries of the card's unblocking code (PUK) before it blocks for ever.
    pub puk_tries_left: Option<u8>,
    /// The status word of a card's answer.
    pub status_word: Option<u16>,
}

impl Facts {
    /// The facts as `(name, value)` pairs, for JSON, C and Python. Durations are in whole seconds, rounded up.
    pub fn pairs(&self) -> Vec<(&'static str, FactValue)> {
        let mut pairs = Vec::new();
        if let Some(claim) = self.claim {
            pairs.push(("claim", FactValue::Word(claim)));
        }
        if let Some(field) = self.field {
            pairs.push(("field", FactValue::Word(field)));
        }
        if let Some(template) = self.template {
            pairs.push(("template", FactValue::Word(template)));
        }
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            pairs.push(("retry_after", FactValue::Number(seconds)));
        }
        if let Some(tries) = self.tries_left {
            pairs.push(("tries_left", FactValue::Number(tries.into())));
        }
        if let Some(status) = self.http_status {
            pairs.push(("http_status", FactValue::Number(status.into())));
        }
        if let Some(error) = self.oauth_error {
            pairs.push(("oauth_error", FactValue::Word(error)));
        }
        if let Some(seconds) = self.clock_skew_seconds {
            pairs.push(("clock_skew_seconds", FactValue::Number(seconds)));
        }
        if let Some(clock) = self.clock {
            pairs.push(("clock", FactValue::Word(clock)));
        }
        if let Some(since) = self.unavailable_since {
            pairs.push(("unavailable_since", FactValue::Number(since)));
        }
        if let Some(line) = self.line {
            pairs.push(("line", FactValue::Number(line)));
        }
        if let Some(first) = self.first_missing {
            pairs.push(("first_missing", FactValue::Number(first)));
        }
        if let Some(missing) = self.missing {
            pairs.push(("missing", FactValue::Number(missing)));
        }
        for (name, tries) in [("pin_tries_left", self.pin_tries_left), ("puk_tries_left", self.puk_tries_left)] {
            pairs.extend(tries.map(|tries| (name, FactValue::Number(tries.into()))));
        }
        if let Some(word) = self.status_word {
            pairs.push(("status_word", FactValue::Number(word.into())));
        }
        pairs
    }
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FactValue::Word(word) => f.write_str(word),
            FactValue::Number(number) => number.fmt(f),
        }
    }
}

/// The value of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FactValue {
    /// A word of ours or of a specification.
    Word(&'static str),
    /// A count, or seconds.
    Number(u64),
}

/// What went wrong, who must act, and what to do.
///
/// ```
/// use sas_psc::{id::Rpps, Blame, Code, Lang};
///
/// let error = Rpps::parse("99700218897").unwrap_err();
/// assert_eq!(error.code(), Code::ID_KEY);
/// assert_eq!(error.blame(), Blame::User);
/// assert!(!error.message(Lang::Fr).contains("99700218897"));
/// ```
#[derive(thiserror::Error)]
#[error("{}", self.message(Lang::En))]
pub struct Error(Box<Inner>);

struct Inner {
    code: Code,
    facts: Facts,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error with this code and no facts.
    pub fn new(code: Code) -> Error {
        Error(Box::new(Inner { code, facts: Facts::default(), source: None }))
    }

    /// The stable number and name.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Who must act.
    pub fn blame(&self) -> Blame {
        self.0.code.blame()
    }

    /// What a caller may act on.
    pub fn facts(&self) -> &Facts {
        &self.0.facts
    }

    /// What happened, as one sentence for a person.
    pub fn message(&self, lang: Lang) -> &'static str {
        self.0.code.message(lang)
    }

    /// What to do now, as one sentence for a person.
    pub fn hint(&self, lang: Lang) -> &'static str {
        self.0.code.hint(lang)
    }

    /// The error below, from the system or a library; drivers strip addresses and secrets from it first.
    pub fn source(&self) -> Option<&(dyn std::error::Error + Send + Sync)> {
        self.0.source.as_deref()
    }

    pub(crate) fn claim(code: Code, claim: &'static str) -> Error {
        Error::new(code).with(|facts| facts.claim = Some(claim))
    }

    /// An error about one field, argument or kind, by its name.
    pub fn field(code: Code, field: &'static str) -> Error {
        Error::new(code).with(|facts| facts.field = Some(field))
    }

    /// Adds the line of the file, counted from 1.
    #[must_use]
    pub fn at_line(self, line: u64) -> Error {
        self.with(|facts| facts.line = Some(line))
    }

    pub(crate) fn with(mut self, set: impl FnOnce(&mut Facts)) -> Error {
        set(&mut self.0.facts);
        self
    }

    /// Adds by how much this machine's clock is behind the server's (negative: ahead).
    #[cfg(feature = "psc")] // the ID token alone tells by how much clocks differ
    pub(crate) fn with_clock_skew(self, skew: Option<i64>) -> Error {
        let Some(skew) = skew else { return self };
        self.with(|facts| {
            facts.clock_skew_seconds = Some(skew.unsigned_abs());
            facts.clock = match skew {
                0 => None,
                1.. => Some("behind"),
                _ => Some("ahead"),
            };
        })
    }

    /// Adds the error below. It may be logged: no address, number, name or secret in its text.
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Error {
        self.0.source = Some(Box::new(source));
        self
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("code", &self.0.code).field("facts", &self.0.facts).finish_non_exhaustive()
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Error {
        Error::new(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_word_wide() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }

    #[test]
    fn every_code_says_what_happened_and_what_to_do_in_both_languages() {
        for code in Code::all() {
            for lang in [Lang::Fr, Lang::En] {
                for text in [code.message(lang), code.hint(lang)] {
                    assert!(text.len() > 8 && text.ends_with(['.', '?', '!']), "{}: {lang:?}: {text:?}", code.name());
                }
            }
            assert_ne!(code.message(Lang::Fr), code.message(Lang::En), "{} is not translated", code.name());
        }
    }

    #[test]
    fn every_text_belongs_to_a_code() {
        for (name, _, _) in text_en::TEXTS.iter().chain(text_fr::TEXTS) {
            assert!(Code::from_name(name).is_some(), "the text of {name} has no code");
        }
    }

    #[test]
    fn numbers_are_in_the_block_of_their_module_and_unique() {
        let mut seen = std::collections::BTreeMap::new();
        for code in Code::all() {
            assert!((1000..12000).contains(&code.number()), "{}", code.name());
            if let Some(other) = seen.insert(code.number(), code.name()) {
                panic!("{other} and {} share a number", code.name());
            }
        }
    }
}
