//! The one table of error codes. C constants, Python exceptions and the documentation page come from it.
//!
//! Numbers are never reused or renumbered; a block of 1000 per module:
//! 1 base and faces · 2 id, person · 3 psc · 4 card · 5 directory · 6 email · 7 consent · 8 participation ·
//! 9 onboarding · 10 drive · 11 store. The texts stand beside, in `text_fr.rs` and `text_en.rs`.

use super::{Blame, Lang, text_en, text_fr};
use std::fmt;

/// The stable identity of an error: a number, a name, a blame.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(u32);

macro_rules! codes {
    ($($number:literal $constant:ident $name:literal $blame:ident;)*) => {
        impl Code {
            $(#[doc = concat!("`", $name, "`")] pub const $constant: Code = Code($number);)*
        }
        const TABLE: &[(u32, &str, &str, Blame)] = &[$(($number, stringify!($constant), $name, Blame::$blame)),*];
    };
}

codes! {
    // 1: base and faces
    1001 NULL_ARGUMENT          "null-argument"             Caller;
    1002 NOT_UTF8               "not-utf8"                  Caller;
    1003 PANIC                  "panic"                     Bug;
    1004 BROKEN_INVARIANT       "broken-invariant"          Bug;
    1005 NO_RANDOMNESS          "no-randomness"             Environment;
    1006 TIME_INVALID           "time-invalid"              Caller;
    1007 STORED_FORM_UNREADABLE "stored-form-unreadable"    Caller;
    1008 STORED_FORM_NEWER      "stored-form-newer"         Caller;

    // 2: id, person
    2001 ID_LENGTH              "id-length"                 User;
    2002 ID_CHARACTER           "id-character"              User;
    2003 ID_KEY                 "id-key"                    User;
    2004 ID_WITHDRAWN           "id-withdrawn"              User;
    2005 ID_NEVER_ALLOCATED     "id-never-allocated"        User;
    2006 ID_KIND_UNKNOWN        "id-kind-unknown"           User;
    2007 ID_TEST_NUMBER         "id-test-number"            User;

    // 9: onboarding
    9001 ELIGIBILITY_STRUCTURE_STAFF  "eligibility-structure-staff"  User;
    9002 ELIGIBILITY_PRACTICE_STAFF   "eligibility-practice-staff"   User;
    9003 ELIGIBILITY_UNKNOWN_IDENTITY "eligibility-unknown-identity" User;
    9004 STEP_OUT_OF_ORDER      "step-out-of-order"         Caller;
    9005 ANOTHER_PERSON         "another-person"            User;
    9006 PLACES_UNKNOWN         "places-unknown"            Caller;
    9007 NUMBER_CLAIMED_TWICE   "number-claimed-twice"      User;
    9008 TERMS_NOT_CURRENT      "terms-not-current"         User;

    // 11: store
    11001 STORE_CONFLICT        "store-conflict"            Environment;
    11002 STORE_IDENTITY_TAKEN  "store-identity-taken"      User;
    11003 STORE_EMAIL_TAKEN     "store-email-taken"         User;
    11004 STORE_UNAVAILABLE     "store-unavailable"         Environment;
    11005 STORE_CORRUPT         "store-corrupt"             Environment;
    11006 STORE_NEWER           "store-newer"               Environment;
}

impl Code {
    /// The number, as C sees it.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The name, as JSON shows it: `id-key`.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// The constant, as Rust and C spell it: `ID_KEY`.
    pub fn constant(self) -> &'static str {
        self.row().1
    }

    /// Who must act.
    pub fn blame(self) -> Blame {
        self.row().3
    }

    /// What happened.
    pub fn message(self, lang: Lang) -> &'static str {
        self.text(lang).1
    }

    /// What to do now.
    pub fn hint(self, lang: Lang) -> &'static str {
        self.text(lang).2
    }

    /// Every code, by number.
    pub fn all() -> impl Iterator<Item = Code> {
        TABLE.iter().map(|row| Code(row.0))
    }

    /// The code with this name.
    pub fn from_name(name: &str) -> Option<Code> {
        TABLE.iter().find(|row| row.2 == name).map(|row| Code(row.0))
    }

    /// The code with this number.
    pub fn from_number(number: u32) -> Option<Code> {
        TABLE.iter().find(|row| row.0 == number).map(|row| Code(row.0))
    }

    fn row(self) -> &'static (u32, &'static str, &'static str, Blame) {
        // A Code is only ever made from the table.
        TABLE.iter().find(|row| row.0 == self.0).unwrap_or(&TABLE[0])
    }

    fn text(self, lang: Lang) -> &'static (&'static str, &'static str, &'static str) {
        let texts = match lang {
            Lang::Fr => text_fr::TEXTS,
            Lang::En => text_en::TEXTS,
        };
        let name = self.name();
        texts.iter().find(|text| text.0 == name).unwrap_or(&("", "", ""))
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.name())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
