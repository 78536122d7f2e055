//! Proof that a person controls a mailbox: addresses, the challenge, the words of its mail, how many may be asked for.

use crate::error::Raised;
use crate::professional::objects;
use crate::time::{at, seconds};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::Lang;
use sas_psc::base::{self, ExposeSecret};
use sas_psc::drive::{self, SystemRandom, block_on, mail_templates};
use sas_psc::email::{self, Address, Lifetime, LimitRules, LimitStore, Limiter, MailAsk, MailKind};
use sas_psc::person::Binding;
use sas_psc::store::Sqlite;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Whether a text is an address.
#[pyfunction]
pub fn email_check<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    objects(py, &Address::check(text))
}

/// A secret of the server.
#[pyclass(frozen, module = "sas_psc.email")]
pub struct ServerKey(pub base::ServerKey);

#[pymethods]
impl ServerKey {
    #[new]
    fn new(bytes: &[u8]) -> Result<ServerKey, Raised> {
        Ok(ServerKey(base::ServerKey::new(bytes)?))
    }
}

/// A challenge in progress.
#[pyclass(frozen, module = "sas_psc.email")]
pub struct EmailChallenge(Mutex<email::Challenge>);

impl EmailChallenge {
    fn with<T>(&self, work: impl FnOnce(&mut email::Challenge) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[pymethods]
impl EmailChallenge {
    #[new]
    #[pyo3(signature = (issuer, subject, attempt, address, *, lifetime=5, now=None))]
    fn new(
        issuer: &str,
        subject: &str,
        attempt: &str,
        address: &str,
        lifetime: u8,
        now: Option<f64>,
    ) -> Result<EmailChallenge, Raised> {
        let (binding, lifetime) = (Binding::new(issuer, subject, attempt), Lifetime::minutes(lifetime)?);
        let made = email::Challenge::new(binding, Address::parse(address)?, lifetime, &mut SystemRandom, at(now))?;
        Ok(EmailChallenge(Mutex::new(made)))
    }

    #[staticmethod]
    fn resume(stored: &[u8]) -> Result<EmailChallenge, Raised> {
        Ok(EmailChallenge(Mutex::new(email::Challenge::resume(stored)?)))
    }

    fn to_stored<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Raised> {
        Ok(PyBytes::new(py, &self.with(|challenge| challenge.to_stored())?))
    }

    #[getter]
    fn id(&self) -> String {
        self.with(|challenge| challenge.id().to_owned())
    }

    #[getter]
    fn address(&self) -> String {
        self.with(|challenge| challenge.address().as_typed().to_owned())
    }

    #[getter]
    fn tries_left(&self) -> u8 {
        self.with(|challenge| challenge.tries_left())
    }

    #[getter]
    fn resend_at(&self) -> f64 {
        self.with(|challenge| seconds(challenge.resend_at()))
    }

    #[pyo3(signature = (*, now=None))]
    fn status(&self, now: Option<f64>) -> &'static str {
        self.with(|challenge| challenge.status(at(now)).name())
    }

    #[pyo3(signature = (key, *, now=None))]
    fn write(&self, key: &ServerKey, now: Option<f64>) -> Result<EmailDispatch, Raised> {
        Ok(EmailDispatch(self.with(|challenge| challenge.write(&key.0, &mut SystemRandom, at(now)))?))
    }

    #[pyo3(signature = (dispatch, *, now=None))]
    fn handed_over(&self, dispatch: &EmailDispatch, now: Option<f64>) -> Result<f64, Raised> {
        Ok(seconds(self.with(|challenge| challenge.handed_over(dispatch.0.number(), at(now)))?))
    }

    fn refused(&self, dispatch: &EmailDispatch) -> Result<(), Raised> {
        Ok(self.with(|challenge| challenge.refused(dispatch.0.number()))?)
    }

    #[pyo3(signature = (*, now=None))]
    fn resend(&self, now: Option<f64>) -> Result<(), Raised> {
        Ok(self.with(|challenge| challenge.resend(at(now)))?)
    }

    #[pyo3(signature = (address, *, now=None))]
    fn change_address(&self, address: &str, now: Option<f64>) -> Result<(), Raised> {
        let address = Address::parse(address)?;
        Ok(self.with(|challenge| challenge.change_address(address, at(now)))?)
    }

    #[pyo3(signature = (key, code, issuer, subject, attempt, *, now=None))]
    fn answer_code(
        &self,
        key: &ServerKey,
        code: &str,
        issuer: &str,
        subject: &str,
        attempt: &str,
        now: Option<f64>,
    ) -> Result<EmailControl, Raised> {
        let by = Binding::new(issuer, subject, attempt);
        let answer = self.with(|challenge| challenge.answer_code(&key.0, code, &by, at(now)))?;
        Ok(EmailControl(answer.proven()?))
    }

    #[pyo3(signature = (token, issuer, subject, attempt, *, now=None))]
    fn answer_link(
        &self,
        token: &str,
        issuer: &str,
        subject: &str,
        attempt: &str,
        now: Option<f64>,
    ) -> Result<EmailControl, Raised> {
        let by = Binding::new(issuer, subject, attempt);
        Ok(EmailControl(self.with(|challenge| challenge.answer_link(token, &by, at(now)))?))
    }

    #[pyo3(signature = (token, session=None, *, now=None))]
    fn open_link(
        &self,
        token: &str,
        session: Option<(String, String, String)>,
        now: Option<f64>,
    ) -> Result<&'static str, Raised> {
        let session = session.map(|(issuer, subject, attempt)| Binding::new(issuer, subject, attempt));
        Ok(self.with(|challenge| challenge.open_link(token, session.as_ref(), at(now)))?.name())
    }

