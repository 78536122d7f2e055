//! Which server is asked: its address, the key that opens it, how large a page may be.

use super::ask::Ask;
use super::{Cursor, Lookup, PageRequest, Search};
use crate::base::{ExposeSecret, Method, Random, Request, SecretString, address};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use std::fmt;

/// Annuaire Santé, version 2.
const ANS: &str = "https://gateway.api.esante.gouv.fr/fhir/v2";
/// ANS advises no more: larger pages end in 502.
const LARGEST_PAGE: u16 = 200;

/// A FHIR server of the directory. Its `Debug` shows no key.
///
/// ```
/// use sas_psc::directory::fhir::Server;
///
/// let server = Server::ans("the key of the portal".to_owned().into())?;
/// assert_eq!(server.base(), "https://gateway.api.esante.gouv.fr/fhir/v2");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone)]
pub struct Server {
    base: String,
    origin: String,
    key: Option<SecretString>,
    page: u16,
    rewritten: bool,
}

impl Server {
    /// Annuaire Santé of ANS, version 2, with the application's key (`ESANTE-API-KEY`) of portal.api.esante.gouv.fr.
    ///
    /// # Errors
    /// `fhir-settings` when the key cannot be a header.
    pub fn ans(key: SecretString) -> Result<Server> {
        Server::at(ANS, Some(key))
    }

    /// A server at an https address, up to and with its version: `https://gateway.example/fhir/v2`.
    ///
    /// # Errors
    /// `address-refused`, `fhir-settings` when the key cannot be a header.
    pub fn at(base: &str, key: Option<SecretString>) -> Result<Server> {
        Server::allowing(base, key, false)
    }

    pub(in crate::directory) fn allowing(base: &str, key: Option<SecretString>, loopback: bool) -> Result<Server> {
        let base = base.trim_end_matches('/').to_owned();
        let host = address::issuer(&base, loopback).map_err(|_| Error::field(Code::ADDRESS_REFUSED, "base"))?;
        let sound = |key: &SecretString| {
            let key = key.expose_secret();
            (1..=512).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
        };
        if key.as_ref().is_some_and(|key| !sound(key)) {
            return Err(Error::field(Code::FHIR_SETTINGS, "key"));
        }
        let origin = origin_of(&base, host);
        Ok(Server { base, origin, key, page: 50, rewritten: false })
    }

    /// How many matches a page asks for, 1 to 200; 50 when not said.
    ///
    /// # Errors
    /// `fhir-settings`.
    pub fn with_page_size(mut self, matches: u16) -> Result<Server> {
        if !(1..=LARGEST_PAGE).contains(&matches) {
            return Err(Error::field(Code::FHIR_SETTINGS, "page"));
        }
        self.page = matches;
        Ok(self)
    }

    /// Follows a `next` link to another host at this server's own: for a gateway of yours that leaves the links of ANS
    /// as they are. Without it such a link is an error, since the key would go with the request.
    pub fn with_rewritten_links(mut self) -> Server {
        self.rewritten = true;
        self
    }

    /// The address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Begins to look people up by their national identifiers, at most 50 at once. `random` spreads what is tried again.
    ///
    /// # Errors
    /// `fhir-question` for none or more than 50; `no-randomness`.
    pub fn lookup(&self, ids: &[IdNat], random: &mut dyn Random) -> Result<Lookup> {
        Lookup::new(self.clone(), ids, random)
    }

    /// Begins to read the first page of a search.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn page(&self, search: &Search, random: &mut dyn Random) -> Result<PageRequest> {
        Ok(PageRequest::new(Ask::search(self.clone(), search.clone(), random)?))
    }

    /// Begins to read the page that another one named ([`Page::next`](super::Page::next)).
    ///
    /// # Errors
    /// `fhir-link-elsewhere` when the page is another server's; `no-randomness`.
    pub fn page_after(&self, cursor: &Cursor, random: &mut dyn Random) -> Result<PageRequest> {
        Ok(PageRequest::new(Ask::follow(self.clone(), cursor, random)?))
    }

    /// The request for an address of this server.
    pub(super) fn request(&self, url: String) -> Request {
        let mut headers = vec![("accept", "application/fhir+json".to_owned())];
        headers.extend(self.key.as_ref().map(|key| ("esante-api-key", key.expose_secret().to_owned())));
        Request { method: Method::Get, url, headers, body: Vec::new() }
    }

    /// The first request of a search; each failure halves the page.
    pub(super) fn search_url(&self, search: &Search, halvings: u8) -> String {
        let count = (self.page >> halvings.min(4)).max(10.min(self.page));
        format!("{}/{}{}_count={count}", self.base, search.path(), search.separator())
    }

    /// The address behind a `next` link, when it may be followed: always at this server's own spelling of itself.
    pub(super) fn link(&self, url: &str) -> Result<String> {
        let elsewhere = || Error::new(Code::FHIR_LINK_ELSEWHERE);
        let is_http = self.origin.starts_with("http:");
        let host = address::host(url, is_http).map_err(|_| elsewhere())?;
        if origin_of(url, host) != self.origin && !self.rewritten {
            return Err(elsewhere());
        }
        // What follows scheme and host.
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        let path = rest.find(['/', '?']).map_or("", |at| &rest[at..]);
        Ok(format!("{}{path}", self.origin))
    }
}

/// Scheme, host and port, spelt in one way.
fn origin_of(url: &str, host: String) -> String {
    let scheme = url.split("://").next().unwrap_or_default();
    format!("{scheme}://{host}")
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("base", &self.base).field("page", &self.page).finish_non_exhaustive()
    }
}
