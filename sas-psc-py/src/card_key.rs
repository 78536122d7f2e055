//! A key that signs where it lies, for TLS: through PC/SC, through PKCS#11.

use crate::error::Raised;
use crate::professional::objects;
use crate::readers::CardReaders;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::card::{PinEntry, ReaderName, SignatureScheme, Signer};
use sas_psc::drive;
use std::path::PathBuf;
use std::sync::Arc;

/// The authentication key of a card, with the PIN that opens it.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CardKey(pub Arc<dyn Signer>);

#[pymethods]
impl CardKey {
    /// The key of the card in a reader.
    #[staticmethod]
    fn in_reader(
        py: Python<'_>,
        readers: &CardReaders,
        reader: Option<&str>,
        pin: Option<&str>,
        last_try: bool,
    ) -> Result<CardKey, Raised> {
        let (reader, pin) = (reader.map(ReaderName::new), PinEntry::of(pin, last_try)?);
        Ok(CardKey(Arc::new(py.detach(|| readers.0.key(reader.as_ref(), pin))?)))
    }

    /// The certificate, DER.
    #[getter]
    fn certificate<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.chain().first().map_or(&[][..], |der| der))
    }

    /// What the key can really do.
    #[getter]
    fn schemes(&self) -> Vec<&'static str> {
        self.0.schemes().iter().map(|scheme| scheme.word()).collect()
    }

    /// Signs a message.
    #[pyo3(signature = (message, *, scheme="pkcs1-sha256"))]
    fn sign<'py>(&self, py: Python<'py>, message: &[u8], scheme: &str) -> Result<Bound<'py, PyBytes>, Raised> {
        let scheme = SignatureScheme::of_word(scheme)?;
        Ok(PyBytes::new(py, &py.detach(|| self.0.sign(scheme, message))?))
    }

    /// Signs a hash.
    #[pyo3(signature = (hash, *, scheme="pkcs1-sha256"))]
    fn sign_hash<'py>(&self, py: Python<'py>, hash: &[u8], scheme: &str) -> Result<Bound<'py, PyBytes>, Raised> {
        let scheme = SignatureScheme::of_word(scheme)?;
        Ok(PyBytes::new(py, &py.detach(|| self.0.sign_hash(scheme, hash))?))
    }
}

/// A module of PKCS#11.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct Pkcs11(drive::Pkcs11);

#[pymethods]
impl Pkcs11 {
    #[new]
    fn new(py: Python<'_>, module: PathBuf) -> Result<Pkcs11, Raised> {
        Ok(Pkcs11(py.detach(|| drive::Pkcs11::load(module))?))
    }

    /// The modules that are installed here.
    #[staticmethod]
    fn installed() -> Vec<PathBuf> {
        drive::Pkcs11::installed()
    }

    /// The tokens that are there.
    fn tokens<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &py.detach(|| self.0.tokens()).map_err(Raised::from)?)
    }

    /// The authentication key of a token.
    #[pyo3(signature = (pin=None, *, label=None, use_last_try=false))]
    fn key(
        &self,
        py: Python<'_>,
        pin: Option<&str>,
        label: Option<&str>,
        use_last_try: bool,
    ) -> Result<CardKey, Raised> {
        let pin = PinEntry::of(pin, use_last_try)?;
        Ok(CardKey(Arc::new(py.detach(|| self.0.key(label, pin))?)))
    }
}
