//! Proof that the holder's card is here: a fresh challenge, signed by its authentication key.
//!
//! The challenge names what it is for, the service and the time, in bytes that no TLS handshake and no document starts
//! with, so that a signature made for one thing is none for another. It counts once. What it proves is that the card was
//! there with its PIN; who may do what is decided elsewhere.

use super::certificate::{CardCertificate, Holder, Purpose, SignatureScheme};
use super::trust::TrustedCertificate;
use crate::base::{Random, Timestamp, from_stored, sha256, to_stored};
use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

const VERSION: u32 = 1;
const MARK: &[u8] = b"sas-psc: possession of a card, 1\n";
/// How long a person has to enter a PIN.
const LIFETIME: Duration = Duration::from_secs(120);
const LONGEST: Duration = Duration::from_secs(600);

/// What a card is asked to sign, once, within two minutes.
///
/// ```no_run
/// use sas_psc::base::{Random, Timestamp};
/// use sas_psc::card::{CardChallenge, SignatureScheme, TrustedCertificate};
///
/// # fn sign(_: &[u8]) -> Vec<u8> { vec![] }
/// # fn example(certificate: TrustedCertificate, random: &mut dyn Random, now: Timestamp) -> sas_psc::Result<()> {
/// let mut challenge = CardChallenge::new("open-the-ward", "https://ward.example", random, now)?;
/// let signature = sign(&challenge.to_sign()); // by the card's authentication key
/// let possession = challenge.prove(&certificate, SignatureScheme::Pkcs1Sha256, &signature, now)?;
/// println!("the card of {} is here", possession.holder().family);
/// # Ok(())
/// # }
/// ```
pub struct CardChallenge {
    state: State,
    spent: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct State {
    purpose: String,
    service: String,
    nonce: [u8; 32],
    made: Timestamp,
    ends: Timestamp,
}

impl CardChallenge {
    /// A challenge for `purpose` (a word of the application's) at `service` (its name or address), each of 1 to 255 bytes on
    /// one line.
    ///
    /// # Errors
    /// `challenge-text` (`purpose`, `service`); `no-randomness`.
    pub fn new(purpose: &str, service: &str, random: &mut dyn Random, now: Timestamp) -> Result<CardChallenge> {
        for (name, text) in [("purpose", purpose), ("service", service)] {
            if text.is_empty() || text.len() > 255 || text.chars().any(char::is_control) {
                return Err(Error::field(Code::CHALLENGE_TEXT, name));
            }
        }
        let mut nonce = [0; 32];
        random.fill(&mut nonce)?;
        let (purpose, service) = (purpose.to_owned(), service.to_owned());
        Ok(CardChallenge { state: State { purpose, service, nonce, made: now, ends: now + LIFETIME }, spent: false })
    }

    /// Sets how long it may be answered: ten minutes at most.
    pub fn lifetime(mut self, lifetime: Duration) -> CardChallenge {
        self.state.ends = self.state.made + lifetime.min(LONGEST);
        self
    }

