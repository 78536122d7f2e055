//! Columns of numbers: millions checked at once, in the memory layout of Apache Arrow.
//!
//! [`Column`] borrows the buffers of an array (string, large string, string view, 64-bit integers) as any Arrow library
//! shows them as slices; [`Column::check`] gives back what makes three arrays: bits for valid, an index into
//! [`Reason::ALL`] for the reason, and the few rows whose normal form is not the value itself. Valid values are not
//! copied. `sas-psc-arrow` does it over the Arrow C Data Interface.
//!
//! Source: the Arrow columnar format, «Physical memory layout». Nothing of another library is in these types, so that
//! its versions are not ours. A buffer that contradicts itself gives refused rows, never a panic.

use super::check::{Kind, Reason};
use super::luhn::{self, Eleven};
use super::verdict::{Verdict, judge};

/// Rows that share one word of bits.
const BLOCK: usize = 64;

/// The values of an Arrow array; slices start at the array's offset.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Column<'a> {
    /// `utf8`: one offset more than rows, into the bytes.
    Text {
        /// Where each value starts, and where the last ends.
        offsets: &'a [i32],
        /// The bytes of all values.
        bytes: &'a [u8],
    },
    /// `large_utf8`: the same with 64-bit offsets.
    LargeText {
        /// Where each value starts, and where the last ends.
        offsets: &'a [i64],
        /// The bytes of all values.
        bytes: &'a [u8],
    },
    /// `utf8_view`: values of up to 12 bytes inside the view, longer ones in a buffer.
    View {
        /// Length; then the value, or its first four bytes, its buffer and its place there. Little-endian.
        views: &'a [[u8; 16]],
        /// The buffers.
        buffers: &'a [&'a [u8]],
    },
    /// `int64`. Leading zeros that a kind of fixed length has are read back: FINESS 10000024 is `010000024`.
    Integer(&'a [i64]),
}

/// Which rows hold a value: Arrow's validity bitmap, from a bit on.
#[derive(Clone, Copy)]
pub struct Presence<'a> {
    /// Bits, the lowest of each byte first.
    pub bits: &'a [u8],
    /// The bit of the first row.
    pub offset: usize,
}

/// What the check of a column found. Bits are packed as Arrow does; those of rows without a value say nothing.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The number of rows.
    pub rows: usize,
    /// A bit a row: it holds a value. None when all do.
    pub present: Option<Vec<u8>>,
    /// A bit a row: the number is accepted.
    pub valid: Vec<u8>,
    /// A bit a row: it is a test number, accepted or not.
    pub test_number: Vec<u8>,
    /// A byte a row: an index into [`Reason::ALL`], where the number is refused.
    pub reason: Vec<i8>,
    /// A byte a row: an index into [`Kind::ALL`], when [`Kind::Auto`] was asked for.
    pub kind: Option<Vec<i8>>,
    /// The accepted rows whose value is not yet as it should be stored.
    pub repairs: Repairs,
    /// How many rows are accepted.
    pub accepted: usize,
    /// How many hold no value.
    pub absent: usize,
}

/// Rows whose normal form differs from their value: white space at the ends, small letters.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Repairs {
    rows: Vec<(usize, usize)>,
    text: String,
}

impl Repairs {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether every accepted value is its own normal form.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Each row, in order, with its normal form.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut start = 0;
        self.rows.iter().map(move |(row, end)| {
            let text = self.text.get(start..*end).unwrap_or_default();
            start = *end;
            (*row, text)
        })
    }

    fn push(&mut self, row: usize, text: &str) {
        self.text.push_str(text);
        self.rows.push((row, self.text.len()));
    }
}

impl std::fmt::Debug for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Found { rows, accepted, absent, .. } = self;
        f.debug_struct("Found")
            .field("rows", rows)
            .field("accepted", accepted)
            .field("absent", absent)
            .finish_non_exhaustive()
    }
}

