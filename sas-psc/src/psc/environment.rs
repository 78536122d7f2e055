//! The environments of PSC: production and BAS (bac à sable) as presets, any other issuer by its address.
//!
//! PSC publishes its metadata at `wallet-openid-configuration`, and its authorization endpoint is on another host than
//! its issuer. A preset knows every endpoint, accepts only its own hosts, and can be used without discovery.
//! An address set by the caller wins over both the preset and the discovered one. Addresses that PSC has left, and those
//! of its servers that are not its issuer, are refused by name: both are still printed in guides.
//!
//! Source: ansforge/keycloak-prosanteconnect `psc.properties`; ansforge/DRIM-M_DRIMbox `configopenid.json` (BAS).
//! Production revocation, CIBA, PAR and device are inferred from BAS: discovery tells the true ones.

use super::address;
use crate::base::{Method, Request};
use crate::error::{Code, Error, Result};
use std::str::FromStr;

const DISCOVERY_PATH: &str = "/.well-known/wallet-openid-configuration";

const PRODUCTION: [&str; 2] = ["auth.esw.esante.gouv.fr", "wallet.esw.esante.gouv.fr"];
const BAS: [&str; 2] = ["auth.bas.psc.esante.gouv.fr", "wallet.bas.psc.esante.gouv.fr"];
/// The sandbox's hosts until 2022.
const RETIRED: [&str; 2] = ["auth.bas.esw.esante.gouv.fr", "wallet.bas.esw.esante.gouv.fr"];

/// An endpoint of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Endpoint {
    /// Where the browser goes to sign in.
    Authorization,
    /// Where codes, refresh tokens and CIBA requests become tokens.
    Token,
    /// Where an access token becomes claims.
    Userinfo,
    /// Where the signature keys are.
    Jwks,
    /// Token introspection.
    Introspection,
    /// Where the browser goes to sign out.
    EndSession,
    /// Token revocation.
    Revocation,
    /// Backchannel authentication.
    Ciba,
    /// Pushed authorization requests; no documented use at PSC.
    PushedAuthorization,
    /// Device authorization; no documented use at PSC.
    Device,
    /// The frame that watches a session in the browser; not used here.
    CheckSession,
    /// Dynamic client registration; PSC registers services by hand.
    Registration,
}

impl Endpoint {
    /// Every endpoint, in order.
    pub const ALL: [Endpoint; 12] = [
        Endpoint::Authorization,
        Endpoint::Token,
        Endpoint::Userinfo,
        Endpoint::Jwks,
        Endpoint::Introspection,
        Endpoint::EndSession,
        Endpoint::Revocation,
        Endpoint::Ciba,
        Endpoint::PushedAuthorization,
        Endpoint::Device,
        Endpoint::CheckSession,
        Endpoint::Registration,
    ];

    /// The member of a discovery document that holds it.
    pub const fn member(self) -> &'static str {
        match self {
            Endpoint::Authorization => "authorization_endpoint",
            Endpoint::Token => "token_endpoint",
            Endpoint::Userinfo => "userinfo_endpoint",
            Endpoint::Jwks => "jwks_uri",
            Endpoint::Introspection => "introspection_endpoint",
            Endpoint::EndSession => "end_session_endpoint",
            Endpoint::Revocation => "revocation_endpoint",
            Endpoint::Ciba => "backchannel_authentication_endpoint",
            Endpoint::PushedAuthorization => "pushed_authorization_request_endpoint",
            Endpoint::Device => "device_authorization_endpoint",
            Endpoint::CheckSession => "check_session_iframe",
            Endpoint::Registration => "registration_endpoint",
        }
    }
}

impl FromStr for Endpoint {
    type Err = Error;

    /// Reads the name of the member of a discovery document.
    ///
    /// # Errors
    /// `endpoint-unknown`.
    fn from_str(member: &str) -> Result<Endpoint> {
        let mut all = Endpoint::ALL.into_iter();
        all.find(|endpoint| endpoint.member() == member).ok_or_else(|| Error::field(Code::ENDPOINT_UNKNOWN, "endpoint"))
    }
}

/// Addresses by endpoint; an endpoint may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints([Option<String>; Endpoint::ALL.len()]);

impl Endpoints {
    /// The address of an endpoint.
    pub fn get(&self, endpoint: Endpoint) -> Option<&str> {
        self.0[endpoint as usize].as_deref()
    }

    pub(super) fn set(&mut self, endpoint: Endpoint, url: String) {
        self.0[endpoint as usize] = Some(url);
    }
}

