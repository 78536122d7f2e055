//! The CIBA guard: RPPS numbers are public, and nobody may bombard a doctor's phone.
//!
//! Rules without I/O: what a store holds of a person and of a workstation, and the time, give a [`Verdict`] and what the
//! store holds next. One request at a time per person, service and channel; the workstation that asked sees it again,
//! any other gets a decoy; after two refused or expired in a row starts are held back 1, 5, 15 and 60 minutes; at most
//! ten unanswered a day, three of them kept for the workstation where the person last signed in, which is never held
//! back while they last. The card has a lane of its own: who is held back on the phone still signs in with the card.
//!
//! Everyone who asks gets the same answer, after the same time: two digits and a countdown, also for a number that
//! nobody has, a person without e-CPS, and one who is held back. People and workstations are keyed hashes; the `auth_req_id`
//! that a store holds is useless without the service's credentials. Requests that were accepted do not count.
//!
//! What it does not do: it does not ask the provider (`drive::GuardedCiba` does), and it cannot recall a push.

mod rules;
mod state;
mod store;

pub use rules::{GuardAlarm, GuardAlarmKind, GuardAsk, GuardEnd, GuardEnded, GuardRules, Verdict};
pub use state::{PersonState, StationState};
pub use store::{GuardRow, GuardStore};

use super::poll::{self, Asking};
use super::{Asked, CibaPoll};
use crate::base::{ServerKey, Timestamp};
use crate::error::Code;
use crate::id::IdNat;
use crate::psc::Service;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// A person, or a person at a workstation, as a store knows them: a keyed hash, of this service alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GuardKey(pub [u8; 32]);

impl fmt::Display for GuardKey {
    /// The first 16 hexadecimal digits: enough to tell two alarms apart, nothing to find a person by.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0[..8].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for GuardKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GuardKey({self})")
    }
}

/// The guard of a platform: its rules, and the key under which people are hashed.
#[derive(Debug, Clone)]
pub struct CibaGuard {
    key: ServerKey,
    rules: GuardRules,
}

impl CibaGuard {
    /// A guard with these rules. Every instance of a platform has the same key.
    pub fn new(key: ServerKey, rules: GuardRules) -> CibaGuard {
        CibaGuard { key, rules }
    }

    /// Its rules.
    pub fn rules(&self) -> &GuardRules {
        &self.rules
    }

    /// How a store knows this person.
    pub fn person(&self, service: &Service, person: &IdNat) -> GuardKey {
        GuardKey(self.hash(service, "sas-psc ciba guard person", person, b""))
    }

    /// How a store knows this person at this workstation. `workstation` is what the application tells its workstations
    /// apart by: the token of a cookie, the key of an enrolled machine; not an address, which many share.
    pub fn station(&self, service: &Service, person: &IdNat, workstation: &[u8]) -> GuardKey {
        GuardKey(self.hash(service, "sas-psc ciba guard station", person, workstation))
    }

    fn hash(&self, service: &Service, label: &str, person: &IdNat, workstation: &[u8]) -> [u8; 32] {
        let (issuer, client) = (service.metadata().issuer().as_bytes(), service.client().id().as_bytes());
        self.key.mac(label, &[issuer, client, person.as_str().as_bytes(), workstation])
    }
}

impl Service {
    /// The wait that a workstation sees of what the store holds for it: the true request, or a decoy with the same
    /// digits and the same time left.
    pub fn guarded(&self, person: &IdNat, station: &StationState, life: Duration) -> CibaPoll {
        let asked = Asked {
            person: person.clone(),
            channel: station.channel,
            attempt: station.attempt.clone(),
            digits: station.digits.clone(),
        };
        match &station.request {
            Some(request) => {
                let asking = Asking {
                    auth_req_id: request.auth_req_id.clone().into(),
                    interval: request.interval(),
                    next_at: station.started_at + request.interval(),
                };
                poll::begin(self.clone(), asked, asking, life, station.started_at).shown_from(station.started_at, life)
            }
            None => poll::decoy(self.clone(), asked, station.started_at, life),
        }
    }
}

impl CibaPoll {
    /// Makes of a request that was just sent what every workstation sees: it began at `started_at` and lives `life`.
    pub fn guarded(self, started_at: Timestamp, life: Duration) -> CibaPoll {
        self.shown_from(started_at, life)
    }

    /// Ends a wait whose request no longer counts: another took its place, or it was left elsewhere.
    pub fn replaced(&mut self) {
        self.end(Code::CIBA_REPLACED);
    }
}
