//! The verifier of receipts for a page without network: `verify.html` holds it as wasm32, built by `tools/verify-page`.
//!
//! Three texts in, one JSON out, over bytes that the page writes and reads in the module's memory. It imports nothing: no
//! clock, no randomness, no network. What it judges is `sas_psc::consent::verify_receipt`.
#![allow(missing_docs)] // its interface is the page beside it

use sas_psc::error::Lang;
use std::sync::{Mutex, PoisonError};

/// The answer, until the next one.
static ANSWER: Mutex<String> = Mutex::new(String::new());

/// Room for `len` bytes that the page writes; [`verify`] takes them back.
#[unsafe(no_mangle)]
pub extern "C" fn room(len: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; len].into_boxed_slice()).cast()
}

/// # Safety
/// `start` was given by [`room`] for `len` bytes and is passed once.
unsafe fn taken(start: *mut u8, len: usize) -> Vec<u8> {
    // SAFETY: as promised above.
    unsafe { Vec::from_raw_parts(start, len, len) }
}

/// Verifies a receipt, and gives the start of the answer: `{"proven":{…}}` or `{"code","message","hint"}`.
///
/// # Safety
/// Each start was given by [`room`] for the length beside it, and is passed once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn verify(
    proof: *mut u8,
    proof_len: usize,
    opening: *mut u8,
    opening_len: usize,
    keys: *mut u8,
    keys_len: usize,
) -> *const u8 {
    // SAFETY: as promised by the caller.
    let (proof, opening, keys) =
        unsafe { (taken(proof, proof_len), taken(opening, opening_len), taken(keys, keys_len)) };
    let found = sas_psc::consent::verify_receipt(&proof, &opening, &String::from_utf8_lossy(&keys));
    let answer = match found {
        Ok(proven) => serde_json::to_string(&proven.report()).map(|report| format!("{{\"proven\":{report}}}")),
        Err(error) => serde_json::to_string(&serde_json::json!({
            "code": error.code().name(),
            "message": error.message(Lang::Fr),
            "hint": error.hint(Lang::Fr),
        })),
    };
    let mut kept = ANSWER.lock().unwrap_or_else(PoisonError::into_inner);
    *kept = answer.unwrap_or_default();
    kept.as_ptr()
}

/// How long the answer is.
#[unsafe(no_mangle)]
pub extern "C" fn answer_len() -> usize {
    ANSWER.lock().unwrap_or_else(PoisonError::into_inner).len()
}
