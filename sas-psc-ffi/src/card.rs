//! `sas_psc_card`: the card in a reader that the program holds itself; each call begins a dialogue.

use crate::argument::Maybe;
use crate::card_cache::sas_psc_card_cache;
use crate::card_dialogue::{done, sas_psc_card_dialogue};
use crate::export::export;
use crate::handle::Handle;
use crate::string::json;
use sas_psc::card::{Atr, Card, CardSerial, Pin, PinEntry, PinpadUse, Protocol, Puk, SignRequest};
use std::ffi::{c_char, c_void};

/// The card in a reader, by its ATR.
pub struct sas_psc_card(Card);

impl Handle for sas_psc_card {}

export! {
    /// The card of this ATR; t1 says that the reader speaks T=1 with it (SCARD_PROTOCOL_T1), or that it is contactless.
    fn sas_psc_card_new(
        cache: *const sas_psc_card_cache,
        atr: *const c_void,
        atr_len: usize,
        t1: bool,
        card: *mut *mut sas_psc_card,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let atr = Atr::new(unsafe { atr.bytes(atr_len) }?);
        card.give(sas_psc_card(Card::new(&atr, Protocol::of_t1(t1), &cache.0)));
        Ok(())
    }

    /// Says that the reader has keys of its own, as its features tell (PC/SC part 10): a dialogue that is given no PIN has
    /// the reader take it, see sas_psc_card_dialogue_pinpad.
    fn sas_psc_card_set_pinpad(card: *mut sas_psc_card, verify: bool, modify: bool) -> Status {
        let can = |purpose| matches!((purpose, verify, modify), (PinpadUse::Verify, true, _) | (PinpadUse::Change, _, true));
        card.0 = card.0.clone().with_pinpad(can);
        Ok(())
    }

    /// Refuses any other card than the one of this serial number, SAS_PSC_ERROR_CARD_OTHER: the card of the session.
    fn sas_psc_card_set_expected(card: *mut sas_psc_card, serial: *const c_char) -> Status {
        card.0 = card.0.clone().expecting(CardSerial::try_from(serial.to_owned())?);
        Ok(())
    }

    /// Frees it; its dialogues go on. Null is allowed.
    fn sas_psc_card_free(card: *mut sas_psc_card) -> Freed {}

    /// Begins to read what the card shows without a PIN. Result: {"card","serial","pin","pin_tries_left","certificates":
    /// [{"label","usage","subject_id_nat","family_name","given_name","profession","issuer","not_before","not_after","sha256"}]}.
    fn sas_psc_card_read(card: *const sas_psc_card, dialogue: *mut *mut sas_psc_card_dialogue) -> Status {
        dialogue.give(card.0.read().map(|contents| json(&contents.described())));
        Ok(())
    }

    /// Begins to ask for the state of the PIN, which costs no try. Result: {"pin","pin_tries_left"}, "verified", "needed" or
    /// "blocked".
    fn sas_psc_card_pin_status(card: *const sas_psc_card, dialogue: *mut *mut sas_psc_card_dialogue) -> Status {
        dialogue.give(card.0.pin_status().map(|status| json(&status.described())));
        Ok(())
    }

    /// Begins to sign a message. usage is "authentication", "signature" or "technical", scheme "pkcs1-sha256" or another that
    /// the key has; pin is null for the reader's keys, and where it has none the card may not ask. Its last try is spent only with last_try. Result:
    /// {"signature","certificate","certificate_sha256","algorithm","usage","serial"}, the first two in base64.
    /// SAS_PSC_ERROR_CARD_PIN_FORM, _CARD_PURPOSE_UNKNOWN.
    fn sas_psc_card_sign(
        card: *const sas_psc_card,
        usage: *const c_char,
        scheme: *const c_char,
        message: *const c_void,
        message_len: usize,
        pin: Maybe<*const c_char>,
        last_try: bool,
        dialogue: *mut *mut sas_psc_card_dialogue,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let message = unsafe { message.bytes(message_len) }?;
        let request = SignRequest::of_words(usage, scheme, message)?;
        let signing = card.0.sign(request, PinEntry::of(pin, last_try)?);
        dialogue.give(signing.map(|signed| json(&signed.described())));
        Ok(())
    }

    /// As sas_psc_card_sign, of a hash that was made elsewhere. SAS_PSC_ERROR_CARD_ALGORITHM when its length is not the scheme's.
    fn sas_psc_card_sign_hash(
        card: *const sas_psc_card,
        usage: *const c_char,
        scheme: *const c_char,
        hash: *const c_void,
        hash_len: usize,
        pin: Maybe<*const c_char>,
        last_try: bool,
        dialogue: *mut *mut sas_psc_card_dialogue,
    ) -> Status {
        // SAFETY: the caller passes the length beside the start.
        let hash = unsafe { hash.bytes(hash_len) }?;
        let request = SignRequest::of_words_and_hash(usage, scheme, hash)?;
        let signing = card.0.sign(request, PinEntry::of(pin, last_try)?);
        dialogue.give(signing.map(|signed| json(&signed.described())));
        Ok(())
    }

    /// Begins to give the card a new PIN. Result: {}. SAS_PSC_ERROR_CARD_PIN_FORM.
    fn sas_psc_card_change_pin(
        card: *const sas_psc_card,
        old_pin: *const c_char,
        new_pin: *const c_char,
        last_try: bool,
        dialogue: *mut *mut sas_psc_card_dialogue,
    ) -> Status {
        dialogue.give(done(card.0.change_pin(PinEntry::of(Some(old_pin), last_try)?, Pin::parse(new_pin)?)));
        Ok(())
    }

    /// As sas_psc_card_change_pin, both codes taken by the reader's keys.
    fn sas_psc_card_change_pin_on_pinpad(
        card: *const sas_psc_card,
        last_try: bool,
        dialogue: *mut *mut sas_psc_card_dialogue,
    ) -> Status {
        dialogue.give(done(card.0.change_pin_on_pinpad(last_try)));
        Ok(())
    }

    /// Begins to unblock the PIN with the PUK and to give it a new value. Result: {}. SAS_PSC_ERROR_CARD_PUK_FORM,
    /// _CARD_PIN_FORM.
    fn sas_psc_card_unblock(
        card: *const sas_psc_card,
        puk: *const c_char,
        new_pin: *const c_char,
        last_try: bool,
        dialogue: *mut *mut sas_psc_card_dialogue,
    ) -> Status {
        dialogue.give(done(card.0.unblock(Puk::parse(puk)?, Pin::parse(new_pin)?, last_try)));
        Ok(())
    }
}
