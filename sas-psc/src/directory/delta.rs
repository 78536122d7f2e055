//! Two indexes compared: who arrived, who left, who changed. Two sorted columns of numbers are walked once.
//!
//! A person changed when any column of any row did; the order of the rows does not matter. An index made from a file of
//! 48 columns and one of 56 differ in everybody whose new columns are filled.

use super::index::Index;
use super::key;
use super::layout::Section;
use super::record::Record;
use crate::error::Result;
use std::cmp::Ordering;

/// What became of a person.
#[derive(Debug, Clone, Copy)]
pub enum Change<'a> {
    /// Only the newer index has the person.
    Arrived(Record<'a>),
    /// Only the older one has.
    Left(Record<'a>),
    /// Both have; this is the newer.
    Changed(Record<'a>),
}

impl<'a> Change<'a> {
    /// `arrived`, `left` or `changed`.
    pub const fn name(&self) -> &'static str {
        match self {
            Change::Arrived(_) => "arrived",
            Change::Left(_) => "left",
            Change::Changed(_) => "changed",
        }
    }

    /// The person.
    pub const fn record(&self) -> Record<'a> {
        match self {
            Change::Arrived(record) | Change::Left(record) | Change::Changed(record) => *record,
        }
    }
}

/// Tells each change from `older` to `newer`, in the order of the identifiers; an error of `each` ends it.
///
/// # Errors
/// `directory-damaged`, and those of `each`.
pub fn compare<'a, A: AsRef<[u8]>, B: AsRef<[u8]>>(
    older: &'a Index<A>,
    newer: &'a Index<B>,
    mut each: impl FnMut(Change<'a>) -> Result<()>,
) -> Result<()> {
    let (mut left, mut right) = (0, 0);
    while left < older.len() || right < newer.len() {
        let order = match (left < older.len(), right < newer.len()) {
            (true, true) => order(older, left, newer, right)?,
            (true, false) => Ordering::Less,
            _ => Ordering::Greater,
        };
        match order {
            Ordering::Less => each(Change::Left(older.person(left)?))?,
            Ordering::Greater => each(Change::Arrived(newer.person(right)?))?,
            Ordering::Equal => {
                let print = older.view().u64(Section::Fingerprint, left)?;
                if print != newer.view().u64(Section::Fingerprint, right)? {
                    each(Change::Changed(newer.person(right)?))?;
                }
            }
        }
        left += u32::from(order.is_le());
        right += u32::from(order.is_ge());
    }
    Ok(())
}

/// The order of two people: by key, and by text where the key is a rank in its own index.
fn order<A: AsRef<[u8]>, B: AsRef<[u8]>>(a: &Index<A>, at: u32, b: &Index<B>, bt: u32) -> Result<Ordering> {
    let (left, right) = (a.view().u64(Section::Key, at)?, b.view().u64(Section::Key, bt)?);
    match (key::rank(left), key::rank(right)) {
        (Some(left), Some(right)) => {
            let left = a.view().entry(Section::OtherText, Section::OtherEnd, left)?;
            Ok(left.cmp(b.view().entry(Section::OtherText, Section::OtherEnd, right)?))
        }
        _ => Ok(left.cmp(&right)),
    }
}
