//! One array in, one array of answers out; the values that are right stay where they are.

use crate::abi::{ArrowArray, ArrowArrayStream, ArrowSchema};
use crate::answer::Answer;
use crate::give::{Buffer, Node};
use crate::take::{Layout, Lent, Type, key_size};
use sas_psc::Error;
use sas_psc::id::column::{Column, Found};
use sas_psc::id::{Kind, Reason};
use std::sync::Arc;

/// What is asked of a column.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The kind of its numbers.
    pub kind: Kind,
    /// Its name, when it comes in a table of several.
    pub column: Option<&'a str>,
    /// Whether the test numbers of ANS are refused.
    pub refuse_test_numbers: bool,
}

/// Checks all arrays of a stream.
///
/// # Errors
/// `id-column-type`, `column-missing`; `arrow-source` when the stream stops with an error, `arrow-malformed`.
pub fn check_stream(mut stream: ArrowArrayStream, ask: Ask<'_>) -> Result<Answer, Error> {
    let of = Type::of(&stream.schema()?, ask.column)?;
    let mut answer = Answer::new(&of, ask.kind == Kind::Auto);
    while let Some(array) = stream.next()? {
        answer.add(check(array, &of, ask)?);
    }
    Ok(answer)
}

/// Checks one array.
///
/// # Errors
/// `id-column-type`, `column-missing`, `arrow-malformed`.
pub fn check_array(schema: &ArrowSchema, array: ArrowArray, ask: Ask<'_>) -> Result<Answer, Error> {
    let of = Type::of(schema, ask.column)?;
    let mut answer = Answer::new(&of, ask.kind == Kind::Auto);
    answer.add(check(array, &of, ask)?);
    Ok(answer)
}

/// The answers for an array, with how many are accepted and how many absent.
fn check(array: ArrowArray, of: &Type, ask: Ask<'_>) -> Result<(Node, usize, usize), Error> {
    let owner = Arc::new(array);
    let lent = Lent::column_of(&owner, of)?;
    let (found, normalized) = match &of.dictionary {
        None => plain(lent, of.layout, &owner, ask)?,
        Some(_) => {
            let values = lent.dictionary()?;
            let (in_dictionary, mut dictionary) = plain(values, of.layout, &owner, ask)?;
            // A value that is refused stays in the dictionary: no row points to it any more.
            (dictionary.nulls, dictionary.buffers[0]) = validity(&in_dictionary.present, in_dictionary.absent);
            let found = lent.keys(&of.format, |keys| in_dictionary.of_keys(keys))?;
            let keys = lent.buffer(1)?.wrapping_add(lent.offset * key_size(&of.format));
            let mut node = Node::flat(found.rows, 0, vec![Buffer::NONE, Buffer::lent(keys, &owner)]);
            (node.nulls, node.buffers[0]) = (found.rows - found.accepted, Buffer::of(found.valid.clone()));
            node.dictionary = Some(Box::new(dictionary));
            (found, node)
        }
    };
    let (accepted, absent) = (found.accepted, found.absent);
    Ok((answers(found, normalized), accepted, absent))
}

/// The values of an array without a dictionary, null where they are refused.
fn plain(lent: Lent<'_>, layout: Layout, owner: &Arc<ArrowArray>, ask: Ask<'_>) -> Result<(Found, Node), Error> {
    let presence = lent.presence()?;
    let presence = presence.as_bits();
    let (found, repaired) = lent.read(layout, |column| {
        let found = column.check(ask.kind, presence, ask.refuse_test_numbers);
        let repaired = (!found.repairs.is_empty()).then(|| repaired(column, &found));
        (found, repaired)
    })?;
    let at = |buffer: usize, size: usize| -> Result<Buffer, Error> {
        Ok(Buffer::lent(lent.buffer(buffer)?.wrapping_add(lent.offset * size), owner))
    };
    let mut buffers = vec![Buffer::of(found.valid.clone())];
    match (layout, repaired) {
        (Layout::Text | Layout::LargeText, _) if lent.rows == 0 => {
            buffers.extend([Buffer::of(vec![0i64]), Buffer::of(vec![0u8])])
        }
        (Layout::View, _) if lent.rows == 0 => buffers.extend([Buffer::of(vec![0u64]), Buffer::of(vec![0i64])]),
        (Layout::View, Some(Repaired::Views(views, extra))) => {
            let long = lent.long_buffers();
            let mut lengths = lent.values::<i64>(2 + long, 0, long)?.to_vec();
            lengths.push(extra.len() as i64);
            buffers.push(Buffer::of(views));
            for buffer in 0..long {
                buffers.push(Buffer::lent(lent.buffer(2 + buffer)?, owner));
            }
            buffers.extend([Buffer::of(extra), Buffer::of(lengths)]);
        }
        (_, Some(Repaired::Text(offsets, bytes))) => buffers.extend([Buffer::of(offsets), Buffer::of(bytes)]),
        (_, Some(Repaired::LargeText(offsets, bytes))) => buffers.extend([Buffer::of(offsets), Buffer::of(bytes)]),
        (Layout::Text, _) => buffers.extend([at(1, 4)?, Buffer::lent(lent.buffer(2)?, owner)]),
        (Layout::LargeText, _) => buffers.extend([at(1, 8)?, Buffer::lent(lent.buffer(2)?, owner)]),
        (Layout::View, _) => {
            buffers.push(at(1, 16)?);
            for buffer in 0..=lent.long_buffers() {
                buffers.push(Buffer::lent(lent.buffer(2 + buffer)?, owner));
            }
        }
        (Layout::Integer, _) => buffers.push(at(1, 8)?),
    }
    let node = Node::flat(found.rows, found.rows - found.accepted, buffers);
    Ok((found, node))
}

