//! The version of the library that is loaded, to compare with SAS_PSC_VERSION of the header that was compiled.

use crate::export::export;
use std::ffi::c_char;

const VERSION: *const c_char = concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast();

export! {
    /// The version of the library, "0.1.0": compare with SAS_PSC_VERSION. It lives for ever.
    fn sas_psc_version() -> *const c_char {
        VERSION
    }
}