impl<'a> Column<'a> {
    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Column::Text { offsets, .. } => offsets.len().saturating_sub(1),
            Column::LargeText { offsets, .. } => offsets.len().saturating_sub(1),
            Column::View { views, .. } => views.len(),
            Column::Integer(values) => values.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of a row; none for an integer, and where the buffers contradict themselves.
    pub fn bytes(&self, row: usize) -> Option<&'a [u8]> {
        match *self {
            Column::Text { offsets, bytes } => text_at(offsets, bytes, row),
            Column::LargeText { offsets, bytes } => text_at(offsets, bytes, row),
            Column::View { views, buffers } => view_at(views, buffers, row),
            Column::Integer(_) => None,
        }
    }

    /// Checks every row that holds a value, as [`judge`] does one.
    ///
    /// ```
    /// use sas_psc::id::{Kind, column::Column};
    ///
    /// let column = Column::Text { offsets: &[0, 11, 22], bytes: b"9970021889699700218897" };
    /// let found = column.check(Kind::Rpps, None, false);
    /// assert_eq!((found.valid[0], found.accepted, found.repairs.len()), (0b01, 1, 0));
    /// ```
    pub fn check(&self, kind: Kind, presence: Option<Presence<'_>>, refuse_test_numbers: bool) -> Found {
        let scan = Scan { kind, presence, refuse: refuse_test_numbers };
        match self {
            Column::Text { offsets, bytes } => scan.run(&Texts { offsets, bytes }, self.len()),
            Column::LargeText { offsets, bytes } => scan.run(&Texts { offsets, bytes }, self.len()),
            Column::View { views, buffers } => scan.run(&Views { views, buffers }, self.len()),
            Column::Integer(values) => scan.run(&Integers { values, width: width(kind) }, self.len()),
        }
    }
}

impl Found {
    /// The same for a dictionary-encoded array, of which this is what was found in the dictionary: each key is looked up.
    /// A row without a key, or with one that the dictionary does not hold, holds no value.
    pub fn of_keys(&self, keys: impl ExactSizeIterator<Item = Option<usize>>) -> Found {
        let mut found = Found::empty(keys.len(), self.kind.is_some());
        let mut present = Vec::with_capacity(keys.len() / 8 + 1);
        let mut block = Block::default();
        let bit = |bits: &[u8], at: usize| bits.get(at / 8).is_some_and(|byte| (byte >> (at % 8)) & 1 == 1);
        for (row, key) in keys.enumerate() {
            let held = |key: &usize| *key < self.rows && self.present.as_ref().is_none_or(|bits| bit(bits, *key));
            let at = row % BLOCK;
            if let Some(key) = key.filter(held) {
                block.present |= 1 << at;
                block.valid |= u64::from(bit(&self.valid, key)) << at;
                block.test_number |= u64::from(bit(&self.test_number, key)) << at;
                block.reason[at] = self.reason[key];
                block.kind[at] = self.kind.as_ref().map_or(0, |kinds| kinds[key]);
            }
            if at + 1 == BLOCK || row + 1 == found.rows {
                found.take(&block, at + 1, &mut present);
                block = Block::default();
            }
        }
        found.present = (found.absent > 0).then_some(present);
        found
    }

    fn empty(rows: usize, kinds: bool) -> Found {
        Found {
            rows,
            present: None,
            valid: Vec::with_capacity(rows / 8 + 8),
            test_number: Vec::with_capacity(rows / 8 + 8),
            reason: Vec::with_capacity(rows),
            kind: kinds.then(|| Vec::with_capacity(rows)),
            repairs: Repairs::default(),
            accepted: 0,
            absent: 0,
        }
    }

    /// Adds the first `count` rows of a block.
    fn take(&mut self, block: &Block, count: usize, present: &mut Vec<u8>) {
        let bytes = count.div_ceil(8);
        let valid = block.valid & block.present;
        self.valid.extend_from_slice(&valid.to_le_bytes()[..bytes]);
        self.test_number.extend_from_slice(&(block.test_number & block.present).to_le_bytes()[..bytes]);
        present.extend_from_slice(&block.present.to_le_bytes()[..bytes]);
        self.reason.extend_from_slice(&block.reason[..count]);
        if let Some(kinds) = &mut self.kind {
            kinds.extend_from_slice(&block.kind[..count]);
        }
        self.accepted += valid.count_ones() as usize;
        self.absent += count - block.present.count_ones() as usize;
    }
}

/// What one block of rows became.
struct Block {
    present: u64,
    valid: u64,
    test_number: u64,
    reason: [i8; BLOCK],
    kind: [i8; BLOCK],
}

impl Default for Block {
    fn default() -> Block {
        Block { present: 0, valid: 0, test_number: 0, reason: [0; BLOCK], kind: [0; BLOCK] }
    }
}

/// What one pass over 64 rows of eleven digits gives, a place a row so that no row waits for another.
struct Sixty {
    /// Out of [`RIGHT`].
    right: [u8; BLOCK],
    /// 1 for a test number.
    test: [u8; BLOCK],
}

