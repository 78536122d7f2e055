//! RPPS numbers, and the check of a number of any kind.

use crate::error::Raised;
use pyo3::prelude::*;
use sas_psc::id::fhir::{self, FhirIdentifier as Read};
use sas_psc::id::{self, Kind};

/// An RPPS number with a right key. Its repr hides all but the last four digits.
#[pyclass(frozen, eq, ord, hash, str, module = "sas_psc.rpps")]
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rpps(id::Rpps);

impl std::fmt::Display for Rpps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[pymethods]
impl Rpps {
    #[new]
    fn parse(text: &str) -> Result<Rpps, Raised> {
        Ok(Rpps(id::Rpps::parse(text)?))
    }

    /// Whether the text is an RPPS number.
    #[staticmethod]
    fn is_valid(text: &str) -> bool {
        id::Rpps::parse(text).is_ok()
    }

    /// Whether it is one of ANS's test numbers (997…, 999…).
    #[getter]
    fn is_test_number(&self) -> bool {
        self.0.is_test_number()
    }

    /// The national identifier: 8 and the number.
    #[getter]
    fn id_nat(&self) -> String {
        self.0.to_id_nat().as_str().to_owned()
    }

    /// The 11 digits in groups, with no-break spaces.
    #[getter]
    fn grouped(&self) -> String {
        self.0.grouped()
    }

    /// The last four digits behind seven dots, to show someone which number is theirs.
    #[getter]
    fn masked(&self) -> String {
        self.0.masked()
    }

    fn __repr__(&self) -> String {
        format!("Rpps('{:?}')", self.0)
    }
}

/// A national identifier (IdNat_PS) as its source spells it, known or not. Its repr hides all but the last four characters.
#[pyclass(frozen, eq, ord, hash, str, module = "sas_psc.ids")]
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdNat(id::IdNat);

impl std::fmt::Display for IdNat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[pymethods]
impl IdNat {
    #[new]
    fn parse(text: &str) -> Result<IdNat, Raised> {
        Ok(IdNat(id::IdNat::parse(text)?))
    }

    /// What a person types: a national identifier, or the RPPS number alone.
    #[staticmethod]
    fn typed(text: &str) -> Result<IdNat, Raised> {
        Ok(IdNat(id::IdNat::typed(text)?))
    }

    /// The type digit; None for an identity of no known kind.
    #[getter]
    fn type_digit(&self) -> Option<u8> {
        self.0.kind().digit()
    }

    /// The RPPS number, when there is a valid one.
    #[getter]
    fn rpps(&self) -> Option<Rpps> {
        self.0.rpps().map(Rpps)
    }

    /// The ADELI number, when there is a valid one.
    #[getter]
    fn adeli(&self) -> Option<String> {
        self.0.adeli().map(|adeli| adeli.to_string())
    }

    /// The structure of a staff number.
    #[getter]
    fn structure(&self) -> Option<&str> {
        self.0.structure()
    }

    /// The number inside the structure.
    #[getter]
    fn internal(&self) -> Option<&str> {
        self.0.internal()
    }

    /// Whether it is a test identity.
    #[getter]
    fn is_test_number(&self) -> bool {
        self.0.is_test_number()
    }

    /// The type digit apart, then the number in groups, with no-break spaces.
    #[getter]
    fn grouped(&self) -> String {
        self.0.grouped()
    }

    fn __repr__(&self) -> String {
        format!("IdNat('{:?}')", self.0)
    }
}

/// What a check found. Its repr hides the number.
#[pyclass(frozen, module = "sas_psc.ids")]
pub struct Checked(id::Checked);

#[pymethods]
impl Checked {
    /// The value as given.
    #[getter]
    fn value(&self) -> &str {
        &self.0.value
    }

    /// The kind asked for; with ``auto`` the one found.
    #[getter]
    fn kind(&self) -> &str {
        self.0.kind.name()
    }

    /// Whether the number is accepted.
    #[getter]
    fn valid(&self) -> bool {
        self.0.valid
    }

    /// How far the check went: ``key`` or ``format``.
    #[getter]
    fn checked(&self) -> &str {
        self.0.checked.name()
    }

    /// The number as it should be stored, when it is valid.
    #[getter]
    fn normalized(&self) -> Option<&str> {
        self.0.normalized.as_deref()
    }

    /// Whether it is a test number, accepted or not.
    #[getter]
    fn test_number(&self) -> bool {
        self.0.test_number
    }

    /// Why it is refused: length, character, key, withdrawn, never-allocated, kind-unknown.
    #[getter]
    fn reason(&self) -> Option<&str> {
        self.0.reason.map(|reason| reason.name())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// Checks a number of a kind.
#[pyfunction]
pub fn id_check(value: &str, kind: &str, refuse_test_numbers: bool) -> Result<Checked, Raised> {
    Ok(Checked(id::check(kind.parse::<Kind>()?, value, refuse_test_numbers)))
}

/// Whether a number of a kind is accepted.
#[pyfunction]
pub fn id_is_valid(value: &str, kind: &str, refuse_test_numbers: bool) -> Result<bool, Raised> {
    Ok(id::judge(kind.parse::<Kind>()?, value, refuse_test_numbers).is_valid())
}

/// A number of a kind as it should be stored.
#[pyfunction]
pub fn id_normalized(value: &str, kind: &str) -> Result<String, Raised> {
    Ok(id::normalized(kind.parse::<Kind>()?, value)?)
}

/// A number of a kind in the usual groups.
#[pyfunction]
pub fn id_grouped(value: &str, kind: &str) -> Result<String, Raised> {
    Ok(id::grouped(kind.parse::<Kind>()?, value)?)
}

/// An identifier of a FHIR resource. Its repr hides all but the last four characters.
#[pyclass(frozen, eq, module = "sas_psc.ids")]
#[derive(PartialEq)]
pub struct FhirIdentifier(Read);

#[pymethods]
impl FhirIdentifier {
    /// What it is: rpps, id-nat, adeli, structure, finess, activity, other.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    /// The number; that of an RPPS practice has the type digit that FHIR leaves out.
    #[getter]
    fn value(&self) -> &str {
        self.0.as_str()
    }

    /// The RPPS number, from itself or a national identifier.
    #[getter]
    fn rpps(&self) -> Option<Rpps> {
        self.0.rpps().map(Rpps)
    }

    fn __repr__(&self) -> String {
        format!("FhirIdentifier.{:?}", self.0)
    }
}

/// Reads an identifier of a FHIR resource.
#[pyfunction]
pub fn id_fhir_read(value: &str, system: Option<&str>, type_code: Option<&str>) -> Result<FhirIdentifier, Raised> {
    Ok(FhirIdentifier(Read::read(system, type_code, value)?))
}

/// A national identifier as a FHIR search takes it.
#[pyfunction]
pub fn id_fhir_token(id_nat: &IdNat) -> String {
    fhir::token(&id_nat.0)
}
