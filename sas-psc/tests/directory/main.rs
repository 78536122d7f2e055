//! The folder of a directory index as programs meet it: the swap, what is refused, what is killed, an index of the past.

mod archives;
mod mishaps;

use sas_psc::directory::{Index, Quiet};
use sas_psc::store::{Directory, DirectoryFolder, ImportOptions, Imported};
use sas_psc::{Code, Result};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/directory")
}

fn extract() -> String {
    fs::read_to_string(vectors().join("extract.txt")).unwrap()
}

/// A folder and the index that was imported into it.
struct Place {
    dir: TempDir,
    folder: DirectoryFolder,
}

impl Place {
    fn new() -> Place {
        let dir = tempfile::tempdir().unwrap();
        let folder = DirectoryFolder::new(dir.path().join("annuaire"));
        Place { dir, folder }
    }

    /// With the small extract.
    fn filled() -> Place {
        let place = Place::new();
        place.import("PS_LibreAcces_202609230812.txt", extract()).unwrap();
        place
    }

    fn import(&self, name: &str, content: impl AsRef<[u8]>) -> Result<Imported> {
        self.import_with(name, content, &ImportOptions::default())
    }

    fn import_with(&self, name: &str, content: impl AsRef<[u8]>, options: &ImportOptions) -> Result<Imported> {
        let file = self.dir.path().join(name);
        fs::write(&file, content).unwrap();
        self.folder.import(&[file], options, &mut Quiet)
    }

    /// The refusal of an import, which left the index before as it was and nothing beside it.
    fn refused(&self, content: impl AsRef<[u8]>) -> Code {
        let before = fs::read(self.path("directory.index")).unwrap();
        let code = self.import("extract.txt", content).unwrap_err().code();
        self.is_untouched(&before);
        code
    }

    fn is_untouched(&self, before: &[u8]) {
        assert!(fs::read(self.path("directory.index")).unwrap() == before);
        assert!(!self.path("directory.index.new").exists());
        assert!(self.folder.open().unwrap().verify().is_ok());
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join("annuaire").join(name)
    }
}

fn allow_shrink() -> ImportOptions {
    let mut options = ImportOptions::default();
    options.allow_shrink = true;
    options
}

fn found(index: &Directory, id: &str) -> usize {
    index.lookup(id).unwrap().len()
}

#[test]
fn an_import_takes_the_place_of_the_one_before_and_who_had_that_open_keeps_it() {
    let place = Place::new();
    assert_eq!(place.folder.open().unwrap_err().code(), Code::DIRECTORY_MISSING);
    let imported = place.import("PS_LibreAcces_202609230812.txt", extract()).unwrap();
    assert_eq!(imported.meta.source_date, "2026-09-23");
    assert_eq!(imported.index_bytes, fs::metadata(place.path("directory.index")).unwrap().len());
    assert_eq!(
        fs::read_to_string(&imported.rejects_file).unwrap(),
        "source,line,reason\n1,5,id-key\n1,8,columns\n1,10,id-mismatch\n"
    );
    let before = place.folder.open().unwrap();
    // The source may go: the index holds everything.
    fs::remove_file(place.dir.path().join("PS_LibreAcces_202609230812.txt")).unwrap();
    let line = extract().lines().nth(1).unwrap().replace("99700218896", "99700000138");
    place.import("PS_LibreAcces_20261001.txt", extract() + &line + "\n").unwrap();
    let after = place.folder.open().unwrap();
    assert_eq!((found(&before, "99700000138"), found(&after, "99700000138")), (0, 1));
    assert_eq!(after.meta().source_date, "2026-10-01");
    assert!(before.verify().is_ok());
    let delta = place.folder.delta(&before).unwrap();
    assert_eq!((delta.arrived, delta.left, delta.changed), (1, 0, 0));
    assert_eq!(fs::read_to_string(delta.file).unwrap(), "change,id_nat\narrived,899700000138\n");
}

#[test]
fn a_stream_is_imported_too() {
    let place = Place::new();
    let imported = place.folder.import_stream(extract().as_bytes(), &ImportOptions::default(), &mut Quiet).unwrap();
    assert_eq!((imported.meta.rows, imported.meta.source_date.as_str()), (11, ""));
}

/// Written once by the first version; every later one has to read it. A new version of the format adds a file.
#[test]
fn an_index_of_version_1_is_read_for_ever() {
    let golden = vectors().join("index-v1.bin");
    if !golden.exists() {
        let place = Place::filled();
        fs::copy(place.path("directory.index"), &golden).unwrap();
    }
    let index = Index::open(fs::read(golden).unwrap()).unwrap();
    index.verify().unwrap();
    let mut said = String::new();
    for at in 0..index.len() {
        said += &serde_json::to_string(&index.person(at).unwrap().summary().unwrap()).unwrap();
        said.push('\n');
    }
    let people = vectors().join("people.jsonl");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&people, &said).unwrap();
    }
    assert_eq!(said, fs::read_to_string(people).unwrap());
    assert_eq!(index.meta().attribution(), "Source : ANS, Annuaire Santé, 2026-09-23 (Licence Ouverte 2.0)");
    assert_eq!(index.lookup("00000000012345").unwrap().len(), 3);
    // Today's program makes the same file out of the same extract, until the format has a new version.
    assert!(
        fs::read(Place::filled().path("directory.index")).unwrap() == fs::read(vectors().join("index-v1.bin")).unwrap()
    );
}
