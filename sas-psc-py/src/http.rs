//! Requests and answers as values, and the SDK's own HTTP to send them with.

use crate::availability::explained;
use crate::card_key::CardKey;
use crate::error::Raised;
use pyo3::prelude::*;
use sas_psc::Lang;
use sas_psc::base::{self, Clock, SecretString};
use sas_psc::drive::{ClientCertificate, HttpConfig, Notice, SystemClock, blocking};
use std::borrow::Cow;
use std::time::Duration;

/// A request to send: over TLS, without following redirects. Its headers and body may hold secrets; its repr does not.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Request(pub base::Request);

#[pymethods]
impl Request {
    /// ``GET``, ``POST``, ``PUT``, ``PATCH`` or ``DELETE``.
    #[getter]
    fn method(&self) -> &str {
        self.0.method.as_str()
    }

    /// The absolute address.
    #[getter]
    fn url(&self) -> &str {
        &self.0.url
    }

    /// Names in lower case, with their values.
    #[getter]
    fn headers(&self) -> Vec<(&str, &str)> {
        self.0.headers.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// The body; empty for a ``GET``.
    #[getter]
    fn body(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.0.body)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// What a server answered.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Response(pub base::Response);

#[pymethods]
impl Response {
    #[new]
    fn new(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Response {
        let headers = headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        Response(base::Response { status, headers, body })
    }

    /// The status.
    #[getter]
    fn status(&self) -> u16 {
        self.0.status
    }

    /// Names in lower case, with their values.
    #[getter]
    fn headers(&self) -> Vec<(&str, &str)> {
        self.0.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// The body.
    #[getter]
    fn body(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.0.body)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// Sends requests over TLS. One may serve any number of threads.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct Http {
    pub http: blocking::Http,
    pub config: HttpConfig,
}

impl Http {
    /// The same sender, for larger answers.
    pub fn with_largest_answer(&self, bytes: usize) -> Result<blocking::Http, Raised> {
        Ok(blocking::Http::new(&self.config.clone().with_largest_answer(bytes))?)
    }
}

/// A notice as a dictionary for whoever asked to be told; what they raise is theirs and stops nothing.
fn told(tell: &Py<PyAny>, notice: &Notice, lang: Lang) {
    Python::attach(|py| {
        let json = notice.to_json(lang, SystemClock.now());
        let notice = py.import("json").and_then(|module| module.call_method1("loads", (json,)));
        if let Err(error) = notice.and_then(|notice| tell.call1(py, (notice,))) {
            error.write_unraisable(py, None);
        }
    });
}

#[pymethods]
impl Http {
    #[new]
    #[pyo3(signature = (*, ca=None, extra_ca=None, client_certificate=None, client_key=None, client_key_password=None,
                        card=None, proxy=None, timeout=None, on_notice=None, lang="fr"))]
    #[allow(clippy::too_many_arguments)] // keywords, for Python
    fn new(
        ca: Option<&[u8]>,
        extra_ca: Option<&[u8]>,
        client_certificate: Option<&[u8]>,
        client_key: Option<String>,
        client_key_password: Option<String>,
        card: Option<&CardKey>,
        proxy: Option<String>,
        timeout: Option<f64>,
        on_notice: Option<Py<PyAny>>,
        lang: &str,
    ) -> Result<Http, Raised> {
        let mut config = HttpConfig::default();
        if let Some(pem) = ca {
            config = config.with_only_ca(pem)?;
        }
        if let Some(pem) = extra_ca {
            config = config.with_extra_ca(pem)?;
        }
        if let Some(file) = client_certificate {
            let [key, password] = [client_key, client_key_password].map(|text| text.map(SecretString::from));
            let certificate = ClientCertificate::read(file, key.as_ref(), password.as_ref())?;
            config = config.with_certificate(certificate)?;
        }
        if let Some(key) = card {
            config = config.with_card(key.0.clone())?;
        }
        if let Some(address) = proxy {
            config = config.with_proxy(&address.into())?;
        }
        let timeout = timeout.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
        if let Some(total) = timeout {
            config = config.with_timeouts(total, total);
        }
        if let Some(tell) = on_notice {
            let lang = Lang::from_tag(lang);
            config = config.on_notice(move |notice| told(&tell, notice, lang));
        }
        Ok(Http { http: blocking::Http::new(&config)?, config })
    }

    /// The same, with at least this many seconds for an answer that a person gives first.
    fn patient(&self, seconds: f64) -> Result<Http, Raised> {
        let config = self.config.patient(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
        Ok(Http { http: blocking::Http::new(&config)?, config })
    }

    /// The provider's outage, while there is one: ``cause``, ``since``, ``next_try``, ``failures``, ``text``.
    #[pyo3(signature = (*, lang="fr"))]
    fn outage<'py>(&self, py: Python<'py>, lang: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        explained(py, self.http.watch().outage(), lang, None)
    }

    /// Sends a request and reads its whole answer, the interpreter released meanwhile.
    fn send(&self, py: Python<'_>, request: &Request) -> Result<Response, Raised> {
        Ok(Response(py.detach(|| self.http.send(request.0.clone()))?))
    }
}
