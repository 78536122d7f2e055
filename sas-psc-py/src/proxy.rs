//! The workstation's side of a Proxy e-Santé: which proxy, its sessions, its three exchanges of one request each.

use crate::error::{Raised, code_of};
use crate::exchange::{exchange, step};
use crate::http::{Request, Response};
use crate::time::at;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::Error;
use sas_psc::drive::SystemRandom;
use sas_psc::id::IdNat;
use sas_psc::psc::proxy::{self, SendRequest};
use sas_psc::psc::{Exchange, danger};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Which proxy, and how it spells the published API.
#[pyclass(frozen, module = "sas_psc.proxy")]
pub struct ProxyApi(proxy::Proxy);

fn spelt(proxy: proxy::Proxy, settings: Option<BTreeMap<String, String>>) -> Result<ProxyApi, Raised> {
    let mut settings = settings.unwrap_or_default().into_iter();
    Ok(ProxyApi(settings.try_fold(proxy, |proxy, (name, value)| proxy.with_setting(&name, &value))?))
}

#[pymethods]
impl ProxyApi {
    #[new]
    #[pyo3(signature = (base, client_id, settings=None))]
    fn new(base: &str, client_id: &str, settings: Option<BTreeMap<String, String>>) -> Result<ProxyApi, Raised> {
        spelt(proxy::Proxy::at(base, client_id)?, settings)
    }

    /// Begins to sign a person in, by RPPS number or national identifier, who answers with ``mobile`` or ``card``. With a
    /// session that still lives nobody is asked.
    #[pyo3(signature = (person, channel="mobile", held=None))]
    fn connect(&self, person: &str, channel: &str, held: Option<&ProxySession>) -> Result<ProxyConnect, Raised> {
        let (person, held) = (IdNat::typed(person)?, held.map(|held| &held.0));
        Ok(self.0.connect(&person, channel.parse()?, held, &mut SystemRandom)?.into())
    }

    /// Begins to send a request to an API behind the proxy, by the proxy's name of it.
    #[pyo3(signature = (session, method, backend, path, *, headers=None, body=None))]
    fn send(
        &self,
        session: &ProxySession,
        method: &str,
        backend: &str,
        path: &str,
        headers: Option<BTreeMap<String, String>>,
        body: Option<Vec<u8>>,
    ) -> Result<ProxySend, Raised> {
        let request = SendRequest::new(method.parse()?, backend, path, body.unwrap_or_default());
        let mut headers = headers.unwrap_or_default().into_iter();
        let request = headers.try_fold(request, |request, (name, value)| request.header(&name, &value))?;
        Ok(self.0.send(&session.0, request)?.into())
    }

    /// Begins to end a session.
    fn disconnect(&self, session: &ProxySession) -> Result<ProxyDisconnect, Raised> {
        Ok(self.0.disconnect(&session.0)?.into())
    }

    /// The address.
    #[getter]
    fn base(&self) -> &str {
        self.0.base()
    }

    /// Seconds that a person has to answer.
    #[getter]
    fn wait(&self) -> f64 {
        self.0.wait().as_secs_f64()
    }

    fn __repr__(&self) -> String {
        format!("ProxyApi('{}')", self.0.base())
    }
}

/// A proxy over plain http, on a loopback address only: whoever runs on this machine can read and change it.
#[pyfunction]
#[pyo3(signature = (base, client_id, settings=None))]
pub fn insecure_loopback_proxy(
    base: &str,
    client_id: &str,
    settings: Option<BTreeMap<String, String>>,
) -> Result<ProxyApi, Raised> {
    spelt(danger::insecure_loopback_proxy(base, client_id)?, settings)
}

/// The session that a proxy gave. Whoever holds it acts as the person; its repr does not show it.
#[pyclass(frozen, module = "sas_psc.proxy")]
pub struct ProxySession(proxy::ProxySession);

#[pymethods]
impl ProxySession {
    /// PSC's name of its own session, where the proxy tells it.
    #[getter]
    fn session_state(&self) -> Option<&str> {
        self.0.session_state()
    }

    /// The stored form. It is a secret: keep it where only this person's programs read it.
    fn to_stored<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Raised> {
        Ok(PyBytes::new(py, &self.0.to_stored()?))
    }

    /// Reads a stored form.
    #[staticmethod]
    fn resume(stored: &[u8]) -> Result<ProxySession, Raised> {
        Ok(ProxySession(proxy::ProxySession::resume(stored)?))
    }
}

/// Who asked is connected.
#[pyclass(frozen, module = "sas_psc.proxy")]
pub struct ProxyConnected(proxy::Connected);

#[pymethods]
impl ProxyConnected {
    /// The session.
    #[getter]
    fn session(&self) -> ProxySession {
        ProxySession(self.0.session.clone())
    }

    /// Whether the session held before still lived, so that nobody was asked.
    #[getter]
    fn already(&self) -> bool {
        self.0.already
    }
}

exchange! {
    /// A sign-in through a proxy: one request, which the proxy answers when the person has. Its repr hides who.
    ProxyConnect of "sas_psc.proxy" over proxy::Connect, to ProxyConnected;

    /// The two digits to show, zero kept.
    #[getter]
    fn digits(&self) -> String {
        self.inner().digits().to_owned()
    }

    /// Whole seconds left to answer, rounded up.
    #[pyo3(signature = (*, now=None))]
    fn seconds_left(&self, now: Option<f64>) -> u32 {
        self.inner().seconds_left(at(now))
    }

    /// Leaves: give an answer that comes later to ``late``.
    fn cancel(&self) {
        self.inner().cancel();
    }

    /// What to send when an answer came after the person left: the end of the session that it opened, if any.
    fn late(&self, response: &Response) -> Option<Request> {
        self.inner().leave(&response.0).map(Request)
    }
}

exchange! {
    /// A request to an API behind the proxy; it comes to the API's answer.
    ProxySend of "sas_psc.proxy" over proxy::Send, to Response;
}

exchange! {
    /// The end of a session.
    ProxyDisconnect of "sas_psc.proxy" over proxy::Disconnect, to std::convert::identity;
}
