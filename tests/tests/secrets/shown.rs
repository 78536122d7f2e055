//! What was shown of each type and error, and what may not be found in it.

use sas_psc::{Error, Lang, Result};
use std::any::type_name;
use std::collections::BTreeSet;
use std::fmt::Debug;

#[derive(Default)]
pub struct Shown {
    /// Where a text comes from, and the text.
    texts: Vec<(String, String)>,
    /// Paths of the types shown: `email::address::Address`.
    pub types: BTreeSet<String>,
    /// What each secret is, and the secret.
    secrets: Vec<(&'static str, String)>,
}

impl Shown {
    /// Nothing that is shown may contain `secret`, nor its parts around spaces and dots when they are long.
    #[track_caller]
    pub fn secret(&mut self, what: &'static str, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() > 4, "{what} is too short to be told from chance: {secret}");
        for part in secret.split(['.', ' ', '@']).filter(|part| part.len() > 7) {
            self.secrets.push((what, part.to_owned()));
        }
        self.secrets.push((what, secret));
    }

    /// The value as `Debug` shows it, on one line and on many; gives it back.
    pub fn debug<T: Debug>(&mut self, value: T) -> T {
        let name = type_name::<T>().split('<').next().unwrap_or_default().trim_start_matches('&');
        self.types.insert(name.trim_start_matches("sas_psc::").to_owned());
        self.texts.push((name.to_owned(), format!("{value:?}\n{value:#?}")));
        value
    }

    /// An error in every way that it is shown.
    pub fn error(&mut self, error: &Error) {
        let mut text = format!("{error}\n{error:?}\n{error:#?}\n{:?}", error.facts().pairs());
        for lang in [Lang::Fr, Lang::En] {
            text += error.message(lang);
            text += error.hint(lang);
        }
        let mut source = error.source().map(|source| source as &dyn std::error::Error);
        while let Some(below) = source {
            text += &format!("\n{below}\n{below:?}");
            source = below.source();
        }
        self.texts.push((format!("the error {}", error.code()), text));
        self.debug(error.facts());
        self.debug(error);
    }

    /// An error that must have come.
    #[track_caller]
    pub fn failed<T>(&mut self, result: Result<T>) {
        match result {
            Ok(_) => panic!("no error came"),
            Err(error) => self.error(&error),
        }
    }

    pub fn text(&mut self, from: &str, text: String) {
        self.texts.push((from.to_owned(), text));
    }

    /// How many texts there are, and each secret found in one.
    pub fn judge(&self) -> (usize, Vec<String>) {
        let mut found = Vec::new();
        for (from, text) in &self.texts {
            for (what, secret) in &self.secrets {
                if text.contains(secret) {
                    found.push(format!("{what} in {from}: {text}"));
                }
            }
        }
        found.sort();
        found.dedup();
        (self.texts.len(), found)
    }
}
