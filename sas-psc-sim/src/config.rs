//! What a simulator is started with: who may sign in, which services are registered, its time, its faults.

use crate::conformance::Case;
use crate::people::{Person, everybody};
use crate::{Mtls, Scenario, VirtualClock};

/// How to start a simulator. The default suits tests: real time, ports chosen by the kernel, everybody of
/// `people.json`, the two services below.
#[derive(Clone)]
pub struct Config {
    /// The simulator's time.
    pub clock: VirtualClock,
    /// Makes codes, identifiers and the numbers on the phone repeatable.
    pub seed: Option<u64>,
    /// The port of the `auth` origin; wallet, web and mail take the three after it. 0: the kernel chooses all four.
    pub port: u16,
    /// What goes wrong from the start.
    pub scenario: Scenario,
    /// The registered services.
    pub clients: Vec<Client>,
    /// Who can sign in.
    pub people: Vec<Person>,
    /// Seconds between two CIBA polls: 5 at Keycloak, 1 in ANS's own mock.
    pub ciba_interval: u32,
    /// A case of the bench of clients, which changes what the realm answers; none in a simulator for anything else.
    pub case: Option<Case>,
    /// The realm over TLS with client certificates too, on the port after mail's; what `mtls_endpoint_aliases` point to.
    pub mtls: Option<Mtls>,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            clock: VirtualClock::real(),
            seed: None,
            port: 0,
            scenario: Scenario::default(),
            clients: vec![Client::default(), Client::other()],
            people: everybody(),
            ciba_interval: 5,
            case: None,
            mtls: None,
        }
    }
}

/// A service registered at the simulated PSC. Its secret is no secret.
#[derive(Debug, Clone)]
pub struct Client {
    /// `client_id`.
    pub id: String,
    /// `client_secret`.
    pub secret: String,
    /// The name shown on the pages and on the phone.
    pub name: String,
    /// Where answers may go: compared character by character, except that a final `*` stands for anything and a
    /// loopback address for any of its ports. Logout returns to the same places.
    pub redirect_uris: Vec<String>,
    /// Whether an authorization without PKCE S256 is refused.
    pub pkce_required: bool,
    /// Whether CIBA is switched on.
    pub ciba: bool,
    /// Where it is told that a session ended (OpenID Connect Back-Channel Logout 1.0): plain http on a loopback address.
    pub backchannel_logout: Option<String>,
    /// The certificate that it may show instead of its secret, over TLS: the base64url of its SHA-256.
    pub certificate: Option<String>,
}

impl Client {
    /// A second service, for single sign-on: no CIBA, PKCE required.
    pub fn other() -> Client {
        Client {
            id: "autre-service".into(),
            name: "Autre service".into(),
            pkce_required: true,
            ciba: false,
            ..Client::default()
        }
    }

    /// Whether answers may go to `uri`.
    pub(crate) fn accepts(&self, uri: &str) -> bool {
        let Ok(mut parsed) = url::Url::parse(uri) else {
            return false;
        };
        if parsed.fragment().is_some() {
            return false;
        }
        let loopback = matches!(parsed.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        let without_port = (loopback && parsed.set_port(None).is_ok()).then(|| parsed.to_string());
        self.redirect_uris.iter().any(|pattern| {
            let fits = |uri: &str| match pattern.strip_suffix('*') {
                Some(start) => uri.starts_with(start),
                None => uri == pattern,
            };
            fits(uri) || without_port.as_deref().is_some_and(fits)
        })
    }
}

impl Default for Client {
    fn default() -> Client {
        let loopback = ["http://127.0.0.1/*", "http://localhost/*", "https://127.0.0.1/*", "https://localhost/*"];
        Client {
            id: "plateforme-sas".into(),
            secret: "secret-de-simulateur".into(),
            name: "Plateforme digitale SAS".into(),
            redirect_uris: loopback.map(str::to_owned).into(),
            pkce_required: false,
            ciba: true,
            backchannel_logout: None,
            certificate: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_as_at_keycloak() {
        let client = Client::default();
        for good in ["http://127.0.0.1:45123/x/y", "http://localhost/", "https://localhost:8443/retour?a=b"] {
            assert!(client.accepts(good), "{good}");
        }
        for bad in ["https://evil.example/cb", "http://127.0.0.1@evil.example/", "http://127.0.0.1:1/#x", "/retour", ""]
        {
            assert!(!client.accepts(bad), "{bad}");
        }
        let exact = Client { redirect_uris: vec!["https://sas.invalid/retour".into()], ..Client::default() };
        assert!(exact.accepts("https://sas.invalid/retour"));
        assert!(!exact.accepts("https://sas.invalid/retour/") && !exact.accepts("https://SAS.invalid/retour"));
    }
}
