//! What is remembered of cards that were read: their directories and certificates, by serial number; never a code.
//!
//! A reading checks the date of the card's last update (EF.ACTUA) against what is remembered, a signature checks itself
//! with the certificate: what does not fit is forgotten. In memory only: a program that keeps it on a disk would keep
//! who was there.

use super::CardSerial;
use super::layout::Layout;
use super::pkcs15::FilePath;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Cards remembered at most; the one remembered first goes first.
const MOST: usize = 64;

/// When the card was last updated, as EF.ACTUA has it; a card that never was has no such file, and that counts too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Update(pub(super) Option<Vec<u8>>);

/// One card.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) layout: Layout,
    /// None when it was not asked: a reading asks, a signature does not.
    pub(super) update: Option<Update>,
    pub(super) certificates: BTreeMap<FilePath, Arc<[u8]>>,
}

/// Cards that were read. Clones share what they hold.
#[derive(Clone, Default)]
pub struct CardCache(Arc<Mutex<Vec<(CardSerial, Known)>>>);

impl CardCache {
    /// An empty one.
    pub fn new() -> CardCache {
        CardCache::default()
    }

    /// How many cards it remembers.
    pub fn len(&self) -> usize {
        self.cards().len()
    }

    /// It remembers none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets a card: as when its holder signs out of a shared workstation.
    pub fn forget(&self, serial: &CardSerial) {
        self.cards().retain(|(known, _)| known != serial);
    }

    /// Forgets the certificates of a card, who holds it, and keeps where they are.
    pub fn forget_certificates(&self, serial: &CardSerial) {
        let mut cards = self.cards();
        let known = cards.iter_mut().find(|(known, _)| known == serial);
        known.into_iter().for_each(|(_, known)| known.certificates.clear());
    }

    /// Forgets the certificates of all cards, and keeps where they are.
    pub fn forget_all_certificates(&self) {
        self.cards().iter_mut().for_each(|(_, known)| known.certificates.clear());
    }

    /// Forgets all.
    pub fn clear(&self) {
        self.cards().clear();
    }

    pub(super) fn get(&self, serial: &CardSerial) -> Option<Known> {
        self.cards().iter().find(|(known, _)| known == serial).map(|(_, known)| known.clone())
    }

    pub(super) fn put(&self, serial: CardSerial, known: Known) {
        let mut cards = self.cards();
        cards.retain(|(other, _)| *other != serial);
        if cards.len() >= MOST {
            cards.remove(0);
        }
        cards.push((serial, known));
    }

    fn cards(&self) -> MutexGuard<'_, Vec<(CardSerial, Known)>> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CardCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CardCache({} cards)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serial(number: usize) -> CardSerial {
        CardSerial::try_from(format!("{number:08}")).unwrap()
    }

    fn known() -> Known {
        let certificates = BTreeMap::from([(FilePath::new(&[1, 0xA002]), Arc::from([1, 2, 3]))]);
        Known {
            layout: Layout { contactless: false, places: Vec::new(), pin: None, puk: None },
            update: None,
            certificates,
        }
    }

    #[test]
    fn the_oldest_of_too_many_cards_is_forgotten() {
        let cache = CardCache::new();
        (0..=MOST).for_each(|number| cache.put(serial(number), known()));
        assert_eq!(cache.len(), MOST);
        assert!(cache.get(&serial(0)).is_none() && cache.get(&serial(MOST)).is_some());
        cache.forget_certificates(&serial(5));
        assert!(cache.get(&serial(5)).unwrap().certificates.is_empty());
        cache.forget_all_certificates();
        assert!(cache.get(&serial(MOST)).unwrap().certificates.is_empty());
        cache.forget(&serial(5));
        assert!(cache.get(&serial(5)).is_none());
        cache.clear();
        assert!(cache.is_empty());
        assert_eq!(format!("{cache:?}"), "CardCache(0 cards)");
    }
}
