//! Columns as another library lends them: every layout, slices, tables, streams that stop, structures that lie; and that
//! each structure is released once.

use crate::give::{Buffer, Field, Node};
use crate::take::{Layout, Lent, Type, held};
use crate::{Answer, ArrowArray, ArrowArrayStream, ArrowSchema, Ask, check_array, check_stream};
use sas_psc::id::{self, Kind};
use sas_psc::{Code, Error};
use std::ffi::{CStr, c_int, c_void};
use std::ptr::null;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const VALUES: &[Option<&str>] = &[
    Some("99700218896"),
    None,
    Some("99700218897"),
    Some(" 99700218896"),
    Some("0b0057881"),
    Some("899700218896"),
    Some("30B0057881/CPET0002 "),
    Some(""),
    Some("é"),
    Some("what is this number, longer than sixty-four bytes, that no kind of them has?"),
    Some("00000000000"),
];

const LAYOUTS: &[&CStr] = &[c"u", c"U", c"vu"];

const ASK: Ask<'static> = Ask { kind: Kind::Auto, column: None, refuse_test_numbers: false };

fn bits(values: impl Iterator<Item = bool>) -> Vec<u8> {
    let mut bits = Vec::new();
    for (at, value) in values.enumerate() {
        if at % 8 == 0 {
            bits.push(0);
        }
        bits[at / 8] |= u8::from(value) << (at % 8);
    }
    bits
}

/// Texts as an array of this format.
fn texts(format: &CStr, values: &[Option<&str>]) -> (Field, Node) {
    let presence = Buffer::of(bits(values.iter().map(Option::is_some)));
    let (mut ends, mut bytes, mut views) = (vec![0i64], Vec::new(), Vec::new());
    for text in values.iter().map(|value| value.unwrap_or_default().as_bytes()) {
        let mut view = [0; 16];
        view[..4].copy_from_slice(&(text.len() as u32).to_le_bytes());
        if text.len() <= 12 {
            view[4..4 + text.len()].copy_from_slice(text);
        } else {
            view[4..8].copy_from_slice(&text[..4]);
            view[12..].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
        }
        views.push(view);
        bytes.extend_from_slice(text);
        ends.push(bytes.len() as i64);
    }
    let long = vec![bytes.len() as i64];
    let buffers = match format.to_bytes() {
        b"u" => vec![Buffer::of(ends.iter().map(|end| *end as i32).collect()), Buffer::of(bytes)],
        b"U" => vec![Buffer::of(ends), Buffer::of(bytes)],
        _ => vec![Buffer::of(views), Buffer::of(bytes), Buffer::of(long)],
    };
    let nulls = values.iter().filter(|value| value.is_none()).count();
    let node = Node::flat(values.len(), nulls, [vec![presence], buffers].concat());
    (Field::flat(c"number", format), node)
}

fn integers(values: Vec<i64>) -> (Field, Node) {
    (Field::flat(c"number", c"l"), Node::flat(values.len(), 0, vec![Buffer::NONE, Buffer::of(values)]))
}

/// The values of a column of texts, in an answer.
fn column(answer: &Answer, name: &str) -> Vec<Option<String>> {
    let array = answer.array().unwrap();
    let of = Type::of(&answer.schema(), Some(name)).unwrap();
    let lent = Lent::column_of(&array, &of).unwrap();
    let read = |lent: Lent<'_>| {
        let presence = lent.presence().unwrap();
        let held = |row: usize| presence.as_bits().is_none_or(|presence| held(presence, row));
        let show = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        lent.read(of.layout, |column| {
            (0..lent.rows).map(|row| column.bytes(row).filter(|_| held(row)).map(show)).collect::<Vec<_>>()
        })
        .unwrap()
    };
    if of.dictionary.is_none() {
        return read(lent);
    }
    let words = read(lent.dictionary().unwrap());
    lent.keys(&of.format, |keys| keys.map(|key| words[key?].clone()).collect()).unwrap()
}

