//! The second half of an import: what was collected becomes the sections of the index, people in the order of their keys.

use super::builder::{Built, Parts, Pending, entry, not_written, split_name};
use super::fold::{Folded, mark};
use super::key;
use super::layout::{NONE, OWN_NAME, Section, fingerprint, hash64};
use super::meta::{Meta, Origin};
use super::texts::Texts;
use super::writer::Writer;
use crate::error::{Code, Error, Result};
use std::io::{self, Write};

pub(super) fn assemble<W: Write>(
    mut out: Writer<W>,
    mut parts: Parts,
    rejected: u64,
    origin: &Origin,
) -> Result<(W, Built)> {
    parts.structures.close();
    others(&mut out, &mut parts).map_err(not_written)?;
    // Stable: the rows of a person keep the order of the source. A source that is sorted already costs one pass.
    parts.rows.sort_by_key(|row| row.key);
    let meta = Meta {
        source_date: origin.date.clone(),
        source: "ANS, Annuaire Santé".into(),
        licence: "Licence Ouverte 2.0".into(),
        rows: parts.rows.len() as u64,
        people: people(&parts.rows).count() as u64,
        structures: parts.structure_ends.len() as u64,
        rejected,
    };
    let json = serde_json::to_vec(&meta).map_err(|_| Error::new(Code::BROKEN_INVARIANT))?;
    let written = (|| {
        out.section(Section::Meta, &json)?;
        tables(&mut out, &mut parts)?;
        persons(&mut out, &parts)?;
        staff(&mut out, &parts)?;
        let named = named(&parts.rows);
        let names = std::mem::take(&mut parts.names);
        // The folded names take the place of what is written.
        drop(parts);
        bearers(&mut out, names, &named)?;
        out.finish()
    })();
    let (out, bytes) = written.map_err(not_written)?;
    let Meta { rows, people, structures, rejected, .. } = meta;
    Ok((out, Built { rows, people, structures, rejected, bytes }))
}

/// The rows of each person.
fn people(rows: &[Pending]) -> impl Iterator<Item = &[Pending]> {
    rows.chunk_by(|a, b| a.key == b.key)
}

/// Identifiers that are neither RPPS nor ADELI, sorted; the keys take their rank among them.
fn others<W: Write>(out: &mut Writer<W>, parts: &mut Parts) -> io::Result<()> {
    let mut ranks = vec![0; parts.others.len()];
    let mut ends = Vec::with_capacity(ranks.len());
    out.begin(Section::OtherText)?;
    let mut end = 0;
    for (rank, (text, came)) in parts.others.iter().enumerate() {
        ranks[*came as usize] = rank as u32;
        out.bytes(text.as_bytes())?;
        end += text.len() as u32;
        ends.push(end);
    }
    out.numbers(Section::OtherEnd, ends)?;
    for row in &mut parts.rows {
        if let Some(came) = key::rank(row.key) {
            row.key = key::of_other(ranks[came as usize]);
        }
    }
    Ok(())
}

/// What does not hang on people: structures and the texts that many rows share.
fn tables<W: Write>(out: &mut Writer<W>, parts: &mut Parts) -> io::Result<()> {
    out.numbers(Section::StructureEnd, parts.structure_ends.iter().copied())?;
    let mut texts = |texts: &mut Texts, text, end| {
        texts.numbers.close();
        out.section(text, texts.text.as_bytes())?;
        out.numbers(end, texts.ends.iter().copied())
    };
    texts(&mut parts.practices, Section::PracticeText, Section::PracticeEnd)?;
    texts(&mut parts.activities, Section::ActivityText, Section::ActivityEnd)?;
    texts(&mut parts.civilities, Section::CivilityText, Section::CivilityEnd)?;
    out.numbers(Section::Profile, parts.profiles.iter().flat_map(|(practice, activity)| [*practice, *activity]))?;
    let mut places = std::mem::take(&mut parts.places);
    places.sort_unstable();
    places.dedup();
    out.begin(Section::PlaceKey)?;
    places.iter().try_for_each(|(key, _)| out.u64(*key))?;
    out.numbers(Section::PlaceStructure, places.iter().map(|(_, structure)| *structure))
}

/// A table for each thing that people have, in the order of their keys.
fn persons<W: Write>(out: &mut Writer<W>, parts: &Parts) -> io::Result<()> {
    let name = |row: &Pending| parts.entry(row.name);
    let rows = &parts.rows;
    out.begin(Section::NameText)?;
    let (mut end, mut ends, mut own) = (0, Vec::new(), Vec::new());
    for person in people(rows) {
        let name = name(&person[0]);
        out.bytes(name.as_bytes())?;
        end += name.len() as u32;
        ends.push(end);
    }
    // The file of savoir-faire tells no civility: its rows share the name all the same.
    let same = |row: &Pending, first: &Pending| {
        let ((civility, name), (first_civility, first_name)) = (split_name(name(row)), split_name(name(first)));
        let blank = parts.civilities.item(civility).bytes().all(|byte| byte == b'|');
        name == first_name && (blank || civility == first_civility)
    };
    // Names that differ from the person's first one follow all first ones.
    let mut number = 0;
    for person in people(rows) {
        for row in person {
            if row.name != person[0].name && !same(row, &person[0]) {
                out.bytes(name(row).as_bytes())?;
                let start = end;
                end += name(row).len() as u32;
                own.push([number, start, end]);
            }
            number += 1;
        }
    }
    out.numbers(Section::NameEnd, ends)?;
    out.begin(Section::Key)?;
    people(rows).try_for_each(|person| out.u64(person[0].key))?;
    let mut end = 0;
    out.numbers(
        Section::RowEnd,
        people(rows).map(|person| {
            end += person.len() as u32;
            end
        }),
    )?;
    out.begin(Section::Row)?;
    let mut owners = own.iter().map(|[row, ..]| *row).peekable();
    for (number, row) in rows.iter().enumerate() {
        let owns = owners.next_if_eq(&(number as u32)).map_or(0, |_| OWN_NAME);
        out.u32(row.structure)?;
        out.u32(row.profile | owns)?;
    }
    out.numbers(Section::OwnName, own.into_iter().flatten())?;
    out.begin(Section::Fingerprint)?;
    people(rows).try_for_each(|person| {
        let mut sum = 0_u64;
        for same_name in person.chunk_by(|a, b| a.name == b.name) {
            let (civility, name) = split_name(name(&same_name[0]));
            let named = [parts.civilities.numbers.hashes[civility as usize], hash64(name.as_bytes())];
            sum = same_name.iter().fold(sum, |sum, row| sum.wrapping_add(print_of(parts, named, row)));
        }
        out.u64(sum)
    })
}

