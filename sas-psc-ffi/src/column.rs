//! `sas_psc_ids_check_…`: columns of numbers over the Arrow C Data Interface.

use crate::argument::{Argument, Maybe, null};
use crate::export::export;
use sas_psc::Error;
use sas_psc::id::Kind;
use sas_psc_arrow::{ArrowArray, ArrowArrayStream, ArrowSchema, Ask, check_array, check_stream};
use std::ffi::c_char;
use std::mem::MaybeUninit;

macro_rules! arrow {
    ($($name:ident),*) => {$(
        /// A structure to look at.
        impl<'call> Argument<'call> for *const $name {
            type Safe = &'call $name;
            unsafe fn read(self, name: &'static str, _: &'call ()) -> Result<&'call $name, Error> {
                // SAFETY: null or a structure that nobody changes during the call.
                unsafe { self.as_ref() }.ok_or_else(|| null(name))
            }
        }

        /// A structure to take, as the interface moves them: an empty one stays in its place.
        impl<'call> Argument<'call> for *mut $name {
            type Safe = $name;
            unsafe fn read(self, name: &'static str, _: &'call ()) -> Result<$name, Error> {
                // SAFETY: null or a whole structure that nobody else uses during the call.
                if self.is_null() { Err(null(name)) } else { Ok(unsafe { $name::take(self) }) }
            }
        }

        /// A place for a structure, empty until the answer is there.
        impl<'call> Argument<'call> for *mut MaybeUninit<$name> {
            type Safe = &'call mut $name;
            unsafe fn clear(&self) {
                // SAFETY: null or a place for one structure, which holds none yet.
                if let Some(place) = unsafe { self.as_mut() } {
                    place.write($name::empty());
                }
            }
            unsafe fn read(self, name: &'static str, _: &'call ()) -> Result<&'call mut $name, Error> {
                // SAFETY: as above; `clear` has written it.
                unsafe { self.cast::<$name>().as_mut() }.ok_or_else(|| null(name))
            }
        }
    )*};
}

arrow!(ArrowSchema, ArrowArray, ArrowArrayStream);

fn ask<'a>(kind: Option<&str>, column: Option<&'a str>, refuse_test_numbers: bool) -> Result<Ask<'a>, Error> {
    Ok(Ask { kind: kind.map_or(Ok(Kind::Auto), str::parse)?, column, refuse_test_numbers })
}

export! {
    /// Checks every number of a column of the Arrow C data interface: strings, large strings, string views, 64-bit
    /// integers or a dictionary of these; or a structure with such a column, named by column (null: its only one). kind as
    /// for sas_psc_id_check. array is moved, also on an error, and released when nobody needs it any more; schema stays
    /// yours; the places of the answer are two others. The answer is a structure array: valid, normalized (of the type of
    /// the column, null where refused; values that are right are not copied), test_number, reason and, for "auto", kind;
    /// rows that are null stay null. SAS_PSC_ERROR_ID_KIND_UNKNOWN, _ID_COLUMN_TYPE, _COLUMN_MISSING, _ARROW_MALFORMED.
    fn sas_psc_ids_check_array(
        kind: Maybe<*const c_char>,
        column: Maybe<*const c_char>,
        refuse_test_numbers: bool,
        schema: *const ArrowSchema,
        array: *mut ArrowArray,
        answer_schema: *mut MaybeUninit<ArrowSchema>,
        answer: *mut MaybeUninit<ArrowArray>,
    ) -> Status {
        let found = check_array(schema, array, ask(kind, column, refuse_test_numbers)?)?;
        *answer = found.array()?;
        *answer_schema = found.schema();
        Ok(())
    }

    /// The same for all arrays of a stream, which is moved and read to its end. The answer is a stream, an array for each.
    /// SAS_PSC_ERROR_ARROW_SOURCE too, when the stream stops with an error.
    fn sas_psc_ids_check_stream(
        kind: Maybe<*const c_char>,
        column: Maybe<*const c_char>,
        refuse_test_numbers: bool,
        stream: *mut ArrowArrayStream,
        answer: *mut MaybeUninit<ArrowArrayStream>,
    ) -> Status {
        *answer = check_stream(stream, ask(kind, column, refuse_test_numbers)?)?.stream();
        Ok(())
    }
}
