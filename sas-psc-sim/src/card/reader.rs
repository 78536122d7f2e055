//! A reader in the same process, with the manners of PC/SC: several programs share the card and its code.
//!
//! As measured at pcscd (facts on the CPS card §10): whoever is in a transaction makes the others wait, a reset is told
//! to the others once, a card that was pulled stays lost to a handle until it reconnects.

use super::{Counts, VirtualCard};
use crate::lock;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What a reader says when it does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReaderError {
    /// The slot is empty.
    NoCard,
    /// The card was pulled since the handle connected; another may be there.
    Removed,
    /// The card was reset by somebody else.
    Reset,
    /// The reader is no longer there.
    Unplugged,
}

#[derive(Default)]
struct Slot {
    card: Option<VirtualCard>,
    /// Grows at each insertion and removal.
    epoch: u64,
    unplugged: bool,
    handles: u64,
    /// The handle that is in a transaction.
    owner: Option<u64>,
}

impl Slot {
    /// The insertion and the reset that a handle takes up now.
    fn seen(&self) -> Result<(u64, u64), ReaderError> {
        if self.unplugged {
            return Err(ReaderError::Unplugged);
        }
        let card = self.card.as_ref().filter(|card| card.is_present()).ok_or(ReaderError::NoCard)?;
        Ok((self.epoch, card.resets()))
    }
}

/// A reader, shared by its clones.
#[derive(Clone, Default)]
pub struct Reader(Arc<(Mutex<Slot>, Condvar)>);

impl Reader {
    /// An empty reader.
    pub fn new() -> Reader {
        Reader::default()
    }

    /// A reader with a card in it.
    pub fn with(card: VirtualCard) -> Reader {
        let reader = Reader::new();
        reader.insert(card);
        reader
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        lock(&self.0.0)
    }

    /// Puts a card in; one that was there falls out.
    pub fn insert(&self, mut card: VirtualCard) {
        card.power_on();
        let mut slot = self.slot();
        (slot.card, slot.epoch) = (Some(card), slot.epoch + 1);
        self.0.1.notify_all();
    }

    /// Pulls the card out.
    pub fn remove(&self) -> Option<VirtualCard> {
        let mut slot = self.slot();
        slot.epoch += 1;
        self.0.1.notify_all();
        let mut card = slot.card.take()?;
        card.remove();
        Some(card)
    }

    /// The reader goes, with the card in it.
    pub fn unplug(&self) {
        self.slot().unplugged = true;
        self.remove();
    }

    /// Whether a card is in it.
    pub fn has_card(&self) -> bool {
        self.slot().card.as_ref().is_some_and(VirtualCard::is_present)
    }

    /// Looks at the card, or changes it: a test's hand, not an exchange.
    pub fn card<T>(&self, look: impl FnOnce(&mut VirtualCard) -> T) -> Option<T> {
        self.slot().card.as_mut().map(look)
    }

    /// The card's counts, which start again.
    pub fn take_counts(&self) -> Counts {
        self.card(VirtualCard::take_counts).unwrap_or_default()
    }

    /// Opens the card, shared.
    ///
    /// # Errors
    ///
    /// [`ReaderError::NoCard`], [`ReaderError::Unplugged`].
    pub fn connect(&self) -> Result<Handle, ReaderError> {
        let mut slot = self.slot();
        let (epoch, resets) = slot.seen()?;
        slot.handles += 1;
        Ok(Handle { reader: self.clone(), own: slot.handles, epoch, resets })
    }
}

/// A program's connection to the card.
pub struct Handle {
    reader: Reader,
    own: u64,
    epoch: u64,
    resets: u64,
}

impl Handle {
    /// Waits until nobody else is in a transaction, then looks whether the card is still the one that was opened.
    fn turn(&self) -> Result<MutexGuard<'_, Slot>, ReaderError> {
        let mut slot = self.reader.slot();
        loop {
            if slot.unplugged {
                return Err(ReaderError::Unplugged);
            }
            if slot.epoch != self.epoch || !slot.card.as_ref().is_some_and(VirtualCard::is_present) {
                return Err(ReaderError::Removed);
            }
            if slot.card.as_ref().is_some_and(|card| card.resets() != self.resets) {
                return Err(ReaderError::Reset);
            }
            match slot.owner {
                Some(owner) if owner != self.own => {
                    slot = self.reader.0.1.wait(slot).unwrap_or_else(PoisonError::into_inner);
                }
                _ => return Ok(slot),
            }
        }
    }

    /// The answer to reset.
    ///
    /// # Errors
    ///
    /// As [`transmit`](Handle::transmit).
    pub fn atr(&self) -> Result<Vec<u8>, ReaderError> {
        let slot = self.turn()?;
        Ok(slot.card.as_ref().map(|card| card.atr().to_vec()).unwrap_or_default())
    }

    /// Begins a transaction: everybody else waits until its end.
    ///
    /// # Errors
    ///
    /// As [`transmit`](Handle::transmit).
    pub fn begin(&self) -> Result<(), ReaderError> {
        self.turn()?.owner = Some(self.own);
        Ok(())
    }

    /// Ends it; `reset` powers the card again, and with that the code is forgotten for everybody.
    pub fn end(&mut self, reset: bool) {
        let mut slot = self.reader.slot();
        if slot.owner == Some(self.own) {
            slot.owner = None;
        }
        let epoch = slot.epoch;
        if let Some(card) = slot.card.as_mut().filter(|_| reset && epoch == self.epoch) {
            card.reset();
            self.resets = card.resets();
        }
        self.reader.0.1.notify_all();
    }

    /// Takes the card up again after a reset or a removal.
    ///
    /// # Errors
    ///
    /// [`ReaderError::NoCard`], [`ReaderError::Unplugged`].
    pub fn reconnect(&mut self) -> Result<(), ReaderError> {
        let seen = self.reader.slot().seen()?;
        (self.epoch, self.resets) = seen;
        Ok(())
    }

    /// A command and its answer.
    ///
    /// # Errors
    ///
    /// [`ReaderError::Removed`], [`ReaderError::Reset`], [`ReaderError::Unplugged`].
    pub fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, ReaderError> {
        let mut slot = self.turn()?;
        let card = slot.card.as_mut().ok_or(ReaderError::Removed)?;
        let answer = card.transmit(command);
        if !card.is_present() {
            return Err(ReaderError::Removed);
        }
        if card.resets() != self.resets {
            return Err(ReaderError::Reset);
        }
        Ok(answer)
    }
}

impl Drop for Handle {
    /// A program that ends leaves no transaction behind.
    fn drop(&mut self) {
        self.end(false);
    }
}
