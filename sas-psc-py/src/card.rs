//! A card in a reader that the program holds itself: dialogues step by step.

use crate::card_dialogue::CardDialogue;
use crate::error::Raised;
use pyo3::prelude::*;
use sas_psc::card::{self, CardSerial, Pin, PinEntry, PinpadUse, Protocol, Puk, SignRequest};

/// What is remembered of cards.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct CardCache(pub card::CardCache);

#[pymethods]
impl CardCache {
    #[new]
    fn new() -> CardCache {
        CardCache(card::CardCache::new())
    }

    /// Forgets all.
    fn clear(&self) {
        self.0.clear();
    }

    /// Forgets the certificates, and keeps where they are.
    fn forget_certificates(&self) {
        self.0.forget_all_certificates();
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }
}

/// The card in a reader that the program holds itself.
#[pyclass(frozen, module = "sas_psc.card")]
pub struct Card(card::Card);

#[pymethods]
impl Card {
    #[new]
    #[pyo3(signature = (atr, cache, *, t1=false, expected=None, verify_on_pinpad=false, change_on_pinpad=false))]
    fn new(
        atr: &[u8],
        cache: &CardCache,
        t1: bool,
        expected: Option<String>,
        verify_on_pinpad: bool,
        change_on_pinpad: bool,
    ) -> Result<Card, Raised> {
        let card = card::Card::new(&card::Atr::new(atr), Protocol::of_t1(t1), &cache.0);
        let expected = expected.map(CardSerial::try_from).transpose()?;
        let card = expected.into_iter().fold(card, |card, serial| card.expecting(serial));
        let keys = [(PinpadUse::Verify, verify_on_pinpad), (PinpadUse::Change, change_on_pinpad)];
        Ok(Card(card.with_pinpad(|purpose| keys.contains(&(purpose, true)))))
    }

    /// Begins to ask for the state of the PIN.
    fn pin_status(&self) -> CardDialogue {
        CardDialogue::of(self.0.pin_status().map(|status| serde_json::to_value(status.described())))
    }

    /// Begins to read what the card shows without a PIN.
    fn read(&self) -> CardDialogue {
        CardDialogue::of(self.0.read().map(|contents| serde_json::to_value(contents.described())))
    }

    /// Begins to sign a message.
    #[pyo3(signature = (usage, message, pin=None, *, scheme="pkcs1-sha256", use_last_try=false))]
    fn sign(
        &self,
        usage: &str,
        message: &[u8],
        pin: Option<&str>,
        scheme: &str,
        use_last_try: bool,
    ) -> Result<CardDialogue, Raised> {
        let request = SignRequest::of_words(usage, scheme, message)?;
        let signing = self.0.sign(request, PinEntry::of(pin, use_last_try)?);
        Ok(CardDialogue::of(signing.map(|signed| serde_json::to_value(signed.described()))))
    }

    /// Begins to sign a hash.
    #[pyo3(signature = (usage, digest, pin=None, *, scheme="pkcs1-sha256", use_last_try=false))]
    fn sign_hash(
        &self,
        usage: &str,
        digest: &[u8],
        pin: Option<&str>,
        scheme: &str,
        use_last_try: bool,
    ) -> Result<CardDialogue, Raised> {
        let request = SignRequest::of_words_and_hash(usage, scheme, digest)?;
        let signing = self.0.sign(request, PinEntry::of(pin, use_last_try)?);
        Ok(CardDialogue::of(signing.map(|signed| serde_json::to_value(signed.described()))))
    }

    /// Begins to give the card a new PIN.
    #[pyo3(signature = (old_pin, new_pin, *, use_last_try=false))]
    fn change_pin(&self, old_pin: &str, new_pin: &str, use_last_try: bool) -> Result<CardDialogue, Raised> {
        let changing = self.0.change_pin(PinEntry::of(Some(old_pin), use_last_try)?, Pin::parse(new_pin)?);
        Ok(CardDialogue::of(changing.map(serde_json::to_value)))
    }

    /// Begins the same on the reader's keys.
    #[pyo3(signature = (*, use_last_try=false))]
    fn change_pin_on_pinpad(&self, use_last_try: bool) -> CardDialogue {
        CardDialogue::of(self.0.change_pin_on_pinpad(use_last_try).map(serde_json::to_value))
    }

    /// Begins to unblock the PIN.
    #[pyo3(signature = (puk, new_pin, *, use_last_try=false))]
    fn unblock(&self, puk: &str, new_pin: &str, use_last_try: bool) -> Result<CardDialogue, Raised> {
        let unblocking = self.0.unblock(Puk::parse(puk)?, Pin::parse(new_pin)?, use_last_try);
        Ok(CardDialogue::of(unblocking.map(serde_json::to_value)))
    }
}
