//! Exchanges step by step: what to send, how long to wait, what it came to. `sas_psc/psc.py` has the loops.

use crate::active_token::ActiveToken;
use crate::error::{Raised, code_of};
use crate::http::{Request, Response};
use crate::return_addresses::ReturnAddresses;
use crate::service::Metadata;
use crate::signed_in::SignedIn;
use crate::time::{at, seconds};
use crate::token_exchange::ApiToken;
use crate::tokens::TokenSet;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sas_psc::drive::{Steps, SystemRandom};
use sas_psc::psc::{self, Exchange, Next};
use sas_psc::{Error, Lang};
use std::sync::{Mutex, PoisonError};

/// Send this once, then tell the exchange what came.
#[pyclass(frozen, get_all, module = "sas_psc.psc")]
pub struct Send {
    request: Py<Request>,
}

/// Nothing to do before this time, in seconds since 1970.
#[pyclass(frozen, get_all, module = "sas_psc.psc")]
pub struct Wait {
    until: f64,
}

/// It is over, and this is what it came to.
#[pyclass(frozen, get_all, generic, module = "sas_psc.psc")]
pub struct Done {
    output: Py<PyAny>,
}

macro_rules! match_args {
    ($($class:ident: $field:literal),*) => {$(
        #[pymethods]
        impl $class {
            #[classattr]
            fn __match_args__() -> (&'static str,) {
                ($field,)
            }
        }
    )*};
}
match_args!(Send: "request", Wait: "until", Done: "output");

/// What an exchange says to do, as one of the three classes above.
pub fn step<'py, T, C: IntoPyObjectExt<'py>>(
    py: Python<'py>,
    next: Next<T>,
    wrap: impl FnOnce(T) -> C,
) -> PyResult<Bound<'py, PyAny>> {
    match next {
        Next::Send(request) => Send { request: Py::new(py, Request(request))? }.into_bound_py_any(py),
        Next::Wait(until) => Wait { until: seconds(until) }.into_bound_py_any(py),
        Next::Done(output) => Done { output: wrap(output).into_py_any(py)? }.into_bound_py_any(py),
    }
}

macro_rules! exchange {
    ($(#[$doc:meta])* $class:ident of $module:tt over $inner:ty, to $output:expr; $($more:item)*) => {
        $(#[$doc])*
        #[pyclass(frozen, module = $module)]
        pub struct $class(Mutex<$inner>);

        impl From<$inner> for $class {
            fn from(inner: $inner) -> $class {
                $class(Mutex::new(inner))
            }
        }

        impl $class {
            pub fn inner(&self) -> std::sync::MutexGuard<'_, $inner> {
                self.0.lock().unwrap_or_else(PoisonError::into_inner)
            }
        }

        #[pymethods]
        impl $class {
            /// What to do now.
            #[pyo3(signature = (*, now=None))]
            fn next<'py>(&self, py: Python<'py>, now: Option<f64>) -> PyResult<Bound<'py, PyAny>> {
                let next = self.inner().next(at(now)).map_err(Raised::from)?;
                step(py, next, $output)
            }

            /// Takes the answer to the request sent last.
            #[pyo3(signature = (response, *, now=None))]
            fn answered(&self, response: &Response, now: Option<f64>) -> Result<(), Raised> {
                Ok(self.inner().answered(&response.0, at(now))?)
            }

            /// Says that the request sent last got no answer; raises the error unless the exchange goes on.
            #[pyo3(signature = (error, *, now=None))]
            fn failed(&self, error: &Bound<'_, PyAny>, now: Option<f64>) -> Result<(), Raised> {
                Ok(self.inner().failed(Error::new(code_of(error)), at(now))?)
            }

            $($more)*
        }
    };
}

pub(crate) use exchange;

exchange! {
    /// Asks a provider for its metadata.
    Discovery of "sas_psc.psc" over psc::Discovery, to Metadata;
}

exchange! {
    /// A code on its way to who signed in.
    CodeExchange of "sas_psc.psc" over psc::CodeExchange, to SignedIn;

    /// The way on after ``SignInNotFreshError``: where to send the browser, to come to ``back``, an address of ``returns``.
    #[pyo3(signature = (returns=None, back=None))]
    fn sign_out_first(&self, returns: Option<&ReturnAddresses>, back: Option<&str>) -> Result<Option<String>, Raised> {
        let back = returns.zip(back).map(|(returns, back)| returns.0.parse(back)).transpose()?;
        Ok(self.inner().sign_out_first(back.as_ref())?)
    }
}

exchange! {
    /// The request that makes the phone ring.
    CibaStart of "sas_psc.psc" over psc::CibaStart, to CibaPoll::from;
}

exchange! {
    /// A start behind a guard.
    GuardedStart of "sas_psc.psc" over Steps<psc::CibaPoll>, to CibaPoll::from;
}

exchange! {
    /// A sign-in that waits for its person. Its repr hides who.
    CibaPoll of "sas_psc.psc" over psc::CibaPoll, to SignedIn;

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

    /// What they answer with: ``mobile`` or ``card``.
    #[getter]
    fn channel(&self) -> String {
        self.inner().channel().as_str().to_ascii_lowercase()
    }

    /// Names this sign-in; a request on another channel in its place has the same name.
    #[getter]
    fn attempt(&self) -> String {
        self.inner().attempt().to_owned()
    }

    /// What there is to tell the screen now and was not told before: ``seconds_left`` and ``help``, the latter empty
    /// except at 20 and 60 seconds without an answer.
    #[pyo3(signature = (*, lang="fr", now=None))]
    fn event<'py>(&self, py: Python<'py>, lang: &str, now: Option<f64>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(event) = self.inner().event(at(now)) else { return Ok(None) };
        let json = serde_json::to_string(&event.report(Lang::from_tag(lang))).unwrap_or_default();
        py.import("json")?.call_method1("loads", (json,)).map(Some)
    }

    /// Begins to ask the same person on another channel, in the same attempt.
    fn on_channel(&self, channel: &str) -> Result<CibaStart, Raised> {
        Ok(self.inner().on_channel(channel.parse()?, &mut SystemRandom)?.into())
    }

    /// Another request took this one's place: it can win no more.
    fn replaced(&self) {
        self.inner().replaced();
    }

    /// Leaves: an acceptance that comes later is never used.
    fn cancel(&self) {
        self.inner().cancel();
    }

    /// The stored form. It holds secrets.
    fn to_stored<'py>(&self, py: Python<'py>) -> Result<Bound<'py, PyBytes>, Raised> {
        Ok(PyBytes::new(py, &self.inner().to_stored()?))
    }
}

exchange! {
    /// Asks for new tokens.
    Refresh of "sas_psc.psc" over psc::Refresh, to TokenSet;
}

exchange! {
    /// Asks whether a token works.
    Introspection of "sas_psc.psc" over psc::Introspection, to ActiveToken::of;
}

exchange! {
    /// Asks that a token stop working.
    Revocation of "sas_psc.psc" over psc::Revocation, to |()| ();
}

exchange! {
    /// Asks that the provider's session end, without a browser.
    EndSession of "sas_psc.psc" over psc::EndSession, to |()| ();
}

exchange! {
    /// An access token on its way to one of an API.
    ApiTokenExchange of "sas_psc.psc" over psc::proxy::server::Exchanged, to ApiToken::from;
}
