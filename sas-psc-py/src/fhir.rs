//! The online directory: its server, look-ups and pages as exchanges, the people in its answers. `sas_psc/fhir.py` has the
//! loops.

use crate::error::{Raised, code_of};
use crate::exchange::{exchange, step};
use crate::http::Response;
use crate::professional::{Professional, objects};
use crate::time::{at, seconds};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::Error;
use sas_psc::base::Exchange;
use sas_psc::directory::{danger, fhir};
use sas_psc::drive::SystemRandom;
use sas_psc::id::IdNat;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Which server, its key and how large a page is.
#[pyclass(frozen, module = "sas_psc.fhir")]
pub struct FhirServer {
    server: fhir::Server,
    pace: Mutex<fhir::Pace>,
}

fn served(server: fhir::Server, page_size: u16, calls_per_second: u16) -> Result<FhirServer, Raised> {
    let pace = Mutex::new(fhir::Pace::per_second(calls_per_second));
    Ok(FhirServer { server: server.with_page_size(page_size)?, pace })
}

#[pymethods]
impl FhirServer {
    #[new]
    #[pyo3(signature = (key=None, *, base=None, page_size=50, calls_per_second=17))]
    fn new(
        key: Option<String>,
        base: Option<&str>,
        page_size: u16,
        calls_per_second: u16,
    ) -> Result<FhirServer, Raised> {
        let key = key.map(Into::into);
        let server = match base {
            Some(base) => fhir::Server::at(base, key)?,
            None => fhir::Server::ans(key.unwrap_or_default())?,
        };
        served(server, page_size, calls_per_second)
    }

    /// Begins to look people up, at most 50.
    fn lookup(&self, ids: Vec<String>) -> Result<FhirLookup, Raised> {
        let ids = ids.iter().map(|id| IdNat::typed(id)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.server.lookup(&ids, &mut SystemRandom)?.into())
    }

    /// Begins to read the first page of a search.
    #[pyo3(signature = (resource, asked, *, related=false, updated_since=None, now=None))]
    fn page(
        &self,
        resource: &str,
        asked: BTreeMap<String, String>,
        related: bool,
        updated_since: Option<f64>,
        now: Option<f64>,
    ) -> Result<FhirPageRequest, Raised> {
        let mut search = fhir::Search::new(resource.parse()?);
        for (name, value) in asked {
            search = search.with(&name, &value)?;
        }
        if let Some(since) = updated_since {
            search = search.updated_since(at(Some(since)), at(now))?;
        }
        let search = if related { search.with_related() } else { search };
        Ok(self.server.page(&search, &mut SystemRandom)?.into())
    }

    /// Begins to read the page that another one named.
    fn page_after(&self, cursor: &[u8]) -> Result<FhirPageRequest, Raised> {
        Ok(self.server.page_after(&fhir::Cursor::resume(cursor)?, &mut SystemRandom)?.into())
    }

    /// When the next request may be sent: it is reserved.
    #[pyo3(signature = (*, now=None))]
    fn turn(&self, now: Option<f64>) -> f64 {
        seconds(self.pace.lock().unwrap_or_else(PoisonError::into_inner).reserve(at(now)))
    }

    /// The address.
    #[getter]
    fn base(&self) -> &str {
        self.server.base()
    }

    fn __repr__(&self) -> String {
        format!("FhirServer('{}')", self.server.base())
    }
}

/// A server over plain http, on a loopback address only: whoever runs on this machine can read and change it.
#[pyfunction]
#[pyo3(signature = (base, key=None, *, page_size=50, calls_per_second=17))]
pub fn insecure_loopback_fhir(
    base: &str,
    key: Option<String>,
    page_size: u16,
    calls_per_second: u16,
) -> Result<FhirServer, Raised> {
    served(danger::insecure_loopback_fhir(base, key.map(Into::into))?, page_size, calls_per_second)
}

/// A person of the online directory. Its repr hides who.
#[pyclass(frozen, module = "sas_psc.fhir")]
pub struct FhirPerson(fhir::Person);

#[pymethods]
impl FhirPerson {
    /// The person as Pro Santé Connect describes one.
    #[getter]
    fn professional(&self) -> Professional {
        Professional(self.0.professional.clone())
    }

    /// Whether one of their professions is open; none when the directory does not say.
    #[getter]
    fn active(&self) -> Option<bool> {
        self.0.active
    }

    /// When one of their professions or activities changed last.
    #[getter]
    fn last_updated(&self) -> Option<f64> {
        self.0.last_updated.map(seconds)
    }

    /// Activities whose place was not in the answer.
    #[getter]
    fn unknown_places(&self) -> usize {
        self.0.unknown_places
    }

    /// Their cards.
    #[getter]
    fn cards<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.0.cards)
    }

    /// The person in few words.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.0.summary())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

fn people(people: Vec<fhir::Person>) -> Vec<FhirPerson> {
    people.into_iter().map(FhirPerson).collect()
}

/// A page of a search. Its repr shows counts only.
#[pyclass(frozen, module = "sas_psc.fhir")]
pub struct FhirPage(fhir::Page);

#[pymethods]
impl FhirPage {
    /// People, each once.
    #[getter]
    fn people(&self) -> Vec<FhirPerson> {
        people(self.0.people.clone())
    }

    /// Places: id, active, last_updated, place.
    #[getter]
    fn organizations<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.0.organizations)
    }

    /// How many matches there are on all pages, when the server counted them.
    #[getter]
    fn total(&self) -> Option<u64> {
        self.0.total
    }

    /// Resources that could not be read.
    #[getter]
    fn unreadable(&self) -> usize {
        self.0.unreadable
    }

    /// Where the next page is, to be kept; none after the last.
    #[getter]
    fn cursor<'py>(&self, py: Python<'py>) -> Result<Option<Bound<'py, PyBytes>>, Raised> {
        let stored = self.0.next.as_ref().map(fhir::Cursor::to_stored).transpose()?;
        Ok(stored.map(|stored| PyBytes::new(py, &stored)))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

exchange! {
    /// A look-up of people.
    FhirLookup of "sas_psc.fhir" over fhir::Lookup, to people;
}

exchange! {
    /// A page being asked for.
    FhirPageRequest of "sas_psc.fhir" over fhir::PageRequest, to FhirPage;
}