/// The answers of single checks beside those of the column.
fn compare(answer: &Answer, values: &[Option<&str>], kind: Kind) {
    let single: Vec<_> = values.iter().map(|value| value.map(|value| id::check(kind, value, false))).collect();
    let of = |show: fn(&id::Checked) -> Option<String>| -> Vec<_> {
        single.iter().map(|found| found.as_ref().and_then(show)).collect()
    };
    assert_eq!(column(answer, "normalized"), of(|found| found.normalized.clone()));
    assert_eq!(column(answer, "reason"), of(|found| found.reason.map(|reason| reason.to_string())));
    if kind == Kind::Auto {
        assert_eq!(column(answer, "kind"), of(|found| Some(found.kind.to_string())));
    }
    let accepted = single.iter().flatten().filter(|found| found.valid).count();
    let absent = values.iter().filter(|value| value.is_none()).count();
    assert_eq!((answer.rows(), answer.accepted(), answer.absent()), (values.len(), accepted, absent));
    assert_eq!(answer.refused(), values.len() - accepted - absent);
}

#[test]
fn every_layout_of_texts_gives_the_answers_of_single_checks() {
    for format in LAYOUTS {
        for kind in [Kind::Auto, Kind::Rpps, Kind::IdNat] {
            let (field, node) = texts(format, VALUES);
            let answer = check_array(&field.give(), node.give(), Ask { kind, ..ASK }).unwrap();
            compare(&answer, VALUES, kind);
        }
    }
}

#[test]
fn a_slice_is_read_from_its_offset() {
    for format in LAYOUTS {
        for (start, count) in [(0, 0), (1, 3), (3, 8), (10, 1), (11, 0)] {
            let (field, node) = texts(format, VALUES);
            let mut array = node.give();
            (array.offset, array.length, array.null_count) = (start as i64, count as i64, -1);
            let answer = check_array(&field.give(), array, ASK).unwrap();
            compare(&answer, &VALUES[start..start + count], Kind::Auto);
        }
    }
}

#[test]
fn right_values_stay_where_they_are() {
    let right = &[Some("99700218896"), Some("99700218897"), None];
    for format in LAYOUTS {
        let (field, node) = texts(format, right);
        let lent = node.give();
        // SAFETY: an array of ours, with the buffers that it says.
        let before = unsafe { *lent.buffers.add(2) };
        let answer = check_array(&field.give(), lent, Ask { kind: Kind::Rpps, ..ASK }).unwrap().array().unwrap();
        // SAFETY: an answer has `normalized` as its second child.
        let after = unsafe { *(**answer.children.add(1)).buffers.add(2) };
        assert_eq!(before, after, "{format:?}");
    }
}

#[test]
fn integers_get_their_zeros_back_and_stay_integers() {
    let (field, node) = integers(vec![99700218896, 99700218897, 540002698, -1]);
    let answer = check_array(&field.give(), node.give(), Ask { kind: Kind::Rpps, ..ASK }).unwrap();
    assert_eq!((answer.accepted(), answer.refused()), (1, 3));
    assert_eq!(column(&answer, "reason"), [None, Some("key".into()), Some("length".into()), Some("character".into())]);
    let schema = answer.schema();
    assert_eq!(Type::of(&schema, Some("normalized")).unwrap().layout, Layout::Integer);
}

#[test]
fn a_dictionary_is_checked_once_and_looked_up() {
    for format in LAYOUTS {
        let (field, node) = texts(format, VALUES);
        let keys: Vec<i16> = vec![3, 0, 0, 2, 1, 5, 3, 8, 99, 10];
        let spread: Vec<_> = keys.iter().map(|key| VALUES.get(*key as usize).copied().flatten()).collect();
        let by_keys = Field { dictionary: Some(Box::new(field)), ..Field::flat(c"number", c"s") };
        let buffers = vec![Buffer::NONE, Buffer::of(keys)];
        let array = Node { dictionary: Some(Box::new(node)), ..Node::flat(spread.len(), 0, buffers) };
        compare(&check_array(&by_keys.give(), array.give(), ASK).unwrap(), &spread, Kind::Auto);
    }
}

