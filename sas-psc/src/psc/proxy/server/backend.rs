//! The APIs behind the proxy: a list of the operator's, each a name and an exact place. Nothing else is reached.
//!
//! A workstation chooses a name and a path below that place. It never writes an origin: no absolute address, no user
//! information, no address of a machine is read from a request at all. A path that could climb or be read in two ways
//! (dots, encoded slashes, encoded percent signs, path parameters that hide dots) is refused, not mended.

use super::TokenExchange;
use crate::error::{Code, Error, Result};
use crate::psc::address;
use std::fmt;
use std::time::Duration;

const LONGEST: usize = 8192;

/// An API behind the proxy.
///
/// ```
/// use sas_psc::psc::proxy::server::{Backend, Backends};
///
/// let dmp = Backend::new("dmp", "https://api.dmp.example/fhir/v1", false)?;
/// let backends = Backends::new([dmp])?;
/// assert_eq!(backends.target("/send/dmp/Patient/1?_summary=true")?.url(), "https://api.dmp.example/fhir/v1/Patient/1?_summary=true");
/// assert!(backends.target("/send/dmp/../admin").is_err());
/// assert!(backends.target("/send/intranet/").is_err());
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Backend {
    name: String,
    base: String,
    exchange: Option<TokenExchange>,
    extra_headers: Vec<String>,
    own_headers: Vec<String>,
    answers_within: Duration,
}

impl Backend {
    /// The API that requests to `/send/NAME/…` reach at `base`, an https address with or without a path.
    /// `insecure_loopback` allows http on a loopback address.
    ///
    /// # Errors
    /// `backend-settings`.
    pub fn new(name: &str, base: &str, insecure_loopback: bool) -> Result<Backend> {
        let refused = |field| Error::field(Code::BACKEND_SETTINGS, field);
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if name.is_empty() || name.len() > 64 || !name.bytes().all(plain) {
            return Err(refused("name"));
        }
        address::issuer(base, insecure_loopback).map_err(|_| refused("base"))?;
        let base = base.trim_end_matches('/').to_owned();
        let path = base.splitn(4, '/').nth(3).unwrap_or_default();
        if !path.is_empty() {
            checked_path(path).map_err(|_| refused("base"))?;
        }
        Ok(Backend {
            name: name.to_owned(),
            base,
            exchange: None,
            extra_headers: Vec::new(),
            own_headers: Vec::new(),
            answers_within: Duration::from_secs(60),
        })
    }

    /// Exchanges PSC's token for one of this API. Without, the API is sent PSC's own.
    pub fn with_exchange(mut self, exchange: TokenExchange) -> Backend {
        self.exchange = Some(exchange);
        self
    }

    /// Lets a workstation send this header too.
    ///
    /// # Errors
    /// `backend-settings` for a header that only a proxy may write.
    pub fn with_header(mut self, name: &str) -> Result<Backend> {
        let name = name.to_ascii_lowercase();
        let refused = || Error::field(Code::BACKEND_SETTINGS, "header");
        super::forward_request(&[(name.clone(), String::new())], &self).map_err(|_| refused())?;
        let connection =
            ["connection", "content-length", "cookie", "expect", "host", "te", "trailer", "transfer-encoding"];
        let token = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if connection.contains(&name.as_str()) || name.is_empty() || !name.bytes().all(token) {
            return Err(refused());
        }
        self.extra_headers.push(name);
        Ok(self)
    }

    /// Names a header that the proxy writes itself to this API: a workstation that sends it is refused.
    pub fn with_own_header(mut self, name: &str) -> Backend {
        self.own_headers.push(name.to_ascii_lowercase().replace('_', "-"));
        self
    }

