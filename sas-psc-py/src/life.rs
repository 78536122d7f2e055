//! An account's life, and the file that a person is given of theirs.

use crate::error::Raised;
use crate::professional::objects;
use pyo3::prelude::*;
use sas_psc::base::Timestamp;
use sas_psc::onboarding::lifecycle::{Life, LifeRules, PersonExport};

fn at(unix_millis: i64) -> Timestamp {
    Timestamp::from_unix_millis(unix_millis)
}

/// What is due in a life, which comes as JSON, by rules, likewise.
#[pyfunction]
pub fn life_due<'py>(py: Python<'py>, life: &str, rules: &str, now: i64) -> PyResult<Bound<'py, PyAny>> {
    let rules = LifeRules::from_json(rules).map_err(Raised::from)?;
    objects(py, &Life::from_json(life).map_err(Raised::from)?.described(&rules, at(now)))
}

/// The file of all that is held of a person, of parts that come as JSON.
#[pyfunction]
pub fn person_export(parts: &str, now: i64) -> Result<Vec<u8>, Raised> {
    Ok(PersonExport::of_parts(parts, at(now))?.to_json()?)
}
