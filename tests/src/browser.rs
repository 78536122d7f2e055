//! A browser without a screen, for providers that are not ours: keeps cookies, may hold a card, follows redirects.
//!
//! It runs no script and fills no form: a sign-in by card certificate is redirects alone. Redirects end at an address
//! outside the provider, which is what a program listening there would receive.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// One person's browser.
pub struct Browser {
    client: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

/// Where a visit ended.
#[derive(Debug)]
pub enum Visit {
    /// A redirect to an address outside the provider.
    Left(String),
    /// A page of the provider: its status and its text.
    Page(u16, String),
}

impl Browser {
    /// A browser that trusts the authority of a PEM file, with a card (a PEM file with certificate and key) in the reader.
    pub fn new(authority: &Path, card: Option<&Path>) -> Browser {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_root_certificates(roots);
        let config = match card {
            None => config.with_no_client_auth(),
            Some(card) => config
                .with_client_auth_cert(
                    CertificateDer::pem_file_iter(card).unwrap().collect::<Result<_, _>>().unwrap(),
                    PrivateKeyDer::from_pem_file(card).unwrap(),
                )
                .unwrap(),
        };
        let client = reqwest::Client::builder().tls_backend_preconfigured(config).no_proxy();
        let client = client.redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Browser { client, cookies: BTreeMap::new() }
    }

    /// Goes to an address of the provider and on from there, through at most ten redirects.
    pub async fn visit(&mut self, address: &str) -> Visit {
        let provider = origin(address).to_owned();
        let mut address = address.to_owned();
        for _ in 0..10 {
            let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = self.client.get(&address).header(COOKIE, cookies.join("; "));
            let response = request.send().await.unwrap();
            for cookie in response.headers().get_all(SET_COOKIE) {
                let pair = cookie.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                self.cookies.insert(name.to_owned(), value.to_owned());
                self.cookies.retain(|_, value| !value.is_empty());
            }
            let Some(next) = response.headers().get(LOCATION) else {
                return Visit::Page(response.status().as_u16(), response.text().await.unwrap());
            };
            let next = next.to_str().unwrap();
            address = if next.starts_with('/') { format!("{provider}{next}") } else { next.to_owned() };
            if origin(&address) != provider {
                return Visit::Left(address);
            }
        }
        panic!("redirected ten times, at last to {address}");
    }

    /// As [`Browser::visit`], where the provider is expected to send the browser back to us.
    pub async fn sent_back(&mut self, address: &str) -> String {
        match self.visit(address).await {
            Visit::Left(address) => address,
            Visit::Page(status, text) => panic!("{status}: {text}"),
        }
    }

    /// Sends a request as it is, without cookies; gives the status and the text.
    pub async fn send(&self, method: &str, address: &str, headers: &[(&str, &str)], body: String) -> (u16, String) {
        let request = self.client.request(method.parse().unwrap(), address).body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Posts a body, without cookies; gives the status.
    pub async fn post(&self, address: &str, body: String) -> u16 {
        self.send("POST", address, &[], body).await.0
    }
}

/// `https://host:port` of an address.
fn origin(address: &str) -> &str {
    let scheme = address.find("://").map_or(0, |at| at + 3);
    address[scheme..].find(['/', '?', '#']).map_or(address, |end| &address[..scheme + end])
}