/// What a row adds to its person's fingerprint, given the hashes of its civility and name.
fn print_of(parts: &Parts, [civility, name]: [u64; 2], row: &Pending) -> u64 {
    let (practice, activity) = parts.profiles[row.profile as usize];
    fingerprint([
        civility,
        name,
        parts.practices.numbers.hashes[practice as usize],
        parts.activities.numbers.hashes[activity as usize],
        if row.structure == NONE { 0 } else { parts.structures.hashes[row.structure as usize] },
    ])
}

/// The people of each structure, each once, in the order of their keys.
fn staff<W: Write>(out: &mut Writer<W>, parts: &Parts) -> io::Result<()> {
    let structures = parts.structure_ends.len();
    let each = |with: &mut dyn FnMut(u32, u32)| {
        let mut last = vec![NONE; structures];
        for (person, number) in people(&parts.rows).zip(0_u32..) {
            for row in person.iter().filter(|row| row.structure != NONE) {
                if std::mem::replace(&mut last[row.structure as usize], number) != number {
                    with(row.structure, number);
                }
            }
        }
    };
    let (ends, members) = grouped(structures, each);
    out.numbers(Section::StaffEnd, ends)?;
    out.numbers(Section::Staff, members)
}

/// Puts items under their numbers, in two passes and without sorting: where each number's items end, and the items.
fn grouped<T: Copy + Default>(count: usize, each: impl Fn(&mut dyn FnMut(u32, T))) -> (Vec<u32>, Vec<T>) {
    let mut at = vec![0_u32; count];
    each(&mut |number, _| at[number as usize] += 1);
    let mut start = 0;
    for place in &mut at {
        (*place, start) = (start, start + *place);
    }
    let mut items = vec![T::default(); start as usize];
    each(&mut |number, item| {
        let place = &mut at[number as usize];
        items[*place as usize] = item;
        *place += 1;
    });
    (at, items)
}

/// Each person with the places of their names in [`Parts::names`]. Rows of one person mostly share their name; what comes
/// twice all the same, a search drops.
fn named(rows: &[Pending]) -> Vec<(u32, u32)> {
    let mut named: Vec<(u32, u32)> = Vec::new();
    for (person, number) in people(rows).zip(0_u32..) {
        named.extend(person.chunk_by(|a, b| a.name == b.name).map(|same| (number, same[0].name)));
    }
    named
}

/// The folded names and who bears each.
fn bearers<W: Write>(out: &mut Writer<W>, names: String, named: &[(u32, u32)]) -> io::Result<()> {
    let mut folded = Texts::default();
    let (mut family, mut given) = (Folded::default(), Folded::default());
    let mut entries: Vec<(u32, u32, u32)> = Vec::new();
    for (person, name) in named {
        let (_, name) = split_name(entry(&names, *name));
        let (family_name, given_name) = name.split_once('|').unwrap_or_default();
        family.set(family_name);
        given.set(given_name);
        let given_mark = mark(&given);
        for suffix in family.suffixes() {
            entries.push((folded.of(suffix), *person, given_mark));
        }
    }
    drop(names);
    folded.numbers.close();
    let ends = &folded.ends;
    let text = |number: u32| folded.item(number);
    // Sixteen bytes of a text decide nearly every comparison.
    let head = |number| {
        let mut head = [0; 16];
        let bytes = text(number).as_bytes();
        let length = bytes.len().min(16);
        head[..length].copy_from_slice(&bytes[..length]);
        u128::from_be_bytes(head)
    };
    let mut order: Vec<(u128, u32)> = (0..ends.len() as u32).map(|number| (head(number), number)).collect();
    order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| text(a.1).cmp(text(b.1))));
    let mut ranks = vec![0; order.len()];
    out.begin(Section::FoldedText)?;
    let mut sorted_ends = Vec::with_capacity(order.len());
    let mut end = 0;
    for (rank, (_, number)) in order.iter().enumerate() {
        ranks[*number as usize] = rank as u32;
        out.bytes(text(*number).as_bytes())?;
        end += text(*number).len() as u32;
        sorted_ends.push(end);
    }
    drop(order);
    out.numbers(Section::FoldedEnd, sorted_ends)?;
    let each = |with: &mut dyn FnMut(u32, [u32; 2])| {
        entries.iter().for_each(|(number, person, mark)| with(ranks[*number as usize], [*person, *mark]));
    };
    let (ends, bearers) = grouped(ranks.len(), each);
    out.numbers(Section::BearerEnd, ends)?;
    out.numbers(Section::Bearer, bearers.into_iter().flatten())
}
