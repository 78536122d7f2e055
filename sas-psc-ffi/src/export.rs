//! `export!`: the one way a function reaches C. It reads the arguments, catches panics and hands the error over.
//!
//! The signature is written as C sees it, the body with what the arguments became ([`Argument`]). Three forms, told
//! apart by what they return:
//!
//! - `-> Status`: a call that may fail. A last parameter `sas_psc_error **error` is added, C gets an `int32_t`: 0 or
//!   the error's code. Outputs are null or zero unless it is 0.
//! - `-> Freed {}`: takes back a handle; null does nothing.
//! - any other type: a getter; it answers null, zero or false when an argument is not usable.
//!
//! It decides nothing about a domain: see the files named after the handles.

use crate::argument::Neutral;
use crate::error::sas_psc_error;
use crate::handle;
use sas_psc::{Code, Error};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the body of a call that may fail returns.
pub type Status = Result<(), Error>;

macro_rules! export {
    () => {};
    ($(#[$doc:meta])* fn $name:ident($handle:ident: $raw:ty) -> Freed {} $($rest:tt)*) => {
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($handle: $raw) {
            // SAFETY: the caller passes null or a handle of this library, once.
            unsafe { $crate::export::free($handle) }
        }
        export! { $($rest)* }
    };
    ($(#[$doc:meta])* fn $name:ident($($arg:ident: $raw:ty),* $(,)?) -> Status $body:block $($rest:tt)*) => {
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($arg: $raw,)* error: *mut *mut $crate::error::sas_psc_error) -> i32 {
            let run = || -> $crate::export::Status {
                #[allow(unused_variables)]
                let call = ();
                // SAFETY: the caller passes pointers that are null or valid for this call, as the header says.
                $(unsafe { $crate::argument::Argument::clear(&$arg) };)*
                // SAFETY: as above; what is read borrows `call`, so it cannot outlive this function.
                $(let $arg = unsafe { $crate::argument::Argument::read($arg, stringify!($arg), &call) }?;)*
                $body
            };
            // SAFETY: the caller passes null or a place for one pointer.
            unsafe { $crate::export::status(error, run) }
        }
        export! { $($rest)* }
    };
    ($(#[$doc:meta])* fn $name:ident($($arg:ident: $raw:ty),* $(,)?) -> $out:ty $body:block $($rest:tt)*) => {
        $(#[$doc])*
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($arg: $raw),*) -> $out {
            $crate::export::getter(|| {
                #[allow(unused_variables)]
                let call = ();
                // SAFETY: the caller passes pointers that are null or valid for this call, as the header says.
                $(unsafe { $crate::argument::Argument::clear(&$arg) };)*
                // SAFETY: as above; what is read borrows `call`, so it cannot outlive this function.
                $(let $arg = unsafe { $crate::argument::Argument::read($arg, stringify!($arg), &call) }?;)*
                Ok($body)
            })
        }
        export! { $($rest)* }
    };
}
pub(crate) use export;

/// Runs a call that may fail and hands its error over.
///
/// # Safety
/// `error` is null or valid for one write.
pub unsafe fn status(error: *mut *mut sas_psc_error, run: impl FnOnce() -> Status) -> i32 {
    let outcome = caught(run);
    let code = outcome.as_ref().map_or_else(|e| e.code().number(), |()| 0);
    if !error.is_null() {
        let handed = outcome.err().map_or(std::ptr::null_mut(), |e| handle::give(sas_psc_error::from(e)));
        // SAFETY: not null, so valid for one write.
        unsafe { error.write(handed) };
    }
    code.cast_signed()
}

/// Runs a getter: its neutral value on any failure.
pub fn getter<T: Neutral>(run: impl FnOnce() -> Result<T, Error>) -> T {
    caught(run).unwrap_or(T::NEUTRAL)
}

/// Takes back a handle.
///
/// # Safety
/// `handle` is null or was given by [`handle::give`] and not taken back yet.
pub unsafe fn free<T: handle::Handle>(handle: *mut T) {
    // SAFETY: as promised above.
    let _ = caught(|| Ok(unsafe { handle::take(handle) }));
}

fn caught<T>(run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| {
        std::mem::forget(payload); // dropping it could panic again
        Err(Error::new(Code::PANIC))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::null_mut;

    #[test]
    fn a_panic_becomes_a_code_and_an_error() {
        let mut error = null_mut();
        // SAFETY: `error` is a local.
        let code = unsafe { status(&mut error, || panic!("in a test")) };
        assert_eq!(code, 1003);
        // SAFETY: given by `status`, taken back once.
        assert_eq!(unsafe { handle::take(error) }.unwrap().error.code(), Code::PANIC);
        assert!(!getter(|| -> Result<bool, Error> { panic!("in a test") }));
    }

    #[test]
    fn an_error_nobody_wants_is_dropped() {
        // SAFETY: null is allowed.
        assert_eq!(unsafe { status(null_mut(), || Err(Error::new(Code::ID_KEY))) }, 2003);
    }
}
