//! Reads what another library lends: the type of a column, and the values of an array as slices.
//!
//! Formats: `u` string, `U` large string, `vu` string view, `l` and `L` 64-bit integers, and dictionaries of these; inside
//! a structure (`+s`), as tables come, the column of a name, or the only one.

use crate::abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
use sas_psc::id::column::{Column, Presence};
use sas_psc::{Code, Error};
use std::ffi::{CStr, CString, c_char};
use std::{io, slice};

/// How the values of a column lie in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Layout {
    Text,
    LargeText,
    View,
    Integer,
}

/// The type of a column.
pub struct Type {
    /// Where it is in a structure; none when the array is the column itself.
    pub child: Option<usize>,
    /// How its values, or those of its dictionary, lie in memory.
    pub layout: Layout,
    /// Its format, to be given back: of the keys when it has a dictionary.
    pub format: CString,
    /// The format of its dictionary.
    pub dictionary: Option<CString>,
}

fn malformed() -> Error {
    Error::new(Code::ARROW_MALFORMED)
}

/// The text at `text`; none where it is null.
///
/// # Safety
/// `text` is null or a NUL-terminated string that lives for `'a`.
unsafe fn text<'a>(text: *const c_char) -> Option<&'a CStr> {
    // SAFETY: not null, so a string, as promised above.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) })
}

/// `count` pointers to parts of a structure, none of them null.
///
/// # Safety
/// `parts` is valid for `count` pointers, each null or valid for `'a`.
unsafe fn parts<'a, T>(parts: *const *mut T, count: i64) -> Result<Vec<&'a T>, Error> {
    let count = usize::try_from(count).map_err(|_| malformed())?;
    if count > 0 && parts.is_null() {
        return Err(malformed());
    }
    // SAFETY: each of the `count` places is valid, as promised above.
    (0..count).map(|at| unsafe { (*parts.add(at)).as_ref() }.ok_or_else(malformed)).collect()
}

impl Type {
    /// Reads a schema; `column` names the column of a structure.
    ///
    /// # Errors
    /// `column-missing`, `id-column-type`, `arrow-malformed`.
    pub fn of(schema: &ArrowSchema, column: Option<&str>) -> Result<Type, Error> {
        // SAFETY: a schema's format is a string as long as the schema.
        let format = unsafe { text(schema.format) }.ok_or_else(malformed)?;
        if format.to_bytes() != b"+s" {
            return Type::of_column(schema, None);
        }
        // SAFETY: a schema's children are as many as it says, and live as long.
        let children = unsafe { parts(schema.children, schema.n_children) }?;
        let named = |child: &&ArrowSchema| {
            // SAFETY: a schema's name is null or a string as long as the schema.
            unsafe { text(child.name) }.is_some_and(|name| Some(name.to_bytes()) == column.map(str::as_bytes))
        };
        let at = match column {
            None => (children.len() == 1).then_some(0),
            Some(_) => children.iter().position(named),
        };
        let at = at.ok_or_else(|| Error::field(Code::COLUMN_MISSING, "column"))?;
        Type::of_column(children[at], Some(at))
    }

    fn of_column(schema: &ArrowSchema, child: Option<usize>) -> Result<Type, Error> {
        // SAFETY: a schema's format is a string as long as the schema.
        let format = unsafe { text(schema.format) }.ok_or_else(malformed)?.to_owned();
        // SAFETY: a schema's dictionary is null, or a schema that lives as long.
        let dictionary = match unsafe { schema.dictionary.as_ref() } {
            // SAFETY: as for the schema itself.
            Some(values) => Some(unsafe { text(values.format) }.ok_or_else(malformed)?.to_owned()),
            None => None,
        };
        let layout = match dictionary.as_ref().unwrap_or(&format).to_bytes() {
            b"u" => Layout::Text,
            b"U" => Layout::LargeText,
            b"vu" => Layout::View,
            b"l" | b"L" => Layout::Integer,
            _ => return Err(Error::new(Code::ID_COLUMN_TYPE)),
        };
        Ok(Type { child, layout, format, dictionary })
    }
}

/// An array that is lent: its rows, from the offsets of the array and of the structure around it.
#[derive(Clone, Copy)]
pub struct Lent<'a> {
    array: &'a ArrowArray,
    /// The structure around it, which may say that a row holds nothing, and its offset.
    around: Option<(&'a ArrowArray, usize)>,
    pub rows: usize,
    pub offset: usize,
}

