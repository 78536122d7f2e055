//! Who owns a handle, said once: C does, from [`give`] until the `_free` function that [`take`]s it back.
//!
//! A handle is one Rust value behind one pointer. The trait's bounds are the header's promise on threads: `const T *`
//! may be shared between threads (`Sync`), and any thread may free it (`Send`).

/// A type that C holds behind a pointer. Its name in Rust is its name in C.
pub trait Handle: Sized + Send + Sync + 'static {}

/// Gives `value` to C.
pub fn give<T: Handle>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Takes a handle back from C; null is none.
///
/// # Safety
/// `handle` is null or was given by [`give`] and not taken back yet.
pub unsafe fn take<T: Handle>(handle: *mut T) -> Option<Box<T>> {
    // SAFETY: not null, so made by `Box::into_raw` in `give` and still owned by the caller.
    (!handle.is_null()).then(|| unsafe { Box::from_raw(handle) })
}
