//! Participation settings of an effector or a structure, slots of the agenda, absences from it.

use crate::error::Raised;
use crate::professional::objects;
use pyo3::prelude::*;
use sas_psc::Lang;
use sas_psc::base::Timestamp;
use sas_psc::participation::{
    Mode, check_absences_json, check_json, check_slot_json, check_structure_json, slot_days_json,
};

fn mode(compatible: bool) -> Mode {
    if compatible { Mode::Compatible } else { Mode::Strict }
}

/// The verdict on an effector's settings, which come as JSON.
#[pyfunction]
pub fn participation_check<'py>(
    py: Python<'py>,
    settings: &str,
    compatible: bool,
    lang: &str,
) -> PyResult<Bound<'py, PyAny>> {
    objects(py, &check_json(settings, mode(compatible), Lang::from_tag(lang)).map_err(Raised::from)?)
}

/// The verdict on a structure's settings, which come as JSON.
#[pyfunction]
pub fn participation_check_structure<'py>(
    py: Python<'py>,
    settings: &str,
    compatible: bool,
    lang: &str,
) -> PyResult<Bound<'py, PyAny>> {
    objects(py, &check_structure_json(settings, mode(compatible), Lang::from_tag(lang)).map_err(Raised::from)?)
}

/// The verdict on a slot, which comes as JSON, as it is at a moment.
#[pyfunction]
pub fn participation_check_slot<'py>(
    py: Python<'py>,
    slot: &str,
    compatible: bool,
    lang: &str,
    now: i64,
) -> PyResult<Bound<'py, PyAny>> {
    let now = Timestamp::from_unix_millis(now);
    objects(py, &check_slot_json(slot, mode(compatible), Lang::from_tag(lang), now).map_err(Raised::from)?)
}

/// The verdict on absences, which come as JSON, as they are at a moment.
#[pyfunction]
pub fn participation_check_absences<'py>(
    py: Python<'py>,
    absences: &str,
    compatible: bool,
    lang: &str,
    now: i64,
) -> PyResult<Bound<'py, PyAny>> {
    let now = Timestamp::from_unix_millis(now);
    objects(py, &check_absences_json(absences, mode(compatible), Lang::from_tag(lang), now).map_err(Raised::from)?)
}

/// The days on which a slot stands up to its member "until", likewise.
#[pyfunction]
pub fn participation_slot_days<'py>(
    py: Python<'py>,
    slot: &str,
    compatible: bool,
    lang: &str,
    now: i64,
) -> PyResult<Bound<'py, PyAny>> {
    let now = Timestamp::from_unix_millis(now);
    objects(py, &slot_days_json(slot, mode(compatible), Lang::from_tag(lang), now).map_err(Raised::from)?)
}