/// Which provider to talk to, and what is accepted from it.
///
/// ```
/// use sas_psc::psc::{Endpoint, Environment};
///
/// let bas = Environment::bas();
/// assert_eq!(bas.endpoint(Endpoint::Authorization), Some("https://wallet.bas.psc.esante.gouv.fr/auth"));
/// assert!(bas.discovery_request().url.ends_with("/.well-known/wallet-openid-configuration"));
/// let elsewhere = Environment::custom("https://login.example.fr/realms/sante")?;
/// assert_eq!(elsewhere.issuer(), "https://login.example.fr/realms/sante");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    issuer: String,
    discovery_path: String,
    preset: Endpoints,
    replaced: Endpoints,
    hosts: Vec<String>,
    pub(super) insecure_loopback: bool,
    pub(super) simulator: bool,
}

impl Environment {
    /// PSC in production.
    pub fn production() -> Environment {
        Environment::of_psc(PRODUCTION)
    }

    /// PSC's sandbox, the bac à sable.
    pub fn bas() -> Environment {
        Environment::of_psc(BAS)
    }

    /// The environment of an issuer: production and the sandbox when it is theirs, else another provider.
    ///
    /// # Errors
    /// Those of [`Environment::custom`].
    pub fn of(issuer: &str) -> Result<Environment> {
        Environment::custom(issuer)
    }

    /// Another provider, whose endpoints come from its discovery document. `issuer` must be https; to use http on a
    /// loopback address see [`super::danger::insecure_loopback`]. An issuer of PSC is its preset.
    ///
    /// # Errors
    /// `address-refused`; `environment-retired` for the hosts that PSC has left; `issuer-misspelt` for an address on
    /// PSC's hosts that is not its issuer to the byte.
    pub fn custom(issuer: &str) -> Result<Environment> {
        Environment::of_issuer(issuer, false)
    }

    pub(super) fn of_issuer(issuer: &str, insecure_loopback: bool) -> Result<Environment> {
        let host = address::issuer(issuer, insecure_loopback)?;
        let presets = [Environment::production(), Environment::bas()];
        if let Some(preset) = presets.into_iter().find(|preset| preset.issuer == issuer) {
            return Ok(preset);
        }
        not_retired(&host, "issuer")?;
        if PRODUCTION.iter().chain(&BAS).any(|psc| is_host(psc, &host)) {
            return Err(Error::field(Code::ISSUER_MISSPELT, "issuer"));
        }
        Ok(Environment {
            issuer: issuer.to_owned(),
            discovery_path: DISCOVERY_PATH.to_owned(),
            preset: Endpoints::default(),
            replaced: Endpoints::default(),
            hosts: Vec::new(),
            insecure_loopback,
            simulator: false,
        })
    }

    /// Of a service that is at hand: its document is never asked for.
    #[cfg(all(feature = "psc", feature = "system"))]
    pub(crate) fn of_service(service: &super::Service) -> Environment {
        Environment {
            issuer: service.metadata().issuer().to_owned(),
            discovery_path: DISCOVERY_PATH.to_owned(),
            preset: Endpoints::default(),
            replaced: Endpoints::default(),
            hosts: Vec::new(),
            insecure_loopback: false,
            simulator: false,
        }
    }

    fn of_psc([auth, wallet]: [&str; 2]) -> Environment {
        let issuer = format!("https://{auth}/auth/realms/esante-wallet");
        let mut preset = Endpoints::default();
        preset.set(Endpoint::Authorization, format!("https://{wallet}/auth"));
        for (endpoint, path) in [
            (Endpoint::Token, "token"),
            (Endpoint::Userinfo, "userinfo"),
            (Endpoint::Jwks, "certs"),
            (Endpoint::Introspection, "token/introspect"),
            (Endpoint::EndSession, "logout"),
            (Endpoint::Revocation, "revoke"),
            (Endpoint::Ciba, "ext/ciba/auth"),
            (Endpoint::PushedAuthorization, "ext/par/request"),
            (Endpoint::Device, "auth/device"),
            (Endpoint::CheckSession, "login-status-iframe.html"),
        ] {
            preset.set(endpoint, format!("{issuer}/protocol/openid-connect/{path}"));
        }
        preset.set(Endpoint::Registration, format!("{issuer}/clients-registrations/openid-connect"));
        Environment {
            issuer,
            discovery_path: DISCOVERY_PATH.to_owned(),
            preset,
            replaced: Endpoints::default(),
            hosts: vec![auth.to_owned(), wallet.to_owned()],
            insecure_loopback: false,
            simulator: false,
        }
    }

