//! Who we are at a provider, and the sign-ins that start from there.

use crate::environment::Environment;
use crate::error::Raised;
use crate::exchange::{CibaPoll, CibaStart, CodeExchange, Discovery, EndSession, Introspection, Refresh, Revocation};
use crate::signed_in::SignedIn;
use crate::time::at;
use crate::tokens::TokenSet;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::Lang;
use sas_psc::drive::SystemRandom;
use sas_psc::id::IdNat;
use sas_psc::psc::{self, AssertionKey, ClientAuth, LoginHint, ResponseMode, SignInOptions};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What a sign-in asks beyond the client's defaults.
pub fn options(
    form_post: bool,
    fresh_within: Option<f64>,
    prompt: Option<&str>,
    lang: &str,
) -> Result<SignInOptions, Raised> {
    let mode = if form_post { ResponseMode::FormPost } else { ResponseMode::Query };
    let mut options = SignInOptions::default().lang(Lang::from_tag(lang)).response_mode(mode);
    if let Some(seconds) = fresh_within {
        options = options.fresh_within(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    }
    if let Some(prompt) = prompt {
        options = options.prompt(prompt.parse()?);
    }
    Ok(options)
}

/// A service as the provider knows it. Its repr hides the secret.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Client(pub psc::Client);

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (client_id, redirect_uri, *, secret=None, secret_in_body=false, private_key=None, key_id=None,
                        audience=None, certificate=false, scope=None, acr=None, exact_acr=false, allow_missing_acr=false,
                        leeway=None, login_hint_rpps=false, idp_hint=None))]
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
        exact_acr: bool,
        allow_missing_acr: bool,
        leeway: Option<u64>,
        login_hint_rpps: bool,
        idp_hint: Option<&str>,
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
        if exact_acr {
            client = client.with_exact_acr();
        }
        if allow_missing_acr {
            client = client.with_missing_acr_allowed();
        }
        if let Some(seconds) = leeway {
            client = client.with_leeway(Duration::from_secs(seconds));
        }
        if login_hint_rpps {
            client = client.with_login_hint(LoginHint::Rpps);
        }
        if let Some(alias) = idp_hint {
            client = client.with_idp_hint(alias);
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

    /// The address of an endpoint, named as in the metadata.
    fn endpoint(&self, endpoint: &str) -> Result<&str, Raised> {
        Ok(self.0.endpoint(endpoint.parse()?)?)
    }

    /// Which addresses differ from those that the library knows: ``endpoint``, ``expected``, ``found``.
    fn drift<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("json")?.call_method1("loads", (self.0.drift_json(),))
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
    #[pyo3(signature = (*, form_post=false, fresh_within=None, prompt=None, lang="fr", now=None))]
    fn begin(
        &self,
        form_post: bool,
        fresh_within: Option<f64>,
        prompt: Option<&str>,
        lang: &str,
        now: Option<f64>,
    ) -> Result<(Authorization, String), Raised> {
        let options = options(form_post, fresh_within, prompt, lang)?;
        let (begun, url) = self.0.begin(&options, &mut SystemRandom, at(now))?;
        Ok((Authorization(Mutex::new(begun)), url))
    }

    /// Takes what the browser brought back: the callback's address or its query.
    #[pyo3(signature = (authorization, callback, *, now=None))]
    fn finish(&self, authorization: &Authorization, callback: &str, now: Option<f64>) -> Result<CodeExchange, Raised> {
        Ok(self.0.finish(&mut authorization.pending(), callback, at(now))?.into())
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

    /// Begins to get new tokens for old: keep what comes in place of those before, at once.
    #[pyo3(signature = (tokens, *, now=None))]
    fn refresh(&self, tokens: &TokenSet, now: Option<f64>) -> Result<Refresh, Raised> {
        Ok(self.0.refresh(&tokens.0, at(now))?.into())
    }

    /// Where to send the browser of a person who clicked "sign out". It holds a token: a redirect, never a log line.
    #[pyo3(signature = (tokens, post_logout=None, state=None))]
    fn logout_url(&self, tokens: &TokenSet, post_logout: Option<&str>, state: Option<&str>) -> Result<String, Raised> {
        Ok(self.0.logout_url(&tokens.0, post_logout, state)?)
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

    /// What is kept.
    pub fn pending(&self) -> MutexGuard<'_, psc::Authorization> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Authorization {
    /// The stored form, for a server that forgets between two requests. It holds secrets.
    fn to_stored<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Raised> {
        Ok(PyBytes::new(py, &self.pending().to_stored()?))
    }

    /// Reads a stored form.
    #[staticmethod]
    #[pyo3(signature = (stored, *, now=None))]
    fn resume(stored: &[u8], now: Option<f64>) -> Result<Authorization, Raised> {
        Ok(Authorization(Mutex::new(psc::Authorization::resume(stored, at(now))?)))
    }
}
