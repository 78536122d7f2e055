//! `sas_psc_readers`: the readers of this machine through PC/SC.

use crate::argument::Maybe;
use crate::card_work::sas_psc_card_work;
use crate::export::export;
use crate::handle::Handle;
use crate::string::{json, sas_psc_string};
use sas_psc::Lang;
use sas_psc::card::{CardSerial, DescribedReader, Pin, PinEntry, PinpadUse, Puk, ReaderName, SignRequest};
use sas_psc::drive::Readers;
use std::ffi::{c_char, c_void};

/// The readers, and what is remembered of cards. Make one per program; any number of threads may use it.
pub struct sas_psc_readers(pub(crate) Readers);

impl Handle for sas_psc_readers {}

pub(crate) fn named(reader: Option<&str>) -> Option<ReaderName> {
    reader.map(ReaderName::new)
}

export! {
    /// The readers of this machine. It needs no PC/SC to be made. In all that follows reader may be null: the only one
    /// that has a CPS.
    fn sas_psc_readers_new(readers: *mut *mut sas_psc_readers) -> Status {
        readers.give(sas_psc_readers(Readers::new()));
        Ok(())
    }

    /// Refuses any other card than the one of this serial number, SAS_PSC_ERROR_CARD_OTHER: the card of the session.
    fn sas_psc_readers_set_expected(readers: *mut sas_psc_readers, serial: *const c_char) -> Status {
        readers.0 = readers.0.expecting(CardSerial::try_from(serial.to_owned())?);
        Ok(())
    }

    /// Whether the system has PC/SC, running or not.
    fn sas_psc_readers_is_installed() -> bool {
        Readers::is_installed()
    }

    /// Lists the readers: [{"reader","card","atr","serial","pin_tries_left","certificates"}], without reading any card: the
    /// first three tell, the others are null or empty. SAS_PSC_ERROR_READER_….
    fn sas_psc_readers_list(readers: *const sas_psc_readers, work: *mut *mut sas_psc_card_work) -> Status {
        let told = |states: &_| DescribedReader::of(states, None);
        work.give(sas_psc_card_work::of(readers.0.list(), move |states| {
            json(&states.iter().map(told).collect::<Vec<_>>())
        }));
        Ok(())
    }

    /// What of a sign-in with the card is at this machine: "card-readers", "card-middleware", "card-session", as
    /// sas_psc_examine tells it. No card is read. Blocks, ten seconds at most.
    fn sas_psc_readers_examine(
        readers: *const sas_psc_readers,
        lang: Maybe<*const c_char>,
        findings: *mut *mut sas_psc_string,
    ) -> Status {
        findings.give(json(&readers.0.examine(Lang::from_tag(lang.unwrap_or_default())))?);
        Ok(())
    }

    /// Waits until there is a card: one object as in sas_psc_readers_list.
    fn sas_psc_readers_wait_for_card(
        readers: *const sas_psc_readers,
        reader: Maybe<*const c_char>,
        work: *mut *mut sas_psc_card_work,
    ) -> Status {
        let waiting = readers.0.wait_for_card(named(reader).as_ref());
        work.give(sas_psc_card_work::of(waiting, |state| json(&DescribedReader::of(&state, None))));
        Ok(())
    }

    /// Reads a card: as the result of sas_psc_card_read. SAS_PSC_ERROR_READER_…, _CARD_….
    fn sas_psc_readers_read(
        readers: *const sas_psc_readers,
        reader: Maybe<*const c_char>,
        work: *mut *mut sas_psc_card_work,
    ) -> Status {
        let reading = readers.0.read(named(reader).as_ref());
        work.give(sas_psc_card_work::of(reading, |contents| json(&contents.described())));
        Ok(())
    }

    /// Asks for the state of the PIN: as the result of sas_psc_card_pin_status.
    fn sas_psc_readers_pin_status(
        readers: *const sas_psc_readers,
        reader: Maybe<*const c_char>,
        work: *mut *mut sas_psc_card_work,
    ) -> Status {
        let asking = readers.0.pin_status(named(reader).as_ref());
        work.give(sas_psc_card_work::of(asking, |status| json(&status.described())));
        Ok(())
    }

    /// Whether the reader has keys to type a PIN on, or with modify to change it on (sas_psc_readers_change_pin_on_pinpad): true
    /// or false as JSON. With them, give no PIN, and say where to type.
    fn sas_psc_readers_pinpad(
        readers: *const sas_psc_readers,
        reader: Maybe<*const c_char>,
        modify: bool,
        work: *mut *mut sas_psc_card_work,
    ) -> Status {
        let purpose = if modify { PinpadUse::Change } else { PinpadUse::Verify };
        let asking = readers.0.pinpad(named(reader).as_ref(), purpose);
        work.give(sas_psc_card_work::of(asking, |has| json(&has)));
        Ok(())
    }

    /// Has a card sign: as sas_psc_card_sign, and its result. pin is null for the reader's keys; where it has none the card
    /// may not ask.
    fn sas_psc_readers_sign(
        readers: *const sas_psc_readers,
        reader: Maybe<*const c_char>,
        usage: *const c_char,
        scheme: *const c_char,
        message: *const c_void,
        message_len: usize,
        pin: Maybe<*const c_char>,
        last_try: bool,
        work: *mut *mut sas_psc_card_work,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let message = unsafe { message.bytes(message_len) }?;
        let request = SignRequest::of_words(usage, scheme, message)?;
        let signing = readers.0.sign(named(reader).as_ref(), request, PinEntry::of(pin, last_try)?);
        work.give(sas_psc_card_work::of(signing, |signed| json(&signed.described())));
        Ok(())
    }

    /// Gives the card a new PIN.
    fn sas_psc_readers_change_pin(
        readers: *const sas_psc_readers,
        reader: Maybe<*const c_char>,
        old_pin: *const c_char,
        new_pin: *const c_char,
        last_try: bool,
        work: *mut *mut sas_psc_card_work,
    ) -> Status {
        let (old, new) = (PinEntry::of(Some(old_pin), last_try)?, Pin::parse(new_pin)?);
        work.give(sas_psc_card_work::done(readers.0.change_pin(named(reader).as_ref(), old, new)));
        Ok(())
    }

    /// The same on the reader's keys, which ask for the old PIN and twice for the new one: no program sees either. Say that to
    /// the person before. SAS_PSC_ERROR_CARD_PINPAD_MISSING without such keys, or with a CPS4; _CARD_PIN_NOT_ENTERED.
    fn sas_psc_readers_change_pin_on_pinpad(
        readers: *const sas_psc_readers,
        reader: Maybe<*const c_char>,
        last_try: bool,
        work: *mut *mut sas_psc_card_work,
    ) -> Status {
        work.give(sas_psc_card_work::done(readers.0.change_pin_on_pinpad(named(reader).as_ref(), last_try)));
        Ok(())
    }

    /// Unblocks the PIN with the PUK and gives it a new value.
    fn sas_psc_readers_unblock(
        readers: *const sas_psc_readers,
        reader: Maybe<*const c_char>,
        puk: *const c_char,
        new_pin: *const c_char,
        last_try: bool,
        work: *mut *mut sas_psc_card_work,
    ) -> Status {
        let (puk, new) = (Puk::parse(puk)?, Pin::parse(new_pin)?);
        work.give(sas_psc_card_work::done(readers.0.unblock(named(reader).as_ref(), puk, new, last_try)));
        Ok(())
    }

    /// Frees it; work goes on. Null is allowed.
    fn sas_psc_readers_free(readers: *mut sas_psc_readers) -> Freed {}
}
