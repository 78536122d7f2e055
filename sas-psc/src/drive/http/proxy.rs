//! Through which proxy a request would go, said without the name and password in its address.
//!
//! The choice itself is reqwest's: this asks the same matcher, from the same settings.

use super::{HttpConfig, Proxy, is_loopback};
use crate::base::ExposeSecret;
use hyper_util::client::proxy::matcher::Matcher;

/// The proxy for an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::drive) struct ProxyInUse {
    /// `http://proxy.example:3128`.
    pub(in crate::drive) address: String,
    /// Whether its address holds a name and a password.
    pub(in crate::drive) authenticated: bool,
    /// Given to this program; else the system's.
    pub(in crate::drive) given: bool,
}

impl HttpConfig {
    /// The proxy through which a request to `url` goes; none when it goes straight.
    pub(in crate::drive) fn proxy_for(&self, url: &str) -> Option<ProxyInUse> {
        let (matcher, given) = match &self.proxy {
            _ if is_loopback(url) => return None,
            Proxy::None => return None,
            Proxy::System => (Matcher::from_system(), false),
            Proxy::Address(address) => (Matcher::builder().all(address.expose_secret().to_owned()).build(), true),
        };
        let found = matcher.intercept(&url.parse().ok()?)?;
        let uri = found.uri();
        let scheme = uri.scheme_str().unwrap_or("http");
        let host = uri.authority()?.as_str();
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        Some(ProxyInUse {
            address: format!("{scheme}://{host}"),
            authenticated: found.basic_auth().is_some() || found.raw_auth().is_some(),
            given,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(address: &str) -> HttpConfig {
        HttpConfig::default().with_proxy(&address.to_owned().into()).unwrap()
    }

    #[test]
    fn a_proxy_is_told_without_what_opens_it() {
        let found =
            through("http://jeanne:mot%20de%20passe@proxy.example:3128").proxy_for("https://a.example/x").unwrap();
        assert_eq!(
            (found.address.as_str(), found.authenticated, found.given),
            ("http://proxy.example:3128", true, true)
        );
        assert!(!format!("{found:?}").contains("jeanne"));
        let plain = through("http://proxy.example:3128").proxy_for("https://a.example/x").unwrap();
        assert!(!plain.authenticated);
    }

    #[test]
    fn what_goes_straight_has_no_proxy() {
        assert_eq!(through("http://proxy.example:3128").proxy_for("http://127.0.0.1:8080/"), None);
        assert_eq!(HttpConfig::default().without_proxy().proxy_for("https://a.example/"), None);
    }
}
