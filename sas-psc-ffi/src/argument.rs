//! What a C argument becomes before a body sees it: checked for null and UTF-8, borrowed for the call only.

use crate::handle::{self, Handle};
use sas_psc::{Code, Error};
use std::ffi::{CStr, c_char, c_void};

/// A C type that may stand in an exported signature.
pub trait Argument<'call>: Sized {
    /// What the body of the function gets.
    type Safe;

    /// Sets an output to null or zero, before anything can fail.
    ///
    /// # Safety
    /// Pointers are null or valid.
    unsafe fn clear(&self) {}

    /// Checks and converts the argument called `name`.
    ///
    /// # Safety
    /// Pointers are null or valid during the call.
    unsafe fn read(self, name: &'static str, call: &'call ()) -> Result<Self::Safe, Error>;
}

pub fn null(name: &'static str) -> Error {
    Error::field(Code::NULL_ARGUMENT, name)
}

/// Text: NUL-terminated UTF-8.
impl<'call> Argument<'call> for *const c_char {
    type Safe = &'call str;
    unsafe fn read(self, name: &'static str, _: &'call ()) -> Result<&'call str, Error> {
        if self.is_null() {
            return Err(null(name));
        }
        // SAFETY: not null, so a NUL-terminated string that lives during the call.
        let text = unsafe { CStr::from_ptr(self) };
        text.to_str().map_err(|_| Error::field(Code::NOT_UTF8, name))
    }
}

/// An argument that may be null. C sees the pointer alone.
#[repr(transparent)]
pub struct Maybe<P>(P);

impl<'call> Argument<'call> for Maybe<*const c_char> {
    type Safe = Option<&'call str>;
    unsafe fn read(self, name: &'static str, call: &'call ()) -> Result<Option<&'call str>, Error> {
        // SAFETY: as promised by the caller.
        if self.0.is_null() { Ok(None) } else { unsafe { Argument::read(self.0, name, call) }.map(Some) }
    }
}

/// A handle that may be null.
impl<'call, T: Handle> Argument<'call> for Maybe<*const T> {
    type Safe = Option<&'call T>;
    unsafe fn read(self, _: &'static str, _: &'call ()) -> Result<Option<&'call T>, Error> {
        // SAFETY: null or a handle that nobody changes or frees during the call.
        Ok(unsafe { self.0.as_ref() })
    }
}

/// Bytes: the start here, the length in the next argument. Null is allowed for no bytes.
impl<'call> Argument<'call> for *const c_void {
    type Safe = Start<'call>;
    unsafe fn read(self, name: &'static str, _: &'call ()) -> Result<Start<'call>, Error> {
        Ok(Start { start: self, name, call: std::marker::PhantomData })
    }
}

/// Where bytes start.
pub struct Start<'call> {
    start: *const c_void,
    name: &'static str,
    call: std::marker::PhantomData<&'call ()>,
}

impl<'call> Start<'call> {
    /// The `len` bytes.
    ///
    /// # Safety
    /// `len` is the length that the caller passed beside the start.
    pub unsafe fn bytes(self, len: usize) -> Result<&'call [u8], Error> {
        match (self.start.is_null(), len) {
            (_, 0) => Ok(&[]),
            (true, _) => Err(null(self.name)),
            // SAFETY: not null, and the caller promises `len` readable bytes during the call.
            (false, _) => Ok(unsafe { std::slice::from_raw_parts(self.start.cast(), len) }),
        }
    }
}

/// A handle to look at.
impl<'call, T: Handle> Argument<'call> for *const T {
    type Safe = &'call T;
    unsafe fn read(self, name: &'static str, _: &'call ()) -> Result<&'call T, Error> {
        // SAFETY: null or a handle that nobody changes or frees during the call.
        unsafe { self.as_ref() }.ok_or_else(|| null(name))
    }
}

/// A handle to change.
impl<'call, T: Handle> Argument<'call> for *mut T {
    type Safe = &'call mut T;
    unsafe fn read(self, name: &'static str, _: &'call ()) -> Result<&'call mut T, Error> {
        // SAFETY: null or a handle that nobody else uses during the call.
        unsafe { self.as_mut() }.ok_or_else(|| null(name))
    }
}

/// A place for one result.
pub struct Out<'call, T>(&'call mut T);

impl<T> Out<'_, T> {
    /// Writes a plain result.
    pub fn set(self, value: T) {
        *self.0 = value;
    }
}

impl<T: Handle> Out<'_, *mut T> {
    /// Gives a new handle to the caller.
    pub fn give(self, value: impl Into<T>) {
        *self.0 = handle::give(value.into());
    }
}

/// A type with a value that says nothing: null, zero, false.
pub trait Neutral: Sized {
    /// That value.
    const NEUTRAL: Self;
}

macro_rules! plain {
    ($($type:ty: $neutral:expr),*) => {$(
        impl Neutral for $type {
            const NEUTRAL: $type = $neutral;
        }

        impl<'call> Argument<'call> for $type {
            type Safe = $type;
            unsafe fn read(self, _: &'static str, _: &'call ()) -> Result<$type, Error> {
                Ok(self)
            }
        }

        impl<'call> Argument<'call> for *mut $type {
            type Safe = Out<'call, $type>;
            unsafe fn clear(&self) {
                // SAFETY: null or a place for one value.
                unsafe { clear(*self) }
            }
            unsafe fn read(self, name: &'static str, _: &'call ()) -> Result<Out<'call, $type>, Error> {
                // SAFETY: as above; `clear` has written it.
                unsafe { self.as_mut() }.map(Out).ok_or_else(|| null(name))
            }
        }
    )*};
}

plain!(bool: false, i32: 0, u32: 0, i64: 0, u64: 0, usize: 0);

impl<T> Neutral for *const T {
    const NEUTRAL: *const T = std::ptr::null();
}

impl<T: Handle> Neutral for *mut T {
    const NEUTRAL: *mut T = std::ptr::null_mut();
}

/// A place for a new handle.
impl<'call, T: Handle> Argument<'call> for *mut *mut T {
    type Safe = Out<'call, *mut T>;
    unsafe fn clear(&self) {
        // SAFETY: null or a place for one pointer.
        unsafe { clear(*self) }
    }
    unsafe fn read(self, name: &'static str, _: &'call ()) -> Result<Out<'call, *mut T>, Error> {
        // SAFETY: as above; `clear` has written it.
        unsafe { self.as_mut() }.map(Out).ok_or_else(|| null(name))
    }
}

unsafe fn clear<T: Neutral>(place: *mut T) {
    if !place.is_null() {
        // SAFETY: not null, so valid for one write.
        unsafe { place.write(T::NEUTRAL) };
    }
}
