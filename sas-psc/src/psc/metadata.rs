//! What a provider says of itself (OpenID Connect Discovery 1.0 §3), checked against the environment that asked.
//!
//! The issuer is compared byte for byte; every address must be https on an accepted host; an address that differs from
//! the preset's is used and reported as drift. `acr_values_supported` is not read: PSC says `["0","0"]` there.

use super::answer;
use super::client::Client;
use super::environment::{Endpoint, Endpoints, Environment};
use crate::base::Response;
use crate::error::{Code, Error, Result};

const SIMULATOR: &str = "x-sas-psc-simulator";

/// A provider's addresses and habits, ready for use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    issuer: String,
    endpoints: Endpoints,
    /// Where a client that shows a certificate goes instead (RFC 8705 §5).
    mtls: Endpoints,
    iss_parameter: bool,
    drift: Vec<Drift>,
}

/// A discovered address that differs from the preset's: PSC has moved it, and the preset should follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// Which address.
    pub endpoint: Endpoint,
    /// The preset's.
    pub expected: String,
    /// The discovered one; none when the document no longer names it.
    pub found: Option<String>,
}

impl Metadata {
    /// The drift as JSON for C and Python: `[{"endpoint","expected","found"}]`.
    pub fn drift_json(&self) -> String {
        let drift = self.drift.iter().map(|drift| {
            serde_json::json!({
                "endpoint": drift.endpoint.member(), "expected": drift.expected, "found": drift.found,
            })
        });
        serde_json::Value::Array(drift.collect()).to_string()
    }

    /// Reads the answer to [`Environment::discovery_request`].
    ///
    /// # Errors
    /// `provider-unavailable`, `provider-answer`, `discovery-issuer`, `discovery-host` with the endpoint in
    /// `facts.field`, `simulator-refused`.
    pub fn discovered(environment: &Environment, response: &Response) -> Result<Metadata> {
        let document = answer::object(response)?;
        if document.text("issuer") != Some(environment.issuer()) {
            return Err(Error::field(Code::DISCOVERY_ISSUER, "issuer"));
        }
        if document.get(SIMULATOR).is_some() && !environment.simulator {
            return Err(Error::new(Code::SIMULATOR_REFUSED));
        }
        let (mut endpoints, mut drift) = (Endpoints::default(), Vec::new());
        for endpoint in Endpoint::ALL {
            let found = document.text(endpoint.member());
            if let Some(url) = environment.replaced(endpoint) {
                endpoints.set(endpoint, url.to_owned());
                continue;
            }
            if let Some(url) = found {
                if !environment.accepts(url) {
                    return Err(Error::field(Code::DISCOVERY_HOST, endpoint.member()));
                }
                endpoints.set(endpoint, url.to_owned());
            }
            if let Some(expected) = environment.preset(endpoint).filter(|expected| found != Some(*expected)) {
                drift.push(Drift { endpoint, expected: expected.to_owned(), found: found.map(str::to_owned) });
            }
        }
        let mut mtls = Endpoints::default();
        if let Some(super::json::Json::Object(aliases)) = document.get("mtls_endpoint_aliases") {
            for endpoint in Endpoint::ALL {
                let Some(url) = aliases.text(endpoint.member()) else { continue };
                if !environment.accepts(url) {
                    return Err(Error::field(Code::DISCOVERY_HOST, "mtls_endpoint_aliases"));
                }
                if environment.replaced(endpoint).is_none() {
                    mtls.set(endpoint, url.to_owned());
                }
            }
        }
        let iss_parameter = document.get("authorization_response_iss_parameter_supported");
        Ok(Metadata {
            issuer: environment.issuer().to_owned(),
            endpoints,
            mtls,
            iss_parameter: iss_parameter == Some(&super::json::Json::Bool(true)),
            drift,
        })
    }

