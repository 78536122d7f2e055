//! A sign-in where the certificate of the TLS connection is the login itself, step by step.

use crate::environment::Environment;
use crate::error::{Raised, code_of};
use crate::exchange::{exchange, step};
use crate::http::Response;
use crate::service::Client;
use crate::signed_in::SignedIn;
use crate::time::at;
use pyo3::prelude::*;
use sas_psc::drive::Steps;
use sas_psc::psc::{self, Exchange};
use sas_psc::{Error, Lang};
use std::sync::{Mutex, PoisonError};

exchange! {
    /// A sign-in where the certificate of the TLS connection is the login itself.
    CertificateSignIn of "sas_psc.psc" over Steps<psc::SignedIn>, to SignedIn;

    /// Begins one.
    #[new]
    #[pyo3(signature = (environment, client, *, lang="fr", now=None))]
    fn new(environment: &Environment, client: &Client, lang: &str, now: Option<f64>) -> CertificateSignIn {
        let options = psc::SignInOptions::default().lang(Lang::from_tag(lang));
        Steps::by_certificate(environment.0.clone(), client.0.clone(), options, at(now)).into()
    }
}
