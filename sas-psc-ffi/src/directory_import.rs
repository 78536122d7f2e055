//! `sas_psc_directory_import`: the extract of ANS becomes the index of a folder.

use crate::export::export;
use crate::handle::Handle;
use crate::string::{json, sas_psc_string};
use sas_psc::directory::Quiet;
use sas_psc::store::{DirectoryFolder, ImportOptions};
use std::ffi::c_char;
use std::path::PathBuf;

/// An import to come: a folder, and the files to make its index from.
pub struct sas_psc_directory_import {
    folder: DirectoryFolder,
    files: Vec<PathBuf>,
    options: ImportOptions,
}

impl Handle for sas_psc_directory_import {}

export! {
    /// An import into a folder, which is made when it is missing. Nothing is touched yet.
    fn sas_psc_directory_import_new(folder: *const c_char, import: *mut *mut sas_psc_directory_import) -> Status {
        let folder = DirectoryFolder::new(folder);
        import.give(sas_psc_directory_import { folder, files: Vec::new(), options: ImportOptions::default() });
        Ok(())
    }

    /// Adds a file of ANS, plain or zip: PS_LibreAcces_Personne_activite, PS_LibreAcces_SavoirFaire.
    fn sas_psc_directory_import_add_file(import: *mut sas_psc_directory_import, path: *const c_char) -> Status {
        import.files.push(path.into());
        Ok(())
    }

    /// Takes an extract that is much smaller than the one before, or cut short.
    fn sas_psc_directory_import_set_allow_shrink(import: *mut sas_psc_directory_import) -> Status {
        import.options.allow_shrink = true;
        Ok(())
    }

    /// Reads the files, writes the index beside the one before and puts it in its place: some seconds for the whole
    /// country. Whatever fails, the index before stays in use; SAS_PSC_ERROR_EXTRACT_… says why. imported is a JSON object:
    /// {"source_date","source","licence","rows","people","structures","rejected","index_bytes","rejects_file"}, the last
    /// one the list of the rows that were not taken, "source,line,reason".
    fn sas_psc_directory_import_run(
        import: *const sas_psc_directory_import,
        imported: *mut *mut sas_psc_string,
    ) -> Status {
        imported.give(json(&import.folder.import(&import.files, &import.options, &mut Quiet)?)?);
        Ok(())
    }

    /// Frees an import. Null is allowed.
    fn sas_psc_directory_import_free(import: *mut sas_psc_directory_import) -> Freed {}
}
