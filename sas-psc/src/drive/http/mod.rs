//! HTTP over TLS, as both drivers use it: reqwest over rustls and aws-lc-rs, nothing followed, nothing kept.
//!
//! No redirects, no cookies, no automatic retries, no decompression; every request has a timeout, every body a limit.
//! Addresses on the loopback interface never go through a proxy.

#[cfg(feature = "card")]
mod card;
mod certificate;
mod failure;
mod judge;
mod proxy;
mod tls;

#[cfg(feature = "card")]
pub(super) use card::CardTls;
pub use certificate::{CertificateLife, ClientCertificate};
pub(super) use failure::*;
pub(super) use proxy::ProxyInUse;

use super::watch::{Notice, Tell};
use crate::base::{SecretString, Timestamp};
use crate::error::{Code, Error, Result};
use reqwest::{ClientBuilder, redirect, retry};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tls::{Certificate, Roots};

/// How requests are sent. `HttpConfig::default()` trusts the system's roots and uses the system's proxy settings
/// (`HTTPS_PROXY`, `NO_PROXY`…), connects within 5 seconds and answers within 15.
#[derive(Clone)]
pub struct HttpConfig {
    connect_timeout: Duration,
    timeout: Duration,
    largest_answer: usize,
    roots: Roots,
    client_certificate: Option<ClientCertificate>,
    #[cfg(feature = "card")]
    card: Option<CardTls>,
    certificate_notice: Duration,
    tell: Option<Tell>,
    proxy: Proxy,
}

#[derive(Clone)]
enum Proxy {
    System,
    None,
    Address(SecretString),
}

impl Default for HttpConfig {
    fn default() -> HttpConfig {
        HttpConfig {
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(15),
            largest_answer: 1 << 20,
            roots: Roots::default(),
            client_certificate: None,
            #[cfg(feature = "card")]
            card: None,
            certificate_notice: Duration::from_secs(60 * 24 * 3600),
            tell: None,
            proxy: Proxy::System,
        }
    }
}

impl HttpConfig {
    /// Time to connect, and time to the end of the answer.
    pub fn with_timeouts(mut self, connect: Duration, total: Duration) -> HttpConfig {
        (self.connect_timeout, self.timeout) = (connect, total);
        self
    }

    /// Trusts these authorities (PEM, one or several) besides the system's: the root of an inspecting proxy.
    ///
    /// # Errors
    /// `http-settings`.
    pub fn with_extra_ca(mut self, pem: &[u8]) -> Result<HttpConfig> {
        self.roots.extra.extend(Certificate::list(pem, "ca")?);
        Ok(self)
    }

    /// Trusts these authorities (PEM) and no other.
    ///
    /// # Errors
    /// `http-settings`.
    pub fn with_only_ca(mut self, pem: &[u8]) -> Result<HttpConfig> {
        self.roots = Roots { extra: Certificate::list(pem, "ca")?, system: false };
        Ok(self)
    }

    /// Presents this certificate with its chain (PEM) and signs with its key (PEM: PKCS#8, PKCS#1 or SEC1).
    ///
    /// # Errors
    /// Those of [`ClientCertificate::from_pem`].
    pub fn with_client_certificate(self, chain: &[u8], key: &SecretString) -> Result<HttpConfig> {
        self.with_certificate(ClientCertificate::from_pem(chain, key)?)
    }

    /// Presents this certificate to every server that asks for one.
    ///
    /// # Errors
    /// `http-settings`.
    pub fn with_certificate(mut self, certificate: ClientCertificate) -> Result<HttpConfig> {
        self.client_certificate = Some(certificate);
        self.tls()?;
        Ok(self)
    }

    /// Shows the certificate of a card to every server that asks for one, and signs with its key. Instead of a
    /// certificate whose key is in a file; with time enough for a card and a person.
    ///
    /// The signature blocks the thread of the handshake: for [`blocking`](crate::drive::blocking) drivers alone.
    ///
    /// # Errors
    /// `http-settings`.
    #[cfg(feature = "card")]
    #[cfg_attr(docsrs, doc(cfg(feature = "card")))]
    pub fn with_card(mut self, key: impl crate::card::Signer + 'static) -> Result<HttpConfig> {
        const PATIENCE: Duration = Duration::from_secs(90);
        self.card = Some(CardTls::new(Arc::new(key)));
        self.client_certificate = None;
        (self.connect_timeout, self.timeout) = (self.connect_timeout.max(PATIENCE), self.timeout.max(PATIENCE));
        self.tls()?;
        Ok(self)
    }

    /// Whether a sender whose threads serve others may be made of it.
    #[cfg(feature = "tokio")]
    pub(super) fn signs_at_once(&self) -> Result<()> {
        #[cfg(feature = "card")]
        if self.card.is_some() {
            return Err(Error::field(Code::HTTP_SETTINGS, "card"));
        }
        Ok(())
    }

