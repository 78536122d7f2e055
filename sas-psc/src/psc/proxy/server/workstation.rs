//! Workstations: each is enrolled once, with a code that the operator gave, and known ever after by its certificate.
//!
//! A workstation proves its key by TLS (RFC 8446 §4.4.2, as RFC 8705 uses it for clients); the proxy keeps the SHA-256 of
//! its certificate and needs no authority that signs it: a certificate of the hospital's own authority or one that the
//! workstation signed itself are alike. A code has 59 random bits, serves once and dies after its life.

use crate::base::{self, Random, SecretString, ServerKey, Timestamp, below};
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;
use subtle::ConstantTimeEq;

const VERSION: u32 = 1;
/// Without the letters and digits that are mistaken for one another.
const ALPHABET: &[u8] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const CODE: usize = 12;

/// The key of a workstation, by the SHA-256 of its certificate. It is public.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WorkstationKey([u8; 32]);

impl WorkstationKey {
    /// From the certificate (DER) that the workstation proved to hold the key of.
    pub fn of_certificate(der: &[u8]) -> WorkstationKey {
        WorkstationKey(base::sha256(der))
    }

    /// The one workstation of a proxy on its own machine, over loopback without TLS.
    pub fn this_machine() -> WorkstationKey {
        WorkstationKey(base::digest("proxy workstation", &[b"this machine"]))
    }

    /// The hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<WorkstationKey> for String {
    fn from(key: WorkstationKey) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(key.0)
    }
}

impl TryFrom<String> for WorkstationKey {
    type Error = Error;
    fn try_from(text: String) -> Result<WorkstationKey> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(WorkstationKey).ok_or_else(|| Error::new(Code::STORED_FORM_UNREADABLE))
    }
}

impl fmt::Debug for WorkstationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from(*self))
    }
}

/// Where an enrolment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentStatus {
    /// The code waits to be used.
    Invited,
    /// The code was not used in time.
    Expired,
    /// The workstation may ask.
    Enrolled,
    /// It may no more.
    Revoked,
}

/// The record of one workstation: its name, who let it in and when, its key, whether it may still ask.
///
/// ```
/// use sas_psc::base::{ExposeSecret, ServerKey, Timestamp};
/// use sas_psc::drive::SystemRandom;
/// use sas_psc::psc::proxy::server::{Enrolment, EnrolmentStatus, WorkstationKey};
/// use std::time::Duration;
///
/// let (key, now) = (ServerKey::new(&[7; 32])?, Timestamp::from_unix(1_795_420_800));
/// let day = Duration::from_secs(86_400);
/// let (mut record, code) = Enrolment::invite("Accueil 2", "support", day, &key, &mut SystemRandom, now)?;
/// let workstation = WorkstationKey::of_certificate(b"the certificate that TLS proved");
/// record.accept(code.expose_secret(), workstation, &key, now)?;
/// assert_eq!(record.status(now), EnrolmentStatus::Enrolled);
/// # Ok::<(), sas_psc::Error>(())
/// ```
#[derive(Clone, Serialize, Deserialize)]
pub struct Enrolment {
    name: String,
    invited_by: String,
    invited_at: Timestamp,
    code_mark: Option<[u8; 32]>,
    code_ends: Timestamp,
    key: Option<WorkstationKey>,
    enrolled_at: Option<Timestamp>,
    revoked: Option<(String, Timestamp)>,
}

impl Enrolment {
    /// Invites a workstation: the record to keep, and the code to give to whoever installs it. `life` is at most 30 days.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn invite(
        name: &str,
        by: &str,
        life: Duration,
        key: &ServerKey,
        random: &mut dyn Random,
        now: Timestamp,
    ) -> Result<(Enrolment, SecretString)> {
        let mut code = String::with_capacity(CODE + 2);
        for place in 0..CODE {
            if place > 0 && place % 4 == 0 {
                code.push('-');
            }
            let drawn = below(random, u32::try_from(ALPHABET.len()).unwrap_or(1))?;
            code.push(char::from(ALPHABET[drawn as usize]));
        }
        let record = Enrolment {
            name: name.to_owned(),
            invited_by: by.to_owned(),
            invited_at: now,
            code_mark: Some(Enrolment::mark(&code, key)),
            code_ends: now + life.min(Duration::from_secs(30 * 86_400)),
            key: None,
            enrolled_at: None,
            revoked: None,
        };
        Ok((record, code.into()))
    }

    /// By what a store finds the record of a code. Case, spaces and dashes do not count.
    pub fn mark(code: &str, key: &ServerKey) -> [u8; 32] {
        let typed: Vec<u8> = code.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_uppercase()).collect();
        key.mac("proxy enrolment code", &[&typed])
    }

    /// Lets the workstation in that proved `workstation` and gave `code`. The code is spent.
    ///
    /// # Errors
    /// `enrolment-code`: wrong, expired or used; which of them is not said.
    pub fn accept(&mut self, code: &str, workstation: WorkstationKey, key: &ServerKey, now: Timestamp) -> Result<()> {
        let given = Enrolment::mark(code, key);
        let right = self.code_mark.is_some_and(|mark| bool::from(mark.ct_eq(&given)));
        if !right || self.status(now) != EnrolmentStatus::Invited {
            return Err(Error::new(Code::ENROLMENT_CODE));
        }
        (self.code_mark, self.key, self.enrolled_at) = (None, Some(workstation), Some(now));
        Ok(())
    }

    /// Withdraws it, at once and for good: a workstation comes back by a new invitation.
    pub fn revoke(&mut self, by: &str, now: Timestamp) {
        self.code_mark = None;
        self.revoked.get_or_insert((by.to_owned(), now));
    }

    /// Whether this workstation may ask.
    ///
    /// # Errors
    /// `workstation-unknown`, `workstation-revoked`.
    pub fn admit(&self, workstation: &WorkstationKey, now: Timestamp) -> Result<()> {
        match self.status(now) {
            EnrolmentStatus::Revoked => Err(Error::new(Code::WORKSTATION_REVOKED)),
            EnrolmentStatus::Enrolled if self.key.as_ref() == Some(workstation) => Ok(()),
            _ => Err(Error::new(Code::WORKSTATION_UNKNOWN)),
        }
    }

    /// Where it stands.
    pub fn status(&self, now: Timestamp) -> EnrolmentStatus {
        match (&self.revoked, self.key) {
            (Some(_), _) => EnrolmentStatus::Revoked,
            (None, Some(_)) => EnrolmentStatus::Enrolled,
            (None, None) if now < self.code_ends => EnrolmentStatus::Invited,
            (None, None) => EnrolmentStatus::Expired,
        }
    }

    /// The workstation's name, for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Who invited it, and when.
    pub fn invited(&self) -> (&str, Timestamp) {
        (&self.invited_by, self.invited_at)
    }

    /// Its key, once enrolled.
    pub fn key(&self) -> Option<&WorkstationKey> {
        self.key.as_ref()
    }

    /// The stored form. It holds no secret: the code is there as a keyed hash.
    ///
    /// # Errors
    /// `broken-invariant`.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        base::to_stored(VERSION, self)
    }

    /// Reads a stored form.
    ///
    /// # Errors
    /// `stored-form-unreadable`, `stored-form-newer`.
    pub fn resume(stored: &[u8]) -> Result<Enrolment> {
        base::from_stored(VERSION, stored)
    }
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enrolment")
            .field("key", &self.key)
            .field("revoked", &self.revoked.is_some())
            .finish_non_exhaustive()
    }
}