    fn __repr__(&self) -> &'static str {
        "<EmailChallenge>"
    }
}

/// What a mail must carry.
#[pyclass(frozen, module = "sas_psc.email")]
pub struct EmailDispatch(email::Dispatch);

#[pymethods]
impl EmailDispatch {
    #[getter]
    fn number(&self) -> u32 {
        self.0.number()
    }

    #[getter]
    fn code(&self) -> &str {
        self.0.code().expose_secret()
    }

    #[getter]
    fn expires(&self) -> f64 {
        seconds(self.0.expires())
    }

    fn link(&self, base: &str) -> Result<String, Raised> {
        Ok(self.0.link(base)?.expose_secret().to_owned())
    }

    fn __repr__(&self) -> &'static str {
        "<EmailDispatch>"
    }
}

/// Evidence that a person controlled a mailbox.
#[pyclass(frozen, module = "sas_psc.email")]
pub struct EmailControl(email::EmailControl);

#[pymethods]
impl EmailControl {
    #[getter]
    fn address(&self) -> &str {
        self.0.address().as_typed()
    }

    #[getter]
    fn canonical(&self) -> &str {
        self.0.address().canonical()
    }

    #[getter]
    fn subject(&self) -> &str {
        self.0.subject()
    }

    #[getter]
    fn proven_at(&self) -> f64 {
        seconds(self.0.proven_at())
    }

    #[getter]
    fn by(&self) -> &'static str {
        self.0.by().name()
    }

    fn __repr__(&self) -> &'static str {
        "<EmailControl>"
    }
}

/// The words of the mails.
#[pyclass(frozen, module = "sas_psc.email")]
pub struct EmailTemplates(pub email::Templates);

#[pymethods]
impl EmailTemplates {
    #[new]
    #[pyo3(signature = (folder=None))]
    fn new(folder: Option<PathBuf>) -> Result<EmailTemplates, Raised> {
        Ok(EmailTemplates(folder.map_or_else(|| Ok(email::Templates::default()), mail_templates)?))
    }

    fn with_file(&self, name: &str, content: &str) -> Result<EmailTemplates, Raised> {
        Ok(EmailTemplates(self.0.clone().with_file(name, content)?))
    }

    fn challenge<'py>(
        &self,
        py: Python<'py>,
        kind: &str,
        lang: &str,
        service: &str,
        link_base: &str,
        dispatch: &EmailDispatch,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (kind, lang) = (MailKind::named(kind).map_err(Raised::from)?, Lang::from_tag(lang));
        let mail = self.0.challenge(kind, lang, service, link_base, &dispatch.0).map_err(Raised::from)?;
        objects(py, &mail.parts())
    }

    fn already_linked<'py>(
        &self,
        py: Python<'py>,
        lang: &str,
        service: &str,
        dispatch: &EmailDispatch,
    ) -> PyResult<Bound<'py, PyAny>> {
        objects(py, &self.0.already_linked(Lang::from_tag(lang), service, &dispatch.0).parts())
    }

    fn preview<'py>(&self, py: Python<'py>, kind: &str, lang: &str, service: &str) -> PyResult<Bound<'py, PyAny>> {
        let kind = MailKind::named(kind).map_err(Raised::from)?;
        objects(py, &self.0.preview(kind, Lang::from_tag(lang), service).parts())
    }
}

/// How many mails may be asked for, counted in a SQLite file that all instances share.
#[pyclass(frozen, module = "sas_psc.email")]
pub struct MailLimits(drive::MailLimits<Sqlite>);

#[pymethods]
impl MailLimits {
    #[new]
    #[pyo3(signature = (path, key, rules="{}"))]
    fn new(path: PathBuf, key: &ServerKey, rules: &str) -> Result<MailLimits, Raised> {
        let limiter = Limiter::new(key.0.clone(), LimitRules::from_json(rules)?);
        Ok(MailLimits(drive::MailLimits::new(limiter, Sqlite::open(path)?)))
    }

    #[pyo3(signature = (person, address, network=None, *, now=None))]
    fn ask(
        &self,
        py: Python<'_>,
        person: &[u8],
        address: &str,
        network: Option<IpAddr>,
        now: Option<f64>,
    ) -> Result<f64, Raised> {
        let address = Address::parse(address)?;
        let ask = MailAsk { person, address: &address, network };
        Ok(seconds(py.detach(|| block_on(self.0.ask(&ask, at(now))))?))
    }

    #[pyo3(signature = (*, now=None))]
    fn sweep(&self, py: Python<'_>, now: Option<f64>) -> Result<u64, Raised> {
        Ok(py.detach(|| block_on(self.0.store().sweep_limit_rows(at(now))))?)
    }
}
