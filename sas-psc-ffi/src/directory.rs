//! `sas_psc_directory`: the index of the national directory, open for look-ups and searches, offline.

use crate::argument::Maybe;
use crate::export::export;
use crate::handle::Handle;
use crate::professional::sas_psc_professional;
use crate::string::{LazyText, json, sas_psc_string};
use sas_psc::Error;
use sas_psc::directory::{Query, Record, Summary};
use sas_psc::store::{Directory, DirectoryFolder};
use std::ffi::c_char;

/// An index of the national directory, open for reading. It stays as it is, also when an import puts a newer one in its
/// folder; open again to see that one.
pub struct sas_psc_directory {
    index: Directory,
    attribution: LazyText,
}

impl Handle for sas_psc_directory {}

/// People in few words, as the command prints them.
fn few_words(people: &[Record<'_>]) -> Result<String, Error> {
    json(&people.iter().map(Record::summary).collect::<Result<Vec<Summary>, Error>>()?)
}

export! {
    /// Opens the index in a folder: what `sas-psc directory import` or sas_psc_directory_import_run made there. It takes
    /// a few milliseconds and little memory. SAS_PSC_ERROR_DIRECTORY_MISSING, _FILE_UNREADABLE, _DIRECTORY_FOREIGN,
    /// _DIRECTORY_VERSION, _DIRECTORY_DAMAGED; the last one may also come from every call below.
    fn sas_psc_directory_open(folder: *const c_char, directory: *mut *mut sas_psc_directory) -> Status {
        let index = DirectoryFolder::new(folder).open()?;
        directory.give(sas_psc_directory { index, attribution: LazyText::default() });
        Ok(())
    }

    /// How many people it holds.
    fn sas_psc_directory_person_count(directory: *const sas_psc_directory) -> u32 {
        directory.index.len()
    }

    /// The line that the open licence asks to show beside the data: "Source : ANS, Annuaire Santé, 2026-09-23 (…)".
    fn sas_psc_directory_attribution(directory: *const sas_psc_directory) -> *const c_char {
        directory.attribution.of(|| Some(directory.index.meta().attribution()))
    }

    /// What it is made from, as a JSON object:
    /// {"source_date","source","licence","rows","people","structures","rejected"}.
    fn sas_psc_directory_meta(directory: *const sas_psc_directory, meta: *mut *mut sas_psc_string) -> Status {
        meta.give(json(directory.index.meta())?);
        Ok(())
    }

    /// The person with an RPPS number, an ADELI number or a national identifier, with every practice and activity.
    /// professional is null when it is nobody's: that is an answer, not an error. White space at both ends is dropped.
    fn sas_psc_directory_find(
        directory: *const sas_psc_directory,
        id: *const c_char,
        professional: *mut *mut sas_psc_professional,
    ) -> Status {
        if let Some(person) = directory.index.find(id)? {
            professional.give(&person.to_professional()?);
        }
        Ok(())
    }

    /// Everybody with an identifier of any kind: of a person as above; FINESS, SIREN, SIRET, national or technical
    /// identifier of a structure, then all who work there. people is a JSON array, empty for nobody, of the objects that
    /// `sas-psc directory search --json` prints:
    /// {"id_nat","family_name","given_name","practices":[{"profession","speciality","activities":[{"structure",…}]}]}.
    fn sas_psc_directory_lookup(
        directory: *const sas_psc_directory,
        id: *const c_char,
        people: *mut *mut sas_psc_string,
    ) -> Status {
        people.give(few_words(&directory.index.lookup(id)?)?);
        Ok(())
    }

    /// Searches people; all that is asked has to hold, and null asks nothing. family_name and given_name are how a name
    /// starts, from any of its parts on, whatever its accents, case, hyphens and apostrophes; profession is a code ("10"),
    /// speciality too ("SM26"); postcode is that of a place of activity. At most limit people, and never more than 10,000.
    /// people is as above. SAS_PSC_ERROR_DIRECTORY_QUESTION when nothing is asked.
    fn sas_psc_directory_search(
        directory: *const sas_psc_directory,
        family_name: Maybe<*const c_char>,
        given_name: Maybe<*const c_char>,
        profession: Maybe<*const c_char>,
        speciality: Maybe<*const c_char>,
        postcode: Maybe<*const c_char>,
        limit: usize,
        people: *mut *mut sas_psc_string,
    ) -> Status {
        let query = Query {
            name: family_name.unwrap_or_default(),
            given: given_name.unwrap_or_default(),
            profession: profession.unwrap_or_default(),
            speciality: speciality.unwrap_or_default(),
            postcode: postcode.unwrap_or_default(),
            limit,
        };
        people.give(few_words(&directory.index.search(&query)?)?);
        Ok(())
    }

    /// Reads the whole file and computes every checksum. SAS_PSC_ERROR_DIRECTORY_DAMAGED.
    fn sas_psc_directory_verify(directory: *const sas_psc_directory) -> Status {
        directory.index.verify()
    }

    /// Compares the index that is in a folder now with an older one, and lists who arrived, left or changed in the folder's
    /// delta.csv ("change,id_nat"). delta is {"arrived","left","changed","file"}. SAS_PSC_ERROR_DIRECTORY_BUSY,
    /// _DIRECTORY_NOT_WRITTEN, and those of sas_psc_directory_open.
    fn sas_psc_directory_delta(
        older: *const sas_psc_directory,
        folder: *const c_char,
        delta: *mut *mut sas_psc_string,
    ) -> Status {
        delta.give(json(&DirectoryFolder::new(folder).delta(&older.index)?)?);
        Ok(())
    }

    /// Closes an index. Null is allowed.
    fn sas_psc_directory_free(directory: *mut sas_psc_directory) -> Freed {}
}
