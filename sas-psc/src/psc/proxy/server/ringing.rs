//! A request to a phone that waits: one per person at a time, and any instance may go on with it.
//!
//! The store keeps it under a keyed hash of the person, sealed. A workstation whose connection broke, or whose proxy was
//! started again, asks with the same digits and the wait goes on; anybody else is told that the person is being asked.

use super::{Connection, WorkstationKey};
use crate::base::{Random, ServerKey, Timestamp};
use crate::error::{Code, Error, Result};
use crate::id::IdNat;
use crate::psc::seal::Seal;
use crate::psc::{CibaPoll, KeyRing, Service};
use std::time::Duration;

/// What a store knows of who is being asked: a keyed hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PersonMark(pub [u8; 32]);

impl PersonMark {
    /// Of a person.
    pub fn of(person: &IdNat, key: &ServerKey) -> PersonMark {
        PersonMark(key.mac("proxy person", &[person.as_str().as_bytes()]))
    }

    /// What tells one attempt from another: the same workstation, software, channel and digits.
    pub fn attempt(&self, connection: &Connection, workstation: &WorkstationKey, key: &ServerKey) -> [u8; 32] {
        let channel = connection.channel().as_str().as_bytes();
        let (digits, client) = (connection.digits().as_bytes(), connection.client_id().as_bytes());
        key.mac("proxy attempt", &[&self.0, workstation.as_bytes(), client, channel, digits])
    }

    /// A wait sealed for this person's row.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn seal(&self, poll: &CibaPoll, keys: &KeyRing, random: &mut dyn Random) -> Result<Vec<u8>> {
        let plain = zeroize::Zeroizing::new(poll.to_stored()?);
        keys.seal(Seal { purpose: "proxy ringing", bound_to: &[&self.0] }, &plain, random)
    }

    /// Opens a wait and goes on with it.
    ///
    /// # Errors
    /// `sealed-value-refused`, `ciba-expired`, and those of [`Service::resume_ciba`].
    pub fn open(&self, sealed: &[u8], service: &Service, keys: &KeyRing, now: Timestamp) -> Result<CibaPoll> {
        let plain = keys.open(Seal { purpose: "proxy ringing", bound_to: &[&self.0] }, sealed)?;
        service.resume_ciba(&plain, now)
    }

    /// The refusal of a second request while the first waits.
    pub fn busy(ends: Timestamp, now: Timestamp) -> Error {
        Error::new(Code::PROXY_BUSY).with(|facts| facts.retry_after = Some(ends.since(now).max(Duration::from_secs(1))))
    }
}