impl<'a> Lent<'a> {
    /// The column of this type in an array.
    pub fn column_of(array: &'a ArrowArray, of: &Type) -> Result<Lent<'a>, Error> {
        let whole = Lent::of(array)?;
        let Some(at) = of.child else { return Ok(whole) };
        // SAFETY: an array's children are as many as it says, and live as long.
        let children = unsafe { parts(array.children, array.n_children) }?;
        let child = Lent::of(children.get(at).copied().ok_or_else(malformed)?)?;
        let end = whole.offset.checked_add(whole.rows).ok_or_else(malformed)?;
        if end > child.rows {
            return Err(malformed());
        }
        Ok(Lent { around: Some((array, whole.offset)), rows: whole.rows, offset: child.offset + whole.offset, ..child })
    }

    fn of(array: &'a ArrowArray) -> Result<Lent<'a>, Error> {
        let size = |size: i64| usize::try_from(size).ok().filter(|size| *size <= isize::MAX as usize / 32);
        let (rows, offset) = (size(array.length).ok_or_else(malformed)?, size(array.offset).ok_or_else(malformed)?);
        Ok(Lent { array, around: None, rows, offset })
    }

    /// The dictionary.
    pub fn dictionary(&self) -> Result<Lent<'a>, Error> {
        // SAFETY: an array's dictionary is null, or an array that lives as long.
        unsafe { self.array.dictionary.as_ref() }.ok_or_else(malformed).and_then(Lent::of)
    }

    /// The start of a buffer, and what the array says of null ones: they hold nothing.
    pub fn buffer(&self, at: usize) -> Result<*const u8, Error> {
        if at as i64 >= self.array.n_buffers || self.array.buffers.is_null() {
            return Err(malformed());
        }
        // SAFETY: an array's buffers are as many as it says.
        Ok(unsafe { *self.array.buffers.add(at) }.cast())
    }

    /// How many buffers hold long values of a string view.
    pub fn long_buffers(&self) -> usize {
        usize::try_from(self.array.n_buffers).unwrap_or(0).saturating_sub(3)
    }

    /// `count` values of a buffer from `start` on.
    pub fn values<T>(&self, at: usize, start: usize, count: usize) -> Result<&'a [T], Error> {
        let buffer = self.buffer(at)?.cast::<T>();
        if count == 0 {
            return Ok(&[]);
        }
        if buffer.is_null() || !buffer.is_aligned() {
            return Err(malformed());
        }
        // SAFETY: not null and aligned; the producer promises values up to the array's offset and length, and that they
        // live and stay as they are until the array is released, which outlives `'a`.
        Ok(unsafe { slice::from_raw_parts(buffer.add(start), count) })
    }

