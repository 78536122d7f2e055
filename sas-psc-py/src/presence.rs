//! When a workstation locks and when a person must prove again who they are (Ségur IEPS 6, 12, 13).

use crate::signed_in::SignedIn;
use crate::time::{at, seconds};
use pyo3::prelude::*;
use sas_psc::psc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The times that a site has chosen; by default it has chosen none.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct PresencePolicy(psc::PresencePolicy);

/// What a person at a workstation may do now.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Presence(psc::Presence);

/// What is known of a person at a workstation.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Activity(Mutex<psc::Activity>);

fn lasting(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

#[pymethods]
impl PresencePolicy {
    #[new]
    #[pyo3(signature = (*, lock_after=None, renew_every=None))]
    fn new(lock_after: Option<f64>, renew_every: Option<f64>) -> PresencePolicy {
        let policy = psc::PresencePolicy::default();
        let policy = lock_after.into_iter().fold(policy, |policy, after| policy.lock_after(lasting(after)));
        PresencePolicy(renew_every.into_iter().fold(policy, |policy, every| policy.renew_every(lasting(every))))
    }

    /// What the person may do now.
    #[pyo3(signature = (activity, *, now=None))]
    fn judge(&self, activity: &Activity, now: Option<f64>) -> Presence {
        Presence(self.0.judge(&activity.known(), at(now)))
    }
}

#[pymethods]
impl Presence {
    /// ``open``, ``lock`` or ``renew``.
    #[getter]
    fn name(&self) -> &'static str {
        self.0.name()
    }

    /// When it changes although nothing happens; none when it does not.
    #[getter]
    fn changes_at(&self) -> Option<f64> {
        self.0.changes_at().map(seconds)
    }

    fn __repr__(&self) -> String {
        format!("Presence('{}')", self.0.name())
    }
}

impl Activity {
    fn known(&self) -> MutexGuard<'_, psc::Activity> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Activity {
    #[new]
    #[pyo3(signature = (authenticated_at, active_at=None, *, locked=false))]
    fn new(authenticated_at: f64, active_at: Option<f64>, locked: bool) -> Activity {
        Activity(Mutex::new(psc::Activity::kept(at(Some(authenticated_at)), at(active_at), locked)))
    }

    /// Of a person who signed in.
    #[staticmethod]
    #[pyo3(signature = (signed_in, *, now=None))]
    fn of(signed_in: &SignedIn, now: Option<f64>) -> Activity {
        Activity(Mutex::new(psc::Activity::of(&signed_in.0.sign_in, at(now))))
    }

    /// The person did something; what they do while it is not ``open`` counts for nothing.
    #[pyo3(signature = (policy, *, now=None))]
    fn touched(&self, policy: &PresencePolicy, now: Option<f64>) -> Presence {
        Presence(self.known().touched(&policy.0, at(now)))
    }

    /// The person locked the workstation, or it was told to.
    fn lock(&self) {
        self.known().lock();
    }

    /// The application's own lock was opened.
    #[pyo3(signature = (*, now=None))]
    fn unlocked(&self, now: Option<f64>) {
        self.known().unlocked(at(now));
    }

    /// The person proved again who they are.
    #[pyo3(signature = (authenticated_at, *, now=None))]
    fn renewed(&self, authenticated_at: f64, now: Option<f64>) {
        self.known().renewed(at(Some(authenticated_at)), at(now));
    }

    /// When the person proved who they are.
    #[getter]
    fn authenticated_at(&self) -> f64 {
        seconds(self.known().authenticated_at())
    }

    /// When they last did something that counted.
    #[getter]
    fn active_at(&self) -> f64 {
        seconds(self.known().active_at())
    }

    /// Whether the lock was closed.
    #[getter]
    fn locked(&self) -> bool {
        self.known().is_locked()
    }
}
