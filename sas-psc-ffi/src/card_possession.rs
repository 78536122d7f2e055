//! `sas_psc_card_challenge`, `sas_psc_card_possession`: proof that a card is here.

use crate::card_trust::sas_psc_trusted_certificate;
use crate::export::export;
use crate::handle::Handle;
use crate::professional::sas_psc_professional;
use crate::string::sas_psc_string;
use sas_psc::base::Timestamp;
use sas_psc::card::{CardChallenge, CardPossession, SignatureScheme};
use sas_psc::drive::SystemRandom;
use std::ffi::{c_char, c_void};
use std::time::Duration;

/// What a card is asked to sign, once, within two minutes.
pub struct sas_psc_card_challenge {
    pub challenge: CardChallenge,
}

impl From<CardChallenge> for sas_psc_card_challenge {
    fn from(challenge: CardChallenge) -> sas_psc_card_challenge {
        sas_psc_card_challenge { challenge }
    }
}

/// Proof that a card was there with its PIN, for one purpose at one service.
pub struct sas_psc_card_possession {
    pub possession: CardPossession,
}

impl Handle for sas_psc_card_challenge {}
impl Handle for sas_psc_card_possession {}

export! {
    /// A challenge for a purpose (a word of the application's) at a service (its name or address).
    /// SAS_PSC_ERROR_CHALLENGE_TEXT, _NO_RANDOMNESS.
    fn sas_psc_card_challenge_new(
        purpose: *const c_char,
        service: *const c_char,
        now: i64,
        challenge: *mut *mut sas_psc_card_challenge,
    ) -> Status {
        let made = CardChallenge::new(purpose, service, &mut SystemRandom, Timestamp::from_unix_millis(now))?;
        challenge.give(sas_psc_card_challenge { challenge: made });
        Ok(())
    }

    /// As sas_psc_card_challenge_new, answered within so many seconds, 600 at most.
    fn sas_psc_card_challenge_new_for(
        purpose: *const c_char,
        service: *const c_char,
        seconds: u64,
        now: i64,
        challenge: *mut *mut sas_psc_card_challenge,
    ) -> Status {
        let made = CardChallenge::new(purpose, service, &mut SystemRandom, Timestamp::from_unix_millis(now))?;
        challenge.give(sas_psc_card_challenge { challenge: made.lifetime(Duration::from_secs(seconds)) });
        Ok(())
    }

    /// The bytes to sign by the card's authentication key, hashed with SHA-256 as any message.
    fn sas_psc_card_challenge_to_sign(
        challenge: *const sas_psc_card_challenge,
        message: *mut *mut sas_psc_string,
    ) -> Status {
        message.give(challenge.challenge.to_sign());
        Ok(())
    }

    /// What to keep until the answer comes; sas_psc_card_challenge_resume takes it back. Nobody may read or change it.
    fn sas_psc_card_challenge_to_stored(
        challenge: *const sas_psc_card_challenge,
        stored: *mut *mut sas_psc_string,
    ) -> Status {
        stored.give(challenge.challenge.to_stored()?);
        Ok(())
    }

    /// Takes back what was kept. SAS_PSC_ERROR_STORED_FORM_UNREADABLE, _STORED_FORM_NEWER.
    fn sas_psc_card_challenge_resume(
        stored: *const c_void,
        stored_len: usize,
        challenge: *mut *mut sas_psc_card_challenge,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let resumed = CardChallenge::resume(unsafe { stored.bytes(stored_len) }?)?;
        challenge.give(sas_psc_card_challenge { challenge: resumed });
        Ok(())
    }

    /// Takes the signature, with the certificate that was believed after the challenge was made; scheme is "pkcs1-sha256" or
    /// "pss-sha256". Right or wrong, the challenge is spent. SAS_PSC_ERROR_POSSESSION_SIGNATURE, _POSSESSION_REPLAYED,
    /// _POSSESSION_EXPIRED, _CARD_CERTIFICATE_USAGE, _CARD_PURPOSE_UNKNOWN.
    fn sas_psc_card_challenge_prove(
        challenge: *mut sas_psc_card_challenge,
        trusted: *const sas_psc_trusted_certificate,
        scheme: *const c_char,
        signature: *const c_void,
        signature_len: usize,
        now: i64,
        possession: *mut *mut sas_psc_card_possession,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let signature = unsafe { signature.bytes(signature_len) }?;
        let (scheme, now) = (SignatureScheme::of_word(scheme)?, Timestamp::from_unix_millis(now));
        let proven = challenge.challenge.prove(&trusted.trusted, scheme, signature, now)?;
        possession.give(sas_psc_card_possession { possession: proven });
        Ok(())
    }

    /// Frees a challenge. Null is allowed.
    fn sas_psc_card_challenge_free(challenge: *mut sas_psc_card_challenge) -> Freed {}

    /// The holder, copied.
    fn sas_psc_card_possession_professional(
        possession: *const sas_psc_card_possession,
        professional: *mut *mut sas_psc_professional,
    ) -> Status {
        professional.give(&possession.possession.holder().to_professional());
        Ok(())
    }

    /// The 32 bytes under which to remember that it was seen, where several may take back one challenge.
    fn sas_psc_card_possession_once(possession: *const sas_psc_card_possession, once: *mut *mut sas_psc_string) -> Status {
        once.give(possession.possession.once());
        Ok(())
    }

    /// Until when to remember it.
    fn sas_psc_card_possession_remembered_until(possession: *const sas_psc_card_possession) -> i64 {
        possession.possession.remembered_until().unix_millis()
    }

    /// Frees a possession. Null is allowed.
    fn sas_psc_card_possession_free(possession: *mut sas_psc_card_possession) -> Freed {}
}