    /// The issuer, compared byte for byte with the discovery document, the callback and every token.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whether this is Pro Santé Connect, in production or its sandbox.
    pub fn is_psc(&self) -> bool {
        [PRODUCTION, BAS].iter().any(|psc| Environment::of_psc(*psc).issuer == self.issuer)
    }

    /// The address of an endpoint, as replaced by the caller or known by the preset.
    pub fn endpoint(&self, endpoint: Endpoint) -> Option<&str> {
        self.replaced(endpoint).or_else(|| self.preset.get(endpoint))
    }

    /// Replaces what follows the issuer in the address of the discovery document. No other path is ever tried.
    pub fn with_discovery_path(mut self, path: &str) -> Environment {
        self.discovery_path = format!("/{}", path.trim_start_matches('/'));
        self
    }

    /// Replaces the address of an endpoint, whatever discovery says. Its host joins the accepted ones.
    ///
    /// # Errors
    /// `address-refused`; `environment-retired`.
    pub fn with_endpoint(mut self, endpoint: Endpoint, url: &str) -> Result<Environment> {
        let host = address::host(url, self.insecure_loopback)
            .map_err(|_| Error::field(Code::ADDRESS_REFUSED, endpoint.member()))?;
        not_retired(&host, endpoint.member())?;
        self.replaced.set(endpoint, url.to_owned());
        Ok(self)
    }

    /// Accepts discovered endpoints on these hosts alone, each with its port unless it is 443. The presets accept only PSC's two; a custom environment
    /// without a list accepts any https host that the issuer's own document names.
    pub fn with_hosts<I: IntoIterator<Item = S>, S: Into<String>>(mut self, hosts: I) -> Environment {
        self.hosts = hosts.into_iter().map(|host| host.into().to_ascii_lowercase()).collect();
        self
    }

    /// The request for the discovery document.
    pub fn discovery_request(&self) -> Request {
        Request {
            method: Method::Get,
            url: format!("{}{}", self.issuer.trim_end_matches('/'), self.discovery_path),
            headers: vec![("accept", "application/json".to_owned())],
            body: Vec::new(),
        }
    }

    pub(super) fn replaced(&self, endpoint: Endpoint) -> Option<&str> {
        self.replaced.get(endpoint)
    }

    pub(super) fn preset(&self, endpoint: Endpoint) -> Option<&str> {
        self.preset.get(endpoint)
    }

    /// Whether a discovered address may be used.
    pub(super) fn accepts(&self, url: &str) -> bool {
        address::host(url, self.insecure_loopback).is_ok_and(|host| self.hosts.is_empty() || self.hosts.contains(&host))
    }
}