/// Two columns beside each other.
fn table() -> (Field, Node) {
    let ((a, first), (b, second)) = (integers(vec![1; VALUES.len()]), texts(c"u", VALUES));
    let field = Field { children: vec![Field { name: c"other", ..a }, b], ..Field::flat(c"", c"+s") };
    let node = Node { children: vec![first, second], ..Node::flat(VALUES.len(), 0, vec![Buffer::NONE]) };
    (field, node)
}

#[test]
fn the_column_of_a_table_is_named() {
    let (field, node) = table();
    let answer = check_array(&field.give(), node.give(), Ask { column: Some("number"), ..ASK }).unwrap();
    compare(&answer, VALUES, Kind::Auto);
    let mut slice = node.give();
    (slice.offset, slice.length) = (2, 3);
    let answer = check_array(&field.give(), slice, Ask { column: Some("number"), ..ASK }).unwrap();
    compare(&answer, &VALUES[2..5], Kind::Auto);
    for column in [None, Some("numbers"), Some("")] {
        let code = check_array(&field.give(), node.give(), Ask { column, ..ASK }).unwrap_err().code();
        assert_eq!(code, Code::COLUMN_MISSING, "{column:?}");
    }
}

#[test]
fn a_row_that_a_table_says_is_null_holds_no_value() {
    let (field, mut node) = table();
    node.buffers = vec![Buffer::of(bits((0..VALUES.len()).map(|row| row % 2 == 0)))];
    node.nulls = VALUES.len() / 2;
    let answer = check_array(&field.give(), node.give(), Ask { column: Some("number"), ..ASK }).unwrap();
    let values: Vec<_> = VALUES.iter().enumerate().map(|(row, value)| value.filter(|_| row % 2 == 0)).collect();
    compare(&answer, &values, Kind::Auto);
}

#[test]
fn what_is_no_column_of_numbers_is_refused() {
    for format in [c"f", c"i", c"b", c"z", c"tdD", c"", c"+l"] {
        let (_, node) = integers(vec![1]);
        let code = check_array(&Field::flat(c"", format).give(), node.give(), ASK).unwrap_err().code();
        assert_eq!(code, Code::ID_COLUMN_TYPE, "{format:?}");
    }
}

#[test]
fn structures_that_lie_are_refused() {
    let wrong: [fn(&mut ArrowArray); 6] = [
        |array| array.length = -1,
        |array| array.offset = i64::MAX,
        |array| array.n_buffers = 1,
        |array| array.buffers = std::ptr::null_mut(),
        // SAFETY: an array of ours has more than two buffers.
        |array| unsafe { *array.buffers.add(1) = null() },
        // SAFETY: as above; an address that no offset may have.
        |array| unsafe { *array.buffers.add(1) = (*array.buffers.add(1)).cast::<u8>().wrapping_add(1).cast() },
    ];
    for (at, damage) in wrong.iter().enumerate() {
        for format in [c"u", c"U"] {
            let (field, node) = texts(format, VALUES);
            let mut array = node.give();
            damage(&mut array);
            let code = check_array(&field.give(), array, ASK).unwrap_err().code();
            assert_eq!(code, Code::ARROW_MALFORMED, "{at} {format:?}");
        }
    }
    let (field, node) = texts(c"u", VALUES);
    let code = |schema: ArrowSchema| check_array(&schema, node.give(), ASK).unwrap_err().code();
    let mut without_format = field.give();
    without_format.format = null();
    assert_eq!(code(without_format), Code::ARROW_MALFORMED);
    let mut without_children = table().0.give();
    (without_children.n_children, without_children.children) = (3, std::ptr::null_mut());
    assert_eq!(code(without_children), Code::ARROW_MALFORMED);
    let (field, node) = table();
    let mut long = node.give();
    long.length += 1;
    let error = check_array(&field.give(), long, Ask { column: Some("number"), ..ASK }).unwrap_err();
    assert_eq!(error.code(), Code::ARROW_MALFORMED);
    let error = check_stream(ArrowArrayStream::empty(), ASK).unwrap_err();
    assert_eq!(error.code(), Code::ARROW_MALFORMED);
}

/// A stream that another library would give: arrays of one type, then the end or an `errno`.
struct Source {
    field: Field,
    nodes: Vec<Node>,
    status: c_int,
    released: Arc<AtomicUsize>,
}