/// The values of a column of which some rows were repaired.
enum Repaired {
    Text(Vec<i32>, Vec<u8>),
    LargeText(Vec<i64>, Vec<u8>),
    Views(Vec<[u8; 16]>, Vec<u8>),
}

/// Writes the column anew. A repair never lengthens a value, so what fitted still fits.
fn repaired(column: Column<'_>, found: &Found) -> Repaired {
    match column {
        Column::View { views, buffers } => {
            let (mut views, mut extra) = (views.to_vec(), Vec::new());
            for (row, text) in found.repairs.iter() {
                let mut view = [0; 16];
                view[..4].copy_from_slice(&(text.len() as u32).to_le_bytes());
                if text.len() <= 12 {
                    view[4..4 + text.len()].copy_from_slice(text.as_bytes());
                } else {
                    view[4..8].copy_from_slice(&text.as_bytes()[..4]);
                    view[8..12].copy_from_slice(&(buffers.len() as u32).to_le_bytes());
                    view[12..].copy_from_slice(&(extra.len() as u32).to_le_bytes());
                    extra.extend_from_slice(text.as_bytes());
                }
                views[row] = view;
            }
            Repaired::Views(views, extra)
        }
        Column::LargeText { .. } => {
            let (offsets, bytes) = joined(column, found);
            Repaired::LargeText(offsets.into_iter().map(|end| end as i64).collect(), bytes)
        }
        _ => {
            let (offsets, bytes) = joined(column, found);
            Repaired::Text(offsets.into_iter().map(|end| end as i32).collect(), bytes)
        }
    }
}

fn joined(column: Column<'_>, found: &Found) -> (Vec<usize>, Vec<u8>) {
    let (mut offsets, mut bytes) = (vec![0], Vec::new());
    let mut repairs = found.repairs.iter().peekable();
    for row in 0..found.rows {
        match repairs.next_if(|(repaired, _)| *repaired == row) {
            Some((_, text)) => bytes.extend_from_slice(text.as_bytes()),
            None => bytes.extend_from_slice(column.bytes(row).unwrap_or_default()),
        }
        offsets.push(bytes.len());
    }
    (offsets, bytes)
}

/// The count of nulls and their bits.
fn validity(present: &Option<Vec<u8>>, absent: usize) -> (usize, Buffer) {
    (absent, present.clone().map_or(Buffer::NONE, Buffer::of))
}

/// The structure of all answers.
fn answers(found: Found, normalized: Node) -> Node {
    let rows = found.rows;
    let (nulls, present) = validity(&found.present, found.absent);
    let bits = |bits: Vec<u8>| Node::flat(rows, nulls, vec![present.clone(), Buffer::of(bits)]);
    let all = |at: usize| found.present.as_ref().map_or(u8::MAX, |present| present[at]);
    let refused: Vec<u8> = found.valid.iter().enumerate().map(|(at, valid)| !valid & all(at)).collect();
    let refused = vec![Buffer::of(refused), Buffer::of(found.reason)];
    let mut children = vec![
        bits(found.valid),
        normalized,
        bits(found.test_number),
        Node {
            dictionary: Some(words(Reason::ALL.iter().map(|reason| reason.name()))),
            ..Node::flat(rows, found.accepted + nulls, refused)
        },
    ];
    if let Some(kinds) = found.kind {
        let kinds = vec![present.clone(), Buffer::of(kinds)];
        let dictionary = Some(words(Kind::ALL.iter().map(|kind| kind.name())));
        children.push(Node { dictionary, ..Node::flat(rows, nulls, kinds) });
    }
    Node { children, ..Node::flat(rows, 0, vec![Buffer::NONE]) }
}

/// Some words as strings.
fn words(words: impl Iterator<Item = &'static str>) -> Box<Node> {
    let (mut offsets, mut bytes) = (vec![0i32], Vec::new());
    for word in words {
        bytes.extend_from_slice(word.as_bytes());
        offsets.push(bytes.len() as i32);
    }
    Box::new(Node::flat(offsets.len() - 1, 0, vec![Buffer::NONE, Buffer::of(offsets), Buffer::of(bytes)]))
}
