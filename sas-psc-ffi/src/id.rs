//! `sas_psc_id_check`: a number of any kind, with what the check found as JSON.

use crate::argument::Maybe;
use crate::export::export;
use crate::string::{json, sas_psc_string};
use sas_psc::id::{self, Kind};
use std::ffi::c_char;

export! {
    /// Checks a number of a kind: "rpps", "adeli", "finess", "siren", "siret", "id-nat", "structure",
    /// "structure-technical", "ins", "card-number", "opaque", or "auto" (as null), which finds the kind by its shape.
    /// White space at both ends is dropped. found is the JSON object that `sas-psc id check --json` prints:
    /// {"value","kind","valid","checked","normalized","test_number","reason"}. A refused number is an answer, not an
    /// error; SAS_PSC_ERROR_ID_KIND_UNKNOWN when kind is none of these words.
    fn sas_psc_id_check(
        kind: Maybe<*const c_char>,
        value: *const c_char,
        refuse_test_numbers: bool,
        found: *mut *mut sas_psc_string,
    ) -> Status {
        let kind = kind.map_or(Ok(Kind::Auto), str::parse)?;
        found.give(json(&id::check(kind, value, refuse_test_numbers))?);
        Ok(())
    }
}