unsafe extern "C" fn get_schema(stream: *mut ArrowArrayStream, place: *mut ArrowSchema) -> c_int {
    // SAFETY: called with a stream of `stream_of` and a place for a schema.
    unsafe { place.write((*(*stream).private_data.cast::<Source>()).field.give()) };
    0
}

unsafe extern "C" fn get_next(stream: *mut ArrowArrayStream, place: *mut ArrowArray) -> c_int {
    // SAFETY: called with a stream of `stream_of`.
    let source = unsafe { &mut *(*stream).private_data.cast::<Source>() };
    let Some(node) = source.nodes.pop() else { return source.status };
    // SAFETY: and a place for an array.
    unsafe { place.write(node.give()) };
    0
}

unsafe extern "C" fn release(stream: *mut ArrowArrayStream) {
    // SAFETY: called once, with a stream of `stream_of`.
    let source = unsafe { Box::from_raw((*stream).private_data.cast::<Source>()) };
    source.released.fetch_add(1, Ordering::Relaxed);
    // SAFETY: as above.
    unsafe { (*stream).release = None };
}

fn stream_of(chunks: usize, status: c_int, released: &Arc<AtomicUsize>) -> ArrowArrayStream {
    let (field, node) = texts(c"vu", VALUES);
    let source = Source { field, nodes: vec![node; chunks], status, released: Arc::clone(released) };
    ArrowArrayStream {
        get_schema: Some(get_schema),
        get_next: Some(get_next),
        get_last_error: None,
        release: Some(release),
        private_data: Box::into_raw(Box::new(source)).cast::<c_void>(),
    }
}

#[test]
fn a_stream_is_answered_by_a_stream() {
    let released = Arc::default();
    let answer = check_stream(stream_of(3, 0, &released), ASK).unwrap();
    assert_eq!((answer.rows(), released.load(Ordering::Relaxed)), (3 * VALUES.len(), 1));
    assert_eq!(answer.array().err().unwrap().code(), Code::ARROW_CHUNKED);
    // What it gives is read as it reads others: its own normal forms are all right, twice.
    for _ in 0..2 {
        let again = check_stream(answer.stream(), Ask { column: Some("normalized"), ..ASK }).unwrap();
        assert_eq!((again.accepted(), again.refused()), (answer.accepted(), 0));
    }
    let none = check_stream(stream_of(0, 0, &released), ASK).unwrap();
    assert_eq!((none.rows(), none.array().err().unwrap().code()), (0, Code::ARROW_CHUNKED));
}

#[test]
fn a_stream_that_stops_gives_no_half_answer() {
    let released = Arc::default();
    let failed: Error = check_stream(stream_of(2, 5, &released), ASK).unwrap_err();
    assert_eq!(failed.code(), Code::ARROW_SOURCE);
    assert_eq!(released.load(Ordering::Relaxed), 1);
}

#[test]
fn an_array_is_released_once_by_the_last_who_holds_its_values() {
    static RELEASED: AtomicUsize = AtomicUsize::new(0);
    unsafe extern "C" fn release(array: *mut ArrowArray) {
        RELEASED.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the array that was put in `private_data` below, once.
        unsafe {
            drop(Box::from_raw((*array).private_data.cast::<ArrowArray>()));
            (*array).release = None;
        }
    }
    let (field, node) = texts(c"u", &[Some("99700218896"), None]);
    let inner = Box::new(node.give());
    let outer = ArrowArray {
        length: inner.length,
        null_count: inner.null_count,
        offset: 0,
        n_buffers: inner.n_buffers,
        n_children: 0,
        buffers: inner.buffers,
        children: std::ptr::null_mut(),
        dictionary: std::ptr::null_mut(),
        release: Some(release),
        private_data: Box::into_raw(inner).cast(),
    };
    let answer = check_array(&field.give(), outer, ASK).unwrap();
    let (first, second) = (answer.array().unwrap(), answer.array().unwrap());
    drop((answer, first));
    assert_eq!(RELEASED.load(Ordering::Relaxed), 0);
    drop(second);
    assert_eq!(RELEASED.load(Ordering::Relaxed), 1);
}
