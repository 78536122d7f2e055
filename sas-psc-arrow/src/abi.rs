//! The three structures of the interface, as published, and who releases them.
//!
//! A structure is owned by the Rust value that holds it: dropping it calls its `release`, once. A structure without
//! `release` is empty, which is how the interface says «moved» and «no more».

use std::ffi::{c_char, c_int, c_void};
use std::ptr::{null, null_mut};

macro_rules! owned {
    ($name:ident { $($field:ident: $zero:expr),* $(,)? }) => {
        impl $name {
            /// An empty structure: a place for one to come.
            pub const fn empty() -> $name {
                $name { $($field: $zero,)* release: None, private_data: null_mut() }
            }

            /// Moves the structure out of C's hands and leaves an empty one, as the interface asks of a consumer.
            ///
            /// # Safety
            /// `place` is valid, and holds a structure as the interface defines it, owned by the caller.
            pub unsafe fn take(place: *mut $name) -> $name {
                // SAFETY: valid, as promised above; the value moves out as an empty one moves in.
                unsafe { std::ptr::replace(place, $name::empty()) }
            }

            /// Whether there is nothing in it.
            pub const fn is_empty(&self) -> bool {
                self.release.is_none()
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: the structure is whole, owned by this value and released here for the only time.
                    unsafe { release(self) };
                }
            }
        }

        // SAFETY: the interface lets any thread read and release a structure; it only forbids two to change it.
        unsafe impl Send for $name {}
        // SAFETY: as above; nothing changes it behind a shared reference.
        unsafe impl Sync for $name {}
    };
}

/// `struct ArrowSchema`: the type of an array.
#[repr(C)]
#[allow(missing_docs)] // the names are the interface's
pub struct ArrowSchema {
    pub format: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub flags: i64,
    pub n_children: i64,
    pub children: *mut *mut ArrowSchema,
    pub dictionary: *mut ArrowSchema,
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub private_data: *mut c_void,
}

owned!(ArrowSchema {
    format: null(),
    name: null(),
    metadata: null(),
    flags: 0,
    n_children: 0,
    children: null_mut(),
    dictionary: null_mut(),
});

/// `struct ArrowArray`: the values.
#[repr(C)]
#[allow(missing_docs)] // the names are the interface's
pub struct ArrowArray {
    pub length: i64,
    pub null_count: i64,
    pub offset: i64,
    pub n_buffers: i64,
    pub n_children: i64,
    pub buffers: *mut *const c_void,
    pub children: *mut *mut ArrowArray,
    pub dictionary: *mut ArrowArray,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub private_data: *mut c_void,
}

owned!(ArrowArray {
    length: 0,
    null_count: 0,
    offset: 0,
    n_buffers: 0,
    n_children: 0,
    buffers: null_mut(),
    children: null_mut(),
    dictionary: null_mut(),
});

/// `struct ArrowArrayStream`: arrays of one type, one after the other.
#[repr(C)]
#[allow(missing_docs)] // the names are the interface's
pub struct ArrowArrayStream {
    pub get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    pub get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    pub get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    pub release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    pub private_data: *mut c_void,
}

owned!(ArrowArrayStream { get_schema: None, get_next: None, get_last_error: None });
