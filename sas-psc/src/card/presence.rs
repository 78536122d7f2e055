//! What a workstation does when a card comes and goes: lock, warn, refuse another one.
//!
//! By default it locks when the card is pulled, says so when the card stays in the reader after its holder signed out,
//! and takes no other card for the one of the session. Reading cards and locking screens is the program's work; which
//! sign-in the session comes from is not known here.

use super::CardSerial;
use crate::base::Timestamp;
use std::time::Duration;

/// What a program wants of the card's presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardPresencePolicy {
    /// Lock when the card is pulled. Off: the session goes on without it.
    pub lock_on_removal: bool,
    /// How long after the sign-out a card that stayed in the reader is worth a warning; none: never.
    pub warn_after: Option<Duration>,
}

impl Default for CardPresencePolicy {
    /// Lock at once; warn ten seconds after the sign-out.
    fn default() -> Self {
        CardPresencePolicy { lock_on_removal: true, warn_after: Some(Duration::from_secs(10)) }
    }
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CardAdvice {
    /// Nothing.
    Nothing,
    /// Hide what is on the screen: the card is gone.
    Lock,
    /// The card of the session is back: ask for the PIN, then go on.
    Unlock,
    /// Another card is in the reader: refuse it, `card-other`, or end the session first.
    RefuseOther,
    /// The holder signed out and the card is still in the reader: say so.
    WarnForgotten,
}

impl CardAdvice {
    /// `nothing`, `lock`, `unlock`, `refuse-other`, `warn-forgotten`.
    pub const fn word(self) -> &'static str {
        match self {
            CardAdvice::Nothing => "nothing",
            CardAdvice::Lock => "lock",
            CardAdvice::Unlock => "unlock",
            CardAdvice::RefuseOther => "refuse-other",
            CardAdvice::WarnForgotten => "warn-forgotten",
        }
    }
}

/// The card of a session, followed by what happens to it.
#[derive(Debug, Clone)]
pub struct CardPresence {
    policy: CardPresencePolicy,
    session: Option<CardSerial>,
    locked: bool,
    present: bool,
    signed_out: Option<Timestamp>,
}

impl CardPresence {
    /// No session yet.
    ///
    /// ```
    /// use sas_psc::card::{CardAdvice, CardPresence, CardPresencePolicy, CardSerial};
    ///
    /// let serial = CardSerial::try_from("99000001".to_owned())?;
    /// let mut presence = CardPresence::new(CardPresencePolicy::default());
    /// presence.signed_in(serial);
    /// assert_eq!(presence.removed(), CardAdvice::Lock);
    /// assert_eq!(presence.inserted(serial), CardAdvice::Unlock);
    /// # Ok::<(), sas_psc::Error>(())
    /// ```
    pub fn new(policy: CardPresencePolicy) -> CardPresence {
        CardPresence { policy, session: None, locked: false, present: false, signed_out: None }
    }

    /// The holder of this card signed in, or unlocked the session with the PIN.
    pub fn signed_in(&mut self, serial: CardSerial) {
        *self = CardPresence { session: Some(serial), present: true, ..CardPresence::new(self.policy) };
    }

    /// The holder signed out.
    pub fn signed_out(&mut self, now: Timestamp) {
        *self = CardPresence { present: self.present, signed_out: Some(now), ..CardPresence::new(self.policy) };
    }

    /// A card was put into the reader, and its serial number read.
    pub fn inserted(&mut self, serial: CardSerial) -> CardAdvice {
        self.present = true;
        self.signed_out = None;
        match self.session {
            Some(session) if session != serial => CardAdvice::RefuseOther,
            Some(_) if self.locked => CardAdvice::Unlock,
            _ => CardAdvice::Nothing,
        }
    }

    /// The card was pulled, or its reader unplugged.
    pub fn removed(&mut self) -> CardAdvice {
        self.present = false;
        self.signed_out = None;
        if self.session.is_none() || !self.policy.lock_on_removal || self.locked {
            return CardAdvice::Nothing;
        }
        self.locked = true;
        CardAdvice::Lock
    }

    /// Time passes: call it every second or so. A forgotten card is told once.
    pub fn tick(&mut self, now: Timestamp) -> CardAdvice {
        match (self.signed_out, self.policy.warn_after) {
            (Some(since), Some(after)) if self.present && now >= since + after => {
                self.signed_out = None;
                CardAdvice::WarnForgotten
            }
            _ => CardAdvice::Nothing,
        }
    }

    /// The session waits for its card.
    pub fn is_locked(&self) -> bool {
        self.locked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_795_420_800);

    fn serial(text: &str) -> CardSerial {
        CardSerial::try_from(text.to_owned()).unwrap()
    }

    fn signed_in(policy: CardPresencePolicy) -> CardPresence {
        let mut presence = CardPresence::new(policy);
        assert_eq!(presence.inserted(serial("99000001")), CardAdvice::Nothing);
        presence.signed_in(serial("99000001"));
        presence
    }

    #[test]
    fn a_pulled_card_locks_once_and_its_own_return_unlocks() {
        let mut presence = signed_in(CardPresencePolicy::default());
        assert_eq!(presence.removed(), CardAdvice::Lock);
        assert!(presence.is_locked());
        assert_eq!(presence.removed(), CardAdvice::Nothing);
        assert_eq!(presence.inserted(serial("99000002")), CardAdvice::RefuseOther);
        assert_eq!(presence.removed(), CardAdvice::Nothing, "it was locked");
        assert_eq!(presence.inserted(serial("99000001")), CardAdvice::Unlock);
        presence.signed_in(serial("99000001"));
        assert!(!presence.is_locked());
    }

    #[test]
    fn another_card_is_refused_in_an_open_session_too() {
        let mut presence = signed_in(CardPresencePolicy { lock_on_removal: false, ..Default::default() });
        assert_eq!(presence.removed(), CardAdvice::Nothing, "the program wants it so");
        assert_eq!(presence.inserted(serial("99000002")), CardAdvice::RefuseOther);
        assert_eq!(presence.inserted(serial("99000001")), CardAdvice::Nothing);
    }

    #[test]
    fn a_card_that_stays_after_the_sign_out_is_told_once() {
        let mut presence = signed_in(CardPresencePolicy::default());
        presence.signed_out(NOW);
        assert_eq!(presence.tick(NOW + Duration::from_secs(9)), CardAdvice::Nothing);
        assert_eq!(presence.tick(NOW + Duration::from_secs(10)), CardAdvice::WarnForgotten);
        assert_eq!(presence.tick(NOW + Duration::from_secs(99)), CardAdvice::Nothing);
        assert_eq!(presence.removed(), CardAdvice::Nothing, "nobody is signed in");
        let mut presence = signed_in(CardPresencePolicy::default());
        presence.signed_out(NOW);
        presence.removed();
        assert_eq!(presence.tick(NOW + Duration::from_secs(60)), CardAdvice::Nothing, "it is gone");
        let mut never = signed_in(CardPresencePolicy { warn_after: None, ..Default::default() });
        never.signed_out(NOW);
        assert_eq!(never.tick(NOW + Duration::from_secs(60)), CardAdvice::Nothing);
    }
}
