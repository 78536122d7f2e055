//! What was found in a column, ready to be given as a stream or an array, as often as wanted.
//!
//! One structure a row: `valid` and `test_number` (bool), `normalized` (the type of the column, null where refused),
//! `reason` (words, null unless refused) and, when the kind was to be found, `kind` (words). A null row has nulls.

use crate::abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
use crate::give::{Field, Node};
use crate::take::Type;
use sas_psc::{Code, Error};
use std::ffi::{c_char, c_int};
use std::ptr::null_mut;
use std::sync::Arc;

/// The answers for a column.
#[derive(Clone)]
pub struct Answer {
    of: Arc<Field>,
    chunks: Arc<Vec<Node>>,
    rows: usize,
    accepted: usize,
    absent: usize,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Answer { rows, accepted, absent, .. } = self;
        f.debug_struct("Answer")
            .field("rows", rows)
            .field("accepted", accepted)
            .field("absent", absent)
            .finish_non_exhaustive()
    }
}

impl Answer {
    pub(crate) fn new(of: &Type, kinds: bool) -> Answer {
        let normalized = Field {
            dictionary: of.dictionary.as_ref().map(|format| Box::new(Field::flat(c"", format))),
            ..Field::flat(c"normalized", &of.format)
        };
        let mut children = vec![
            Field::flat(c"valid", c"b"),
            normalized,
            Field::flat(c"test_number", c"b"),
            Field::of_words(c"reason"),
        ];
        if kinds {
            children.push(Field::of_words(c"kind"));
        }
        let of = Field { children, ..Field::flat(c"", c"+s") };
        Answer { of: Arc::new(of), chunks: Arc::default(), rows: 0, accepted: 0, absent: 0 }
    }

    pub(crate) fn add(&mut self, (node, accepted, absent): (Node, usize, usize)) {
        self.rows += node.rows;
        self.accepted += accepted;
        self.absent += absent;
        Arc::make_mut(&mut self.chunks).push(node);
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many numbers are accepted.
    pub fn accepted(&self) -> usize {
        self.accepted
    }

    /// How many rows are null.
    pub fn absent(&self) -> usize {
        self.absent
    }

    /// How many numbers are refused.
    pub fn refused(&self) -> usize {
        self.rows - self.accepted - self.absent
    }

    /// The type of the answers.
    pub fn schema(&self) -> ArrowSchema {
        self.of.give()
    }

    /// The answers as one array.
    ///
    /// # Errors
    /// `arrow-chunked` when the column came in more than one.
    pub fn array(&self) -> Result<ArrowArray, Error> {
        match self.chunks.as_slice() {
            [one] => Ok(one.give()),
            _ => Err(Error::new(Code::ARROW_CHUNKED)),
        }
    }

    /// The answers, an array for each that the column came in.
    pub fn stream(&self) -> ArrowArrayStream {
        ArrowArrayStream {
            get_schema: Some(get_schema),
            get_next: Some(get_next),
            get_last_error: Some(get_last_error),
            release: Some(release),
            private_data: Box::into_raw(Box::new(Given { answer: self.clone(), next: 0 })).cast(),
        }
    }
}

/// A stream that was given: how far it was read.
struct Given {
    answer: Answer,
    next: usize,
}

/// # Safety
/// `stream` was made by [`Answer::stream`], is not released and used by one thread.
unsafe fn given<'a>(stream: *mut ArrowArrayStream) -> &'a mut Given {
    // SAFETY: as promised above.
    unsafe { &mut *(*stream).private_data.cast::<Given>() }
}

unsafe extern "C" fn get_schema(stream: *mut ArrowArrayStream, place: *mut ArrowSchema) -> c_int {
    // SAFETY: the interface calls with a stream of ours and a place for a schema.
    unsafe { place.write(given(stream).answer.schema()) };
    0
}

unsafe extern "C" fn get_next(stream: *mut ArrowArrayStream, place: *mut ArrowArray) -> c_int {
    // SAFETY: the interface calls with a stream of ours.
    let given = unsafe { given(stream) };
    let array = given.answer.chunks.get(given.next).map_or_else(ArrowArray::empty, Node::give);
    given.next += 1;
    // SAFETY: and a place for an array.
    unsafe { place.write(array) };
    0
}

unsafe extern "C" fn get_last_error(_: *mut ArrowArrayStream) -> *const c_char {
    null_mut()
}

unsafe extern "C" fn release(stream: *mut ArrowArrayStream) {
    // SAFETY: called once, with a stream of ours.
    unsafe {
        drop(Box::from_raw((*stream).private_data.cast::<Given>()));
        (*stream).release = None;
        (*stream).private_data = null_mut();
    }
}
