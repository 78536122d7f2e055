//! `sas_psc_card_watch` and `sas_psc_card_presence`: what happens at the readers, and what a workstation does then.

use crate::argument::Out;
use crate::export::export;
use crate::handle::Handle;
use crate::readers::sas_psc_readers;
use crate::string::{json, sas_psc_string};
use sas_psc::base::Timestamp;
use sas_psc::card::{CardAdvice, CardPresence, CardPresencePolicy, CardSerial, RemoteSession};
use sas_psc::drive::{CardWatch, Readers};
use sas_psc::{Code, Error};
use std::ffi::c_char;
use std::time::Duration;

/// Follows readers and cards as they come and go.
pub struct sas_psc_card_watch(CardWatch);

/// The card of a session, followed by what happens to it.
pub struct sas_psc_card_presence(CardPresence);

impl Handle for sas_psc_card_watch {}
impl Handle for sas_psc_card_presence {}

fn serial(text: &str) -> Result<CardSerial, Error> {
    CardSerial::try_from(text.to_owned())
}

fn tell(advice: Out<'_, *mut sas_psc_string>, what: CardAdvice) {
    advice.give(what.word());
}

export! {
    /// Where the person of this session sits: "local", "rdp" or "citrix", as Windows tells it when the program starts; empty
    /// where nobody says. In a remote session the readers are those of the person's desk, and cards are slower.
    fn sas_psc_readers_session(session: *mut *mut sas_psc_string) -> Status {
        session.give(Readers::session().map_or("", RemoteSession::word));
        Ok(())
    }

    /// Begins to follow them: readers and cards that are there already are told first.
    fn sas_psc_card_watch_new(readers: *const sas_psc_readers, watch: *mut *mut sas_psc_card_watch) -> Status {
        watch.give(sas_psc_card_watch(readers.0.watch()));
        Ok(())
    }

    /// The next event, waiting at most so long: {"event","reader","card","atr"}; event is "reader-added", "reader-removed",
    /// "card-inserted", "card-mute", "card-removed", "service-lost" or "service-found". SAS_PSC_ERROR_NOT_DONE when nothing
    /// happened.
    fn sas_psc_card_watch_next(
        watch: *mut sas_psc_card_watch,
        timeout_ms: u64,
        event: *mut *mut sas_psc_string,
    ) -> Status {
        let next = watch.0.next_within(Duration::from_millis(timeout_ms));
        event.give(json(&next.ok_or_else(|| Error::new(Code::NOT_DONE))?.described())?);
        Ok(())
    }

    /// Stops. Null is allowed.
    fn sas_psc_card_watch_free(watch: *mut sas_psc_card_watch) -> Freed {}

    /// No session yet. lock_on_removal: lock when the card is pulled. warn_after_ms: how long after the sign-out a card that
    /// stayed is worth a warning; 0 is never. What follows advises "nothing", "lock", "unlock", "refuse-other" or
    /// "warn-forgotten".
    fn sas_psc_card_presence_new(
        lock_on_removal: bool,
        warn_after_ms: u64,
        presence: *mut *mut sas_psc_card_presence,
    ) -> Status {
        let warn_after = Some(Duration::from_millis(warn_after_ms)).filter(|after| !after.is_zero());
        presence.give(sas_psc_card_presence(CardPresence::new(CardPresencePolicy { lock_on_removal, warn_after })));
        Ok(())
    }

    /// The holder of this card signed in, or unlocked the session with the PIN. SAS_PSC_ERROR_CARD_UNKNOWN.
    fn sas_psc_card_presence_signed_in(presence: *mut sas_psc_card_presence, serial: *const c_char) -> Status {
        presence.0.signed_in(self::serial(serial)?);
        Ok(())
    }

    /// The holder signed out.
    fn sas_psc_card_presence_signed_out(presence: *mut sas_psc_card_presence, now: i64) -> Status {
        presence.0.signed_out(Timestamp::from_unix_millis(now));
        Ok(())
    }

    /// A card was put in, and its serial number read. SAS_PSC_ERROR_CARD_UNKNOWN.
    fn sas_psc_card_presence_inserted(
        presence: *mut sas_psc_card_presence,
        serial: *const c_char,
        advice: *mut *mut sas_psc_string,
    ) -> Status {
        tell(advice, presence.0.inserted(self::serial(serial)?));
        Ok(())
    }

    /// The card was pulled, or its reader unplugged.
    fn sas_psc_card_presence_removed(
        presence: *mut sas_psc_card_presence,
        advice: *mut *mut sas_psc_string,
    ) -> Status {
        tell(advice, presence.0.removed());
        Ok(())
    }

    /// Time passes: call it every second or so.
    fn sas_psc_card_presence_tick(
        presence: *mut sas_psc_card_presence,
        now: i64,
        advice: *mut *mut sas_psc_string,
    ) -> Status {
        tell(advice, presence.0.tick(Timestamp::from_unix_millis(now)));
        Ok(())
    }

    /// Whether the session waits for its card.
    fn sas_psc_card_presence_is_locked(presence: *const sas_psc_card_presence) -> bool {
        presence.0.is_locked()
    }

    /// Frees it. Null is allowed.
    fn sas_psc_card_presence_free(presence: *mut sas_psc_card_presence) -> Freed {}
}