    /// How long its answer may take to begin, and stay silent in between: one minute unless said otherwise.
    pub fn with_answers_within(mut self, wait: Duration) -> Backend {
        self.answers_within = wait;
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How tokens are exchanged for it.
    pub fn exchange(&self) -> Option<&TokenExchange> {
        self.exchange.as_ref()
    }

    /// How long its answer may take.
    pub fn answers_within(&self) -> Duration {
        self.answers_within
    }

    pub(super) fn extra_headers(&self) -> &[String] {
        &self.extra_headers
    }

    pub(super) fn own_headers(&self) -> &[String] {
        &self.own_headers
    }

    /// Our address for one of the API's, absolute or from its root; none when it is elsewhere.
    pub(super) fn below_ours(&self, address: &str) -> Option<String> {
        let origin_ends = self.base.find("://").map_or(0, |at| at + 3);
        let path_begins = self.base[origin_ends..].find('/').map_or(self.base.len(), |at| origin_ends + at);
        let prefix = if address.starts_with('/') { &self.base[path_begins..] } else { &self.base };
        let rest = address.strip_prefix(prefix)?;
        let (path, _) = rest.split_once(['?', '#']).unwrap_or((rest, ""));
        let below = rest.is_empty() || (rest.starts_with('/') && !rest.starts_with("//"));
        (below && checked_path(path.trim_start_matches('/')).is_ok()).then(|| format!("/send/{}{rest}", self.name))
    }
}

/// The APIs of a proxy.
#[derive(Debug, Clone)]
pub struct Backends(Vec<Backend>);

/// Where a request goes.
#[derive(Clone)]
pub struct Target<'b> {
    backend: &'b Backend,
    url: String,
    path: String,
}

impl Backends {
    /// A list; each name once.
    ///
    /// # Errors
    /// `backend-settings`.
    pub fn new(list: impl IntoIterator<Item = Backend>) -> Result<Backends> {
        let list: Vec<Backend> = list.into_iter().collect();
        let twice = list.iter().enumerate().any(|(at, one)| list[..at].iter().any(|other| other.name == one.name));
        if twice { Err(Error::field(Code::BACKEND_SETTINGS, "name")) } else { Ok(Backends(list)) }
    }

    /// The API of this name.
    pub fn get(&self, name: &str) -> Option<&Backend> {
        self.0.iter().find(|backend| backend.name == name)
    }

    /// Where the path and query of a request lead: `/send/NAME/rest?query`, as received, nothing decoded.
    ///
    /// # Errors
    /// `backend-unknown`, `backend-path`.
    pub fn target(&self, path_and_query: &str) -> Result<Target<'_>> {
        let refused = || Error::new(Code::BACKEND_PATH);
        if path_and_query.len() > LONGEST {
            return Err(refused());
        }
        let (path, query) = match path_and_query.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path_and_query, None),
        };
        let below = path.strip_prefix("/send/").ok_or_else(refused)?;
        let (name, rest) = below.split_once('/').unwrap_or((below, ""));
        let backend = self.get(name).ok_or_else(|| Error::new(Code::BACKEND_UNKNOWN))?;
        checked_path(rest)?;
        let plain = |b: u8| b.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&b);
        if query.is_some_and(|query| !query.bytes().all(plain) || decoded(query).is_none()) {
            return Err(refused());
        }
        let mut url = backend.base.clone();
        if below.contains('/') {
            url.push('/');
            url.push_str(rest);
        }
        if let Some(query) = query {
            url.push('?');
            url.push_str(query);
        }
        Ok(Target { backend, url, path: format!("/{rest}") })
    }
}

impl Target<'_> {
    /// Which API.
    pub fn backend(&self) -> &Backend {
        self.backend
    }

    /// The whole address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The path below the API's place, for the trace: without the query, which may name a patient.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Debug for Target<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A path or a query may name a patient.
        f.debug_struct("Target").field("backend", &self.backend.name).finish_non_exhaustive()
    }
}

/// A path without a slash in front, which stays where it is put.
fn checked_path(path: &str) -> Result<()> {
    let refused = || Error::new(Code::BACKEND_PATH);
    let plain = |b: u8| b.is_ascii_graphic() && !b"?#\"<>\\^`{|}".contains(&b);
    if !path.bytes().all(plain) {
        return Err(refused());
    }
    let steps: Vec<&str> = path.split('/').collect();
    for (at, step) in steps.iter().enumerate() {
        // An empty step at the end is a folder; elsewhere it is dropped by some servers and not by others.
        let empty = step.is_empty() && at + 1 != steps.len();
        let bytes = decoded(step).ok_or_else(refused)?;
        let hidden = bytes.iter().any(|b| b"/\\%?#".contains(b) || *b < b' ' || *b == 0x7f);
        let name = bytes.split(|b| *b == b';').next().unwrap_or_default();
        if empty || hidden || name == b"." || name == b".." || (name.is_empty() && !step.is_empty()) {
            return Err(refused());
        }
    }
    Ok(())
}

/// What a text says once its `%XX` are read; none when one is broken.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (pair, after) = rest.split_at_checked(2)?;
        let digit = |b: u8| char::from(b).to_digit(16);
        bytes.push(u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?);
        rest = after;
    }
    Some(bytes)
}
