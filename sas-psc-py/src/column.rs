//! Columns of numbers, by the Arrow PyCapsule interface: whatever lends an array may be checked, and reads the answers.

use crate::error::Raised;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use sas_psc::id::Kind;
use sas_psc_arrow::{Answer, ArrowArray, ArrowArrayStream, ArrowSchema, Ask, check_array, check_stream};
use std::ffi::CStr;

const SCHEMA: &CStr = c"arrow_schema";
const ARRAY: &CStr = c"arrow_array";
const STREAM: &CStr = c"arrow_array_stream";

/// What was found in a column, row by row, for any library that reads Arrow. Its repr holds counts only.
#[pyclass(frozen, module = "sas_psc.ids")]
pub struct Checks(Answer);

#[pymethods]
impl Checks {
    /// The number of rows.
    fn __len__(&self) -> usize {
        self.0.rows()
    }

    /// How many numbers are accepted.
    #[getter]
    fn accepted(&self) -> usize {
        self.0.accepted()
    }

    /// How many numbers are refused.
    #[getter]
    fn refused(&self) -> usize {
        self.0.refused()
    }

    /// How many rows are null.
    #[getter]
    fn absent(&self) -> usize {
        self.0.absent()
    }

    /// The type of the answers.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        PyCapsule::new_with_value(py, self.0.schema(), SCHEMA)
    }

    /// The answers as one array.
    #[pyo3(signature = (requested_schema=None))]
    #[allow(unused_variables)] // a wish that the interface lets us ignore
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        let array = self.0.array().map_err(Raised::from)?;
        Ok((self.__arrow_c_schema__(py)?, PyCapsule::new_with_value(py, array, ARRAY)?))
    }

    /// The answers as a stream of arrays.
    #[pyo3(signature = (requested_schema=None))]
    #[allow(unused_variables)] // a wish that the interface lets us ignore
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        PyCapsule::new_with_value(py, self.0.stream(), STREAM)
    }

    fn __repr__(&self) -> String {
        let (rows, accepted, refused, absent) = (self.0.rows(), self.0.accepted(), self.0.refused(), self.0.absent());
        format!("Checks(rows={rows}, accepted={accepted}, refused={refused}, absent={absent})")
    }
}

/// Checks a column.
#[pyfunction]
pub fn ids_check(
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    kind: &str,
    refuse_test_numbers: bool,
    column: Option<&str>,
) -> PyResult<Checks> {
    let ask = Ask { kind: kind.parse::<Kind>().map_err(Raised::from)?, column, refuse_test_numbers };
    let found = if data.hasattr("__arrow_c_stream__")? {
        let capsule = data.call_method0("__arrow_c_stream__")?;
        let place = capsule.cast::<PyCapsule>()?.pointer_checked(Some(STREAM))?.cast::<ArrowArrayStream>();
        // SAFETY: a capsule of that name holds a stream, and is ours to empty.
        let stream = unsafe { ArrowArrayStream::take(place.as_ptr()) };
        py.detach(|| check_stream(stream, ask))
    } else if data.hasattr("__arrow_c_array__")? {
        let (schema, array) =
            data.call_method0("__arrow_c_array__")?.extract::<(Bound<'_, PyCapsule>, Bound<'_, PyCapsule>)>()?;
        let schema = schema.pointer_checked(Some(SCHEMA))?.cast::<ArrowSchema>();
        let array = array.pointer_checked(Some(ARRAY))?.cast::<ArrowArray>();
        // SAFETY: capsules of those names hold a schema and an array, and are ours to empty.
        let (schema, array) = unsafe { (ArrowSchema::take(schema.as_ptr()), ArrowArray::take(array.as_ptr())) };
        py.detach(|| check_array(&schema, array, ask))
    } else {
        return Err(PyTypeError::new_err(
            "a str, or an object with __arrow_c_stream__ or __arrow_c_array__ (pyarrow, polars, pandas, DuckDB…)",
        ));
    };
    Ok(Checks(found.map_err(Raised::from)?))
}
