//! The session that a proxy gave to a workstation: an opaque name in a cookie, which is all that the workstation holds.

use super::Proxy;
use crate::base::{self, ExposeSecret, Response, SecretString};
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

const VERSION: u32 = 1;

/// A session at a proxy. Whoever holds it acts as the person, from the workstation that it was given to.
#[derive(Clone)]
pub struct ProxySession {
    id: SecretString,
    session_state: Option<String>,
    base: String,
}

impl ProxySession {
    /// The session of an answer to `/connect`: the cookie, or where there is none the field of the same name.
    pub(super) fn answered(proxy: &Proxy, response: &Response) -> Result<ProxySession> {
        let body: Option<serde_json::Value> = serde_json::from_slice(&response.body).ok();
        let text = |name: &str| body.as_ref()?.get(name)?.as_str().map(str::to_owned);
        let cookies = response.headers.iter().filter(|(name, _)| name == "set-cookie");
        let cookie = cookies.filter_map(|(_, value)| cookie(value, proxy.cookie())).next_back();
        let id = cookie.map(str::to_owned).or_else(|| text(proxy.cookie())).filter(|id| is_cookie_value(id));
        Ok(ProxySession {
            id: id.ok_or_else(|| Error::field(Code::PROXY_ANSWER, "session"))?.into(),
            session_state: text("session_state").filter(|state| !state.is_empty() && state.len() <= 256),
            base: proxy.base().to_owned(),
        })
    }

    /// PSC's name of its own session, for the traces that both keep; none when the proxy does not tell.
    pub fn session_state(&self) -> Option<&str> {
        self.session_state.as_deref()
    }

    /// The `Cookie` header of a call, refused for a proxy that did not give the session.
    pub(super) fn header(&self, proxy: &Proxy) -> Result<(&'static str, String)> {
        if self.base != proxy.base() {
            return Err(Error::field(Code::PROXY_SESSION_UNKNOWN, "proxy"));
        }
        Ok(("cookie", format!("{}={}", proxy.cookie(), self.id.expose_secret())))
    }

    /// The stored form. It is a secret: keep it where only this person's programs read it.
    ///
    /// # Errors
    /// `broken-invariant`.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        let id = self.id.expose_secret().to_owned();
        let stored = Stored { id, session_state: self.session_state.clone(), base: self.base.clone() };
        base::to_stored(VERSION, &stored)
    }

    /// Reads a stored form. Whether the proxy still knows the session, the next call says.
    ///
    /// # Errors
    /// `stored-form-unreadable`, `stored-form-newer`.
    pub fn resume(stored: &[u8]) -> Result<ProxySession> {
        let Stored { id, session_state, base } = base::from_stored(VERSION, stored)?;
        if !is_cookie_value(&id) {
            return Err(Error::new(Code::STORED_FORM_UNREADABLE));
        }
        Ok(ProxySession { id: id.into(), session_state, base })
    }
}

impl fmt::Debug for ProxySession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProxySession(•••)")
    }
}

/// The value of a `Set-Cookie` header of this name (RFC 6265 §5.2, without its attributes).
fn cookie<'a>(header: &'a str, wanted: &str) -> Option<&'a str> {
    let (name, value) = header.split(';').next()?.split_once('=')?;
    (name.trim() == wanted).then(|| value.trim().trim_matches('"'))
}

/// The characters of RFC 6265 §4.1.1: what comes from a proxy goes back in a header, and may not end it.
fn is_cookie_value(text: &str) -> bool {
    let octet = |b: u8| b.is_ascii_graphic() && !b"\",;\\".contains(&b);
    (8..=1024).contains(&text.len()) && text.bytes().all(octet)
}

#[derive(Serialize, Deserialize)]
struct Stored {
    id: String,
    session_state: Option<String>,
    base: String,
}
