//! Examinations of the way to Pro Santé Connect, each with what to do: what `sas-psc doctor` prints.

use crate::environment::Environment;
use crate::error::Raised;
use crate::http::Http;
use crate::service::Client;
use pyo3::prelude::*;
use sas_psc::Lang;
use sas_psc::drive::{HttpConfig, blocking};

/// Examines the way to the provider, in the order in which it would be mended: ``check``, ``status``, ``code``,
/// ``message``, ``hint`` of each. With ``observe``, what the provider shows of itself instead.
#[pyfunction]
#[pyo3(signature = (environment, client, *, http=None, observe=false, lang="fr"))]
pub fn examine<'py>(
    py: Python<'py>,
    environment: &Environment,
    client: &Client,
    http: Option<&Http>,
    observe: bool,
    lang: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let (default, lang) = (HttpConfig::default(), Lang::from_tag(lang));
    let config = http.map_or(&default, |http| &http.config);
    let psc = blocking::Psc::new(environment.0.clone(), client.0.clone(), config).map_err(Raised::from)?;
    let found = py.detach(|| if observe { psc.observe(lang) } else { psc.examine(lang) });
    py.import("json")?.call_method1("loads", (serde_json::to_string(&found).unwrap_or_default(),))
}
