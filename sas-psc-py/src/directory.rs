//! The national directory offline: an index open for reading, the people in it, the import that makes it.

use crate::error::Raised;
use crate::professional::{Professional, objects};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use sas_psc::directory::{self, Observer, Progress, Query, Record, Reject, Summary, SummaryActivity};
use sas_psc::store::{self, DirectoryFolder, ImportOptions};
use sas_psc::{Code, Error, Result};
use std::fs::File;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

/// The index in a folder, open for reading. One may serve any number of threads.
#[pyclass(frozen, module = "sas_psc.directory")]
pub struct Directory(Arc<store::Directory>);

impl Directory {
    fn person(&self, record: &Record<'_>) -> Person {
        Person { directory: self.0.clone(), at: record.position() }
    }

    fn people(&self, found: &[Record<'_>]) -> Vec<Person> {
        found.iter().map(|record| self.person(record)).collect()
    }
}

#[pymethods]
impl Directory {
    #[new]
    fn new(folder: PathBuf) -> Result<Directory, Raised> {
        Ok(Directory(Arc::new(DirectoryFolder::new(folder).open()?)))
    }

    fn __len__(&self) -> usize {
        self.0.len() as usize
    }

    /// What it is made from: source, source_date, licence, rows, people, structures, rejected.
    #[getter]
    fn meta<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, self.0.meta())
    }

    /// The line that the open licence asks to show beside the data.
    #[getter]
    fn attribution(&self) -> String {
        self.0.meta().attribution()
    }

    /// The person with an RPPS number, an ADELI number or a national identifier.
    fn find(&self, id: &str) -> Result<Option<Person>, Raised> {
        Ok(self.0.find(id)?.map(|record| self.person(&record)))
    }

    /// Everybody with an identifier of any kind, of a person or of a structure.
    fn lookup(&self, id: &str) -> Result<Vec<Person>, Raised> {
        Ok(self.people(&self.0.lookup(id)?))
    }

    /// Searches people.
    #[pyo3(signature = (*, name="", given="", profession="", speciality="", postcode="", limit=20))]
    fn search(
        &self,
        name: &str,
        given: &str,
        profession: &str,
        speciality: &str,
        postcode: &str,
        limit: usize,
    ) -> Result<Vec<Person>, Raised> {
        let query = Query { name, given, profession, speciality, postcode, limit };
        Ok(self.people(&self.0.search(&query)?))
    }

    /// Who arrived, left or changed since an older index.
    fn changes_since(&self, py: Python<'_>, older: &Directory) -> Result<Vec<(&'static str, Person)>, Raised> {
        let mut changes = Vec::new();
        py.detach(|| {
            directory::compare(&older.0, &self.0, |change| {
                let whose = if matches!(change, directory::Change::Left(_)) { older } else { self };
                changes.push((change.name(), whose.person(&change.record())));
                Ok(())
            })
        })?;
        Ok(changes)
    }

    /// Computes the checksum of every block of the file.
    fn verify(&self, py: Python<'_>) -> Result<(), Raised> {
        Ok(py.detach(|| self.0.verify())?)
    }

    fn __repr__(&self) -> String {
        format!("<Directory of {} people, {}>", self.0.len(), self.0.meta().source_date)
    }
}

/// A person of the index: what is asked is read when it is asked. Its repr hides who.
#[pyclass(frozen, module = "sas_psc.directory")]
pub struct Person {
    directory: Arc<store::Directory>,
    at: u32,
}

impl Person {
    fn record(&self) -> Result<Record<'_>> {
        self.directory.person(self.at)
    }
}

#[pymethods]
impl Person {
    /// The national identifier.
    #[getter]
    fn id_nat(&self) -> Result<String, Raised> {
        Ok(self.record()?.id_nat()?.as_str().to_owned())
    }

    /// The family name, as ANS spells it.
    #[getter]
    fn family_name(&self) -> Result<&str, Raised> {
        Ok(self.record()?.family_name())
    }

    /// The given name.
    #[getter]
    fn given_name(&self) -> Result<&str, Raised> {
        Ok(self.record()?.given_name())
    }

    /// The person as Pro Santé Connect describes one: every practice, with the activities of each.
    #[getter]
    fn professional(&self) -> Result<Professional, Raised> {
        Ok(Professional(self.record()?.to_professional()?))
    }

    /// The person in few words.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let summary = self.record().and_then(|record| record.summary()).map_err(Raised::from)?;
        few_words(py, &summary)
    }

    fn __repr__(&self) -> &'static str {
        "Person(•••)"
    }
}

/// A dictionary of the fields of these names, as texts.
macro_rules! texts {
    ($py:ident, $from:expr, $($name:ident)*) => {{
        let dict = PyDict::new($py);
        $(dict.set_item(intern!($py, stringify!($name)), $from.$name.as_str())?;)*
        dict
    }};
}

/// What the JSON of a summary says, without the JSON: whole tables are made of it.
fn few_words<'py>(py: Python<'py>, summary: &Summary) -> PyResult<Bound<'py, PyDict>> {
    let activity = |one: &SummaryActivity| -> PyResult<_> {
        Ok(texts!(py, one, structure structure_id finess siret street postcode city mode sector role))
    };
    let practices = PyList::empty(py);
    for one in &summary.practices {
        let practice = texts!(py, one, profession category speciality);
        let activities = one.activities.iter().map(activity).collect::<PyResult<Vec<_>>>()?;
        practice.set_item(intern!(py, "activities"), activities)?;
        practices.append(practice)?;
    }
    let dict = texts!(py, summary, id_nat family_name given_name);
    dict.set_item(intern!(py, "practices"), practices)?;
    Ok(dict)
}

/// Tells Python how far it is, and stops at Ctrl-C or when the callback raises.
struct Told {
    progress: Option<Py<PyAny>>,
    raised: Option<PyErr>,
}

impl Observer for Told {
    fn rejected(&mut self, _: Reject) {}

    fn progress(&mut self, progress: Progress) -> ControlFlow<()> {
        let told = Python::attach(|py| {
            py.check_signals()?;
            self.progress.as_ref().map_or(Ok(()), |call| call.call1(py, (progress.rows, progress.bytes)).map(drop))
        });
        told.map_or_else(
            |raised| {
                self.raised = Some(raised);
                ControlFlow::Break(())
            },
            ControlFlow::Continue,
        )
    }
}

/// How many bytes an extract has after unpacking.
#[pyfunction]
pub fn directory_extract_size(file: PathBuf) -> Result<u64, Raised> {
    let unreadable = |error| Error::field(Code::FILE_UNREADABLE, "file").caused_by(error);
    Ok(directory::extract_size(File::open(file).map_err(unreadable)?)?)
}

/// Makes the index of a folder out of extracts.
#[pyfunction]
pub fn directory_import<'py>(
    py: Python<'py>,
    files: Vec<PathBuf>,
    folder: PathBuf,
    allow_shrink: bool,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut options = ImportOptions::default();
    options.allow_shrink = allow_shrink;
    let mut told = Told { progress, raised: None };
    let imported = py.detach(|| DirectoryFolder::new(folder).import(&files, &options, &mut told));
    match told.raised {
        Some(raised) => Err(raised),
        None => objects(py, &imported.map_err(Raised::from)?),
    }
}
