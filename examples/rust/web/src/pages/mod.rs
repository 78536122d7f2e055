//! The pages: one file each, with the view that its template shows and the handlers that fill it.
//!
//! A view holds only what its template prints; the words come from `text.rs`, the frame from [`Shell`].

pub mod account;
pub mod address;
pub mod arrival;
pub mod before;
pub mod data;
pub mod ecps;
pub mod email;
pub mod home;
pub mod legal;
pub mod link;
pub mod message;
pub mod participation;
pub mod proofs;
pub mod terms;

#[cfg(test)]
mod guide;
#[cfg(test)]
mod preview;

use crate::text::{self, Text, spaced};
use sas_psc::participation::Label;
use sas_psc::person::Professional;
use sas_psc::{Blame, Code, Error, Lang};

/// The frame of a page: its language, who is signed in, what went wrong with the last form.
pub struct Shell {
    pub t: &'static Text,
    pub lang: Lang,
    pub service: String,
    /// The CSRF token of this session: every form carries it.
    pub csrf: String,
    /// What the language link keeps of this page's query: empty, or `c=…&`.
    pub query: String,
    pub who: Option<Who>,
    pub problems: Vec<Problem>,
    /// What just happened, for a status message.
    pub notice: Option<&'static str>,
}

impl Shell {
    pub fn other_lang(&self) -> Lang {
        match self.lang {
            Lang::Fr => Lang::En,
            Lang::En => Lang::Fr,
        }
    }

    pub fn has_problem(&self, field: &str) -> bool {
        self.problems.iter().any(|problem| problem.field == field)
    }

    /// The id of an option: the first bears the name of its field, which the error summary links to.
    pub fn id(&self, name: &str, index: &usize) -> String {
        if *index == 0 { name.to_owned() } else { format!("{name}-{index}") }
    }

    /// The SDK's words for the settings, which are SAS's own.
    pub fn words(&self, label: Label) -> String {
        text::spaced(label.text(self.lang))
    }

    pub fn spoken(&self, digits: &str) -> String {
        text::spoken(digits, self.lang)
    }
}

/// A person as the pages show them: a name, and the end of a number.
#[derive(Clone)]
pub struct Who {
    /// `Dr Camille DURAND`
    pub name: String,
    /// `RPPS`, `ADELI`, or empty.
    pub number_kind: String,
    /// The last four characters of the number; empty for a person without one.
    pub number_tail: String,
}

impl Who {
    pub fn of(person: &Professional) -> Who {
        let number = person.masked_number().unwrap_or_default();
        let (kind, masked) = number.split_once(' ').unwrap_or_default();
        Who {
            name: person.display_name(),
            number_kind: kind.to_owned(),
            number_tail: masked.trim_start_matches('•').to_owned(),
        }
    }
}

/// What happened and what to do, for the person at the screen: the SDK's words where they or PSC can act. Its words on
/// settings, network and database are for whoever runs the site, and would send a doctor to look for a DNS.
pub fn words(code: Code, lang: Lang) -> (String, String) {
    match code.blame() {
        Blame::User | Blame::Provider => (spaced(code.message(lang)), spaced(code.hint(lang))),
        _ => (Text::of(lang).not_yours.to_owned(), Text::of(lang).not_yours_todo.to_owned()),
    }
}

/// A mistake to mend: the field it is in (empty for none), what is wrong, what to do.
pub struct Problem {
    pub field: &'static str,
    pub message: String,
    pub hint: String,
}

impl Problem {
    /// What an error of the SDK says about a field.
    pub fn of(error: &Error, field: &'static str, lang: Lang) -> Problem {
        Problem::of_code(error.code(), field, lang)
    }

    pub fn of_code(code: Code, field: &'static str, lang: Lang) -> Problem {
        let (message, hint) = words(code, lang);
        Problem { field, message, hint }
    }
}
