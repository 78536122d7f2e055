//! The companion for the real platform, and the verification link that it sends.

use crate::error::Raised;
use crate::professional::objects;
use pyo3::prelude::*;
use sas_psc::Lang;
use sas_psc::onboarding::companion::{self, LinkHosts, VerificationLink};

/// What to have at hand, and the steps.
#[pyfunction]
pub fn companion_prepare<'py>(py: Python<'py>, asked: &str, lang: &str) -> PyResult<Bound<'py, PyAny>> {
    objects(py, &companion::prepare(asked, Lang::from_tag(lang)).map_err(Raised::from)?)
}

/// What a pasted verification link says of itself.
#[pyfunction]
pub fn verification_link_read<'py>(py: Python<'py>, link: &str, hosts: Vec<String>) -> PyResult<Bound<'py, PyAny>> {
    let read = LinkHosts::new(hosts).and_then(|hosts| VerificationLink::parse(link, &hosts));
    objects(py, &read.map_err(Raised::from)?.described())
}
