//! Who we are at a provider, and the sign-ins that start from there.

use crate::environment::Environment;
use crate::error::Raised;
use crate::exchange::{CibaPoll, CibaStart, CodeExchange, Discovery, EndSession, Introspection, Revocation};
use crate::signed_in::SignedIn;
use crate::time::at;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::Lang;
use sas_psc::drive::SystemRandom;
use sas_psc::id::IdNat;
use sas_psc::psc::{self, AssertionKey, ClientAuth, SignInOptions};
use std::sync::{Mutex, PoisonError};

/// A service as the provider knows it. Its repr hides the secret.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Client(pub psc::Client);

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (client_id, redirect_uri, *, secret=None, secret_in_body=false, private_key=None, key_id=None,
                        audience=None, certificate=false, scope=None, acr=None))]
    #[allow(clippy::too_many_arguments)] // keywords, for Python
    fn new(
        client_id: &str,
        redirect_uri: &str,
        secret: Option<String>,
        secret_in_body: bool,
        private_key: Option<String>,
        key_id: Option<&str>,
        audience: Option<&str>,
        certificate: bool,
        scope: Option<&str>,
        acr: Option<&str>,
    ) -> Result<Client, Raised> {
        let of_secret = if secret_in_body { ClientAuth::SecretPost } else { ClientAuth::SecretBasic };
        let secret = secret.map(|secret| of_secret(secret.into()));
        let mut client = psc::Client::new(client_id, secret.unwrap_or(ClientAuth::TlsClientAuth), redirect_uri);
        if let Some(pem) = private_key {
            let key = AssertionKey::from_pem(&pem.into(), key_id, &mut SystemRandom)?;
            let key = audience.into_iter().fold(key, |key, audience| key.with_audience(audience));
            client = client.with_auth(ClientAuth::PrivateKeyJwt(key));
        }
        if certificate {
            client = client.with_certificate();
        }
        if let Some(scope) = scope {
            client = client.with_scope(scope);
        }
        if let Some(acr) = acr {
            client = client.with_acr(acr.parse()?);
        }
        Ok(Client(client))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// What a provider says of itself.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Metadata(pub psc::Metadata);

#[pymethods]
impl Metadata {
    /// What is known of a provider without asking it: production and the sandbox only.
    #[staticmethod]
    fn of_preset(environment: &Environment) -> Metadata {
        Metadata(psc::Metadata::of_preset(&environment.0))
    }

    /// The issuer.
    #[getter]
    fn issuer(&self) -> &str {
        self.0.issuer()
    }
}

/// A service at its provider: what sign-ins start from. One may serve any number of threads.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Service(pub psc::Service);

#[pymethods]
impl Service {
    #[new]
    fn new(client: &Client, metadata: &Metadata) -> Result<Service, Raised> {
        Ok(Service(psc::Service::new(client.0.clone(), metadata.0.clone())?))
    }

    /// Asks a provider for its metadata.
    #[staticmethod]
    fn discover(environment: &Environment) -> Discovery {
        psc::Service::discover(&environment.0).into()
    }

    /// Begins a sign-in: what to keep, and where to send the browser.
    #[pyo3(signature = (*, lang="fr", now=None))]
    fn begin(&self, lang: &str, now: Option<f64>) -> Result<(Authorization, String), Raised> {
        let options = SignInOptions::default().lang(Lang::from_tag(lang));
        let (begun, url) = self.0.begin(&options, &mut SystemRandom, at(now))?;
        Ok((Authorization(Mutex::new(begun)), url))
    }

    /// Takes what the browser brought back: the callback's address or its query.
    #[pyo3(signature = (authorization, callback, *, now=None))]
    fn finish(&self, authorization: &Authorization, callback: &str, now: Option<f64>) -> Result<CodeExchange, Raised> {
        let mut pending = authorization.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.0.finish(&mut pending, callback, at(now))?.into())
    }

    /// Begins to ask a person, by RPPS number or national identifier, to answer with ``mobile`` or ``card``.
    #[pyo3(signature = (person, channel="mobile"))]
    fn ciba(&self, person: &str, channel: &str) -> Result<CibaStart, Raised> {
        Ok(self.0.ciba(&IdNat::typed(person)?, channel.parse()?, &mut SystemRandom)?.into())
    }

    /// Begins to ask whether an access or a refresh token works.
    fn introspect(&self, token: String) -> Result<Introspection, Raised> {
        Ok(self.0.introspect(&token.into())?.into())
    }

    /// Begins to ask that a token stop working.
    fn revoke(&self, token: String) -> Result<Revocation, Raised> {
        Ok(self.0.revoke(&token.into())?.into())
    }

    /// Begins to end the provider's session without a browser, after a sign-in by CIBA.
    fn end_session(&self, signed_in: &SignedIn) -> Result<EndSession, Raised> {
        Ok(self.0.end_session(&signed_in.0.tokens)?.into())
    }

    /// Reads the stored form of a wait.
    #[pyo3(signature = (stored, *, now=None))]
    fn resume_ciba(&self, stored: &[u8], now: Option<f64>) -> Result<CibaPoll, Raised> {
        Ok(self.0.resume_ciba(stored, at(now))?.into())
    }
}

/// A sign-in whose answer is awaited: ten minutes, one use. It holds secrets; its repr does not.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Authorization(Mutex<psc::Authorization>);

impl Authorization {
    /// Over what the core keeps.
    pub fn of(pending: psc::Authorization) -> Authorization {
        Authorization(Mutex::new(pending))
    }
}

#[pymethods]
impl Authorization {
    /// The stored form, for a server that forgets between two requests. It holds secrets.
    fn to_stored<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Raised> {
        let pending = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(PyBytes::new(py, &pending.to_stored()?))
    }

    /// Reads a stored form.
    #[staticmethod]
    #[pyo3(signature = (stored, *, now=None))]
    fn resume(stored: &[u8], now: Option<f64>) -> Result<Authorization, Raised> {
        Ok(Authorization(Mutex::new(psc::Authorization::resume(stored, at(now))?)))
    }
}