    /// Which rows hold a value, by the array and by the structure around it.
    pub fn presence(&self) -> Result<Held<'a>, Error> {
        let own = self.presence_of(self.array, self.offset)?;
        let around = match self.around {
            Some((array, offset)) => self.presence_of(array, offset)?,
            None => None,
        };
        Ok(match (own, around) {
            (Some(own), Some(around)) => {
                let mut bits = vec![0; self.rows.div_ceil(8)];
                let both = (0..self.rows).filter(|row| held(own, *row) && held(around, *row));
                both.for_each(|row| bits[row / 8] |= 1 << (row % 8));
                Held::Both(bits)
            }
            (own, around) => Held::One(own.or(around)),
        })
    }

    fn presence_of(&self, array: &'a ArrowArray, offset: usize) -> Result<Option<Presence<'a>>, Error> {
        let whole = Lent { array, ..*self };
        if array.null_count == 0 || whole.buffer(0)?.is_null() {
            return Ok(None);
        }
        let bits = whole.values(0, 0, (offset + self.rows).div_ceil(8))?;
        Ok(Some(Presence { bits, offset }))
    }

    /// Lends the values to `read`.
    pub fn read<T>(&self, layout: Layout, read: impl FnOnce(Column<'_>) -> T) -> Result<T, Error> {
        let (rows, offset) = (self.rows, self.offset);
        let last = |end: Option<usize>| end.ok_or_else(malformed);
        let (mut views, mut buffers): (&[[u8; 16]], Vec<&[u8]>) = (&[], Vec::new());
        if layout == Layout::View && rows > 0 {
            let long = self.long_buffers();
            let lengths: &[i64] = self.values(2 + long, 0, long)?;
            views = self.values(1, offset, rows)?;
            for (at, length) in lengths.iter().enumerate() {
                buffers.push(self.values(2 + at, 0, last(usize::try_from(*length).ok())?)?);
            }
        }
        Ok(read(match layout {
            _ if rows == 0 => Column::Integer(&[]),
            Layout::Text => {
                let offsets: &[i32] = self.values(1, offset, rows + 1)?;
                Column::Text { offsets, bytes: self.values(2, 0, last(usize::try_from(offsets[rows]).ok())?)? }
            }
            Layout::LargeText => {
                let offsets: &[i64] = self.values(1, offset, rows + 1)?;
                Column::LargeText { offsets, bytes: self.values(2, 0, last(usize::try_from(offsets[rows]).ok())?)? }
            }
            Layout::View => Column::View { views, buffers: &buffers },
            Layout::Integer => Column::Integer(self.values(1, offset, rows)?),
        }))
    }

    /// Shows the keys of a dictionary-encoded array, those that are there.
    pub fn keys<T>(
        &self,
        format: &CStr,
        read: impl FnOnce(&mut dyn ExactSizeIterator<Item = Option<usize>>) -> T,
    ) -> Result<T, Error> {
        let presence = self.presence()?;
        let presence = presence.as_bits();
        let held = |row: usize| presence.is_none_or(|presence| held(presence, row));
        macro_rules! keys {
            ($type:ty) => {{
                let keys: &[$type] = self.values(1, self.offset, self.rows)?;
                read(&mut keys.iter().enumerate().map(|(row, key)| usize::try_from(*key).ok().filter(|_| held(row))))
            }};
        }
        Ok(match format.to_bytes() {
            b"c" => keys!(i8),
            b"C" => keys!(u8),
            b"s" => keys!(i16),
            b"S" => keys!(u16),
            b"i" => keys!(i32),
            b"I" => keys!(u32),
            b"l" => keys!(i64),
            b"L" => keys!(u64),
            _ => return Err(malformed()),
        })
    }
}

/// Which rows hold a value.
pub enum Held<'a> {
    One(Option<Presence<'a>>),
    Both(Vec<u8>),
}

impl Held<'_> {
    /// The bits; none when all rows do.
    pub fn as_bits(&self) -> Option<Presence<'_>> {
        match self {
            Held::One(presence) => *presence,
            Held::Both(bits) => Some(Presence { bits, offset: 0 }),
        }
    }
}

/// Whether a row holds a value.
pub fn held(presence: Presence<'_>, row: usize) -> bool {
    let at = presence.offset + row;
    presence.bits.get(at / 8).is_some_and(|byte| (byte >> (at % 8)) & 1 == 1)
}

/// The size of a key of a dictionary-encoded array.
pub fn key_size(format: &CStr) -> usize {
    match format.to_bytes() {
        b"c" | b"C" => 1,
        b"s" | b"S" => 2,
        b"i" | b"I" => 4,
        _ => 8,
    }
}

impl ArrowArrayStream {
    /// The type of its arrays.
    pub(crate) fn schema(&mut self) -> Result<ArrowSchema, Error> {
        let mut schema = ArrowSchema::empty();
        let get = self.get_schema.filter(|_| !self.is_empty()).ok_or_else(malformed)?;
        // SAFETY: the stream is whole and owned; `schema` is a place for one.
        let status = unsafe { get(self, &mut schema) };
        self.said(status)?;
        if schema.is_empty() { Err(malformed()) } else { Ok(schema) }
    }

    /// The next array; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<ArrowArray>, Error> {
        let mut array = ArrowArray::empty();
        let get = self.get_next.filter(|_| !self.is_empty()).ok_or_else(malformed)?;
        // SAFETY: the stream is whole and owned; `array` is a place for one.
        let status = unsafe { get(self, &mut array) };
        self.said(status)?;
        Ok((!array.is_empty()).then_some(array))
    }

    /// The error of the source behind a status, an `errno`. Its own words stay with it: they may quote a row.
    fn said(&self, status: i32) -> Result<(), Error> {
        match status {
            0 => Ok(()),
            _ => Err(Error::new(Code::ARROW_SOURCE).caused_by(io::Error::from_raw_os_error(status))),
        }
    }
}