impl Sixty {
    /// Reads them where they lie; false when a character is no digit.
    #[inline(always)]
    fn digits(&mut self, values: &[[u8; 11]; BLOCK]) -> bool {
        let most = values.as_flattened().iter().fold(0, |most, byte| byte.wrapping_sub(b'0').max(most));
        let mut starts = [0; BLOCK];
        for at in 0..BLOCK {
            let [a, b, c, d, ..] = values[at];
            self.right[at] = RIGHT[usize::from(luhn::sum_of(&values[at]))];
            starts[at] = u32::from_le_bytes([a, b, c, d]);
        }
        // The first three digits, in the low halves of three bytes.
        self.test = starts.map(|digits| u8::from(matches!(digits & 0x0f_0f_0f, 0x07_09_09 | 0x09_09_09)));
        most < 10
    }
}

/// What one row of eleven digits is.
struct Digits {
    right: bool,
    zeros: bool,
    /// A right test number.
    test: bool,
}

/// One pass over a column.
struct Scan<'a> {
    kind: Kind,
    presence: Option<Presence<'a>>,
    refuse: bool,
}

impl Scan<'_> {
    fn run<S: Source>(&self, source: &S, rows: usize) -> Found {
        let mut found = Found::empty(rows, self.kind == Kind::Auto);
        let mut present = Vec::new();
        let mut block = Block::default();
        for start in (0..rows).step_by(BLOCK) {
            let count = BLOCK.min(rows - start);
            let all = u64::MAX >> (BLOCK - count);
            block.present = self.presence.map_or(all, |presence| presence.word(start) & all);
            (block.valid, block.test_number) = (0, 0);
            let done = self.kind == Kind::Rpps && self.sixty_four(source, start, &mut block);
            for at in if done { 0..0 } else { 0..count } {
                match source.eleven(start + at) {
                    Some(number) if self.kind == Kind::Rpps => self.rpps(number, at, &mut block),
                    _ if (block.present >> at) & 1 == 0 => {}
                    _ => self.any(source, start + at, &mut block, &mut found.repairs),
                }
            }
            if self.presence.is_none() {
                present.clear(); // nobody will read it
            }
            found.take(&block, count, &mut present);
        }
        found.present = self.presence.is_some().then_some(present);
        found
    }

    /// A whole block of eleven digits each, without a branch on what they are; false when it is none, or when one is zeros
    /// only. This is nearly every block of a column of RPPS numbers.
    #[inline(always)]
    fn sixty_four<S: Source>(&self, source: &S, start: usize, block: &mut Block) -> bool {
        let mut read = Sixty { right: [0; BLOCK], test: [0; BLOCK] };
        if !source.sixty_four(start, &mut read) {
            return false;
        }
        let (valid, zeros) = (low_bits(&read.right), read.right.iter().fold(0, |all, one| all | one) & ZEROS != 0);
        if zeros {
            return false;
        }
        let test = low_bits(&read.test) & valid;
        (block.valid, block.test_number, block.reason) = (valid, test, [KEY; BLOCK]);
        if self.refuse {
            block.valid &= !test;
            (0..BLOCK).filter(|at| (test >> at) & 1 == 1).for_each(|at| block.reason[at] = NEVER_ALLOCATED);
        }
        true
    }

    /// Eleven digits, without a branch on what they are.
    #[inline(always)]
    fn rpps(&self, Digits { right, zeros, test }: Digits, at: usize, block: &mut Block) {
        let refused = test & self.refuse;
        block.valid |= u64::from(right & !refused) << at;
        block.test_number |= u64::from(test) << at;
        block.reason[at] = if zeros | refused { NEVER_ALLOCATED } else { KEY };
    }

    /// Anything else, by the check of one number.
    #[cold]
    fn any<S: Source>(&self, source: &S, row: usize, block: &mut Block, repairs: &mut Repairs) {
        let at = row % BLOCK;
        source.text(row, |text| {
            let Some(text) = text else {
                let reason = if self.kind == Kind::Auto { Reason::KindUnknown } else { Reason::Character };
                (block.reason[at], block.kind[at]) = (index_of_reason(reason), index_of_kind(self.kind));
                return;
            };
            let verdict: Verdict = judge(self.kind, text, self.refuse);
            block.valid |= u64::from(verdict.is_valid()) << at;
            block.test_number |= u64::from(verdict.test_number) << at;
            block.reason[at] = verdict.reason.map_or(0, index_of_reason);
            block.kind[at] = index_of_kind(verdict.kind);
            if S::CAN_BE_REPAIRED && !verdict.is_normal(text.len()) {
                verdict.normalized(text).into_iter().for_each(|normal| repairs.push(row, &normal));
            }
        });
    }
}

