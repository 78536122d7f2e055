//! A dialogue with a card, step by step.

use crate::error::{Raised, code_of};
use crate::professional::objects;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::card::{Dialogue, Ending, Step};
use sas_psc::{Code, Error};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a dialogue came to, as JSON.
type Told = serde_json::Result<serde_json::Value>;

/// A dialogue with a card in progress.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CardDialogue(Mutex<(Dialogue<Told>, Option<serde_json::Value>)>);

impl CardDialogue {
    /// Over one of the core.
    pub fn of(dialogue: Dialogue<Told>) -> CardDialogue {
        CardDialogue(Mutex::new((dialogue, None)))
    }

    fn inner(&self) -> MutexGuard<'_, (Dialogue<Told>, Option<serde_json::Value>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl CardDialogue {
    /// The next command, with the feature of the reader that it is for, 0 for the card; none when it is over.
    fn step<'py>(&self, py: Python<'py>) -> Result<Option<(Bound<'py, PyBytes>, u8)>, Raised> {
        let mut held = self.inner();
        match held.0.step()? {
            Step::Transmit(apdu) => Ok(Some((PyBytes::new(py, apdu.expose()), 0))),
            Step::Pinpad(request) => Ok(Some((PyBytes::new(py, &request.to_bytes()), request.purpose().feature()))),
            Step::Done(told) => {
                held.1 = Some(told.map_err(|_| Error::new(Code::BROKEN_INVARIANT))?);
                Ok(None)
            }
        }
    }

    /// What the card answered.
    fn answered(&self, answer: &[u8]) {
        self.inner().0.answered(answer);
    }

    /// No answer came.
    fn failed(&self, error: &Bound<'_, PyAny>) {
        self.inner().0.failed(Error::new(code_of(error)));
    }

    /// The transaction must end with a reset.
    #[getter]
    fn must_reset(&self) -> bool {
        self.inner().0.ending() == Ending::Reset
    }

    /// What it came to.
    #[getter]
    fn result<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let held = self.inner();
        let result = held.1.as_ref().ok_or_else(|| Raised::from(Error::new(Code::NOT_DONE)))?;
        objects(py, result)
    }
}
