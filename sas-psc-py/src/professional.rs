//! What the provider says of a person, who they are, and the situation that they choose to work in.

use crate::error::Raised;
use pyo3::prelude::*;
use sas_psc::id::IdNat;
use sas_psc::person;
use sas_psc::psc::{self, AuthMode};

/// A value of the SDK as Python objects.
pub fn objects<'py>(py: Python<'py>, value: &impl serde::Serialize) -> PyResult<Bound<'py, PyAny>> {
    let json = serde_json::to_string(value).unwrap_or_default();
    py.import("json")?.call_method1("loads", (json,))
}

/// A userinfo document, in any of the shapes that the provider has used. Its repr hides who.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct UserInfo(pub psc::UserInfo);

#[pymethods]
impl UserInfo {
    /// Reads a userinfo document. It proves nothing: compare its subject with that of the verified ID token.
    #[new]
    fn new(body: &[u8]) -> Result<UserInfo, Raised> {
        Ok(UserInfo(psc::UserInfo::parse(body)?))
    }

    /// The provider's key of the person.
    #[getter]
    fn subject(&self) -> &str {
        self.0.subject()
    }

    /// ``CARD``, ``MOBILE`` or another word, when said.
    #[getter]
    fn auth_mode(&self) -> Option<&str> {
        self.0.auth_mode().map(AuthMode::as_str)
    }

    /// The person.
    #[getter]
    fn professional(&self) -> Professional {
        Professional(self.0.professional().clone())
    }

    /// Every claim as received, known to the library or not.
    #[getter]
    fn claims<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, self.0.claims())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// A health professional. Its repr hides who.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Professional(pub person::Professional);

#[pymethods]
impl Professional {
    /// The national identifier.
    #[getter]
    fn id_nat(&self) -> &str {
        self.0.id_nat.as_str()
    }

    /// The RPPS number, when they have one.
    #[getter]
    fn rpps(&self) -> Option<String> {
        self.0.rpps().map(|rpps| rpps.to_string())
    }

    /// The ADELI number, when they have one.
    #[getter]
    fn adeli(&self) -> Option<String> {
        self.0.adeli().map(|adeli| adeli.to_string())
    }

    /// Family name.
    #[getter]
    fn family_name(&self) -> &str {
        &self.0.name.family
    }

    /// Given name.
    #[getter]
    fn given_name(&self) -> &str {
        &self.0.name.given
    }

    /// The name behind its title, to show.
    #[getter]
    fn display_name(&self) -> String {
        self.0.display_name()
    }

    /// Everything known, with the French label of each code.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.0.described())
    }

    /// What they may choose from: each activity, and each practice without one.
    #[getter]
    fn situations(&self) -> Vec<Situation> {
        let situation = |one: &person::Situation<'_>| Situation {
            key: one.key().to_owned(),
            label: one.label(),
            practice: one.practice().clone(),
            activity: one.activity().cloned(),
        };
        self.0.situations().iter().map(situation).collect()
    }

    /// Takes the person's choice: the key of one of their situations.
    fn choose(&self, key: &str) -> Result<ChosenSituation, Raised> {
        Ok(ChosenSituation(self.0.choose(key)?))
    }

    /// What an identifier kept before is to this person: ``same``, ``adeli-to-rpps``, ``renumbered``, ``unknown``.
    fn continuity(&self, kept_id_nat: &str) -> Result<&'static str, Raised> {
        Ok(self.0.continuity(&IdNat::parse(kept_id_nat)?).word())
    }

    /// Compares this description with another; raises when they differ in a word of ``refuse``.
    #[pyo3(signature = (other, *, active=None, other_active=None, refuse=Vec::new()))]
    fn crosscheck<'py>(
        &self,
        py: Python<'py>,
        other: &Professional,
        active: Option<bool>,
        other_active: Option<bool>,
        refuse: Vec<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let found = self.0.crosscheck(&other.0).with_active(active, other_active);
        let refuse = person::DifferenceKind::of_words(&refuse.join(",")).map_err(Raised::from)?;
        found.refuse(&refuse).map_err(Raised::from)?;
        objects(py, &found)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// One thing to choose. Its repr hides the place.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Situation {
    key: String,
    label: String,
    practice: person::Practice,
    activity: Option<person::Activity>,
}

#[pymethods]
impl Situation {
    /// What to send back when this one is chosen; the same at every sign-in.
    #[getter]
    fn key(&self) -> &str {
        &self.key
    }

    /// The line to show, in French.
    #[getter]
    fn label(&self) -> &str {
        &self.label
    }

    /// The practice with its labels.
    #[getter]
    fn practice<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.practice.described())
    }

    /// The activity with its labels; none for a practice without one.
    #[getter]
    fn activity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.activity.as_ref().map(person::Activity::described))
    }

    fn __repr__(&self) -> String {
        format!("Situation('{}')", self.key)
    }
}

/// A situation that was this person's own when they chose it. Its repr hides the place.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct ChosenSituation(person::ChosenSituation);

#[pymethods]
impl ChosenSituation {
    /// Its key: keep it, and choose it again at the next sign-in.
    #[getter]
    fn key(&self) -> &str {
        self.0.key()
    }

    /// The national identifier of whose it is.
    #[getter]
    fn person(&self) -> &str {
        self.0.person().as_str()
    }

    /// The practice with its labels, the chosen activity alone in it.
    #[getter]
    fn practice<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.0.practice().described())
    }

    /// Whether it is still one of this person's.
    fn is_of(&self, person: &Professional) -> bool {
        self.0.is_of(&person.0)
    }

    fn __repr__(&self) -> String {
        format!("ChosenSituation('{}')", self.0.key())
    }
}
