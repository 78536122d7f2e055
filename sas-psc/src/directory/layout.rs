//! The bytes of the index file, version 1: its frame, its sections and its keys. `FORMAT.md` says the same in prose.
//!
//! Everything is little-endian. The file is written front to back and never changed: header, sections, one CRC-32 per
//! block, table of sections, trailer.

use super::columns::Column;

/// What the file starts and ends with.
pub(super) const MAGIC: &[u8; 8] = b"SASPSCDX";
/// The version that this program writes and reads.
pub(super) const VERSION: u32 = 1;
/// How many bytes one checksum covers. A multiple of 8, so that no number lies across two blocks.
pub(super) const BLOCK: usize = 1 << 14;
/// Magic, version, four bytes of zero.
pub(super) const HEADER: usize = 16;
/// Length of the data, size of a block, number of sections, CRC-32 of checksums and table, CRC-32 of the trailer so far,
/// version, magic.
pub(super) const TRAILER: usize = 8 + 4 + 4 + 4 + 4 + 4 + 8;
/// Number, zero, start, length.
pub(super) const TABLE_ROW: usize = 4 + 4 + 8 + 8;
/// No structure.
pub(super) const NONE: u32 = u32::MAX;
/// In the profile of a row: the row has a name of its own.
pub(super) const OWN_NAME: u32 = 1 << 31;

/// A part of the file. The number is its place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Section {
    /// The structures' texts, one after another.
    StructureText = 0,
    /// u32: where each structure's text ends.
    StructureEnd,
    /// The names' texts.
    NameText,
    /// u32: where each person's name ends.
    NameEnd,
    /// u64: the person's key, ascending.
    Key,
    /// Identifiers that are neither RPPS nor ADELI, sorted.
    OtherText,
    /// u32: where each of them ends.
    OtherEnd,
    /// u32: where each person's rows end.
    RowEnd,
    /// u32 structure, u32 profile.
    Row,
    /// u32 row, u32 start, u32 end: rows whose name is not the person's first one.
    OwnName,
    /// u64: what each person's rows say, for comparing two indexes.
    Fingerprint,
    /// u32 practice, u32 activity.
    Profile,
    /// The practices' texts.
    PracticeText,
    /// u32: where each ends.
    PracticeEnd,
    /// The activities' texts.
    ActivityText,
    /// u32: where each ends.
    ActivityEnd,
    /// The civilities' texts.
    CivilityText,
    /// u32: where each ends.
    CivilityEnd,
    /// u64: keys of structures, ascending.
    PlaceKey,
    /// u32: the structure of each key.
    PlaceStructure,
    /// u32: where the people of each structure end.
    StaffEnd,
    /// u32: the people of each structure.
    Staff,
    /// The folded names, sorted, each once.
    FoldedText,
    /// u32: where each folded name ends.
    FoldedEnd,
    /// u32: where the people of each folded name end.
    BearerEnd,
    /// u32 person, u32 mark of the given names.
    Bearer,
    /// What the index is made from, as JSON.
    Meta,
}

/// How many sections there are.
pub(super) const SECTIONS: usize = Section::Meta as usize + 1;

/// The kinds of keys of structures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Place {
    Finess = 1,
    Siren = 2,
    Siret = 3,
    Technical = 4,
    Postcode = 5,
}

/// The 128-bit XXH3 of a text: texts with the same are kept once.
pub(super) fn hash(text: &[u8]) -> u128 {
    twox_hash::XxHash3_128::oneshot(text)
}

/// The lower half of [`hash`].
pub(super) fn hash64(text: &[u8]) -> u64 {
    hash(text) as u64
}

/// The key of a structure: the kind, and 56 bits of the text's hash. The text itself is compared after.
pub(super) fn place_key(place: Place, text: &str) -> u64 {
    u64::from(place as u8) << 56 | hash64(text.as_bytes()) >> 8
}

/// What one row adds to its person's fingerprint, from the hashes of civility, name, practice, activity and structure (0:
/// none). The sum does not depend on the order of the rows.
pub(super) fn fingerprint(parts: [u64; 5]) -> u64 {
    let mut bytes = [0; 40];
    for (place, part) in bytes.chunks_exact_mut(8).zip(parts) {
        place.copy_from_slice(&part.to_le_bytes());
    }
    hash64(&bytes)
}

impl Place {
    /// The columns that hold such a number.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Place::Finess => &[Column::FinessSite, Column::FinessEntity],
            Place::Siren => &[Column::Siren],
            Place::Siret => &[Column::Siret],
            Place::Technical => &[Column::StructureId, Column::FormerStructureId],
            Place::Postcode => &[Column::Postcode],
        }
    }

    pub const ALL: [Place; 5] = [Place::Finess, Place::Siren, Place::Siret, Place::Technical, Place::Postcode];
}
