//! RPPS numbers, and the check of a number of any kind.

use crate::error::Raised;
use pyo3::prelude::*;
use sas_psc::id::{self, Kind};

/// An RPPS number with a right key. Its repr hides all but the last four digits.
#[pyclass(frozen, eq, ord, hash, str, module = "sas_psc.rpps")]
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rpps(id::Rpps);

impl std::fmt::Display for Rpps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[pymethods]
impl Rpps {
    #[new]
    fn parse(text: &str) -> Result<Rpps, Raised> {
        Ok(Rpps(id::Rpps::parse(text)?))
    }

    /// Whether the text is an RPPS number.
    #[staticmethod]
    fn is_valid(text: &str) -> bool {
        id::Rpps::parse(text).is_ok()
    }

    /// Whether it is one of ANS's test numbers (997…, 999…).
    #[getter]
    fn is_test_number(&self) -> bool {
        self.0.is_test_number()
    }

    /// The national identifier: 8 and the number.
    #[getter]
    fn id_nat(&self) -> String {
        self.0.to_id_nat().as_str().to_owned()
    }

    fn __repr__(&self) -> String {
        format!("Rpps('{:?}')", self.0)
    }
}

/// What a check found. Its repr hides the number.
#[pyclass(frozen, module = "sas_psc.ids")]
pub struct Checked(id::Checked);

#[pymethods]
impl Checked {
    /// The value as given.
    #[getter]
    fn value(&self) -> &str {
        &self.0.value
    }

    /// The kind asked for; with ``auto`` the one found.
    #[getter]
    fn kind(&self) -> &str {
        self.0.kind.name()
    }

    /// Whether the number is accepted.
    #[getter]
    fn valid(&self) -> bool {
        self.0.valid
    }

    /// How far the check went: ``key`` or ``format``.
    #[getter]
    fn checked(&self) -> &str {
        self.0.checked.name()
    }

    /// The number as it should be stored, when it is valid.
    #[getter]
    fn normalized(&self) -> Option<&str> {
        self.0.normalized.as_deref()
    }

    /// Whether it is a test number, accepted or not.
    #[getter]
    fn test_number(&self) -> bool {
        self.0.test_number
    }

    /// Why it is refused: length, character, key, withdrawn, never-allocated, kind-unknown.
    #[getter]
    fn reason(&self) -> Option<&str> {
        self.0.reason.map(|reason| reason.name())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// Checks a number of a kind.
#[pyfunction]
pub fn id_check(value: &str, kind: &str, refuse_test_numbers: bool) -> Result<Checked, Raised> {
    Ok(Checked(id::check(kind.parse::<Kind>()?, value, refuse_test_numbers)))
}