/// The lowest bit of each byte, the first byte's lowest.
#[inline(always)]
fn low_bits(bytes: &[u8; BLOCK]) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    // Byte k of a word comes to bit k of the product's highest byte.
    let bits =
        |word: &[u8; 8]| (u64::from_le_bytes(*word) & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    words.iter().enumerate().fold(0, |all, (at, word)| all | (bits(word) << (8 * at)))
}

/// The mark of a sum of zero.
const ZEROS: u8 = 0x80;

/// 1 for a digit sum that is that of a right key. Sums are below 150; what is no digit may give any.
static RIGHT: [u8; 256] = {
    let (mut right, mut sum) = ([0; 256], 10);
    while sum < 256 {
        right[sum] = 1;
        sum += 10;
    }
    right[0] = ZEROS;
    right
};

const KEY: i8 = index_of_reason(Reason::Key);
const NEVER_ALLOCATED: i8 = index_of_reason(Reason::NeverAllocated);

/// The place in [`Reason::ALL`]: the variants are declared in that order.
const fn index_of_reason(reason: Reason) -> i8 {
    reason as i8
}

/// The place in [`Kind::ALL`].
const fn index_of_kind(kind: Kind) -> i8 {
    kind as i8
}

impl Presence<'_> {
    /// The bits of 64 rows from `row` on; rows beyond the bitmap hold no value.
    fn word(&self, row: usize) -> u64 {
        let (byte, shift) = ((self.offset + row) / 8, (self.offset + row) % 8);
        let rest = self.bits.get(byte..).unwrap_or_default();
        let mut bytes = [0; 16];
        let count = rest.len().min(9);
        bytes[..count].copy_from_slice(&rest[..count]);
        (u128::from_le_bytes(bytes) >> shift) as u64
    }
}

/// Where the values of a column come from.
trait Source {
    /// Whether a value may differ from its normal form.
    const CAN_BE_REPAIRED: bool = true;

    /// The row as an RPPS number, when it is eleven digits.
    fn eleven(&self, row: usize) -> Option<Digits>;

    /// Reads 64 rows; false when one has not eleven digits, whatever was read until then.
    fn sixty_four(&self, start: usize, read: &mut Sixty) -> bool;

    /// Shows the row as text; none where it is none.
    fn text<T>(&self, row: usize, show: impl FnOnce(Option<&str>) -> T) -> T;
}

/// Values that lie in memory as bytes.
trait Bytes {
    fn bytes(&self, row: usize) -> Option<&[u8]>;

    fn sixty_four(&self, start: usize, read: &mut Sixty) -> bool;
}

impl<B: Bytes> Source for B {
    #[inline(always)]
    fn eleven(&self, row: usize) -> Option<Digits> {
        let number = Eleven::of(self.bytes(row)?.try_into().ok()?);
        let zeros = number.are_zeros();
        let right = number.is_valid() & !zeros;
        number.are_digits().then_some(Digits { right, zeros, test: right & number.is_test() })
    }

    #[inline(always)]
    fn sixty_four(&self, start: usize, read: &mut Sixty) -> bool {
        Bytes::sixty_four(self, start, read)
    }

    fn text<T>(&self, row: usize, show: impl FnOnce(Option<&str>) -> T) -> T {
        show(self.bytes(row).and_then(|bytes| std::str::from_utf8(bytes).ok()))
    }
}

struct Texts<'a, O> {
    offsets: &'a [O],
    bytes: &'a [u8],
}

impl<O: Offset> Bytes for Texts<'_, O> {
    #[inline(always)]
    fn bytes(&self, row: usize) -> Option<&[u8]> {
        text_at(self.offsets, self.bytes, row)
    }

    /// Where the values lie one behind the other, as they do unless the array was made by hand.
    #[inline(always)]
    fn sixty_four(&self, start: usize, read: &mut Sixty) -> bool {
        let Some(offsets) = self.offsets.get(start..=start + BLOCK) else { return false };
        let first = offsets[0];
        // No product of a block's place can be more than an offset holds.
        let even = offsets.iter().enumerate().fold(true, |even, (at, offset)| even & first.is_before(*offset, at * 11));
        let Some(first) = first.try_into().ok().filter(|_| even) else { return false };
        let Some(bytes) = self.bytes.get(first..).and_then(|bytes| bytes.get(..BLOCK * 11)) else { return false };
        let (values, _) = bytes.as_chunks::<11>();
        <&[[u8; 11]; BLOCK]>::try_from(values).is_ok_and(|values| read.digits(values))
    }
}

/// The offsets of an array.
trait Offset: Copy + TryInto<usize> {
    /// Whether `later` is this and so many more.
    fn is_before(self, later: Self, by: usize) -> bool;
}

