//! `sas_psc_id_…`: a number of any kind: what a check found, how it is stored, shown, and named in FHIR.

use crate::argument::Maybe;
use crate::export::export;
use crate::string::{json, sas_psc_string};
use sas_psc::id::fhir::{self, FhirIdentifier};
use sas_psc::id::{self, IdNat, Kind};
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

    /// The number as it should be stored: without white space at both ends, letters in capitals where the kind has only
    /// those. kind as above. SAS_PSC_ERROR_ID_LENGTH, _ID_CHARACTER, _ID_KEY, _ID_WITHDRAWN, _ID_NEVER_ALLOCATED,
    /// _ID_KIND_UNKNOWN.
    fn sas_psc_id_normalized(
        kind: Maybe<*const c_char>,
        value: *const c_char,
        normalized: *mut *mut sas_psc_string,
    ) -> Status {
        let kind = kind.map_or(Ok(Kind::Auto), str::parse)?;
        normalized.give(id::normalized(kind, value)?);
        Ok(())
    }

    /// The number as people read it, in the usual groups of its kind, with no-break spaces. The errors are those of
    /// sas_psc_id_normalized.
    fn sas_psc_id_grouped(
        kind: Maybe<*const c_char>,
        value: *const c_char,
        grouped: *mut *mut sas_psc_string,
    ) -> Status {
        let kind = kind.map_or(Ok(Kind::Auto), str::parse)?;
        grouped.give(id::grouped(kind, value)?);
        Ok(())
    }

    /// Reads an identifier of a FHIR resource, of Annuaire Santé v1 or v2: its system, the code of its type, each null when
    /// absent, and its value. found is JSON: {"kind","value","rpps"}, kind being "rpps", "id-nat", "adeli", "structure",
    /// "finess", "activity" (never an RPPS number, although its system is the same) or "other"; rpps may be null. The errors
    /// are those of the kind.
    fn sas_psc_id_fhir_read(
        system: Maybe<*const c_char>,
        type_code: Maybe<*const c_char>,
        value: *const c_char,
        found: *mut *mut sas_psc_string,
    ) -> Status {
        found.give(json(&FhirIdentifier::read(system, type_code, value)?)?);
        Ok(())
    }

    /// system|value, as a FHIR search takes a national identifier: by its RPPS number when it has one.
    /// SAS_PSC_ERROR_ID_LENGTH, _ID_CHARACTER.
    fn sas_psc_id_fhir_token(id_nat: *const c_char, token: *mut *mut sas_psc_string) -> Status {
        token.give(fhir::token(&IdNat::parse(id_nat)?));
        Ok(())
    }
}
