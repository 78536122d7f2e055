//! An index open for reading: look-ups by any identifier. From bytes; where they come from is the store's affair.
//!
//! One index may serve any number of threads. Nothing is read ahead: opening looks at a few hundred bytes and the
//! checksums, a look-up at the blocks that it needs.

use super::key::{self, Key};
use super::layout::{Place, Section, place_key};
use super::meta::Meta;
use super::record::Record;
use super::view::{Frame, View, damaged};
use crate::error::{Code, Error, Result};
use crate::id::{Adeli, Rpps, StructureId, StructureKind};
use std::fmt;

/// An index over its bytes. Its `Debug` shows counts only.
pub struct Index<B> {
    bytes: B,
    frame: Frame,
    meta: Meta,
}

impl<B: AsRef<[u8]>> Index<B> {
    /// Opens an index.
    ///
    /// # Errors
    /// `directory-foreign` when the bytes are no index, `directory-version`, `directory-damaged`.
    pub fn open(bytes: B) -> Result<Index<B>> {
        let frame = Frame::read(bytes.as_ref())?;
        let view = View::new(bytes.as_ref(), &frame);
        let json = view.bytes(Section::Meta, 0, view.length(Section::Meta))?;
        let meta = serde_json::from_slice(json).map_err(|_| damaged())?;
        Ok(Index { bytes, frame, meta })
    }

    /// What the index is made from.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// How many people there are.
    pub fn len(&self) -> u32 {
        u32::try_from(self.view().length(Section::Key) / 8).unwrap_or(u32::MAX)
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The person at a place, from 0 to [`len`](Index::len), in the order of their identifiers.
    ///
    /// # Errors
    /// `directory-damaged`, also for a place beyond the last.
    pub fn person(&self, at: u32) -> Result<Record<'_>> {
        Record::new(self.view(), at)
    }

