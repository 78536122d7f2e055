//! Which proxy, and how it spells the published API: addresses, field names, the cookie, how long it may take.

use super::super::address;
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use std::time::Duration;

/// An address of the API, from the proxy's base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// `/connect`
    Connect,
    /// `/disconnect`
    Disconnect,
    /// `/send`
    Send,
}

/// A field of the request to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// `nationalId`
    NationalId,
    /// `bindingMessage`
    BindingMessage,
    /// `clientId`
    ClientId,
    /// `channel`
    Channel,
}

/// How the proxy wants a person named. ANS's text says "RPPS identifier", its sample's tests send the national one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NationalId {
    /// `899700218896`, the form PSC knows.
    #[default]
    IdNat,
    /// `99700218896`, without the first digit, when the person has an RPPS number.
    Rpps,
}

/// A Proxy e-Santé as a workstation knows it.
///
/// ```
/// use sas_psc::psc::proxy::{Field, Path, Proxy};
///
/// let proxy = Proxy::at("https://proxy.chu.example", "my-software")?;
/// // Another vendor's proxy may spell things its own way:
/// let other = proxy.clone().with_path(Path::Connect, "/api/v2/login").with_field(Field::NationalId, "rpps");
/// assert_eq!(other.base(), "https://proxy.chu.example");
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Proxy {
    base: String,
    client_id: String,
    paths: [String; 3],
    fields: [String; 4],
    cookie: String,
    national_id: NationalId,
    wait: Duration,
}

impl Proxy {
    /// A proxy at this https address; `client_id` is the software's, as the proxy knows it.
    ///
    /// # Errors
    /// `address-refused`.
    pub fn at(base: &str, client_id: impl Into<String>) -> Result<Proxy> {
        Proxy::allowing(base, client_id.into(), false)
    }

    pub(in crate::psc) fn allowing(base: &str, client_id: String, insecure_loopback: bool) -> Result<Proxy> {
        let refused = |_| Error::field(Code::ADDRESS_REFUSED, "proxy");
        address::issuer(base, insecure_loopback).map_err(refused)?;
        let owned = str::to_owned;
        Ok(Proxy {
            base: base.trim_end_matches('/').to_owned(),
            client_id,
            paths: ["/connect", "/disconnect", "/send"].map(owned),
            fields: ["nationalId", "bindingMessage", "clientId", "channel"].map(owned),
            cookie: "proxy_session_id".to_owned(),
            national_id: NationalId::default(),
            wait: Duration::from_secs(120),
        })
    }

    /// Another address for a call, from the base: `/api/connect`.
    pub fn with_path(mut self, path: Path, at: &str) -> Proxy {
        self.paths[path as usize] = format!("/{}", at.trim_matches('/'));
        self
    }

    /// Another name for a field.
    pub fn with_field(mut self, field: Field, name: &str) -> Proxy {
        self.fields[field as usize] = name.to_owned();
        self
    }

    /// Another name for the cookie, which is also the name of the session's field in the answer.
    pub fn with_cookie(mut self, name: &str) -> Proxy {
        self.cookie = name.to_owned();
        self
    }

    /// How people are named.
    pub fn with_national_id(mut self, form: NationalId) -> Proxy {
        self.national_id = form;
        self
    }

    /// How long the person has to answer: 120 seconds unless the proxy says otherwise; at most ten minutes.
    pub fn with_wait(mut self, wait: Duration) -> Proxy {
        self.wait = wait.clamp(Duration::from_secs(1), Duration::from_secs(600));
        self
    }

    /// Another way of spelling the API, by name: `connect-path`, `disconnect-path`, `send-path`, `cookie`,
    /// `national-id` (`id-nat` or `rpps`), `wait-seconds`, and for fields `field-national-id`, `field-binding-message`,
    /// `field-client-id`, `field-channel`. For settings that come from a file or another language.
    ///
    /// # Errors
    /// `proxy-setting`.
    pub fn with_setting(self, name: &str, value: &str) -> Result<Proxy> {
        let refused = || Error::new(Code::PROXY_SETTING);
        if value.is_empty() || !value.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(refused());
        }
        Ok(match name {
            "connect-path" => self.with_path(Path::Connect, value),
            "disconnect-path" => self.with_path(Path::Disconnect, value),
            "send-path" => self.with_path(Path::Send, value),
            "cookie" => self.with_cookie(value),
            "national-id" if value == "id-nat" => self.with_national_id(NationalId::IdNat),
            "national-id" if value == "rpps" => self.with_national_id(NationalId::Rpps),
            "wait-seconds" => self.with_wait(Duration::from_secs(value.parse().map_err(|_| refused())?)),
            "field-national-id" => self.with_field(Field::NationalId, value),
            "field-binding-message" => self.with_field(Field::BindingMessage, value),
            "field-client-id" => self.with_field(Field::ClientId, value),
            "field-channel" => self.with_field(Field::Channel, value),
            _ => return Err(refused()),
        })
    }

    /// The address, as given.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The software.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// How long the person has to answer.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    pub(super) fn url(&self, path: Path) -> String {
        format!("{}{}", self.base, self.paths[path as usize])
    }

    pub(super) fn field(&self, field: Field) -> &str {
        &self.fields[field as usize]
    }

    pub(super) fn cookie(&self) -> &str {
        &self.cookie
    }

    pub(super) fn name_of(&self, person: &IdNat) -> String {
        match (self.national_id, person.rpps()) {
            (NationalId::Rpps, Some(rpps)) => rpps.as_str().to_owned(),
            _ => person.as_str().to_owned(),
        }
    }

    pub(super) fn ends(&self, sent_at: Timestamp) -> Timestamp {
        sent_at + self.wait
    }
}
