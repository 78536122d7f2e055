//! `sas_psc_card_cache`: what is remembered of cards that were read.

use crate::export::export;
use crate::handle::Handle;
use sas_psc::card::CardCache;

/// What is remembered of cards that were read: directories and certificates, in memory, never a PIN. Make one per program;
/// any number of threads may use it.
pub struct sas_psc_card_cache(pub(crate) CardCache);

impl Handle for sas_psc_card_cache {}

export! {
    /// Nothing remembered yet.
    fn sas_psc_card_cache_new(cache: *mut *mut sas_psc_card_cache) -> Status {
        cache.give(sas_psc_card_cache(CardCache::new()));
        Ok(())
    }

    /// Forgets the certificates, who holds them, and keeps where they are: when somebody leaves a shared workstation.
    fn sas_psc_card_cache_forget_certificates(cache: *const sas_psc_card_cache) -> Status {
        cache.0.forget_all_certificates();
        Ok(())
    }

    /// Frees it. Cards and dialogues that use it go on. Null is allowed.
    fn sas_psc_card_cache_free(cache: *mut sas_psc_card_cache) -> Freed {}
}
