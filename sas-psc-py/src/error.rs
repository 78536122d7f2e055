//! An error of the SDK becomes the exception that `python/sas_psc/errors.py` has for its code.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use sas_psc::error::FactValue;
use sas_psc::{Blame, Code, Error, Lang};

/// An error on its way to Python, so that `?` works.
pub struct Raised(Error);

impl From<Error> for Raised {
    fn from(error: Error) -> Raised {
        Raised(error)
    }
}

impl From<Raised> for PyErr {
    fn from(Raised(error): Raised) -> PyErr {
        Python::attach(|py| exception(py, &error).map_or_else(|failed| failed, PyErr::from_value))
    }
}

fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let facts = PyDict::new(py);
    for (name, value) in error.facts().pairs() {
        match value {
            FactValue::Word(word) => facts.set_item(name, word)?,
            FactValue::Number(number) => facts.set_item(name, number)?,
            _ => {}
        }
    }
    py.import("sas_psc.errors")?.getattr("from_code")?.call1((error.code().number(), facts))
}

/// Every blame, by name.
#[pyfunction]
pub fn error_blames() -> Vec<&'static str> {
    Blame::ALL.map(Blame::name).to_vec()
}

/// Every error: code, name, blame.
#[pyfunction]
pub fn error_table() -> Vec<(u32, &'static str, &'static str)> {
    Code::all().map(|code| (code.number(), code.name(), code.blame().name())).collect()
}

/// Message and hint of a code; empty when the code is not known.
#[pyfunction]
pub fn error_text(code: u32, lang: &str) -> (&'static str, &'static str) {
    let lang = Lang::from_tag(lang);
    Code::from_number(code).map_or(("", ""), |code| (code.message(lang), code.hint(lang)))
}

/// The code of an exception of ours; any other is a connection that was lost.
pub fn code_of(exception: &Bound<'_, PyAny>) -> Code {
    let number = exception.getattr("code").and_then(|code| code.extract::<u32>());
    number.ok().and_then(Code::from_number).unwrap_or(Code::CONNECTION_LOST)
}
