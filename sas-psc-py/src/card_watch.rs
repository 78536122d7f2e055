//! What happens at the readers, and what a workstation does then.

use crate::error::Raised;
use crate::professional::objects;
use crate::time::at;
use pyo3::prelude::*;
use sas_psc::card::{self, CardPresencePolicy, CardSerial};
use sas_psc::drive;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Follows readers and cards as they come and go.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CardWatch(Mutex<drive::CardWatch>);

impl From<drive::CardWatch> for CardWatch {
    fn from(watch: drive::CardWatch) -> CardWatch {
        CardWatch(Mutex::new(watch))
    }
}

#[pymethods]
impl CardWatch {
    /// The next event; none when nothing happened.
    fn next<'py>(&self, py: Python<'py>, timeout: f64) -> PyResult<Option<Bound<'py, PyAny>>> {
        let longest = Duration::try_from_secs_f64(timeout).unwrap_or_default();
        let next = || self.0.lock().unwrap_or_else(PoisonError::into_inner).next_within(longest);
        py.detach(next).map(|event| objects(py, &event.described())).transpose()
    }
}

/// The card of a session, followed by what happens to it.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CardPresence(Mutex<card::CardPresence>);

impl CardPresence {
    fn inner(&self) -> MutexGuard<'_, card::CardPresence> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl CardPresence {
    #[new]
    #[pyo3(signature = (*, lock_on_removal=true, warn_after=10.0))]
    fn new(lock_on_removal: bool, warn_after: Option<f64>) -> CardPresence {
        let warn_after = warn_after.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or_default());
        CardPresence(card::CardPresence::new(CardPresencePolicy { lock_on_removal, warn_after }).into())
    }

    /// The holder of this card signed in.
    fn signed_in(&self, serial: String) -> Result<(), Raised> {
        self.inner().signed_in(CardSerial::try_from(serial)?);
        Ok(())
    }

    /// The holder signed out.
    #[pyo3(signature = (*, now=None))]
    fn signed_out(&self, now: Option<f64>) {
        self.inner().signed_out(at(now));
    }

    /// A card was put in.
    fn inserted(&self, serial: String) -> Result<&'static str, Raised> {
        Ok(self.inner().inserted(CardSerial::try_from(serial)?).word())
    }

    /// The card was pulled.
    fn removed(&self) -> &'static str {
        self.inner().removed().word()
    }

    /// Time passes.
    #[pyo3(signature = (*, now=None))]
    fn tick(&self, now: Option<f64>) -> &'static str {
        self.inner().tick(at(now)).word()
    }

    /// The session waits for its card.
    #[getter]
    fn is_locked(&self) -> bool {
        self.inner().is_locked()
    }
}
