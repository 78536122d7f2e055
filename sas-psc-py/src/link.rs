//! Accounts that exist already: what a sign-in means for them, and a plan over a whole base.

use crate::error::Raised;
use crate::professional::{Professional, objects};
use pyo3::prelude::*;
use sas_psc::onboarding::link::{self, LinkPolicy, PlanColumns, PlanRow};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a sign-in means for the accounts, which come as JSON.
#[pyfunction]
pub fn link_decide<'py>(
    py: Python<'py>,
    person: &Professional,
    accounts: &str,
    trusted_origins: Option<Vec<String>>,
) -> PyResult<Bound<'py, PyAny>> {
    let policy = trusted_origins.map_or_else(LinkPolicy::default, |origins| LinkPolicy { trusted_origins: origins });
    let candidates = link::candidates_from_json(accounts).map_err(Raised::from)?;
    objects(py, &link::decide(&person.0, &candidates, &policy))
}

/// The column of the account and those of the numbers, by the header of a table.
#[pyfunction]
pub fn link_plan_columns(header: Vec<String>) -> Result<(usize, Vec<usize>), Raised> {
    let PlanColumns { account, numbers } = PlanColumns::of(&header)?;
    Ok((account, numbers))
}

/// Who bears which number, in a base of accounts.
#[pyclass(frozen, module = "sas_psc.link")]
pub struct LinkPlan(Mutex<link::LinkPlan>);

impl LinkPlan {
    fn plan(&self) -> MutexGuard<'_, link::LinkPlan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl LinkPlan {
    /// A plan of nothing yet.
    #[new]
    fn new() -> LinkPlan {
        LinkPlan(Mutex::default())
    }

    /// The first pass: an account and its numbers.
    fn see(&self, account: &str, numbers: Vec<String>) -> Result<(), Raised> {
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        Ok(self.plan().see(PlanRow { account, numbers: &numbers })?)
    }

    /// The second pass: ``linked``, ``ambiguous``, ``unknown`` or ``wrong-number``.
    #[pyo3(signature = (account, numbers, people=None))]
    fn judge(&self, account: &str, numbers: Vec<String>, people: Option<Vec<String>>) -> &'static str {
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        self.plan().judge(PlanRow { account, numbers: &numbers }, |_| people.clone()).word()
    }

    fn __repr__(&self) -> String {
        format!("LinkPlan({} rows)", self.plan().rows())
    }
}