    /// The person with an RPPS number.
    ///
    /// # Errors
    /// `directory-damaged`.
    pub fn by_rpps(&self, rpps: &Rpps) -> Result<Option<Record<'_>>> {
        self.by_key(key::of_rpps(rpps))
    }

    /// The person with a national identifier.
    ///
    /// # Errors
    /// `directory-damaged`. An identifier whose key is wrong is nobody's.
    pub fn by_id_nat(&self, id: &str) -> Result<Option<Record<'_>>> {
        match key::of_id_nat(id.as_bytes()) {
            Ok(Key::Number(key)) => self.by_key(key),
            Ok(Key::Other) => self.by_other(id),
            Err(_) => Ok(None),
        }
    }

    /// The person with an RPPS number, an ADELI number or a national identifier. White space around it is dropped, and
    /// small letters are taken for capitals where the number is nobody's as it stands.
    ///
    /// # Errors
    /// `directory-damaged`. An identifier whose key is wrong is nobody's.
    pub fn find(&self, id: &str) -> Result<Option<Record<'_>>> {
        let id = id.trim();
        match self.find_as_is(id)? {
            None if is_small(id) => self.find_as_is(&id.to_ascii_uppercase()),
            found => Ok(found),
        }
    }

    fn find_as_is(&self, id: &str) -> Result<Option<Record<'_>>> {
        let bare = match id.len() {
            11 => Rpps::parse(id).ok().map(|rpps| key::of_rpps(&rpps)),
            9 => Adeli::parse(id).ok().map(|adeli| key::of_adeli(&adeli)),
            _ => None,
        };
        match bare {
            Some(key) => self.by_key(key),
            None => self.by_id_nat(id),
        }
    }

    /// Everybody with an identifier of any kind: that of a person, as [`find`](Index::find) takes it; FINESS, SIREN, SIRET,
    /// national or technical identifier of a structure, then all who work there. White space and small letters as in
    /// [`find`](Index::find). Nine characters may be the ADELI number of one and the FINESS of another: both come then, the
    /// person first.
    ///
    /// # Errors
    /// `directory-damaged`.
    pub fn lookup(&self, id: &str) -> Result<Vec<Record<'_>>> {
        let id = id.trim();
        match self.lookup_as_is(id)? {
            found if found.is_empty() && is_small(id) => self.lookup_as_is(&id.to_ascii_uppercase()),
            found => Ok(found),
        }
    }

    fn lookup_as_is(&self, id: &str) -> Result<Vec<Record<'_>>> {
        let mut found: Vec<Record<'_>> = self.find_as_is(id)?.into_iter().collect();
        if !found.is_empty() && id.len() != 9 {
            return Ok(found);
        }
        let places: &[Place] = match id.len() {
            9 => &[Place::Finess, Place::Siren, Place::Technical],
            14 => &[Place::Siret, Place::Technical],
            _ => &[Place::Technical],
        };
        let mut people = self.at_places(places, id)?;
        if people.is_empty() {
            // The national identifier of a structure: its type, then one of the numbers above.
            if let Ok(structure) = StructureId::parse(id) {
                let value = structure.value();
                people = match structure.kind() {
                    StructureKind::Finess => self.at_places(&[Place::Finess], value),
                    StructureKind::Siren => self.at_places(&[Place::Siren], value),
                    StructureKind::Siret => self.at_places(&[Place::Siret], value),
                    // The extract has no column of their own: they are in the technical identifier, behind its letter.
                    StructureKind::RppsPractice => self.at_places(&[Place::Technical], &format!("R{value}")),
                    StructureKind::AdeliPractice => self.at_places(&[Place::Technical], &format!("C{value}")),
                    StructureKind::National => self.at_places(&[Place::Technical], value),
                }?;
            }
        }
        people.retain(|person| found.first().is_none_or(|first| first.position() != *person));
        for person in people {
            found.push(self.person(person)?);
        }
        Ok(found)
    }

    /// The bytes of the index.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    /// Closes the index and gives its bytes back.
    pub fn into_bytes(self) -> B {
        self.bytes
    }

    /// Computes the checksum of every block: whether any bit of the file is not as it was written.
    ///
    /// # Errors
    /// `directory-damaged`.
    pub fn verify(&self) -> Result<()> {
        self.view().verify()
    }

    pub(super) fn view(&self) -> View<'_> {
        View::new(self.bytes.as_ref(), &self.frame)
    }

    fn by_key(&self, key: u64) -> Result<Option<Record<'_>>> {
        let view = self.view();
        view.find(key)?.map(|at| Record::new(view, at)).transpose()
    }

    fn by_other(&self, id: &str) -> Result<Option<Record<'_>>> {
        let view = self.view();
        let other = |at| view.entry(Section::OtherText, Section::OtherEnd, at);
        let count = view.count(Section::OtherEnd);
        let at = view.partition(count, |at| Ok(other(at)? < id))?;
        if at == count || other(at)? != id {
            return Ok(None);
        }
        self.by_key(key::of_other(at))
    }

    /// The people of every structure that has this identifier, ascending, each once.
    pub(super) fn at_places(&self, places: &[Place], id: &str) -> Result<Vec<u32>> {
        let view = self.view();
        let mut people = Vec::new();
        for place in places {
            let key = place_key(*place, id);
            let count = view.count(Section::PlaceStructure);
            let first = view.partition(count, |at| Ok(view.u64(Section::PlaceKey, at)? < key))?;
            for at in first..count {
                if view.u64(Section::PlaceKey, at)? != key {
                    break;
                }
                let structure = view.u32(Section::PlaceStructure, at)?;
                // The key is a hash; the text decides.
                let text = view.entry(Section::StructureText, Section::StructureEnd, structure)?;
                if !place.columns().iter().any(|column| super::record::piece(text, *column) == id) {
                    continue;
                }
                let (start, end) = view.item(Section::StaffEnd, structure)?;
                for member in start..end {
                    people.push(view.u32(Section::Staff, member)?);
                }
            }
        }
        people.sort_unstable();
        people.dedup();
        Ok(people)
    }
}

impl<B> fmt::Debug for Index<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("meta", &self.meta).finish_non_exhaustive()
    }
}

/// Whether a letter may have to be a capital one.
fn is_small(id: &str) -> bool {
    id.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// The error of a question that asks nothing.
pub(super) fn no_question() -> Error {
    Error::new(Code::DIRECTORY_QUESTION)
}
