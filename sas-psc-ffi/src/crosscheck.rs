//! `sas_psc_professional_crosscheck`: two descriptions of a professional side by side.

use crate::argument::Maybe;
use crate::export::export;
use crate::professional::sas_psc_professional;
use crate::string::{json, sas_psc_string};
use sas_psc::person::DifferenceKind;
use std::ffi::c_char;

/// Yes, no, or not said.
pub fn said(answer: i32) -> Option<bool> {
    (answer >= 0).then_some(answer > 0)
}

export! {
    /// Compares two descriptions of a professional, whichever of Pro Santé Connect, the directory and a card made them.
    /// one_active and other_active: 1 when that source says that they practise, 0 when it says that they do not, -1 when it
    /// does not say. refuse: words of differences that are refused, separated by commas; null for none. The answer is
    /// {"person","active","professions","activities":[{"one","other","by"}],"differences":[{"what","one","other"}]};
    /// SAS_PSC_ERROR_CROSSCHECK_PERSON, _CROSSCHECK_INACTIVE, _CROSSCHECK_DIFFERENCE, _CROSSCHECK_WORD.
    fn sas_psc_professional_crosscheck(
        one: *const sas_psc_professional,
        other: *const sas_psc_professional,
        one_active: i32,
        other_active: i32,
        refuse: Maybe<*const c_char>,
        compared: *mut *mut sas_psc_string,
    ) -> Status {
        let found = one.person.crosscheck(&other.person).with_active(said(one_active), said(other_active));
        found.refuse(&DifferenceKind::of_words(refuse.unwrap_or_default())?)?;
        compared.give(json(&found)?);
        Ok(())
    }
}