    /// What a preset knows, without asking the provider.
    pub fn of_preset(environment: &Environment) -> Metadata {
        let mut endpoints = Endpoints::default();
        for endpoint in Endpoint::ALL {
            if let Some(url) = environment.endpoint(endpoint) {
                endpoints.set(endpoint, url.to_owned());
            }
        }
        Metadata {
            issuer: environment.issuer().to_owned(),
            endpoints,
            mtls: Endpoints::default(),
            iss_parameter: false,
            drift: Vec::new(),
        }
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The address of an endpoint.
    ///
    /// # Errors
    /// `endpoint-missing` with the member's name in `facts.field`.
    pub fn endpoint(&self, endpoint: Endpoint) -> Result<&str> {
        self.endpoints.get(endpoint).ok_or_else(|| Error::field(Code::ENDPOINT_MISSING, endpoint.member()))
    }

    /// The address of an endpoint for a client that shows a certificate on the connection: PSC's are the same as without,
    /// another provider may ask for certificates on another host or port.
    ///
    /// # Errors
    /// Those of [`Metadata::endpoint`].
    pub fn mtls_endpoint(&self, endpoint: Endpoint) -> Result<&str> {
        self.mtls.get(endpoint).map_or_else(|| self.endpoint(endpoint), Ok)
    }

    /// The address of an endpoint for this client.
    #[cfg_attr(not(feature = "psc"), allow(dead_code))]
    pub(super) fn endpoint_for(&self, client: &Client, endpoint: Endpoint) -> Result<&str> {
        if client.presents_certificate() { self.mtls_endpoint(endpoint) } else { self.endpoint(endpoint) }
    }

    /// Whether the callback must carry `iss` (RFC 9207).
    pub fn sends_issuer_on_callback(&self) -> bool {
        self.iss_parameter
    }

    /// The addresses that differ from the preset's.
    pub fn drift(&self) -> &[Drift] {
        &self.drift
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::tests::answer;
    use super::*;
    use crate::psc::danger;

    fn document(issuer: &str, change: impl FnOnce(&mut serde_json::Value)) -> Response {
        let mut json = serde_json::json!({ "issuer": issuer, "claims_supported": [], "unknown": {"deep": [1]} });
        let known = Environment::bas();
        for endpoint in Endpoint::ALL {
            json[endpoint.member()] = known.endpoint(endpoint).unwrap().into();
        }
        change(&mut json);
        answer(200, "application/json", &json.to_string())
    }

    fn bas(change: impl FnOnce(&mut serde_json::Value)) -> Result<Metadata> {
        let environment = Environment::bas();
        Metadata::discovered(&environment, &document(environment.issuer(), change))
    }

    #[test]
    fn the_sandbox_as_published_has_no_drift() {
        let metadata = bas(|json| json["authorization_response_iss_parameter_supported"] = true.into()).unwrap();
        assert!(metadata.drift().is_empty() && metadata.sends_issuer_on_callback());
        assert_eq!(metadata.endpoint(Endpoint::Token).unwrap(), Environment::bas().endpoint(Endpoint::Token).unwrap());
    }

    #[test]
    fn an_issuer_that_differs_by_one_byte_is_refused() {
        for issuer in ["https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet/", "https://evil.example", ""] {
            let error = bas(|json| json["issuer"] = issuer.into()).unwrap_err();
            assert_eq!(error.code(), Code::DISCOVERY_ISSUER);
        }
    }

    #[test]
    fn an_endpoint_elsewhere_is_refused_and_one_that_moved_is_reported() {
        for url in ["https://evil.example/token", "http://auth.bas.psc.esante.gouv.fr/token", "token"] {
            let error = bas(|json| json["token_endpoint"] = url.into()).unwrap_err();
            assert_eq!((error.code(), error.facts().field), (Code::DISCOVERY_HOST, Some("token_endpoint")));
        }
        let moved = "https://auth.bas.psc.esante.gouv.fr/v2/token";
        let metadata = bas(|json| json["token_endpoint"] = moved.into()).unwrap();
        assert_eq!(metadata.endpoint(Endpoint::Token).unwrap(), moved);
        assert_eq!(metadata.drift()[0].found.as_deref(), Some(moved));
        let gone = bas(|json| json["revocation_endpoint"] = serde_json::Value::Null).unwrap();
        assert_eq!(gone.drift()[0].found, None);
        assert_eq!(gone.endpoint(Endpoint::Revocation).unwrap_err().code(), Code::ENDPOINT_MISSING);
    }

    #[test]
    fn the_simulator_is_refused_unless_the_danger_is_named() {
        let issuer = "http://127.0.0.1:8081/auth/realms/esante-wallet";
        let environment = danger::insecure_loopback(issuer).unwrap();
        let said = document(issuer, |json| {
            for endpoint in Endpoint::ALL {
                json[endpoint.member()] = "http://127.0.0.1:8081/x".into();
            }
            json[SIMULATOR] = true.into();
        });
        assert_eq!(Metadata::discovered(&environment, &said).unwrap_err().code(), Code::SIMULATOR_REFUSED);
        assert!(Metadata::discovered(&danger::allow_simulator(environment), &said).is_ok());
    }

    #[test]
    fn an_address_of_the_caller_wins_over_the_discovered_one() {
        let environment = Environment::bas().with_endpoint(Endpoint::Jwks, "https://relay.example/jwks").unwrap();
        let metadata = Metadata::discovered(&environment, &document(environment.issuer(), |_| ())).unwrap();
        assert_eq!(metadata.endpoint(Endpoint::Jwks).unwrap(), "https://relay.example/jwks");
    }

    #[test]
    fn a_client_with_a_certificate_goes_to_the_aliases_on_accepted_hosts() {
        use super::super::{Client, ClientAuth};
        let alias = "https://auth.bas.psc.esante.gouv.fr/mtls/token";
        let metadata =
            bas(|json| json["mtls_endpoint_aliases"] = serde_json::json!({ "token_endpoint": alias })).unwrap();
        let client = |auth| Client::new("c", auth, "https://a.example/cb");
        let at = |client: &Client, endpoint| metadata.endpoint_for(client, endpoint).unwrap().to_owned();
        let with = client(ClientAuth::TlsClientAuth);
        let secret = client(ClientAuth::SecretBasic("s".to_owned().into()));
        assert_eq!(at(&with, Endpoint::Token), alias);
        assert_eq!(at(&secret.clone().with_certificate(), Endpoint::Token), alias);
        assert_eq!(at(&secret, Endpoint::Token), Environment::bas().endpoint(Endpoint::Token).unwrap());
        assert_eq!(at(&with, Endpoint::Userinfo), Environment::bas().endpoint(Endpoint::Userinfo).unwrap(), "no alias");
        assert!(metadata.drift().is_empty(), "an alias is no drift");
        let elsewhere = serde_json::json!({ "token_endpoint": "https://evil.example/token" });
        let error = bas(|json| json["mtls_endpoint_aliases"] = elsewhere).unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::DISCOVERY_HOST, Some("mtls_endpoint_aliases")));
        let replaced = Environment::bas().with_endpoint(Endpoint::Token, "https://relay.example/token").unwrap();
        let said = document(replaced.issuer(), |json| {
            json["mtls_endpoint_aliases"] = serde_json::json!({ "token_endpoint": alias });
        });
        let metadata = Metadata::discovered(&replaced, &said).unwrap();
        assert_eq!(metadata.endpoint_for(&with, Endpoint::Token).unwrap(), "https://relay.example/token");
    }

    #[test]
    fn a_preset_works_without_discovery() {
        let metadata = Metadata::of_preset(&Environment::production());
        assert_eq!(metadata.endpoint(Endpoint::Authorization).unwrap(), "https://wallet.esw.esante.gouv.fr/auth");
    }
}
