//! Who is at the other end of a connection: an address, and the key that TLS proved.

use crate::app::{App, Shared};
use crate::failure::Failure;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use sas_psc::base::Timestamp;
use sas_psc::psc::proxy::server::{Origin, WorkstationKey};
use sas_psc::{Code, Error, Result};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::timeout;

/// The other end.
#[derive(Clone)]
pub struct Peer {
    pub from: SocketAddr,
    pub to: SocketAddr,
    /// None when it showed no certificate.
    pub key: Option<WorkstationKey>,
}

impl Peer {
    /// The key, of an enrolled workstation, and what traces say of where it is.
    pub fn admitted(&self, app: &App, now: Timestamp) -> Result<(WorkstationKey, Origin)> {
        let key = self.key.ok_or_else(|| Error::new(Code::WORKSTATION_UNKNOWN))?;
        let record = app.store.enrolment_of(&key)?.ok_or_else(|| Error::new(Code::WORKSTATION_UNKNOWN))?;
        record.admit(&key, now)?;
        let ports = [self.from.port(), self.to.port()];
        Ok((key, Origin { ip_address: self.from.ip().to_string(), ports, dn: record.name().to_owned() }))
    }
}

/// A small body, whole. A workstation that stops in the middle of it holds nothing for long.
pub struct Small(pub Bytes);

impl FromRequest<Shared> for Small {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &Shared) -> std::result::Result<Small, Failure> {
        let silent_for = Duration::from_secs(app.settings.silent_seconds);
        match timeout(silent_for, Bytes::from_request(request, app)).await {
            Ok(Ok(bytes)) => Ok(Small(bytes)),
            Ok(Err(_)) => Err(Error::new(Code::MESSAGE_TOO_LARGE).into()),
            Err(_) => Err(Error::new(Code::MESSAGE_INCOMPLETE).into()),
        }
    }
}