    /// The bytes to sign: hashed with SHA-256 by whoever signs, as any message.
    pub fn to_sign(&self) -> Vec<u8> {
        let State { purpose, service, nonce, made, .. } = &self.state;
        let mut bytes = MARK.to_vec();
        for text in [purpose, service] {
            // At most 255, as `new` saw to.
            bytes.push(text.len() as u8);
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes.extend_from_slice(&made.unix_millis().to_be_bytes());
        bytes.extend_from_slice(nonce);
        bytes
    }

    pub(super) fn is_for(&self, purpose: &str) -> bool {
        self.state.purpose == purpose
    }

    /// Until when it may be answered.
    pub fn ends(&self) -> Timestamp {
        self.state.ends
    }

    /// Takes the signature, with the certificate that was believed after the challenge was made. Right or wrong, the
    /// challenge is spent by it.
    ///
    /// # Errors
    /// `possession-replayed` when it was answered before; `possession-expired` after its end, and (`certificate`) for a
    /// certificate believed before the challenge was made; `card-certificate-usage` for one that is not for
    /// authentication; `possession-signature`.
    pub fn prove(
        &mut self,
        certificate: &TrustedCertificate,
        scheme: SignatureScheme,
        signature: &[u8],
        now: Timestamp,
    ) -> Result<CardPossession> {
        if self.spent {
            return Err(Code::POSSESSION_REPLAYED.into());
        }
        self.spent = true;
        if now > self.state.ends || now < self.state.made {
            return Err(Code::POSSESSION_EXPIRED.into());
        }
        if certificate.at() < self.state.made {
            return Err(Error::field(Code::POSSESSION_EXPIRED, "certificate"));
        }
        if certificate.certificate().purpose() != Purpose::Authentication {
            return Err(Error::field(Code::CARD_CERTIFICATE_USAGE, Purpose::Authentication.word()));
        }
        let signed = self.to_sign();
        certificate.certificate().verify(scheme, &signed, signature)?;
        let holder = certificate.certificate().holder()?.clone();
        let State { purpose, service, made, ends, .. } = self.state.clone();
        let (certificate, once) = (certificate.clone(), sha256(&signed));
        Ok(CardPossession { certificate, holder, purpose, service, challenged: made, ends, at: now, once })
    }

    /// What to keep between the request that gives the challenge and the one that answers it. Nobody may read or change it.
    ///
    /// # Errors
    /// `broken-invariant`.
    pub fn to_stored(&self) -> Result<Vec<u8>> {
        to_stored(VERSION, &(&self.state, self.spent))
    }

    /// Takes back what was kept. Several that take it back each get one answer: remember [`CardPossession::once`] where that
    /// can happen.
    ///
    /// # Errors
    /// `stored-form-unreadable`, `stored-form-newer`.
    pub fn resume(stored: &[u8]) -> Result<CardChallenge> {
        let (state, spent): (State, bool) = from_stored(VERSION, stored)?;
        let fits = |text: &str| !text.is_empty() && text.len() <= 255;
        if !fits(&state.purpose) || !fits(&state.service) || state.ends > state.made + LONGEST {
            return Err(Code::STORED_FORM_UNREADABLE.into());
        }
        Ok(CardChallenge { state, spent })
    }
}

/// Proof that a card was there with its PIN, for one purpose at one service. Only [`CardChallenge::prove`] makes one.
///
/// It is no sign-in at Pro Santé Connect:
///
/// ```compile_fail
/// # fn of(possession: sas_psc::card::CardPossession) -> sas_psc::psc::VerifiedIdToken {
/// possession.into()
/// # }
/// ```
#[derive(Clone)]
pub struct CardPossession {
    certificate: TrustedCertificate,
    holder: Holder,
    purpose: String,
    service: String,
    challenged: Timestamp,
    ends: Timestamp,
    at: Timestamp,
    once: [u8; 32],
}

impl CardPossession {
    /// The holder of the card.
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// The certificate, as it was believed.
    pub fn certificate(&self) -> &TrustedCertificate {
        &self.certificate
    }

    /// The certificate as its bytes say it.
    pub fn card_certificate(&self) -> &CardCertificate {
        self.certificate.certificate()
    }

    /// What it was for.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// At which service.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// When the challenge was made.
    pub fn challenged_at(&self) -> Timestamp {
        self.challenged
    }

    /// When it was answered.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The name under which to remember that it was seen, where several instances may take back one challenge.
    pub fn once(&self) -> [u8; 32] {
        self.once
    }

    /// Until when to remember it: afterwards the challenge is over.
    pub fn remembered_until(&self) -> Timestamp {
        self.ends
    }
}

impl fmt::Debug for CardChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let State { purpose, ends, .. } = &self.state;
        f.debug_struct("CardChallenge").field("purpose", purpose).field("ends", ends).finish_non_exhaustive()
    }
}

impl fmt::Debug for CardPossession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CardPossession")
            .field("purpose", &self.purpose)
            .field("certificate", &self.certificate)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}
