//! `sas_psc_thumbprint`: whether a token is bound to a certificate (RFC 8705), in each way that providers write it.

use crate::export::export;
use crate::string::sas_psc_string;
use sas_psc::psc::Thumbprint;
use std::ffi::{c_char, c_void};

export! {
    /// The thumbprint of a certificate (DER) as RFC 8705 writes it, x5t#S256.
    fn sas_psc_thumbprint_x5t(certificate: *const c_void, certificate_len: usize, x5t: *mut *mut sas_psc_string) -> Status {
        // SAFETY: the caller passes the length beside the start.
        x5t.give(Thumbprint::of_der(unsafe { certificate.bytes(certificate_len) }?).to_x5t());
        Ok(())
    }

    /// Whether an x5t#S256 names this certificate (DER), in either encoding.
    fn sas_psc_thumbprint_matches(certificate: *const c_void, certificate_len: usize, x5t: *const c_char) -> bool {
        // SAFETY: the caller passes the length beside the start.
        Thumbprint::of_der(unsafe { certificate.bytes(certificate_len) }?).matches(x5t)
    }

    /// Compares a certificate (DER) with the cnf of a token's claims or of an introspection, as JSON: bound is whether the
    /// token is bound to it, false when it is bound to none. SAS_PSC_ERROR_TOKEN_BINDING when it is bound to another.
    fn sas_psc_thumbprint_check(
        certificate: *const c_void,
        certificate_len: usize,
        claims: *const c_char,
        bound: *mut bool,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let ours = Thumbprint::of_der(unsafe { certificate.bytes(certificate_len) }?);
        bound.set(ours.check_json(claims.as_bytes())?);
        Ok(())
    }
}
