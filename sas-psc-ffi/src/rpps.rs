//! `sas_psc_rpps`: an RPPS number that passed its check.

use crate::export::export;
use crate::handle::Handle;
use crate::string::{c_text, sas_psc_string};
use sas_psc::id::Rpps;
use std::ffi::{CString, c_char};

/// An RPPS number with a right key: one you hold is one that passed.
pub struct sas_psc_rpps(Rpps, CString);

impl Handle for sas_psc_rpps {}

export! {
    /// Whether text is an RPPS number: 11 digits with a right key. Nothing is trimmed. 0, or why not:
    /// SAS_PSC_ERROR_ID_LENGTH, _ID_CHARACTER, _ID_KEY.
    fn sas_psc_rpps_check(text: *const c_char) -> Status {
        Rpps::parse(text).map(drop)
    }

    /// Reads an RPPS number; the errors are those of sas_psc_rpps_check. Free it with sas_psc_rpps_free.
    fn sas_psc_rpps_parse(text: *const c_char, rpps: *mut *mut sas_psc_rpps) -> Status {
        let parsed = Rpps::parse(text)?;
        rpps.give(sas_psc_rpps(parsed, c_text(parsed.as_str())));
        Ok(())
    }

    /// The 11 digits.
    fn sas_psc_rpps_text(rpps: *const sas_psc_rpps) -> *const c_char {
        rpps.1.as_ptr()
    }

    /// Whether it is one of ANS's test numbers (997…, 999…).
    fn sas_psc_rpps_is_test_number(rpps: *const sas_psc_rpps) -> bool {
        rpps.0.is_test_number()
    }

    /// The national identifier, "8" and the number.
    fn sas_psc_rpps_id_nat(rpps: *const sas_psc_rpps, id_nat: *mut *mut sas_psc_string) -> Status {
        id_nat.give(rpps.0.to_id_nat().as_str());
        Ok(())
    }

    /// Frees a number. Null is allowed.
    fn sas_psc_rpps_free(rpps: *mut sas_psc_rpps) -> Freed {}
}