/// Whether `found` is this host, on whatever port.
fn is_host(host: &str, found: &str) -> bool {
    found.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

fn not_retired(host: &str, field: &'static str) -> Result<()> {
    let retired = RETIRED.iter().any(|old| is_host(old, host));
    if retired { Err(Error::field(Code::ENVIRONMENT_RETIRED, field)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_know_every_endpoint_and_accept_only_their_hosts() {
        for environment in [Environment::production(), Environment::bas()] {
            for endpoint in Endpoint::ALL {
                let url = environment.endpoint(endpoint).unwrap();
                assert!(environment.accepts(url), "{url}");
            }
            assert!(!environment.accepts("https://auth.esante.gouv.fr/auth"));
            assert!(!environment.accepts(&environment.issuer().replace("https", "http")));
        }
        assert!(!Environment::production().accepts(Environment::bas().issuer()), "the sandbox is not production");
    }

    #[test]
    fn an_endpoint_has_the_name_of_its_member() {
        for endpoint in Endpoint::ALL {
            assert_eq!(endpoint.member().parse::<Endpoint>().unwrap(), endpoint);
        }
        let unknown = "token".parse::<Endpoint>().unwrap_err();
        assert_eq!((unknown.code(), unknown.facts().field), (Code::ENDPOINT_UNKNOWN, Some("endpoint")));
    }

    /// What ANS's sources say of both environments: facts, one by one, so that no template can be wrong for all.
    #[test]
    fn the_published_addresses_are_the_presets() {
        let bas = "https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet";
        let production = "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet";
        let path = "/.well-known/wallet-openid-configuration";
        for (environment, issuer, wallet) in [
            (Environment::bas(), bas, "https://wallet.bas.psc.esante.gouv.fr/auth"),
            (Environment::production(), production, "https://wallet.esw.esante.gouv.fr/auth"),
        ] {
            assert_eq!(environment.issuer(), issuer);
            assert_eq!(environment.discovery_request().url, format!("{issuer}{path}"));
            assert_eq!(environment.endpoint(Endpoint::Authorization), Some(wallet));
            for (endpoint, rest) in [
                (Endpoint::Token, "/protocol/openid-connect/token"),
                (Endpoint::Userinfo, "/protocol/openid-connect/userinfo"),
                (Endpoint::Jwks, "/protocol/openid-connect/certs"),
                (Endpoint::Introspection, "/protocol/openid-connect/token/introspect"),
                (Endpoint::EndSession, "/protocol/openid-connect/logout"),
                (Endpoint::Revocation, "/protocol/openid-connect/revoke"),
                (Endpoint::Ciba, "/protocol/openid-connect/ext/ciba/auth"),
                (Endpoint::PushedAuthorization, "/protocol/openid-connect/ext/par/request"),
                (Endpoint::Device, "/protocol/openid-connect/auth/device"),
                (Endpoint::CheckSession, "/protocol/openid-connect/login-status-iframe.html"),
                (Endpoint::Registration, "/clients-registrations/openid-connect"),
            ] {
                assert_eq!(environment.endpoint(endpoint), Some(format!("{issuer}{rest}").as_str()));
            }
        }
    }

    #[test]
    fn what_psc_has_left_and_what_is_not_its_issuer_are_refused_by_name() {
        let code = |issuer: &str| Environment::custom(issuer).unwrap_err().code();
        for retired in RETIRED {
            assert_eq!(code(&format!("https://{retired}/auth/realms/esante-wallet")), Code::ENVIRONMENT_RETIRED);
            assert_eq!(code(&format!("https://{retired}:8443/x")), Code::ENVIRONMENT_RETIRED);
            let endpoint = Environment::bas().with_endpoint(Endpoint::Token, &format!("https://{retired}/token"));
            assert_eq!(endpoint.unwrap_err().code(), Code::ENVIRONMENT_RETIRED);
            assert!(!Environment::bas().accepts(&format!("https://{retired}/token")));
        }
        for near in [
            "https://auth.esw.esante.gouv.fr/auth/realms/esante-wallet/",
            "https://auth.esw.esante.gouv.fr",
            "https://AUTH.esw.esante.gouv.fr/auth/realms/esante-wallet",
            "https://auth.esw.esante.gouv.fr:8443/auth/realms/esante-wallet",
            "https://wallet.esw.esante.gouv.fr/auth/realms/esante-wallet",
            "https://wallet.bas.psc.esante.gouv.fr/auth",
        ] {
            assert_eq!(code(near), Code::ISSUER_MISSPELT, "{near}");
        }
        assert!(Environment::custom("https://auth.esw.esante.gouv.fr.example/x").is_ok(), "another host");
    }

    #[test]
    fn another_port_of_a_trusted_host_is_another_server() {
        let bas = Environment::bas();
        assert!(bas.accepts("https://auth.bas.psc.esante.gouv.fr:443/x"));
        assert!(!bas.accepts("https://auth.bas.psc.esante.gouv.fr:8443/x"));
        assert!(
            bas.with_hosts(["auth.bas.psc.esante.gouv.fr:8443"]).accepts("https://auth.bas.psc.esante.gouv.fr:8443/x")
        );
    }

    #[test]
    fn an_endpoint_set_by_the_caller_wins_and_must_be_https() {
        let environment = Environment::bas().with_endpoint(Endpoint::Ciba, "https://relay.example/ciba").unwrap();
        assert_eq!(environment.endpoint(Endpoint::Ciba), Some("https://relay.example/ciba"));
        let error = Environment::bas().with_endpoint(Endpoint::Ciba, "http://relay.example/ciba").unwrap_err();
        assert_eq!((error.code(), error.facts().field), (Code::ADDRESS_REFUSED, Some(Endpoint::Ciba.member())));
    }

    #[test]
    fn an_issuer_of_psc_is_its_preset() {
        assert_eq!(Environment::of(Environment::bas().issuer()).unwrap(), Environment::bas());
        assert_eq!(Environment::of("https://a.example/x").unwrap().issuer(), "https://a.example/x");
        assert_eq!(Environment::of("a.example").unwrap_err().code(), Code::ADDRESS_REFUSED);
    }

    #[test]
    fn the_discovery_path_is_a_setting_and_follows_the_issuer() {
        let environment = Environment::custom("https://a.example/realms/x").unwrap();
        let standard = environment.with_discovery_path(".well-known/openid-configuration");
        assert_eq!(standard.discovery_request().url, "https://a.example/realms/x/.well-known/openid-configuration");
        assert_eq!(Environment::custom("http://127.0.0.1:1/x").unwrap_err().facts().field, Some("issuer"));
    }
}
