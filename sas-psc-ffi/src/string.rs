//! `sas_psc_string`: text or bytes that the library made for the caller, wiped when freed.

use crate::export::export;
use crate::handle::Handle;
use sas_psc::{Code, Error};
use std::ffi::{CString, c_char};
use std::sync::OnceLock;
use zeroize::Zeroizing;

/// Text or bytes made by the library. Wiped when freed.
pub struct sas_psc_string(Zeroizing<Vec<u8>>);

impl Handle for sas_psc_string {}

impl<T: Into<Vec<u8>>> From<T> for sas_psc_string {
    fn from(text: T) -> sas_psc_string {
        let mut bytes = text.into();
        bytes.reserve_exact(1); // may move the bytes once: callers pass what they just made
        bytes.push(0);
        sas_psc_string(Zeroizing::new(bytes))
    }
}

impl sas_psc_string {
    /// Where the bytes start.
    pub fn as_ptr(&self) -> *const c_char {
        self.0.as_ptr().cast()
    }

    /// How many there are, without the NUL.
    pub fn len(&self) -> usize {
        self.0.len() - 1
    }
}

/// A text of ours as C reads it. None of them holds a NUL; one that did would come out empty.
pub fn c_text(text: &str) -> CString {
    CString::new(text).unwrap_or_default()
}

/// A text that a getter gives, made when it is first asked for. It lives as long as its handle.
#[derive(Default)]
pub struct LazyText(OnceLock<Option<CString>>);

impl LazyText {
    /// One that is made already.
    pub fn known(text: &str) -> LazyText {
        LazyText(OnceLock::from(Some(c_text(text))))
    }

    /// Where it starts; null when `make` has none.
    pub fn of<T: AsRef<str>>(&self, make: impl FnOnce() -> Option<T>) -> *const c_char {
        let text = self.0.get_or_init(|| make().map(|text| c_text(text.as_ref())));
        text.as_ref().map_or(std::ptr::null(), |text| text.as_ptr())
    }
}

/// A value of the SDK as JSON.
pub fn json(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| Error::new(Code::BROKEN_INVARIANT))
}

export! {
    /// The bytes, followed by a NUL that is not counted. They live as long as the string.
    fn sas_psc_string_data(string: *const sas_psc_string) -> *const c_char {
        string.as_ptr()
    }

    /// How many bytes.
    fn sas_psc_string_len(string: *const sas_psc_string) -> usize {
        string.len()
    }

    /// Wipes and frees a string. Null is allowed.
    fn sas_psc_string_free(string: *mut sas_psc_string) -> Freed {}
}
