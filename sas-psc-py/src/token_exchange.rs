//! The provider's access token exchanged for one of an API (RFC 8693).

use crate::error::Raised;
use crate::exchange::ApiTokenExchange;
use crate::service::Client;
use crate::time::{at, seconds};
use pyo3::prelude::*;
use sas_psc::base::ExposeSecret;
use sas_psc::drive::SystemRandom;
use sas_psc::psc::proxy::server;

/// Where and how a token is exchanged.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct TokenExchange(server::TokenExchange);

#[pymethods]
impl TokenExchange {
    #[new]
    #[pyo3(signature = (token_url, client, scope, *, subject_issuer=Some("psc"), subject_as_jwt=false))]
    fn new(
        token_url: &str,
        client: &Client,
        scope: &str,
        subject_issuer: Option<&str>,
        subject_as_jwt: bool,
    ) -> Result<TokenExchange, Raised> {
        let exchange = server::TokenExchange::at(token_url, client.0.clone(), scope, false)?;
        let exchange = exchange.with_subject_issuer(subject_issuer);
        Ok(TokenExchange(if subject_as_jwt { exchange.with_subject_as_jwt() } else { exchange }))
    }

    /// Begins to exchange an access token.
    #[pyo3(signature = (access_token, *, now=None))]
    fn begin(&self, access_token: String, now: Option<f64>) -> Result<ApiTokenExchange, Raised> {
        Ok(self.0.begin(&access_token.into(), &mut SystemRandom, at(now))?.into())
    }

    fn __repr__(&self) -> &'static str {
        "<TokenExchange>"
    }
}

/// A token of an API. Its repr hides it.
#[pyclass(frozen, module = "sas_psc.psc")]
pub struct ApiToken(server::ApiToken);

impl From<server::ApiToken> for ApiToken {
    fn from(token: server::ApiToken) -> ApiToken {
        ApiToken(token)
    }
}

#[pymethods]
impl ApiToken {
    /// The token.
    #[getter]
    fn access_token(&self) -> &str {
        self.0.token().expose_secret()
    }

    /// When it ends.
    #[getter]
    fn expires_at(&self) -> f64 {
        seconds(self.0.expires_at())
    }

    /// When it is to be exchanged anew.
    #[getter]
    fn renew_at(&self) -> f64 {
        seconds(self.0.renew_at())
    }

    fn __repr__(&self) -> &'static str {
        "<ApiToken>"
    }
}
