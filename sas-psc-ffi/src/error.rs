//! `sas_psc_error`: the error of a call, with its texts in French and English and its facts.

use crate::argument::{Maybe, Out};
use crate::export::export;
use crate::handle::Handle;
use crate::string::c_text;
use sas_psc::error::FactValue;
use sas_psc::{Blame, Error, Lang};
use std::ffi::{CString, c_char};

/// What went wrong, who must act, what to do. No text of it holds an identifier, a token, an address or a name.
pub struct sas_psc_error {
    pub(crate) error: Error,
    name: CString,
    /// Message and hint: French, then English.
    texts: [(CString, CString); 2],
    words: Vec<(&'static str, CString)>,
}

impl Handle for sas_psc_error {}

impl From<Error> for sas_psc_error {
    fn from(error: Error) -> sas_psc_error {
        let words = error.facts().pairs().into_iter().filter_map(|(name, value)| match value {
            FactValue::Word(word) => Some((name, c_text(word))),
            _ => None,
        });
        sas_psc_error {
            name: c_text(error.code().name()),
            texts: [Lang::Fr, Lang::En].map(|lang| (c_text(error.message(lang)), c_text(error.hint(lang)))),
            words: words.collect(),
            error,
        }
    }
}

impl sas_psc_error {
    fn texts(&self, lang: Option<&str>) -> &(CString, CString) {
        &self.texts[Lang::from_tag(lang.unwrap_or_default()) as usize]
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.error.facts().pairs().into_iter().find_map(|(n, value)| match value {
            FactValue::Number(number) if n == name => Some(number),
            _ => None,
        })
    }
}

/// The number of a blame in C: its place in the table, from 1.
pub fn blame_number(blame: Blame) -> i32 {
    Blame::ALL.iter().position(|b| *b == blame).map_or(0, |at| at as i32 + 1)
}

fn found<T>(out: Out<'_, T>, value: Option<T>) -> bool {
    value.map(|value| out.set(value)).is_some()
}

export! {
    /// The stable number: one of SAS_PSC_ERROR_…, the same that the call returned.
    fn sas_psc_error_code(error: *const sas_psc_error) -> i32 {
        error.error.code().number().cast_signed()
    }

    /// The stable name, "id-key".
    fn sas_psc_error_name(error: *const sas_psc_error) -> *const c_char {
        error.name.as_ptr()
    }

    /// Who must act: one of SAS_PSC_BLAME_….
    fn sas_psc_error_blame(error: *const sas_psc_error) -> i32 {
        blame_number(error.error.blame())
    }

    /// What happened, one sentence for a person. lang is "fr", "en" or a locale; null is French.
    fn sas_psc_error_message(error: *const sas_psc_error, lang: Maybe<*const c_char>) -> *const c_char {
        error.texts(lang).0.as_ptr()
    }

    /// What to do now, one sentence for a person. lang as above.
    fn sas_psc_error_hint(error: *const sas_psc_error, lang: Maybe<*const c_char>) -> *const c_char {
        error.texts(lang).1.as_ptr()
    }

    /// A fact that is a number ("tries_left", "retry_after" in seconds, "http_status"). False when the error has none.
    fn sas_psc_error_fact_number(error: *const sas_psc_error, name: *const c_char, value: *mut u64) -> bool {
        found(value, error.number(name))
    }

    /// A fact that is a word ("claim", "field", "oauth_error"). Null when the error has none.
    fn sas_psc_error_fact_word(error: *const sas_psc_error, name: *const c_char) -> *const c_char {
        error.words.iter().find(|(n, _)| *n == name).map_or(std::ptr::null(), |(_, word)| word.as_ptr())
    }

    /// Frees an error. Null is allowed.
    fn sas_psc_error_free(error: *mut sas_psc_error) -> Freed {}
}
