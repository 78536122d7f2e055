//! The cookies of sign-ins under way, for a server that keeps nothing of them.

use crate::error::Raised;
use crate::service::{Authorization, Service, options};
use crate::time::at;
use pyo3::prelude::*;
use sas_psc::drive::SystemRandom;
use sas_psc::psc::{self, KeyRing, ReturnAddresses};

/// A ring of these keys, the newest first.
pub fn ring(keys: &[Vec<u8>]) -> Result<KeyRing, Raised> {
    let (newest, older) = keys.split_first().map_or((&[][..], &[][..]), |(newest, older)| (&newest[..], older));
    let ring = older.iter().try_fold(KeyRing::new(newest)?, |ring, key| ring.with_older(key))?;
    Ok(ring)
}

/// Sign-ins under way, sealed in the browser's cookies. One may serve any number of threads.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct SignInCookies(psc::SignInCookies);

#[pymethods]
impl SignInCookies {
    #[new]
    fn new(keys: Vec<Vec<u8>>, returns: Vec<String>) -> Result<SignInCookies, Raised> {
        Ok(SignInCookies(psc::SignInCookies::new(ring(&keys)?, ReturnAddresses::new(returns)?)))
    }

    /// Begins a sign-in: where to send the browser, and the values of the ``Set-Cookie`` headers to send with it.
    #[pyo3(signature = (service, cookies, asked="", *, form_post=false, fresh_within=None, prompt=None, lang="fr",
                        now=None))]
    #[allow(clippy::too_many_arguments)] // keywords, for Python
    fn leave(
        &self,
        service: &Service,
        cookies: &str,
        asked: &str,
        form_post: bool,
        fresh_within: Option<f64>,
        prompt: Option<&str>,
        lang: &str,
        now: Option<f64>,
    ) -> Result<(String, Vec<String>), Raised> {
        let options = options(form_post, fresh_within, prompt, lang)?;
        let leaving = self.0.leave(&service.0, &options, cookies, asked, &mut SystemRandom, at(now))?;
        Ok((leaving.url, leaving.cookies))
    }

    /// Finds the sign-in that a callback answers: to be finished with the same callback, where to go when it went well,
    /// and the values of the ``Set-Cookie`` headers to send whatever comes of it.
    #[pyo3(signature = (service, cookies, callback, *, now=None))]
    fn back(
        &self,
        service: &Service,
        cookies: &str,
        callback: &str,
        now: Option<f64>,
    ) -> Result<(Authorization, String, Vec<String>), Raised> {
        let returned = self.0.back(&service.0, cookies, callback, &mut SystemRandom, at(now))?;
        Ok((Authorization::of(returned.pending), returned.return_to.as_str().to_owned(), returned.cookies))
    }

    fn __repr__(&self) -> &'static str {
        "SignInCookies(•••)"
    }
}
