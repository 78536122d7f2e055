//! The sessions of a service: tokens in time, kept sealed in memory, in a file or in a database.

use crate::environment::Environment;
use crate::error::Raised;
use crate::http::Http;
use crate::service::Client;
use crate::sign_in_cookies::ring;
use crate::signed_in::SignedIn;
use crate::time::{at, seconds};
use pyo3::prelude::*;
use sas_psc::base::{ExposeSecret, SecretString};
use sas_psc::drive::{self, HttpConfig, block_on, blocking};
use sas_psc::psc::{self, ReturnAddresses, SessionRules, SessionStore};
use sas_psc::store::{AnyStore, Memory};
use std::sync::Arc;
use std::time::Duration;

/// The sessions of a service. One may serve any number of threads; what waits releases the interpreter.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Sessions {
    inner: drive::Sessions<blocking::Http, AnyStore>,
    returns: Option<ReturnAddresses>,
}

#[pymethods]
impl Sessions {
    #[new]
    #[pyo3(signature = (environment, client, *, keys, path=None, http=None, returns=None, takes_token_twice=false,
                        idle=None, longest=None, lease=None))]
    #[allow(clippy::too_many_arguments)] // named in Python
    fn new(
        py: Python<'_>,
        environment: &Environment,
        client: &Client,
        keys: Vec<Vec<u8>>,
        path: Option<std::path::PathBuf>,
        http: Option<&Http>,
        returns: Option<Vec<String>>,
        takes_token_twice: bool,
        idle: Option<f64>,
        longest: Option<f64>,
        lease: Option<f64>,
    ) -> Result<Sessions, Raised> {
        let ring = ring(&keys)?;
        let http = http.map_or_else(|| blocking::Http::new(&HttpConfig::default()), |http| Ok(http.http.clone()))?;
        let service = Arc::new(drive::Psc::over(http, environment.0.clone(), client.0.clone()));
        let lasting = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
        let mut rules = SessionRules::default();
        rules = idle.into_iter().fold(rules, |rules, time| rules.idle(lasting(time)));
        rules = longest.into_iter().fold(rules, |rules, time| rules.longest(lasting(time)));
        rules = lease.into_iter().fold(rules, |rules, time| rules.lease(lasting(time)));
        if takes_token_twice {
            rules = rules.provider_takes_a_token_twice();
        }
        let store = match path {
            Some(path) => py.detach(|| AnyStore::open(path))?,
            None => AnyStore::Memory(Arc::new(Memory::new())),
        };
        let inner = drive::Sessions::new(service, store, ring, rules);
        Ok(Sessions { inner, returns: returns.map(ReturnAddresses::new).transpose()? })
    }

    /// Begins the session of a person who signed in, and gives its secret identifier, always a new one.
    fn begin(&self, py: Python<'_>, signed_in: &SignedIn) -> Result<String, Raised> {
        let id = py.detach(|| block_on(self.inner.begin(&signed_in.0)))?;
        Ok(id.expose_secret().to_owned())
    }

    /// An access token that is good now, refreshed when it is due.
    fn access_token(&self, py: Python<'_>, id: String) -> Result<String, Raised> {
        let id = SecretString::from(id);
        let token = py.detach(|| block_on(self.inner.access_token(&id)))?;
        Ok(token.expose_secret().to_owned())
    }

    /// How a session stands, from what is stored; nothing is sent.
    fn state(&self, py: Python<'_>, id: String) -> Result<SessionState, Raised> {
        let id = SecretString::from(id);
        Ok(SessionState(py.detach(|| block_on(self.inner.state(&id)))?))
    }

    /// The person clicked "sign out": our session is over; the address to send the browser to, and the ``state`` that it
    /// brings back.
    #[pyo3(signature = (id, back=None))]
    fn sign_out(&self, py: Python<'_>, id: String, back: Option<&str>) -> Result<(String, String), Raised> {
        let id = SecretString::from(id);
        let refused = || sas_psc::Error::new(sas_psc::Code::RETURN_ADDRESS_REFUSED);
        let back = match back {
            Some(back) => Some(self.returns.as_ref().ok_or_else(refused)?.parse(back)?),
            None => None,
        };
        let out = py.detach(|| block_on(self.inner.sign_out(&id, back.as_ref())))?;
        Ok((out.url.expose_secret().to_owned(), out.state.expose_secret().to_owned()))
    }

    /// The same without a browser, for a sign-in by CIBA.
    fn sign_out_on_server(&self, py: Python<'_>, id: String) -> Result<(), Raised> {
        let id = SecretString::from(id);
        Ok(py.detach(|| block_on(self.inner.sign_out_on_server(&id)))?)
    }

    /// A local timeout: our session is over, PSC's is left alone.
    fn forget(&self, py: Python<'_>, id: String) -> Result<(), Raised> {
        let id = SecretString::from(id);
        Ok(py.detach(|| block_on(self.inner.forget(&id)))?)
    }

    /// Takes the body of a POST to the back-channel logout address, ends the sessions that it names, and says how many.
    fn back_channel_logout(&self, py: Python<'_>, body: &[u8]) -> Result<usize, Raised> {
        let done = py.detach(|| block_on(self.inner.back_channel_logout(body)));
        done.error.map_or(Ok(done.ended), |error| Err(error.into()))
    }

    /// Deletes the sessions that are of no use any more, and says how many.
    #[pyo3(signature = (*, now=None))]
    fn sweep(&self, py: Python<'_>, now: Option<f64>) -> Result<u64, Raised> {
        Ok(py.detach(|| block_on(self.inner.store().sweep_sessions(at(now))))?)
    }

    fn __repr__(&self) -> &'static str {
        "Sessions(•••)"
    }
}

/// How a session stands.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct SessionState(psc::SessionState);

#[pymethods]
impl SessionState {
    /// ``fresh``, ``stale``, ``expired``, ``unreachable`` or ``signed-out``.
    #[getter]
    fn name(&self) -> &'static str {
        self.0.name()
    }

    /// When a refresh is due, while it is fresh.
    #[getter]
    fn refresh_at(&self) -> Option<f64> {
        match self.0 {
            psc::SessionState::Fresh { refresh_at } => Some(seconds(refresh_at)),
            _ => None,
        }
    }

    /// When the access token ends, while a refresh is due.
    #[getter]
    fn until(&self) -> Option<f64> {
        match self.0 {
            psc::SessionState::Stale { until } => Some(seconds(until)),
            _ => None,
        }
    }

    /// Since when the provider cannot be asked, while it is unreachable: the person is still signed in.
    #[getter]
    fn since(&self) -> Option<f64> {
        match self.0 {
            psc::SessionState::Unreachable { since, .. } => Some(seconds(since)),
            _ => None,
        }
    }

    /// When the next try may be made, while it is unreachable; none when a sign-in is the way on.
    #[getter]
    fn retry_at(&self) -> Option<f64> {
        match self.0 {
            psc::SessionState::Unreachable { retry_at, .. } => retry_at.map(seconds),
            _ => None,
        }
    }

    /// Why it is over, when it is: ``by-person``, ``locally``, ``by-provider``, ``at-provider``, ``refresh-expired``,
    /// ``too-long``, ``no-refresh-token``, ``untrusted``.
    #[getter]
    fn why(&self) -> Option<&'static str> {
        match self.0 {
            psc::SessionState::SignedOut(why) => Some(why.name()),
            _ => None,
        }
    }

    fn __repr__(&self) -> String {
        format!("SessionState('{}')", self.0.name())
    }
}
