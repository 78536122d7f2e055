//! Who is at the other end of a connection: an address, and the key that TLS proved.

use crate::app::App;
use sas_psc::base::Timestamp;
use sas_psc::psc::proxy::server::{Origin, WorkstationKey};
use sas_psc::{Code, Error, Result};
use std::net::SocketAddr;

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