    /// What a failure means, also to the card; whether it was about the version of TLS is said beside it.
    #[cfg(feature = "blocking")]
    pub(super) fn explainer(&self) -> impl Fn(Error, bool) -> Error + Send + Sync + 'static {
        #[cfg(feature = "card")]
        let card = self.card.clone();
        move |error, _about_version| {
            #[cfg(feature = "card")]
            if let Some(card) = &card {
                return card.explain(error, _about_version);
            }
            error
        }
    }

    /// How long before its end the client certificate is said to end soon; by default 60 days, as ANS's renewal notice.
    pub fn with_certificate_notice(mut self, notice: Duration) -> HttpConfig {
        self.certificate_notice = notice;
        self
    }

    /// Has `tell` called with what an operator should hear of: a certificate that ends, a clock that is off, a provider
    /// that cannot be reached. It is called on the thread of the request: let it log or send, not wait.
    pub fn on_notice(mut self, tell: impl Fn(&Notice) + Send + Sync + 'static) -> HttpConfig {
        self.tell = Some(Arc::new(tell));
        self
    }

    pub(super) fn tell(&self) -> Option<&Tell> {
        self.tell.as_ref()
    }

    /// The client certificate.
    pub fn certificate(&self) -> Option<&ClientCertificate> {
        self.client_certificate.as_ref()
    }

    /// How much of the client certificate's life is left, when there is one.
    pub fn certificate_life(&self, now: Timestamp) -> Option<CertificateLife> {
        self.certificate().map(|certificate| certificate.life(self.certificate_notice, now))
    }

    /// Goes through this proxy: `http://user:password@proxy.example:3128`.
    ///
    /// # Errors
    /// `http-settings`.
    pub fn with_proxy(mut self, address: &SecretString) -> Result<HttpConfig> {
        self.proxy = Proxy::Address(address.clone());
        self.reqwest_proxy()?;
        Ok(self)
    }

    /// Uses no proxy, whatever the system says.
    pub fn without_proxy(mut self) -> HttpConfig {
        self.proxy = Proxy::None;
        self
    }

    /// The same, with time for an answer that a person gives first.
    pub fn patient(&self, wait: Duration) -> HttpConfig {
        self.clone().with_timeouts(self.connect_timeout, self.timeout.max(wait))
    }

    /// How many bytes an answer may have, headers apart; 1 MiB when not said.
    pub fn with_largest_answer(mut self, bytes: usize) -> HttpConfig {
        self.largest_answer = bytes;
        self
    }

    pub(super) fn largest_answer(&self) -> usize {
        self.largest_answer
    }

    /// A builder for addresses elsewhere, and one for loopback addresses.
    pub(super) fn builders(&self) -> Result<[ClientBuilder; 2]> {
        let elsewhere = match (&self.proxy, self.reqwest_proxy()?) {
            (Proxy::None, _) => self.builder()?.no_proxy(),
            (_, Some(proxy)) => self.builder()?.proxy(proxy),
            (_, None) => self.builder()?,
        };
        Ok([elsewhere, self.builder()?.no_proxy()])
    }

    fn builder(&self) -> Result<ClientBuilder> {
        Ok(reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls()?)
            .connect_timeout(self.connect_timeout)
            .timeout(self.timeout)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .user_agent(concat!("sas-psc/", env!("CARGO_PKG_VERSION"))))
    }

    fn tls(&self) -> Result<rustls::ClientConfig> {
        #[cfg(feature = "card")]
        if let Some(card) = &self.card {
            return tls::config_with_card(&self.roots, card);
        }
        tls::config(&self.roots, self.client_certificate.as_ref())
    }

    fn reqwest_proxy(&self) -> Result<Option<reqwest::Proxy>> {
        use crate::base::ExposeSecret;
        let Proxy::Address(address) = &self.proxy else { return Ok(None) };
        let proxy = reqwest::Proxy::all(address.expose_secret());
        proxy.map(Some).map_err(|_| Error::field(Code::HTTP_SETTINGS, "proxy"))
    }
}

impl fmt::Debug for HttpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpConfig")
            .field("connect_timeout", &self.connect_timeout)
            .field("timeout", &self.timeout)
            .field("client_certificate", &self.client_certificate.is_some())
            .finish_non_exhaustive()
    }
}

/// Header names in lower case, with their values; bytes that are no text are replaced.
pub(super) fn headers(map: &reqwest::header::HeaderMap) -> Vec<(String, String)> {
    let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    map.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// Whether an address is on this machine.
pub(super) fn is_loopback(url: &str) -> bool {
    let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let ip = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_be_used_are_refused_where_they_are_given() {
        let config = HttpConfig::default();
        let field = |result: Result<HttpConfig>| {
            let error = result.unwrap_err();
            assert_eq!(error.code(), Code::HTTP_SETTINGS);
            error.facts().field
        };
        assert_eq!(field(config.clone().with_extra_ca(b"no PEM")), Some("ca"));
        assert_eq!(field(config.clone().with_only_ca(b"")), Some("ca"));
        let key = SecretString::from("no PEM".to_owned());
        assert_eq!(field(config.clone().with_client_certificate(b"", &key)), Some("client_certificate"));
        assert_eq!(field(config.with_proxy(&"::".to_owned().into())), Some("proxy"));
    }

    #[test]
    fn loopback_addresses_are_known() {
        for url in ["http://127.0.0.1:8080/a", "http://[::1]:1/", "https://localhost/"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in ["https://auth.esw.esante.gouv.fr/", "http://127.0.0.1.example/", "", "http://10.0.0.1/"] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
