//! Makes arrays and schemas for another library: what each holds is kept alive by counting, and let go by its `release`.
//!
//! A [`Node`] is an array before it is given: given twice, it is two structures over the same memory.

use crate::abi::{ArrowArray, ArrowSchema};
use std::any::Any;
use std::ffi::{CStr, CString, c_void};
use std::ptr::{null, null_mut};
use std::sync::Arc;

/// The interface's flag for a field that may hold nulls.
const NULLABLE: i64 = 2;

/// Memory of an array, and what keeps it.
#[derive(Clone)]
pub struct Buffer {
    start: *const c_void,
    keep: Option<Arc<dyn Any + Send + Sync>>,
}

// SAFETY: the memory is read-only from the moment the buffer is made.
unsafe impl Send for Buffer {}
// SAFETY: as above.
unsafe impl Sync for Buffer {}

impl Buffer {
    /// No buffer: every row holds a value.
    pub const NONE: Buffer = Buffer { start: null(), keep: None };

    /// Values of ours.
    pub fn of<T: Send + Sync + 'static>(values: Vec<T>) -> Buffer {
        let start = values.as_ptr().cast();
        Buffer { start, keep: Some(Arc::new(values)) }
    }

    /// Memory of the array that `keep` holds.
    pub fn lent(start: *const u8, keep: &Arc<ArrowArray>) -> Buffer {
        let keep: Arc<dyn Any + Send + Sync> = keep.clone();
        Buffer { start: start.cast(), keep: Some(keep) }
    }
}

/// An array to give.
#[derive(Clone)]
pub struct Node {
    pub rows: usize,
    pub nulls: usize,
    pub buffers: Vec<Buffer>,
    pub children: Vec<Node>,
    pub dictionary: Option<Box<Node>>,
}

impl Node {
    /// An array without children or dictionary.
    pub fn flat(rows: usize, nulls: usize, buffers: Vec<Buffer>) -> Node {
        Node { rows, nulls, buffers, children: Vec::new(), dictionary: None }
    }

    /// Gives it.
    pub fn give(&self) -> ArrowArray {
        let mut held = Box::new(HeldArray {
            buffers: self.buffers.iter().map(|buffer| buffer.start).collect(),
            children: self.children.iter().map(|child| Box::into_raw(Box::new(child.give()))).collect(),
            _keep: self.buffers.iter().filter_map(|buffer| buffer.keep.clone()).collect(),
        });
        ArrowArray {
            length: self.rows as i64,
            null_count: self.nulls as i64,
            offset: 0,
            n_buffers: held.buffers.len() as i64,
            n_children: held.children.len() as i64,
            buffers: held.buffers.as_mut_ptr(),
            children: held.children.as_mut_ptr(),
            dictionary: self.dictionary.as_ref().map_or(null_mut(), |node| Box::into_raw(Box::new(node.give()))),
            release: Some(release_array),
            private_data: Box::into_raw(held).cast(),
        }
    }
}

/// What a given array holds.
struct HeldArray {
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
    _keep: Vec<Arc<dyn Any + Send + Sync>>,
}

unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    // SAFETY: called with an array that `Node::give` made, once: what it holds is still there, and each child is a box
    // that drops what was not moved out of it.
    unsafe {
        let held = Box::from_raw((*array).private_data.cast::<HeldArray>());
        held.children.iter().for_each(|child| drop(Box::from_raw(*child)));
        if !(*array).dictionary.is_null() {
            drop(Box::from_raw((*array).dictionary));
        }
        (*array).release = None;
        (*array).private_data = null_mut();
    }
}

/// The type of an array to give.
#[derive(Clone)]
pub struct Field {
    pub format: CString,
    pub name: &'static CStr,
    pub children: Vec<Field>,
    pub dictionary: Option<Box<Field>>,
}

impl Field {
    /// A field without children or dictionary.
    pub fn flat(name: &'static CStr, format: &CStr) -> Field {
        Field { format: format.to_owned(), name, children: Vec::new(), dictionary: None }
    }

    /// Words, each written once, with a byte a row.
    pub fn of_words(name: &'static CStr) -> Field {
        Field { dictionary: Some(Box::new(Field::flat(c"", c"u"))), ..Field::flat(name, c"c") }
    }

    /// Gives it.
    pub fn give(&self) -> ArrowSchema {
        let mut held = Box::new(HeldSchema {
            format: self.format.clone(),
            children: self.children.iter().map(|child| Box::into_raw(Box::new(child.give()))).collect(),
        });
        ArrowSchema {
            format: held.format.as_ptr(),
            name: self.name.as_ptr(),
            metadata: null(),
            flags: NULLABLE,
            n_children: held.children.len() as i64,
            children: held.children.as_mut_ptr(),
            dictionary: self.dictionary.as_ref().map_or(null_mut(), |field| Box::into_raw(Box::new(field.give()))),
            release: Some(release_schema),
            private_data: Box::into_raw(held).cast(),
        }
    }
}

/// What a given schema holds.
struct HeldSchema {
    format: CString,
    children: Vec<*mut ArrowSchema>,
}

unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: as in `release_array`, with a schema that `Field::give` made.
    unsafe {
        let held = Box::from_raw((*schema).private_data.cast::<HeldSchema>());
        held.children.iter().for_each(|child| drop(Box::from_raw(*child)));
        if !(*schema).dictionary.is_null() {
            drop(Box::from_raw((*schema).dictionary));
        }
        (*schema).release = None;
        (*schema).private_data = null_mut();
    }
}
