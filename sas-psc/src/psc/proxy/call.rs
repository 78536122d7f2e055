//! The two other calls: sign out, and send a request to an API behind the proxy.

use super::answer::{self, Asked};
use super::forwarded::FORWARDED;
use super::{Path, Proxy, ProxySession};
use crate::base::{Method, Request, Response, Timestamp};
use crate::error::{Code, Error, Result};
use crate::psc::{Exchange, Next};
use std::fmt;

/// A request for an API behind the proxy.
///
/// ```
/// use sas_psc::Code;
/// use sas_psc::psc::proxy::SendRequest;
///
/// let request = SendRequest::get("dmp", "/Patient/1?_summary=true").header("accept", "application/fhir+json")?;
/// assert_eq!(request.header("authorization", "Bearer …").unwrap_err().code(), Code::HEADER_RESERVED);
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone)]
pub struct SendRequest {
    method: Method,
    backend: String,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl SendRequest {
    /// A request: the method, the proxy's name of the API, the path and query there, the body.
    pub fn new(method: Method, backend: &str, path: &str, body: impl Into<Vec<u8>>) -> SendRequest {
        let path = path.trim_start_matches('/').to_owned();
        SendRequest { method, backend: backend.to_owned(), path, headers: Vec::new(), body: body.into() }
    }

    /// A GET.
    pub fn get(backend: &str, path: &str) -> SendRequest {
        SendRequest::new(Method::Get, backend, path, Vec::new())
    }

    /// Adds a header: one that describes the content or the condition of the request.
    ///
    /// # Errors
    /// `header-reserved` for any other.
    pub fn header(mut self, name: &str, value: &str) -> Result<SendRequest> {
        let known = FORWARDED.iter().find(|known| known.eq_ignore_ascii_case(name));
        let plain = value.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b));
        match known {
            Some(name) if plain => self.headers.push((name, value.to_owned())),
            _ => return Err(Error::field(Code::HEADER_RESERVED, "header")),
        }
        Ok(self)
    }
}

impl fmt::Debug for SendRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendRequest").field("method", &self.method).finish_non_exhaustive()
    }
}

impl Proxy {
    /// Begins to sign out: the proxy ends its session and PSC's. A session that is over already is no error.
    ///
    /// # Errors
    /// `proxy-session-unknown` when another proxy gave the session.
    pub fn disconnect(&self, session: &ProxySession) -> Result<Disconnect> {
        let headers = vec![session.header(self)?];
        let request = Request { method: Method::Delete, url: self.url(Path::Disconnect), headers, body: Vec::new() };
        Ok(Disconnect { request: Some(request), done: false })
    }

    /// Begins to send a request to an API behind the proxy.
    ///
    /// # Errors
    /// `proxy-session-unknown` when another proxy gave the session; `backend-path` when the address would not be below
    /// the proxy's `/send`.
    pub fn send(&self, session: &ProxySession, request: SendRequest) -> Result<Send> {
        let SendRequest { method, backend, path, mut headers, body } = request;
        let named = !backend.is_empty() && backend.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        let plain = path.bytes().all(|b| b.is_ascii_graphic() && !b"#\\\"<>".contains(&b));
        let steps = path.split('?').next().unwrap_or("").split('/').all(|step| step != "." && step != "..");
        if !named || backend.starts_with('.') || !plain || !steps {
            return Err(Error::new(Code::BACKEND_PATH));
        }
        headers.push(session.header(self)?);
        let url = format!("{}/{backend}/{path}", self.url(Path::Send));
        Ok(Send { request: Some(Request { method, url, headers, body }), answer: None })
    }
}

/// A sign-out on its way.
///
/// Its errors: `proxy-unavailable`, `proxy-answer`, and those of the network.
pub struct Disconnect {
    request: Option<Request>,
    done: bool,
}

impl Disconnect {
    pub(super) fn into_request(self) -> Option<Request> {
        self.request
    }
}

impl Exchange for Disconnect {
    type Output = ();

    fn next(&mut self, _: Timestamp) -> Result<Next<()>> {
        match self.request.take() {
            Some(request) => Ok(Next::Send(request)),
            None if self.done => Ok(Next::Done(())),
            None => Err(Error::new(Code::REQUEST_SPENT)),
        }
    }

    fn answered(&mut self, response: &Response, _: Timestamp) -> Result<()> {
        // 401: the proxy knows the session no more, which is what was asked for.
        self.done = matches!(response.status, 200 | 202 | 204 | 401);
        if self.done { Ok(()) } else { Err(answer::refusal(response, Asked::Disconnect)) }
    }

    fn failed(&mut self, error: Error, _: Timestamp) -> Result<()> {
        Err(error)
    }
}

impl fmt::Debug for Disconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Disconnect").finish_non_exhaustive()
    }
}

/// A request on its way to a backend. Comes to the backend's answer, whatever its status, but for those that the proxy
/// gives itself.
///
/// Its errors: `proxy-session-unknown` (401), `backend-unavailable` (502, 503, 504), the codes that a proxy of ours
/// names, and those of the network.
pub struct Send {
    request: Option<Request>,
    answer: Option<Response>,
}

impl Exchange for Send {
    type Output = Response;

    fn next(&mut self, _: Timestamp) -> Result<Next<Response>> {
        match (self.request.take(), self.answer.take()) {
            (Some(request), _) => Ok(Next::Send(request)),
            (None, Some(answer)) => Ok(Next::Done(answer)),
            (None, None) => Err(Error::new(Code::REQUEST_SPENT)),
        }
    }

    fn answered(&mut self, response: &Response, _: Timestamp) -> Result<()> {
        let ours = response.status >= 400 && answer::named(response).is_some();
        if ours || matches!(response.status, 401 | 502..=504) {
            return Err(answer::refusal(response, Asked::Send));
        }
        self.answer = Some(response.clone());
        Ok(())
    }

    fn failed(&mut self, error: Error, _: Timestamp) -> Result<()> {
        Err(error)
    }
}

impl fmt::Debug for Send {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Send").finish_non_exhaustive()
    }
}
