//! Traces, with the members of ANS's sample: who did what from where, in which session. The record an operator owes.
//!
//! A trace names a person and a workstation: it goes to the operator's log, not to a program's. It never holds what
//! would take a session over: the session is named by its mark unless the operator runs ANS's conformity tests, which
//! compare the name itself. A path is kept without its query.
//!
//! Source: ansforge/psc-edc-proxy-esante, `Trace`, `/traces`.

use super::{Session, SessionMark, Target};
use crate::base::Timestamp;
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TraceKind {
    /// A person signed in.
    ConnectSuccess,
    /// A session that lived was asked for again.
    ConnectReplay,
    /// A sign-in did not come to an end.
    ConnectFailure,
    /// A request went to an API.
    Send,
    /// A person signed out.
    Disconnect,
}

/// Where a request came from.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The address of the workstation.
    pub ip_address: String,
    /// The port there, and ours.
    pub ports: [u16; 2],
    /// The name of the workstation's certificate, or of its enrolment.
    pub dn: String,
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The port there stays out: with the hour it may tell one machine behind a shared address.
        f.debug_struct("Origin").field("our_port", &self.ports[1]).finish_non_exhaustive()
    }
}

/// A request to an API.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiRequest {
    #[serde(rename = "nomApiPsc")]
    name: String,
    #[serde(rename = "methode")]
    method: String,
    path: String,
}

impl ApiRequest {
    /// This method, there.
    pub fn new(method: &str, target: &Target<'_>) -> ApiRequest {
        let name = target.backend().name().to_owned();
        ApiRequest { name, method: method.to_owned(), path: target.path().to_owned() }
    }
}

impl fmt::Debug for ApiRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A path may name a patient.
        f.debug_struct("ApiRequest").field("name", &self.name).field("method", &self.method).finish_non_exhaustive()
    }
}

/// One line of the record. As JSON it is what `/traces` gives.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    #[serde(rename = "type")]
    kind: TraceKind,
    #[serde(rename = "clientId")]
    client_id: String,
    #[serde(rename = "IdRPPS")]
    person: String,
    #[serde(rename = "ipAddress")]
    ip_address: String,
    ports: [u16; 2],
    proxy_id_session: Option<String>,
    session_state: Option<String>,
    dn: String,
    #[serde(serialize_with = "as_text", deserialize_with = "of_text")]
    timestamp: Timestamp,
    #[serde(rename = "apiRequest", skip_serializing_if = "Option::is_none")]
    api_request: Option<ApiRequest>,
}

impl Trace {
    /// Something that a session did. `conformity`, the session's own name, is for ANS's conformity tests only.
    pub fn of_session(
        kind: TraceKind,
        session: &Session,
        mark: &SessionMark,
        conformity: Option<&str>,
        origin: &Origin,
        now: Timestamp,
    ) -> Trace {
        Trace {
            kind,
            client_id: session.client_id().to_owned(),
            person: session.person().as_str().to_owned(),
            ip_address: origin.ip_address.clone(),
            ports: origin.ports,
            proxy_id_session: Some(conformity.map_or_else(|| mark.trace_name(), str::to_owned)),
            session_state: Some(session.session_state().to_owned()).filter(|state| !state.is_empty()),
            dn: origin.dn.clone(),
            timestamp: now,
            api_request: None,
        }
    }

    /// A sign-in that did not come to an end.
    pub fn failure(connection: &super::Connection, origin: &Origin, now: Timestamp) -> Trace {
        Trace {
            kind: TraceKind::ConnectFailure,
            client_id: connection.client_id().to_owned(),
            person: connection.person().as_str().to_owned(),
            ip_address: origin.ip_address.clone(),
            ports: origin.ports,
            proxy_id_session: None,
            session_state: None,
            dn: origin.dn.clone(),
            timestamp: now,
            api_request: None,
        }
    }

    /// With the request that went to an API.
    pub fn with_request(mut self, request: ApiRequest) -> Trace {
        self.api_request = Some(request);
        self
    }

    /// What happened.
    pub fn kind(&self) -> TraceKind {
        self.kind
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.timestamp
    }

    /// The query of `/traces`: `start`, which must be there, and `end`, both RFC 3339.
    ///
    /// # Errors
    /// `proxy-request-refused` with the field.
    pub fn range(query: &str, now: Timestamp) -> Result<(Timestamp, Timestamp)> {
        let pairs: Vec<(String, String)> =
            openidconnect::url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let moment = |name: &'static str| {
            let refused = |_| Error::field(Code::PROXY_REQUEST_REFUSED, name);
            // A `+` that was not encoded reads as a blank.
            let given = pairs.iter().find(|(field, _)| field == name).map(|(_, value)| value.replace(' ', "+"));
            given.map(|text| Timestamp::parse_rfc3339(&text).map_err(refused)).transpose()
        };
        let start = moment("start")?.ok_or_else(|| Error::field(Code::PROXY_REQUEST_REFUSED, "start"))?;
        Ok((start, moment("end")?.unwrap_or(now)))
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace").field("kind", &self.kind).field("timestamp", &self.timestamp).finish_non_exhaustive()
    }
}

fn as_text<S: serde::Serializer>(at: &Timestamp, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_str(at)
}

fn of_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Timestamp, D::Error> {
    let text = String::deserialize(deserializer)?;
    Timestamp::parse_rfc3339(&text).map_err(serde::de::Error::custom)
}