macro_rules! offsets {
    ($($type:ty)*) => {$(
        impl Offset for $type {
            #[inline(always)]
            fn is_before(self, later: $type, by: usize) -> bool {
                later.wrapping_sub(self) == by as $type
            }
        }
    )*};
}
offsets!(i32 i64);

#[inline(always)]
fn text_at<'a, O: Copy + TryInto<usize>>(offsets: &[O], bytes: &'a [u8], row: usize) -> Option<&'a [u8]> {
    let [start, end] = offsets.get(row..row + 2)? else { return None };
    bytes.get((*start).try_into().ok()?..(*end).try_into().ok()?)
}

struct Views<'a> {
    views: &'a [[u8; 16]],
    buffers: &'a [&'a [u8]],
}

impl Bytes for Views<'_> {
    #[inline(always)]
    fn bytes(&self, row: usize) -> Option<&[u8]> {
        view_at(self.views, self.buffers, row)
    }

    /// Where each value lies inside its view.
    #[inline(always)]
    fn sixty_four(&self, start: usize, read: &mut Sixty) -> bool {
        let Some(views) = self.views.get(start..).and_then(|views| views.first_chunk::<BLOCK>()) else { return false };
        let (mut values, mut other) = ([[0; 11]; BLOCK], 0);
        for at in 0..BLOCK {
            let [a, b, c, d, value @ .., _] = &views[at];
            other |= u32::from_le_bytes([*a, *b, *c, *d]) ^ 11;
            values[at] = *value;
        }
        other == 0 && read.digits(&values)
    }
}

#[inline(always)]
fn view_at<'a>(views: &'a [[u8; 16]], buffers: &[&'a [u8]], row: usize) -> Option<&'a [u8]> {
    let view = views.get(row)?;
    let number = |at: usize| u32::from_le_bytes([view[at], view[at + 1], view[at + 2], view[at + 3]]) as usize;
    let length = number(0);
    if length <= 12 {
        return view.get(4..4 + length);
    }
    buffers.get(number(8))?.get(number(12)..)?.get(..length)
}

/// Integers that are eleven digits.
const ELEVEN_DIGITS: std::ops::Range<i64> = 10_000_000_000..100_000_000_000;

/// Whether the sum of an integer is that of a right key.
#[inline(always)]
const fn is_right(sum: u8) -> bool {
    matches!(sum, 0 | 10 | 20)
}

/// Whether the first three digits are those of a test number.
#[inline(always)]
const fn is_test(first: u16) -> bool {
    matches!(first, 997 | 999)
}

struct Integers<'a> {
    values: &'a [i64],
    width: usize,
}

impl Source for Integers<'_> {
    const CAN_BE_REPAIRED: bool = false;

    #[inline(always)]
    fn eleven(&self, row: usize) -> Option<Digits> {
        let value = *self.values.get(row)?;
        let (sum, first) = luhn::sum_of_number(value.unsigned_abs());
        let right = is_right(sum);
        ELEVEN_DIGITS.contains(&value).then_some(Digits { right, zeros: false, test: right & is_test(first) })
    }

    #[inline(always)]
    fn sixty_four(&self, start: usize, read: &mut Sixty) -> bool {
        let Some(values) = self.values.get(start..).and_then(|values| values.first_chunk::<BLOCK>()) else {
            return false;
        };
        if !values.iter().fold(true, |whole, value| whole & ELEVEN_DIGITS.contains(value)) {
            return false;
        }
        let (mut sums, mut firsts) = ([0; BLOCK], [0; BLOCK]);
        for (at, value) in values.iter().enumerate() {
            (sums[at], firsts[at]) = luhn::sum_of_number(value.unsigned_abs());
        }
        read.right = sums.map(|sum| u8::from(is_right(sum)));
        read.test = firsts.map(|first| u8::from(is_test(first)));
        true
    }

    fn text<T>(&self, row: usize, show: impl FnOnce(Option<&str>) -> T) -> T {
        let Some(value) = self.values.get(row) else { return show(None) };
        // The digits from the end on, then zeros up to the width of the kind, then the sign.
        let (mut place, mut start, mut rest) = ([b'0'; 24], 24, value.unsigned_abs());
        while rest > 0 || start == 24 {
            start -= 1;
            place[start] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        if *value < 0 {
            start -= 1;
            place[start] = b'-';
        } else if *value > 0 {
            start = start.min(24 - self.width);
        }
        show(std::str::from_utf8(&place[start..]).ok())
    }
}

/// The digits of a kind whose numbers may start with zeros, which an integer loses.
const fn width(kind: Kind) -> usize {
    match kind {
        Kind::Adeli | Kind::Finess | Kind::Siren => 9,
        Kind::Siret => 14,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
